"""Recurrence: reading a pattern, its limits, its dates, and how it is shown again (FACTS 3.6).

Works on dates in the recurrence zone only; which instant an occurrence has is decided in `series`.
"""

import functools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from dateutil import rrule

from sim365.calendars.json_types import (
    Json,
    as_list,
    as_member,
    as_number,
    as_object,
    as_text,
    check_members,
)
from sim365.errors import failed_validation, unreadable_body
from sim365.state.events import Recurrence
from sim365.zones import YEAR_MAX, YEAR_MIN, zone

OCCURRENCES_MAX = 999
INTERVAL_MAX = 999
_INTERVALS = {"daily": 999, "weekly": 99, "absoluteMonthly": 99, "relativeMonthly": 99}
"""Of the yearly kinds the interval is 1."""
ENDLESS = date(4500, 8, 31)
"""Exchange's own end of time."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS = ("daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly")
INDEXES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
RANGES = ("endDate", "noEnd", "numbered")
_PATTERN_NAMES = frozenset({"type", "interval", "month", "dayOfMonth", "daysOfWeek", "firstDayOfWeek", "index"})
_RANGE_NAMES = frozenset({"type", "startDate", "endDate", "recurrenceTimeZone", "numberOfOccurrences"})
_RULE_DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
_SHORTEST_MONTH = 28


def read_recurrence(value: object, *, start: date | None, zone_name: str, strict: bool = True) -> Recurrence:
    """A `patternedRecurrence`, validated against the start of its event where one is written with it."""
    body = as_object(value, "recurrence")
    check_members(body, {"pattern", "range"}, "patternedRecurrence")
    pattern, span = as_object(body.get("pattern"), "pattern"), as_object(body.get("range"), "range")
    check_members(pattern, _PATTERN_NAMES, "recurrencePattern")
    check_members(span, _RANGE_NAMES, "recurrenceRange")
    kind = as_member(pattern.get("type"), "type", KINDS)
    where = span.get("recurrenceTimeZone") or zone_name
    zone(as_text(where, "recurrenceTimeZone"))
    days = tuple(as_member(day, "daysOfWeek", DAYS) for day in as_list(pattern.get("daysOfWeek") or [], "daysOfWeek"))
    read = Recurrence(
        kind=kind,
        interval=_whole(pattern.get("interval"), "interval", 1, _INTERVALS.get(kind, 1) if strict else INTERVAL_MAX),
        start=_read_date(span.get("startDate"), "startDate"),
        zone=where,
        days=tuple(day for day in DAYS if day in days),
        day_of_month=_whole(pattern.get("dayOfMonth") or 0, "dayOfMonth", 0, 31),
        month=_whole(pattern.get("month") or 0, "month", 0, 12),
        first_day=as_member(pattern.get("firstDayOfWeek") or "sunday", "firstDayOfWeek", DAYS),
        index=as_member(pattern.get("index") or "first", "index", INDEXES),
        range_kind=as_member(span.get("type"), "type", RANGES),
        **_read_end(span),
    )
    _check(read, start)
    return _relevant(read)


def recurrence_json(rule: Recurrence) -> dict[str, Any]:
    """How a recurrence reads back: every field present, with fillers."""
    return {
        "pattern": {
            "type": rule.kind,
            "interval": rule.interval,
            "month": rule.month,
            "dayOfMonth": rule.day_of_month,
            "daysOfWeek": list(rule.days),
            "firstDayOfWeek": rule.first_day,
            "index": rule.index,
        },
        "range": {
            "type": rule.range_kind,
            "startDate": rule.start.isoformat(),
            "endDate": (rule.end or date.min).isoformat() if rule.range_kind == "endDate" else "0001-01-01",
            "recurrenceTimeZone": rule.zone,
            "numberOfOccurrences": rule.count,
        },
    }


def dates_between(rule: Recurrence, first: date, last: date) -> Iterator[date]:
    """The dates of a pattern from `first` to `last`, both included; exceptions and deletions not applied."""
    if last < rule.start:
        return
    low = datetime.combine(max(first, rule.start), datetime.min.time())
    high = datetime.combine(min(last, ENDLESS), datetime.min.time())
    for moment in _rule(rule).between(low, high, inc=True):
        yield moment.date()


def first_date(rule: Recurrence) -> date | None:
    """The first date that fits; None if there is none."""
    found = next(iter(_rule(rule)), None)
    return None if found is None else found.date()


def has_date(rule: Recurrence, day: date) -> bool:
    """Whether the pattern gives an occurrence on this date."""
    return next(dates_between(rule, day, day), None) is not None


def last_date(rule: Recurrence) -> date | None:
    """The last date of a series that ends; None where it does not."""
    if rule.range_kind == "noEnd":
        return None
    final: date | None = None
    for moment in _rule(rule):
        final = moment.date()
    return final


def neighbours(rule: Recurrence, day: date) -> tuple[date | None, date | None]:
    """The dates before and after one date of the pattern."""
    moment = datetime.combine(day, datetime.min.time())
    before, after = _rule(rule).before(moment), _rule(rule).after(moment)
    return (before.date() if before else None, after.date() if after else None)


@functools.lru_cache(maxsize=4096)
def _rule(rule: Recurrence) -> rrule.rrule:
    common: dict[str, Any] = {
        "dtstart": datetime.combine(rule.start, datetime.min.time()),
        "interval": rule.interval,
        "wkst": DAYS.index(rule.first_day),
        "cache": True,
    }
    if rule.range_kind == "numbered":
        common["count"] = rule.count
    elif rule.end is not None:
        common["until"] = datetime.combine(rule.end, datetime.min.time())
    days = [_RULE_DAYS[DAYS.index(day)] for day in rule.days]
    match rule.kind:
        case "daily":
            return rrule.rrule(rrule.DAILY, **common)
        case "weekly":
            return rrule.rrule(rrule.WEEKLY, byweekday=days, **common)
        case "absoluteMonthly":
            return rrule.rrule(rrule.MONTHLY, **_day_of_month(rule), **common)
        case "relativeMonthly":
            return rrule.rrule(rrule.MONTHLY, byweekday=days, bysetpos=INDEXES[rule.index], **common)
        case "absoluteYearly":
            return rrule.rrule(rrule.YEARLY, bymonth=rule.month, **_day_of_month(rule), **common)
        case _:
            return rrule.rrule(rrule.YEARLY, bymonth=rule.month, byweekday=days, bysetpos=INDEXES[rule.index], **common)


def _day_of_month(rule: Recurrence) -> dict[str, Any]:
    """The 31st falls back to the last day of a shorter month."""
    if rule.day_of_month <= _SHORTEST_MONTH:
        return {"bymonthday": rule.day_of_month}
    return {"bymonthday": list(range(_SHORTEST_MONTH, rule.day_of_month + 1)), "bysetpos": -1}


def _read_end(span: Json) -> dict[str, Any]:
    kind = str(span.get("type", "")).lower()
    if kind == "enddate":
        return {"end": _read_date(span.get("endDate"), "endDate")}
    if kind == "numbered":
        return {"count": _whole(span.get("numberOfOccurrences"), "numberOfOccurrences", 1, OCCURRENCES_MAX)}
    return {}


def _whole(value: object, name: str, low: int, high: int) -> int:
    number = as_number(value, name)
    if not low <= number <= high:
        raise failed_validation(f"'{name}' of the recurrence must lie between {low} and {high}.")
    return number


def _relevant(rule: Recurrence) -> Recurrence:
    """What the kind of pattern does not use is validated and then forgotten: it reads back as a filler."""
    by_day = rule.kind in {"weekly", "relativeMonthly", "relativeYearly"}
    return msgspec.structs.replace(
        rule,
        days=rule.days if by_day else (),
        day_of_month=rule.day_of_month if rule.kind.startswith("absolute") else 0,
        month=rule.month if rule.kind.endswith("Yearly") else 0,
        first_day=rule.first_day if rule.kind == "weekly" else "sunday",
        index=rule.index if rule.kind.startswith("relative") else "first",
    )


def _read_date(value: object, name: str) -> date:
    try:
        day = date.fromisoformat(as_text(value, name))
    except ValueError as error:
        message = f"Cannot convert the literal '{value}' to the expected type 'Edm.Date'."
        raise unreadable_body(message) from error
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise failed_validation(f"The year of '{name}' lies outside {YEAR_MIN} to {YEAR_MAX}.")
    return day


def _check(rule: Recurrence, start: date | None) -> None:
    needs_days = rule.kind in {"weekly", "relativeMonthly", "relativeYearly"}
    if needs_days and not rule.days:
        raise failed_validation("The recurrence pattern needs daysOfWeek.")
    if rule.kind in {"absoluteMonthly", "absoluteYearly"} and not rule.day_of_month:
        raise failed_validation("The recurrence pattern needs dayOfMonth.")
    if rule.kind in {"absoluteYearly", "relativeYearly"} and not rule.month:
        raise failed_validation("The recurrence pattern needs month.")
    if rule.end is not None and rule.end < rule.start:
        raise failed_validation("The recurrence range ends before it starts.")
    if start is not None and rule.start != start:
        raise failed_validation("The startDate of the recurrence range is not the date of the event's start.")
    if _more_than_allowed(rule):
        message = f"A series has at most {OCCURRENCES_MAX} occurrences."
        raise failed_validation(message)
    if first_date(rule) is None:
        raise failed_validation("The recurrence pattern has no occurrence.")


def _more_than_allowed(rule: Recurrence) -> bool:
    if rule.end is None or rule.end - rule.start < timedelta(days=OCCURRENCES_MAX):
        return False
    return any(number >= OCCURRENCES_MAX for number, _ in enumerate(_rule(rule)))
