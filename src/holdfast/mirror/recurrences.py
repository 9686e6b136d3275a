"""Graph's `patternedRecurrence` into a pattern, and back.

Decides which word of Graph's is which part of a pattern (FACTS 3.6). What it cannot read it says (`NotUnderstood`).
"""

from datetime import date

from holdfast.graph import wire
from holdfast.mirror.errors import NotUnderstood
from holdfast.timetable import recurrence, zones
from holdfast.timetable.recurrence import Kind, Pattern
from holdfast.timetable.when import YEAR_MIN, When

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_INDEXES = {place: name for name, place in _PLACES.items()}
_KINDS = {each.value: each for each in Kind}
_SUNDAY = 6


def pattern_of(told: wire.Recurrence) -> Pattern:
    """The pattern of a series. Raises NotUnderstood."""
    rule, span = told.pattern, told.range
    kind = _KINDS.get(rule.type)
    if kind is None or span.type not in {"endDate", "noEnd", "numbered"}:
        raise NotUnderstood(f"its recurrence is {rule.type!r} with a range {span.type!r}, which is not known")
    place = _PLACES.get(rule.index or "first")
    if place is None:
        raise NotUnderstood(f"its recurrence is on the {rule.index!r} weekday, which is not known")
    read = Pattern(
        kind,
        _date(span.start_date),
        rule.interval,
        tuple(_day(name) for name in rule.days_of_week),
        day_of_month=rule.day_of_month,
        month=rule.month,
        place=place,
        week_starts=_SUNDAY if rule.first_day_of_week is None else _day(rule.first_day_of_week),
        count=span.number_of_occurrences if span.type == "numbered" else 0,
        until=_date(span.end_date or "") if span.type == "endDate" else None,
    )
    wrong = recurrence.fault(read)
    if wrong is not None and wrong is not recurrence.Fault.TOO_MANY:  # older items may be longer than may be written
        raise NotUnderstood(f"its recurrence cannot be: {wrong.value}")
    return read


def recurrence_of(pattern: Pattern, when: When) -> wire.Recurrence:
    """What is written for a pattern whose first occurrence is `when`."""
    span = wire.RecurrenceRange(
        "numbered" if pattern.count else "noEnd" if pattern.until is None else "endDate",
        pattern.first.isoformat(),
        end_date=None if pattern.until is None else pattern.until.isoformat(),
        number_of_occurrences=pattern.count,
        recurrence_time_zone=zones.windows(when.zone) or when.zone,
    )
    return wire.Recurrence(_written(pattern), span)


def _written(pattern: Pattern) -> wire.RecurrencePattern:
    by_place = pattern.kind in recurrence.BY_PLACE
    return wire.RecurrencePattern(
        pattern.kind.value,
        pattern.interval,
        days_of_week=tuple(_DAYS[day] for day in pattern.days),
        day_of_month=pattern.day_of_month,
        month=pattern.month,
        first_day_of_week=_DAYS[pattern.week_starts] if pattern.kind is Kind.WEEKLY else None,
        index=_INDEXES[pattern.place] if by_place else None,
    )


def _day(name: str) -> int:
    try:
        return _DAYS.index(name.lower())
    except ValueError:
        raise NotUnderstood(f"its recurrence names a weekday {name!r}, which is not known") from None


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise NotUnderstood(f"its recurrence names a date {text!r}, which cannot be read") from None
    if day.year < YEAR_MIN:
        raise NotUnderstood(f"its recurrence names the year {day.year}")
    return day
