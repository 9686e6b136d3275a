"""The first sync of a mapping: which bookings and events are already one, and which bookings have no event yet.

This module decides what is tied together before anything is written: by our marker, then by equal times and title.
The preview counts with the very same functions. Past bookings are never written; nothing here sends anything (Z-M01,
Z-D14).
"""

# ruff: noqa: S608  the statements are put together from constants of this module only

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from django.db import connection
from msgspec.structs import replace

from holdfast.bookings.record import Record
from holdfast.bookings.scene import RECORD_COLUMNS
from holdfast.bookings.states import TAKES_TIME, State
from holdfast.mirror import links
from holdfast.mirror.desk import Desk
from holdfast.mirror.follow import Target, new_link
from holdfast.mirror.lease import CalendarFacts, MappingFacts
from holdfast.mirror.links import Row
from holdfast.mirror.manners import settings_of
from holdfast.mirror.ours import said_by
from holdfast.ports import clock
from holdfast.reconcile.claims import MatchedBy, propose
from holdfast.reconcile.link import Sight
from holdfast.reconcile.rules import Direction
from holdfast.reconcile.snapshot import Snapshot

TIED_AT_ONCE = 500
TIES_MAX = 8
"""So many times in one tending: as many links as one settling writes at most."""

_UNTIED = (
    f"SELECT {RECORD_COLUMNS} FROM bookings_booking b WHERE b.resource_id = %s AND b.ends_at > %s AND b.starts_at < %s "
    # NOT IN reads the links once and hashes them; NOT EXISTS read all of them for each booking where the planner had no
    # statistics yet, which is when a first sync runs.
    "AND b.state <> ALL(%s) AND b.id NOT IN (SELECT l.booking_id FROM mirror_link l WHERE l.mapping_id = %s "
    "AND l.closed_at IS NULL AND l.booking_id IS NOT NULL) ORDER BY b.starts_at, b.id LIMIT %s"
)
_UNTIED_OF = (
    f"SELECT {RECORD_COLUMNS} FROM bookings_booking b WHERE b.resource_id = %s AND b.id = ANY(%s) AND NOT EXISTS "
    "(SELECT FROM mirror_link l WHERE l.booking_id = b.id AND l.mapping_id = %s AND l.closed_at IS NULL)"
)
_DONE = "UPDATE mirror_mapping SET synced_at = %s WHERE id = %s"
FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)
_record = msgspec.json.Decoder(Record)


def untied(mapping: MappingFacts, *, since: datetime, until: datetime, most: int) -> list[Record]:
    """Bookings of the mapping's resource that have no link to its calendar, in a span."""
    over = [state.value for state in State if state not in TAKES_TIME]
    with connection.cursor() as cursor:
        cursor.execute(_UNTIED, [mapping.resource_id, since, until, over, mapping.id, most])
        return [_record.decode(text) for (text,) in cursor.fetchall()]


def is_whole(desk: Desk, mapping: MappingFacts) -> bool:
    """Whether every future booking of the mapping's resource has its link. Once so it stays so: new ones get theirs."""
    if mapping.id not in desk.whole and not untied(mapping, since=clock.now(), until=FOR_EVER, most=1):
        desk.whole.add(mapping.id)
    return mapping.id in desk.whole


def untied_of(mapping: MappingFacts, booking_ids: Sequence[UUID]) -> list[Record]:
    """Those of these bookings that belong to the mapping's resource and have no link to its calendar."""
    if not booking_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_UNTIED_OF, [mapping.resource_id, list(booking_ids), mapping.id])
        return [_record.decode(text) for (text,) in cursor.fetchall()]


def twins(records: Sequence[Record], strangers: Sequence[Sight], *, marked: Mapping[str, UUID]) -> dict[str, Record]:
    """Which event is the event of which booking. Of several alike none is guessed."""
    by_key = {record.id.hex: record for record in records}
    unbound = {key: said for key, record in by_key.items() if isinstance(said := said_by(record), Snapshot)}
    named = {event_id: booking.hex for event_id, booking in marked.items()}
    found = propose(unbound, strangers, marked=named)
    return {
        each.event_id: by_key[each.key]
        for each in found.matched
        if each.by is not MatchedBy.TRANSACTION and each.key in by_key
    }


def bind(row: Row, record: Record) -> None:
    """Tie a stranger to the booking it turned out to be."""
    row.booking_id = record.id
    row.state = replace(row.state, ours=said_by(record, adopted=True))


def is_due(calendar: CalendarFacts) -> bool:
    """Whether a calendar was read to its end for a mapping whose bookings were not all given their links yet."""
    waiting = (each for each in calendar.mappings if each.synced_at is None and each.first_round is not None)
    return not calendar.is_round_open and any(waiting)


def tie(desk: Desk) -> None:
    """Once the calendar was read to its end: give every future booking without an event a link, and so an event."""
    for mapping in desk.calendar.mappings:
        is_read = mapping.first_round is not None and not desk.calendar.is_round_open
        if mapping.synced_at is None and is_read:
            desk.has_more |= not any(_tie(desk, mapping) for _ in range(TIES_MAX))


def _tie(desk: Desk, mapping: MappingFacts) -> bool:
    """Some of them; answers whether they were the last."""
    now = clock.now()
    takes_new = settings_of(mapping.settings).direction in (Direction.BOTH, Direction.UP)
    since = max(now, mapping.pushes_from) if mapping.pushes_from is not None else now
    with desk.transaction():
        records = untied(mapping, since=since, until=FOR_EVER, most=TIED_AT_ONCE) if takes_new else []
        target = Target(mapping.id, mapping.resource_id, desk.calendar.id, desk.held.mailbox.id, False, takes_new)  # noqa: FBT003
        said = [(record, said_by(record)) for record in records]
        rows = [new_link(record, target, ours) for record, ours in said if isinstance(ours, Snapshot)]
        links.store(desk.workspace_id, rows)
        is_last = len(records) < TIED_AT_ONCE
        if is_last:
            with connection.cursor() as cursor:
                cursor.execute(_DONE, [now, mapping.id])
    return is_last
