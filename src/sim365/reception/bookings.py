"""The page of a Microsoft Bookings business: customers make appointments (FACTS 10).

An appointment is an event in the business's own scheduling mailbox, and the staff are invited from there. Of the
customer nothing shows in title, body or attendees: it is kept in named properties whose schema Microsoft never
published; the names here are the simulator's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sim365.calendars.fields import read_event
from sim365.errors import SimulatorError
from sim365.meetings import Hand, create, remove
from sim365.meetings.copies import copy_of, home_of
from sim365.outlook import Desk
from sim365.state import Attendee, Mailbox, Party, UserPurpose

PROPERTY_SET = "{3650b00c-0365-4b00-8b00-0365b00c0365}"
"""Stands for the property set that Bookings keeps to itself."""


@dataclass(frozen=True, slots=True)
class BookingBusiness:
    """One booking business."""

    desk: Desk
    oid: str

    @property
    def mailbox(self) -> Mailbox:
        """Its scheduling mailbox as it is now."""
        found = self.desk.world.find(self.oid)
        if found is None or found.purpose is not UserPurpose.OTHERS:
            message = f"there is no booking business {self.oid}"
            raise SimulatorError(message)
        return found

    def appoint(
        self,
        service: str,
        start: datetime,
        end: datetime | None = None,
        *,
        customer: str,
        staff: Iterable[str] = (),
    ) -> str:
        """A customer books a service; answers the iCalUId. The calendars of the staff are not looked at."""
        with self.desk.lock:
            world, mailbox = self.desk.world, self.mailbox
            finish = end or start + timedelta(minutes=30)
            body = {
                "subject": service,
                "start": _utc(start),
                "end": _utc(finish),
                "singleValueExtendedProperties": [
                    {"id": f"String {PROPERTY_SET} Name BookingCustomer", "value": customer}
                ],
            }
            fields = read_event(body) | {"attendees": tuple(self._staff(name) for name in staff)}
            hand = Hand(world, mailbox, f"bookings:{mailbox.address}")
            made = create(hand, world.default_calendar(mailbox), fields)
            self.desk.announce()
            return made.uid

    def call_off(self, appointment: str) -> None:
        """The customer or the business cancels; the staff hear of it."""
        with self.desk.lock:
            mailbox = self.mailbox
            held = copy_of(mailbox, appointment)
            if held is None:
                message = f"{mailbox.display_name} has no appointment {appointment}"
                raise SimulatorError(message)
            hand = Hand(self.desk.world, mailbox, f"bookings:{mailbox.address}")
            remove(hand, home_of(mailbox, held), held)
            self.desk.announce()

    def _staff(self, name: str) -> Attendee:
        found = self.desk.world.find(name)
        if found is None:
            message = f"nobody here is called {name}"
            raise SimulatorError(message)
        return Attendee(Party(found.display_name, found.address))


def _utc(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).replace(tzinfo=None).isoformat(), "timeZone": "UTC"}
