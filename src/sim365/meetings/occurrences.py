"""One occurrence of a series: changing it makes an exception, removing it leaves a hole in the master (FACTS 3.7)."""

from datetime import date, datetime
from typing import Any

import msgspec

from sim365.calendars.patterns import neighbours
from sim365.calendars.series import exception_of, rule_of
from sim365.errors import GraphError
from sim365.ledger import MailKind
from sim365.meetings.hand import Hand, addressees, send
from sim365.meetings.organising import (
    PRIVATE_FIELDS,
    call_off,
    is_material,
    merged_properties,
    message_to,
    stored,
    with_attendees,
    with_online,
)
from sim365.state import Calendar, Event
from sim365.zones import zone

Fields = dict[str, Any]


def change_occurrence(hand: Hand, calendar: Calendar, master: Event, *, day: date, fields: Fields) -> Event:
    """An occurrence becomes, or stays, an exception with changed fields; answers the exception."""
    before = exception_of(master, day)
    fields = merged_properties(before, {name: value for name, value in fields.items() if name != "recurrence"})
    fields = with_online(hand, fields, master.serial, old=before)
    if "start" in fields or "end" in fields:
        _check_crossing(master, day, start=fields.get("start", before.start))
    concerned = bool(before.attendees or fields.get("attendees")) and not master.is_draft
    notifies = master.is_organizer and concerned and not fields.keys() <= PRIVATE_FIELDS
    if notifies:
        fields = with_attendees(before, fields)
        fields |= {
            "meeting_sequence": master.meeting_sequence + 1,
            "asking": before.asking + is_material(before, fields),
        }
    world = hand.world
    exception = msgspec.structs.replace(before, sequence=world.sequence + 1, modified=world.now(), **fields)
    counts = {"meeting_sequence": master.meeting_sequence + 1} if notifies else {}
    exceptions = {**(master.exceptions or {}), day: exception}
    changed = stored(hand, calendar, master, {"exceptions": exceptions, **counts}, day=day.toordinal())
    if notifies:
        _tell(hand, changed, before=before, after=exception, day=day)
    return exception


def remove_occurrence(hand: Hand, calendar: Calendar, master: Event, *, day: date, comment: str = "") -> None:
    """Delete one occurrence: nothing of it remains but an entry in the master."""
    concerned = exception_of(master, day).attendees
    tells = master.is_organizer and bool(concerned) and not master.is_draft
    number = master.meeting_sequence + 1 if tells else master.meeting_sequence
    exceptions = {other: event for other, event in (master.exceptions or {}).items() if other != day}
    changed = stored(
        hand,
        calendar,
        master,
        {"exceptions": exceptions or None, "cancelled": master.cancelled | {day}, "meeting_sequence": number},
    )
    if tells:
        call_off(hand, changed, addressees(hand, concerned), comment=comment, day=day)


def _tell(hand: Hand, master: Event, *, before: Event, after: Event, day: date) -> None:
    """Mails about one occurrence; somebody invited to it alone gets it as a meeting of its own."""
    old = {address.lower() for address in addressees(hand, before.attendees)}
    now = addressees(hand, after.attendees)
    staying = {address.lower() for address in now}
    of_series = {address.lower() for address in addressees(hand, master.attendees)}
    for address in now:
        kind = MailKind.UPDATE if address.lower() in old else MailKind.INVITATION
        hand.writes(kind, after, address, day=day)
        source = master if address.lower() in of_series else after
        send(hand, message_to(hand, source, address, day=day))
    left_out = [address for address in addressees(hand, before.attendees) if address.lower() not in staying]
    for address in left_out:
        hand.writes(MailKind.CANCELLATION, after, address, day=day)
        gone = _without(master, day) if address.lower() in of_series else after
        send(hand, message_to(hand, gone, address, kind="cancel", day=day if address.lower() in of_series else None))


def _without(master: Event, day: date) -> Event:
    """The series as somebody sees it who is no longer wanted on one day."""
    exceptions = {other: event for other, event in (master.exceptions or {}).items() if other != day}
    return msgspec.structs.replace(master, exceptions=exceptions or None, cancelled=master.cancelled | {day})


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
