"""Verify: every booking and every event of a window, compared field by field, and each difference named.

This module decides what counts as the same. It reads the plain calendarView, not the delta that the mirror lives on,
so that it would notice if that had left something out (FACTS 11, 11). It writes nothing but its own result; settled,
parked and closed are counted apart, and it is satisfied only where nothing differs that is not parked by name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from holdfast.bookings.record import Record
from holdfast.bookings.scene import records
from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.graph import events
from holdfast.graph.wire import CalendarId, Event
from holdfast.mirror import links, standing, translate
from holdfast.mirror.engine import Engine
from holdfast.mirror.lease import CalendarFacts, MailboxFacts, MappingFacts
from holdfast.mirror.links import Row
from holdfast.mirror.manners import rules_of, settings_of
from holdfast.mirror.ours import said_by
from holdfast.ports import clock
from holdfast.reconcile import fields
from holdfast.reconcile.link import Sight
from holdfast.reconcile.rules import Direction
from holdfast.reconcile.snapshot import Snapshot

NOT_HERE = "not_here"  # an event without a booking
NOT_THERE = "not_there"  # a booking without an event
DIFFERS = "differs"
TWICE = "twice"
UNREADABLE = "unreadable"
CHUNK = 1000
DIFFERENCES_MAX = 1000
"""Differences that are named; more are only counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. `fields` are empty where a whole side is missing."""

    mapping_id: UUID
    kind: str
    event_id: str
    booking_id: UUID | None
    starts_at: datetime | None
    fields: tuple[str, ...] = ()
    parked: str = ""  # the reason it waits for, or empty: then it is a fault
    on_its_way: bool = False


@dataclass(slots=True)
class Verified:
    """What was compared in one calendar."""

    calendar_id: UUID
    address: str
    events: int = 0
    settled: int = 0
    parked: int = 0
    closed: int = 0
    on_its_way: int = 0
    faults: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])

    @property
    def is_in_step(self) -> bool:
        """Nothing differs that is not parked by name."""
        return self.faults == 0 and self.on_its_way == 0


def verify(actor: Actor, *, engine: Engine, mapping_id: UUID | None = None) -> list[Verified]:
    """Compare the calendars of one mapping or of all. Raises GraphError where a calendar cannot be read."""
    actor.require(Permission.VIEW)
    return [
        _verify(engine, mailbox, calendar) for mailbox, calendar in standing.calendars(actor.workspace_id, mapping_id)
    ]


def _verify(engine: Engine, mailbox: MailboxFacts, calendar: CalendarFacts) -> Verified:
    result = Verified(calendar.id, mailbox.address)
    if calendar.window_from is None or calendar.window_to is None:
        return result
    line = engine.line(calendar.connection, mailbox)
    seen: set[UUID] = set()
    graph_id = CalendarId(calendar.graph_id)
    for page in events.view(line, calendar=graph_id, since=calendar.window_from, until=calendar.window_to):
        result.events += len(page.items) + len(page.unreadable)
        for item in page.unreadable:
            _add(result, Difference(calendar.mappings[0].id, UNREADABLE, item.id or "", None, None))
        with in_workspace(calendar.workspace_id):
            _compare_page(result, calendar, page.items, seen)
    with in_workspace(calendar.workspace_id):
        _compare_rest(result, calendar, seen)
    _store(calendar, result)
    return result


@dataclass(frozen=True, slots=True)
class _Side:
    row: Row
    record: Record | None


def _compare_page(result: Verified, calendar: CalendarFacts, items: Sequence[Event], seen: set[UUID]) -> None:
    sides = _sides(calendar, links.of_events(calendar.id, [event.id for event in items]))
    for event in items:
        for mapping in calendar.mappings:
            side = sides.get((mapping.id, event.id))
            if side is not None:
                seen.add(side.row.id)
            _compare(result, mapping, event, side)


def _sides(calendar: CalendarFacts, rows: Sequence[Row]) -> dict[tuple[UUID, str], _Side]:
    named = [row.booking_id for row in rows if row.booking_id is not None]
    known = records(calendar.workspace_id, named) if named else {}
    return {
        (row.mapping_id, row.event_id): _Side(row, known.get(row.booking_id) if row.booking_id else None)
        for row in rows
    }


def _compare(result: Verified, mapping: MappingFacts, event: Event, side: _Side | None) -> None:
    try:
        sight = translate.sight_of(event, link=None if side is None else side.row.id)
    except translate.NotUnderstood:
        _add(result, Difference(mapping.id, UNREADABLE, event.id, None, None))
        return
    direction = settings_of(mapping.settings).direction
    if side is None:
        if sight.said is not None and direction in (Direction.BOTH, Direction.DOWN):
            _add(result, Difference(mapping.id, NOT_HERE, event.id, None, sight.said.when.instants().start))
        return
    if side.row.state.closed is not None:
        result.closed += 1
        return
    _judge(result, mapping, side, sight)


def _judge(result: Verified, mapping: MappingFacts, side: _Side, sight: Sight) -> None:
    row, record = side.row, side.record
    ours = None if record is None else said_by(record)
    theirs = sight.said
    starts_at = None if record is None else record.starts_at
    if not isinstance(ours, Snapshot) and theirs is None:
        result.settled += 1
    elif not isinstance(ours, Snapshot):
        _differ(result, row, Difference(mapping.id, NOT_HERE, sight.event_id, row.booking_id, starts_at))
    elif theirs is None:
        _differ(result, row, Difference(mapping.id, NOT_THERE, sight.event_id, row.booking_id, starts_at))
    else:
        names = _differing(row, mapping, ours, sight)
        if names:
            _differ(result, row, Difference(mapping.id, DIFFERS, sight.event_id, row.booking_id, starts_at, names))
        else:
            result.settled += 1


def _differing(row: Row, mapping: MappingFacts, ours: Snapshot, sight: Sight) -> tuple[str, ...]:
    """Fields that flow, differ, and were never agreed to differ."""
    theirs = sight.said
    assert theirs is not None
    rules = rules_of(mapping, is_shadow=row.is_shadow)
    flow = fields.flow(translate.shadow(sight) if row.is_shadow else sight, rules)
    readable, agreed = fields.read_back(ours), row.state.agreed
    names: list[str] = []
    # Where we may not write, what does not flow in is that copy's own: a room's title after the attendant (Z-P02).
    for name in dict.fromkeys((*flow.out, *flow.into) if sight.may_write else flow.into):
        mine, their = getattr(readable, name.value), getattr(theirs, name.value)
        if name in (fields.Field.CATEGORIES, fields.Field.REPLY) or fields.same(name, mine, their):
            continue
        if not _is_agreed(name, ours, theirs, agreed.ours, agreed.theirs):
            names.append(name.value)
    return tuple(names)


def _is_agreed(
    name: fields.Field, ours: Snapshot, theirs: Snapshot, base: Snapshot | None, their_base: Snapshot | None
) -> bool:
    """Each side says just what it said when they agreed: a difference that is known and meant."""
    if name is fields.Field.WHEN or base is None or their_base is None:
        return False
    return getattr(base, name.value) == getattr(ours, name.value) and fields.same(
        name, getattr(their_base, name.value), getattr(theirs, name.value)
    )


_LEFT = (
    "SELECT id FROM mirror_link WHERE calendar_id = %s AND closed_at IS NULL AND booking_id IS NOT NULL "
    "AND ends_at > %s AND ends_at < %s"
)


def _compare_rest(result: Verified, calendar: CalendarFacts, seen: set[UUID]) -> None:
    """Bookings whose event the view did not show."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [calendar.id, calendar.window_from, calendar.window_to])
        left = [link_id for (link_id,) in cursor.fetchall() if link_id not in seen]
    for first in range(0, len(left), CHUNK):
        rows = links.of_ids(left[first : first + CHUNK])
        known = records(calendar.workspace_id, [row.booking_id for row in rows if row.booking_id is not None])
        for row in rows:
            record = known.get(row.booking_id) if row.booking_id else None
            ours = None if record is None else said_by(record)
            if record is None or not isinstance(ours, Snapshot):
                _rest_apart(result, row)
                continue
            _differ(result, row, Difference(row.mapping_id, NOT_THERE, row.event_id, record.id, record.starts_at))


def _rest_apart(result: Verified, row: Row) -> None:
    if row.is_unsettled and row.state.parked is None:
        result.on_its_way += 1
    else:
        result.settled += 1


def _differ(result: Verified, row: Row, found: Difference) -> None:
    parked = row.state.parked
    if parked is not None and not row.is_unsettled:
        result.parked += 1
        _add(result, replace(found, parked=parked.reason.value), counts=False)
    elif row.is_unsettled:
        result.on_its_way += 1
        _add(result, replace(found, on_its_way=True), counts=False)
    else:
        _add(result, found)


def _add(result: Verified, found: Difference, *, counts: bool = True) -> None:
    if counts:
        result.faults += 1
    if len(result.differences) < DIFFERENCES_MAX:
        result.differences.append(found)


def _store(calendar: CalendarFacts, result: Verified) -> None:
    count = result.faults + result.on_its_way
    with in_workspace(calendar.workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mirror_calendar SET verified_at = %s, differences = %s WHERE id = %s",
            [clock.now(), count, calendar.id],
        )


def are_in_step(results: Iterable[Verified]) -> bool:
    """The exit code of `holdfast verify`."""
    return all(result.is_in_step for result in results)
