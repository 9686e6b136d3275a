"""When resources are taken, and where there is room. Reads; decides nothing about who may book.

One statement whatever the number of resources: each unit is looked up in a btree on plain columns, because below row
security a range operator cannot use an index (91 times slower), and PostgreSQL hands back three arrays of integers for
each resource, because making thousands of ranges into Python objects is what costs. Held and overlapping slots both
count as taken, and their ends include the buffer. Instants are whole seconds since 1970. Needs `in_workspace`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import connection

from holdfast.bookings.scene import SHORT_MAX, TREE_DEPTH_MAX
from holdfast.directory.kinds import Sharing

ROOM_MAX = 200
SPAN_MAX = timedelta(days=430)

TAKEN = """
WITH RECURSIVE down AS (
    SELECT id AS root, id, 0 AS depth FROM directory_resource
    WHERE workspace_id = %(workspace)s AND id = ANY(%(resources)s)
  UNION ALL
    SELECT down.root, r.id, down.depth + 1
    FROM down JOIN directory_resource r ON r.workspace_id = %(workspace)s AND r.parent_id = down.id
    WHERE down.depth < %(depth)s
), units AS (
    SELECT down.root, u.id FROM down
    JOIN directory_unit u ON u.workspace_id = %(workspace)s AND u.resource_id = down.id AND u.active
), taken AS (
    SELECT units.root, units.id AS unit_id, s.starts_at, s.ends_at FROM units CROSS JOIN LATERAL (
        SELECT starts_at, ends_at FROM bookings_slot
        WHERE workspace_id = %(workspace)s AND unit_id = units.id
          AND starts_at >= %(short)s AND starts_at < %(end)s AND ends_at > %(start)s
      UNION ALL
        SELECT starts_at, ends_at FROM bookings_slot
        WHERE workspace_id = %(workspace)s AND unit_id = units.id
          AND long AND starts_at < %(short)s AND ends_at > %(start)s
    ) s
), spans AS (
    SELECT root, array_agg(unit_id) AS units, array_agg(floor(extract(epoch FROM starts_at))::bigint) AS starts,
           array_agg(ceil(extract(epoch FROM ends_at))::bigint) AS ends
    FROM taken GROUP BY root
)
SELECT r.id, r.sharing, r.buffer_after_s, r.active, coalesce(sizes.size, 0), spans.units, spans.starts, spans.ends
FROM directory_resource r LEFT JOIN spans ON spans.root = r.id
LEFT JOIN (SELECT root, count(*) AS size FROM units GROUP BY root) sizes ON sizes.root = r.id
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(resources)s)
"""


@dataclass(frozen=True, slots=True)
class Busy:
    """From `start` up to `end`, `used` of a resource's units are taken."""

    start: int
    end: int
    used: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one resource is taken. `busy` is in order, without overlaps, and clipped to the span that was asked for."""

    resource_id: UUID
    sharing: Sharing
    capacity: int
    buffer_after_s: int
    is_active: bool
    busy: tuple[Busy, ...]

    def full(self, *, quantity: int = 1) -> Iterator[Busy]:
        """When there is no room for `quantity` more."""
        for span in self.busy:
            if self.sharing is not Sharing.COUNTED or span.used + quantity > self.capacity:
                yield span


@dataclass(frozen=True, slots=True)
class Room:
    """A stretch of time in which a booking of the wished length fits, buffer included."""

    resource_id: UUID
    start: datetime
    end: datetime


def availability(workspace_id: UUID, resources: Sequence[UUID], *, start: datetime, end: datetime) -> list[Calendar]:
    """When each resource is taken in the span, in the order asked; unknown ones are left out. One statement."""
    if end - start > SPAN_MAX:
        raise ValueError(f"at most {SPAN_MAX.days} days can be asked for at once")
    parameters = {
        "workspace": workspace_id,
        "resources": list(resources),
        "start": start,
        "end": end,
        "short": start - SHORT_MAX,
        "depth": TREE_DEPTH_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, parameters)
        rows = {row[0]: row for row in cursor.fetchall()}
    clip = (int(start.timestamp()), int(end.timestamp()))
    return [_calendar(rows[resource_id], clip) for resource_id in resources if resource_id in rows]


def rooms(
    workspace_id: UUID,
    resources: Sequence[UUID],
    *,
    length: timedelta,
    start: datetime,
    end: datetime,
    quantity: int = 1,
) -> list[Room]:
    """Where a booking of `length` fits, the earliest first, ROOM_MAX at most. One statement.

    A caller leaves out resources whose calendar is unknown: unknown time is not offered.
    """
    widest = length + timedelta(days=1)
    found = [
        room
        for calendar in availability(workspace_id, resources, start=start, end=end + widest)
        if calendar.is_active and calendar.capacity >= quantity
        for room in _gaps(calendar, length=length, span=(start, end), quantity=quantity)
    ]
    found.sort(key=lambda room: (room.start, room.resource_id))
    return found[:ROOM_MAX]


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _calendar(row: tuple[Any, ...], clip: tuple[int, int]) -> Calendar:
    resource_id, sharing, buffer_after_s, active, capacity, *columns = row
    units, starts, ends = (cast("list[int]", column or []) for column in columns)
    first, last = clip
    spans = [(unit, max(s, first), min(e, last)) for unit, s, e in zip(units, starts, ends, strict=True)]
    if Sharing(sharing) is Sharing.COUNTED:
        busy = tuple(_counted(spans))
    else:
        busy = tuple(Busy(s, e, capacity) for s, e in merged((s, e) for _, s, e in spans))
    return Calendar(resource_id, Sharing(sharing), capacity, buffer_after_s, active, busy)


def _counted(spans: list[tuple[int, int, int]]) -> Iterator[Busy]:
    """A sweep over starts and ends. Two overlapping entries on one unit take one unit: each unit's are merged first."""
    by_unit: dict[int, list[tuple[int, int]]] = {}
    for unit, start, end in spans:
        by_unit.setdefault(unit, []).append((start, end))
    steps: dict[int, int] = {}
    for own in by_unit.values():
        for start, end in merged(own):
            steps[start] = steps.get(start, 0) + 1
            steps[end] = steps.get(end, 0) - 1
    used, since = 0, 0
    for moment in sorted(steps):
        if used and steps[moment]:
            yield Busy(since, moment, used)
        if steps[moment]:
            since = moment
        used += steps[moment]


def _gaps(calendar: Calendar, *, length: timedelta, span: tuple[datetime, datetime], quantity: int) -> Iterator[Room]:
    needed = int((length + timedelta(seconds=calendar.buffer_after_s)).total_seconds())
    buffer = calendar.buffer_after_s
    free_from = int(span[0].timestamp())
    last = int(span[1].timestamp())
    for full in [*calendar.full(quantity=quantity), None]:
        free_until = full.start if full is not None else last + buffer
        until = min(free_until - buffer, last)
        if free_until - free_from >= needed and until - free_from >= int(length.total_seconds()):
            yield Room(calendar.resource_id, _instant(free_from), _instant(until))
        if full is None or full.end >= last:
            return
        free_from = max(free_from, full.end)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
