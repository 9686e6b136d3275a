"""Organisers in other organisations: their mail comes from outside, and no mailbox here can be read for the rest.

What they organise is held with the company, so that they can change it and call it off, and hear answers.
"""

from datetime import datetime
from typing import Any

import msgspec

from sim365.calendars.series import exception_of, instance_of
from sim365.meetings.copies import copy_of
from sim365.meetings.hand import MeetingMessage, ReplyArrives, deliver
from sim365.meetings.membership import expanded
from sim365.meetings.organising import MATERIAL_FIELDS
from sim365.state import Attendee, Event, Mailbox, OutsideMeeting, Party
from sim365.state.world import World

Fields = dict[str, Any]


def is_external(world: World, mailbox: Mailbox, organizer: str) -> bool:
    """Whether an organiser is of another organisation than the mailbox."""
    found = world.find(organizer)
    if found is not None:
        return found.tenant_id != mailbox.tenant_id
    tenant = world.tenant(mailbox.tenant_id)
    domain = organizer.rpartition("@")[2].lower()
    return tenant is None or domain not in {each.lower() for each in tenant.domains}


def outsider_invites(world: World, organizer: Party, fields: Fields) -> Event:
    """Somebody outside sends an invitation; answers the meeting as it stands there."""
    serial, now = world.next_serial(), world.now()
    event = Event(
        serial=serial, sequence=world.next_sequence(), created=now, modified=now, uid=world.new_uid(serial), **fields
    )
    world.company.outside[event.uid] = OutsideMeeting(organizer, event)
    _send(world, organizer, event, event.attendees)
    return event


def outsider_changes(world: World, uid: str, fields: Fields) -> Event:
    """The outside organiser changes a meeting; the attendees here hear of it."""
    held = world.company.outside[uid]
    event, now = held.event, world.now()
    counts: Fields = {"meeting_sequence": event.meeting_sequence + 1}
    if any(name in fields and fields[name] != getattr(event, name) for name in MATERIAL_FIELDS):
        counts["asking"] = event.asking + 1
        anew = fields.get("attendees", event.attendees)
        counts["attendees"] = tuple(Attendee(attendee.party, attendee.kind) for attendee in anew)
    changed = msgspec.structs.replace(event, sequence=world.next_sequence(), modified=now, **(fields | counts))
    held.event = changed
    staying = {attendee.party.address.lower() for attendee in changed.attendees}
    left_out = tuple(each for each in event.attendees if each.party.address.lower() not in staying)
    _send(world, held.organizer, changed, left_out, called_off=True)
    _send(world, held.organizer, changed, changed.attendees)
    return changed


def outsider_cancels(world: World, uid: str) -> None:
    """The outside organiser calls the meeting off."""
    held = world.company.outside.pop(uid)
    gone = msgspec.structs.replace(held.event, meeting_sequence=held.event.meeting_sequence + 1)
    _send(world, held.organizer, gone, gone.attendees, called_off=True)


def outsider_answers(world: World, party: Party, uid: str, *, response: Any, at: datetime | None = None) -> None:
    """Somebody outside who was invited from here answers by mail; nobody hears of it where the meeting is gone."""
    for mailbox in (mailbox for tenant in world.company.tenants for mailbox in tenant.mailboxes.values()):
        event = copy_of(mailbox, uid)
        if event is not None and event.is_organizer:
            reply = ReplyArrives(mailbox.address, party, uid, response, at or world.now(), asking=event.asking)
            world.later(reply, after_s=world.chance.uniform(0.0, world.switches.message_delay_max_s))
            return


def answer_reaches_outsider(world: World, message: ReplyArrives) -> None:
    """An answer from here reaches an organiser outside."""
    held = world.company.outside.get(message.uid)
    if held is None or message.asking < held.event.asking:
        return
    event = held.event
    if not message.days:
        held.event = msgspec.structs.replace(event, attendees=_noted(event, message))
        return
    exceptions = dict(event.exceptions or {})
    for day in message.days:
        if event.recurrence is not None and instance_of(event, day) is not None:
            before = exception_of(event, day)
            exceptions[day] = msgspec.structs.replace(before, attendees=_noted(before, message))
    held.event = msgspec.structs.replace(event, exceptions=exceptions or None)


def _noted(event: Event, message: ReplyArrives) -> tuple[Attendee, ...]:
    address = message.attendee.address.lower()
    return tuple(
        Attendee(other.party, other.kind, message.response, message.at, message.proposed)
        if other.party.address.lower() == address
        else other
        for other in event.attendees
    )


def _send(
    world: World, organizer: Party, event: Event, attendees: tuple[Attendee, ...], *, called_off: bool = False
) -> None:
    kind = "cancel" if called_off else "request"
    for attendee in attendees:
        for address in expanded(world, attendee.party.address):
            recipient = world.find(address)
            if recipient is not None and recipient.has_mailbox:
                deliver(world, recipient, MeetingMessage(kind, organizer, address, event))
