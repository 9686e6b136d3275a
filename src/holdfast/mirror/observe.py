"""Taking in what a calendar says: pages of a delta become sights, new links, and questions.

This module decides which link an item belongs to and in which transaction it is stored: theirs of all its links *and*
the delta link, together, so that a crash never loses a change and never takes one twice (I15). Verbs that follow from a
page are called in the same transaction. A removal is only a question here; nothing is deleted on the word of a page.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, connection
from msgspec.structs import replace

from holdfast.bookings.record import Record
from holdfast.graph.delta import Done
from holdfast.graph.wire import EXCEPTION, OCCURRENCE, Event
from holdfast.mirror import brakes, careful, first, links, quarantine, translate
from holdfast.mirror.deciding import decide
from holdfast.mirror.desk import Desk
from holdfast.mirror.errands import Errand
from holdfast.mirror.laying import Page
from holdfast.mirror.lease import CalendarFacts, MappingFacts
from holdfast.mirror.links import Row
from holdfast.mirror.retrying import retried
from holdfast.ports import clock
from holdfast.reconcile.claims import KeepExtra, NotMine, RemoveExtra, claim, made_by
from holdfast.reconcile.doing import done
from holdfast.reconcile.link import Reason, Sight
from holdfast.reconcile.observations import Missing, Outcome, Seen, Source, is_past, observe
from holdfast.reconcile.steps import Park

_SAVE = (
    "UPDATE mirror_calendar SET cursor = %s, is_round_open = %s, observed_at = coalesce(%s, observed_at), "
    "rounds_failed = CASE WHEN %s THEN 0 ELSE rounds_failed END WHERE id = %s"
)
_TICK = "UPDATE mirror_link SET round = %s WHERE id = ANY(%s)"
_FORGOTTEN = "SELECT event_id FROM mirror_absence WHERE calendar_id = %s AND event_id = ANY(%s)"
_REMEMBER = (
    "INSERT INTO mirror_absence (workspace_id, calendar_id, event_id, at, round) "
    "SELECT %s, %s, unnest(%s::text[]), %s, %s "
    "ON CONFLICT (calendar_id, event_id) DO UPDATE SET at = excluded.at, round = excluded.round"
)


def take_in(desk: Desk, laid: Page, *, then: Done | None, cursor: str) -> list[Errand]:
    """Store the page and its link, and do what follows from it here; answers what must be asked or sent."""
    try:
        work = retried(lambda: _take_in(desk, laid, then=then, cursor=cursor, decided=True))
    except (DatabaseError, ValueError) as error:
        careful.say(desk, error)
        retried(lambda: _take_in(desk, laid, then=then, cursor=cursor, decided=False))
        work = careful.one_by_one(desk)
    desk.calendar = replace(
        desk.calendar,
        cursor=cursor,
        is_round_open=then is None and desk.calendar.is_round_open,
        observed_at=desk.calendar.observed_at if then is None else clock.now(),
    )
    return work


def ask_for_missing(desk: Desk) -> list[Errand]:
    """After a complete round: what it did not deliver is a question, as a removal is."""
    return retried(lambda: _ask_for_missing(desk))


@dataclass(slots=True)
class _Taking:
    """One page within its transaction."""

    desk: Desk
    laid: Page
    now: datetime
    by_event: dict[tuple[UUID, str], Row]
    by_link: dict[str, Row]
    forgotten: set[str]
    touched: dict[UUID, Row] = field(default_factory=dict[UUID, Row])
    ticked: list[UUID] = field(default_factory=list[UUID])
    unknown: list[str] = field(default_factory=list[str])
    missing: list[Row] = field(default_factory=list[Row])
    twins: dict[tuple[UUID, str], Record] = field(default_factory=dict[tuple[UUID, str], Record])


def _take_in(desk: Desk, laid: Page, *, then: Done | None, cursor: str, decided: bool) -> list[Errand]:
    with desk.transaction():
        taking = _begin(desk, laid)
        quarantine.forget(desk, [*laid.events, *laid.removed])
        for event in laid.events.values():
            _take_event(taking, event)
        _take_removals(taking)
        brakes.ask(desk, taking.missing, taking.now)
        _finish(taking, then=then, cursor=cursor)
        rows = list(taking.touched.values())
        work = decide(desk, [row for row in rows if row.is_unsettled]) if decided else []
        links.store(desk.workspace_id, rows)
        return work


def _begin(desk: Desk, laid: Page) -> _Taking:
    calendar = desk.calendar
    ids = [*laid.events, *laid.removed]
    active = {mapping.id for mapping in calendar.mappings}
    rows = [row for row in links.of_events(calendar.id, ids) if row.mapping_id in active]
    by_event = {(row.mapping_id, row.event_id): row for row in rows}
    known = {row.event_id for row in rows}
    strangers = [event for event_id, event in laid.events.items() if event_id not in known]
    own = [key for key in map(_link_named_by, strangers) if key is not None]
    # A link of a mapping that has ended claims nothing any more: its event is a stranger with our marker.
    made = [row for row in links.of_ids(own) if row.mapping_id in active]
    by_link = {row.state.key: row for row in made}
    unknown = [event_id for event_id in ids if event_id not in known]
    taking = _Taking(desk, laid, clock.now(), by_event, by_link, _remembered_absent(calendar, unknown))
    for mapping in calendar.mappings:
        if mapping.synced_at is None and strangers:
            taking.twins.update(_twins(desk, mapping, strangers))
    return taking


TWINS_MAX = 5000
"""Bookings compared with one page of strangers in a first sync."""


def _twins(desk: Desk, mapping: MappingFacts, strangers: Sequence[Event]) -> dict[tuple[UUID, str], Record]:
    """In a first sync: which of these strangers are bookings that we have already."""
    if not desk.marked and first.is_whole(desk, mapping):
        return {}
    sights: list[Sight] = []
    for event in strangers:
        with suppress(translate.NotUnderstood):
            sights.append(translate.sight_of(event))
    spans = [sight.said.when.instants() for sight in sights if sight.said is not None]
    if not spans:
        return {}
    since, until = min(span.start for span in spans), max(span.end for span in spans)
    records = first.untied(mapping, since=since, until=until, most=TWINS_MAX)
    if desk.marked:
        known = {record.id for record in records}
        marked = first.untied_of(
            mapping, [desk.marked[each.event_id] for each in sights if each.event_id in desk.marked]
        )
        records.extend(record for record in marked if record.id not in known)
    if not records:
        return {}
    found = first.twins(records, sights, marked=desk.marked)
    return {(mapping.id, event_id): record for event_id, record in found.items()}


def _link_named_by(event: Event) -> UUID | None:
    """The link that a transaction id of ours names."""
    made = made_by(event.transaction_id) if isinstance(event.transaction_id, str) else None
    if made is None:
        return None
    try:
        return UUID(hex=made[0])
    except ValueError:
        return None


def _remembered_absent(calendar: CalendarFacts, ids: Sequence[str]) -> set[str]:
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN, [calendar.id, list(ids)])
        return {event_id for (event_id,) in cursor.fetchall()}


def _take_event(taking: _Taking, event: Event) -> None:
    desk = taking.desk
    desk.tally.seen += 1
    try:
        owner = _owner(taking, event)
        for mapping in desk.calendar.mappings:
            _take_for(taking, event, mapping, is_shadow=mapping.id != owner)
    except translate.NotUnderstood as error:
        desk.tally.quarantined += 1
        quarantine.note(desk, event.id, str(error), taking.now)
        for mapping in desk.calendar.mappings:
            row = taking.by_event.get((mapping.id, event.id))
            if row is not None:
                row.state = done(row.state, Park(Reason.QUARANTINE, detail=str(error)), now=taking.now)
                taking.touched[row.id] = row


def _owner(taking: _Taking, event: Event) -> UUID | None:
    """The mapping whose event this is: that of the link which made it or holds it, else the calendar's first."""
    key = _link_named_by(event)
    made = None if key is None else taking.by_link.get(key.hex)
    if made is not None:
        return made.mapping_id
    for mapping in taking.desk.calendar.mappings:
        row = taking.by_event.get((mapping.id, event.id))
        if row is not None and not row.is_shadow:
            return mapping.id
    home = taking.desk.home
    return None if home is None else home.id


