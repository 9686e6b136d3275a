"""What a client may write into an event: reads a JSON body into fields of `Event`, normalised as Exchange stores them.

Decides types, lengths and defaults (FACTS 3.2); the rules between the times stand in `times`. Stores nothing.
Properties that only the service writes are taken and ignored; unknown ones are refused. Null gives a property back its
default.
"""

from collections.abc import Callable
from typing import Any

from sim365.calendars.bodies import document, without_scripts
from sim365.calendars.extensions import read_extensions
from sim365.calendars.json_types import (
    Json,
    as_flag,
    as_list,
    as_member,
    as_number,
    as_object,
    as_optional_text,
    as_text,
    check_members,
)
from sim365.calendars.people import joined, read_attendees, read_places
from sim365.calendars.properties import read_lists, read_properties
from sim365.calendars.times import Fields, read_moment, settle_times
from sim365.errors import bad_request, failed_validation, unreadable_body
from sim365.state.events import NOWHERE, Event
from sim365.switches import Switches

SUBJECT_MAX = 255
CATEGORY_MAX = 255
REMINDER_MAX = 2_629_800

IMPORTANCE = ("low", "normal", "high")
SENSITIVITY = ("normal", "personal", "private", "confidential")
SHOW_AS = ("free", "tentative", "busy", "oof", "workingElsewhere", "unknown")
PROVIDERS = ("unknown", "skypeForBusiness", "skypeForConsumer", "teamsForBusiness")

_IGNORED = frozenset(
    {
        "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "originalStartTimeZone", "originalEndTimeZone",
        "originalStart", "iCalUId", "hasAttachments", "bodyPreview", "isCancelled", "isDraft", "isOrganizer",
        "seriesMasterId", "occurrenceId", "cancelledOccurrences", "exceptionOccurrences", "instances", "type",
        "webLink", "onlineMeetingUrl", "onlineMeeting", "responseStatus", "organizer", "calendar",
    }
)  # fmt: skip
_CREATE_ONLY = frozenset({"attachments", "extensions"})
_DEFAULT_SWITCHES = Switches()


def read_event(body: Json, *, old: Event | None = None, switches: Switches = _DEFAULT_SWITCHES) -> Fields:
    """The fields that a create (no `old`) or a change writes."""
    fields: Fields = {}
    for name, value in body.items():
        if name in _IGNORED or "@" in name:
            continue
        reader = _READERS.get(name)
        if reader is None:
            text = (
                f"The property '{name}' does not exist on type 'microsoft.graph.event'. "
                "Make sure to only use property names that are defined by the type."
            )
            raise unreadable_body(text)
        if name in _CREATE_ONLY and old is not None:
            raise bad_request(f"The navigation property '{name}' cannot be written with the event; use its own path.")
        fields.update(reader(value, switches))
    _settle_places(body, fields, switches)
    _settle_online(body, fields, old)
    settle_times(body, fields, old, switches)
    if old is None and fields.get("transaction_id") is None:
        fields.pop("transaction_id", None)
    return fields


def _settle_places(body: Json, fields: Fields, switches: Switches) -> None:
    """`location` alone replaces `locations`; beside a list it is what the list is called; else the list decides."""
    if body.get("locations"):
        if body.get("location"):
            return
        places = fields["places"]
        fields["place"] = joined(places) if switches.locations_joined else places[0]
    elif "location" in body:
        place = fields["place"]
        fields["places"] = () if place == NOWHERE else (place,)
    elif "locations" in body:
        fields["place"] = NOWHERE


def _settle_online(body: Json, fields: Fields, old: Event | None) -> None:
    """A meeting goes online once and stays so; its provider cannot be changed."""
    wants = fields.pop("is_online", None)
    provider = fields.pop("provider", None)
    if old is not None and old.online_provider is not None:
        return
    if wants or (wants is None and provider not in {None, "unknown"} and "isOnlineMeeting" not in body):
        fields["online_provider"] = "teamsForBusiness" if provider in {None, "unknown"} else provider


def _read_start(value: object, switches: Switches) -> Fields:
    if value is None:
        raise failed_validation("An event needs a start and an end.")
    moment, zone_name = read_moment(value, "start", switches)
    return {"start_wall": moment, "start_zone": zone_name}


