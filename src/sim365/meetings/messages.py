"""Messages arriving: a request or cancellation in an attendee's mailbox, an answer in the organiser's.

Messages may be late or come twice: each looks at the organiser's event as it is now, so a message that was overtaken
changes nothing.
"""

from datetime import date
from typing import Any

import msgspec

from sim365.calendars.series import exception_of
from sim365.meetings.hand import AttendantDecides, Hand, MeetingMessage, ReplyArrives
from sim365.meetings.organising import stored
from sim365.state import Attendee, Calendar, Event, Mailbox, Party
from sim365.state.world import World

DECISION_DELAY_S = 1.5
"""Between the tentative copy and the attendant's decision."""

CARRIED = (
    "subject", "body", "importance", "sensitivity", "is_all_day", "start", "end", "start_zone", "end_zone", "place",
    "places", "attendees", "recurrence", "cancelled", "allow_new_time", "hide_attendees", "response_requested",
    "online_provider", "join_url", "meeting_sequence", "original", "original_start",
)  # fmt: skip
"""What an organiser's event brings along; categories, reminder, showAs and extended properties are each copy's own."""


def message_arrives(world: World, message: MeetingMessage) -> None:
    """A request or cancellation reaches its recipient."""
    recipient, organizer = world.find(message.recipient), world.find(message.organizer)
    if recipient is None or organizer is None:
        return
    hand = Hand(world, recipient, f"message:{organizer.address}")
    if message.kind == "cancel":
        _cancellation(hand, message)
        return
    source = copy_of(organizer, message.uid)
    if source is not None and _invites(source, recipient):
        _request(hand, organizer, source, message)


def reply_arrives(world: World, message: ReplyArrives) -> None:
    """An answer reaches the organiser: the attendee's status on the organiser's event changes."""
    organizer = world.find(message.organizer)
    event = None if organizer is None else copy_of(organizer, message.uid)
    if organizer is None or event is None:
        return
    hand, calendar = Hand(world, organizer, f"message:{message.attendee}"), home_of(organizer, event)
    if message.day is None:
        stored(hand, calendar, event, {"attendees": _answered(world, event, message)})
        return
    if event.recurrence is None or message.day in event.cancelled:
        return
    before = exception_of(event, message.day)
    exception = msgspec.structs.replace(
        before, attendees=_answered(world, before, message), sequence=world.sequence + 1
    )
    exceptions = {**(event.exceptions or {}), message.day: exception}
    stored(hand, calendar, event, {"exceptions": exceptions}, day=message.day.toordinal())


def copy_of(mailbox: Mailbox, uid: str) -> Event | None:
    """This mailbox's copy of a meeting."""
    serial = mailbox.by_uid.get(uid)
    return None if serial is None else mailbox.calendars[mailbox.homes[serial]].events[serial]


def home_of(mailbox: Mailbox, event: Event) -> Calendar:
    """The calendar that holds an event."""
    return mailbox.calendars[mailbox.homes[event.serial]]


def _invites(source: Event, recipient: Mailbox) -> bool:
    return any(attendee.party.address.lower() in recipient.names() for attendee in source.attendees)


def _request(hand: Hand, organizer: Mailbox, source: Event, message: MeetingMessage) -> None:
    world, mailbox = hand.world, hand.mailbox
    processes = mailbox.processing is not None and mailbox.processing.automate_processing != "None"
    if mailbox.processing is not None and not processes:
        return
    held = copy_of(mailbox, source.uid)
    carried = {name: getattr(source, name) for name in CARRIED}
    party = Party(organizer.display_name, organizer.address)
    asks = held is None or message.is_material or held.is_cancelled
    pending: dict[str, Any] = {"response": "notResponded", "show_as": "tentative"} if asks else {}
    if held is None:
        copy = _new_copy(hand, source, carried | pending | {"organizer": party})
    else:
        if not asks and held.by_attendant:
            carried = {name: value for name, value in carried.items() if name not in {"subject", "body", "sensitivity"}}
        fields = carried | pending | {"is_cancelled": False, "exceptions": _exceptions(source, held, pending, party)}
        copy = stored(hand, home_of(mailbox, held), held, fields)
    if asks and mailbox.processing is not None and mailbox.processing.automate_processing == "AutoAccept":
        world.later(AttendantDecides(mailbox.address, copy.serial, copy.sequence), after_s=DECISION_DELAY_S)


def _new_copy(hand: Hand, source: Event, fields: dict[str, Any]) -> Event:
    world = hand.world
    sequence, now = world.next_sequence(), world.now()
    copy = Event(serial=world.next_serial(), sequence=sequence, created=now, modified=now, uid=source.uid, **fields)
    if source.exceptions:
        changed = {day: _adopted(copy, other) for day, other in source.exceptions.items()}
        copy = msgspec.structs.replace(copy, exceptions=changed)
    world.put(hand.mailbox, world.default_calendar(hand.mailbox), copy, kind="created")
    return copy


def _adopted(copy: Event, other: Event) -> Event:
    """An organiser's exception as it lies in an attendee's series."""
    carried = {name: getattr(other, name) for name in CARRIED if name not in {"recurrence", "cancelled"}}
    return msgspec.structs.replace(
        copy, recurrence=None, exceptions=None, cancelled=frozenset[date](), sequence=other.sequence, **carried
    )


def _exceptions(source: Event, held: Event, pending: dict[str, Any], party: Party) -> dict[date, Event] | None:
    if not source.exceptions:
        return None
    base = msgspec.structs.replace(held, organizer=party, **pending)
    return {day: _adopted(base, other) for day, other in source.exceptions.items()}


def _cancellation(hand: Hand, message: MeetingMessage) -> None:
    held = copy_of(hand.mailbox, message.uid)
    if held is None or held.is_organizer:
        return
    calendar = home_of(hand.mailbox, held)
    if message.day is not None:
        exceptions = {day: event for day, event in (held.exceptions or {}).items() if day != message.day}
        stored(hand, calendar, held, {"exceptions": exceptions or None, "cancelled": held.cancelled | {message.day}})
        return
    processing = hand.mailbox.processing
    if processing is not None and processing.remove_canceled_meetings:
        hand.world.remove(hand.mailbox, calendar, held)
        return
    title = held.subject if held.is_cancelled else f"Canceled: {held.subject}".strip()[:255]
    stored(hand, calendar, held, {"is_cancelled": True, "show_as": "free", "subject": title})


def _answered(world: World, event: Event, message: ReplyArrives) -> tuple[Attendee, ...]:
    names = {message.attendee.lower()}
    sender = world.find(message.attendee)
    if sender is not None:
        names |= sender.names()
    return tuple(
        Attendee(other.party, other.kind, message.response, world.now())
        if other.party.address.lower() in names
        else other
        for other in event.attendees
    )
