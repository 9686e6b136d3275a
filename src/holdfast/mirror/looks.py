"""The look before yes: before a person is told that a time is theirs, Microsoft is asked.

This module decides on what a yes may rest. One read, with a deadline that a person does not notice and no transaction
open; what comes late counts as not read, and the mapping says what then. It changes nothing: an event that it meets
rings the mailbox, and the worker takes it in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from holdfast.bookings.scene import records
from holdfast.database.transactions import in_workspace
from holdfast.graph import events
from holdfast.graph.errors import GraphError
from holdfast.graph.wire import CalendarId, Event
from holdfast.mirror import links, mappings, push, standing, translate
from holdfast.mirror.engine import Engine
from holdfast.mirror.lease import CalendarFacts, MailboxFacts
from holdfast.mirror.manners import WhenUnread, settings_of
from holdfast.ports import clock
from holdfast.reconcile.snapshot import ShowAs
from holdfast.timetable.spans import Span

DEADLINE_S = 0.8
YOUNG = timedelta(seconds=5)
"""A reading younger than this is as good as another one."""


@dataclass(frozen=True, slots=True)
class NotTied:
    """No calendar is tied to the resource: our record is the whole truth."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """The last reading is so young that nobody was asked."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """Microsoft was asked just now. `busy` is what stands there in the span and is not known here yet."""

    at: datetime
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """Microsoft did not answer in time, or could not. `read_at` is the age of what we know."""

    read_at: datetime | None
    when_unread: WhenUnread
    words: str


Look = NotTied | Fresh | Looked | Unread


def look(workspace_id: UUID, resource_id: UUID, span: Span, *, engine: Engine) -> Look:
    """Ask about one span of one resource. Call it with no transaction open."""
    found: Look = NotTied()
    for mailbox, calendar in standing.calendars_of(workspace_id, resource_id):
        seen = _look(engine, mailbox, calendar, resource_id, span)
        if isinstance(seen, Unread) or (isinstance(seen, Looked) and seen.busy):
            return seen
        found = seen if isinstance(found, (NotTied, Fresh)) else found
    return found


def is_unknown(workspace_id: UUID, resource_id: UUID) -> bool:
    """Not read for twice the promised interval: its time is not offered by search. Unknown is busy."""
    now = clock.now()
    for mailbox, calendar in standing.calendars_of(workspace_id, resource_id):
        promised = push.SAFETY_POLL if push.is_healthy(mailbox, now=now) else push.POLL
        if calendar.observed_at is None or now - calendar.observed_at > 2 * promised:
            return True
    return False


def _look(engine: Engine, mailbox: MailboxFacts, calendar: CalendarFacts, resource_id: UUID, span: Span) -> Look:
    now, read_at = clock.now(), calendar.observed_at
    is_quiet = mailbox.rung_count == mailbox.heard_count
    if read_at is not None and is_quiet and now - read_at <= YOUNG:
        return Fresh(read_at)
    line = engine.line(calendar.connection, mailbox, deadline_s=DEADLINE_S)
    graph_id = CalendarId(calendar.graph_id)
    try:
        page = next(events.view(line, calendar=graph_id, since=span.start, until=span.end), None)
    except GraphError as error:
        return _unread(calendar, resource_id, str(error.what))
    items = [] if page is None else page.items
    busy = _not_known(calendar, items, span)
    if busy:
        mappings.ring(calendar.workspace_id, calendar.mappings[0].id)
    return Looked(now, busy)


def _unread(calendar: CalendarFacts, resource_id: UUID, words: str) -> Unread:
    mapping = next(each for each in calendar.mappings if each.resource_id == resource_id)
    return Unread(calendar.observed_at, settings_of(mapping.settings).when_unread, words)


def _not_known(calendar: CalendarFacts, items: list[Event], span: Span) -> tuple[Span, ...]:
    """What takes the time there and has no slot here: what is known here, the verb itself judges."""
    with in_workspace(calendar.workspace_id):
        rows = {row.event_id: row for row in links.of_events(calendar.id, [event.id for event in items])}
        named = [row.booking_id for row in rows.values() if row.booking_id is not None]
        known = records(calendar.workspace_id, named) if named else {}
    busy: list[Span] = []
    for event in items:
        taken = _taken(event)
        if taken is None or taken.end <= span.start or taken.start >= span.end:
            continue
        row = rows.get(event.id)
        record = known.get(row.booking_id) if row is not None and row.booking_id is not None else None
        if record is None or (record.starts_at, record.ends_at) != (taken.start, taken.end):
            busy.append(taken)
    return tuple(busy)


def _taken(event: Event) -> Span | None:
    try:
        said = translate.sight_of(event).said
    except translate.NotUnderstood:
        return None
    if said is None or said.show_as is ShowAs.FREE:
        return None
    return said.when.instants()
