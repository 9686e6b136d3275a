"""Whether a request keeps to a resource's policy, and whether its organiser may book (FACTS 9.1 steps 3 and 5).

Pure: settings, request and clock in, reasons out. It reads no calendar; conflicts are judged in `conflicts`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from sim365.calendars.patterns import last_date
from sim365.calendars.series import occurrence_span, rule_of
from sim365.meetings.conflicts import Conflict, Slot
from sim365.state import CalendarProcessing, Event, Mailbox, PlaceKind
from sim365.zones import zone


@dataclass(frozen=True, slots=True)
class FromOutside:
    """The organiser is of another organisation."""


@dataclass(frozen=True, slots=True)
class NotBookable:
    """The booking type is Reserved."""


@dataclass(frozen=True, slots=True)
class Recurring:
    """Series are not taken."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """An instance is longer than allowed."""

    minutes_max: int


@dataclass(frozen=True, slots=True)
class TooShort:
    """A workspace is asked for shorter than allowed."""

    minutes_min: int


@dataclass(frozen=True, slots=True)
class TooFarAhead:
    """It begins after the booking window, or a series runs past it."""

    days_max: int
    last: date
    """The last day that can be booked."""


@dataclass(frozen=True, slots=True)
class OutsideWorkHours:
    """It lies outside the mailbox's working hours."""

    hours: tuple[str, str]


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The organiser is on none of the lists that apply."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Other meetings stand there already."""

    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class TooManyPeople:
    """A workspace has fewer seats than people asked for."""

    capacity: int


Reason = (
    FromOutside | NotBookable | Recurring | TooLong | TooShort | TooFarAhead | OutsideWorkHours | NotAllowed | Taken
    | TooManyPeople
)  # fmt: skip


def horizon_of(mailbox: Mailbox, processing: CalendarProcessing, now: datetime) -> datetime:
    """The first instant that cannot be booked: the midnight after the last day of the window, in the mailbox's zone."""
    return _midnight_after(mailbox, last_day_of(mailbox, processing, now))


def last_day_of(mailbox: Mailbox, processing: CalendarProcessing, now: datetime) -> date:
    """The last day of the booking window; a window of 0 days is today."""
    return now.astimezone(zone(mailbox.time_zone)).date() + timedelta(days=processing.booking_window_in_days)


def breaches(
    mailbox: Mailbox, processing: CalendarProcessing, event: Event, slots: list[Slot], *, now: datetime
) -> list[Reason]:
    """What in a request is out of policy."""
    found: list[Reason] = []
    reserved = mailbox.place is not None and mailbox.place.booking_type == "reserved"
    if reserved or processing.booking_type == "Reserved":
        found.append(NotBookable())
    if event.recurrence is not None and not processing.allow_recurring_meetings:
        found.append(Recurring())
    found.extend(_length(mailbox, processing, slots or [Slot(event.start, event.end, None, event)]))
    if _is_too_far(mailbox, processing, event, now):
        last = last_day_of(mailbox, processing, now)
        found.append(TooFarAhead(processing.booking_window_in_days, last))
    if processing.schedule_only_during_work_hours and not all(_in_work_hours(mailbox, slot) for slot in slots):
        found.append(OutsideWorkHours(mailbox.working_hours))
    return found


def truncated(mailbox: Mailbox, processing: CalendarProcessing, event: Event, now: datetime) -> Event | None:
    """The series cut off at the horizon, where it runs past it and the horizon is not enforced; else None."""
    if (
        event.recurrence is None
        or processing.enforce_scheduling_horizon
        or not _runs_past(mailbox, processing, event, now)
    ):
        return None
    last = last_day_of(mailbox, processing, now)
    rule = msgspec.structs.replace(
        event.recurrence, range_kind="endDate", end=max(last, event.recurrence.start), count=0
    )
    return msgspec.structs.replace(event, recurrence=rule)


def _length(mailbox: Mailbox, processing: CalendarProcessing, slots: list[Slot]) -> list[Reason]:
    found: list[Reason] = []
    longest, shortest = processing.maximum_duration_in_minutes, processing.minimum_duration_in_minutes
    lengths = [slot.end - slot.start for slot in slots]
    if longest and max(lengths) > timedelta(minutes=longest):
        found.append(TooLong(longest))
    if is_workspace(mailbox) and min(lengths) < timedelta(minutes=shortest):
        found.append(TooShort(shortest))
    return found


def is_workspace(mailbox: Mailbox) -> bool:
    """Whether the mailbox is booked by people side by side."""
    return mailbox.place is not None and mailbox.place.kind is PlaceKind.WORKSPACE


def _is_too_far(mailbox: Mailbox, processing: CalendarProcessing, event: Event, now: datetime) -> bool:
    if event.start >= horizon_of(mailbox, processing, now):
        return True
    return processing.enforce_scheduling_horizon and _runs_past(mailbox, processing, event, now)


def _runs_past(mailbox: Mailbox, processing: CalendarProcessing, event: Event, now: datetime) -> bool:
    if event.recurrence is None:
        return False
    last = last_date(rule_of(event))
    return last is None or occurrence_span(event, last)[0] >= horizon_of(mailbox, processing, now)


def _midnight_after(mailbox: Mailbox, day: date) -> datetime:
    where = zone(mailbox.time_zone)
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=where).astimezone(UTC)


def _in_work_hours(mailbox: Mailbox, slot: Slot) -> bool:
    where = zone(mailbox.hours_zone or mailbox.time_zone)
    start, end = slot.start.astimezone(where), slot.end.astimezone(where)
    opens, closes = (time.fromisoformat(text[:8]) for text in mailbox.working_hours)
    if start.strftime("%A").lower() not in mailbox.working_days or end.date() != start.date():
        return False
    return opens <= start.time().replace(tzinfo=None) and end.time().replace(tzinfo=None) <= closes
