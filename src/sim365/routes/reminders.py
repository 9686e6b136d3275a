"""`reminderView`: the reminders of the events that begin in a span, in all calendars of a mailbox."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sim365 import ids
from sim365.availability.schedule import moment_json
from sim365.calendars.people import place_json
from sim365.calendars.series import VIEW_DAYS_MAX, Instance, instances
from sim365.errors import GraphError, bad_request
from sim365.http.odata import read_arguments, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.paths import READ
from sim365.routes.preferences import preferred_zone
from sim365.state import Calendar
from sim365.zones import query_instant

DEFAULT_SPAN = timedelta(days=365)
"""Without an end; unverified: behaviour `reminder-view-default-span`."""


def bind(routes: Routes) -> None:
    """The function with its arguments in brackets or in the query."""
    route = Route("reminderView", reminder_view, READ, reach=Reach.OWNER)
    routes.add("GET", "users/{user}/reminderView", route)
    routes.add("GET", "users/{user}/reminderView/{arguments}", route)


def reminder_view(call: Call) -> Answer:
    """One reminder for each event, occurrence and exception with its reminder on."""
    given = read_options(call.request, top=1).plain | read_arguments(call.params.get("arguments", ""))
    start = _moment(given, "startDateTime")
    end = _moment(given, "endDateTime") if "enddatetime" in given else start + DEFAULT_SPAN
    if not timedelta(0) <= end - start <= timedelta(days=VIEW_DAYS_MAX):
        text = f"The end must not lie before the start, nor more than {VIEW_DAYS_MAX} days after it."
        raise GraphError(400, "ErrorInvalidParameter", text)
    zone_name = preferred_zone(call)
    found = [
        (instance, calendar)
        for calendar in call.mailbox.calendars.values()
        for instance in _between(calendar, start, end)
        if _is_pending(instance) and instance.start >= start
    ]
    found.sort(key=lambda pair: (_fires(pair[0]), pair[0].event.serial))
    context = f"{call.request.origin}/v1.0/$metadata#Collection(microsoft.graph.reminder)"
    shown = [_reminder(call, instance, calendar, zone_name) for instance, calendar in found]
    return Answer(200, {"@odata.context": context, "value": shown})


def _between(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Instance]:
    for event in calendar.singles_between(start, end):
        yield Instance(event, event.start, event.end)
    for serial in calendar.masters:
        yield from instances(calendar.events[serial], start, end)


def _fires(instance: Instance) -> datetime:
    """When it was set for, or the time to which it was put off."""
    due = instance.start - timedelta(minutes=instance.event.reminder_minutes)
    snoozed = instance.event.reminder_at
    return due if snoozed is None else max(due, snoozed)


def _is_pending(instance: Instance) -> bool:
    """Whether the reminder is on; of a series those are done that were dismissed."""
    done = instance.event.reminders_done
    return instance.event.is_reminder_on and (done is None or instance.start > done)


def _reminder(call: Call, instance: Instance, calendar: Calendar, zone_name: str) -> dict[str, Any]:
    tag, event = call.mailbox.tag, instance.event
    serial = event.serial if instance.master is None else instance.master.serial
    day = 0 if instance.day is None else instance.day.toordinal()
    name = ids.item_id(tag, folder=calendar.serial, serial=serial, day=day)
    return {
        "eventId": name,
        "changeKey": ids.change_key(tag, event.sequence),
        "eventSubject": event.subject,
        "eventWebLink": ids.web_link(name),
        "eventStartTime": moment_json(instance.start, zone_name),
        "eventEndTime": moment_json(instance.end, zone_name),
        "eventLocation": place_json(event.place, main=False),
        "reminderFireTime": moment_json(_fires(instance), zone_name),
    }


def _moment(given: dict[str, str], name: str) -> datetime:
    text = given.get(name.lower())
    moment = None if text is None else query_instant(text)
    if moment is None:
        raise bad_request(f"reminderView needs a valid '{name}'.")
    return moment
