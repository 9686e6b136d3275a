"""One booking as one reader may see it.

Decides what a private booking hides and which of the four looks a booking has. Every page, file and answer of this
package shows bookings through here, so that a private title cannot slip out at another place.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from holdfast.bookings.models import Booking
from holdfast.bookings.privacy import PRIVATE_TITLE
from holdfast.bookings.states import OVER, Basis, BookingKind, Origin, State
from holdfast.directory.roles import Actor, Permission
from holdfast.reconcile.snapshot import Sensitivity
from holdfast.web.signs import Sign

_WAITS = frozenset({State.PENDING, State.HOLDING, State.OFFERED, State.WAITLISTED})
STATES = {
    State.PENDING: "Waits for approval; its time is not kept yet",
    State.HOLDING: "Waits for approval; its time is kept meanwhile",
    State.OFFERED: "Offered; waits for an answer",
    State.WAITLISTED: "On the waiting list",
    State.CONFIRMED: "Confirmed",
    State.CHECKED_IN: "Checked in",
    State.CANCELLED: "Cancelled",
    State.DECLINED: "Declined",
    State.EXPIRED: "Expired",
    State.RELEASED: "Released, because nobody came",
}
BASES = {
    Basis.RECORD: "",
    Basis.LOOKED: "Outlook was asked right before it was saved.",
    Basis.READING: "Outlook had been read shortly before it was saved.",
    Basis.UNREAD: "Unconfirmed: Outlook could not be asked when it was saved.",
}
_LOOK_WORDS = {
    "ours": "booked here",
    "outlook": "from Outlook",
    "overlap": "! overlaps",
    "pending": "waits for approval",
    "ended": "over",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as a reader needs it beside its bookings."""

    id: UUID
    name: str
    zone: str
    kind: str
    sharing: str
    place: str
    place_id: str
    seats: int | None
    is_mapped: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A booking without what this reader may not know."""

    id: UUID
    resource_id: UUID
    resource_name: str
    title: str
    who: str
    note: str
    people: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    zone: str
    all_day: bool
    look: str
    state: State
    basis: Basis
    quantity: int
    version: int
    is_private: bool
    is_hidden: bool
    is_ours: bool
    takes_time: bool
    may_change: bool
    sign: Sign
    is_over: bool = False
    now_before: bool = False

    @property
    def look_words(self) -> str:
        return self.state_words if self.look == "ended" else _LOOK_WORDS[self.look]

    @property
    def origin_words(self) -> str:
        return "booked here" if self.is_ours else "from Outlook"

    @property
    def state_words(self) -> str:
        return STATES[self.state]

    @property
    def basis_words(self) -> str:
        return BASES[self.basis]

    @property
    def wall_day(self) -> str:
        return self.wall(self.starts_at).date().isoformat()

    @property
    def one_day(self) -> bool:
        return self.wall(self.starts_at).date() == self._last().date()

    @property
    def last_day(self) -> datetime | None:
        """The last day of an all-day booking of several days."""
        return None if self.one_day else self._last().astimezone(ZoneInfo(self.zone))

    def _last(self) -> datetime:
        return self.wall(max(self.starts_at, self.ends_at - timedelta(microseconds=1)))

    def wall(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))


def show(booking: Booking, *, row: Row, actor: Actor, sign: Sign, is_overlapping: bool, owner: str = "") -> Shown:
    """What this actor sees of a booking."""
    own = booking.owner_id is not None and booking.owner_id == actor.person_id
    is_private = booking.sensitivity != Sensitivity.NORMAL  # an unknown value hides too
    is_hidden = is_private and not own and not actor.may(Permission.VIEW_PRIVATE)
    state = State(booking.state)
    is_ours = booking.origin == Origin.HERE.value
    return Shown(
        id=booking.id,
        resource_id=booking.resource_id,
        resource_name=row.name,
        title=_title(booking, is_hidden=is_hidden),
        who="" if is_hidden else owner or booking.organiser_name or booking.organiser_address,
        note="" if is_hidden else booking.note,
        people=() if is_hidden else tuple(_person_words(person) for person in booking.people),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        changed_at=booking.updated_at,
        zone=row.zone,
        all_day=booking.all_day,
        look=_look(state, is_overlapping=is_overlapping, is_ours=is_ours),
        state=state,
        basis=Basis(booking.basis),
        quantity=booking.quantity,
        version=booking.version,
        is_private=is_private,
        is_hidden=is_hidden,
        is_ours=is_ours,
        takes_time=booking.show_as != "free" and state not in OVER,
        may_change=state not in OVER and actor.may(Permission.BOOK) and (own or actor.may(Permission.BOOK_FOR_OTHERS)),
        sign=sign,
    )


def at(shown: Shown, now: datetime, *, now_before: bool) -> Shown:
    """The same, placed in time."""
    return replace(shown, is_over=shown.ends_at <= now, now_before=now_before)


def day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _title(booking: Booking, *, is_hidden: bool) -> str:
    if is_hidden:
        return PRIVATE_TITLE
    if booking.title:
        return booking.title
    return "Busy" if booking.kind == BookingKind.BLOCKER.value else "Without a title"


def _look(state: State, *, is_overlapping: bool, is_ours: bool) -> str:
    if state in OVER:
        return "ended"
    if state in _WAITS:
        return "pending"
    if is_overlapping:
        return "overlap"
    return "ours" if is_ours else "outlook"


def _person_words(person: object) -> str:
    """A stored person is a list (address, name, role) or an object of the same words."""
    if isinstance(person, dict):
        return str(person.get("name") or person.get("address") or "")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    parts: list[object] = list(person) if isinstance(person, list) else [person]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(parts[1]) if len(parts) > 1 and parts[1] else str(parts[0])
