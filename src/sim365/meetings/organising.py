"""Creating, changing, removing and moving an event, with the mails and messages that Exchange sends for it.

An organiser's change goes to every attendee (FACTS 3.3); a change to an attendee's copy stays local. Direct writes
without attendees send nothing. Every message carries the meeting as it is when it is sent.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from sim365.calendars.online import carries, join_url, with_block
from sim365.calendars.patterns import has_date
from sim365.ledger import MailKind
from sim365.meetings.hand import Hand, MeetingMessage, addressees, send
from sim365.state import Attendee, Calendar, Event, Recurrence

Fields = dict[str, Any]

PRIVATE_FIELDS = frozenset(
    {
        "categories", "is_reminder_on", "reminder_minutes", "reminder_at", "reminders_done", "show_as", "properties",
        "lists", "extensions", "attachments", "legacy",
    }
)  # fmt: skip
"""Fields of the organiser's own copy: changing them tells nobody."""
MATERIAL_FIELDS = frozenset({"start", "end", "is_all_day", "recurrence", "place", "places"})
"""Changing them asks every attendee anew."""
PATTERN_FIELDS = ("start", "end", "recurrence")
"""Changing them in a series drops what was said of single occurrences."""


def create(hand: Hand, calendar: Calendar, fields: Fields) -> Event:
    """A new event of the mailbox's owner; its attendees are invited at once."""
    world = hand.world
    serial, sequence, now = world.next_serial(), world.next_sequence(), world.now()
    whole: Fields = {"uid": world.new_uid(serial)} | with_online(hand, fields, serial)
    event = Event(serial=serial, sequence=sequence, created=now, modified=now, **whole)
    world.put(hand.mailbox, calendar, event, kind="created")
    if not event.is_draft:
        invite(hand, event, addressees(hand, event.attendees))
    return event


def change(hand: Hand, calendar: Calendar, event: Event, fields: Fields) -> Event:
    """A new version of a single event or a master."""
    if not fields:
        return event
    fields = with_online(hand, merged_properties(event, fields), event.serial, old=event)
    fields = counted(event, with_attendees(event, fields))
    if event.recurrence is not None:
        fields |= _exceptions_after(event, fields, keeps=hand.world.switches.master_change_keeps_exceptions)
    changed = stored(hand, calendar, event, fields)
    if "meeting_sequence" in fields:
        _tell_all(hand, event, changed)
    return changed


def remove(hand: Hand, calendar: Calendar, event: Event, *, comment: str = "") -> None:
    """Delete: an organiser's meeting is cancelled, an attendee's copy only disappears (FACTS 3.3)."""
    hand.world.remove(hand.mailbox, calendar, event)
    if event.is_organizer and event.attendees and not event.is_cancelled and not event.is_draft:
        gone = msgspec.structs.replace(event, meeting_sequence=event.meeting_sequence + 1)
        call_off(hand, gone, addressees(hand, event.attendees), comment=comment)


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


def invite(hand: Hand, event: Event, addresses: Iterable[str]) -> None:
    """Send each address an invitation."""
    for address in addresses:
        hand.writes(MailKind.INVITATION, event, address)
        send(hand, message_to(hand, event, address))


def call_off(hand: Hand, event: Event, addresses: Iterable[str], *, comment: str = "", day: date | None = None) -> None:
    """Tell attendees that the meeting, one day of it, or their part in it, is off."""
    for address in addresses:
        hand.writes(MailKind.CANCELLATION, event, address, day=day, comment=comment)
        send(hand, message_to(hand, event, address, kind="cancel", day=day))


def message_to(
    hand: Hand, event: Event, address: str, *, kind: Literal["request", "cancel"] = "request", day: date | None = None
) -> MeetingMessage:
    """The message for one recipient."""
    return MeetingMessage(kind, hand.party, address, event, day=day)


def merged_properties(event: Event, fields: Fields) -> Fields:
    """Extended properties merge by id; everything else replaces (FACTS 3.10)."""
    merged: Fields = {
        name: {**(getattr(event, name) or {}), **fields[name]} for name in ("properties", "lists") if name in fields
    }
    return fields | merged


def is_material(event: Event, fields: Fields) -> bool:
    """Whether attendees must answer anew."""
    return any(name in fields and fields[name] != getattr(event, name) for name in MATERIAL_FIELDS)


def counted(event: Event, fields: Fields) -> Fields:
    """The fields with the counts that go with them: one for each change sent, one for each that asks anew."""
    concerned = bool(event.attendees or fields.get("attendees")) and not event.is_draft
    if not event.is_organizer or not concerned or fields.keys() <= PRIVATE_FIELDS:
        return fields
    counts = {"meeting_sequence": event.meeting_sequence + 1}
    if is_material(event, fields):
        counts["asking"] = event.asking + 1
    return fields | counts


