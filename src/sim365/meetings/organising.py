"""Creating, changing, removing and moving an event, with the mails and messages that Exchange sends for it.

An organiser's change goes to every attendee (FACTS 3.3); a change to an attendee's copy stays local. Direct writes
without attendees send nothing.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from sim365 import ids
from sim365.calendars.bodies import document
from sim365.ledger import MailKind
from sim365.meetings.hand import Hand, MeetingMessage, send
from sim365.state import Attendee, Calendar, Event

Fields = dict[str, Any]

PRIVATE_FIELDS = frozenset({"categories", "is_reminder_on", "reminder_minutes", "show_as", "properties"})
"""Fields of the organiser's own copy: changing them tells nobody."""
MATERIAL_FIELDS = frozenset({"start", "end", "is_all_day", "recurrence", "place", "places"})
"""Changing them asks every attendee anew."""


def create(hand: Hand, calendar: Calendar, fields: Fields) -> Event:
    """A new event of the mailbox's owner; its attendees are invited at once."""
    world = hand.world
    serial, sequence, now = world.next_serial(), world.next_sequence(), world.now()
    whole: Fields = {"uid": world.new_uid(serial)} | _with_online(hand, fields, serial)
    event = Event(serial=serial, sequence=sequence, created=now, modified=now, **whole)
    world.put(hand.mailbox, calendar, event, kind="created")
    invite(hand, event, event.attendees)
    return event


def change(hand: Hand, calendar: Calendar, event: Event, fields: Fields) -> Event:
    """A new version of a single event or a master."""
    if not fields:
        return event
    fields = _with_attendees(event, _with_online(hand, merged_properties(event, fields), event.serial, old=event))
    if event.recurrence is not None:
        fields |= _exceptions_after(event, fields)
    notifies = event.is_organizer and not fields.keys() <= PRIVATE_FIELDS
    if notifies and (event.attendees or fields.get("attendees")):
        fields["meeting_sequence"] = event.meeting_sequence + 1
    changed = stored(hand, calendar, event, fields)
    if notifies:
        _tell_all(hand, event, changed, is_material=is_material(event, fields))
    return changed


def remove(hand: Hand, calendar: Calendar, event: Event, *, comment: str = "") -> None:
    """Delete: an organiser's meeting is cancelled, an attendee's copy only disappears (FACTS 3.3)."""
    hand.world.remove(hand.mailbox, calendar, event)
    if event.is_organizer and event.attendees and not event.is_cancelled:
        gone = msgspec.structs.replace(event, meeting_sequence=event.meeting_sequence + 1)
        cancel_for(hand, gone, event.attendees, comment=comment)


def move_to(hand: Hand, source: Calendar, target: Calendar, event: Event) -> Event:
    """Drag an event into another calendar of the mailbox: its ordinary id changes, its immutable id stays."""
    world = hand.world
    world.remove(hand.mailbox, source, event)
    moved = msgspec.structs.replace(event, sequence=world.next_sequence(), modified=world.now())
    world.put(hand.mailbox, target, moved, kind="created")
    return moved


def stored(hand: Hand, calendar: Calendar, event: Event, fields: Fields, *, day: int = 0) -> Event:
    """Write a new version and note the change."""
    changed = msgspec.structs.replace(event, sequence=hand.world.next_sequence(), modified=hand.world.now(), **fields)
    hand.world.put(hand.mailbox, calendar, changed, kind="updated", day=day)
    return changed


def invite(hand: Hand, event: Event, attendees: Iterable[Attendee]) -> None:
    """Send each attendee an invitation."""
    for attendee in others(hand, attendees):
        hand.writes(MailKind.INVITATION, event, attendee.party.address)
        send(hand, event, attendee, message_to(hand, event, attendee, anew=True))


def cancel_for(hand: Hand, event: Event, attendees: Iterable[Attendee], *, comment: str = "") -> None:
    """Tell attendees that the meeting, or their part in it, is off."""
    for attendee in others(hand, attendees):
        hand.writes(MailKind.CANCELLATION, event, attendee.party.address, comment=comment)
        send(hand, event, attendee, cancellation(hand, event, attendee))


def cancellation(hand: Hand, event: Event, attendee: Attendee, day: date | None = None) -> MeetingMessage:
    """The cancellation for one attendee."""
    return MeetingMessage(
        "cancel", hand.mailbox.address, attendee.party.address, event.uid, subject=event.subject, day=day
    )


