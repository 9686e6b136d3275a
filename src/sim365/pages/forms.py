"""Between the form of an entry and the body that a calendar client would send.

Decides what a form may hold and says what is wrong with it, field by field; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from sim365.meetings.answers import Answer
from sim365.pages.addresses import YEARS
from sim365.pages.errors import BadForm

SHOW_AS = {
    "busy": "Busy",
    "tentative": "Tentative",
    "free": "Free",
    "oof": "Away",
    "workingElsewhere": "Working elsewhere",
}
SENSITIVITY = {"normal": "Normal", "personal": "Personal", "private": "Private", "confidential": "Confidential"}
REPLIES: dict[str, Answer] = {"accept": "accepted", "tentativelyAccept": "tentativelyAccepted", "decline": "declined"}

TITLE_MAX = 255
NOTE_MAX = 20_000

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the fields of a form."""

    title: str
    all_day: bool
    start: datetime
    end: datetime
    """Of an all-day entry its last day, as people say it."""
    show_as: str = "busy"
    sensitivity: str = "normal"
    categories: tuple[str, ...] = ()
    note: str = ""
    invited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Invitable:
    """A person, room or piece of equipment that can be invited."""

    name: str
    address: str
    is_resource: bool


def shown_of(event: Mapping[str, Any]) -> Shown:
    """The fields for an event as Graph shows it, with its body as text."""
    start, end = _moment(event["start"]), _moment(event["end"])
    attendees: Sequence[Any] = event.get("attendees") or ()
    note: str = event["body"]["content"]
    return Shown(
        title=event.get("subject") or "",
        all_day=event["isAllDay"],
        start=start,
        end=end - timedelta(days=1) if event["isAllDay"] else end,
        show_as=event["showAs"],
        sensitivity=event["sensitivity"],
        categories=tuple(event["categories"]),
        note=note.strip(),
        invited=frozenset(one["emailAddress"]["address"].lower() for one in attendees),
    )


def body_in(form: MultiDict[str, str], *, zone: str, invitable: Sequence[Invitable]) -> Json:
    """The whole body for a form; BadForm with a sentence per field."""
    problems: dict[str, str] = {}
    title = _title(form, problems)
    all_day = form.get("all_day") == "on"
    start, end = _times(form, problems, all_day=all_day)
    show_as = _one_of(form, "show_as", SHOW_AS, problems)
    sensitivity = _one_of(form, "sensitivity", SENSITIVITY, problems)
    note = form.get("note", "")
    if len(note) > NOTE_MAX:
        problems["note"] = f"The note is longer than {NOTE_MAX} characters; shorten it."
    if problems:
        raise BadForm(problems)
    return {
        "subject": title,
        "isAllDay": all_day,
        "start": {"dateTime": start.isoformat(), "timeZone": zone},
        "end": {"dateTime": end.isoformat(), "timeZone": zone},
        "showAs": show_as,
        "sensitivity": sensitivity,
        "categories": form.getlist("categories"),
        "body": {"contentType": "text", "content": note.replace("\r\n", "\n")},
        **_guests(form.getlist("invite"), invitable),
    }


def changes_in(body: Json, event: Mapping[str, Any]) -> Json:
    """Only what the person changed: an unchanged field that is sent again would be a change to those invited."""
    before = shown_of(event)
    changed = {
        "subject": body["subject"] != before.title,
        "isAllDay": body["isAllDay"] != before.all_day,
        "showAs": body["showAs"] != before.show_as,
        "sensitivity": body["sensitivity"] != before.sensitivity,
        "categories": body["categories"] != list(before.categories),
        "body": body["body"]["content"].strip() != before.note,
        "attendees": _addresses(body) != before.invited,
    }
    moved = (
        changed["isAllDay"]
        or _moment(body["start"]) != _moment(event["start"])
        or _moment(body["end"]) != _moment(event["end"])
    )
    changed |= {"start": moved, "end": moved, "locations": changed["attendees"]}
    return {name: value for name, value in body.items() if changed[name]}


def _addresses(body: Json) -> frozenset[str]:
    return frozenset(one["emailAddress"]["address"].lower() for one in body["attendees"])


def _title(form: MultiDict[str, str], problems: dict[str, str]) -> str:
    title = form.get("title", "").strip()
    if len(title) > TITLE_MAX:
        problems["title"] = f"The title has {len(title)} characters; {TITLE_MAX} are allowed."
    elif "\x00" in title:
        problems["title"] = "The title holds a NUL character; remove it."
    return title


def _times(form: MultiDict[str, str], problems: dict[str, str], *, all_day: bool) -> tuple[datetime, datetime]:
    start_day, end_day = _day(form, "start_day", problems), _day(form, "end_day", problems)
    if all_day:
        start, end = datetime.combine(start_day, time()), datetime.combine(end_day, time()) + timedelta(days=1)
    else:
        start = datetime.combine(start_day, _clock(form, "start_time", problems))
        end = datetime.combine(end_day, _clock(form, "end_time", problems))
    if not problems and end < start:
        problems["end_day"] = "It ends before it starts; choose a later end."
    elif not problems and all_day and end <= start:
        problems["end_day"] = "The last day lies before the first; choose a later one."
    return start, end


def _day(form: MultiDict[str, str], name: str, problems: dict[str, str]) -> date:
    try:
        day = date.fromisoformat(form.get(name, ""))
    except ValueError:
        day = date.min
    if not YEARS[0] <= day.year <= YEARS[1]:
        problems[name] = "Write the date as year-month-day, such as 2026-03-02."
    return day


def _clock(form: MultiDict[str, str], name: str, problems: dict[str, str]) -> time:
    try:
        return time.fromisoformat(form.get(name, ""))
    except ValueError:
        problems[name] = "Write the time as hours and minutes, such as 09:30."
        return time()


def _one_of(form: MultiDict[str, str], name: str, allowed: Mapping[str, str], problems: dict[str, str]) -> str:
    value = form.get(name, next(iter(allowed)))
    if value not in allowed:
        problems[name] = f"Choose one of: {', '.join(allowed.values())}."
    return value


def _guests(addresses: list[str], invitable: Sequence[Invitable]) -> Json:
    chosen = [one for one in invitable if one.address in addresses]
    attendees = [
        {
            "type": "resource" if one.is_resource else "required",
            "emailAddress": {"name": one.name, "address": one.address},
        }
        for one in chosen
    ]
    # A room is booked by being invited and named as the place; either alone leads to odd results (FACTS 3.14).
    places = [
        {"displayName": one.name, "locationType": "conferenceRoom", "locationEmailAddress": one.address}
        for one in chosen
        if one.is_resource
    ]
    return {"attendees": attendees, "locations": places}


def _moment(value: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(value["dateTime"][:19])
