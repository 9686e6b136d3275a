"""What the middle of the mailbox page shows, and what stands around it: hours, weeks of a month, ticks, zones, steps.

Reads and lays out; it changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from sim365.pages.addresses import Place
from sim365.pages.bars import WEEK_DAYS, bars_of, weeks_of
from sim365.pages.colours import Palette, palette_of
from sim365.pages.entries import Entry, entry_of
from sim365.pages.forms import Json
from sim365.pages.grid import days_shown, lay_out
from sim365.pages.hands import Hands
from sim365.pages.messages import messages_of
from sim365.pages.people import described, groups_of
from sim365.pages.shared import Shared, events_of, shared_with
from sim365.simulator import Simulator
from sim365.state import Calendar, Mailbox, SharedCalendar
from sim365.zones import zone

#: Zones that are offered besides those of the company's mailboxes: one for most hours of the day.
ZONES = (
    "UTC", "Pacific/Honolulu", "America/Los_Angeles", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Europe/Sofia", "Europe/Istanbul", "Africa/Lagos", "Africa/Johannesburg",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip


#: Views that are lists and no days.
LISTS = {"messages": "Meeting messages", "deleted": "Deleted entries"}


def content_of(simulator: Simulator, hands: Hands, box: Mailbox, place: Place, *, now: datetime) -> Json:
    """The middle of the page, with the template that shows it."""
    day = place.day or now.date()
    zone_name = place.zone or box.time_zone
    if place.view == "messages":
        return messages_of(simulator, box, zone_name=zone_name) | {"today": now.date()}
    if place.view == "deleted":
        return {
            "view": "deleted",
            "content": "deleted.html",
            "today": now.date(),
            "entries": hands.deleted(box, zone_name),
        }
    days = days_shown(day, view=place.view)
    entries = _entries(hands, box, place, days)
    for one in shared_with(simulator, box):
        entries += _entries_of(simulator, one, box, place, days)
    places: Json = {"view": place.view, "empty": not entries, "today": now.date()}
    if place.view == "month":
        return places | {"content": "month.html", "weeks": weeks_of(entries, days, month=day, today=now.date())}
    columns = lay_out(entries, days, now=now)
    bars = bars_of([entry for entry in entries if entry.is_long], days)
    return places | {"content": "grid.html", "days": columns, "bars": bars}


def frame_of(simulator: Simulator, hands: Hands, box: Mailbox, place: Place, *, today: date) -> Json:
    """What stands around it."""
    company, day = simulator.company, place.day or today
    before, after = _steps(day, place.view)
    zones = {other.time_zone for tenant in company.tenants for other in tenant.mailboxes.values()}
    return {
        "company": ", ".join(tenant.name for tenant in company.tenants),
        "here": "calendar",
        "wide": not place.form,
        "groups": groups_of(company),
        "calendars": [_tick(calendar, place) for calendar in hands.calendars(box)],
        "shared": [_tick(one.hung, place) for one in shared_with(simulator, box)],
        "described": described(box),
        "heading": heading(days_shown(day, view=place.view), day, view=place.view),
        "day": day,
        "before": before,
        "after": after,
        "zone": place.zone or box.time_zone,
        "zones": sorted({*ZONES, *zones, place.zone or box.time_zone}),
        "actions": f"{place.path}/events",
    }


def heading(days: list[date], day: date, *, view: str) -> str:
    """The days shown, in words."""
    first, last = days[0], days[-1]
    if view in LISTS:
        return LISTS[view]
    if view == "month":
        return f"{day:%B %Y}"
    if first == last:
        return f"{first:%A} {first.day} {first:%B %Y}"
    if first.month == last.month:
        return f"{first.day}–{last.day} {last:%B %Y}"
    return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"


def _entries(hands: Hands, box: Mailbox, place: Place, days: list[date]) -> list[Entry]:
    zone_name = place.zone or box.time_zone
    where = zone(zone_name)
    start, end = _span(days, where)
    several = len(box.calendars) > 1
    palette = palette_of(box)
    return [
        entry_of(event, where, palette=palette, calendar=calendar.name if several else "", colour=calendar.color.value)
        for calendar, event in hands.view(box, start=start, end=end, hidden=place.hidden, zone_name=zone_name)
    ]


def _entries_of(simulator: Simulator, shared: Shared, box: Mailbox, place: Place, days: list[date]) -> list[Entry]:
    """What somebody else's calendar shows that hangs here; its categories have no colours here."""
    if shared.hung.serial in place.hidden:
        return []
    zone_name = place.zone or box.time_zone
    where = zone(zone_name)
    start, end = _span(days, where)
    named = {"calendar": shared.hung.name, "colour": shared.hung.color.value, "owner": shared.owner.address}
    found = events_of(simulator, shared, start=start, end=end, zone_name=zone_name)
    return [entry_of(event, where, palette=Palette({}), **named) for event in found]


def _span(days: list[date], where: tzinfo) -> tuple[datetime, datetime]:
    start = datetime.combine(days[0], time(), where)
    return start, datetime.combine(days[-1] + timedelta(days=1), time(), where)


def _tick(calendar: Calendar | SharedCalendar, place: Place) -> Json:
    is_shown = calendar.serial not in place.hidden
    others = tuple(serial for serial in place.hidden if serial != calendar.serial)
    other_way = replace(place, hidden=(*others, calendar.serial) if is_shown else others, form="", event="")
    return {"calendar": calendar, "is_shown": is_shown, "other_way": other_way.address}


def _steps(day: date, view: str) -> tuple[date, date]:
    if view == "month":
        first = day.replace(day=1)
        return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)
    step = timedelta(days=WEEK_DAYS if view == "week" else 1)
    return day - step, day + step
