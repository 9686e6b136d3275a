"""The panel beside a room's door, or its Teams Rooms device: reserve now, check in (FACTS 10).

A reservation from the panel stands in the room's own calendar with the room as organiser; the attendant never sees it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sim365.calendars.fields import read_event
from sim365.calendars.series import instances
from sim365.errors import SimulatorError
from sim365.meetings import Hand, create
from sim365.meetings.conflicts import Slot, conflicts_of
from sim365.outlook import Desk
from sim365.state import Event, Mailbox

EARLY = timedelta(minutes=15)
"""How long before its start a reservation can be claimed."""
MINUTES_MAX = 24 * 60

_Shown = tuple[Event, datetime, datetime, date | None]


@dataclass(frozen=True, slots=True)
class RoomPanel:
    """One room's panel."""

    desk: Desk
    oid: str

    @property
    def mailbox(self) -> Mailbox:
        """The room as it is now."""
        found = self.desk.world.find(self.oid)
        if found is None or found.processing is None:
            message = f"there is no room {self.oid} (any more)"
            raise SimulatorError(message)
        return found

    def reserve(self, minutes: int = 30, *, subject: str = "Reserved") -> str:
        """Take the room from now on; answers the iCalUId of the entry. A taken room refuses."""
        if not 1 <= minutes <= MINUTES_MAX:
            message = f"a panel reserves between 1 and {MINUTES_MAX} minutes"
            raise SimulatorError(message)
        with self.desk.lock:
            world, mailbox = self.desk.world, self.mailbox
            start = world.now().replace(second=0, microsecond=0)
            body = {"subject": subject, "start": _utc(start), "end": _utc(start + timedelta(minutes=minutes))}
            fields = read_event(body)
            asked = Event(serial=0, sequence=0, created=start, modified=start, uid="", **fields)
            calendar = world.default_calendar(mailbox)
            taken = conflicts_of(mailbox, calendar, [Slot(asked.start, asked.end, None, asked)], serial=0)
            if taken:
                message = f"{mailbox.display_name} is taken: {taken[0].other.subject or 'a reservation'}"
                raise SimulatorError(message)
            made = create(Hand(world, mailbox, f"panel:{mailbox.address}"), calendar, fields)
            self.desk.announce()
            return made.uid

    def check_in(self) -> str:
        """Claim the reservation that runs or is about to begin; answers its subject."""
        with self.desk.lock:
            now, mailbox = self.desk.world.now(), self.mailbox
            for event, start, end, day in self._shown(now):
                if start - EARLY <= now < end and not event.is_cancelled and event.response != "notResponded":
                    # An exception bears its master's serial.
                    mailbox.claims.add((event.serial, day.toordinal() if day else 0))
                    return event.subject
            message = f"{mailbox.display_name} has no reservation to check in to"
            raise SimulatorError(message)

    def _shown(self, now: datetime) -> list[_Shown]:
        calendar = self.desk.world.default_calendar(self.mailbox)
        until = now + EARLY
        found: list[_Shown] = [(each, each.start, each.end, None) for each in calendar.singles_between(now, until)]
        for serial in calendar.masters:
            shown = instances(calendar.events[serial], now, until)
            found.extend((one.event, one.start, one.end, one.day) for one in shown)
        return sorted(found, key=lambda each: each[1])


def _utc(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).replace(tzinfo=None).isoformat(), "timeZone": "UTC"}
