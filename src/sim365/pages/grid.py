"""Where the entries of a calendar stand among the hours of its days: pure layout, no HTML.

A day has 288 rows of five minutes. Entries that overlap share the width in lanes. An entry that crosses midnight stands
in every day it touches; one of a day or longer stands above the hours, as a bar.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sim365.pages.bars import LINES_MAX, WEEK_DAYS, month_days
from sim365.pages.entries import Entry, touches

ROW_MINUTES = 5
ROWS = 24 * 60 // ROW_MINUTES

#: More overlapping entries than this share the last lanes: thinner ones could not be read or hit.
LANES_MAX = 6

#: The columns of a strip that shows somebody's day: quarters of an hour.
QUARTERS = 24 * 4


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry within one day: rows from top to bottom, and its lane among those it overlaps."""

    entry: Entry
    top: int
    bottom: int
    lane: int = 0
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Day:
    """One column."""

    date: date
    is_today: bool
    now_row: int | None
    whole: tuple[Entry, ...]
    placed: tuple[Placed, ...]


def days_shown(day: date, *, view: str) -> list[date]:
    """The days of a view: one, the week from Monday to Sunday that holds the day, or the weeks of its month."""
    if view == "day":
        return [day]
    if view == "month":
        return month_days(day)
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=offset) for offset in range(WEEK_DAYS)]


def lay_out(entries: Iterable[Entry], days: Iterable[date], *, now: datetime) -> list[Day]:
    """The columns of a page."""
    known = sorted(entries, key=lambda entry: (entry.start, -entry.end.timestamp(), entry.title))
    return [_day(known, day, now) for day in days]


def _day(entries: list[Entry], day: date, now: datetime) -> Day:
    here = [entry for entry in entries if touches(entry, day)]
    today = now.date() == day
    return Day(
        date=day,
        is_today=today,
        now_row=_row(now, day) if today else None,
        whole=tuple(entry for entry in here if entry.is_long),
        placed=tuple(_in_lanes([_placed(entry, day) for entry in here if not entry.is_long])),
    )


def _placed(entry: Entry, day: date) -> Placed:
    top = _row(entry.start, day)
    # At least one row, so that an entry without length can be seen and reached.
    return Placed(entry, min(top, ROWS - 1), max(_row(entry.end, day, rounds_up=True), min(top, ROWS - 1) + 1))


def _row(moment: datetime, day: date, *, rounds_up: bool = False) -> int:
    if moment.date() < day:
        return 0
    if moment.date() > day:
        return ROWS
    minutes = moment.hour * 60 + moment.minute + (ROW_MINUTES - 1 if rounds_up else 0)
    return minutes // ROW_MINUTES


def _in_lanes(placed: list[Placed]) -> list[Placed]:
    """Entries that overlap, directly or through others, form a cluster and share its width."""
    found: list[Placed] = []
    cluster: list[Placed] = []
    reach = 0
    for one in placed:
        if cluster and one.top >= reach:
            found += _shared(cluster)
            cluster = []
            reach = 0
        cluster.append(one)
        reach = max(reach, one.bottom)
    return found + _shared(cluster)


def _shared(cluster: list[Placed]) -> list[Placed]:
    lane_ends: list[int] = []
    lanes: list[int] = []
    for one in cluster:
        free = next((lane for lane, end in enumerate(lane_ends) if end <= one.top), len(lane_ends))
        if free == len(lane_ends):
            lane_ends.append(one.bottom)
        else:
            lane_ends[free] = one.bottom
        lanes.append(free)
    width = min(len(lane_ends), LANES_MAX)
    return [
        Placed(one.entry, one.top, one.bottom, min(lane, width - 1), max(width, 1))
        for one, lane in zip(cluster, lanes, strict=True)
    ]


def rows_stylesheet() -> str:
    """One class per row, lane, column and line: a strict content policy forbids positions in the page itself."""
    rows = [
        f".t{row} {{ grid-row-start: {row + 1}; }}\n.b{row} {{ grid-row-end: {row + 1}; }}" for row in range(ROWS + 1)
    ]
    lanes = [
        f".lane-{lane}-{lanes} {{ margin-inline-start: {100 * lane / lanes:.4g}%; inline-size: {100 / lanes:.4g}%; }}"
        for lanes in range(1, LANES_MAX + 1)
        for lane in range(lanes)
    ]
    columns = [
        f".from-{column} {{ grid-column-start: calc({column + 1} + var(--lead)); }}\n"
        f".to-{column} {{ grid-column-end: calc({column + 2} + var(--lead)); }}"
        for column in range(WEEK_DAYS)
    ]
    lines = [f".line-{line} {{ grid-row: {line + 2}; }}" for line in range(LINES_MAX)]
    quarters = [
        f".q{quarter} {{ grid-column-start: {quarter + 1}; }}\n.r{quarter} {{ grid-column-end: {quarter + 1}; }}"
        for quarter in range(QUARTERS + 1)
    ]
    return "@layer rows {\n" + "\n".join([*rows, *lanes, *columns, *lines, *quarters]) + "\n}\n"
