"""One tending of a mailbox: lease, look, settle, rest. The body of every job, and all that a worker ever does.

This module decides the order, what a failure means to the mailbox, and when it is tended next. A job carries an id and
no work; running it twice, late or never costs nothing. One mailbox's trouble stays its own.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.database.transactions import outside_workspaces
from holdfast.graph.errors import GraphError
from holdfast.mirror import first, instance, lease, looking, push, settle, subscriptions, troubles, wakeups
from holdfast.mirror.desk import Desk, Tally
from holdfast.mirror.engine import Engine
from holdfast.mirror.errors import LeaseLost
from holdfast.mirror.lease import CalendarFacts, Held, Look, Report
from holdfast.mirror.models import MailboxState
from holdfast.ports import clock

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tended:
    """What came of it. `taken` is False where somebody else tends the mailbox."""

    taken: bool
    again: bool = False
    has_more: bool = False
    due_at: datetime | None = None
    state: MailboxState = MailboxState.WORKING
    words: str = ""
    tally: Tally = field(default_factory=Tally)


def tend(engine: Engine, mailbox_id: int, *, forced: bool = False) -> Tended:
    """Tend a mailbox once; `forced` reads its calendars whether or not anything calls for it."""
    held = lease.take(mailbox_id, holder=engine.holder)
    if held is None:
        return Tended(taken=False)
    tended = Tended(taken=True)
    report = _report_of(held)
    try:
        _work(engine, held, report, tended, forced=forced)
        report.wrote, report.subscribes = tended.tally.written > 0, bool(engine.public_url)
        with outside_workspaces():
            rest = held.rest(report)
            tended.again = rest.again or tended.has_more
            if tended.again:
                wakeups.wake(mailbox_id)
    except LeaseLost:
        _log.info("The lease of mailbox %s was lost; nothing was committed after that.", mailbox_id)
        return tended
    tended.due_at = rest.due_at
    tended.state, tended.words = report.state, report.words
    return tended


def _report_of(held: Held) -> Report:
    mailbox = held.mailbox
    return Report(
        heard=mailbox.heard_count,
        settled=mailbox.settled_count,
        state=MailboxState(mailbox.state),
        words=mailbox.words,
        failures=mailbox.failures,
        not_before=mailbox.not_before,
        due_at=mailbox.due_at,
    )


def _work(engine: Engine, held: Held, report: Report, tended: Tended, *, forced: bool) -> None:
    mailbox, now = held.mailbox, clock.now()
    if mailbox.not_before is not None and mailbox.not_before > now:
        report.due_at = mailbox.not_before
        return
    trouble: GraphError | None = None
    dues: list[datetime] = []
    stopped = False
    for calendar in held.calendars:
        desk = _desk(engine, held, calendar, tended.tally)
        trouble = _tend_calendar(desk, report, forced=forced)
        if trouble is not None:
            break
        tended.has_more |= desk.has_more
        stopped = stopped or desk.is_foreign
        dues.append(_next(desk))
    if trouble is None and held.calendars:
        trouble = subscriptions.keep(engine, held)
    if trouble is not None:
        troubles.note(report, trouble, mailbox, clock.now())
        return
    report.heard, report.settled = mailbox.rung_count, mailbox.stirred_count
    report.failures = 0
    if stopped:
        report.state, report.words = MailboxState.STOPPED, instance.WORDS
        report.not_before = report.due_at = now + troubles.RECHECK
        return
    report.state, report.words, report.not_before = MailboxState.WORKING, "", None
    report.due_at = min(dues, default=None)


def _desk(engine: Engine, held: Held, calendar: CalendarFacts, tally: Tally) -> Desk:
    line = engine.line(calendar.connection, held.mailbox, before_send=held.check)
    return Desk(engine, held, calendar, line, tally)


def _tend_calendar(desk: Desk, report: Report, *, forced: bool) -> GraphError | None:
    """Look where it is called for, then settle. A GraphError that stops the mailbox is answered, not raised."""
    mailbox = desk.held.mailbox
    rung = mailbox.rung_count > mailbox.heard_count
    # A worker that died between the first reading and its ties leaves nothing unsettled, and yet something to write.
    unsettled = desk.calendar.has_unsettled or first.is_due(desk.calendar)
    try:
        if instance.is_foreign(desk, writing=unsettled or not desk.calendar.observed_at):
            desk.is_foreign = True
            return None
        look: Look | None = None
        if looking.is_needed(desk, rung=rung, forced=forced, unsettled=unsettled):
            look = looking.look(desk)
            if look is not None:
                report.looks.append(look)
        if look is None or unsettled:
            first.tie(desk)
            return settle.settle(desk)
    except GraphError as error:
        return error
    return None


def _next(desk: Desk) -> datetime:
    """When this calendar is read though nobody rings."""
    now, mailbox, observed_at = clock.now(), desk.held.mailbox, desk.calendar.observed_at
    if desk.calendar.is_round_open or observed_at is None:
        return now
    polled = push.next_poll(mailbox, observed_at=observed_at, now=now)
    if desk.tally.written and not push.is_healthy(mailbox, now=now):
        return min(polled, now + push.READ_AFTER_WRITE)
    return polled
