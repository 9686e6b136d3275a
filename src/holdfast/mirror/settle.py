"""Settling: unsettled links are brought to rest, by verbs here and by writes there.

This module decides the order of the work and its transaction borders: decide and save offers in one transaction, send
with none open, store the answers and decide anew in the next. It is woken from either side; there is no outbound and no
inbound sync. Bounded: what is left over stays unsettled and is found again.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from holdfast.graph.errors import GraphError, ItemNotFound
from holdfast.graph.wire import Event
from holdfast.mirror import errands, exchanges, links, translate
from holdfast.mirror.deciding import decide
from holdfast.mirror.desk import Desk
from holdfast.mirror.errands import Errand, Read, Reply, Search, Write
from holdfast.mirror.links import Row
from holdfast.mirror.retrying import retried
from holdfast.ports import clock
from holdfast.reconcile import offers
from holdfast.reconcile.doing import done
from holdfast.reconcile.link import Kind, LinkState, Reason
from holdfast.reconcile.observations import Gone, Outcome, Seen, Source, observe
from holdfast.reconcile.offers import Failed, Failure, Landed
from holdfast.reconcile.steps import Park

BATCH = 100
"""Links decided in one transaction: enough for five full batches of requests, little enough to hold nobody up."""

REQUEST_BATCH = 20
"""Requests of one `$batch`; answers are stored after each, so a crash leaves at most so many offers open."""

PASSES_MAX = 40
"""Transactions of one settling: about two thousand first writes, then the next job goes on."""

BACK_OFF = timedelta(seconds=4)
BACK_OFF_MAX = timedelta(minutes=10)
FAILURES_MAX = 12
"""After so many unanswered attempts at one link (some two hours) a person is told; it is retried when a side moves."""


def settle(desk: Desk) -> GraphError | None:
    """Work off what is unsettled and due. Answers the trouble that stopped it; None at its end or bound."""
    for _ in range(PASSES_MAX):
        work, count = retried(lambda: _load_and_decide(desk))
        trouble = _do(desk, work)
        if trouble is not None:
            return trouble
        if count < BATCH:
            return None
    return None


def settle_rows(desk: Desk, work: Sequence[Errand]) -> GraphError | None:
    """Do what a transaction of somebody else (a page taken in) left to be asked or sent."""
    return _do(desk, list(work))


def _load_and_decide(desk: Desk) -> tuple[list[Errand], int]:
    with desk.transaction():
        rows = links.unsettled(
            mailbox_id=desk.held.mailbox.id, calendar_id=desk.calendar.id, now=clock.now(), most=BATCH
        )
        if not rows:
            return [], 0
        work = decide(desk, rows)
        links.store(desk.workspace_id, rows)
        return work, len(rows)


def _do(desk: Desk, work: list[Errand]) -> GraphError | None:
    """Send, store, and go on with what the answers ask for, each link a bounded number of times."""
    for _ in range(PASSES_MAX):
        if not work:
            return None
        now_, work = work[:REQUEST_BATCH], work[REQUEST_BATCH:]
        replies = errands.run(desk, now_)
        _count(desk, now_)
        more = retried(lambda replies=replies: _store(desk, replies))
        trouble = errands.worst(replies)
        if trouble is not None:
            return trouble
        work = [*work, *more]
    return None


def _count(desk: Desk, work: Sequence[Errand]) -> None:
    for each in work:
        match each:
            case Write():
                desk.tally.written += 1
            case Read() | Search():
                desk.tally.asked += 1
            case _ as never:
                assert_never(never)


def _store(desk: Desk, replies: Sequence[Reply]) -> list[Errand]:
    with desk.transaction():
        rows = {row.id: row for row in links.of_ids([each.errand.link_id for each in replies])}
        touched: list[Row] = []
        for reply in replies:
            row = rows.get(reply.errand.link_id)
            if row is not None:
                _answered(desk, row, reply)
                touched.append(row)
        exchanges.note(desk, rows, replies)
        due = [row for row in touched if row.due_at is None or row.due_at <= clock.now()]
        work = decide(desk, due)
        links.store(desk.workspace_id, touched)
        return work


def _answered(desk: Desk, row: Row, reply: Reply) -> None:
    """Put what Microsoft said into the link."""
    row.is_unsettled, row.due_at = True, None
    before = row.state
    _put(desk, row, reply)
    if reply.error is not None:
        _back_off(desk, row, str(reply.error), is_gone=isinstance(reply.error, ItemNotFound))
    elif isinstance(reply.errand, Write) and _is_open(row.state):
        _back_off(desk, row, "Microsoft's answers do not fit what was sent", is_gone=False)
    elif row.state != before:
        row.changed_at = clock.now()


def _put(desk: Desk, row: Row, reply: Reply) -> None:
    match reply.errand:
        case Write(offer=offer):
            _answer_write(desk, row, offer.number, offer.kind, reply)
        case Read(decline=None):
            _answer_read(desk, row, reply)
        case Read(decline=offer):
            assert offer is not None
            if reply.event is not None:
                row.state = offers.withdrawn(row.state, offer)
                _observe(desk, row, reply.event)
            else:
                _answer_write(desk, row, offer.number, offer.kind, reply)
        case Search(offer=offer):
            if reply.event is not None:
                _observe(desk, row, reply.event)
            elif reply.error is None:
                row.state = offers.not_found(row.state, offer.number)
        case _ as never:
            assert_never(never)


def _answer_write(desk: Desk, row: Row, number: int, kind: Kind, reply: Reply) -> None:
    now = clock.now()
    if reply.error is not None:
        failed = errands.failure_of(reply.error)
        if failed is None:
            offer = next((one for one in row.state.offers if one.number == number), None)
            if offer is not None and kind is not Kind.CREATE:
                row.state = offers.withdrawn(row.state, offer)
            return
        row.state = offers.answer(row.state, number, failed, now=now)
        return
    sight = None
    if reply.event is not None:
        try:
            sight = translate.sight_of(reply.event, link=row.id)
        except translate.NotUnderstood as error:
            row.state = offers.answer(row.state, number, Failed(Failure.UNKNOWN, str(error)), now=now)
            return
    row.state = offers.answer(row.state, number, Landed(sight), now=now)
    if kind is Kind.CREATE:
        row.round = desk.calendar.round
    if kind is Kind.DELETE:
        row.gone_at = None


def _answer_read(desk: Desk, row: Row, reply: Reply) -> None:
    assert isinstance(reply.errand, Read)
    if isinstance(reply.error, ItemNotFound):
        before = row.state.theirs
        row.state, outcome = observe(row.state, Gone(reply.errand.event_id))
        if outcome is Outcome.TAKEN and before is not None and before.said is not None:
            row.gone_at = clock.now()
    elif reply.event is not None:
        _observe(desk, row, reply.event)


def _observe(desk: Desk, row: Row, event: Event) -> None:
    try:
        sight = translate.sight_of(event, link=row.id)
    except translate.NotUnderstood as error:
        row.state = done(row.state, Park(Reason.QUARANTINE, detail=str(error)), now=clock.now())
        desk.tally.quarantined += 1
        return
    row.state, outcome = observe(row.state, Seen(_as_shadow(row, sight), Source.GET))
    if outcome is Outcome.OLDER:
        desk.tally.older += 1
        _wait(row)


def _as_shadow(row: Row, sight: translate.Sight) -> translate.Sight:
    return translate.shadow(sight) if row.is_shadow else sight


def _back_off(desk: Desk, row: Row, why: str, *, is_gone: bool) -> None:
    if is_gone or not _is_open(row.state):
        return
    _wait(row)
    if row.failures >= FAILURES_MAX:
        row.state = done(row.state, Park(Reason.FAILED, detail=why), now=clock.now())
        desk.tally.parked += 1
        row.due_at = None


def _is_open(state: LinkState) -> bool:
    return bool(state.offers) or state.must_look


def _wait(row: Row) -> None:
    """The first failure is looked at again at once: mostly only the answer was lost."""
    row.failures += 1
    if row.failures > 1:
        row.due_at = clock.now() + min(BACK_OFF * 2 ** min(row.failures - 2, 16), BACK_OFF_MAX)
