"""Between the form of an entry and the body that a calendar client would send.

Decides what a form may hold and says what is wrong with it, field by field; it writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from sim365.meetings.answers import Answer
from sim365.pages.addresses import YEARS
from sim365.pages.errors import BadForm
from sim365.pages.repeats import Repeat, is_same, recurrence_in, repeat_in, repeat_of

SHOW_AS = {
    "busy": "Busy",
    "tentative": "Tentative",
    "free": "Free",
    "oof": "Away",
    "workingElsewhere": "Working elsewhere",
}
SENSITIVITY = {"normal": "Normal", "personal": "Personal", "private": "Private", "confidential": "Confidential"}
REPLIES: dict[str, Answer] = {"accept": "accepted", "tentativelyAccept": "tentativelyAccepted", "decline": "declined"}
REMINDERS = {
    "": "None",
    "0": "When it starts",
    "5": "5 minutes before",
    "10": "10 minutes before",
    "15": "15 minutes before",
    "30": "30 minutes before",
    "60": "1 hour before",
    "120": "2 hours before",
    "720": "12 hours before",
    "1080": "18 hours before",
    "1440": "1 day before",
    "10080": "1 week before",
}

TITLE_MAX = 255
NOTE_MAX = 20_000
REMINDER_DIGITS_MAX = 7
OUTSIDERS_MAX = 50
#: What people write for an address; whether somebody is there is the post's to find out (RFC 5321 4.1.2, in short).
ADDRESS = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}\.[^\s@,;<>\".]{2,63}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the fields of a form."""

    title: str
    all_day: bool
    start: datetime
    end: datetime
    """Of an all-day entry its last day, as people say it."""
    repeat: Repeat
    show_as: str = "busy"
    sensitivity: str = "normal"
    categories: tuple[str, ...] = ()
    note: str = ""
    where: str = ""
    """A place that is no mailbox."""
    reminder: str = "15"
    is_online: bool = False
    invited: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    outsiders: str = ""
    """Addresses that nobody here has."""
    allows_proposals: bool = True
    hides_guests: bool = False
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Invitable:
    """A person, room or piece of equipment that can be invited."""

    name: str
    address: str
    is_resource: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent, with what is needed to read it."""

    form: MultiDict[str, str]
    zone: str
    invitable: Sequence[Invitable]
    problems: dict[str, str] = field(default_factory=dict[str, str])


def shown_of(event: Mapping[str, Any], invitable: Sequence[Invitable], *, calendar: str = "") -> Shown:
    """The fields for an event as Graph shows it, with its body as text."""
    start, end = _moment(event["start"]), _moment(event["end"])
    attendees: Sequence[Any] = event.get("attendees") or ()
    note: str = event["body"]["content"]
    here = {one.address.lower(): one for one in invitable}
    invited = frozenset(one["emailAddress"]["address"].lower() for one in attendees)
    return Shown(
        title=event.get("subject") or "",
        all_day=event["isAllDay"],
        start=start,
        end=end - timedelta(days=1) if event["isAllDay"] else end,
        repeat=repeat_of(event["recurrence"], start.date()),
        show_as=event["showAs"],
        sensitivity=event["sensitivity"],
        categories=tuple(event["categories"]),
        note=note.strip(),
        where=_where(event, {here[address].name for address in invited & here.keys() if here[address].is_resource}),
        reminder=str(event["reminderMinutesBeforeStart"]) if event["isReminderOn"] else "",
        is_online=event["isOnlineMeeting"],
        invited=invited & here.keys(),
        optional=frozenset(one["emailAddress"]["address"].lower() for one in attendees if one["type"] == "optional"),
        outsiders=", ".join(
            one["emailAddress"]["address"] for one in attendees if one["emailAddress"]["address"].lower() not in here
        ),
        allows_proposals=event["allowNewTimeProposals"],
        hides_guests=event["hideAttendees"],
        calendar=calendar,
    )


def body_in(sent: Sent) -> Json:
    """The whole body for a form; BadForm with a sentence per field."""
    form, problems = sent.form, sent.problems
    title = _title(form, problems)
    all_day = form.get("all_day") == "on"
    start, end = _times(form, problems, all_day=all_day)
    repeat = repeat_in(form, start.date(), problems)
    body = {
        "subject": title,
        "isAllDay": all_day,
        "start": {"dateTime": start.isoformat(), "timeZone": sent.zone},
        "end": {"dateTime": end.isoformat(), "timeZone": sent.zone},
        "recurrence": recurrence_in(repeat, start.date()),
        "showAs": _one_of(form, "show_as", SHOW_AS, problems),
        "sensitivity": _one_of(form, "sensitivity", SENSITIVITY, problems),
        "categories": form.getlist("categories"),
        "body": {"contentType": "text", "content": _note(form, problems)},
        "isOnlineMeeting": form.get("is_online") == "on",
        "allowNewTimeProposals": form.get("allows_proposals") == "on",
        "hideAttendees": form.get("hides_guests") == "on",
        **_reminder(form, problems),
        **_guests(sent),
    }
    if problems:
        raise BadForm(problems)
    return body


def changes_in(body: Json, event: Mapping[str, Any], sent: Sent) -> Json:
    """Only what the person changed: an unchanged field that is sent again would be a change to those invited."""
    before = shown_of(event, sent.invitable)
    repeat = repeat_in(sent.form, _moment(body["start"]).date(), {})
    places = [place["displayName"] for place in body["locations"]]
    changed = {
        "subject": body["subject"] != before.title,
        "isAllDay": body["isAllDay"] != before.all_day,
        "showAs": body["showAs"] != before.show_as,
        "sensitivity": body["sensitivity"] != before.sensitivity,
        "categories": body["categories"] != list(before.categories),
        "body": body["body"]["content"].strip() != before.note,
        "attendees": _addresses(body["attendees"]) != _addresses(event.get("attendees") or ()),
        "locations": places != [place["displayName"] for place in event["locations"]],
        "isReminderOn": body["isReminderOn"] != event["isReminderOn"],
        "reminderMinutesBeforeStart": body["isReminderOn"]
        and body["reminderMinutesBeforeStart"] != event["reminderMinutesBeforeStart"],
        "isOnlineMeeting": body["isOnlineMeeting"] and not before.is_online,
        "allowNewTimeProposals": body["allowNewTimeProposals"] != before.allows_proposals,
        "hideAttendees": body["hideAttendees"] != before.hides_guests,
    }
    moved = changed["isAllDay"] or any(_moment(body[name]) != _moment(event[name]) for name in ("start", "end"))
    repeats = not is_same(repeat, before.repeat) and event["type"] not in {"occurrence", "exception"}
    changed |= {"start": moved or repeats, "end": moved or repeats, "recurrence": repeats}
    return {name: value for name, value in body.items() if changed[name]}


def own_changes_in(form: MultiDict[str, str], event: Mapping[str, Any]) -> Json:
    """What somebody who was invited may say of their own copy: how it is shown, its categories, its reminder."""
    problems: dict[str, str] = {}
    wanted = {
        "showAs": _one_of(form, "show_as", SHOW_AS, problems),
        "categories": form.getlist("categories"),
        **_reminder(form, problems),
    }
    if problems:
        raise BadForm(problems)
    if not wanted["isReminderOn"]:
        del wanted["reminderMinutesBeforeStart"]
    return {name: value for name, value in wanted.items() if value != event[name]}


def proposal_in(form: MultiDict[str, str]) -> tuple[datetime, datetime] | None:
    """The other time that an attendee asks for, as wall-clock times; BadForm where it is none."""
    if form.get("proposes") != "on":
        return None
    problems: dict[str, str] = {}
    start, end = (
        datetime.combine(_day(form, f"{name}_day", problems), _clock(form, f"{name}_time", problems))
        for name in ("other_start", "other_end")
    )
    if not problems and end <= start:
        problems["other_end_day"] = "It ends before it starts; choose a later end."
    if problems:
        raise BadForm(problems)
    return start, end


def _addresses(attendees: Sequence[Any]) -> frozenset[tuple[str, str]]:
    return frozenset((one["emailAddress"]["address"].lower(), one["type"]) for one in attendees)


def _where(event: Mapping[str, Any], rooms: set[str]) -> str:
    """The places that no invited room stands for."""
    return "; ".join(place["displayName"] for place in event["locations"] if place["displayName"] not in rooms)


def _title(form: MultiDict[str, str], problems: dict[str, str]) -> str:
    title = form.get("title", "").strip()
    if len(title) > TITLE_MAX:
        problems["title"] = f"The title has {len(title)} characters; {TITLE_MAX} are allowed."
    elif "\x00" in title:
        problems["title"] = "The title holds a NUL character; remove it."
    return title


def _note(form: MultiDict[str, str], problems: dict[str, str]) -> str:
    note = form.get("note", "")
    if len(note) > NOTE_MAX:
        problems["note"] = f"The note is longer than {NOTE_MAX} characters; shorten it."
    return note.replace("\r\n", "\n")


def _reminder(form: MultiDict[str, str], problems: dict[str, str]) -> Json:
    text = form.get("reminder", "15")
    if not text:
        return {"isReminderOn": False, "reminderMinutesBeforeStart": 15}
    if not (text.isascii() and text.isdigit() and len(text) <= REMINDER_DIGITS_MAX):
        problems["reminder"] = "Choose when to be reminded from the list."
        return {"isReminderOn": True, "reminderMinutesBeforeStart": 15}
    return {"isReminderOn": True, "reminderMinutesBeforeStart": int(text)}


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
        return time.fromisoformat(form.get(name, "")).replace(tzinfo=None)
    except ValueError:
        problems[name] = "Write the time as hours and minutes, such as 09:30."
        return time()


def _one_of(form: MultiDict[str, str], name: str, allowed: Mapping[str, str], problems: dict[str, str]) -> str:
    value = form.get(name, next(iter(allowed)))
    if value not in allowed:
        problems[name] = f"Choose one of: {', '.join(allowed.values())}."
    return value


def _guests(sent: Sent) -> Json:
    """Those who are ticked, then the addresses that were written."""
    chosen, optional = set(sent.form.getlist("invite")), set(sent.form.getlist("optional"))
    here = [one for one in sent.invitable if one.address.lower() in {address.lower() for address in chosen}]
    attendees = [
        {
            "type": "resource" if one.is_resource else "optional" if one.address in optional else "required",
            "emailAddress": {"name": one.name, "address": one.address},
        }
        for one in here
    ]
    attendees += [
        {"type": "required", "emailAddress": {"name": address, "address": address}} for address in _outsiders(sent)
    ]
    # A room is booked by being invited and named as the place; either alone leads to odd results (FACTS 3.14).
    places = [
        {"displayName": one.name, "locationType": "conferenceRoom", "locationEmailAddress": one.address}
        for one in here
        if one.is_resource
    ]
    where = sent.form.get("where", "").strip()
    return {"attendees": attendees, "locations": [*places, *([{"displayName": where}] if where else [])]}


def _outsiders(sent: Sent) -> list[str]:
    written = [part.strip() for part in re.split(r"[\s,;]+", sent.form.get("outsiders", "")) if part.strip()]
    wrong = [address for address in written if not ADDRESS.fullmatch(address)]
    if wrong:
        sent.problems["outsiders"] = f"“{wrong[0]}” is no e-mail address; write it as name@place.example."
    elif len(written) > OUTSIDERS_MAX:
        sent.problems["outsiders"] = f"At most {OUTSIDERS_MAX} addresses can be written here."
    return list(dict.fromkeys(written))


def _moment(value: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(value["dateTime"][:19])
