"""What is asked of Microsoft for links, and what the answers mean to them.

This module decides how a step becomes a request, how many go together, and to which of reconcile's words an error
reduces. It runs with no transaction open and stores nothing. One alone goes as it is, several in a `$batch`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from holdfast.graph import batch, errors, events
from holdfast.graph.answers import Answer
from holdfast.graph.client import Ask
from holdfast.graph.errors import GraphError
from holdfast.graph.wire import Etag, Event, EventId
from holdfast.mirror.desk import Desk
from holdfast.ports import clock
from holdfast.reconcile.link import Kind, Offer
from holdfast.reconcile.offers import Failed, Failure

DAY = timedelta(days=1)
"""Where an event is searched for around the span it was sent with: zones move a day's border."""


@dataclass(frozen=True, slots=True)
class Write:
    """An offer that was saved, to be sent now."""

    link_id: UUID
    offer: Offer


@dataclass(frozen=True, slots=True)
class Read:
    """One GET by id; where `decline` is given, the answer no follows if the etag is still the one planned on."""

    link_id: UUID
    event_id: str
    decline: Offer | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Look an event up by its transaction id."""

    link_id: UUID
    offer: Offer
    transaction_id: str


Errand = Write | Read | Search


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of an errand: an event, nothing (204), or an error."""

    errand: Errand
    sent_at: datetime
    event: Event | None = None
    error: GraphError | None = None
    request_id: str = ""


def run(desk: Desk, errands: Sequence[Errand]) -> list[Reply]:
    """Do them, at most one batch full; answers stand in the order of the errands."""
    replies: dict[UUID, Reply] = {}
    asks: list[tuple[Errand, Ask]] = []
    for errand in errands:
        match errand:
            case Write() | Read(decline=None):
                asks.append((errand, _asking(desk, errand)))
            case Read():
                replies[errand.link_id] = _decline(desk, errand)
            case Search():
                replies[errand.link_id] = _search(desk, errand)
            case _ as never:
                assert_never(never)
    for reply in _send(desk, asks):
        replies[reply.errand.link_id] = reply
    return [replies[errand.link_id] for errand in errands]


def failure_of(error: GraphError) -> Failed | None:
    """What an error of a write means to its link. None: it certainly did not land, and the fault is not the write's."""
    match error:
        case errors.PreconditionFailed():
            return Failed(Failure.MOVED)
        case errors.ItemNotFound():
            return Failed(Failure.NOT_THERE)
        case errors.DuplicateTransaction():
            return Failed(Failure.USED)
        case errors.Refused() | errors.UnusableId() | errors.Conflict() | errors.Gone():
            return Failed(Failure.REJECTED, str(error))
        case _ if error.may_have_landed:
            return Failed(Failure.UNKNOWN, str(error))
        case _:
            return None


def worst(replies: Sequence[Reply]) -> GraphError | None:
    """The trouble that keeps us away longest: in one batch an item may fail and another be throttled."""
    troubles = [each.error for each in replies if each.error is not None and is_trouble(each.error)]
    waits = [each for each in troubles if isinstance(each, errors.Throttled) and each.not_before is not None]
    return max(waits, key=_until, default=next(iter(troubles), None))


def _until(error: errors.Throttled) -> datetime:
    assert error.not_before is not None
    return error.not_before


def is_trouble(error: GraphError) -> bool:
    """True where the fault is the mailbox's or the road's, so that nothing more is sent in this tending."""
    return not isinstance(
        error,
        (
            errors.PreconditionFailed,
            errors.ItemNotFound,
            errors.Conflict,
            errors.Refused,
            errors.UnusableId,
            errors.Gone,
            errors.NoAnswer,
        ),
    )


def _asking(desk: Desk, errand: Write | Read) -> Ask:
    line, calendar = desk.line, desk.graph_id
    match errand:
        case Read(event_id=event_id):
            return events.asking_for(line, EventId(event_id), calendar=calendar)
        case Write(offer=offer):
            return _asking_to_write(desk, offer)


def _asking_to_write(desk: Desk, offer: Offer) -> Ask:
    line, calendar = desk.line, desk.graph_id
    event_id, etag, body = EventId(offer.event_id), Etag(offer.etag), offer.body.encode()
    match offer.kind:
        case Kind.CREATE:
            return events.asking_to_create(line, body, calendar=calendar)
        case Kind.PATCH:
            return events.asking_to_patch(line, event_id, body, calendar=calendar, if_match=etag)
        case Kind.DELETE:
            return events.asking_to_delete(line, event_id, calendar=calendar, if_match=etag)
        case Kind.DECLINE:
            raise AssertionError("a decline follows a read")
        case _ as never:
            assert_never(never)


def _send(desk: Desk, asks: Sequence[tuple[Errand, Ask]]) -> list[Reply]:
    if not asks:
        return []
    sent_at = clock.now()
    is_one = len(asks) == 1
    outcomes = [_alone(desk, asks[0][1])] if is_one else batch.send(desk.line, [ask for _, ask in asks])
    return [_reply(errand, ask, outcome, sent_at) for (errand, ask), outcome in zip(asks, outcomes, strict=True)]


def _alone(desk: Desk, ask: Ask) -> batch.Outcome:
    try:
        return desk.line.send(ask)
    except GraphError as error:
        return error


def _reply(errand: Errand, ask: Ask, outcome: batch.Outcome, sent_at: datetime) -> Reply:
    if isinstance(outcome, GraphError):
        return Reply(errand, sent_at, error=outcome, request_id=outcome.request_id or "")
    request_id = outcome.headers.get("request-id", "")
    try:
        return Reply(errand, sent_at, event=_event_of(outcome, ask), request_id=request_id)
    except GraphError as error:
        return Reply(errand, sent_at, error=error, request_id=request_id)


def _event_of(answer: Answer, ask: Ask) -> Event | None:
    if ask.method == "DELETE":
        return None
    return events.event_of(answer, ask)


def _decline(desk: Desk, errand: Read) -> Reply:
    """Look, compare, and only then say no: a decline has no If-Match of its own."""
    assert errand.decline is not None
    sent_at = clock.now()
    event_id = EventId(errand.event_id)
    try:
        event = events.get(desk.line, event_id, calendar=desk.graph_id)
        if event.etag != errand.decline.etag:
            return Reply(errand, sent_at, event=event)
        events.decline(desk.line, event_id, calendar=desk.graph_id, comment=errand.decline.body)
    except GraphError as error:
        return Reply(errand, sent_at, error=error, request_id=error.request_id or "")
    return Reply(errand, sent_at)


def _search(desk: Desk, errand: Search) -> Reply:
    """Read the calendar where the body of the create lies: no filter by transaction id is documented."""
    sent_at = clock.now()
    said = errand.offer.pair.theirs
    assert said is not None, "a create has a body"
    span = said.when.instants()
    try:
        for page in events.view(desk.line, calendar=desk.graph_id, since=span.start - DAY, until=span.end + DAY):
            for event in page.items:
                if event.transaction_id == errand.transaction_id:
                    return Reply(errand, sent_at, event=event)
    except GraphError as error:
        return Reply(errand, sent_at, error=error, request_id=error.request_id or "")
    return Reply(errand, sent_at)
