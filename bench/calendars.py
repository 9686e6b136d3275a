"""The calendar that both systems carry: singles and all-day events, the same for the peer and for us, from one seed."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

_FIRST_DAY = date(2026, 11, 23)
_DAYS = 365
_TITLES = ("Planning", "Interview", "Board", "Stand-up", "Workshop", "Review", "Customer visit", "Budget", "Training")
_ALL_DAY_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: `starts` and `ends` are UTC instants; an all-day entry covers whole days and takes no time (free)."""

    uid: str
    title: str
    note: str
    starts: datetime
    ends: datetime
    all_day: bool

    def icalendar(self) -> str:
        """The entry as one VEVENT (RFC 5545), lines ended by CR LF."""
        if self.all_day:
            times = (f"DTSTART;VALUE=DATE:{self.starts:%Y%m%d}", f"DTEND;VALUE=DATE:{self.ends:%Y%m%d}")
        else:
            times = (f"DTSTART:{self.starts:%Y%m%dT%H%M%SZ}", f"DTEND:{self.ends:%Y%m%dT%H%M%SZ}")
        lines = (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Holdfast//bench//EN",
            "BEGIN:VEVENT",
            f"UID:{self.uid}",
            "DTSTAMP:20261120T080000Z",
            *times,
            f"SUMMARY:{self.title}",
            f"DESCRIPTION:{self.note}",
            f"TRANSP:{'TRANSPARENT' if self.all_day else 'OPAQUE'}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
        return "\r\n".join(lines)


def calendar(count: int, *, seed: int = 1) -> list[Entry]:
    """`count` entries that never overlap: slot n of the year belongs to entry n, so that no side has to refuse any."""
    chance = random.Random(seed)
    minutes = _DAYS * 24 * 60 // max(count, 1)
    return [_entry(number, minutes, chance) for number in range(count)]


def later(count: int) -> list[Entry]:
    """`count` timed entries in the days after the calendar's, inside the window that is synced."""
    first = datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day, tzinfo=UTC) + timedelta(days=_DAYS + 1)
    found: list[Entry] = []
    for number in range(count):
        starts, title = first + timedelta(hours=number), f"Added {number}"
        ends = starts + timedelta(minutes=45)
        found.append(Entry(f"later-{number:06d}", title, f"Agenda of {title}. " * 6, starts, ends, all_day=False))
    return found


def moved(entry: Entry) -> Entry:
    """The same entry with another title and five minutes less."""
    ends = entry.ends if entry.all_day else entry.ends - timedelta(minutes=5)
    return replace(entry, title=f"{entry.title} (changed)", ends=ends)


def _entry(number: int, minutes: int, chance: random.Random) -> Entry:
    starts = datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day, tzinfo=UTC) + timedelta(
        minutes=number * minutes
    )
    all_day = chance.random() < _ALL_DAY_SHARE
    if all_day:
        starts = datetime(starts.year, starts.month, starts.day, tzinfo=UTC)
    ends = starts + (timedelta(days=1) if all_day else timedelta(minutes=max(minutes - 10, 15)))
    title = f"{chance.choice(_TITLES)} {number}"
    return Entry(f"bench-{number:06d}", title, f"Agenda of {title}. " * 6, starts, ends, all_day)
