"""An attendee's copy of a meeting: how it is made of what a message says, and what of it is the attendee's own.

Pure, but for the storing at the end of `received`. A message carries the whole meeting as it was when it was sent, so a
copy is right after the newest message, whatever came before it, twice, or not at all.
"""

from datetime import date
from typing import Any

import msgspec

from sim365.meetings.hand import Hand, MeetingMessage
from sim365.meetings.organising import stored
from sim365.meetings.rewriting import rewritten
from sim365.state import Calendar, Event, Mailbox

Fields = dict[str, Any]

CARRIED = (
    "subject", "body", "unsafe_body", "importance", "sensitivity", "is_all_day", "start", "end", "start_zone",
    "end_zone", "place", "places", "attendees", "attachments", "recurrence", "cancelled", "allow_new_time",
    "hide_attendees", "response_requested", "online_provider", "join_url", "meeting_sequence", "asking", "original",
    "original_start",
)  # fmt: skip
"""What an organiser's event brings along; categories, reminder, showAs and extended properties are each copy's own."""
OWN_ANSWER = ("response", "response_time", "show_as", "by_attendant", "awaits_delegate")
"""What the attendee, or its attendant, said to it."""
PENDING: Fields = {
    "response": "notResponded",
    "response_time": None,
    "show_as": "tentative",
    "by_attendant": False,
    "awaits_delegate": False,
}


def copy_of(mailbox: Mailbox, uid: str) -> Event | None:
    """This mailbox's copy of a meeting."""
    serial = mailbox.by_uid.get(uid)
    return None if serial is None else mailbox.calendars[mailbox.homes[serial]].events[serial]


def home_of(mailbox: Mailbox, event: Event) -> Calendar:
    """The calendar that holds an event."""
    return mailbox.calendars[mailbox.homes[event.serial]]


def is_news(mailbox: Mailbox, held: Event | None, source: Event) -> bool:
    """Whether a message tells more than this mailbox has heard."""
    heard = mailbox.departed.get(source.uid, -1) if held is None else held.meeting_sequence
    if held is None and mailbox.inbox:
        heard = max([heard, *(item.sequence for item in mailbox.inbox.get(source.uid, ()) if item.kind == "request")])
    return source.meeting_sequence > heard


def new_copy(hand: Hand, message: MeetingMessage) -> Event:
    """A copy as it first appears: tentative, unanswered. It is not stored here."""
    source, world = message.source, hand.world
    fields: Fields = {**_carried(source, hand.mailbox, message), **PENDING, "organizer": message.organizer}
    now = world.now()
    copy = Event(
        serial=world.next_serial(), sequence=world.next_sequence(), created=now, modified=now, uid=source.uid, **fields
    )
    if not source.exceptions:
        return copy
    adopted = {day: _adopted(copy, other, hand.mailbox, message) for day, other in source.exceptions.items()}
    return msgspec.structs.replace(copy, exceptions=adopted)


def received(hand: Hand, held: Event, message: MeetingMessage) -> Event:
    """The copy after a newer message; what is asked anew is unanswered again."""
    source, mailbox = message.source, hand.mailbox
    whole = source.asking > held.asking or held.is_cancelled
    fields: Fields = {**_carried(source, mailbox, message), "organizer": message.organizer, "is_cancelled": False}
    if whole:
        fields |= PENDING
    else:
        # The pattern is as it was, or it would have asked anew; a room may hold it cut off at its horizon.
        del fields["recurrence"]
        if held.by_attendant:
            fields |= _rewritten(source, mailbox, message)
    fields |= _occurrences(hand, held, message, fields, whole=whole)
    return stored(hand, home_of(mailbox, held), held, fields, day=message.day.toordinal() if message.day else 0)


def _carried(source: Event, mailbox: Mailbox, message: MeetingMessage) -> Fields:
    carried = {name: getattr(source, name) for name in CARRIED}
    carried["intended_show_as"] = source.show_as if source.is_organizer else source.intended_show_as
    processing = mailbox.processing
    if processing is not None and processing.automate_processing == "AutoUpdate":
        carried |= _rewritten(source, mailbox, message)
    return carried


def _rewritten(source: Event, mailbox: Mailbox, message: MeetingMessage) -> Fields:
    processing = mailbox.processing
    return {} if processing is None else rewritten(source, processing, organizer=message.organizer.name)


def _occurrences(hand: Hand, held: Event, message: MeetingMessage, fields: Fields, *, whole: bool) -> Fields:
    """Exceptions and holes of the series: the organiser's, and the attendee's own where nothing was asked anew."""
    number = hand.world.sequence + 1
    source, mine = message.source, {} if whole else (held.exceptions or {})
    gone = source.cancelled if whole else source.cancelled | held.cancelled
    found: dict[date, Event] = {}
    for day, theirs in (source.exceptions or {}).items():
        before = mine.get(day, held)
        if day in gone and day not in source.cancelled and theirs.meeting_sequence <= held.meeting_sequence:
            continue
        asks = whole or day in gone or theirs.asking > before.asking
        gone = gone - {day}
        found[day] = _adopted(held if asks else before, theirs, hand.mailbox, message, asks=asks)
        found[day] = msgspec.structs.replace(found[day], sequence=number)
    for day, other in mine.items():
        if day not in found and day not in gone:
            found[day] = _own(held, other, fields)
    return {"exceptions": found or None, "cancelled": gone}


def _adopted(base: Event, other: Event, mailbox: Mailbox, message: MeetingMessage, *, asks: bool = True) -> Event:
    """An organiser's exception as it lies in an attendee's series."""
    fields: Fields = {**_carried(other, mailbox, message), "recurrence": None, "cancelled": frozenset[date]()}
    fields |= PENDING if asks else {name: getattr(base, name) for name in OWN_ANSWER}
    if not asks and base.by_attendant:
        fields |= _rewritten(other, mailbox, message)
    fields |= {"organizer": message.organizer, "is_cancelled": False, "exceptions": None, "sequence": other.sequence}
    return msgspec.structs.replace(base, **fields)


def _own(held: Event, other: Event, fields: Fields) -> Event:
    """An occurrence that only the attendee changed: what it left as it was follows the organiser."""
    follows = {
        name: fields[name]
        for name in CARRIED
        if name not in {"start", "end", "recurrence", "cancelled", "original", "original_start", "asking"}
        and getattr(other, name) == getattr(held, name)
    }
    return msgspec.structs.replace(other, **follows)
