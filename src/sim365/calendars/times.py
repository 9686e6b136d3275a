"""When an event is: start, end, all-day and recurrence of a write, settled against each other and against what was.

A pattern is bound to the start; a start that does not fit it moves to the first date that does; an all-day event begins
and ends at midnight of one zone (FACTS 3.6, 3.12).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sim365.calendars.json_types import Json, as_object, as_text, check_members
from sim365.calendars.patterns import first_date, read_recurrence
from sim365.calendars.series import occurrence_span
from sim365.errors import failed_validation
from sim365.state.events import Event, Recurrence
from sim365.switches import Switches
from sim365.zones import wall, zone

ALL_DAY_REMINDER = 1080
"""Minutes: the evening before, unless the client says otherwise."""

Fields = dict[str, Any]
"""Names of `Event` fields to their new values."""


def read_moment(value: object, name: str, switches: Switches) -> tuple[datetime, str]:
    """A `dateTimeTimeZone` as an aware time, and the zone's name as sent."""
    body = as_object(value, name)
    check_members(body, {"dateTime", "timeZone"}, "dateTimeTimeZone")
    zone_name = as_text(body.get("timeZone") or "UTC", f"{name}.timeZone")
    text = as_text(body.get("dateTime"), f"{name}.dateTime")
    return wall(text, zone_name, offset_counts=switches.offset_in_datetime_counts), zone_name


def settle_times(body: Json, fields: Fields, old: Event | None, switches: Switches) -> None:
    """Turn what was read of start, end, isAllDay and recurrence into fields that agree."""
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
    if all_day and old is None:
        fields.setdefault("reminder_minutes", ALL_DAY_REMINDER)
    _settle_recurrence(body, fields, old, zone_name=zone_name, switches=switches)
    _settle_legacy(fields, old)


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


def _settle_recurrence(body: Json, fields: Fields, old: Event | None, *, zone_name: str, switches: Switches) -> None:
    """A new start of a series without a new pattern moves the range along."""
    raw = fields.pop("recurrence_raw", None)
    if raw is not None:
        where = _recurrence_zone(raw, zone_name)
        begins: datetime | None = fields.get("start")
        day = None if begins is None else begins.astimezone(zone(where)).date()
        rule = read_recurrence(raw, start=day, zone_name=where, strict=switches.strict_intervals)
    elif old is not None and old.recurrence is not None and "start" in fields and "recurrence" not in body:
        day = fields["start"].astimezone(zone(old.recurrence.zone)).date()
        rule = _moved(old.recurrence, day - old.recurrence.start)
    else:
        if "recurrence" in body and old is not None and old.recurrence is not None:
            fields["recurrence"] = None
        return
    fields["recurrence"] = rule
    _start_with_first(fields, old, rule)


def _recurrence_zone(raw: Json, fallback: str) -> str:
    named = as_object(raw.get("range") or {}, "range").get("recurrenceTimeZone")
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


def _settle_legacy(fields: Fields, old: Event | None) -> None:
    """What old software left behind goes with what replaces it."""
    legacy = None if old is None else old.legacy
    if legacy is None:
        return
    if "start_zone" in fields:
        legacy = msgspec.structs.replace(legacy, zone=None)
    if "recurrence" in fields:
        legacy = msgspec.structs.replace(legacy, recurrence_zone=None)
    fields["legacy"] = legacy