def message_to(
    hand: Hand, event: Event, attendee: Attendee, *, is_material: bool = True, anew: bool = False
) -> MeetingMessage:
    """The request for one attendee."""
    return MeetingMessage(
        "request",
        hand.mailbox.address,
        attendee.party.address,
        event.uid,
        subject=event.subject,
        is_material=is_material,
        anew=anew,
    )


def others(hand: Hand, attendees: Iterable[Attendee]) -> list[Attendee]:
    """The attendees besides the mailbox itself, which needs no mail about its own event."""
    own = hand.mailbox.names()
    return [attendee for attendee in attendees if attendee.party.address.lower() not in own]


def merged_properties(event: Event, fields: Fields) -> Fields:
    """Extended properties merge by id; everything else replaces (FACTS 3.10)."""
    if "properties" not in fields:
        return fields
    return fields | {"properties": {**(event.properties or {}), **fields["properties"]}}


def is_material(event: Event, fields: Fields) -> bool:
    """Whether attendees must answer anew."""
    return any(name in fields and fields[name] != getattr(event, name) for name in MATERIAL_FIELDS)


def _with_attendees(event: Event, fields: Fields) -> Fields:
    """Retained attendees keep their answer, unless time, place or pattern changes (FACTS 3.3)."""
    if not event.is_organizer:
        return fields
    material = is_material(event, fields)
    held = {attendee.party.address.lower(): attendee for attendee in event.attendees}
    if "attendees" not in fields:
        if material and event.attendees:
            fields = fields | {"attendees": tuple(Attendee(other.party, other.kind) for other in event.attendees)}
        return fields
    kept: list[Attendee] = []
    for attendee in fields["attendees"]:
        before = held.get(attendee.party.address.lower())
        if before is None or material:
            kept.append(attendee)
        else:
            kept.append(Attendee(attendee.party, attendee.kind, before.response, before.time))
    return fields | {"attendees": tuple(kept)}


def _exceptions_after(event: Event, fields: Fields) -> Fields:
    """A new time or pattern drops exceptions and deletions; other edits reach exceptions that had not changed them."""
    if any(name in fields and fields[name] != getattr(event, name) for name in ("start", "end", "recurrence")):
        return {"exceptions": None, "cancelled": frozenset[date]()}
    if not event.exceptions:
        return {}
    shared = {name: value for name, value in fields.items() if name not in {"start", "end", "recurrence"}}
    after: dict[date, Event] = {}
    for day, other in event.exceptions.items():
        inherited = {name: value for name, value in shared.items() if getattr(other, name) == getattr(event, name)}
        after[day] = msgspec.structs.replace(other, **inherited) if inherited else other
    return {"exceptions": after}


def _with_online(hand: Hand, fields: Fields, serial: int, *, old: Event | None = None) -> Fields:
    """A Teams meeting gets its link, kept in the body; a body written without it drops the meeting (FACTS 3.13)."""
    if old is not None and old.join_url is not None:
        if "body" in fields and old.join_url not in fields["body"]:
            return fields | {"online_provider": None, "join_url": None}
        return fields
    if fields.get("online_provider") is None:
        return fields
    room = ids.guid("meeting", hand.world.seed, serial)
    url = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{room}%40thread.v2/0"
    body = fields.get("body", old.body if old else "")
    inner = body.partition("<body>")[2].rpartition("</body>")[0].strip("\r\n")
    blob = f'<div class="me-email-text"><a href="{url}">Join the meeting now</a></div>'
    return fields | {"join_url": url, "body": document(f"{inner}{blob}", "html")}


def _tell_all(hand: Hand, before: Event, after: Event, *, is_material: bool) -> None:
    """Updates to those who stay, invitations to the new, cancellations to those left out."""
    old = {attendee.party.address.lower(): attendee for attendee in before.attendees}
    now = {attendee.party.address.lower(): attendee for attendee in after.attendees}
    invite(hand, after, [attendee for address, attendee in now.items() if address not in old])
    cancel_for(hand, after, [attendee for address, attendee in old.items() if address not in now])
    for attendee in others(hand, [attendee for address, attendee in now.items() if address in old]):
        hand.writes(MailKind.UPDATE, after, attendee.party.address)
        for day in sorted(after.exceptions or {}):
            hand.writes(MailKind.UPDATE, after, attendee.party.address, day=day)
        send(hand, after, attendee, message_to(hand, after, attendee, is_material=is_material))
