"""What a door may ask of a series: frozen orders. One date by itself is changed by the orders of every booking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from holdfast.bookings.orders import EDITABLE, Make
from holdfast.ports import ids
from holdfast.timetable.recurrence import Pattern

EDITABLE_OF_SERIES = EDITABLE | {"pattern"}


class Policy(StrEnum):
    """What becomes of the dates whose time is taken. What Outlook says is kept, whatever the policy."""

    REFUSE = "refuse"  # nothing is done at all
    SKIP = "skip"  # a new date is left out of the series; a date that would move stays where it is
    KEEP = "keep"  # they overlap and are shown as conflicts: for what comes from Outlook, which cannot be refused


@dataclass(frozen=True, slots=True)
class All:
    """The whole series, what lies behind included."""


@dataclass(frozen=True, slots=True)
class ThisAndFollowing:
    """One of its dates, by its original day, and every later one."""

    day: date


Scope = All | ThisAndFollowing


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSeries:
    """A new series. `first` is its first occurrence, and the id in it becomes the id of the series."""

    first: Make
    pattern: Pattern
    policy: Policy = Policy.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSeries:
    """Changed fields only, by name (see EDITABLE_OF_SERIES); a `when` is that of the first date in scope."""

    series_id: UUID
    changes: Mapping[str, Any]
    scope: Scope = field(default_factory=All)
    policy: Policy = Policy.REFUSE
    version: int | None = None
    begins: UUID = field(default_factory=ids.new)  # the series that this and the following dates become


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSeries:
    """The series, or its rest, is off. What is over by then happened, and stays as bookings by themselves."""

    series_id: UUID
    scope: Scope = field(default_factory=All)
    reason: str = ""
    version: int | None = None


SeriesOrder = BookSeries | EditSeries | CancelSeries
