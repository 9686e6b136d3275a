"""The state of one link: what was observed on both sides, and what was sent and not yet answered.

This module decides which facts about a link are kept. It must not decide what follows from them: `plan` does. A link is
of a booking or of a series; it stores observations only, never outstanding work, so that after a crash the next plan
says by itself what is left to do.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from holdfast.reconcile.snapshot import NOTHING, Field, Pair, Snapshot


class Absence(StrEnum):
    """Why our side says nothing, where that does not mean deleted or cancelled (which is None)."""

    NEVER = "never"  # no booking was made of this event yet
    NOT_WATCHED = "not_watched"  # outside the window, or not ours to look at


Ours = Snapshot | None | Absence
"""Our side. None is said only by a verb of a person or rule, or by a confirmed deletion in Microsoft's calendar."""


class Sight(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The event as last seen. `said` is None once its absence was confirmed by a GET."""

    event_id: str
    said: Snapshot | None
    etag: str = ""
    modified: datetime | None = None  # lastModifiedDateTime, aware
    may_write: bool = False  # organised by the mailbox we write to, and we hold the scope
    marker: int | None = None  # the offer number read from our marker property, None when not read or not there
    transaction_id: str = ""
    online: bool = False  # an online meeting: its note is the join blob and is never written
    copied: bool = False  # a copy of a meeting organised elsewhere: a room's attendant may have rewritten its texts


class Kind(StrEnum):
    """What an offer asks of Microsoft."""

    CREATE = "create"
    PATCH = "patch"
    DELETE = "delete"
    DECLINE = "decline"


class Offer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A write that was saved before its sending and whose answer was not stored yet."""

    number: int  # rises within the link; a PATCH or POST writes it into the marker property
    kind: Kind
    pair: Pair  # what will be agreed if it landed: ours as saved, the read-back form of the body
    fields: tuple[Field, ...] = ()  # what a PATCH changes
    etag: str = ""  # the etag it is sent under; none for a create
    event_id: str = ""
    generation: int = 0  # of a create: its transaction id is (link, generation)
    body: str = ""  # the request body exactly as sent, so that a create can be repeated byte-equal; opaque here
    repeats: int = 0  # how often a create was sent again
    refused: bool = False  # Microsoft refused this create for good; yet some refused creates were stored
    used: bool = False  # Microsoft says this create's transaction id was used: its event must be found


class Reason(StrEnum):
    """Why a link is parked. The code is what pages, verify and the API name."""

    DELETED_THERE = "deleted_there"  # deleted there, edited here: the booking is kept
    CANCELLED_HERE = "cancelled_here"  # cancelled here, edited there: the event stays and its time counts
    CONTESTED = "contested"  # both edited one field and the mapping asks
    LOCKED = "locked"  # edited here, not ours to write there
    REFUSED = "refused"  # what came from there is refused and cannot be put back
    CAME_BACK = "came_back"  # cancelled here, its event confirmed absent, and there again
    DECLINED_BY_US = "declined_by_us"  # absent while our own decline is unanswered
    PAUSED = "paused"  # the mapping's direction is none
    BRAKE = "brake"  # too many deletions at once
    QUARANTINE = "quarantine"  # cannot be understood or written; retried when either side moves
    ROOM_REFUSED = "room_refused"  # the room's own answer is declined or gone
    PUT_BACK = "put_back"  # put back three times in an hour: somebody else insists
    CLASH = "clash"  # the time is taken here and the mapping asks
    EXTRA = "extra"  # a second event of this link, edited by a person
    FAILED = "failed"  # Microsoft refuses the write for good
    REPATTERNED = "repatterned"  # one side changed when a series happens, the other side changed any of it
    CROSSING = "crossing"  # two dates of a series would stand on one day or pass each other
    LOST_DATE = "lost_date"  # a date deleted from a series there cannot be brought back by a write


class Parked(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Not to be settled now. It stands while both fingerprints do and `until` has not come."""

    reason: Reason
    ours: str  # fingerprint of our side
    theirs: str  # fingerprint of their side
    since: datetime
    until: datetime | None = None
    detail: str = ""


class Closed(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Left our care for good (undo, unmap, disconnect, purge, retention, kept here only): never planned again."""

    reason: str
    who: str
    at: datetime


class LinkState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """All that is known about one link; every function of this package takes it and gives a new one."""

    key: str  # the link's identity, part of its transaction ids
    ours: Ours = Absence.NEVER
    theirs: Sight | None = None  # None: no event was ever seen
    agreed: Pair = NOTHING
    offers: tuple[Offer, ...] = ()
    parked: Parked | None = None
    closed: Closed | None = None
    number: int = 0  # the last offer number given out
    generation: int = 0  # the last generation given to a create
    again: bool = False  # a person chose that the event, which is gone, is made again
    must_look: bool = False  # one GET by id before anything is planned
    known: tuple[str, ...] = ()  # event ids this link has acknowledged
    absent: tuple[str, ...] = ()  # those of them whose absence was confirmed
    made: tuple[str, ...] = ()  # fingerprint of each create's body, by generation: tells an extra that nobody edited
    put_backs: tuple[datetime, ...] = ()  # when refused values were put back, the last few


_link = msgspec.json.Decoder(LinkState)
_offers = msgspec.json.Decoder(tuple[Offer, ...])
_sight = msgspec.json.Decoder(Sight)
_parked = msgspec.json.Decoder(Parked)


def decode_link(stored: bytes | str) -> LinkState:
    """The link state that `snapshot.encode` wrote."""
    return _link.decode(stored)


def decode_offers(stored: bytes | str) -> tuple[Offer, ...]:
    """The offers that `snapshot.encode` wrote."""
    return _offers.decode(stored)


def decode_sight(stored: bytes | str) -> Sight:
    """The sight that `snapshot.encode` wrote."""
    return _sight.decode(stored)


def decode_parked(stored: bytes | str) -> Parked:
    """The parking that `snapshot.encode` wrote."""
    return _parked.decode(stored)
