"""The brake on deletions, applied: counted before a single question goes out.

This module counts and stops; how many are too many is decided by `reconcile.brakes`. What was stopped is parked, with
everything else going on, until a person releases it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from holdfast.mirror.desk import Desk
from holdfast.mirror.links import Row
from holdfast.reconcile.brakes import WINDOW, Stop, brake
from holdfast.reconcile.doing import done
from holdfast.reconcile.link import Reason
from holdfast.reconcile.steps import Park

_COUNT = (
    "SELECT count(*) FILTER (WHERE gone_at > %s), count(*) FILTER (WHERE gone_at IS NULL AND ends_at > %s) "
    "FROM mirror_link WHERE mapping_id = %s AND closed_at IS NULL AND booking_id IS NOT NULL "
    "AND (gone_at > %s OR ends_at > %s)"
)
_PULL = (
    "UPDATE mirror_mapping SET brake_since = coalesce(brake_since, %s), brake_waiting = brake_waiting + %s "
    "WHERE id = %s"
)


def ask(desk: Desk, missing: Sequence[Row], now: datetime) -> None:
    """Park the questions of a mapping that would lose too much at once."""
    by_mapping: dict[UUID, list[Row]] = defaultdict(list)
    for row in missing:
        if row.booking_id is not None:
            by_mapping[row.mapping_id].append(row)
    for mapping_id, rows in by_mapping.items():
        mapping = desk.mapping(mapping_id)
        released = mapping is not None and mapping.brake_released_until is not None
        if released and mapping is not None and mapping.brake_released_until and mapping.brake_released_until > now:
            continue
        lately, future = _counted(mapping_id, now)
        verdict = brake(asked=len(rows), lately=lately, future=future)
        if isinstance(verdict, Stop):
            _stop(desk, mapping_id, rows, verdict, now)


def _counted(mapping_id: UUID, now: datetime) -> tuple[int, int]:
    since = now - WINDOW
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [since, now, mapping_id, since, now])
        found: Any = cursor.fetchone()
    return found[0], found[1]


def _stop(desk: Desk, mapping_id: UUID, rows: Sequence[Row], verdict: Stop, now: datetime) -> None:
    detail = f"{verdict.asked} at once, {verdict.lately} in the last hour, {verdict.allowed} allowed"
    for row in rows:
        row.state = done(row.state, Park(Reason.BRAKE, detail=detail), now=now)
        row.is_unsettled = False
        desk.tally.braked += 1
    with connection.cursor() as cursor:
        cursor.execute(_PULL, [now, len(rows), mapping_id])
