"""The occurrences of a series: which there are in a span, at which instants, and what one of them looks like alone.

A series follows the wall clock of its recurrence zone across changes of the clocks (FACTS 3.7, 3.12).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from sim365.calendars.patterns import dates_between, has_date
from sim365.state.events import Event, Recurrence
from sim365.zones import at_wall, zone

VIEW_DAYS_MAX = 1825
"""The longest window of calendarView and instances."""


class Instance(msgspec.Struct, frozen=True):
    """What a calendar view shows: a single event, or one occurrence or exception of a master."""

    event: Event
    """Of an occurrence: its master; else the event shown."""
    start: datetime
    end: datetime
    master: Event | None = None
    day: date | None = None

    @property
    def is_occurrence(self) -> bool:
        """An occurrence as the pattern gives it."""
        return self.master is not None and self.master is self.event


def rule_of(master: Event) -> Recurrence:
    """The recurrence of a master."""
    if master.recurrence is None:
        message = f"event {master.serial} is no series"
        raise AssertionError(message)
    return master.recurrence


def occurrence_span(master: Event, day: date) -> tuple[datetime, datetime]:
    """Start and end, in UTC, of the occurrence that the pattern gives on a date."""
    where = zone(rule_of(master).zone)
    start, end = master.start.astimezone(where), master.end.astimezone(where)
    length = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    begins = datetime.combine(day, start.time())
    return at_wall(begins, where).astimezone(UTC), at_wall(begins + length, where).astimezone(UTC)


def instances(master: Event, start: datetime, end: datetime) -> Iterator[Instance]:
    """The occurrences and exceptions of a series that intersect the span, by date."""
    rule = rule_of(master)
    where = zone(rule.zone)
    length = master.end - master.start
    changed = master.exceptions or {}
    first = (start - length).astimezone(where).date() - timedelta(days=1)
    last = end.astimezone(where).date() + timedelta(days=1)
    found: list[Instance] = []
    for day in dates_between(rule, first, last):
        if day not in master.cancelled and day not in changed:
            begins, ends = occurrence_span(master, day)
            found.append(Instance(master, begins, ends, master=master, day=day))
    found.extend(Instance(event, event.start, event.end, master=master, day=day) for day, event in changed.items())
    found.sort(key=lambda shown: shown.start)
    for shown in found:
        if shown.start < end and (shown.end > start or shown.start >= start):
            yield shown


def instance_of(master: Event, day: date) -> Instance | None:
    """The occurrence or exception of a date; None where it was deleted or never was."""
    exception = (master.exceptions or {}).get(day)
    if exception is not None:
        return Instance(exception, exception.start, exception.end, master=master, day=day)
    if day in master.cancelled or not has_date(rule_of(master), day):
        return None
    begins, ends = occurrence_span(master, day)
    return Instance(master, begins, ends, master=master, day=day)


def exception_of(master: Event, day: date) -> Event:
    """An occurrence turned into an event of its own, still equal to its master but for its time."""
    held = (master.exceptions or {}).get(day)
    if held is not None:
        return held
    begins, ends = occurrence_span(master, day)
    return msgspec.structs.replace(
        master,
        recurrence=None,
        exceptions=None,
        cancelled=frozenset[date](),
        start=begins,
        end=ends,
        original=day,
        original_start=begins,
    )
