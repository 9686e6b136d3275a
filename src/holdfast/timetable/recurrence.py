"""Recurrence: on which dates something repeats.

This module decides what a `Pattern` is, which dates it gives, when two patterns are the same, and what is wrong with
one. It works on dates of the series' own zone; the wall time of each occurrence is the first one's, so a series at nine
stays at nine when the clocks change. It must not decide what an occurrence means to a booking or to Outlook.

The kinds are those that Microsoft Graph can express (recurrencePattern, recurrenceRange). Days of a month that a short
month lacks mean its last day, as in Exchange; iCalendar would leave that month out.
"""

from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any

import msgspec
from dateutil import rrule

from holdfast.timetable.when import YEAR_MAX, When

OCCURRENCES_MAX = 999
"""Graph refuses a series that ends after more dates than this; an endless one has no such limit."""
INTERVAL_MAX = 99
_SHORTEST_MONTH = 28
_WEEK = 7
_MONDAY, _SUNDAY = 0, 6
_CACHE_MAX = 4096
_END_OF_DATES = date(MAXYEAR, 12, 31)


class Kind(StrEnum):
    """How dates follow each other; the names are Graph's."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY_ON_DAY = "absoluteMonthly"
    MONTHLY_ON_WEEKDAY = "relativeMonthly"
    YEARLY_ON_DAY = "absoluteYearly"
    YEARLY_ON_WEEKDAY = "relativeYearly"


BY_WEEKDAY = frozenset({Kind.WEEKLY, Kind.MONTHLY_ON_WEEKDAY, Kind.YEARLY_ON_WEEKDAY})
BY_NUMBER = frozenset({Kind.MONTHLY_ON_DAY, Kind.YEARLY_ON_DAY})
BY_PLACE = frozenset({Kind.MONTHLY_ON_WEEKDAY, Kind.YEARLY_ON_WEEKDAY})
YEARLY = frozenset({Kind.YEARLY_ON_DAY, Kind.YEARLY_ON_WEEKDAY})


class Pattern(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A rule of repetition. Weekdays count from Monday = 0; places are 1 to 4, and -1 for the last.

    It ends after `count` dates, with the date `until`, or never; `count` 0 and `until` None are never.
    """

    kind: Kind
    first: date
    interval: int = 1
    days: tuple[int, ...] = ()
    day_of_month: int = 0
    month: int = 0
    place: int = 0
    week_starts: int = _SUNDAY
    count: int = 0
    until: date | None = None

    @property
    def is_endless(self) -> bool:
        """Whether no end was said."""
        return not self.count and self.until is None


class Fault(StrEnum):
    """Why a pattern cannot be taken."""

    INTERVAL = "interval"  # not between 1 and 99
    NO_DAYS = "no_days"  # weekly, or by weekday, without one
    DAYS = "days"  # a weekday outside Monday to Sunday
    DAY_OF_MONTH = "day_of_month"
    MONTH = "month"
    PLACE = "place"  # neither first to fourth nor last
    TWO_ENDS = "two_ends"
    COUNT = "count"
    ENDS_BEFORE_START = "ends_before_start"
    NEVER = "never"  # no date fits before its end
    TOO_MANY = "too_many"  # more dates than Graph allows a series that ends
    OVERLAPS_ITSELF = "overlaps_itself"  # an occurrence would not be over when the next begins
    OUT_OF_YEARS = "out_of_years"


def fault(pattern: Pattern, when: When | None = None) -> Fault | None:
    """What is wrong with a pattern, and with it for something that lasts as long as `when`; or None."""
    wrong = _fault_of_parts(pattern) or _fault_of_end(pattern)
    if wrong is not None:
        return wrong
    if next(_moments(pattern), None) is None:
        return Fault.NEVER
    if not pattern.is_endless and next(islice(_moments(pattern), OCCURRENCES_MAX, None), None) is not None:
        return Fault.TOO_MANY
    if when is not None and _overlaps_itself(pattern, when):
        return Fault.OVERLAPS_ITSELF
    return None


def dates(pattern: Pattern, since: date | None = None, until: date | None = None) -> Iterator[date]:
    """Its dates in order, from `since` to `until`, both included; an endless one without `until` never stops."""
    last = min(until or _END_OF_DATES, pattern.until or _END_OF_DATES)
    for moment in _from(pattern, since):
        day = moment.date()
        if day > last:
            return
        yield day


def has(pattern: Pattern, day: date) -> bool:
    """Whether a date is one of its."""
    return next(dates(pattern, day, day), None) is not None


def last_date(pattern: Pattern) -> date | None:
    """The last date of a pattern that ends; None where it is endless or has no date."""
    if pattern.is_endless:
        return None
    found: date | None = None
    for found in islice(dates(pattern), OCCURRENCES_MAX + 1):  # noqa: B007  only the last one is wanted
        pass
    return found


def neighbours(pattern: Pattern, day: date) -> tuple[date | None, date | None]:
    """The dates before and after a day."""
    rule, moment = _rule(pattern), datetime.combine(day, time.min)
    before, after = rule.before(moment), rule.after(moment)
    return (before.date() if before else None, after.date() if after else None)


def occurrence(when: When, day: date) -> When:
    """The time that the first occurrence's becomes on another date: the same wall clock, the same length on it."""
    start = datetime.combine(day, when.start.time())
    return When(start, start + (when.end - when.start), when.zone, when.all_day)


