"""Bars across days: where entries stand in the lane above the hours and in the weeks of a month. Pure layout.

A bar covers the days it touches, on the first line that is free in all of them; long ones go first, so that lines stay
even. What does not fit into a day of the month is counted, and the count leads to the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sim365.pages.entries import Entry, touches

WEEK_DAYS = 7

#: Lines that have a place in the style sheet; bars beyond share the last.
LINES_MAX = 40

#: Lines of a day in the month; the last is given up to "3 more" where there are more.
MONTH_LINES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """An entry across columns, counted from 0; both ends included."""

    entry: Entry
    first: int
    last: int
    line: int
    begins_before: bool
    ends_after: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month."""

    date: date
    is_today: bool
    in_month: bool
    more: int
    """How many entries are not shown."""
    entries: int
    """How many there are."""


@dataclass(frozen=True, slots=True)
class Week:
    """One row of a month."""

    cells: tuple[Cell, ...]
    bars: tuple[Bar, ...]


def bars_of(entries: Iterable[Entry], days: Sequence[date]) -> list[Bar]:
    """The bars of entries over neighbouring days."""
    taken: list[set[int]] = [set() for _ in days]
    found: list[Bar] = []
    for entry in sorted(entries, key=_long_first):
        covered = [column for column, day in enumerate(days) if touches(entry, day)]
        if not covered:
            continue
        line = next(line for line in range(len(found) + 1) if all(line not in taken[column] for column in covered))
        for column in covered:
            taken[column].add(line)
        found.append(
            Bar(
                entry,
                covered[0],
                covered[-1],
                min(line, LINES_MAX - 1),
                begins_before=touches(entry, days[0] - timedelta(days=1)) and covered[0] == 0,
                ends_after=touches(entry, days[-1] + timedelta(days=1)) and covered[-1] == len(days) - 1,
            )
        )
    return found


def weeks_of(entries: Sequence[Entry], days: Sequence[date], *, month: date, today: date) -> list[Week]:
    """The rows of a month's page."""
    return [
        _week(entries, days[at : at + WEEK_DAYS], month=month, today=today) for at in range(0, len(days), WEEK_DAYS)
    ]


def month_days(day: date) -> list[date]:
    """The days of a month's page: whole weeks from Monday."""
    first = day.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    start = first - timedelta(days=first.weekday())
    weeks = -(-(next_month - start).days // WEEK_DAYS)
    return [start + timedelta(days=offset) for offset in range(weeks * WEEK_DAYS)]


def _week(entries: Sequence[Entry], days: Sequence[date], *, month: date, today: date) -> Week:
    bars = bars_of(entries, days)
    crowded = {column for bar in bars if bar.line >= MONTH_LINES for column in _columns(bar)}
    shown = [bar for bar in bars if _is_shown(bar, crowded)]
    hidden = [bar for bar in bars if not _is_shown(bar, crowded)]
    cells = tuple(
        Cell(
            date=day,
            is_today=day == today,
            in_month=(day.year, day.month) == (month.year, month.month),
            more=sum(1 for bar in hidden if column in _columns(bar)),
            entries=sum(1 for bar in bars if column in _columns(bar)),
        )
        for column, day in enumerate(days)
    )
    return Week(cells, tuple(sorted(shown, key=lambda bar: (bar.first, bar.line))))


def _is_shown(bar: Bar, crowded: set[int]) -> bool:
    if bar.line < MONTH_LINES - 1:
        return True
    return bar.line == MONTH_LINES - 1 and not crowded & set(_columns(bar))


def _columns(bar: Bar) -> range:
    return range(bar.first, bar.last + 1)


def _long_first(entry: Entry) -> tuple[date, bool, float, str]:
    """By day; within a day bars before entries with hours, the longest bar and the earliest hour first."""
    if entry.is_long:
        return entry.start.date(), False, -(entry.end - entry.start).total_seconds(), entry.title
    return entry.start.date(), True, entry.start.timestamp(), entry.title
