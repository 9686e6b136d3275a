"""Times on the wire: a wall time with a zone, or an instant with an offset; both become a `When`.

Decides how a time may be written. A wall time that the clocks skip or double is refused with its choices, because a
program can be asked (a calendar cannot: what arrives from Outlook is read by one rule).
"""

from datetime import datetime

from holdfast.api.problems import Problem
from holdfast.timetable import doubts, zones
from holdfast.timetable.errors import TimetableError
from holdfast.timetable.when import When, between, fault

TEXT_MAX = 40
SENTENCES = {
    "inverted": ("end", "The end lies before the start."),
    "empty": ("end", "It lasts no time at all."),
    "too_long": ("end", "It lasts longer than 1825 days."),
    "out_of_years": ("start", "The year is outside 1602 to 4500."),
    "no_midnight": ("start", "An all-day booking runs from midnight to midnight."),
    "unknown_zone": ("zone", "The time zone is not known; send an IANA name such as Europe/Berlin."),
}


def when(start: str, end: str, *, zone: str, all_day: bool = False) -> When:
    """The span that two texts mean in a zone. Raises Problem."""
    if zones.known(zone) is None:
        field, sentence = SENTENCES["unknown_zone"]
        raise Problem("invalid", sentence, field=field)
    first, last = moment(start, "start"), moment(end, "end")
    if (first.tzinfo is None) != (last.tzinfo is None):
        raise Problem("invalid", "Send both times with an offset, or both without.", field="end")
    told = _between(first, last, zone) if first.tzinfo is not None else When(first, last, zone, all_day)
    if told.all_day != all_day:
        told = When(told.start, told.end, told.zone, all_day)
    found = fault(told)
    if found is not None:
        field, sentence = SENTENCES[found.value]
        raise Problem("invalid", sentence, field=field)
    if first.tzinfo is None and not all_day:
        _refuse_doubtful(told)
    return told


def instant(text: str, field: str) -> datetime:
    """An aware instant. Raises Problem."""
    found = moment(text, field)
    if found.tzinfo is None:
        raise Problem("invalid", "This needs an offset, such as 2026-03-03T09:00:00+01:00 or …Z.", field=field)
    return found


def moment(text: str, field: str) -> datetime:
    """A date and time, with or without an offset. Raises Problem."""
    try:
        return datetime.fromisoformat(text[:TEXT_MAX].replace(" ", "+") if "T" in text else "")
    except ValueError:
        raise Problem("invalid", "This is no date with a time such as 2026-03-03T09:00:00.", field=field) from None


def _between(first: datetime, last: datetime, zone: str) -> When:
    try:
        return between(first, last, zone=zone)
    except (TimetableError, OverflowError):
        raise Problem("invalid", "The time is out of reach.", field="start") from None


def _refuse_doubtful(told: When) -> None:
    for field, wall in (("start", told.start), ("end", told.end)):
        found = doubts.doubt(wall, told.zone)
        if found is not None:
            words = "is skipped" if found.doubt is doubts.Doubt.SKIPPED else "happens twice"
            sentence = f"{wall:%Y-%m-%dT%H:%M} {words} in {told.zone}, because the clocks change."
            raise Problem(
                "doubtful_time", sentence, field=field, choices=[choice.isoformat() for choice in found.choices]
            )
