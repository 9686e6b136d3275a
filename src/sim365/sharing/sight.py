"""What a reader sees of an event: everything, everything but private ones, title and place, or only that time is taken.

Pure: a hidden event keeps its identity, its times and its status, and loses the rest (FACTS 3.1, 6, 9.2).
"""

import enum

import msgspec

from sim365.state.calendars import CalendarRole
from sim365.state.events import NOWHERE, Event

PRIVATE_TITLE = "Private Appointment"
"""What Outlook writes in the place of a private title; unverified for Graph (K)."""
HIDDEN = frozenset({"private", "confidential"})


class Sight(enum.Enum):
    """How much of a calendar a reader sees."""

    FULL = "full"
    WITHOUT_PRIVATE = "without private"
    LIMITED = "title and place"
    FREE_BUSY = "times"
    NOTHING = "nothing"


_BY_ROLE = {
    CalendarRole.NONE: Sight.NOTHING,
    CalendarRole.FREE_BUSY_READ: Sight.FREE_BUSY,
    CalendarRole.LIMITED_READ: Sight.LIMITED,
    CalendarRole.READ: Sight.WITHOUT_PRIVATE,
    CalendarRole.WRITE: Sight.WITHOUT_PRIVATE,
    CalendarRole.DELEGATE_WITHOUT_PRIVATE: Sight.WITHOUT_PRIVATE,
    CalendarRole.DELEGATE_WITH_PRIVATE: Sight.FULL,
}


def sight_of(role: CalendarRole) -> Sight:
    """What a role lets its holder see."""
    return _BY_ROLE[role]


def is_hidden(event: Event, sight: Sight) -> bool:
    """Whether the event's details are private to its owner."""
    return sight is not Sight.FULL and event.sensitivity in HIDDEN


def veiled(event: Event, sight: Sight) -> Event:
    """The event as this reader sees it."""
    if sight is Sight.FULL or (sight is Sight.WITHOUT_PRIVATE and event.sensitivity not in HIDDEN):
        return event
    shows_title = sight is not Sight.FREE_BUSY and event.sensitivity not in HIDDEN
    exceptions = event.exceptions and {day: veiled(each, sight) for day, each in event.exceptions.items()}
    return msgspec.structs.replace(
        event,
        subject=event.subject if shows_title else _title(event, sight),
        place=event.place if shows_title else NOWHERE,
        places=event.places if shows_title else (),
        body="",
        categories=(),
        attendees=(),
        join_url=None,
        online_provider=None,
        properties=None,
        lists=None,
        extensions=None,
        attachments=(),
        unsafe_body="",
        exceptions=exceptions,
    )


def _title(event: Event, sight: Sight) -> str:
    if event.sensitivity in HIDDEN:
        return PRIVATE_TITLE
    return "Busy" if sight is Sight.FREE_BUSY else event.subject
