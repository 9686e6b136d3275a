"""A person at Outlook: creates, changes, moves, answers and deletes events in a mailbox without any app or token.

What is done here goes through the same rules as the API, but is no client's request: nothing is counted, throttled or
struck by weather. Times are aware datetimes; other properties are those of a Graph event, by their names on the wire.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from sim365 import ids
from sim365.calendars.fields import read_event
from sim365.calendars.items import hang
from sim365.calendars.patterns import dates_between, neighbours, recurrence_json
from sim365.calendars.render import PLAIN, Shelf, event_json, instance_json
from sim365.calendars.series import Instance, exception_of, instance_of, instances, occurrence_span, rule_of
from sim365.errors import GraphError, SimulatorError, failed_validation, invalid_request
from sim365.meetings import Hand, answer, change, change_occurrence, create, move_to, remove, remove_occurrence
from sim365.meetings.answers import Answer
from sim365.state import Calendar, CalendarColor, Event, Mailbox
from sim365.state.world import World
from sim365.zones import zone

CALENDAR_NAME_MAX = 255

Json = dict[str, Any]
EventRef = str | Json
"""An event's id in either format, or the event as it was shown."""


class Desk(Protocol):
    """What a person needs of the simulator."""

    @property
    def lock(self) -> Any:
        """The simulator's lock."""
        ...

    @property
    def world(self) -> World:
        """The state."""
        ...

    def announce(self) -> None:
        """Hand changes on to the notices."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """One mailbox's owner, or somebody with full access to it (a room's calendar, too, is edited by a person)."""

    desk: Desk
    oid: str
    """Object id of the mailbox; the mailbox is looked up each time, so a restored snapshot is what is seen."""

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox as it is now."""
        found = self.desk.world.find(self.oid)
        if found is None:
            message = f"there is no mailbox {self.oid} (any more)"
            raise SimulatorError(message)
        return found

    @property
    def address(self) -> str:
        """The mailbox's address."""
        return self.mailbox.address

    def create_event(
        self,
        subject: str,
        start: datetime,
        end: datetime | None = None,
        *,
        attendees: Iterable[str | Json] = (),
        calendar: str | None = None,
        time_zone: str | None = None,
        **properties: Any,
    ) -> Json:
        """A new event, an hour long unless told; attendees by address, or as Graph writes them.

        By address alone, rooms and equipment are invited as resources and everybody else is required.
        """
        with self.desk.lock:
            body: Json = {"subject": subject, **properties}
            body["start"], body["end"] = self._span(start, end or start + timedelta(hours=1), time_zone)
            invited = [self._attendee(address) for address in attendees]
            if invited:
                body["attendees"] = invited
            target = self._calendar(calendar)
            shelf = Shelf(self.mailbox, target.serial)
            event = create(self._hand(), target, hang(self.desk.world, shelf, read_event(body)))
            self.desk.announce()
            return self._shown(target, event)

    def edit_event(self, event: EventRef, **properties: Any) -> Json:
        """Change properties of an event, series or occurrence."""
        with self.desk.lock:
            home, held, day = self._find(event)
            if day is None:
                changed = change(self._hand(), home, held, read_event(properties, old=held))
                self.desk.announce()
                return self._shown(home, changed)
            fields = read_event(properties, old=exception_of(held, day))
            change_occurrence(self._hand(), home, held, day=day, fields=fields)
            self.desk.announce()
            return self._shown_on(home, home.events[held.serial], day)

    def following(self, event: EventRef) -> Json:
        """What `edit_following` would begin with: the series as it is, from an occurrence on."""
        with self.desk.lock:
            home, held, day = self._find(event)
            shown = self._shown(home, held)
            if day is None:
                return shown
            return shown | self._rest(held, day)

    def edit_following(self, event: EventRef, **properties: Any) -> Json:
        """Change an occurrence and all that follow: the series ends before it, and a new one begins with it."""
        with self.desk.lock:
            home, held, day = self._find(event)
            if day is None or not _has_earlier(held, day):
                return self.edit_event(self._shown(home, held), **properties)
            shown = self._shown(home, held)
            carried = {name: shown[name] for name in _CARRIED_ON}
            fields = read_event(carried | self._rest(held, day) | properties)
            self._end_before(home, held, day)
            made = create(self._hand(), home, fields)
            self.desk.announce()
            return self._shown(home, made)

    def delete_following(self, event: EventRef) -> None:
        """Delete an occurrence and all that follow: the series ends before it."""
        with self.desk.lock:
            home, held, day = self._find(event)
            if day is None or not _has_earlier(held, day):
                remove(self._hand(), home, held)
            else:
                self._end_before(home, held, day)
            self.desk.announce()

    def stored(self, event: EventRef) -> tuple[Calendar, Event, date | None]:
        """An event as it is kept, in its calendar; of an occurrence its series and the original date."""
        with self.desk.lock:
            return self._find(event)

    def move_event(
        self, event: EventRef, start: datetime, end: datetime | None = None, *, time_zone: str | None = None
    ) -> Json:
        """Drag an event to another time; its length stays unless an end is given."""
        with self.desk.lock:
            _, held, day = self._find(event)
            before = held if day is None else exception_of(held, day)
            until = end or start + (before.end - before.start)
            begins, ends = self._span(start, until, time_zone or before.start_zone)
        return self.edit_event(event, start=begins, end=ends)

    def move_to_calendar(self, event: EventRef, calendar: str) -> Json:
        """Drag an event into another calendar of the mailbox."""
        with self.desk.lock:
            home, held, _ = self._find(event)
            target = self._calendar(calendar)
            moved = move_to(self._hand(), home, target, held)
            self.desk.announce()
            return self._shown(target, moved)

    def delete_event(self, event: EventRef, *, comment: str = "") -> None:
        """Delete an event, series or occurrence; an organiser's meeting is thereby cancelled, with a word to all."""
        with self.desk.lock:
            home, held, day = self._find(event)
            if day is None:
                remove(self._hand(), home, held, comment=comment)
            else:
                remove_occurrence(self._hand(), home, held, day=day, comment=comment)
            self.desk.announce()

    def respond(
        self,
        event: EventRef,
        response: Answer,
        *,
        comment: str = "",
        tells: bool = True,
        proposed: tuple[datetime, datetime] | None = None,
    ) -> None:
        """Accept, tentatively accept or decline an invitation; with either of the latter another time may be asked."""
        with self.desk.lock:
            home, held, day = self._find(event)
            if proposed is not None:
                _check_proposal(held, response, tells=tells)
            answer(
                self._hand(), home, held, response=response, comment=comment, tells=tells, day=day, proposed=proposed
            )
            self.desk.announce()

    def dismiss_reminder(self, event: EventRef) -> None:
        """Turn a reminder off; of a series as far as this occurrence."""
        with self.desk.lock:
            home, held, day = self._find(event)
            fields: Json = {"reminder_at": None, "is_reminder_on": False}
            if day is not None:
                begins = exception_of(held, day).start
                fields = {"reminder_at": None, "reminders_done": max(begins, held.reminders_done or begins)}
            change(self._hand(), home, held, fields)
            self.desk.announce()

    def snooze_reminder(self, event: EventRef, until: datetime) -> None:
        """Be reminded again later; of a series that is every reminder up to then."""
        with self.desk.lock:
            home, held, _ = self._find(event)
            change(self._hand(), home, held, {"reminder_at": until.astimezone(UTC), "is_reminder_on": True})
            self.desk.announce()

    def empty_calendar(self, calendar: str | None = None) -> int:
        """Delete everything in a calendar; answers how many events that were."""
        with self.desk.lock:
            home = self._calendar(calendar)
            held = list(home.events.values())
            for event in held:
                remove(self._hand(), home, event)
            self.desk.announce()
            return len(held)

    def add_calendar(self, name: str, *, color: CalendarColor = CalendarColor.AUTO) -> str:
        """A further calendar; answers its id."""
        with self.desk.lock:
            self.desk.world.default_calendar(self.mailbox)
            made = self.desk.world.add_calendar(self.mailbox, name=self._free_name(name))
            made.color = color
            return ids.calendar_id(self.mailbox.tag, made.serial)

    def edit_calendar(self, calendar: str, *, name: str, color: CalendarColor) -> None:
        """Give a calendar another name and colour."""
        with self.desk.lock:
            home = self._calendar(calendar)
            home.name = self._free_name(name, besides=home)
            home.color = color
            home.sequence = self.desk.world.next_sequence()

    def delete_calendar(self, calendar: str) -> None:
        """Delete a calendar, by name or id, with everything in it; never the default one."""
        with self.desk.lock:
            home = self._calendar(calendar)
            if home.is_default:
                message = "the default calendar cannot be deleted"
                raise SimulatorError(message)
            for event in list(home.events.values()):
                self.desk.world.remove(self.mailbox, home, event)
            del self.mailbox.calendars[home.serial]
            self.desk.announce()

    def events(
        self, start: datetime | None = None, end: datetime | None = None, *, calendar: str | None = None
    ) -> list[Json]:
        """What the calendar shows in a span, by start; without one, the single events and masters as stored."""
        with self.desk.lock:
            home = self._calendar(calendar)
            shelf = Shelf(self.mailbox, home.serial)
            if start is None or end is None:
                return [event_json(shelf, event, PLAIN) for event in sorted(home.events.values(), key=_by_start)]
            found = [Instance(event, event.start, event.end) for event in home.singles_between(start, end)]
            for serial in home.masters:
                found.extend(instances(home.events[serial], start, end))
            return [instance_json(shelf, shown, PLAIN) for shown in sorted(found, key=lambda shown: shown.start)]

    def event(self, event: EventRef) -> Json | None:
        """An event as it is now; None where it is gone."""
        with self.desk.lock:
            try:
                home, held, day = self._find(event)
            except SimulatorError:
                return None
            return self._shown(home, held) if day is None else self._shown_on(home, held, day)

    def _hand(self) -> Hand:
        return Hand(self.desk.world, self.mailbox, f"person:{self.mailbox.address}")

    def _calendar(self, name: str | None) -> Calendar:
        default = self.desk.world.default_calendar(self.mailbox)
        if name is None:
            return default
        key = ids.read_id(name)
        for calendar in self.mailbox.calendars.values():
            if calendar.name == name or (key is not None and key.serial == calendar.serial):
                return calendar
        message = f"{self.mailbox.address} has no calendar {name}"
        raise SimulatorError(message)

    def _free_name(self, name: str, *, besides: Calendar | None = None) -> str:
        wanted = name.strip()
        if not 1 <= len(wanted) <= CALENDAR_NAME_MAX:
            raise failed_validation(f"A calendar needs a name of at most {CALENDAR_NAME_MAX} characters.")
        for other in self.mailbox.calendars.values():
            if other is not besides and other.name.lower() == wanted.lower():
                raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
        return wanted

    def _find(self, event: EventRef) -> tuple[Calendar, Event, date | None]:
        text = event if isinstance(event, str) else str(event["id"])
        key = ids.read_id(text)
        serial = 0 if key is None else self.mailbox.named(key)
        home = self.mailbox.homes.get(serial)
        if key is None or home is None or key.mailbox != self.mailbox.tag:
            message = f"{self.mailbox.address} has no such event (any more): {text}"
            raise SimulatorError(message)
        calendar = self.mailbox.calendars[home]
        held = calendar.events[serial]
        day = date.fromordinal(key.day) if key.day else None
        if day is not None and (held.recurrence is None or instance_of(held, day) is None):
            message = f"the series has no occurrence on {day}"
            raise SimulatorError(message)
        return calendar, held, day

    def _rest(self, held: Event, day: date) -> Json:
        """Times and recurrence of the part of a series that begins with this date."""
        rule = rule_of(held)
        start, end = occurrence_span(held, day)
        shown = recurrence_json(rule)
        shown["range"]["startDate"] = day.isoformat()
        if rule.range_kind == "numbered":
            gone = sum(1 for _ in dates_between(rule, rule.start, day - timedelta(days=1)))
            shown["range"]["numberOfOccurrences"] = rule.count - gone
        begins, ends = self._span(start, end, held.start_zone)
        return {"start": begins, "end": ends, "recurrence": shown}

    def _end_before(self, home: Calendar, held: Event, day: date) -> None:
        shown = recurrence_json(rule_of(held))
        shown["range"] |= {
            "type": "endDate",
            "endDate": (day - timedelta(days=1)).isoformat(),
            "numberOfOccurrences": 0,
        }
        change(self._hand(), home, held, read_event({"recurrence": shown}, old=held))

    def _attendee(self, address: str | Json) -> Json:
        if not isinstance(address, str):
            return address
        found = self.desk.world.find(address)
        kind = "resource" if found is not None and found.processing is not None else "required"
        name = address if found is None else found.display_name
        mail = address if found is None else found.address
        return {"type": kind, "emailAddress": {"name": name, "address": mail}}

    def _span(self, start: datetime, end: datetime, time_zone: str | None) -> tuple[Json, Json]:
        name = time_zone or self.mailbox.time_zone
        return _wall_json(start, name), _wall_json(end, name)

    def _shown(self, home: Calendar, event: Event) -> Json:
        return event_json(Shelf(self.mailbox, home.serial), event, PLAIN)

    def _shown_on(self, home: Calendar, master: Event, day: date) -> Json:
        found = instance_of(master, day)
        if found is None:
            message = f"the series has no occurrence on {day}"
            raise SimulatorError(message)
        return instance_json(Shelf(self.mailbox, home.serial), found, PLAIN)


