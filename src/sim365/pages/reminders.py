"""The reminders that ring by now: of what is still to come or still lasts, in any calendar of the mailbox.

Reads only. A reminder that was put off rings when that time has come; one that was dismissed does not ring again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sim365 import ids
from sim365.calendars.series import Instance, instances
from sim365.pages.forms import Json
from sim365.simulator import Simulator
from sim365.state import Calendar, Mailbox
from sim365.zones import zone

#: A reminder rings at most this long before its event, and an event that has lasted longer rings no more.
AHEAD, BEHIND = timedelta(days=15), timedelta(hours=12)
SHOWN_MAX = 3
SNOOZES = ((5, "5 minutes"), (60, "1 hour"), (1440, "1 day"))
SNOOZE_MINUTES = frozenset(str(minutes) for minutes, _ in SNOOZES)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that rings."""

    event: str
    title: str
    start: datetime
    place: str
    when: str


def reminders_of(simulator: Simulator, box: Mailbox, *, zone_name: str) -> Json:
    """What the page needs to show them."""
    found = ringing(simulator, box, zone_name=zone_name)
    return {"ringing": found, "ringing_max": SHOWN_MAX, "snoozes": SNOOZES}


def ringing(simulator: Simulator, box: Mailbox, *, zone_name: str) -> list[Reminder]:
    """What rings now, the nearest first."""
    now = simulator.clock.now()
    with simulator.lock:
        found = [
            (calendar, shown)
            for calendar in box.calendars.values()
            for shown in _near(calendar, now)
            if _rings(shown, now)
        ]
        found.sort(key=lambda pair: pair[1].start)
        return [_reminder(box, calendar, shown, now, zone_name) for calendar, shown in found]


def _near(calendar: Calendar, now: datetime) -> Iterator[Instance]:
    for event in calendar.singles_between(now - BEHIND, now + AHEAD):
        yield Instance(event, event.start, event.end)
    for serial in calendar.masters:
        yield from instances(calendar.events[serial], now - BEHIND, now + AHEAD)


def _rings(shown: Instance, now: datetime) -> bool:
    event = shown.event
    if not event.is_reminder_on or event.is_cancelled or shown.end <= now or now - shown.start > BEHIND:
        return False
    done = event.reminders_done
    if done is not None and shown.start <= done:
        return False
    due = shown.start - timedelta(minutes=event.reminder_minutes)
    return max(due, event.reminder_at or due) <= now


def _reminder(box: Mailbox, calendar: Calendar, shown: Instance, now: datetime, zone_name: str) -> Reminder:
    serial = shown.event.serial if shown.master is None else shown.master.serial
    day = 0 if shown.day is None else shown.day.toordinal()
    return Reminder(
        event=ids.item_id(box.tag, folder=calendar.serial, serial=serial, day=day),
        title=shown.event.subject or "(no title)",
        start=shown.start.astimezone(zone(zone_name)),
        place=shown.event.place.display_name,
        when=_in_words(shown.start - now),
    )


def _in_words(ahead: timedelta) -> str:
    minutes = round(ahead.total_seconds() / 60)
    if minutes == 0:
        return "now"
    size, unit = next((size, unit) for size, unit in ((1440, "d"), (60, "h"), (1, "min")) if abs(minutes) >= size)
    count = f"{abs(minutes) // size} {unit}"
    return f"in {count}" if minutes > 0 else f"since {count}"
