"""What an observation does to a link: the order of observations, and what is believed.

This module decides whether an observation moves theirs, is dropped, or asks for a GET. It must not decide what follows.
The order: older than what the link holds is dropped; of equal time and another etag asks; a removal is a question; a
confirmed absence is remembered, and what is seen of that id later is believed only from a GET; while a conditional
write is open only a GET moves theirs, because only a GET reads our marker.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from holdfast.reconcile import offers
from holdfast.reconcile.claims import transaction_id
from holdfast.reconcile.link import Kind, LinkState, Offer, Sight
from holdfast.reconcile.snapshot import Snapshot


class Source(StrEnum):
    """Where an observation comes from. Only a GET reads our marker, and only a GET is the last word."""

    DELTA = "delta"
    ROUND = "round"  # a complete round, calendarView or verify
    GET = "get"


@dataclass(frozen=True, slots=True)
class Seen:
    """The event was delivered."""

    sight: Sight
    source: Source


@dataclass(frozen=True, slots=True)
class Missing:
    """A removal in a delta, or an absence from a complete round: a question, never an answer."""

    event_id: str
    source: Source


@dataclass(frozen=True, slots=True)
class Gone:
    """A GET by id answered ErrorItemNotFound: the event is confirmed to be absent."""

    event_id: str


Observation = Seen | Missing | Gone


class Outcome(StrEnum):
    """What became of an observation; each is counted."""

    TAKEN = "taken"  # the link moved: plan again
    SAME = "same"  # nothing new
    OLDER = "older"  # dropped: older than what is held
    ASK = "ask"  # one GET by id is needed (link.must_look is set)
    OTHER = "other"  # the id is not the link's event: see `claims`
    CLOSED = "closed"  # the link is closed: dropped


def observe(link: LinkState, observation: Observation) -> tuple[LinkState, Outcome]:
    """The link after the observation, and what became of it."""
    if link.closed is not None:
        return link, Outcome.CLOSED
    match observation:
        case Seen(sight, source):
            return _seen(link, sight, source)
        case Missing(event_id):
            return _missing(link, event_id)
        case Gone(event_id):
            return _gone(link, event_id)
        case _ as never:
            assert_never(never)


def is_past(link: LinkState, *, window_start: datetime) -> bool:
    """True where the event left the window by its past edge: its removal says nothing and is not asked about."""
    said = link.agreed.theirs if link.theirs is None else link.theirs.said
    return isinstance(said, Snapshot) and said.when.instants().end <= window_start


def _missing(link: LinkState, event_id: str) -> tuple[LinkState, Outcome]:
    held = link.theirs
    if held is None or held.event_id != event_id:
        return link, Outcome.SAME if event_id in link.absent else Outcome.OTHER
    if held.said is None:
        return link, Outcome.SAME
    return _ask(link)


def _gone(link: LinkState, event_id: str) -> tuple[LinkState, Outcome]:
    held = link.theirs
    if held is not None and held.event_id == event_id:
        if held.said is None and not link.must_look:
            return link, Outcome.SAME
        return offers.gone(link, event_id), Outcome.TAKEN
    if event_id in link.known:
        return replace(link, absent=offers.with_id(link.absent, event_id)), Outcome.SAME
    return link, Outcome.OTHER


def _seen(link: LinkState, sight: Sight, source: Source) -> tuple[LinkState, Outcome]:
    held = link.theirs
    if held is not None and held.said is not None and held.event_id != sight.event_id:
        return link, Outcome.OTHER
    created = _created_by(link, sight)
    if created is not None:
        return offers.found_created(link, created, sight), Outcome.TAKEN
    if held is None:
        return (link, Outcome.OTHER) if _awaits_another(link) else _taken(link, sight, source)
    if held.event_id != sight.event_id or (held.said is None and _awaits_another(link)):
        return link, Outcome.OTHER
    return _ordered(link, held, sight, source)


def _created_by(link: LinkState, sight: Sight) -> Offer | None:
    """The open create that made this event: it is known by its transaction id, also where it was changed since."""
    if not sight.transaction_id or sight.event_id in link.known:
        return None
    for offer in link.offers:
        if offer.kind is Kind.CREATE and sight.transaction_id == transaction_id(link.key, offer.generation):
            return offer
    return None


def _awaits_another(link: LinkState) -> bool:
    """A create is on its way: its event comes under another id, and an old one that is back is not this link's."""
    return any(offer.kind is Kind.CREATE and not offer.refused for offer in link.offers)


def _ordered(link: LinkState, held: Sight, sight: Sight, source: Source) -> tuple[LinkState, Outcome]:
    if source is not Source.GET:
        return _ordered_by_delta(link, held, sight, source)
    if held.said is not None and offers.is_older(sight, held):
        return link, Outcome.OLDER  # a stale read: must_look stays as it was, so the question stays too
    return _taken(link, sight, source)


def _ordered_by_delta(link: LinkState, held: Sight, sight: Sight, source: Source) -> tuple[LinkState, Outcome]:
    if held.said is None and (not held.etag or held.etag != sight.etag):  # it is over: no page says otherwise
        return _ask(link)
    if offers.is_older(sight, held):
        return link, Outcome.OLDER
    if sight.etag == held.etag:
        return link, Outcome.SAME
    if sight.event_id in link.absent or sight.modified == held.modified or _has_conditional(link):
        return _ask(link)
    return _taken(link, sight, source)


def _has_conditional(link: LinkState) -> bool:
    return any(offer.kind in (Kind.PATCH, Kind.DELETE) for offer in link.offers)


def _taken(link: LinkState, sight: Sight, source: Source) -> tuple[LinkState, Outcome]:
    before = link
    if source is Source.GET:
        link = replace(offers.fold(link, sight), must_look=False)
    again = link.again and sight.said is None
    link = replace(link, theirs=sight, again=again, known=offers.with_id(link.known, sight.event_id))
    return link, Outcome.SAME if link == before else Outcome.TAKEN


def _ask(link: LinkState) -> tuple[LinkState, Outcome]:
    return replace(link, must_look=True), Outcome.ASK