def with_attendees(event: Event, fields: Fields) -> Fields:
    """Retained attendees keep their answer, unless time, place or pattern changes (FACTS 3.3)."""
    if not event.is_organizer:
        return fields
    material = is_material(event, fields)
    if "attendees" in fields:
        return fields | {"attendees": _retained(event.attendees, fields["attendees"], anew=material)}
    if material and event.attendees:
        return fields | {"attendees": _retained(event.attendees, event.attendees, anew=True)}
    return fields


def _retained(held: tuple[Attendee, ...], wanted: tuple[Attendee, ...], *, anew: bool) -> tuple[Attendee, ...]:
    if anew:
        return tuple(Attendee(attendee.party, attendee.kind) for attendee in wanted)
    before = {attendee.party.address.lower(): attendee for attendee in held}
    kept: list[Attendee] = []
    for attendee in wanted:
        answered = before.get(attendee.party.address.lower())
        kept.append(attendee if answered is None else msgspec.structs.replace(answered, kind=attendee.kind))
    return tuple(kept)


def _exceptions_after(event: Event, fields: Fields, *, keeps: bool) -> Fields:
    """A new time or pattern drops exceptions and deletions; other edits reach exceptions that had not changed them.

    That they are dropped is unverified (FACTS 3.7): `keeps` spares those whose dates the pattern still has.
    """
    changed = {name for name in PATTERN_FIELDS if name in fields and fields[name] != getattr(event, name)}
    if changed == {"recurrence"} and _only_ends_elsewhere(event.recurrence, fields["recurrence"]):
        return _still_inside(event, fields["recurrence"])
    rule = fields.get("recurrence", event.recurrence)
    if changed and keeps and rule is not None:
        return _still_inside(event, rule)
    if changed:
        return {"exceptions": None, "cancelled": frozenset[date]()}
    if not event.exceptions:
        return {}
    return {"exceptions": {day: _exception_after(event, other, fields) for day, other in event.exceptions.items()}}


def _only_ends_elsewhere(before: Recurrence | None, after: Recurrence | None) -> bool:
    """The pattern is the same and the series is only longer or shorter: its other days are what they were."""
    if before is None or after is None:
        return False
    same_end = msgspec.structs.replace(after, range_kind=before.range_kind, end=before.end, count=before.count)
    return same_end == before


def _still_inside(event: Event, rule: Recurrence) -> Fields:
    exceptions = {day: other for day, other in (event.exceptions or {}).items() if has_date(rule, day)}
    return {
        "exceptions": exceptions or None,
        "cancelled": frozenset(day for day in event.cancelled if has_date(rule, day)),
    }


def _exception_after(event: Event, other: Event, fields: Fields) -> Event:
    inherited = {
        name: value
        for name, value in fields.items()
        if name not in {*PATTERN_FIELDS, "attendees", "meeting_sequence", "asking"}
        and getattr(other, name) == getattr(event, name)
    }
    if "attendees" in fields and _parties(other) == _parties(event):
        anew = is_material(other, inherited)
        inherited["attendees"] = _retained(other.attendees, fields["attendees"], anew=anew)
    if "meeting_sequence" in fields:
        inherited["meeting_sequence"] = fields["meeting_sequence"]
        inherited["asking"] = other.asking + is_material(other, inherited)
    return msgspec.structs.replace(other, **inherited) if inherited else other


def _parties(event: Event) -> set[str]:
    return {attendee.party.address.lower() for attendee in event.attendees}


def with_online(hand: Hand, fields: Fields, serial: int, *, old: Event | None = None) -> Fields:
    """A Teams meeting gets its link, kept in the body; a body written without it drops the meeting (FACTS 3.13)."""
    if old is not None and old.join_url is not None:
        if "body" in fields and not carries(fields["body"], old.join_url):
            return fields | {"online_provider": None, "join_url": None}
        return fields
    if fields.get("online_provider") is None:
        return fields
    mailbox, world = hand.mailbox, hand.world
    url = join_url(
        seed=world.seed, serial=serial, sequence=world.sequence, tenant=mailbox.tenant_id, organizer=mailbox.oid
    )
    body = fields.get("body", old.body if old else "")
    return fields | {"join_url": url, "body": with_block(body, url)}


def _tell_all(hand: Hand, before: Event, after: Event) -> None:
    """Updates to those who stay, invitations to the new, cancellations to those left out."""
    old = {address.lower() for address in addressees(hand, before.attendees)}
    now = addressees(hand, after.attendees)
    staying = {address.lower() for address in now}
    invite(hand, after, [address for address in now if address.lower() not in old])
    left_out = [address for address in addressees(hand, before.attendees) if address.lower() not in staying]
    call_off(hand, after, left_out)
    for address in now:
        if address.lower() in old:
            hand.writes(MailKind.UPDATE, after, address)
            for day in sorted(after.exceptions or {}):
                hand.writes(MailKind.UPDATE, after, address, day=day)
            send(hand, message_to(hand, after, address))
