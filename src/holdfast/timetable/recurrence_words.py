"""A pattern in plain English, with its end, and its next dates.

This module decides the words in which a person reads what a series does before saving it. It must not judge a pattern
(`recurrence.fault` does) and knows no other language: pages in another one bring words of their own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import assert_never

from holdfast.timetable.recurrence import Kind, Pattern, dates

NEXT_DATES_MAX = 50

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_EVERY_DAY = frozenset(range(7))
_WORKDAYS = frozenset(range(5))
_WEEKEND = frozenset({5, 6})
_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31
_LEAP_DAY = (2, 29)


def sentence(pattern: Pattern) -> str:
    """When it repeats, how often, and from when: "Every week on Tuesday, 10 times, from 3 March 2026"."""
    return f"{_rhythm(pattern)}{_end(pattern)}, from {day_in_words(pattern.first)}"


def next_dates(pattern: Pattern, since: date, *, most: int = 5) -> tuple[date, ...]:
    """The first dates from a day on; fewer where it ends."""
    return tuple(islice(dates(pattern, since), min(most, NEXT_DATES_MAX)))


def day_in_words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _rhythm(pattern: Pattern) -> str:
    match pattern.kind:
        case Kind.DAILY:
            return _every(pattern.interval, "day")
        case Kind.WEEKLY:
            return _weeks(pattern)
        case Kind.MONTHLY_ON_DAY:
            return f"{_every(pattern.interval, 'month')} on the {_day_of_month(pattern)}"
        case Kind.MONTHLY_ON_WEEKDAY:
            return f"{_every(pattern.interval, 'month')} on the {_place(pattern)}"
        case Kind.YEARLY_ON_DAY:
            return f"{_every(pattern.interval, 'year')} on {_day_of_year(pattern)}"
        case Kind.YEARLY_ON_WEEKDAY:
            return f"{_every(pattern.interval, 'year')} on the {_place(pattern)} of {_MONTHS[pattern.month - 1]}"
        case _:
            assert_never(pattern.kind)


def _weeks(pattern: Pattern) -> str:
    if frozenset(pattern.days) == _EVERY_DAY and pattern.interval == 1:
        return "Every day"
    return f"{_every(pattern.interval, 'week')} on {_weekdays(pattern.days)}"


def _every(interval: int, what: str) -> str:
    if interval == 1:
        return f"Every {what}"
    return f"Every second {what}" if interval == 2 else f"Every {interval} {what}s"


def _weekdays(days: Iterable[int]) -> str:
    chosen = frozenset(days)
    if chosen == _EVERY_DAY:
        return "every day"
    if chosen == _WORKDAYS:
        return "Monday to Friday"
    return _listed([_DAYS[day] for day in sorted(chosen)], "and")


def _place(pattern: Pattern) -> str:
    """Of several weekdays only the first (or last) that comes counts, so they are alternatives."""
    chosen, place = frozenset(pattern.days), _PLACES[pattern.place]
    if chosen == _EVERY_DAY:
        return f"{place} day"
    if chosen == _WORKDAYS:
        return f"{place} weekday"
    if chosen == _WEEKEND:
        return f"{place} weekend day"
    return f"{place} {_listed([_DAYS[day] for day in sorted(chosen)], 'or')}"


def _day_of_month(pattern: Pattern) -> str:
    day = pattern.day_of_month
    if day == _LONGEST_MONTH:
        return "last day"
    shorter = " (the last day of a shorter month)" if day > _SHORTEST_MONTH else ""
    return f"{_ordinal(day)}{shorter}"


def _day_of_year(pattern: Pattern) -> str:
    month, day = pattern.month, pattern.day_of_month
    if (month, day) >= _LEAP_DAY and month == _LEAP_DAY[0]:
        return "the last day of February" if day > _LEAP_DAY[1] else "29 February (28 in a shorter one)"
    if day == _LONGEST_MONTH and month in {4, 6, 9, 11}:
        return f"the last day of {_MONTHS[month - 1]}"
    return f"{day} {_MONTHS[month - 1]}"


def _end(pattern: Pattern) -> str:
    if pattern.count:
        return ", once" if pattern.count == 1 else f", {pattern.count} times"
    if pattern.until is not None:
        return f", until {day_in_words(pattern.until)}"
    return ", without end"


def _ordinal(number: int) -> str:
    if number in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _listed(words: Sequence[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
