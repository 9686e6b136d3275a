"""What a client may write into an event: reads a JSON body into fields of `Event`, normalised as Exchange stores them.

Decides types, lengths, defaults and the rules between start, end, all-day and recurrence (FACTS 3.2, 3.6, 3.12).
Stores nothing. Properties that only the service writes are taken and ignored; unknown ones are refused.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sim365.calendars.bodies import document, read_properties
from sim365.calendars.json_types import (
    Json,
    as_flag,
    as_list,
    as_member,
    as_number,
    as_object,
    as_optional_text,
    as_text,
)
from sim365.calendars.patterns import first_date, read_recurrence
from sim365.calendars.people import read_attendees, read_places
from sim365.calendars.series import occurrence_span
from sim365.errors import NotModelledError, failed_validation, unreadable_body
from sim365.state.events import NOWHERE, Event, Recurrence
from sim365.zones import wall, zone

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
        "seriesMasterId", "occurrenceId", "cancelledOccurrences", "type", "webLink", "onlineMeetingUrl",
        "onlineMeeting", "responseStatus", "organizer", "calendar",
    }
)  # fmt: skip

Fields = dict[str, Any]
"""Names of `Event` fields to their new values."""


def read_event(body: Json, *, old: Event | None = None) -> Fields:
    """The fields that a create (no `old`) or a change writes."""
    fields: Fields = {}
    for name, value in body.items():
        if name in _IGNORED or name.startswith("@") or "@odata." in name:
            continue
        reader = _READERS.get(name)
        if reader is None:
            text = (
                f"The property '{name}' does not exist on type 'microsoft.graph.event'. "
                "Make sure to only use property names that are defined by the type."
            )
            raise unreadable_body(text)
        fields.update(reader(value))
    _settle_places(body, fields)
    _settle_online(body, fields, old)
    _settle_times(body, fields, old)
    if old is None and fields.get("transaction_id") is None:
        fields.pop("transaction_id", None)
    return fields


def _settle_places(body: Json, fields: Fields) -> None:
    """`location` replaces `locations` as a whole, and echoes the first of them."""
    if body.get("locations"):
        fields["place"] = fields["places"][0]
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


def _settle_times(body: Json, fields: Fields, old: Event | None) -> None:
    start: datetime | None = fields.pop("start_wall", None)
    end: datetime | None = fields.pop("end_wall", None)
    if old is None and (start is None or end is None):
        raise failed_validation("An event needs a start and an end.")
    all_day = fields.get("is_all_day", old.is_all_day if old else False)
    if start is not None:
        fields["start"] = start.astimezone(UTC)
    if end is not None:
        fields["end"] = end.astimezone(UTC)
    _keep_length(fields, old)
    begins = fields.get("start", old.start if old else None)
    ends = fields.get("end", old.end if old else None)
    if ends < begins:
        raise failed_validation("The end lies before the start.")
    zone_name = fields.get("start_zone") or (old.start_zone if old else "UTC")
    if all_day and (start is not None or end is not None or "is_all_day" in fields):
        _check_all_day(begins, ends, zone_name)
    _settle_recurrence(body, fields, old, zone_name=zone_name)


def _keep_length(fields: Fields, old: Event | None) -> None:
    """A new start alone keeps the end where it is, unless it would lie before the start: then the length is kept."""
    if old is not None and "start" in fields and "end" not in fields and fields["start"] > old.end:
        fields["end"] = fields["start"] + (old.end - old.start)


def _check_all_day(start: datetime, end: datetime, zone_name: str) -> None:
    where = zone(zone_name)
    for name, moment in (("Start", start), ("End", end)):
        local = moment.astimezone(where)
        if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
            message = f"The Event.{name} property for an all-day event needs to be set to midnight."
            raise failed_validation(message)
    if end.astimezone(where).date() <= start.astimezone(where).date():
        message = "The duration of an all-day event must be at least 24 hours."
        raise failed_validation(message)


def _settle_recurrence(body: Json, fields: Fields, old: Event | None, *, zone_name: str) -> None:
    """A pattern is bound to the start; a new start of a series without a new pattern moves the range along."""
    raw = fields.pop("recurrence_raw", None)
    if raw is not None:
        where = _recurrence_zone(raw, zone_name)
        begins: datetime | None = fields.get("start")
        day = None if begins is None else begins.astimezone(zone(where)).date()
        rule = read_recurrence(raw, start=day, zone_name=where)
    elif old is not None and old.recurrence is not None and "start" in fields and "recurrence" not in body:
        day = fields["start"].astimezone(zone(old.recurrence.zone)).date()
        rule = _moved(old.recurrence, day - old.recurrence.start)
    else:
        if "recurrence" in body:
            fields["recurrence"] = None
        return
    fields["recurrence"] = rule
    _start_with_first(fields, old, rule)


def _recurrence_zone(raw: Any, fallback: str) -> str:
    span = raw.get("range") if isinstance(raw, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    named = span.get("recurrenceTimeZone") if isinstance(span, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return named if isinstance(named, str) and named else fallback


def _moved(rule: Recurrence, by: timedelta) -> Recurrence:
    end = None if rule.end is None else max(rule.end, rule.start + by)
    return msgspec.structs.replace(rule, start=rule.start + by, end=end)


def _start_with_first(fields: Fields, old: Event | None, rule: Recurrence) -> None:
    """A start that does not fit the pattern moves to the first date that does (FACTS 3.6)."""
    first = first_date(rule)
    if first is None:
        raise failed_validation("The recurrence pattern has no occurrence.")
    begins: datetime = fields.get("start") or (old.start if old else datetime.min.replace(tzinfo=UTC))
    ends: datetime = fields.get("end") or (old.end if old else begins)
    shape = Event(
        serial=0, sequence=0, created=begins, modified=begins, uid="",
        start=begins, end=ends, start_zone=rule.zone, end_zone=rule.zone, recurrence=rule,
    )  # fmt: skip
    fields["start"], fields["end"] = occurrence_span(shape, first)


def _read_moment(value: object, name: str) -> tuple[datetime, str]:
    body = as_object(value, name)
    zone_name = as_text(body.get("timeZone") or "UTC", f"{name}.timeZone")
    moment = wall(as_text(body.get("dateTime"), f"{name}.dateTime"), zone_name)
    return moment, zone_name


def _read_start(value: object) -> Fields:
    moment, zone_name = _read_moment(value, "start")
    return {"start_wall": moment, "start_zone": zone_name}


def _read_end(value: object) -> Fields:
    moment, zone_name = _read_moment(value, "end")
    return {"end_wall": moment, "end_zone": zone_name}


def _read_subject(value: object) -> Fields:
    text = (as_optional_text(value, "subject") or "").replace("\r", " ").replace("\n", " ").replace("\x00", "").strip()
    if len(text) > SUBJECT_MAX:
        raise failed_validation(f"The subject has more than {SUBJECT_MAX} characters.")
    return {"subject": text}


def _read_body(value: object) -> Fields:
    if value is None:
        return {"body": ""}
    body = as_object(value, "body")
    kind = as_member(body.get("contentType") or "text", "contentType", ("text", "html"))
    return {"body": document(as_optional_text(body.get("content"), "content") or "", kind)}


def _read_categories(value: object) -> Fields:
    names = [as_text(entry, "categories").strip() for entry in as_list(value, "categories")]
    if any(not name or len(name) > CATEGORY_MAX for name in names):
        raise failed_validation("A category needs a name of at most 255 characters.")
    return {"categories": tuple(dict.fromkeys(names))}


def _refuse_extensions(value: object) -> Fields:
    del value
    gap = "open extensions on events"
    raise NotModelledError(gap)


def _refuse_multi(value: object) -> Fields:
    del value
    gap = "multi-value extended properties on events"
    raise NotModelledError(gap)


def _refuse_attachments(value: object) -> Fields:
    del value
    gap = "attachments on events"
    raise NotModelledError(gap)


def _flag(name: str, field: str) -> Callable[[object], Fields]:
    return lambda value: {field: as_flag(value, name)}


def _member(name: str, members: tuple[str, ...], field: str) -> Callable[[object], Fields]:
    return lambda value: {field: as_member(value, name, members)}


_READERS: dict[str, Callable[[object], Fields]] = {
    "subject": _read_subject,
    "body": _read_body,
    "start": _read_start,
    "end": _read_end,
    "isAllDay": _flag("isAllDay", "is_all_day"),
    "importance": _member("importance", IMPORTANCE, "importance"),
    "sensitivity": _member("sensitivity", SENSITIVITY, "sensitivity"),
    "showAs": _member("showAs", SHOW_AS, "show_as"),
    "categories": _read_categories,
    "isReminderOn": _flag("isReminderOn", "is_reminder_on"),
    "reminderMinutesBeforeStart": lambda value: {
        "reminder_minutes": as_number(value, "reminderMinutesBeforeStart", low=0, high=REMINDER_MAX)
    },
    "responseRequested": lambda value: {"response_requested": value is None or as_flag(value, "responseRequested")},
    "allowNewTimeProposals": lambda value: {"allow_new_time": value is None or as_flag(value, "allowNewTimeProposals")},
    "hideAttendees": lambda value: {"hide_attendees": value is not None and as_flag(value, "hideAttendees")},
    "transactionId": lambda value: {"transaction_id": as_optional_text(value, "transactionId")},
    "attendees": lambda value: {"attendees": read_attendees(value)},
    "location": lambda value: {"place": read_places([value])[0] if value else NOWHERE},
    "locations": lambda value: {"places": read_places(as_list(value, "locations"))},
    "recurrence": lambda value: {} if value is None else {"recurrence_raw": as_object(value, "recurrence")},
    "isOnlineMeeting": lambda value: {"is_online": value is not None and as_flag(value, "isOnlineMeeting")},
    "onlineMeetingProvider": lambda value: {"provider": as_member(value, "onlineMeetingProvider", PROVIDERS)},
    "singleValueExtendedProperties": lambda value: {"properties": read_properties(value)},
    "multiValueExtendedProperties": _refuse_multi,
    "extensions": _refuse_extensions,
    "attachments": _refuse_attachments,
}
