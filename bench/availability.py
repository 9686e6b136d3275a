"""Availability at a million bookings: 500 resources for a week in one query, beside the plainest reading of its rows.

Both run as the app role below row security, in turns, and are timed at the client, results unpacked; their times on the
server are told apart. The bookings are loaded by a superuser, since loading is not what is measured. A hundred
rooms' day is read with statistics and without: four times the rooms may cost about four times as much, not sixteen.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.figures import Figure
from holdfast.bookings import availability, reading
from holdfast.bookings.scene import SHORT_MAX, TREE_DEPTH_MAX
from holdfast.database.transactions import in_workspace
from holdfast.host.postgres import SUPERUSER, EmbeddedPostgres
from tests.cast import Cast, company

ROOMS, EACH, ASKED = 1_000, 1_000, 500
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(days=7)
START = FIRST + 30 * WEEK
TIMES = 15
_COST_MOST, _GROWTH_MOST = 3.0, 6.0

_TABLES = ("bookings_booking", "bookings_slot", "directory_resource", "directory_unit")
_LOAD_ROOMS = """
WITH made AS (
  INSERT INTO directory_resource SELECT (jsonb_populate_record(r, jsonb_build_object(
    'id', gen_random_uuid(), 'name', 'Room ' || n, 'address', 'room' || n || '@bench.test'))).*
  FROM directory_resource r, generate_series(2, %(rooms)s) n WHERE r.workspace_id = %(workspace)s RETURNING id)
INSERT INTO directory_unit (workspace_id, resource_id, active) SELECT %(workspace)s, id, true FROM made
"""
_LOAD_BOOKINGS = """
INSERT INTO bookings_booking (workspace_id, id, resource_id, wall_start, wall_end, zone, all_day, starts_at, ends_at,
  title,
  note, show_as, sensitivity, place, people, kind, state, quantity, organiser_name, organiser_address, origin, basis,
  version, claim, claimed_at, created_at, updated_at)
SELECT %(workspace)s, gen_random_uuid(), resource_id, starts_at AT TIME ZONE 'UTC',
  (starts_at + interval '30 minutes') AT TIME ZONE 'UTC', 'UTC', false, starts_at, starts_at + interval '30 minutes',
  'Meeting', '', 'busy', 'normal', '', '[]', 'booking', 'confirmed', 1, '', '', 'here', 'record', 1, n, starts_at,
  starts_at, starts_at
FROM (SELECT u.resource_id, n, %(first)s::timestamptz + n * interval '12 hours'
             + (abs(hashint8(u.id * 1009 + n)) %% 22) * interval '30 minutes' AS starts_at
      FROM directory_unit u, generate_series(1, %(each)s) n
      WHERE u.workspace_id = %(workspace)s ORDER BY random()) made
"""
_LOAD_SLOTS = """
INSERT INTO bookings_slot (workspace_id, unit_id, starts_at, ends_at, booking_id, resource_id, claim, held, soft)
SELECT b.workspace_id, u.id, b.starts_at, b.ends_at, b.id, b.resource_id, b.claim, true, false
FROM bookings_booking b JOIN directory_unit u ON u.resource_id = b.resource_id
"""
_PLAIN = """
SELECT unit_id, starts_at, ends_at FROM bookings_slot
WHERE workspace_id = %(workspace)s AND unit_id = ANY(%(units)s) AND starts_at >= %(start)s AND starts_at < %(end)s
"""


def measure(cluster: EmbeddedPostgres) -> list[Figure]:
    cast = company("Bench")
    cast.add("Room 1")
    rooms, units = _load(cluster, cast)
    unanalysed = _timeline(cast, rooms)
    with _as_superuser(cluster) as sure:
        sure.execute("VACUUM ANALYZE")
    analysed = _timeline(cast, rooms)
    return [
        *_availability(cast, rooms[:ASKED], units[:ASKED]),
        Figure(
            "day of 100 rooms beside 25, without statistics",
            unanalysed[1],
            "×",
            _GROWTH_MOST,
            f"{unanalysed[0]:.1f} ms",
        ),
        Figure("day of 100 rooms beside 25, with statistics", analysed[1], "×", _GROWTH_MOST, f"{analysed[0]:.1f} ms"),
    ]


def _as_superuser(cluster: EmbeddedPostgres) -> psycopg.Connection[Any]:
    return psycopg.connect(cluster.url(SUPERUSER), autocommit=True)


def _load(cluster: EmbeddedPostgres, cast: Cast) -> tuple[list[Any], list[int]]:
    """A million bookings; answers the rooms and their units, in random order as people's rooms are."""
    parameters = {"workspace": cast.workspace_id, "rooms": ROOMS, "each": EACH, "first": FIRST}
    with _as_superuser(cluster) as sure:
        for table in _TABLES:
            sure.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        sure.execute("SET session_replication_role = replica")  # the keys hold by construction
        for statement in (_LOAD_ROOMS, _LOAD_BOOKINGS, _LOAD_SLOTS):
            sure.execute(statement, parameters)
        found = sure.execute(
            "SELECT resource_id, id FROM directory_unit WHERE workspace_id = %s ORDER BY md5(id::text)",
            [cast.workspace_id],
        ).fetchall()
    return [row[0] for row in found], [row[1] for row in found]


