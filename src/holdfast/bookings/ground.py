"""The time that is taken on some units, in memory. Decides what overlaps; must not decide who may stay.

Instants are whole microseconds since 1970 here: a batch compares thousands, and integers compare ten times faster than
aware datetimes. Complete for the units and the span it was loaded for, because the units' rows are locked.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Pair = tuple[UUID, UUID]
"""Two bookings that overlap, the smaller id first."""


class Taken(NamedTuple):
    """One slot. `soft`: an entry of Outlook on a `free` resource; two of them never clash."""

    start: int
    end: int
    claim: int
    booking_id: UUID
    held: bool
    resource_id: UUID
    soft: bool


class Ground:
    """Slots by unit and by booking."""

    def __init__(self) -> None:
        self._by_unit: dict[int, list[Taken]] = {}
        self._by_booking: dict[UUID, list[tuple[int, Taken]]] = {}
        self._longest: dict[int, int] = {}

    def put(self, unit: int, taken: Taken) -> None:
        insort(self._by_unit.setdefault(unit, []), taken)
        self._by_booking.setdefault(taken.booking_id, []).append((unit, taken))
        if taken.end - taken.start > self._longest.get(unit, 0):
            self._longest[unit] = taken.end - taken.start

    def lift(self, booking_id: UUID) -> list[tuple[int, Taken]]:
        """Take a booking's slots away; answers them."""
        lifted = self._by_booking.pop(booking_id, [])
        for unit, taken in lifted:
            rows = self._by_unit[unit]
            del rows[bisect_left(rows, taken)]
        return lifted

    def of(self, booking_id: UUID) -> list[tuple[int, Taken]]:
        return self._by_booking.get(booking_id, [])

    def clashes(self, unit: int, *, start: int, end: int) -> list[Taken]:
        """Every slot of the unit, of either kind, that shares time with the span."""
        rows = self._by_unit.get(unit)
        if not rows:
            return []
        found: list[Taken] = []
        for position in range(bisect_left(rows, (start - self._longest[unit],)), len(rows)):
            taken = rows[position]
            if taken.start >= end:
                break
            if taken.end > start:
                found.append(taken)
        return found

    def pairs(self, booking_id: UUID) -> set[Pair]:
        """Which other bookings it overlaps."""
        found: set[Pair] = set()
        for unit, mine in self.of(booking_id):
            for other in self.clashes(unit, start=mine.start, end=mine.end):
                if other.booking_id != booking_id and not (mine.soft and other.soft):
                    found.add(pair(booking_id, other.booking_id))
        return found

    def overlapping(self) -> Iterable[tuple[int, Taken]]:
        """All slots that are not held and might be."""
        for unit, rows in self._by_unit.items():
            for taken in rows:
                if not taken.held and not taken.soft:
                    yield unit, taken


def pair(one: UUID, other: UUID) -> Pair:
    return (one, other) if one.int < other.int else (other, one)


def microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds_since_epoch: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds_since_epoch)
