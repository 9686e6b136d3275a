"""The next step of a link, as frozen data: `plan` decides it, `mirror` does it.

This module decides what a step carries. A step is complete: whoever does it needs nothing but the step, the link and
the wire. A write of an existing event needs a `Writable`, and only `writable` makes one, from a sight that says the
event is ours to write; so a push without that right cannot be built.
"""

from dataclasses import dataclass
from datetime import datetime

from holdfast.reconcile.link import Offer, Reason, Sight
from holdfast.reconcile.snapshot import Field, Pair, Snapshot


@dataclass(frozen=True, slots=True)
class Writable:
    """An event that is ours to write, and the etag every write of it carries as If-Match."""

    event_id: str
    etag: str


def writable(sight: Sight | None) -> Writable | None:
    """The right to write this event, or None where it is not ours to write or not there."""
    if sight is None or sight.said is None or not sight.may_write:
        return None
    return Writable(sight.event_id, sight.etag)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What one side said and the other overwrote, kept with its full content (I3)."""

    field: Field | None  # None: the whole booking or event
    ours: Snapshot | None  # our whole side at that moment
    theirs: Snapshot | None  # their whole side at that moment
    kept: str  # "ours" or "theirs" stands, or it is "asked" and open until a person chooses
    reason: str = ""  # the code of the rule that refused it, or of the parking; none where both sides edited


@dataclass(frozen=True, slots=True)
class Nothing:
    """Both sides say what they agreed, or the link is parked or closed."""


@dataclass(frozen=True, slots=True)
class Look:
    """One GET by id of the event, then `observe`, before anything is planned."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Find:
    """Read the calendar where the body of this create lies and observe the event that carries its transaction id;
    where none is found, `offers.not_found`.
    """

    offer: Offer
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Agree:
    """Store the pair: the sides agree, or their difference is settled without a write."""

    pair: Pair
    conflicts: tuple[Conflict, ...] = ()
    again: bool = False  # a person wants the event made again if it is still gone


@dataclass(frozen=True, slots=True)
class Create:
    """POST the body. `pair.theirs` is the body as Exchange will read it back."""

    body: Snapshot
    pair: Pair
    generation: int
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """POST the very bytes of an open create once more; its transaction id makes that harmless."""

    offer: Offer
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Patch:
    """PATCH these fields and no other; `after` holds their values (people and categories as whole sets)."""

    target: Writable
    fields: tuple[Field, ...]
    after: Snapshot
    pair: Pair
    put_back: bool = False  # values refused here go back: a person is told, and it counts towards `put_back`
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE the event with If-Match."""

    target: Writable
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class PullNew:
    """Make a booking of the event, or let a cancelled one live again."""

    after: Snapshot
    pair: Pair


@dataclass(frozen=True, slots=True)
class Pull:
    """Change these fields of our booking by a verb; `after` is the booking as it will be, `pair` the agreement then."""

    fields: tuple[Field, ...]
    after: Snapshot
    pair: Pair
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class PullGone:
    """Cancel our booking by a verb: its event is confirmed to be gone."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Answer no to an event that is not ours to write, only where a GET in the same lease shows this etag."""

    event_id: str
    etag: str
    reason: str
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Park:
    """Stop here and ask, or wait; see `Reason`."""

    reason: Reason
    until: datetime | None = None
    detail: str = ""
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """The link leaves our care."""

    reason: str


Push = Create | Repeat | Patch | Delete
Taking = PullNew | Pull | PullGone
Step = Nothing | Look | Find | Agree | Push | Taking | Decline | Park | Close