def _availability(cast: Cast, rooms: list[Any], units: list[int]) -> list[Figure]:
    span = {"start": START, "end": START + WEEK}
    plain = {"workspace": cast.workspace_id, "units": units, **span}
    ours = {
        "workspace": cast.workspace_id, "resources": rooms, "short": START - SHORT_MAX, "depth": TREE_DEPTH_MAX, **span
    }  # fmt: skip
    with in_workspace(cast.workspace_id):
        with CaptureQueriesContext(connection) as queries:
            calendars = availability.availability(cast.workspace_id, rooms, **span)
        rows = _read(_PLAIN, plain)
        size = len(json.dumps([[(busy.start, busy.end) for busy in each.busy] for each in calendars]))
        timed = _in_turns(
            lambda: availability.availability(cast.workspace_id, rooms, **span), lambda: _read(_PLAIN, plain)
        )
        served = [(_served(availability.TAKEN, ours), _served(_PLAIN, plain)) for _ in range(TIMES)]
    ours_ms, plain_ms = (median(column) for column in zip(*timed, strict=True))
    ours_served, plain_served = (median(column) for column in zip(*served, strict=True))
    assert sum(len(each.busy) for each in calendars) > len(rows) / 2, "the answer lacks bookings"
    return [
        Figure("500 resources, a week: queries", len(queries), "", 1),
        Figure(
            "500 resources, a week: time ÷ reading the rows",
            ours_ms / plain_ms, "×", _COST_MOST, f"{ours_ms:.1f} ms beside {plain_ms:.1f} ms, {len(rows):,} rows",
        ),
        Figure(
            "500 resources, a week: on the server",
            ours_served / plain_served, "×", _COST_MOST, f"{ours_served:.1f} ms beside {plain_served:.1f} ms",
        ),
        Figure("500 resources, a week: answer as JSON", size / 1024, "KiB", beside="spans that are taken"),
    ]  # fmt: skip


def _in_turns(*acts: Callable[[], object]) -> list[tuple[float, ...]]:
    """Milliseconds of each act, TIMES over, so that a busy moment of the machine meets both."""
    found: list[tuple[float, ...]] = []
    for _ in range(TIMES):
        times: list[float] = []
        for act in acts:
            began = perf_counter()
            act()
            times.append((perf_counter() - began) * 1000)
        found.append(tuple(times))
    return found


def _read(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _served(statement: str, parameters: dict[str, Any]) -> float:
    (plan,) = _read(f"EXPLAIN (ANALYZE, TIMING off, FORMAT json) {statement}", parameters)[0]
    (told,) = plan if isinstance(plan, list) else json.loads(plan)
    return float(told["Execution Time"]) + float(told["Planning Time"])


def _timeline(cast: Cast, rooms: list[Any]) -> tuple[float, float]:
    """Milliseconds of a day of a hundred rooms, and how often that of a quarter of them it is."""

    def look(count: int) -> Callable[[], object]:
        return lambda: reading.timeline(cast.ada, rooms[:count], start=START, end=START + timedelta(days=1))

    with in_workspace(cast.workspace_id):
        look(100)()
        timed = _in_turns(look(100), look(25))
    hundred, quarter = (median(column) for column in zip(*timed, strict=True))
    return hundred, hundred / quarter
