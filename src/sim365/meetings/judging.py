"""The attendant's judgement of one request: accept, pass on to a delegate, or decline, with the reasons (FACTS 9.1).

Decides; `attendant` does. The order is that of Exchange: policy first, then conflicts, then the organiser's right.
"""

from dataclasses import dataclass

from sim365.meetings.conflicts import Conflict, conflicts_of, headcount, over_capacity, slots_of
from sim365.meetings.membership import includes
from sim365.meetings.policy import (
    NotAllowed,
    Reason,
    Taken,
    TooManyPeople,
    breaches,
    horizon_of,
    is_workspace,
    truncated,
)
from sim365.state import CalendarProcessing, Event, Mailbox
from sim365.state.world import World


@dataclass(frozen=True, slots=True)
class Accept:
    """Taken, perhaps cut off at the horizon, but for the conflicting occurrences of a series."""

    event: Event
    refused: tuple[Conflict, ...] = ()
    reasons: tuple[Reason, ...] = ()
    """Why those are refused."""


@dataclass(frozen=True, slots=True)
class Pend:
    """A delegate decides."""

    reasons: tuple[Reason, ...] = ()
    """What is out of policy, if anything."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Declined."""

    reasons: tuple[Reason, ...]


Verdict = Accept | Pend | Refuse


def judge(world: World, mailbox: Mailbox, processing: CalendarProcessing, event: Event) -> Verdict:
    """What becomes of a request for a meeting, or for one occurrence of a series."""
    now = world.now()
    slots = slots_of(event, since=now, until=horizon_of(mailbox, processing, now))
    who = _names(world, event)
    wrong = breaches(mailbox, processing, event, slots, now=now)
    if wrong:
        may_ask = processing.all_request_out_of_policy or includes(world, processing.request_out_of_policy, who)
        return Pend(tuple(wrong)) if may_ask else Refuse(tuple(wrong))
    kept = truncated(mailbox, processing, event, now) or event
    calendar = world.default_calendar(mailbox)
    reasons: tuple[Reason, ...] = ()
    if is_workspace(mailbox) and processing.enforce_capacity:
        seats = (mailbox.place.capacity if mailbox.place else None) or 1
        refused = over_capacity(mailbox, calendar, slots, serial=event.serial, seats=seats, heads=headcount(event))
        reasons = (TooManyPeople(seats),)
    elif processing.allow_conflicts:
        refused = []
    else:
        refused = conflicts_of(mailbox, calendar, slots, serial=event.serial)
        reasons = (Taken(tuple(refused)),)
    if refused and _are_too_many(world, processing, event, refused=len(refused), asked=len(slots)):
        return Refuse(reasons)
    return _by_right(world, processing, who, Accept(kept, tuple(refused), reasons if refused else ()))


def _by_right(world: World, processing: CalendarProcessing, who: set[str], accepted: Accept) -> Verdict:
    if processing.all_book_in_policy or includes(world, processing.book_in_policy, who):
        return accepted
    if processing.all_request_in_policy or includes(world, processing.request_in_policy, who):
        return Pend(accepted.reasons)
    return Refuse((NotAllowed(),))


def _are_too_many(world: World, processing: CalendarProcessing, event: Event, *, refused: int, asked: int) -> bool:
    """Whether a series is declined as a whole; a single meeting with a conflict always is."""
    if event.recurrence is None or refused >= asked:
        return True
    by_number = refused > processing.maximum_conflict_instances
    by_share = refused * 100 > processing.conflict_percentage_allowed * asked
    if world.switches.conflict_limits_either:
        return by_number or by_share
    return by_number and by_share


def _names(world: World, event: Event) -> set[str]:
    """Every name of the organiser, in lower case."""
    if event.organizer is None:
        return set()
    found = world.find(event.organizer.address)
    return {event.organizer.address.lower()} | (found.names() if found is not None else set())
