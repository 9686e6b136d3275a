"""The pages' hands: what a person does at Outlook, through the simulator's own API for people.

Shows events in the viewer's zone and with their note as text, because that is what a page shows. Of a series it acts on
one occurrence, on it and those that follow, or on all. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sim365 import ids
from sim365.calendars.bodies import plain
from sim365.errors import GraphError, SimulatorError, item_not_found
from sim365.meetings.answers import Answer
from sim365.simulator import Simulator
from sim365.state import Calendar, CalendarColor, Event, Mailbox
from sim365.state.events import Attachment
from sim365.unusual import deleted_events, restore_event
from sim365.zones import zone

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A day on which a series is not what its pattern says."""

    day: date
    says: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of an event besides what Graph shows of it."""

    calendar: Calendar
    is_series: bool
    uid: str
    attachments: tuple[Attachment, ...]
    exceptional: tuple[Exceptional, ...]
    join_url: str | None


class Hands:
    """Acts on mailboxes as their owners."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def mailbox(self, name: str) -> Mailbox | None:
        return self._simulator.world.find(name)

    def view(
        self, box: Mailbox, *, start: datetime, end: datetime, hidden: Collection[int], zone_name: str
    ) -> list[tuple[Calendar, Json]]:
        """What the ticked calendars show between two instants, series unfolded."""
        person = self._simulator.person(box.oid)
        found: list[tuple[Calendar, Json]] = []
        with self._simulator.lock:
            for calendar in self.calendars(box):
                if calendar.serial not in hidden:
                    held = ids.calendar_id(box.tag, calendar.serial)
                    shown = person.events(start.astimezone(UTC), end.astimezone(UTC), calendar=held)
                    found += [(calendar, for_page(event, zone_name)) for event in shown]
        return found

    def calendars(self, box: Mailbox) -> list[Calendar]:
        """The calendars of a mailbox, the default one first."""
        with self._simulator.lock:
            self._simulator.world.default_calendar(box)
            return sorted(box.calendars.values(), key=lambda calendar: (not calendar.is_default, calendar.serial))

    def event(self, box: Mailbox, event: str, *, zone_name: str, scope: str = "") -> Json:
        """One event; of a series the part that is meant, in the zone it follows. GraphError where it is gone."""
        person = self._simulator.person(box.oid)
        with _gone_is_told():
            if scope == "following":
                shown = person.following(event)
                return for_page(shown, shown["originalStartTimeZone"])
            found = person.event(event)
            if found is None:
                raise item_not_found()
            if scope == "all" and found["seriesMasterId"]:
                found = person.event(found["seriesMasterId"]) or found
                return for_page(found, found["originalStartTimeZone"])
        return for_page(found, zone_name)

    def held(self, box: Mailbox, event: str) -> Held:
        """What else there is to know of it."""
        with _gone_is_told():
            calendar, held, day = self._simulator.person(box.oid).stored(event)
        own = held if day is None else (held.exceptions or {}).get(day, held)
        return Held(
            calendar,
            is_series=held.recurrence is not None,
            uid=held.uid,
            attachments=own.attachments,
            exceptional=tuple(_exceptional(held)),
            join_url=own.join_url,
        )

    def create(self, box: Mailbox, body: Json, *, calendar: str | None) -> None:
        apart = {"subject", "start", "end", "attendees"}
        properties = {name: value for name, value in body.items() if name not in apart and value is not None}
        start, end = (datetime.fromisoformat(body[name]["dateTime"]) for name in ("start", "end"))
        with _gone_is_told():
            self._simulator.person(box.oid).create_event(
                body["subject"],
                start,
                end,
                attendees=body["attendees"],
                calendar=calendar,
                time_zone=body["start"]["timeZone"],
                **properties,
            )

    def change(self, box: Mailbox, event: str, changes: Json, *, scope: str = "") -> None:
        person = self._simulator.person(box.oid)
        with _gone_is_told():
            if scope == "following":
                person.edit_following(event, **changes)
            else:
                person.edit_event(self._named(box, event, scope), **changes)

    def put_into(self, box: Mailbox, event: str, calendar: str) -> None:
        """Another calendar of the mailbox; a series goes as a whole."""
        with _gone_is_told():
            self._simulator.person(box.oid).move_to_calendar(self._named(box, event, "all"), calendar)

    def remove(self, box: Mailbox, event: str, *, scope: str = "", comment: str = "") -> None:
        person = self._simulator.person(box.oid)
        with _gone_is_told():
            if scope == "following":
                person.delete_following(event)
            else:
                person.delete_event(self._named(box, event, scope), comment=comment)

    def answer(self, box: Mailbox, event: str, response: Answer, *, scope: str = "", **more: Any) -> None:
        """Answer an invitation; `more` is comment, tells and proposed."""
        with _gone_is_told():
            self._simulator.person(box.oid).respond(self._named(box, event, scope), response, **more)

    def deleted(self, box: Mailbox, zone_name: str) -> list[Json]:
        """What lies in Deleted Items, the latest first."""
        found = deleted_events(self._simulator.person(box.oid))
        return [for_page(event, zone_name) for event in reversed(found)]

    def restore(self, box: Mailbox, event: str) -> None:
        """Back into its calendar; nobody is told."""
        with _gone_is_told():
            restore_event(self._simulator.person(box.oid), event)

    def dismiss(self, box: Mailbox, event: str) -> None:
        with _gone_is_told():
            self._simulator.person(box.oid).dismiss_reminder(event)

    def snooze(self, box: Mailbox, event: str, until: datetime) -> None:
        with _gone_is_told():
            self._simulator.person(box.oid).snooze_reminder(event, until)

    def add_calendar(self, box: Mailbox, name: str, color: CalendarColor) -> None:
        self._simulator.person(box.oid).add_calendar(name, color=color)

    def edit_calendar(self, box: Mailbox, calendar: str, *, name: str, color: CalendarColor) -> None:
        self._simulator.person(box.oid).edit_calendar(calendar, name=name, color=color)

    def delete_calendar(self, box: Mailbox, calendar: str) -> None:
        self._simulator.person(box.oid).delete_calendar(calendar)

    def _named(self, box: Mailbox, event: str, scope: str) -> str:
        """The id of what is meant: the occurrence, or its series."""
        found = self._simulator.person(box.oid).event(event) if scope == "all" else None
        return event if found is None or not found["seriesMasterId"] else found["seriesMasterId"]