def _take_for(taking: _Taking, event: Event, mapping: MappingFacts, *, is_shadow: bool) -> None:
    desk, row = taking.desk, taking.by_event.get((mapping.id, event.id))
    if row is not None and _is_same(row, event):
        desk.tally.unchanged += 1
        if row.round != desk.calendar.round:
            taking.ticked.append(row.id)
        return
    master = taking.laid.masters.get(event.series_master_id) if isinstance(event.series_master_id, str) else None
    if row is not None:
        _seen(taking, row, translate.sight_of(event, link=row.id, master=master), event)
        return
    sight = translate.sight_of(event, master=master)
    key = None if is_shadow else _link_named_by(event)
    made = None if key is None else taking.by_link.get(key.hex)
    if made is not None and made.mapping_id == mapping.id:
        _seen(taking, made, sight, event)
        return
    _stranger(taking, event, translate.shadow(sight) if is_shadow else sight, mapping, is_shadow=is_shadow)


def _is_same(row: Row, event: Event) -> bool:
    """The version that is held: own echoes and repeats cost nothing more."""
    held = row.state.theirs
    return held is not None and held.said is not None and held.etag == event.etag and not row.state.must_look


def _seen(taking: _Taking, row: Row, sight: Sight, event: Event) -> None:
    desk = taking.desk
    if row.is_shadow:
        sight = translate.shadow(sight)
    row.round = desk.calendar.round
    row.state, outcome = observe(row.state, Seen(sight, Source.DELTA))
    if outcome is Outcome.OTHER:
        _claim(taking, row, sight)
    if outcome is Outcome.OLDER:
        desk.tally.older += 1
    if outcome in (Outcome.TAKEN, Outcome.ASK):
        row.is_unsettled, row.due_at, row.changed_at = True, None, taking.now
        desk.organisers[row.id] = translate.organiser_of(event)
    taking.touched[row.id] = row


