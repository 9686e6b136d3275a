"""The pages' hands: what a person does at Outlook, through the simulator's own API for people.

Shows events in the viewer's zone and with their note as text, because that is what a page shows. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sim365 import ids
from sim365.calendars.bodies import plain
from sim365.errors import GraphError, SimulatorError, item_not_found
from sim365.meetings.answers import Answer
from sim365.simulator import Simulator
from sim365.state import Calendar, Mailbox
from sim365.zones import zone

Json = dict[str, Any]


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
                    found += [(calendar, _for_page(event, zone_name)) for event in shown]
        return found

    def calendars(self, box: Mailbox) -> list[Calendar]:
        """The calendars of a mailbox, the default one first."""
        with self._simulator.lock:
            self._simulator.world.default_calendar(box)
            return sorted(box.calendars.values(), key=lambda calendar: (not calendar.is_default, calendar.serial))

    def event(self, box: Mailbox, event: str, *, zone_name: str) -> Json:
        """One event; GraphError where it is gone."""
        found = self._simulator.person(box.oid).event(event)
        if found is None:
            raise item_not_found()
        return _for_page(found, zone_name)

    def create(self, box: Mailbox, body: Json) -> None:
        properties = {
            name: value for name, value in body.items() if name not in {"subject", "start", "end", "attendees"}
        }
        invited = [one["emailAddress"]["address"] for one in body["attendees"]]
        start, end = (datetime.fromisoformat(body[name]["dateTime"]) for name in ("start", "end"))
        self._simulator.person(box.oid).create_event(body["subject"], start, end, attendees=invited, **properties)

    def change(self, box: Mailbox, event: str, changes: Json) -> None:
        try:
            self._simulator.person(box.oid).edit_event(event, **changes)
        except SimulatorError as error:
            raise _gone() from error

    def remove(self, box: Mailbox, event: str) -> None:
        try:
            self._simulator.person(box.oid).delete_event(event)
        except SimulatorError as error:
            raise _gone() from error

    def answer(self, box: Mailbox, event: str, response: Answer) -> None:
        try:
            self._simulator.person(box.oid).respond(event, response)
        except SimulatorError as error:
            raise _gone() from error


def _for_page(event: Json, zone_name: str) -> Json:
    shown = event | {"body": {"contentType": "text", "content": plain(event["body"]["content"])}}
    if not event["isAllDay"]:
        # Times come in UTC; those of an all-day event are midnights and stay.
        shown |= {name: _in_zone(event[name], zone_name) for name in ("start", "end")}
    return shown


def _in_zone(moment: Json, name: str) -> Json:
    local = datetime.fromisoformat(moment["dateTime"][:19]).replace(tzinfo=UTC).astimezone(zone(name))
    return {"dateTime": local.replace(tzinfo=None).isoformat(), "timeZone": name}


def _gone() -> GraphError:
    return GraphError(404, "ErrorItemNotFound", "Somebody deleted or moved this entry in the meantime.")
