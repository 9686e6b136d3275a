"""The master of a series as plain data, and what one of its dates is like because of it. Pure; reads nothing.

A date *follows* its master in every field that it does not name as its own. What is its own is found by comparing, not
by remembering who typed it: a date whose title is changed back follows again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from holdfast.bookings.record import Record
from holdfast.bookings.states import OVER, Basis, BookingKind, Origin, State
from holdfast.reconcile.snapshot import Person, Sensitivity, ShowAs
from holdfast.timetable import recurrence, zones
from holdfast.timetable.recurrence import Pattern
from holdfast.timetable.when import DAY, When, between

MASTERED = (
    *("resource_id", "title", "note", "show_as", "sensitivity", "place", "people", "kind", "quantity"),
    *("owner_id", "organiser_name", "organiser_address"),
)
"""What a date takes from its master as it is; its time follows from the pattern besides."""
OWNABLE = ("when", *MASTERED)

_SHARED = (*MASTERED, "state", "origin", "basis", "version", "created_at", "updated_at", "cancelled_at")


class Master(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The whole of one series; `when` is that of its first occurrence."""

    id: UUID
    resource_id: UUID
    when: When
    pattern: Pattern
    horizon: date  # its dates up to this day are rows; later ones come when it is rolled on
    title: str
    note: str
    show_as: ShowAs
    sensitivity: Sensitivity
    place: str
    people: tuple[Person, ...]
    kind: BookingKind
    state: State
    quantity: int
    owner_id: UUID | None
    organiser_name: str
    organiser_address: str
    origin: Origin
    basis: Basis
    version: int
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def rolls(self) -> bool:
        """Whether some of its dates lie behind the horizon: it is endless, or was cut there."""
        last = last_day(self.pattern)
        return last is None or last > self.horizon


Places = dict[date, tuple[UUID, datetime | None]]
"""By original day: which booking it is and when it starts; None where it was cancelled."""


@dataclass(frozen=True, slots=True)
class Held:
    """A series as the order about one of its dates needs it: locked, with the place of every date."""

    master: Master
    places: Places = field(default_factory=dict[date, tuple[UUID, datetime | None]])


def of_record(record: Record, *, pattern: Pattern, horizon: date) -> Master:
    """The series whose first occurrence would be this booking."""
    shared = {name: getattr(record, name) for name in _SHARED}
    return Master(id=record.id, when=record.when, pattern=pattern, horizon=horizon, **shared)


def as_record(master: Master) -> Record:
    """The master as the booking of its first occurrence, under the id of the series: what rules of bookings judge."""
    span = master.when.instants()
    shared = {name: getattr(master, name) for name in _SHARED}
    return Record(
        id=master.id,
        when=master.when,
        starts_at=span.start,
        ends_at=span.end,
        claim=0,
        claimed_at=master.created_at,
        **shared,
    )


def with_record(master: Master, record: Record) -> Master:
    """The master with what was decided about it as a booking."""
    shared: dict[str, Any] = {name: getattr(record, name) for name in _SHARED}
    return msgspec.structs.replace(master, when=record.when, **shared)


def made(master: Master, day: date, *, booking_id: UUID, at: datetime) -> Record:
    """One date that has no row yet. Its claim is drawn when it sits."""
    changes = dated(master, day) | {"id": booking_id, "series_id": master.id, "original_day": day, "version": 1}
    return msgspec.structs.replace(
        as_record(master), **changes, claimed_at=at, created_at=at, updated_at=at, cancelled_at=None
    )


def dated(master: Master, day: date) -> dict[str, Any]:
    """When the master's date of that day is, in the words of a record."""
    when = on_day(master.when, day)
    span = when.instants()
    return {"when": when, "starts_at": span.start, "ends_at": span.end}


def last_day(pattern: Pattern) -> date | None:
    """The last date of a pattern that ends, also of one that was cut after more dates than a new one may have."""
    if pattern.until is None:
        return recurrence.last_date(pattern)
    return recurrence.neighbours(pattern, pattern.until + DAY)[0]


def on_day(when: When, day: date) -> When:
    """The time on another date: the same wall clock.

    Where clocks skip its beginning but not its end, the end would lie first; it then lasts as long as ever.
    """
    told = recurrence.occurrence(when, day)
    span = told.instants()
    if span.end > span.start or when.end <= when.start:
        return told
    return between(span.start, span.start + (when.end - when.start), zone=when.zone)


def following(master: Master, record: Record) -> Record:
    """The date as it is once its master is this one: what is its own stays, all else follows."""
    own = set(record.own)
    changes: dict[str, Any] = {name: getattr(master, name) for name in MASTERED if name not in own}
    assert record.original_day is not None, "only a date of a series follows"
    if "when" not in own:
        changes |= dated(master, record.original_day)
    return with_own(master, msgspec.structs.replace(record, series_id=master.id, **changes))


def with_own(master: Master, record: Record) -> Record:
    """The date, naming as its own exactly the fields in which it differs from its master."""
    assert record.original_day is not None, "only a date of a series has its own"
    own = [name for name in MASTERED if getattr(record, name) != getattr(master, name)]
    if record.when != on_day(master.when, record.original_day):
        own.insert(0, "when")
    return msgspec.structs.replace(record, own=tuple(own))


def day_of(master: Master, moment: datetime) -> date:
    """The day on which an instant falls in the zone of the series."""
    return zones.wall(moment, master.when.zone).date()


def places_with(held: Held, records: Mapping[UUID, Record]) -> dict[date, date | None]:
    """Where each date sits, as the series' own days; `records` knows better what this very batch moved."""
    found: dict[date, date | None] = {}
    for day, (booking_id, starts_at) in held.places.items():
        known = records.get(booking_id)
        moment = starts_at if known is None else None if known.state in OVER else known.starts_at
        found[day] = None if moment is None else day_of(held.master, moment)
    return found