def _claim(taking: _Taking, row: Row, sight: Sight) -> None:
    """A second event of this link: one that nobody touched is taken away, one that a person edited is shown."""
    match claim(row.state, sight):
        case NotMine():
            return
        case RemoveExtra() | KeepExtra():
            extra = _new_row(taking, row.mapping_id, sight)
            extra.state = replace(extra.state, key=row.state.key, ours=None, made=row.state.made)
            extra.state, _ = observe(extra.state, Seen(sight, Source.DELTA))
            taking.touched[extra.id] = extra


def _stranger(taking: _Taking, event: Event, sight: Sight, mapping: MappingFacts, *, is_shadow: bool) -> None:
    if sight.said is None and event.id not in taking.forgotten:
        return
    row = _new_row(taking, mapping.id, sight)
    row.is_shadow = is_shadow
    if isinstance(event.series_master_id, str) and event.type in (OCCURRENCE, EXCEPTION):
        row.series_id = event.series_master_id
    if event.id in taking.forgotten:
        gone = Sight(event.id, None)
        row.state = replace(row.state, theirs=gone, known=(event.id,), absent=(event.id,))
    twin = taking.twins.get((mapping.id, event.id))
    if twin is not None:
        first.bind(row, twin)
        taking.desk.tied.add(twin.id)
        taking.desk.tally.tied += 1
    row.state, _ = observe(row.state, Seen(sight, Source.DELTA))
    taking.desk.organisers[row.id] = translate.organiser_of(event)
    taking.touched[row.id] = row


def _new_row(taking: _Taking, mapping_id: UUID, sight: Sight) -> Row:
    desk = taking.desk
    row = links.fresh(
        mapping_id=mapping_id,
        calendar_id=desk.calendar.id,
        mailbox_id=desk.held.mailbox.id,
        round=desk.calendar.round,
        now=taking.now,
    )
    row.event_id, row.is_unsettled = sight.event_id, True
    return row


def _take_removals(taking: _Taking) -> None:
    desk = taking.desk
    known = {event_id for _, event_id in taking.by_event}
    taking.unknown = [event_id for event_id in taking.laid.removed if event_id not in known]
    for (_, event_id), row in taking.by_event.items():
        if event_id in taking.laid.removed:
            _missing(taking, row)
    series = taking.laid.touched_series | taking.laid.removed
    for row in links.of_series(desk.calendar.id, sorted(series)) if series else []:
        if row.event_id not in taking.laid.events:
            _missing(taking, row)


def _missing(taking: _Taking, row: Row) -> None:
    """What left by the past edge of the window is known from our own row and is not asked about."""
    since = taking.desk.calendar.window_from
    if row.id in taking.touched or (since is not None and is_past(row.state, window_start=since)):
        return
    row.state, outcome = observe(row.state, Missing(row.event_id, Source.DELTA))
    if outcome is Outcome.ASK:
        row.is_unsettled, row.due_at, row.changed_at = True, None, taking.now
        taking.missing.append(row)
        taking.touched[row.id] = row


def _finish(taking: _Taking, *, then: Done | None, cursor: str) -> None:
    """The page's link, stored with its effects."""
    desk, calendar = taking.desk, taking.desk.calendar
    is_done = then is not None
    for item in taking.laid.unreadable:
        desk.tally.quarantined += 1
        quarantine.note(desk, item.id or "", item.why, taking.now)
    with connection.cursor() as out:
        if taking.ticked:
            out.execute(_TICK, [calendar.round, taking.ticked])
        if taking.unknown:
            out.execute(_REMEMBER, [desk.workspace_id, calendar.id, taking.unknown, taking.now, calendar.round])
        is_open = calendar.is_round_open and not is_done
        out.execute(_SAVE, [cursor, is_open, taking.now if is_done else None, is_done, calendar.id])


MISSED_MAX = 2000
"""Links asked about after one round; more than so many missing is the brake's business anyhow."""


def _ask_for_missing(desk: Desk) -> list[Errand]:
    calendar, now = desk.calendar, clock.now()
    assert calendar.window_from is not None, "a complete round has a window"
    with desk.transaction():
        rows = links.missed(calendar_id=calendar.id, round=calendar.round, since=calendar.window_from, most=MISSED_MAX)
        asked: list[Row] = []
        for row in rows:
            row.state, outcome = observe(row.state, Missing(row.event_id, Source.ROUND))
            if outcome is Outcome.ASK:
                row.is_unsettled, row.due_at = True, None
                asked.append(row)
        brakes.ask(desk, asked, now)
        work = decide(desk, [row for row in asked if row.is_unsettled])
        links.store(desk.workspace_id, asked)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE mirror_calendar SET asked_round = %s WHERE id = %s", [calendar.round, calendar.id])
            # Removals of unknown ids are remembered until the next complete round.
            cursor.execute(
                "DELETE FROM mirror_absence WHERE calendar_id = %s AND round < %s", [calendar.id, calendar.round]
            )
    desk.calendar = replace(calendar, asked_round=calendar.round)
    return work