def _read_end(value: object, switches: Switches) -> Fields:
    if value is None:
        raise failed_validation("An event needs a start and an end.")
    moment, zone_name = read_moment(value, "end", switches)
    return {"end_wall": moment, "end_zone": zone_name}


def _read_subject(value: object, _: Switches) -> Fields:
    text = (as_optional_text(value, "subject") or "").replace("\r", " ").replace("\n", " ").replace("\x00", "").strip()
    if len(text) > SUBJECT_MAX:
        raise failed_validation(f"The subject has more than {SUBJECT_MAX} characters.")
    return {"subject": text}


def _read_body(value: object, _: Switches) -> Fields:
    if value is None:
        return {"body": "", "unsafe_body": ""}
    body = as_object(value, "body")
    check_members(body, {"contentType", "content"}, "itemBody")
    kind = as_member(body.get("contentType") or "text", "contentType", ("text", "html"))
    whole = document(as_optional_text(body.get("content"), "content") or "", kind)
    safe = without_scripts(whole)
    return {"body": safe, "unsafe_body": "" if safe == whole else whole}


def _read_categories(value: object, _: Switches) -> Fields:
    names = [as_text(entry, "categories").strip() for entry in as_list(value, "categories")]
    if any(not name or len(name) > CATEGORY_MAX for name in names):
        raise failed_validation("A category needs a name of at most 255 characters.")
    return {"categories": tuple(dict.fromkeys(names))}


def _read_reminder(value: object, _: Switches) -> Fields:
    minutes = 15 if value is None else as_number(value, "reminderMinutesBeforeStart")
    if not 0 <= minutes <= REMINDER_MAX:
        raise failed_validation(f"A reminder comes between 0 and {REMINDER_MAX} minutes before the start.")
    return {"reminder_minutes": minutes}


def _read_location(value: object, _: Switches) -> Fields:
    return {"place": NOWHERE if value is None else read_places([value])[0]}


def _flag(name: str, field: str, *, default: bool) -> "Reader":
    return lambda value, _: {field: default if value is None else as_flag(value, name)}


def _member(name: str, members: tuple[str, ...], field: str, *, default: str) -> "Reader":
    return lambda value, _: {field: default if value is None else as_member(value, name, members)}


def _raw_recurrence(value: object, _: Switches) -> Fields:
    return {} if value is None else {"recurrence_raw": as_object(value, "recurrence")}


def _raw_attachments(value: object, _: Switches) -> Fields:
    entries: list[Any] = as_list(value, "attachments")
    return {"attachments_raw": entries}


Reader = Callable[[object, Switches], Fields]

_READERS: dict[str, Reader] = {
    "subject": _read_subject,
    "body": _read_body,
    "start": _read_start,
    "end": _read_end,
    "isAllDay": _flag("isAllDay", "is_all_day", default=False),
    "importance": _member("importance", IMPORTANCE, "importance", default="normal"),
    "sensitivity": _member("sensitivity", SENSITIVITY, "sensitivity", default="normal"),
    "showAs": _member("showAs", SHOW_AS, "show_as", default="busy"),
    "categories": _read_categories,
    "isReminderOn": _flag("isReminderOn", "is_reminder_on", default=True),
    "reminderMinutesBeforeStart": _read_reminder,
    "responseRequested": _flag("responseRequested", "response_requested", default=True),
    "allowNewTimeProposals": _flag("allowNewTimeProposals", "allow_new_time", default=True),
    "hideAttendees": _flag("hideAttendees", "hide_attendees", default=False),
    "transactionId": lambda value, _: {"transaction_id": as_optional_text(value, "transactionId")},
    "attendees": lambda value, switches: {"attendees": read_attendees(value, most=switches.attendees_max)},
    "location": _read_location,
    "locations": lambda value, _: {"places": read_places(as_list(value, "locations"))},
    "recurrence": _raw_recurrence,
    "isOnlineMeeting": _flag("isOnlineMeeting", "is_online", default=False),
    "onlineMeetingProvider": _member("onlineMeetingProvider", PROVIDERS, "provider", default="unknown"),
    "singleValueExtendedProperties": lambda value, _: {"properties": read_properties(value)},
    "multiValueExtendedProperties": lambda value, _: {"lists": read_lists(value)},
    "extensions": lambda value, _: {"extensions": read_extensions(value)},
    "attachments": _raw_attachments,
}
