"""Where the entries of a calendar stand on a page of days: pure layout, no HTML.

A day has 288 rows of five minutes. Entries that overlap share the width in lanes. An entry that crosses midnight stands
in every day it touches; one of a whole day stands above the hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

ROW_MINUTES = 5
ROWS = 24 * 60 // ROW_MINUTES

#: More overlapping entries than this share the last lanes: thinner ones could not be read or hit.
LANES_MAX = 6

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as a calendar page shows it; times are local to the mailbox."""

    id: str
    title: str
    start: datetime
    end: datetime
    all_day: bool
    show_as: str
    sensitivity: str
    categories: tuple[str, ...]
    place: str
    is_mine: bool
    is_cancelled: bool
    is_series: bool
    organiser: str
    reply: str

    @property
    def is_private(self) -> bool:
        return self.sensitivity != "normal"

    def times(self) -> str:
        """The entry's times in words."""
        if self.all_day:
            last = self.end.date() - timedelta(days=1)
            days = f"{self.start:%a} {self.start.day} {self.start:%b}"
            return (
                f"{days}, all day"
                if last <= self.start.date()
                else f"{days} to {last:%a} {last.day} {last:%b}, all day"
            )
        if self.start.date() == self.end.date():
            return f"{self.start:%H:%M}–{self.end:%H:%M}"
        return f"{self.start:%a %H:%M} – {self.end:%a %H:%M}"


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
    """The days of a view: one, or the week from Monday to Sunday that holds the day."""
    if view == "day":
        return [day]
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=offset) for offset in range(WEEK_DAYS)]


def entry_of(event: Mapping[str, Any], zone: Any) -> Entry:
    """An event of a calendar view, as Graph shows it in the mailbox's zone."""
    attendees: Sequence[Any] = event.get("attendees") or ()
    location: Mapping[str, Any] = event.get("location") or {}
    return Entry(
        id=event["id"],
        title=event.get("subject") or "(no title)",
        start=_local(event["start"], zone),
        end=_local(event["end"], zone),
        all_day=event["isAllDay"],
        show_as=event["showAs"],
        sensitivity=event["sensitivity"],
        categories=tuple(event["categories"]),
        place=location.get("displayName") or "",
        is_mine=event["isOrganizer"],
        is_cancelled=event["isCancelled"],
        is_series=event["type"] in {"occurrence", "exception", "seriesMaster"},
        organiser=event["organizer"]["emailAddress"]["name"],
        reply=event["responseStatus"]["response"] if attendees or not event["isOrganizer"] else "none",
    )


def lay_out(entries: Iterable[Entry], days: Iterable[date], *, now: datetime) -> list[Day]:
    """The columns of a page."""
    known = sorted(entries, key=lambda entry: (entry.start, -entry.end.timestamp(), entry.title))
    return [_day(known, day, now) for day in days]


def _day(entries: list[Entry], day: date, now: datetime) -> Day:
    here = [entry for entry in entries if _touches(entry, day)]
    today = now.date() == day
    return Day(
        date=day,
        is_today=today,
        now_row=_row(now, day) if today else None,
        whole=tuple(entry for entry in here if entry.all_day),
        placed=tuple(_in_lanes([_placed(entry, day) for entry in here if not entry.all_day])),
    )


def _touches(entry: Entry, day: date) -> bool:
    begins, ends = entry.start.date(), entry.end.date()
    if entry.start == entry.end:
        return begins == day
    # An entry that ends at midnight does not reach into the day that begins there.
    last = ends - timedelta(days=1) if entry.end.time() == datetime.min.time() else ends
    return begins <= day <= last


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


def _local(moment: Mapping[str, str], zone: Any) -> datetime:
    """Graph's seven fraction digits are one more than Python reads."""
    return datetime.fromisoformat(moment["dateTime"][:19]).replace(tzinfo=zone)


def rows_stylesheet() -> str:
    """One class per row and lane: a strict content policy forbids positions in the page itself."""
    rows = [
        f".t{row} {{ grid-row-start: {row + 1}; }}\n.b{row} {{ grid-row-end: {row + 1}; }}" for row in range(ROWS + 1)
    ]
    lanes = [
        f".lane-{lane}-{lanes} {{ margin-inline-start: {100 * lane / lanes:.4g}%; inline-size: {100 / lanes:.4g}%; }}"
        for lanes in range(1, LANES_MAX + 1)
        for lane in range(lanes)
    ]
    return "@layer rows {\n" + "\n".join([*rows, *lanes]) + "\n}\n"
