"""One occurrence of a series: changing it makes an exception, removing it leaves a hole in the master (FACTS 3.7)."""

from datetime import date, datetime
from typing import Any

import msgspec

from sim365.calendars.patterns import neighbours
from sim365.calendars.series import exception_of, rule_of
from sim365.errors import GraphError
from sim365.ledger import MailKind
from sim365.meetings.hand import Hand, send
from sim365.meetings.organising import (
    PRIVATE_FIELDS,
    cancellation,
    is_material,
    merged_properties,
    message_to,
    others,
    stored,
)
from sim365.state import Calendar, Event
from sim365.zones import zone

Fields = dict[str, Any]


def change_occurrence(hand: Hand, calendar: Calendar, master: Event, *, day: date, fields: Fields) -> Event:
    """An occurrence becomes, or stays, an exception with changed fields; answers the exception."""
    before = exception_of(master, day)
    fields = merged_properties(before, {name: value for name, value in fields.items() if name != "recurrence"})
    if "start" in fields or "end" in fields:
        _check_crossing(master, day, start=fields.get("start", before.start))
    notifies = master.is_organizer and bool(master.attendees) and not fields.keys() <= PRIVATE_FIELDS
    number = master.meeting_sequence + 1 if notifies else master.meeting_sequence
    exception = msgspec.structs.replace(
        before, sequence=hand.world.sequence + 1, modified=hand.world.now(), meeting_sequence=number, **fields
    )
    exceptions = {**(master.exceptions or {}), day: exception}
    changed = stored(
        hand, calendar, master, {"exceptions": exceptions, "meeting_sequence": number}, day=day.toordinal()
    )
    if notifies:
        for attendee in others(hand, changed.attendees):
            hand.writes(MailKind.UPDATE, exception, attendee.party.address, day=day)
            material = is_material(before, fields)
            send(hand, changed, attendee, message_to(hand, changed, attendee, is_material=material))
    return exception


def remove_occurrence(hand: Hand, calendar: Calendar, master: Event, *, day: date, comment: str = "") -> None:
    """Delete one occurrence: nothing of it remains but an entry in the master."""
    tells = master.is_organizer and bool(master.attendees)
    number = master.meeting_sequence + 1 if tells else master.meeting_sequence
    exceptions = {other: event for other, event in (master.exceptions or {}).items() if other != day}
    changed = stored(
        hand,
        calendar,
        master,
        {"exceptions": exceptions or None, "cancelled": master.cancelled | {day}, "meeting_sequence": number},
    )
    if tells:
        for attendee in others(hand, changed.attendees):
            hand.writes(MailKind.CANCELLATION, changed, attendee.party.address, day=day, comment=comment)
            send(hand, changed, attendee, cancellation(hand, changed, attendee, day))


def _check_crossing(master: Event, day: date, *, start: datetime) -> None:
    """Two occurrences never share a day nor pass each other."""
    rule = rule_of(master)
    where = zone(rule.zone)
    target = start.astimezone(where).date()
    before, after = neighbours(rule, day)
    low = _effective(master, before) if before else None
    high = _effective(master, after) if after else None
    if (low is not None and target <= low) or (high is not None and target >= high):
        message = "Modified occurrence is crossing or overlapping adjacent occurrence."
        raise GraphError(400, "ErrorOccurrenceCrossingBoundary", message)


def _effective(master: Event, day: date) -> date:
    exception = (master.exceptions or {}).get(day)
    return day if exception is None else exception.start.astimezone(zone(rule_of(master).zone)).date()
