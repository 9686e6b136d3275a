"""What Outlook does to a calendar and no API can: drafts, Deleted Items, and what old software left behind.

A test gives the person whose hand it is:

    ada = simulator.person("ada@fjord.example")
    draft = save_draft(ada, {"subject": "Offsite", "start": ..., "end": ..., "attendees": [...]})
    send_draft(ada, draft)
    age(ada, event, has_uid=False, zone="tzone://Microsoft/Custom")
"""

from datetime import datetime

import msgspec

from sim365.calendars.fields import read_event
from sim365.calendars.items import hang
from sim365.calendars.render import PLAIN, Shelf, event_json
from sim365.errors import SimulatorError
from sim365.meetings import Hand, create
from sim365.meetings.hand import addressees
from sim365.meetings.organising import invite, stored
from sim365.outlook import EventRef, Json, Person
from sim365.state.events import Event, Legacy


def save_draft(person: Person, body: Json) -> Json:
    """A meeting, written as for Graph, that is saved and not sent: isDraft, and nobody knows of it."""
    with person.desk.lock:
        calendar = person.desk.world.default_calendar(person.mailbox)
        shelf = Shelf(person.mailbox, calendar.serial)
        fields = hang(person.desk.world, shelf, read_event(body))
        event = create(_hand(person), calendar, fields | {"is_draft": True})
        person.desk.announce()
        return event_json(shelf, event, PLAIN)


def send_draft(person: Person, event: EventRef) -> None:
    """Send a draft: its attendees are invited."""
    with person.desk.lock:
        calendar, held, _ = person.stored(event)
        if not held.is_draft:
            message = f"{held.subject!r} is no draft"
            raise SimulatorError(message)
        sent = stored(_hand(person), calendar, held, {"is_draft": False})
        invite(_hand(person), sent, addressees(_hand(person), sent.attendees))
        person.desk.announce()


def deleted_events(person: Person) -> list[Json]:
    """What lies in Deleted Items, the oldest first."""
    with person.desk.lock:
        mailbox = person.mailbox
        return [event_json(Shelf(mailbox, home), event, PLAIN) for event, home in mailbox.deleted.values()]


def restore_event(person: Person, event: EventRef) -> Json:
    """Drag an event out of Deleted Items, back into its calendar; nobody is told. It was moved, and so has a new
    ordinary id; the immutable one stays (FACTS 3.9).
    """
    with person.desk.lock:
        mailbox, world = person.mailbox, person.desk.world
        text = event if isinstance(event, str) else str(event["id"])
        for held, home in mailbox.deleted.values():
            if Shelf(mailbox, home).id_of(held.serial, PLAIN) != text:
                continue
            calendar = mailbox.calendars.get(home) or world.default_calendar(mailbox)
            serial = held.serial if world.switches.restored_keeps_id else world.next_serial()
            back = _renumbered(held, serial, sequence=world.next_sequence(), modified=world.now())
            del mailbox.deleted[held.serial]
            if serial != held.serial:
                mailbox.comes_back(held.serial, serial)
            world.put(mailbox, calendar, back, kind="created")
            person.desk.announce()
            return event_json(Shelf(mailbox, calendar.serial), back, PLAIN)
        message = f"{mailbox.address} has nothing like that in Deleted Items: {text}"
        raise SimulatorError(message)


def age(
    person: Person,
    event: EventRef,
    *,
    has_uid: bool = True,
    zone: str | None = None,
    recurrence_zone: str | None = None,
) -> None:
    """Make an event look as if old software had written it (FACTS 3.6, 3.8)."""
    with person.desk.lock:
        calendar, held, _ = person.stored(event)
        stored(_hand(person), calendar, held, {"legacy": Legacy(has_uid, zone, recurrence_zone)})
        person.desk.announce()


def _renumbered(event: Event, serial: int, *, sequence: int, modified: datetime) -> Event:
    """The event under another serial, its changed days with it."""
    days = event.exceptions and {
        day: msgspec.structs.replace(each, serial=serial) for day, each in event.exceptions.items()
    }
    return msgspec.structs.replace(event, serial=serial, sequence=sequence, modified=modified, exceptions=days)


def _hand(person: Person) -> Hand:
    return Hand(person.desk.world, person.mailbox, f"person:{person.address}")
