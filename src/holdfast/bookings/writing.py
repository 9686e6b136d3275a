"""Writing a judgement down. Decides nothing: every row is computed already.

One statement text for one booking and for a thousand: rows travel as one JSON parameter, which msgspec writes straight
from the records and PostgreSQL takes apart. That costs this process about a microsecond a row (COPY through a temporary
table six, and COPY straight into a table behind row security is refused).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.bookings.ground import Ground, Pair, instant
from holdfast.bookings.record import Record
from holdfast.bookings.states import ConflictKind
from holdfast.ports import ids

_COLUMNS = """
resource_id, wall_start, wall_end, zone, all_day, starts_at, ends_at, title, note, show_as, sensitivity, place, people,
kind, state, quantity, owner_id, organiser_name, organiser_address, origin, basis, version, claim, claimed_at,
created_at, updated_at, cancelled_at, series_id, original_day, own
"""
_VALUES = """
r.resource_id, (r."when"->>0)::timestamp, (r."when"->>1)::timestamp, r."when"->>2, (r."when"->>3)::boolean, r.starts_at,
r.ends_at, r.title, r.note, r.show_as, r.sensitivity, r.place, r.people, r.kind, r.state, r.quantity, r.owner_id,
r.organiser_name, r.organiser_address, r.origin, r.basis, r.version, r.claim, r.claimed_at, r.created_at, r.updated_at,
r.cancelled_at, r.series_id, r.original_day, r.own
"""
_SHAPE = """
r(id uuid, resource_id uuid, "when" json, starts_at timestamptz, ends_at timestamptz, title text, note text,
  show_as text, sensitivity text, place text, people jsonb, kind text, state text, quantity int, owner_id uuid,
  organiser_name text, organiser_address text, origin text, basis text, version int, claim bigint,
  claimed_at timestamptz, created_at timestamptz, updated_at timestamptz, cancelled_at timestamptz,
  series_id uuid, original_day date, own jsonb)
"""
_LIFT = "DELETE FROM bookings_slot WHERE workspace_id = %s AND booking_id = ANY(%s) AND unit_id = ANY(%s)"
_WRITE = f"""
WITH made AS (
    INSERT INTO bookings_booking (workspace_id, id, {_COLUMNS})
    SELECT %(workspace)s, r.id, {_VALUES} FROM json_to_recordset(%(made)s) AS {_SHAPE}
), changed AS (
    UPDATE bookings_booking b SET ({_COLUMNS}) = ROW ({_VALUES})
    FROM json_to_recordset(%(changed)s) AS {_SHAPE} WHERE b.workspace_id = %(workspace)s AND b.id = r.id
)
INSERT INTO bookings_slot (workspace_id, unit_id, starts_at, ends_at, booking_id, resource_id, claim, held, soft)
SELECT %(workspace)s, s.unit_id, s.starts_at, s.ends_at, s.booking_id, s.resource_id, s.claim, s.held, s.soft
FROM json_to_recordset(%(slots)s)
     AS s(unit_id bigint, starts_at timestamptz, ends_at timestamptz, booking_id uuid, resource_id uuid, claim bigint,
          held boolean, soft boolean)
ON CONFLICT DO NOTHING
"""  # noqa: S608  constants
_OPEN = """
INSERT INTO bookings_conflict (id, workspace_id, kind, booking_id, other_id, content, opened_at, resolution, closed_by)
SELECT r.id, %(workspace)s, r.kind, r.booking_id, r.other_id, '{}'::jsonb, %(at)s, '', ''
FROM json_to_recordset(%(rows)s) AS r(id uuid, kind text, booking_id uuid, other_id uuid) ON CONFLICT DO NOTHING
"""
_CLOSE = """
UPDATE bookings_conflict c SET closed_at = %(at)s, resolution = 'no longer overlapping', closed_by = %(by)s
FROM json_to_recordset(%(rows)s) AS r(one uuid, other uuid)
WHERE c.workspace_id = %(workspace)s AND c.kind = 'overlap' AND c.closed_at IS NULL
  AND ((c.booking_id = r.one AND c.other_id = r.other) OR (c.booking_id = r.other AND c.other_id = r.one))
"""


class SlotRow(msgspec.Struct, frozen=True, gc=False):
    unit_id: int
    starts_at: datetime
    ends_at: datetime
    booking_id: UUID
    resource_id: UUID
    claim: int
    held: bool
    soft: bool


_encode = msgspec.json.Encoder().encode


def lift_slots(workspace_id: UUID, bookings: Sequence[UUID], units: list[int]) -> None:
    """Slots on the locked units go before new ones come: in one statement the constraint would still see the old ones.

    A promoted booking of a whole hall may have other slots on units that nobody locked; they stay as they are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIFT, [workspace_id, list(bookings), units])


def write_bookings(workspace_id: UUID, made: Sequence[Record], changed: Sequence[Record], slots: list[SlotRow]) -> int:
    """Write bookings and slots; answers how many slots found their place."""
    parameters = {
        "workspace": workspace_id,
        "made": _encode(made).decode(),
        "changed": _encode(changed).decode(),
        "slots": _encode(slots).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, parameters)
        return cursor.rowcount


def slot_rows(ground: Ground, bookings: Iterable[UUID]) -> list[SlotRow]:
    rows = [(taken, unit) for booking_id in bookings for unit, taken in ground.of(booking_id)]
    rows.sort(key=lambda row: (row[0].claim, row[1]))
    return [
        SlotRow(unit, instant(t.start), instant(t.end), t.booking_id, t.resource_id, t.claim, t.held, t.soft)
        for t, unit in rows
    ]


def open_overlaps(workspace_id: UUID, pairs: Sequence[tuple[UUID, UUID]], *, at: datetime) -> None:
    """Open a conflict for each (younger claim, older claim)."""
    rows: list[dict[str, Any]] = [
        {"id": ids.new(), "kind": ConflictKind.OVERLAP, "booking_id": younger, "other_id": older}
        for younger, older in pairs
    ]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"workspace": workspace_id, "at": at, "rows": _encode(rows).decode()})


def close_overlaps(workspace_id: UUID, pairs: Sequence[Pair], *, at: datetime, by: str) -> None:
    rows = [{"one": one, "other": other} for one, other in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"workspace": workspace_id, "at": at, "by": by, "rows": _encode(rows).decode()})
