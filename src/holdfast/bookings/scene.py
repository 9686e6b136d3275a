"""Reading what a batch of orders needs, under lock. Decides the order of locks; judges nothing.

Locks are taken in one order everywhere: bookings by id, units by number, then what followers hold, then the journal's
head. A unit's row stands for its time: whoever wants to change slots of a unit locks it first. With the exclusion
constraint alone, sixteen writers of one slot block each other in pairs until PostgreSQL kills some (up to 15 s).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.bookings.ground import Ground, Taken, instant
from holdfast.bookings.record import Record
from holdfast.directory.kinds import Kind, Sharing

TREE_DEPTH_MAX = 10
WIDENINGS_MAX = 3
SHORT_MAX = timedelta(hours=26)  # what lasts longer is `long` (see the migration)

RECORD_COLUMNS = """
json_build_object('id', b.id, 'resource_id', b.resource_id,
  'when', json_build_array(b.wall_start, b.wall_end, b.zone, b.all_day), 'starts_at', b.starts_at, 'ends_at', b.ends_at,
  'title', b.title, 'note', b.note, 'show_as', b.show_as, 'sensitivity', b.sensitivity, 'place', b.place,
  'people', b.people, 'kind', b.kind, 'state', b.state, 'quantity', b.quantity, 'owner_id', b.owner_id,
  'organiser_name', b.organiser_name, 'organiser_address', b.organiser_address, 'origin', b.origin, 'basis', b.basis,
  'version', b.version, 'claim', b.claim, 'claimed_at', b.claimed_at, 'created_at', b.created_at,
  'updated_at', b.updated_at, 'cancelled_at', b.cancelled_at, 'series_id', b.series_id,
  'original_day', b.original_day, 'own', coalesce(b.own, '[]'))::text
"""

_BOOKINGS = f"SELECT {RECORD_COLUMNS} FROM bookings_booking b WHERE b.workspace_id = %s AND b.id = ANY(%s)"  # noqa: S608  constants
_BOOKINGS_LOCKED = f"{_BOOKINGS} ORDER BY b.id FOR NO KEY UPDATE"

# A counted ancestor joins the lock: freed time of one desk may rescue an overlapping entry of the whole pool.
_UNITS = """
WITH RECURSIVE up AS (
    SELECT id, parent_id, sharing, 0 AS depth FROM directory_resource
    WHERE workspace_id = %(workspace)s AND id = ANY(%(resources)s)
  UNION
    SELECT r.id, r.parent_id, r.sharing, up.depth + 1 FROM up JOIN directory_resource r ON r.id = up.parent_id
    WHERE r.workspace_id = %(workspace)s AND up.depth < %(depth)s
), down AS (
    SELECT DISTINCT id AS root, id, 0 AS depth FROM up WHERE depth = 0 OR sharing = 'counted'
  UNION
    SELECT down.root, r.id, down.depth + 1 FROM down JOIN directory_resource r ON r.parent_id = down.id
    WHERE r.workspace_id = %(workspace)s AND down.depth < %(depth)s
), wanted AS (
    SELECT root, u.id AS unit_id
    FROM down JOIN directory_unit u ON u.workspace_id = %(workspace)s AND u.resource_id = down.id
  UNION
    SELECT resource_id, unit_id FROM bookings_slot
    WHERE workspace_id = %(workspace)s AND booking_id = ANY(%(bookings)s)
)
SELECT u.id, u.active AND EXISTS (SELECT FROM down WHERE down.root = root.id AND down.id = u.resource_id),
       root.id, root.name, root.kind, root.sharing, root.buffer_after_s, root.active
FROM wanted JOIN directory_unit u ON u.workspace_id = %(workspace)s AND u.id = wanted.unit_id
            JOIN directory_resource root ON root.workspace_id = %(workspace)s AND root.id = wanted.root
ORDER BY u.id
"""
_UNITS_LOCKED = f"{_UNITS} FOR NO KEY UPDATE OF u"

_CLAIM = "SELECT nextval('bookings_claim'), "
_NO_CLAIM = "SELECT 0, "
_SLOTS = """(
  SELECT json_agg(json_build_array(unit_id, (extract(epoch FROM starts_at) * 1000000)::bigint,
           (extract(epoch FROM ends_at) * 1000000)::bigint, claim, booking_id, held, resource_id, soft))::text
  FROM (SELECT * FROM bookings_slot
        WHERE workspace_id = %(workspace)s AND unit_id = ANY(%(units)s)
          AND starts_at >= %(short)s AND starts_at < %(end)s AND ends_at > %(start)s
      UNION ALL
        SELECT * FROM bookings_slot
        WHERE workspace_id = %(workspace)s AND unit_id = ANY(%(units)s)
          AND long AND starts_at < %(short)s AND ends_at > %(start)s) s)
"""
# Many short spans far apart, each looked up by itself on each unit: what lies between a series' dates is not read.
_SLOTS_AT = """(
  SELECT json_agg(DISTINCT jsonb_build_array(s.unit_id, (extract(epoch FROM s.starts_at) * 1000000)::bigint,
           (extract(epoch FROM s.ends_at) * 1000000)::bigint, s.claim, s.booking_id, s.held, s.resource_id, s.soft)
         )::text
  FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS span(a, b)
  CROSS JOIN unnest(%(units)s::bigint[]) AS unit(id) CROSS JOIN LATERAL (
      SELECT * FROM bookings_slot
      WHERE workspace_id = %(workspace)s AND unit_id = unit.id
        AND starts_at >= span.a - interval '26 hours' AND starts_at < span.b AND ends_at > span.a
    UNION ALL
      SELECT * FROM bookings_slot
      WHERE workspace_id = %(workspace)s AND unit_id = unit.id
        AND long AND starts_at < span.a - interval '26 hours' AND ends_at > span.a) s)