@contextmanager
def _gone_is_told() -> Iterator[None]:
    """Whoever acts on an entry that somebody else deleted meanwhile hears it."""
    try:
        yield
    except SimulatorError as error:
        raise GraphError(404, "ErrorItemNotFound", "Somebody deleted or moved this entry in the meantime.") from error


def _exceptional(held: Event) -> Iterator[Exceptional]:
    changed = held.exceptions or {}
    for day in sorted({*changed, *held.cancelled}):
        if day in held.cancelled:
            yield Exceptional(day, "cancelled")
            continue
        start = changed[day].start.astimezone(zone(changed[day].start_zone))
        yield Exceptional(day, f"changed: {start:%a} {start.day} {start:%b}, {start:%H:%M}")


def for_page(event: Json, zone_name: str) -> Json:
    """An event with its note as text and its times in the zone of whoever looks."""
    shown = event | {"body": {"contentType": "text", "content": plain(event["body"]["content"])}}
    if not event["isAllDay"]:
        # All-day events are midnights and stay.
        shown |= {name: _in_zone(event[name], zone_name) for name in ("start", "end")}
    return shown


def _in_zone(moment: Json, name: str) -> Json:
    """A time in the zone of whoever looks; it comes in UTC, or in the zone that a part of a series follows."""
    there = datetime.fromisoformat(moment["dateTime"][:19]).replace(tzinfo=zone(moment["timeZone"]))
    local = there.astimezone(zone(name))
    return {"dateTime": local.replace(tzinfo=None).isoformat(), "timeZone": name}
