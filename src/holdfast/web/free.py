"""What stands in the way of a wish, and what would be free instead.

Decides what is offered; must not decide who may book (the verbs do, under lock: an offer here may be gone a moment
later). Both kinds of slots count, held and overlapping; buffers lie in the slots.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.urls import reverse

from holdfast.bookings.models import Booking
from holdfast.database.transactions import in_workspace
from holdfast.mirror import unknown
from holdfast.timetable import zones
from holdfast.timetable.when import When
from holdfast.web import board
from holdfast.web.door import Visit
from holdfast.web.shown import Row, Shown

ALTERNATIVES_MAX = 4
LOOK_AHEAD = timedelta(hours=12)
STEP = timedelta(minutes=15)
SHORT = timedelta(hours=26)
TREE_DEPTH_MAX = 10

# The units of each resource (its own and those below it) and what is taken on them; one statement for all resources.
_TAKEN = """
WITH RECURSIVE down AS (
    SELECT id AS root, id, 0 AS depth FROM directory_resource WHERE active AND id = ANY(%(roots)s)
  UNION
    SELECT down.root, r.id, down.depth + 1 FROM down JOIN directory_resource r ON r.parent_id = down.id
    WHERE down.depth < %(depth)s
)
SELECT down.root, u.id, s.starts_at, s.ends_at, s.booking_id
FROM down JOIN directory_unit u ON u.resource_id = down.id AND u.active
LEFT JOIN bookings_slot s ON s.workspace_id = u.workspace_id AND s.unit_id = u.id AND s.starts_at < %(end)s
     AND s.ends_at > %(start)s AND (s.starts_at > %(short)s OR s.long)
"""

Span = tuple[datetime, datetime, UUID]
Units = Mapping[int, list[Span]]


@dataclass(frozen=True, slots=True)
class Wanted:
    resource_id: UUID
    when: When
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free time on a resource; `href` opens the form with it."""

    name: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    href: str


def in_the_way(visit: Visit, wanted: Wanted, *, but: UUID | None = None) -> list[Shown]:
    """The bookings that take the wished time, as this visitor may see them."""
    start, end = wanted.when.instants()
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
        row = next((one for one in rows if one.id == wanted.resource_id), None)
        units = taken([wanted.resource_id], start=start, end=end).get(wanted.resource_id, {})
        if row is None or _fits(row, units, start, end, quantity=wanted.quantity, but=but):
            return []
        ids = {span[2] for spans in units.values() for span in spans} - {but}
        found = board.with_marks(Booking.objects.filter(id__in=ids).order_by("starts_at"))
        return board.show_all(visit.actor, found, rows=rows)


def instead(visit: Visit, wanted: Wanted) -> tuple[Alternative, ...]:
    """The same time elsewhere, then the next free times here."""
    start, end = wanted.when.instants()
    not_known = unknown.resources(visit.workspace.id)  # unknown time is not offered
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
        mine = next((one for one in rows if one.id == wanted.resource_id), None)
        if mine is None:
            return ()
        like = [row for row in rows if row.kind == mine.kind and row.id not in not_known]
        ground = taken([row.id for row in like], start=start, end=end + LOOK_AHEAD)
    elsewhere = [
        _alternative(row, start, end)
        for row in sorted(
            like, key=lambda row: (row.place_id != mine.place_id, abs((row.seats or 0) - (mine.seats or 0)))
        )
        if row.id != mine.id and _fits(row, ground.get(row.id, {}), start, end, quantity=wanted.quantity)
    ]
    later = _later(mine, ground.get(mine.id, {}), start, end, quantity=wanted.quantity)
    return (*elsewhere[: ALTERNATIVES_MAX - len(later)], *later)


def taken(roots: Iterable[UUID], *, start: datetime, end: datetime) -> dict[UUID, dict[int, list[Span]]]:
    """What is taken on the units of each resource. Inside the caller's transaction."""
    parameters: dict[str, Any] = {
        "roots": list(roots),
        "start": start,
        "end": end,
        "short": start - SHORT,
        "depth": TREE_DEPTH_MAX,
    }
    found: dict[UUID, dict[int, list[Span]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, parameters)
        for root, unit, starts_at, ends_at, booking_id in cursor.fetchall():
            spans = found.setdefault(root, {}).setdefault(unit, [])
            if booking_id is not None:
                spans.append((starts_at, ends_at, booking_id))
    return found


def _fits(
    row: Row, units: Units, start: datetime, end: datetime, *, quantity: int = 1, but: UUID | None = None
) -> bool:
    """Whether enough units are free for the whole span; an exclusive resource needs all of its units."""
    if not units:
        return False
    free = sum(
        not any(one < end and start < other and by != but for one, other, by in spans) for spans in units.values()
    )
    return free >= quantity if row.sharing == "counted" else free == len(units)


def _later(row: Row, units: Units, start: datetime, end: datetime, *, quantity: int) -> list[Alternative]:
    """The first time after the wished one that is free here, within reach."""
    length, at = end - start, start
    if length > LOOK_AHEAD:
        return []
    for _ in range(int(LOOK_AHEAD / STEP)):
        at += STEP
        if at + length > end + LOOK_AHEAD:
            break
        if _fits(row, units, at, at + length, quantity=quantity):
            return [_alternative(row, at, at + length)]
    return []


def _alternative(row: Row, start: datetime, end: datetime) -> Alternative:
    walls = (zones.wall(moment, row.zone) for moment in (start, end))
    first, last = (f"{wall:%Y-%m-%dT%H:%M}" for wall in walls)
    query = urlencode({"resource": str(row.id), "start": first, "end": last})
    return Alternative(row.name, row.zone, start, end, f"{reverse('web:booking-new')}?{query}")
