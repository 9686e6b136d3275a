"""Where a link is at rest: settled, parked or closed; or not at rest.

This module decides when a parking holds and what verify and the sweep count. It must not decide the next step.
"""

from datetime import datetime, timedelta
from enum import Enum
from hashlib import blake2b
from typing import NamedTuple

from holdfast.reconcile.link import Absence, Kind, LinkState, Parked, Reason
from holdfast.reconcile.snapshot import encode

PUT_BACK_WITHIN = timedelta(hours=1)
PUT_BACK_MAX = 3
_PRINT_BYTES = 8


class Rest(Enum):
    """The sweep takes the unsettled; verify counts the other three apart."""

    SETTLED = "settled"
    PARKED = "parked"
    CLOSED = "closed"
    UNSETTLED = "unsettled"


class Prints(NamedTuple):
    """The fingerprints of both sides, by which a question names the pair it is about."""

    ours: str
    theirs: str


def fingerprints(link: LinkState) -> Prints:
    """What a parking and a person's answer remember of the pair."""
    sight = link.theirs
    theirs = (None, False) if sight is None else (sight.said, sight.may_write)
    return Prints(fingerprint(link.ours), fingerprint(theirs))


def fingerprint(value: object) -> str:
    """The short name of a snapshot, or of several things that one side says."""
    return blake2b(encode(value), digest_size=_PRINT_BYTES).hexdigest()


def holds(link: LinkState, *, now: datetime) -> bool:
    """True while the link is parked for this very pair and its time has not come."""
    parked = link.parked
    if parked is None or (parked.until is not None and now >= parked.until):
        return False
    return fingerprints(link) == (parked.ours, parked.theirs)


def parked_as(
    link: LinkState, reason: Reason, *, now: datetime, until: datetime | None = None, detail: str = ""
) -> Parked:
    """A parking of the pair as it now is."""
    ours, theirs = fingerprints(link)
    return Parked(reason, ours, theirs, now, until, detail)


def put_back_too_often(link: LinkState, *, now: datetime) -> bool:
    """True where somebody insists: the same link was put back three times within an hour."""
    return sum(now - at < PUT_BACK_WITHIN for at in link.put_backs) >= PUT_BACK_MAX


def is_equal(link: LinkState) -> bool:
    """True where each side says exactly its half of the agreement and nothing is open: the cheap half of settled."""
    said = None if link.theirs is None else link.theirs.said
    ours = None if link.ours is Absence.NEVER else link.ours
    return not link.must_look and said == link.agreed.theirs and ours == link.agreed.ours and not link.offers


def open_create(link: LinkState) -> bool:
    """True where a create was sent and never acknowledged. With the booking at None it is a claim, and at rest."""
    return any(offer.kind is Kind.CREATE for offer in link.offers)
