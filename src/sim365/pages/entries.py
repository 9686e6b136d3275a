"""One event as the pages show it: its times in the viewer's zone, its colour, and its words for who cannot see them.

Pure: reads what a calendar view answered. Where an entry stands on the page is decided in `grid` and `bars`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sim365.pages.colours import Palette

#: From this length on an entry stands above the hours although it has times: it would fill whole columns.
LONG = timedelta(days=1)

SHOW_AS_WORDS = {
    "busy": "busy",
    "tentative": "tentative",
    "free": "free",
    "oof": "away",
    "workingElsewhere": "working elsewhere",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as a calendar page shows it; times are those of the viewer's wall clock."""

    id: str
    title: str
    start: datetime
    end: datetime
    all_day: bool
    show_as: str
    sensitivity: str
    categories: tuple[tuple[str, str], ...]
    """Names with their colours."""
    hue: str
    """The colour of its first coloured category, else of its calendar."""
    place: str
    is_mine: bool
    is_cancelled: bool
    is_series: bool
    is_exception: bool
    is_online: bool
    has_attachments: bool
    organiser: str
    reply: str
    calendar: str
    """The name of its calendar, where the mailbox has several."""
    owner: str = ""
    """Of somebody else's calendar that was shared: that person's address."""

    @property
    def is_private(self) -> bool:
        return self.sensitivity != "normal"

    @property
    def is_long(self) -> bool:
        """It stands above the hours."""
        return self.all_day or self.end - self.start >= LONG

    @property
    def is_movable(self) -> bool:
        return self.is_mine and not self.is_cancelled

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

    def label(self) -> str:
        """Everything that its look says, in words."""
        parts = [self.title, self.times(), self.place, SHOW_AS_WORDS.get(self.show_as, "unknown")]
        parts += [self.sensitivity] if self.is_private else []
        parts += ["cancelled"] if self.is_cancelled else []
        parts += ["changed day of a series"] if self.is_exception else ["repeats"] if self.is_series else []
        parts += ["online"] if self.is_online else []
        parts += ["with attachments"] if self.has_attachments else []
        parts += [name for name, _ in self.categories]
        parts += ["not answered"] if self.reply == "notResponded" else []
        parts += [f"in {self.calendar}"] if self.calendar else []
        return ", ".join(part for part in parts if part)


def entry_of(
    event: Mapping[str, Any], where: tzinfo, *, palette: Palette, calendar: str, colour: str, owner: str = ""
) -> Entry:
    """An event of a calendar view, as it is shown in the viewer's zone."""
    attendees: Sequence[Any] = event.get("attendees") or ()
    location: Mapping[str, Any] = event.get("location") or {}
    categories = tuple((name, palette.of(name)) for name in event["categories"])
    return Entry(
        id=event["id"],
        title=event.get("subject") or "(no title)",
        start=_local(event["start"], where),
        end=_local(event["end"], where),
        all_day=event["isAllDay"],
        show_as=event["showAs"],
        sensitivity=event["sensitivity"],
        categories=categories,
        hue=next((hue for _, hue in categories if hue != "none"), colour),
        place=location.get("displayName") or "",
        is_mine=event["isOrganizer"],
        is_cancelled=event["isCancelled"],
        is_series=event["type"] in {"occurrence", "exception", "seriesMaster"},
        is_exception=event["type"] == "exception",
        is_online=event["isOnlineMeeting"],
        has_attachments=event["hasAttachments"],
        organiser=event["organizer"]["emailAddress"]["name"],
        reply=event["responseStatus"]["response"] if attendees or not event["isOrganizer"] else "none",
        calendar=calendar,
        owner=owner,
    )


def touches(entry: Entry, day: date) -> bool:
    """Whether an entry stands in a day."""
    begins, ends = entry.start.date(), entry.end.date()
    if entry.start == entry.end:
        return begins == day
    # An entry that ends at midnight does not reach into the day that begins there.
    last = ends - timedelta(days=1) if entry.end.time() == datetime.min.time() else ends
    return begins <= day <= last


def _local(moment: Mapping[str, str], where: tzinfo) -> datetime:
    """Graph's seven fraction digits are one more than Python reads."""
    return datetime.fromisoformat(moment["dateTime"][:19]).replace(tzinfo=where)
