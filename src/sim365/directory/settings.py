"""`mailboxSettings`: what a mailbox shows of its settings and what may be written to them (FACTS 2.3).

A write names only what changes; `workingHours` and `automaticRepliesSetting` are merged member by member, because
clients send parts of them. The purpose of a mailbox and its archive folder cannot be written.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sim365.calendars.json_types import as_list, as_member, as_object, as_text
from sim365.directory.locales import known_locale, locale_name
from sim365.errors import GraphError, NotModelledError, failed_validation, unknown_zone, unreadable_body
from sim365.state import AutomaticReplies, Mailbox
from sim365.zones import instant, is_zone, windows_name, zone

Json = dict[str, Any]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DELEGATE_DELIVERY = ("sendToDelegateAndInformationToPrincipal", "sendToDelegateAndPrincipal", "sendToDelegateOnly")
REPLY_STATES = ("disabled", "alwaysEnabled", "scheduled")
AUDIENCES = ("none", "contactsOnly", "all")
FORMAT_LENGTH_MAX = 64
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d{1,7})?)?")
_NO_TIME = "0001-01-01T00:00:00.0000000"


def settings_json(mailbox: Mailbox) -> Json:
    """All settings."""
    return {
        "archiveFolder": None,
        "timeZone": windows_name(mailbox.time_zone),
        "delegateMeetingMessageDeliveryOptions": mailbox.delegate_delivery,
        "dateFormat": mailbox.date_format,
        "timeFormat": mailbox.time_format,
        "userPurpose": mailbox.purpose.value,
        "automaticRepliesSetting": _replies_json(mailbox.replies or AutomaticReplies()),
        "language": {"locale": mailbox.locale, "displayName": locale_name(mailbox.locale)},
        "workingHours": working_hours_json(mailbox),
    }


def working_hours_json(mailbox: Mailbox) -> Json:
    """`workingHours`, as settings and getSchedule show them."""
    start, end = mailbox.working_hours
    return {
        "daysOfWeek": list(mailbox.working_days),
        "startTime": f"{start}:00.0000000",
        "endTime": f"{end}:00.0000000",
        "timeZone": {"name": windows_name(mailbox.hours_zone or mailbox.time_zone)},
    }


def write_settings(mailbox: Mailbox, body: Json) -> Json:
    """Write what the body names, all of it or nothing; answers those settings as they are now."""
    written = [name for name in body if not name.startswith("@")]
    for name in written:
        if name not in _WRITERS:
            raise _unknown(name)
    changes: Json = {}
    for name in written:
        changes |= _WRITERS[name](mailbox, body[name])
    for name, value in changes.items():
        setattr(mailbox, name, value)
    shown = settings_json(mailbox)
    return {name: shown[name] for name in written}


def _replies_json(replies: AutomaticReplies) -> Json:
    return {
        "status": replies.status,
        "externalAudience": replies.audience,
        "internalReplyMessage": replies.internal,
        "externalReplyMessage": replies.external,
        "scheduledStartDateTime": _time_json(replies.start),
        "scheduledEndDateTime": _time_json(replies.end),
    }


def _time_json(moment: datetime | None) -> Json:
    text = _NO_TIME if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}.0000000"
    return {"dateTime": text, "timeZone": "UTC"}


def _write_zone(mailbox: Mailbox, value: object) -> Json:
    name = as_text(value, "timeZone")
    if not is_zone(name):
        raise unknown_zone(name)
    # Working hours keep the zone they were in: they are a setting of their own.
    return {"time_zone": name, "hours_zone": mailbox.hours_zone or mailbox.time_zone}


def _write_language(_: Mailbox, value: object) -> Json:
    text = as_text(as_object(value, "language").get("locale"), "locale")
    locale = known_locale(text)
    if locale is None:
        raise GraphError(400, "ErrorInvalidArgument", f"The locale '{text}' is not supported for mailboxes.")
    return {"locale": locale}


def _write_format(attribute: str, name: str) -> Callable[[Mailbox, object], Json]:
    def write(_: Mailbox, value: object) -> Json:
        text = as_text(value, name)
        if not 0 < len(text) <= FORMAT_LENGTH_MAX or not text.isprintable():
            raise failed_validation(f"'{name}' must be a format of 1 to {FORMAT_LENGTH_MAX} characters.")
        return {attribute: text}

    return write


def _write_delivery(_: Mailbox, value: object) -> Json:
    return {"delegate_delivery": as_member(value, "delegateMeetingMessageDeliveryOptions", DELEGATE_DELIVERY)}


def _write_hours(mailbox: Mailbox, value: object) -> Json:
    body, changes = as_object(value, "workingHours"), Json()
    start, end = mailbox.working_hours
    for name, part in body.items():
        match name:
            case "daysOfWeek":
                days = {as_member(day, "daysOfWeek", DAYS) for day in as_list(part, "daysOfWeek")}
                changes["working_days"] = tuple(day for day in DAYS if day in days)
            case "startTime":
                start = _clock(part, name)
            case "endTime":
                end = _clock(part, name)
            case "timeZone":
                changes["hours_zone"] = _hours_zone(part)
            case _ if name.startswith("@"):
                continue
            case _:
                raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.workingHours'.")
    if end <= start:
        text = "The end of the working hours must lie after their start."
        raise failed_validation(text)
    return changes | {"working_hours": (start, end)}


def _hours_zone(value: object) -> str:
    body = as_object(value, "timeZone")
    if str(body.get("@odata.type", "")).endswith("customTimeZone"):
        gap = "custom time zones of working hours"
        raise NotModelledError(gap)
    name = as_text(body.get("name"), "name")
    if not is_zone(name):
        raise unknown_zone(name)
    return name


def _clock(value: object, name: str) -> str:
    text = as_text(value, name)
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise unreadable_body(f"Cannot convert the value '{text}' of '{name}' to the expected type 'Edm.TimeOfDay'.")
    return f"{match[1]}:{match[2]}"


def _write_replies(mailbox: Mailbox, value: object) -> Json:
    replies = replace(mailbox.replies or AutomaticReplies())
    for name, part in as_object(value, "automaticRepliesSetting").items():
        match name:
            case "status":
                replies.status = as_member(part, name, REPLY_STATES)
            case "externalAudience":
                replies.audience = as_member(part, name, AUDIENCES)
            case "internalReplyMessage":
                replies.internal = as_text(part, name)
            case "externalReplyMessage":
                replies.external = as_text(part, name)
            case "scheduledStartDateTime":
                replies.start = _moment(part, name)
            case "scheduledEndDateTime":
                replies.end = _moment(part, name)
            case _ if name.startswith("@"):
                continue
            case _:
                raise _unknown(name)
    if replies.status == "scheduled":
        _check_absence(replies)
    return {"replies": replies}


def _check_absence(replies: AutomaticReplies) -> None:
    if replies.start is None or replies.end is None or replies.end <= replies.start:
        text = "A scheduled absence needs a scheduledStartDateTime before its scheduledEndDateTime."
        raise GraphError(400, "ErrorInvalidScheduledOofDuration", text)


def _moment(value: object, name: str) -> datetime:
    body = as_object(value, name)
    zone_name = as_text(body.get("timeZone") or "UTC", "timeZone")
    zone(zone_name)
    return instant(as_text(body.get("dateTime"), "dateTime"), zone_name).replace(microsecond=0)


def _unknown(name: str) -> GraphError:
    if name in {"userPurpose", "archiveFolder"}:
        return GraphError(400, "ErrorInvalidRequest", f"The setting '{name}' is read-only.")
    return unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.mailboxSettings'.")


_WRITERS: dict[str, Callable[[Mailbox, object], Json]] = {
    "timeZone": _write_zone,
    "language": _write_language,
    "dateFormat": _write_format("date_format", "dateFormat"),
    "timeFormat": _write_format("time_format", "timeFormat"),
    "delegateMeetingMessageDeliveryOptions": _write_delivery,
    "workingHours": _write_hours,
    "automaticRepliesSetting": _write_replies,
}
