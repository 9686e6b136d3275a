"""Looking at a calendar: when a read is needed, and following its delta to the end.

This module decides whether what we know is good enough to write on (DESIGN 3), which link is followed, and what a dead
one means. It reads page by page and lets own writes go out between pages; it must not decide what a page means.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from msgspec.structs import replace

from holdfast.graph import delta
from holdfast.graph.delta import DeltaPage, Done
from holdfast.graph.errors import EndlessPaging, GraphError, TokenExpired
from holdfast.graph.paging import LoopDetector
from holdfast.mirror import push, recovery, settle, window
from holdfast.mirror.desk import Desk
from holdfast.mirror.laying import lay_out
from holdfast.mirror.lease import CalendarFacts, Look
from holdfast.mirror.observe import ask_for_missing, take_in
from holdfast.ports import clock

PAGES_MAX = 50
"""Pages of one tending: a huge first read goes on in the next job and holds no other mailbox up."""

ROUNDS_FAILED_MAX = 3
"""Full rounds that broke in a row before the calendar waits for its back-off."""

_FIRST = (
    "UPDATE mirror_mapping SET first_round = %s WHERE calendar_id = %s AND first_round IS NULL AND state <> 'planned'"
)
_START = (
    "UPDATE mirror_calendar SET round = round + 1, is_round_open = true, cursor = '', window_from = %s, "
    "window_to = %s, rounds_failed = rounds_failed + %s WHERE id = %s RETURNING round, rounds_failed"
)


def is_needed(desk: Desk, *, rung: bool, forced: bool, unsettled: bool) -> bool:
    """Must the calendar be read now?"""
    calendar, now = desk.calendar, clock.now()
    if forced or rung or calendar.is_round_open or not calendar.cursor or calendar.observed_at is None:
        return True
    if window.must_roll(calendar, now=now) or calendar.asked_round < calendar.round or _is_new(calendar):
        return True
    mailbox = desk.held.mailbox
    if now >= push.next_poll(mailbox, observed_at=calendar.observed_at, now=now):
        return True
    if not unsettled:
        return _reads_after_writing(desk, now)
    return not _good_enough(desk, now)


def _good_enough(desk: Desk, now: datetime) -> bool:
    """The last complete observation may be written on, if push is measured healthy or it is young."""
    observed_at = desk.calendar.observed_at
    assert observed_at is not None
    return push.is_healthy(desk.held.mailbox, now=now) or now - observed_at < push.FRESH


def _reads_after_writing(desk: Desk, now: datetime) -> bool:
    """Without healthy push a burst of writes is followed by a read, which sees what they met."""
    mailbox, observed_at = desk.held.mailbox, desk.calendar.observed_at
    if mailbox.wrote_at is None or push.is_healthy(mailbox, now=now) or observed_at is None:
        return False
    return observed_at < mailbox.wrote_at and now >= mailbox.wrote_at + push.READ_AFTER_WRITE


def look(desk: Desk) -> Look | None:
    """Follow the delta to its end or to this tending's bound.

    Answers a Look where nothing had changed, to be stored when the lease is given back. Raises GraphError; a dead link
    starts a new full round once, here.
    """
    calendar = desk.calendar
    is_begun = bool(calendar.cursor) or calendar.is_round_open
    now = clock.now()
    if not is_begun or _is_new(calendar) or window.must_roll(calendar, now=now) or _is_nightly(desk, now):
        start_round(desk)
    if desk.calendar.is_round_open and any(mapping.synced_at is None for mapping in desk.calendar.mappings):
        recovery.read_marks(desk)
    try:
        return _follow(desk)
    except (TokenExpired, EndlessPaging) as error:
        if desk.calendar.rounds_failed >= ROUNDS_FAILED_MAX:
            raise
        start_round(desk, failed=True)
        if isinstance(error, EndlessPaging):
            raise
    return _follow(desk)


def _is_new(calendar: CalendarFacts) -> bool:
    """A mapping was started that no full round has read for: what is in the calendar must be told to it."""
    return any(mapping.first_round is None for mapping in calendar.mappings)


def _is_nightly(desk: Desk, now: datetime) -> bool:
    """A delta was seen to leave changes out (FACTS 11, 11): once a day the whole window is read, each mailbox at an
    hour of its own.
    """
    calendar = desk.calendar
    if calendar.window_from is None or calendar.is_round_open:
        return False
    since, _ = window.wanted(calendar, now=now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    age = (since - calendar.window_from) + (now - midnight)  # since the midnight before the last round
    return age >= timedelta(days=1, hours=desk.held.mailbox.id % 24)


def start_round(desk: Desk, *, failed: bool = False) -> None:
    """A new full round over the window as it should be now; its number tells what it did not deliver."""
    since, until = window.wanted(desk.calendar, now=clock.now())
    with desk.transaction(), connection.cursor() as cursor:
        cursor.execute(_START, [since, until, int(failed), desk.calendar.id])
        found: Any = cursor.fetchone()
        number: int = found[0]
        rounds_failed: int = found[1]
        cursor.execute(_FIRST, [number, desk.calendar.id])
    mappings = tuple(
        mapping if mapping.first_round is not None else replace(mapping, first_round=number)
        for mapping in desk.calendar.mappings
    )
    desk.calendar = replace(
        desk.calendar,
        mappings=mappings,
        round=number,
        is_round_open=True,
        cursor="",
        window_from=since,
        window_to=until,
        rounds_failed=rounds_failed,
    )


def _follow(desk: Desk) -> Look | None:
    before = desk.calendar
    trouble: GraphError | None = None
    for count, page in enumerate(_pages(desk, before), start=1):
        then = page.then if isinstance(page.then, Done) else None
        if then is not None and not before.is_round_open and _is_empty(page):
            return _complete(desk, then)
        work = take_in(desk, lay_out(desk, page), then=then, cursor=page.then.link)
        trouble = settle.settle_rows(desk, work)
        if trouble is not None:
            raise trouble
        if then is None and count >= PAGES_MAX:
            desk.has_more = True
            return None
    if before.is_round_open or desk.calendar.asked_round < desk.calendar.round:
        trouble = settle.settle_rows(desk, ask_for_missing(desk))
        if trouble is not None:
            raise trouble
    return None


def _pages(desk: Desk, calendar: CalendarFacts) -> Iterator[DeltaPage]:
    detector = LoopDetector()
    if calendar.cursor:
        return delta.follow(desk.line, calendar.cursor, detector=detector)
    assert calendar.window_from is not None
    assert calendar.window_to is not None
    return delta.start(
        desk.line,
        calendar=desk.graph_id,
        since=calendar.window_from,
        until=calendar.window_to,
        detector=detector,
    )


def _is_empty(page: DeltaPage) -> bool:
    return not page.events and not page.unreadable


def _complete(desk: Desk, then: Done) -> Look | None:
    """Nothing had changed: only the link moves on, and that can wait for the end of the lease."""
    now = clock.now()
    desk.calendar = replace(desk.calendar, cursor=then.link, observed_at=now)
    return Look(desk.workspace_id, desk.calendar.id, then.link, now)
