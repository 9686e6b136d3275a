"""When something is: wall time and the zone it is meant in.

This module decides how a time is written down (`When`), which instants it covers, and what its canonical form is. It
must not decide what a time means to a booking or to Outlook, and it must not ask what time it is now.

A `When` keeps the wall time because that is what people agreed on: if a government moves its clocks, a meeting at nine
stays at nine. `start` and `end` are therefore naive on purpose, the only naive datetimes in the project; they are half
open, and `instants()` is the one way from them to aware ones.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec

from holdfast.timetable import zones
from holdfast.timetable.errors import ImpossibleTime
from holdfast.timetable.spans import Span

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LENGTH_MAX = timedelta(days=1825)  # calendarView refuses a longer range, so nothing longer could ever be verified
YEAR_MIN = 1602  # Exchange writes 1601 for "no date"
YEAR_MAX = 4500  # and 4501 for "for ever"
_CACHE_MAX = 8192


class When(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A half-open span of wall time in an IANA zone; an all-day span runs from midnight to midnight."""

    start: datetime
    end: datetime
    zone: str = "UTC"
    all_day: bool = False

    def instants(self) -> Span:
        """The instants it covers, in UTC. Raises UnknownZone."""
        return Span(zones.instant(self.start, self.zone), zones.instant(self.end, self.zone))

    def days(self) -> list[date]:
        """The dates of its own zone that it touches; an end at midnight does not touch the day it opens."""
        last = self.start if self.end <= self.start else self.end - timedelta(microseconds=1)
        count = (last.date() - self.start.date()).days + 1
        return [self.start.date() + DAY * number for number in range(count)]


class Fault(StrEnum):
    """Why a time cannot be taken."""

    INVERTED = "inverted"  # the end lies before the start
    EMPTY = "empty"  # it lasts no time at all
    TOO_LONG = "too_long"
    OUT_OF_YEARS = "out_of_years"
    NO_MIDNIGHT = "no_midnight"  # all day, but not from midnight to midnight
    UNKNOWN_ZONE = "unknown_zone"


def fault(when: When) -> Fault | None:
    """What is wrong with a time, or None. It is a value because quarantine and forms say it differently."""
    if zones.known(when.zone) is None:
        return Fault.UNKNOWN_ZONE
    if when.start.year < YEAR_MIN or when.end.year > YEAR_MAX:
        return Fault.OUT_OF_YEARS
    if when.all_day and not (_is_midnight(when.start) and _is_midnight(when.end)):
        return Fault.NO_MIDNIGHT
    return _fault_of_length(when)


def _fault_of_length(when: When) -> Fault | None:
    span = when.instants()
    if when.end < when.start or span.end < span.start:
        return Fault.INVERTED
    if span.is_empty:
        return Fault.EMPTY
    if span.length > LENGTH_MAX:
        return Fault.TOO_LONG
    return None


def _is_midnight(moment: datetime) -> bool:
    return moment.time() == time.min


def all_day(first: date, days: int = 1, *, zone: str) -> When:
    """Whole days: from midnight of the first to midnight after the last."""
    if days < 1:
        message = f"an all-day booking lasts one day at least, not {days}"
        raise ImpossibleTime(message)
    start = datetime.combine(first, time.min)
    return When(start, start + DAY * days, zones.iana(zone), all_day=True)


def between(start: datetime, end: datetime, *, zone: str) -> When:
    """The time between two instants, told in a zone.

    An instant in the second of two doubled hours has no wall time of its own (this module reads the first), so such a
    span is told in UTC: the words change, the meaning does not.
    """
    if start.tzinfo is None or end.tzinfo is None:
        message = "start and end need a time zone"
        raise ImpossibleTime(message)
    start, end = start.replace(microsecond=0).astimezone(UTC), end.replace(microsecond=0).astimezone(UTC)
    told = When(zones.wall(start, zone), zones.wall(end, zone), zones.iana(zone))
    if told.instants() == (start, end):
        return told
    return When(start.replace(tzinfo=None), end.replace(tzinfo=None), "UTC")


def whole_seconds(when: When) -> When:
    """The same without fractions of a second: Graph delivers seven digits, people mean none."""
    if not when.start.microsecond and not when.end.microsecond:
        return when
    return When(when.start.replace(microsecond=0), when.end.replace(microsecond=0), when.zone, when.all_day)


@lru_cache(maxsize=_CACHE_MAX)
def canonical(when: When) -> When:
    """The one form in which both sides' times are compared: whole seconds, midnights, the representative zone."""
    when = _midnights(when) if when.all_day else _told_by_clocks(whole_seconds(when))
    name = zones.representative(when.zone)
    if name == when.zone:
        return when
    told = When(when.start, when.end, name, when.all_day)
    if zones.known(when.zone) is None or when.all_day or told.instants() == when.instants():
        return told
    # Windows folds zones whose clocks once differed; where the difference shows, the own name keeps the meaning.
    return When(when.start, when.end, zones.iana(when.zone), when.all_day)


def _told_by_clocks(when: When) -> When:
    """A wall time that the clocks of its zone skip, told as they tell it: so Microsoft answers, and both must agree."""
    if zones.known(when.zone) is None:
        return when
    span = when.instants()
    start, end = zones.wall(span.start, when.zone), zones.wall(span.end, when.zone)
    return when if (start, end) == (when.start, when.end) else When(start, end, when.zone)


def _midnights(when: When) -> When:
    """All-day times as Exchange keeps them: the start's midnight, and the first midnight at or after the end."""
    start = datetime.combine(when.start.date(), time.min)
    end = datetime.combine(when.end.date(), time.min)
    if end < when.end or end <= start:
        end += DAY
    return When(start, end, when.zone, when.all_day)


def in_words_of(when: When, mine: str) -> When:
    """The time told with my zone's name where that is only another name of its zone."""
    if when.zone == mine or zones.known(mine) is None or zones.representative(mine) != zones.representative(when.zone):
        return when
    told = When(when.start, when.end, zones.iana(mine), when.all_day)
    if when.all_day or told.instants() == when.instants():
        return told
    return when
