"""The Aquarium's calendar as Ben sees it in Outlook: one series there, edited by hand, and what the calendar shows."""

import json
from datetime import UTC, date, datetime, timedelta

import msgspec

from holdfast.mirror.recurrences import recurrence_of
from holdfast.timetable import zones
from sim365.errors import GraphError
from tests.graph.wharf import AQUARIUM

SPAN = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC))
"""Nobody looks at what an endless series does after this."""
_DAY_CHARS = 10


class RoomInOutlook:
    """Ben with the room's calendar open; the series is the only one there."""

    def __init__(self, simulator) -> None:
        self.simulator = simulator
        self.room = simulator.person(AQUARIUM)

    @property
    def master(self):
        """The series as it is stored and shown, None where there is none."""
        found = [each for each in self.room.events() if each["type"] == "seriesMaster"]
        assert len(found) <= 1, "the series is there twice"
        return found[0] if found else None

    @property
    def kept(self):
        """The series as the simulator keeps it."""
        return self.room.stored(self.master)[1]

    @property
    def deleted(self) -> frozenset[date]:
        return self.kept.cancelled

    def shown(self) -> dict[date, dict]:
        """What stands in the calendar, by original date."""
        return {
            date.fromisoformat(each["occurrenceId"][-_DAY_CHARS:]): each
            for each in self.room.events(*SPAN)
            if each["occurrenceId"]
        }

    def makes(self, said, **more) -> None:
        zone = zones.windows(said.when.zone)
        span = said.when.instants()
        self.room.create_event(
            said.title, span.start, span.end, time_zone=zone,
            isAllDay=said.when.all_day, recurrence=_recurrence(said), **more,
        )  # fmt: skip

    def edits(self, **values) -> None:
        self.room.edit_event(self.master, **_fields(values))

    def edits_date(self, day: date, **values) -> bool:
        """False where Outlook refuses the move."""
        try:
            self.room.edit_event(self.shown()[day], **_fields(values))
        except GraphError as error:
            if error.code != "ErrorOccurrenceCrossingBoundary":
                raise
            return False
        return True

    def deletes_date(self, day: date) -> None:
        self.room.delete_event(self.shown()[day])

    def deletes(self) -> None:
        if self.master is not None:
            self.room.delete_event(self.master)


def span_of(event) -> tuple[datetime, datetime]:
    """Start and end as instants; of all-day events the dates only count."""
    return tuple(datetime.fromisoformat(event[name]["dateTime"][:19]).replace(tzinfo=UTC) for name in ("start", "end"))


def moved(when, **by):
    """A time of ours, later by so much."""
    step = timedelta(**by)
    return msgspec.structs.replace(when, start=when.start + step, end=when.end + step)


def _recurrence(said):
    return json.loads(msgspec.json.encode(recurrence_of(said.pattern, said.when)))


def _fields(values) -> dict:
    told = {}
    for name, value in values.items():
        match name:
            case "title":
                told["subject"] = value
            case "place":
                told["location"] = {"displayName": value}
            case "note":
                told["body"] = {"contentType": "text", "content": value}
            case "when":
                zone = zones.windows(value.zone)
                told["start"], told["end"] = (
                    {"dateTime": each.isoformat(), "timeZone": zone} for each in (value.start, value.end)
                )
            case "pattern":
                told["recurrence"] = value
    return told


def pattern_there(said):
    """A pattern as Outlook writes it."""
    return _recurrence(said)