"""


class Facts(msgspec.Struct, gc=False):
    """What judging needs to know of a resource: `units` are its own and those of everything below it."""

    id: UUID
    name: str
    kind: Kind
    sharing: Sharing
    buffer_after: timedelta
    active: bool
    units: list[int]


class SlotRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    unit: int
    start: int
    end: int
    claim: int
    booking_id: UUID
    held: bool
    resource_id: UUID
    soft: bool


_decode_record = msgspec.json.Decoder(Record).decode
_decode_slots = msgspec.json.Decoder(list[SlotRow]).decode


def records(workspace_id: UUID, ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Record]:
    """Bookings by id; locked against other writers on demand."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKINGS_LOCKED if lock else _BOOKINGS, [workspace_id, list(ids)])
        found = [_decode_record(row[0]) for row in cursor.fetchall()]
    return {record.id: record for record in found}


def lock_units(
    workspace_id: UUID, resources: Iterable[UUID], *, bookings: Iterable[UUID]
) -> tuple[dict[UUID, Facts], list[int]]:
    """Lock every unit that the orders may touch; answers the resources' facts and all locked units."""
    return units_of(workspace_id, resources, bookings=bookings, lock=True)


def units_of(
    workspace_id: UUID, resources: Iterable[UUID], *, bookings: Iterable[UUID] = (), lock: bool = False
) -> tuple[dict[UUID, Facts], list[int]]:
    """The same without a lock, for who only looks."""
    parameters = {
        "workspace": workspace_id,
        "resources": list(resources),
        "bookings": list(bookings),
        "depth": TREE_DEPTH_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNITS_LOCKED if lock else _UNITS, parameters)
        return _facts(cursor.fetchall())


def ground(workspace_id: UUID, units: list[int], *, start: datetime, end: datetime) -> tuple[int, Ground]:
    """The next claim, and what is taken on the units in the span, widened until it holds whole overlapping entries.

    Promotion judges an overlapping entry by its own whole span, which may reach beyond what the orders touch.
    """
    for _ in range(WIDENINGS_MAX):
        claim, rows = _slots(workspace_id, units, start=start, end=end)
        waiting = [row for row in rows if not row.held]
        first = min((instant(row.start) for row in waiting), default=start)
        last = max((instant(row.end) for row in waiting), default=end)
        if first >= start and last <= end:
            break
        start, end = min(first, start), max(last, end)
    else:
        claim, rows = _all_slots(workspace_id, units)
    return claim, _loaded(rows)


def ground_at(
    workspace_id: UUID, units: list[int], spans: Iterable[tuple[datetime, datetime]], *, claims: bool = True
) -> tuple[int, Ground]:
    """What is taken in many spans, in one statement, widened as `ground` widens its one span.

    Who only looks draws no claim.
    """
    wanted = _united(spans)
    for _ in range(WIDENINGS_MAX):
        claim, rows = _slots_at(workspace_id, units, wanted, claims=claims)
        waiting = [(instant(row.start), instant(row.end)) for row in rows if not row.held]
        beyond = [span for span in waiting if not any(a <= span[0] and span[1] <= b for a, b in wanted)]
        if not beyond:
            break
        wanted = _united([*wanted, *beyond])
    else:
        claim, rows = _all_slots(workspace_id, units)
    return claim, _loaded(rows)


def _loaded(rows: list[SlotRow]) -> Ground:
    loaded = Ground()
    for row in rows:
        taken = Taken(row.start, row.end, row.claim, row.booking_id, row.held, row.resource_id, row.soft)
        loaded.put(row.unit, taken)
    return loaded


def _united(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """In order, those that touch made one; an empty one is still looked at."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _facts(rows: list[tuple[Any, ...]]) -> tuple[dict[UUID, Facts], list[int]]:
    facts: dict[UUID, Facts] = {}
    units: dict[int, None] = {}
    for unit, counts, root, name, kind, sharing, buffer_after_s, active in rows:
        units[unit] = None
        if root not in facts:
            buffer = timedelta(seconds=buffer_after_s)
            facts[root] = Facts(root, name, Kind(kind), Sharing(sharing), buffer, active, [])
        if counts:
            facts[root].units.append(unit)
    return facts, list(units)


def _all_slots(workspace_id: UUID, units: list[int]) -> tuple[int, list[SlotRow]]:
    first, last = datetime.min.replace(year=2, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return _slots(workspace_id, units, start=first, end=last)


def _slots(workspace_id: UUID, units: list[int], *, start: datetime, end: datetime) -> tuple[int, list[SlotRow]]:
    parameters = {"workspace": workspace_id, "units": units, "start": start, "end": end, "short": start - SHORT_MAX}
    return _slot_rows(_CLAIM + _SLOTS, parameters)


def _slots_at(
    workspace_id: UUID, units: list[int], spans: list[tuple[datetime, datetime]], *, claims: bool
) -> tuple[int, list[SlotRow]]:
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    parameters = {"workspace": workspace_id, "units": units, "starts": starts, "ends": ends}
    return _slot_rows((_CLAIM if claims else _NO_CLAIM) + _SLOTS_AT, parameters)


def _slot_rows(statement: str, parameters: dict[str, Any]) -> tuple[int, list[SlotRow]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    assert row is not None, "a scalar select answers one row"
    return row[0], _decode_slots(row[1]) if row[1] else []
