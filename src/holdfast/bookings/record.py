"""One booking as plain data: what verbs compute with, followers are told, and the journal keeps.

A msgspec struct and not a model, because a batch handles thousands of them (a model costs ten times as much to make).
Frozen; a changed booking is a new record.

One date of a series is a booking like any other; what ties it to its series is left out wherever it says nothing.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec

from holdfast.bookings.states import TAKES_TIME, Basis, BookingKind, Origin, State
from holdfast.reconcile.snapshot import Person, Sensitivity, ShowAs
from holdfast.timetable.when import When


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The whole of one booking."""

    id: UUID
    resource_id: UUID
    when: When
    starts_at: datetime
    ends_at: datetime
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
    claim: int
    claimed_at: datetime
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    series_id: UUID | None = None
    original_day: date | None = None  # names the date within its series for ever, wherever it was moved
    own: tuple[str, ...] = ()  # the fields in which the date differs from its series

    @property
    def takes_time(self) -> bool:
        """Free, cancelled and declined entries take no slots; neither does one without length."""
        return self.state in TAKES_TIME and self.show_as is not ShowAs.FREE and self.ends_at > self.starts_at
