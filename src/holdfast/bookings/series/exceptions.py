"""Which dates of a series keep what is their own when its pattern changes, and where a date may be moved. Pure.

Two dates of a series never share a day and never pass each other: Exchange refuses both, and identity rests on it. A
cancelled date stands in nobody's way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from holdfast.timetable import recurrence
from holdfast.timetable.recurrence import Pattern


class Why(StrEnum):
    """Why a date loses what was its own."""

    NO_DATE = "no_date"  # the new pattern has no such day
    CROSSES = "crosses"  # the time it was moved to would lie on its neighbour's day or past it


@dataclass(frozen=True, slots=True)
class Dropped:
    """A date by its original day. NO_DATE: it leaves the series. CROSSES: it follows the series' time again."""

    day: date
    why: Why


def crosses(pattern: Pattern, day: date, to: date, places: Mapping[date, date | None]) -> bool:
    """Whether a date may not sit on `to`. `places` says where other dates sit that do not simply follow."""
    before, after = _neighbour(pattern, day, places, step=0), _neighbour(pattern, day, places, step=1)
    return (before is not None and to <= before) or (after is not None and to >= after)


def dropped(pattern: Pattern, exceptions: Mapping[date, date | None]) -> tuple[Dropped, ...]:
    """Which exceptions do not fit a new pattern: by original day, the day each sits on, or None if it was cancelled.

    The earlier of two that stand in each other's way keeps its place.
    """
    found: list[Dropped] = []
    kept: dict[date, date | None] = {}
    fitting: list[date] = []
    for day in sorted(exceptions):
        if recurrence.has(pattern, day):
            fitting.append(day)
            if exceptions[day] is None:
                kept[day] = None
        else:
            found.append(Dropped(day, Why.NO_DATE))
    for day in fitting:
        to = exceptions[day]
        if to is None:
            continue
        if to != day and crosses(pattern, day, to, kept):
            found.append(Dropped(day, Why.CROSSES))
        else:
            kept[day] = to
    return tuple(sorted(found, key=lambda each: each.day))


def _neighbour(pattern: Pattern, day: date, places: Mapping[date, date | None], *, step: int) -> date | None:
    """Where the nearest date that still takes place sits, before (0) or after (1) a day."""
    other = recurrence.neighbours(pattern, day)[step]
    while other is not None and other in places and places[other] is None:
        other = recurrence.neighbours(pattern, other)[step]
    return None if other is None else places.get(other, other)
