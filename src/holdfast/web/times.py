"""Times as people type them into a form, turned into a `When`; what is wrong with them is said in a sentence."""

from datetime import date, datetime, timedelta

from holdfast.directory.errors import Invalid
from holdfast.timetable import doubts, zones
from holdfast.timetable.when import Fault, When, between, fault
from holdfast.timetable.when import all_day as whole_days

YEARS_AHEAD_MAX = 10
TEXT_MAX = 32
MICROSECOND = timedelta(microseconds=1)
_FAULTS = {
    Fault.INVERTED: ("end", "The end lies before the start."),
    Fault.EMPTY: ("end", "A booking lasts some time: choose an end after the start."),
    Fault.TOO_LONG: ("end", "A booking may last five years at most."),
    Fault.OUT_OF_YEARS: ("start", "The year is out of reach."),
    Fault.NO_MIDNIGHT: ("start", "An all-day booking lasts whole days."),
    Fault.UNKNOWN_ZONE: ("start", "The time zone of this resource is not known. An administrator can correct it."),
}


def when(start: str, end: str, *, zone: str) -> When:
    """A span from two wall times (2026-11-20T10:00). Raises Invalid."""
    told = When(_wall(start, "start"), _wall(end, "end"), zone)
    _check(told)
    return told


def days(first: str, last: str, *, zone: str) -> When:
    """Whole days from two dates, the last one included. Raises Invalid."""
    begin, until = _date(first, "first"), _date(last or first, "last")
    if until < begin:
        raise Invalid("last", "The last day lies before the first.")
    told = whole_days(begin, (until - begin).days + 1, zone=zone)
    _check(told)
    return told


def _check(told: When) -> None:
    found = fault(told)
    if found is not None:
        field, sentence = _FAULTS[found]
        raise Invalid(field, sentence, code=found.value)


def _wall(text: str, field: str) -> datetime:
    try:
        wall = datetime.fromisoformat(text[:TEXT_MAX])
    except ValueError:
        raise Invalid(field, "This is no date with a time, such as 2026-11-20 10:00.") from None
    if wall.tzinfo is not None:
        raise Invalid(field, "Write the time as the clock in the room shows it, without an offset.")
    return wall


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text[:TEXT_MAX])
    except ValueError:
        raise Invalid(field, "This is no date, such as 2026-11-20.") from None


def refuse_doubtful(told: When) -> None:
    """A time that the clocks skip or double cannot be meant without a word more. Raises Invalid."""
    if told.all_day:
        return
    for field, wall in (("start", told.start), ("end", told.end)):
        found = doubts.doubt(wall, told.zone)
        if found is None:
            continue
        one, other = (f"{choice:%H:%M}" for choice in found.choices)
        if found.doubt is doubts.Doubt.SKIPPED:
            raise Invalid(
                field, f"The clocks go forward over {wall:%H:%M} that night: choose {other} or {one}.", code="skipped"
            )


def suggestion(now: datetime, day: date | None, *, minutes: int = 60) -> tuple[datetime, datetime]:
    """A start and an end to begin with: the next quarter of an hour, or ten o'clock on another day."""
    if day is not None and day != now.date():
        start = datetime(day.year, day.month, day.day, 10)  # noqa: DTZ001  a wall time, naive on purpose
    else:
        start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0, tzinfo=None) + timedelta(minutes=15)
    return start, start + timedelta(minutes=minutes)


def told_in(mine: str, *, start: str, end: str, zone: str) -> When:
    """A span typed in one zone (a timeline's), told in a resource's own. Raises Invalid."""
    told = when(start, end, zone=_known(zone))
    if told.zone == mine:
        return told
    span = told.instants()
    return between(span.start, span.end, zone=mine)


def moved(text: str, zone: str, other: str) -> datetime:
    """A wall time of one zone as a wall time of another. Raises Invalid."""
    wall = _wall(text, "start")
    return wall if zone == other else zones.wall(zones.instant(wall, _known(zone)), other)


def _known(zone: str) -> str:
    found = zones.known(zone[:64])
    if found is None:
        raise Invalid("zone", "This time zone is not known.", code="unknown_zone")
    return found
