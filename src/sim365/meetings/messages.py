"""Messages arriving: a request or cancellation in an attendee's mailbox, an answer in the organiser's.

Messages may be late, out of order or come twice. Each carries its number among the organiser's changes: what is not
newer than what the mailbox has heard changes nothing. Answers count by when they were given, and only for the asking
they were given to.
"""

from typing import Any

import msgspec

from sim365.calendars.series import exception_of, instance_of
from sim365.meetings import inbox
from sim365.meetings.attendant import DECISION_DELAY_S, refuse_outsider
from sim365.meetings.copies import copy_of, home_of, is_news, new_copy, received
from sim365.meetings.delegates import pass_to_delegates
from sim365.meetings.hand import AttendantDecides, ForwardNoticeArrives, Hand, MeetingMessage, ReplyArrives
from sim365.meetings.membership import members_of
from sim365.meetings.organising import stored
from sim365.meetings.outside import answer_reaches_outsider, is_external
from sim365.state import Attendee, Event
from sim365.state.world import World


def message_arrives(world: World, message: MeetingMessage) -> None:
    """A request or cancellation reaches its recipient."""
    recipient = world.find(message.recipient)
    if recipient is None or not recipient.has_mailbox:
        return
    held = copy_of(recipient, message.source.uid)
    if (held is not None and held.is_organizer) or not is_news(recipient, held, message.source):
        return
    hand = Hand(world, recipient, f"message:{message.organizer.address}")
    processing = recipient.processing
    if processing is not None and processing.automate_processing == "None":
        kind = "request" if message.kind == "request" else "cancellation"
        inbox.keep(world, recipient, kind, sender=message.organizer, event=message.source, source=message.source)
    elif message.kind == "cancel" and message.day is None:
        _cancellation(hand, held, message)
    elif held is None and message.kind == "cancel" and message.source.uid in recipient.departed:
        recipient.departed[message.source.uid] = message.source.meeting_sequence
    else:
        _request(hand, held, message)


def reply_arrives(world: World, message: ReplyArrives) -> None:
    """An answer reaches the organiser: the attendee's status on the organiser's event changes."""
    organizer = world.find(message.organizer)
    if organizer is None or not organizer.has_mailbox:
        answer_reaches_outsider(world, message)
        return
    event = copy_of(organizer, message.uid)
    if event is None or not event.is_organizer:
        return
    hand, calendar = Hand(world, organizer, f"message:{message.attendee.address}"), home_of(organizer, event)
    if not message.days:
        if (attendees := answered(world, event, message)) != event.attendees:
            stored(hand, calendar, event, {"attendees": attendees})
        return
    if event.recurrence is None:
        return
    exceptions = dict(event.exceptions or {})
    for day in message.days:
        if instance_of(event, day) is not None:
            before = exception_of(event, day)
            attendees = answered(world, before, message)
            exceptions[day] = msgspec.structs.replace(before, attendees=attendees, sequence=world.sequence + 1)
    if exceptions != (event.exceptions or {}):
        stored(hand, calendar, event, {"exceptions": exceptions}, day=message.days[0].toordinal())


def forward_notice_arrives(world: World, message: ForwardNoticeArrives) -> None:
    """The organiser learns who else was invited: they are attendees from now on."""
    organizer = world.find(message.organizer)
    event = None if organizer is None else copy_of(organizer, message.uid)
    if organizer is None or event is None or not event.is_organizer:
        return
    hand = Hand(world, organizer, f"message:{message.by.address}")
    if inbox.keeps_notices(organizer):
        inbox.keep(world, organizer, "forwarded", sender=message.by, event=event)
    known = {attendee.party.address.lower() for attendee in event.attendees} | organizer.names()
    new = tuple(Attendee(party, "optional") for party in message.invited if party.address.lower() not in known)
    if new:
        stored(hand, home_of(organizer, event), event, {"attendees": (*event.attendees, *new)})


def answered(world: World, event: Event, message: ReplyArrives) -> tuple[Attendee, ...]:
    """The attendees with one answer noted, if it counts; a member of an invited group joins the list."""
    if message.asking < event.asking:
        return event.attendees
    names = {message.attendee.address.lower()}
    sender = world.find(message.attendee.address)
    if sender is not None:
        names |= sender.names()
    found: list[Attendee] = []
    is_listed = False
    for other in event.attendees:
        if other.party.address.lower() not in names:
            found.append(other)
            continue
        is_listed = True
        is_late = other.time is not None and other.time > message.at
        found.append(other if is_late else _with_answer(other, message))
    if not is_listed and (kind := _kind_of_group(world, event, names)) is not None:
        found.append(_with_answer(Attendee(message.attendee, kind), message))
    return tuple(found)


def _with_answer(attendee: Attendee, message: ReplyArrives) -> Attendee:
    return Attendee(attendee.party, attendee.kind, message.response, message.at, message.proposed)


def _kind_of_group(world: World, event: Event, names: set[str]) -> str | None:
    """How a group was invited that one of these names belongs to."""
    for attendee in event.attendees:
        members = members_of(world, attendee.party.address)
        if members is not None and any(member.lower() in names for member in members):
            return attendee.kind
    return None


def _request(hand: Hand, held: Event | None, message: MeetingMessage) -> None:
    world, mailbox, processing = hand.world, hand.mailbox, hand.mailbox.processing
    if held is None and _is_unwelcome(hand, message):
        refuse_outsider(hand, message)
        return
    decides = processing is not None and processing.automate_processing == "AutoAccept"
    if held is not None:
        copy = received(hand, held, message)
        asks = _asks(copy)
    elif processing is None or processing.add_new_requests_tentatively:
        copy, asks = new_copy(hand, message), True
        world.put(mailbox, world.default_calendar(mailbox), copy, kind="created")
    else:
        copy, asks = None, True
    if asks and (processing is not None or pass_to_delegates(hand, message)):
        source = message.source if copy is None or decides else None
        item = inbox.keep(
            world,
            mailbox,
            "request",
            sender=message.organizer,
            event=message.source,
            source=source,
            awaits_attendant=decides,
        )
        if decides:
            world.later(AttendantDecides(mailbox.address, message.source.uid, item.number), after_s=DECISION_DELAY_S)


def _is_unwelcome(hand: Hand, message: MeetingMessage) -> bool:
    processing = hand.mailbox.processing
    if processing is None or processing.process_external_meeting_messages:
        return False
    return is_external(hand.world, hand.mailbox, message.organizer.address)


def _asks(copy: Event) -> bool:
    """Whether the meeting or one of its days awaits an answer."""
    return "notResponded" in {copy.response, *(other.response for other in (copy.exceptions or {}).values())}


def _cancellation(hand: Hand, held: Event | None, message: MeetingMessage) -> None:
    mailbox, source = hand.mailbox, message.source
    inbox.consume(mailbox, source.uid)
    if held is None:
        mailbox.departed[source.uid] = source.meeting_sequence
        return
    calendar = home_of(mailbox, held)
    processing = mailbox.processing
    if processing is not None and processing.remove_canceled_meetings:
        hand.world.remove(mailbox, calendar, held)
        mailbox.departed[source.uid] = source.meeting_sequence
        return
    fields: dict[str, Any] = {"is_cancelled": True, "show_as": "free", "meeting_sequence": source.meeting_sequence}
    if not held.is_cancelled:
        fields["subject"] = f"Canceled: {held.subject}".strip()[:255]
    stored(hand, calendar, held, fields)
