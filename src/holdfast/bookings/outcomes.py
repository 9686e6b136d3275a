"""What became of an order: done, or refused with everything a person or a verdict needs. Values, never exceptions."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from holdfast.bookings.record import Record


class Code(StrEnum):
    """Stable reasons of a refusal; the API shows them, `mirror` turns them into verdicts."""

    TAKEN = "taken"
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    CHANGED_MEANWHILE = "changed_meanwhile"
    OVER = "over"
    NOT_BOOKABLE = "not_bookable"


@dataclass(frozen=True, slots=True)
class Clash:
    """What stands in the way: when, and no more than the asker may know."""

    booking_id: UUID
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """`before` is None for a new booking. `overlaps` names the bookings it now overlaps (only for Outlook's orders)."""

    booking: Record
    before: Record | None = None
    overlaps: tuple[UUID, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed for this order. `fields` name the order's fields; `sentence` and `remedy` are for people.

    Of a series, `name` says which rule it breaks, and `dates` which of its days are meant.
    """

    code: Code
    fields: tuple[str, ...]
    sentence: str
    remedy: str
    clashes: tuple[Clash, ...] = ()
    name: str = ""
    dates: tuple[date, ...] = ()


Outcome = Done | Refused
