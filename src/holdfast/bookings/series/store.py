"""Reading and writing series. Decides the order of locks; judges nothing.

The locks of a series stand between those of its bookings and those of the units: bookings by id, series by id, units by
number. Who wants a whole series learns its bookings before it holds the series, so it looks again once it does.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.bookings.errors import Raced
from holdfast.bookings.record import Record
from holdfast.bookings.scene import RECORD_COLUMNS
from holdfast.bookings.series.master import Held, Master
from holdfast.bookings.states import OVER, State

_MASTER = """
SELECT json_build_object('id', m.id, 'resource_id', m.resource_id,
  'when', json_build_array(m.wall_start, m.wall_end, m.zone, m.all_day), 'pattern', m.pattern, 'horizon', m.horizon,
  'title', m.title, 'note', m.note, 'show_as', m.show_as, 'sensitivity', m.sensitivity, 'place', m.place,
  'people', m.people, 'kind', m.kind, 'state', m.state, 'quantity', m.quantity, 'owner_id', m.owner_id,
  'organiser_name', m.organiser_name, 'organiser_address', m.organiser_address, 'origin', m.origin, 'basis', m.basis,
  'version', m.version, 'created_at', m.created_at, 'updated_at', m.updated_at, 'cancelled_at', m.cancelled_at)::text
FROM bookings_series m WHERE m.workspace_id = %s AND m.id = ANY(%s)
"""
_MASTER_LOCKED = f"{_MASTER} ORDER BY m.id FOR NO KEY UPDATE"
_DATES = f"SELECT {RECORD_COLUMNS} FROM bookings_booking b WHERE b.workspace_id = %s AND b.series_id = ANY(%s)"  # noqa: S608  constants
_DATES_LOCKED = f"{_DATES} ORDER BY b.id FOR NO KEY UPDATE"
_EXCEPTIONS = f"{_DATES} AND (b.own IS NOT NULL OR b.state = ANY(%s)) ORDER BY b.original_day"
_PLACES = """
SELECT series_id, original_day, id, starts_at, state FROM bookings_booking
WHERE workspace_id = %s AND series_id = ANY(%s)
"""
_DUE = """
SELECT id FROM bookings_series WHERE workspace_id = %s AND rolls AND cancelled_at IS NULL AND horizon < %s
ORDER BY horizon, id LIMIT %s
"""
_COLUMNS = """
resource_id, wall_start, wall_end, zone, all_day, pattern, horizon, rolls, title, note, show_as, sensitivity, place,
people, kind, state, quantity, owner_id, organiser_name, organiser_address, origin, basis, version, created_at,
updated_at, cancelled_at
"""
_VALUES = """
r.resource_id, (r."when"->>0)::timestamp, (r."when"->>1)::timestamp, r."when"->>2, (r."when"->>3)::boolean, r.pattern,
r.horizon, r.rolls, r.title, r.note, r.show_as, r.sensitivity, r.place, r.people, r.kind, r.state, r.quantity,
r.owner_id, r.organiser_name, r.organiser_address, r.origin, r.basis, r.version, r.created_at, r.updated_at,
r.cancelled_at
"""
_SHAPE = """
r(id uuid, resource_id uuid, "when" json, pattern jsonb, horizon date, rolls boolean, title text, note text,
  show_as text, sensitivity text, place text, people jsonb, kind text, state text, quantity int, owner_id uuid,
  organiser_name text, organiser_address text, origin text, basis text, version int, created_at timestamptz,
  updated_at timestamptz, cancelled_at timestamptz)
"""
_WRITE = f"""
WITH made AS (
    INSERT INTO bookings_series (workspace_id, id, {_COLUMNS})
    SELECT %(workspace)s, r.id, {_VALUES} FROM json_to_recordset(%(made)s) AS {_SHAPE}
)
UPDATE bookings_series m SET ({_COLUMNS}) = ROW ({_VALUES})
FROM json_to_recordset(%(changed)s) AS {_SHAPE} WHERE m.workspace_id = %(workspace)s AND m.id = r.id
"""  # noqa: S608  constants

_decode_master = msgspec.json.Decoder(Master).decode
_decode_record = msgspec.json.Decoder(Record).decode
_encode = msgspec.json.Encoder().encode


def masters(workspace_id: UUID, ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Master]:
    """Series by id; locked against other writers on demand."""
    with connection.cursor() as cursor:
        cursor.execute(_MASTER_LOCKED if lock else _MASTER, [workspace_id, list(ids)])
        found = [_decode_master(row[0]) for row in cursor.fetchall()]
    return {master.id: master for master in found}


def with_dates(
    workspace_id: UUID, ids: Sequence[UUID], *, lock: bool
) -> tuple[dict[UUID, Master], dict[UUID, dict[date, Record]]]:
    """Whole series: masters, and all their dates by original day. Raises Raced where somebody was faster."""
    seen = masters(workspace_id, ids)
    dates = _dates(_DATES_LOCKED if lock else _DATES, [workspace_id, list(ids)])
    if lock and masters(workspace_id, ids, lock=True) != seen:
        raise Raced
    return seen, dates


def exceptions(workspace_id: UUID, series_id: UUID) -> dict[date, Record]:
    """The dates that do not simply follow, in order."""
    over = [state.value for state in State if state in OVER]
    return _dates(_EXCEPTIONS, [workspace_id, [series_id], over]).get(series_id, {})


def held(workspace_id: UUID, records: Iterable[Record]) -> dict[UUID, Held]:
    """The series of locked bookings, locked too, with the places of their dates; no statement where there is none."""
    ids = sorted({record.series_id for record in records if record.series_id is not None})
    if not ids:
        return {}
    found = {series_id: Held(master) for series_id, master in masters(workspace_id, ids, lock=True).items()}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [workspace_id, ids])
        for series_id, day, booking_id, starts_at, state in cursor.fetchall():
            found[series_id].places[day] = (booking_id, None if State(state) in OVER else starts_at)
    return found


def due(workspace_id: UUID, *, before: date, most: int) -> list[UUID]:
    """Series whose rows end before a day although they go on, the most urgent first."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [workspace_id, before.isoformat(), most])
        return [row[0] for row in cursor.fetchall()]


def write(workspace_id: UUID, *, made: Sequence[Master] = (), changed: Sequence[Master] = ()) -> None:
    """Before their dates are written, which point at them."""
    parameters = {
        "workspace": workspace_id,
        "made": _encode([_row(master) for master in made]).decode(),
        "changed": _encode([_row(master) for master in changed]).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, parameters)


def told(master: Master) -> dict[str, Any]:
    """The master as the journal keeps it."""
    return msgspec.structs.asdict(master)


def changes(before: Master, after: Master) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, before and after."""
    was, now = told(before), told(after)
    names = [name for name in was if was[name] != now[name]]
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def _row(master: Master) -> dict[str, Any]:
    return told(master) | {"rolls": master.rolls}


def _dates(statement: str, parameters: list[Any]) -> dict[UUID, dict[date, Record]]:
    found: dict[UUID, dict[date, Record]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for (text,) in cursor.fetchall():
            record = _decode_record(text)
            assert record.series_id is not None, "they were found by it"
            assert record.original_day is not None, "a check of the table binds it to the series"
            found.setdefault(record.series_id, {})[record.original_day] = record
    return found
