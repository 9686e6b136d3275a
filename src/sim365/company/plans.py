"""What stands in the calendars of a company on its first day, before any clock has given it a date.

Pure data, and one pure function that turns a plan into the body a calendar client would send. Days count from the start
day: 0 is the start day, -1 the day before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

SHOW_AS = ("free", "tentative", "busy", "oof", "workingElsewhere")
SENSITIVITIES = ("normal", "personal", "private", "confidential")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RHYTHMS = ("day", "week", "month")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody or something invited."""

    name: str
    address: str
    kind: Literal["required", "optional", "resource"] = "required"


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a planned event repeats; without `times` it goes on for ever."""

    every: str
    interval: int = 1
    days: tuple[str, ...] = ()
    times: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """One entry of one calendar. Without guests it is written straight into the owner's calendar."""

    owner: str
    title: str
    day: int
    start: time = time(9)
    end: time = time(10)
    days: int = 1
    all_day: bool = False
    show_as: str = "busy"
    sensitivity: str = "normal"
    categories: tuple[str, ...] = ()
    guests: tuple[Guest, ...] = ()
    note: str = ""
    repeat: Repeat | None = None


def body_of(plan: PlannedEvent, *, start_day: date, zone: str) -> Json:
    """The plan as a client would send it to the owner's calendar."""
    first = start_day + timedelta(days=plan.day)
    body: Json = {
        "subject": plan.title,
        "start": _moment(first, time(0) if plan.all_day else plan.start, zone),
        "end": _moment(*_end(plan, first), zone),
        "isAllDay": plan.all_day,
        "showAs": plan.show_as,
        "sensitivity": plan.sensitivity,
        "categories": list(plan.categories),
        "isReminderOn": False,
    }
    if plan.note:
        body["body"] = {"contentType": "text", "content": plan.note}
    if plan.guests:
        body["attendees"] = [_attendee(guest) for guest in plan.guests]
        rooms = [guest for guest in plan.guests if guest.kind == "resource"]
        if rooms:
            body["locations"] = [
                {"displayName": room.name, "locationType": "conferenceRoom", "locationEmailAddress": room.address}
                for room in rooms
            ]
    if plan.repeat is not None:
        body["recurrence"] = _recurrence(plan.repeat, first, zone)
    return body


def _end(plan: PlannedEvent, first: date) -> tuple[date, time]:
    if plan.all_day:
        return first + timedelta(days=plan.days), time(0)
    return first + timedelta(days=plan.days - 1), plan.end


def _moment(day: date, clock: time, zone: str) -> Json:
    # The calendar's own zone is named beside it: Graph's dateTimeTimeZone.
    return {"dateTime": datetime.combine(day, clock).isoformat(), "timeZone": zone}


def _attendee(guest: Guest) -> Json:
    return {"type": guest.kind, "emailAddress": {"name": guest.name, "address": guest.address}}


def _recurrence(repeat: Repeat, first: date, zone: str) -> Json:
    pattern: Json = {"interval": repeat.interval}
    match repeat.every:
        case "day":
            pattern["type"] = "daily"
        case "week":
            days = repeat.days or (WEEKDAYS[first.weekday()],)
            pattern |= {"type": "weekly", "daysOfWeek": list(days), "firstDayOfWeek": "monday"}
        case _:
            pattern |= {"type": "absoluteMonthly", "dayOfMonth": first.day}
    span: Json = {"startDate": first.isoformat(), "recurrenceTimeZone": zone}
    span |= {"type": "noEnd"} if repeat.times is None else {"type": "numbered", "numberOfOccurrences": repeat.times}
    return {"pattern": pattern, "range": span}