@lru_cache(maxsize=_CACHE_MAX)
def canonical(pattern: Pattern) -> Pattern:
    """The one form in which both sides' patterns are compared.

    What a kind does not use is left out; the beginning is the first date that fits, and an end by date is the last one
    that does, for Outlook accepts days on which nothing happens and may move them.
    """
    used = msgspec.structs.replace(
        pattern,
        days=tuple(sorted(set(pattern.days))) if pattern.kind in BY_WEEKDAY else (),
        day_of_month=pattern.day_of_month if pattern.kind in BY_NUMBER else 0,
        month=pattern.month if pattern.kind in YEARLY else 0,
        place=pattern.place if pattern.kind in BY_PLACE else 0,
        week_starts=pattern.week_starts if pattern.kind is Kind.WEEKLY and pattern.interval > 1 else _SUNDAY,
    )
    if fault(used) is not None:
        return used
    first = next(dates(used), used.first)
    until = None if used.until is None else last_date(used)
    return msgspec.structs.replace(used, first=first, until=until)


def ending_before(pattern: Pattern, day: date) -> Pattern | None:
    """The pattern cut so that its last date lies before `day`; None where nothing is left of it."""
    last = neighbours(pattern, day)[0]
    return None if last is None else msgspec.structs.replace(pattern, count=0, until=last)


def beginning_at(pattern: Pattern, day: date) -> Pattern:
    """The rest of the pattern from one of its dates on; a count becomes what is left of it."""
    if not pattern.count:
        return msgspec.structs.replace(pattern, first=day)
    gone = sum(1 for _ in dates(pattern, None, day - timedelta(days=1)))
    return msgspec.structs.replace(pattern, first=day, count=pattern.count - gone)


def _fault_of_parts(pattern: Pattern) -> Fault | None:
    kind = pattern.kind
    wrong = {
        Fault.INTERVAL: not 1 <= pattern.interval <= INTERVAL_MAX,
        Fault.NO_DAYS: kind in BY_WEEKDAY and not pattern.days,
        Fault.DAYS: any(not _MONDAY <= day <= _SUNDAY for day in (*pattern.days, pattern.week_starts)),
        Fault.DAY_OF_MONTH: kind in BY_NUMBER and not 1 <= pattern.day_of_month <= 31,
        Fault.MONTH: kind in YEARLY and not 1 <= pattern.month <= 12,
        Fault.PLACE: kind in BY_PLACE and pattern.place not in {1, 2, 3, 4, -1},
    }
    return next((each for each, is_wrong in wrong.items() if is_wrong), None)


def _fault_of_end(pattern: Pattern) -> Fault | None:
    if pattern.count and pattern.until is not None:
        return Fault.TWO_ENDS
    if pattern.count < 0:
        return Fault.COUNT
    if pattern.count > OCCURRENCES_MAX:
        return Fault.TOO_MANY
    if pattern.until is not None and pattern.until < pattern.first:
        return Fault.ENDS_BEFORE_START
    if max(pattern.first, pattern.until or pattern.first).year > YEAR_MAX:
        return Fault.OUT_OF_YEARS
    return None


def _overlaps_itself(pattern: Pattern, when: When) -> bool:
    """Exchange wants each occurrence to be over before the next begins; the shortest step between dates decides."""
    length = when.end - when.start
    shortest = min((later - sooner for sooner, later in _pairs(pattern)), default=None)
    return shortest is not None and length > shortest


def _pairs(pattern: Pattern) -> Iterator[tuple[date, date]]:
    """Dates that follow each other, over a whole round of the rule and a leap year."""
    enough = 4 * 12 + 1 if pattern.kind in BY_NUMBER | BY_PLACE else 3 * _WEEK
    return pairwise(islice(dates(pattern), enough))


def _from(pattern: Pattern, since: date | None) -> Iterator[datetime]:
    if since is None or since <= pattern.first:
        return _moments(pattern)
    return _rule(pattern).xafter(datetime.combine(since, time.min), inc=True)


def _moments(pattern: Pattern) -> Iterator[datetime]:
    return iter(_rule(pattern))


@lru_cache(maxsize=_CACHE_MAX)
def _rule(pattern: Pattern) -> rrule.rrule:
    common: dict[str, Any] = {
        "dtstart": datetime.combine(pattern.first, time.min),
        "interval": pattern.interval,
        "wkst": pattern.week_starts,
        "count": pattern.count or None,
        "until": None if pattern.until is None else datetime.combine(pattern.until, time.min),
        "cache": not pattern.is_endless,
    }
    match pattern.kind:
        case Kind.DAILY:
            return rrule.rrule(rrule.DAILY, **common)
        case Kind.WEEKLY:
            return rrule.rrule(rrule.WEEKLY, byweekday=pattern.days, **common)
        case Kind.MONTHLY_ON_DAY:
            return rrule.rrule(rrule.MONTHLY, **_on_day(pattern), **common)
        case Kind.MONTHLY_ON_WEEKDAY:
            return rrule.rrule(rrule.MONTHLY, byweekday=pattern.days, bysetpos=pattern.place, **common)
        case Kind.YEARLY_ON_DAY:
            return rrule.rrule(rrule.YEARLY, bymonth=pattern.month, **_on_day(pattern), **common)
        case Kind.YEARLY_ON_WEEKDAY:
            by = {"bymonth": pattern.month, "byweekday": pattern.days, "bysetpos": pattern.place}
            return rrule.rrule(rrule.YEARLY, **by, **common)


def _on_day(pattern: Pattern) -> dict[str, Any]:
    """The 31st is the last day of a shorter month."""
    if pattern.day_of_month <= _SHORTEST_MONTH:
        return {"bymonthday": pattern.day_of_month}
    return {"bymonthday": list(range(_SHORTEST_MONTH, pattern.day_of_month + 1)), "bysetpos": -1}
