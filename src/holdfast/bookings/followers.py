"""Who else must act when bookings change, in the same transaction. Decides nothing.

`mirror` marks links unsettled and rings mailboxes here, so that a booking and its wake-up commit together (I13). A
follower runs with the units' rows locked and the journal's head not yet. It must not lock rows that a caller of
`verbs.apply_within` locks before calling it (a mailbox's lease row, say), or two transactions wait for each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from holdfast.bookings.record import Record
from holdfast.bookings.series.master import Master
from holdfast.directory.roles import Actor


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """One booking before and after; `before` is None for a new one.

    `promoted`: only its slots changed, from overlapping to held.
    """

    booking: Record
    before: Record | None
    promoted: bool = False

    @property
    def id(self) -> UUID:
        return self.booking.id


@dataclass(frozen=True, slots=True)
class SeriesChanged:
    """One series before and after; `before` is None for a new one. `begun_from`: it was cut off from that series.

    What changes behind the horizon changes no booking: who keeps a series in step must follow the series itself.
    """

    series: Master
    before: Master | None
    begun_from: UUID | None = None

    @property
    def id(self) -> UUID:
        return self.series.id


Follower = Callable[[Actor, Sequence[BookingChanged]], None]
SeriesFollower = Callable[[Actor, Sequence[SeriesChanged]], None]
_followers: list[Follower] = []
_series_followers: list[SeriesFollower] = []


def follow(function: Follower) -> Follower:
    """Call `function` within the transaction of every batch that changed something; also usable as a decorator."""
    if function not in _followers:
        _followers.append(function)
    return function


def unfollow(function: Follower) -> None:
    _followers.remove(function)


def tell(actor: Actor, changed: Sequence[BookingChanged]) -> None:
    """Tell every follower, in the order they came."""
    for function in _followers:
        function(actor, changed)


def follow_series(function: SeriesFollower) -> SeriesFollower:
    """Call `function` within the transaction of every order that changed a series, before its dates are told."""
    if function not in _series_followers:
        _series_followers.append(function)
    return function


def unfollow_series(function: SeriesFollower) -> None:
    _series_followers.remove(function)


def tell_series(actor: Actor, changed: Sequence[SeriesChanged]) -> None:
    """Tell every follower of series, in the order they came."""
    for function in _series_followers:
        function(actor, changed)