def _has_earlier(held: Event, day: date) -> bool:
    return neighbours(rule_of(held), day)[0] is not None


_CARRIED_ON = (
    "subject", "body", "importance", "sensitivity", "showAs", "categories", "isAllDay", "isReminderOn",
    "reminderMinutesBeforeStart", "responseRequested", "allowNewTimeProposals", "hideAttendees", "attendees",
    "locations", "isOnlineMeeting",
)  # fmt: skip
"""What a series that was split takes along."""


def _check_proposal(event: Event, response: Answer, *, tells: bool) -> None:
    if response == "accepted":
        raise invalid_request("Another time can be asked for with a tentative answer or when declining.")
    if not tells:
        raise invalid_request("Another time can only be asked for in an answer that is sent.")
    if not event.allow_new_time:
        raise invalid_request("The organiser of this meeting takes no proposals for another time.")


def _wall_json(moment: datetime, zone_name: str) -> Json:
    """An aware time as the wall clock of a zone shows it; a naive one is that wall clock already."""
    local = moment if moment.tzinfo is None else moment.astimezone(zone(zone_name))
    return {"dateTime": local.replace(tzinfo=None).isoformat(), "timeZone": zone_name}


def _by_start(event: Event) -> tuple[datetime, int]:
    return (event.start.astimezone(UTC), event.serial)
