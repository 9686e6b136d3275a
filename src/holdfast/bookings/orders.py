"""What a door may ask of the record: frozen orders. Decides nothing; `verbs` judges and does.

An order carries what its maker knows and nothing derived. Outlook's entries come through the same orders: the actor
says who speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from holdfast.bookings.states import Basis, BookingKind, State
from holdfast.ports import ids
from holdfast.reconcile.snapshot import Person, Sensitivity, ShowAs
from holdfast.timetable.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """A new booking. Its id may be given, so that a caller can tie other rows to it in the same transaction."""

    resource_id: UUID
    when: When
    title: str = ""
    note: str = ""
    show_as: ShowAs = ShowAs.BUSY
    sensitivity: Sensitivity = Sensitivity.NORMAL
    place: str = ""
    people: tuple[Person, ...] = ()
    kind: BookingKind = BookingKind.BOOKING
    state: State = State.CONFIRMED
    quantity: int = 1
    owner_id: UUID | None = None
    organiser_name: str = ""
    organiser_address: str = ""
    basis: Basis = Basis.RECORD
    id: UUID = field(default_factory=ids.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Changed fields only, by name (see EDITABLE). `version` refuses the edit where somebody was faster."""

    booking_id: UUID
    changes: Mapping[str, Any]
    version: int | None = None


EDITABLE = frozenset(
    {"when", "resource_id", "title", "note", "show_as", "sensitivity", "place", "people", "quantity", "owner_id"}
    | {"organiser_name", "organiser_address", "kind"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """The booking is off: a person's or a rule's word, or a confirmed deletion in Outlook."""

    booking_id: UUID
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Take a cancellation back, if the time is still free; a restored booking is a new claim."""

    booking_id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Move a booking on: confirm, check in, decline, expire, release, or say on what its yes now rests."""

    booking_id: UUID
    state: State | None = None
    basis: Basis | None = None
    version: int | None = None


Order = Make | Edit | Cancel | Restore | Advance
