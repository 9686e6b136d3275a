"""The room's attendant: accepts or declines a request by policy and conflict, then rewrites title and body (FACTS 9).

Judges only what was invited; a direct write into the room's calendar never comes here, which is how Exchange allows
double bookings.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sim365.calendars.patterns import last_date
from sim365.calendars.series import instances, occurrence_span, rule_of
from sim365.meetings.answers import reply
from sim365.meetings.hand import AttendantDecides, AttendantRewrites, Hand
from sim365.meetings.messages import home_of
from sim365.meetings.organising import stored
from sim365.state import Calendar, CalendarProcessing, Event, Mailbox
from sim365.state.world import World

REWRITE_DELAY_S = 2.0
"""Between accepting and the new title (FACTS 11, quirk 20)."""


def attendant_decides(world: World, task: AttendantDecides) -> None:
    """Accept or decline the request that lies in the room's calendar."""
    mailbox = world.find(task.mailbox)
    if mailbox is None or mailbox.processing is None or task.serial not in mailbox.homes:
        return
    calendar = mailbox.calendars[mailbox.homes[task.serial]]
    event = calendar.events[task.serial]
    if event.response != "notResponded" or event.is_cancelled:
        return
    hand = Hand(world, mailbox, "attendant")
    if _refuses(world, mailbox, event, mailbox.processing):
        world.remove(mailbox, calendar, event)
        reply(hand, event, response="declined")
        return
    fields: dict[str, Any] = {
        "response": "accepted",
        "response_time": world.now(),
        "show_as": "busy",
        "by_attendant": True,
    }
    if event.exceptions:
        fields["exceptions"] = {day: _accepted(other, fields) for day, other in event.exceptions.items()}
    stored(hand, calendar, event, fields)
    world.later(AttendantRewrites(mailbox.address, event.serial), after_s=REWRITE_DELAY_S)
    reply(hand, event, response="accepted")


def attendant_rewrites(world: World, task: AttendantRewrites) -> None:
    """Replace title and body by what the mailbox's settings say."""
    mailbox = world.find(task.mailbox)
    if mailbox is None or mailbox.processing is None or task.serial not in mailbox.homes:
        return
    calendar = mailbox.calendars[mailbox.homes[task.serial]]
    event = calendar.events[task.serial]
    fields = _rewriting(event, mailbox.processing)
    if fields:
        stored(Hand(world, mailbox, "attendant"), home_of(mailbox, event), event, fields)


def _rewriting(event: Event, processing: CalendarProcessing) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    organizer = event.organizer.name if event.organizer else ""
    subject = "" if processing.delete_subject else event.subject
    if processing.add_organizer_to_subject:
        subject = f"{organizer} {subject}".strip()
    if subject != event.subject:
        fields["subject"] = subject
    if processing.delete_comments and event.body:
        fields["body"] = ""
    if processing.remove_private_property and event.sensitivity != "normal":
        fields["sensitivity"] = "normal"
    return fields


def _accepted(event: Event, fields: dict[str, Any]) -> Event:
    return msgspec.structs.replace(event, **{name: fields[name] for name in ("response", "response_time", "show_as")})


def _refuses(world: World, mailbox: Mailbox, event: Event, processing: CalendarProcessing) -> bool:
    return _is_out_of_policy(world, mailbox, event, processing) or (
        not processing.allow_conflicts and _conflicts_too_much(world, mailbox, event, processing)
    )


def _is_out_of_policy(world: World, mailbox: Mailbox, event: Event, processing: CalendarProcessing) -> bool:
    organizer = None if event.organizer is None else world.find(event.organizer.address)
    is_external = organizer is None or organizer.tenant_id != mailbox.tenant_id
    if is_external and not processing.process_external_meeting_messages:
        return True
    longest = processing.maximum_duration_in_minutes
    if longest and event.end - event.start > timedelta(minutes=longest):
        return True
    horizon = world.now() + timedelta(days=processing.booking_window_in_days + 1)
    if event.recurrence is None:
        return event.start > horizon
    if not processing.allow_recurring_meetings or event.start > horizon:
        return True
    last = last_date(rule_of(event))
    runs_past = last is None or occurrence_span(event, last)[0] > horizon
    return processing.enforce_scheduling_horizon and runs_past


def _conflicts_too_much(world: World, mailbox: Mailbox, event: Event, processing: CalendarProcessing) -> bool:
    calendar = world.default_calendar(mailbox)
    if event.recurrence is None:
        return _is_taken(calendar, event, event.start, event.end)
    horizon = world.now() + timedelta(days=processing.booking_window_in_days + 1)
    spans = [(shown.start, shown.end) for shown in instances(event, event.start, max(horizon, event.end))]
    conflicts = sum(_is_taken(calendar, event, start, end) for start, end in spans)
    share = processing.conflict_percentage_allowed
    return conflicts > processing.maximum_conflict_instances and conflicts * 100 > share * max(1, len(spans))


def _is_taken(calendar: Calendar, event: Event, start: datetime, end: datetime) -> bool:
    """Whether something that takes time and is not waiting for a decision itself overlaps the span."""
    for other in calendar.singles_between(start.astimezone(UTC), end.astimezone(UTC)):
        if other.serial != event.serial and _takes_time(other) and other.end > start and other.start < end:
            return True
    for serial in calendar.masters:
        master = calendar.events[serial]
        if serial == event.serial or master.is_cancelled or master.response == "notResponded":
            continue
        if any(_takes_time(shown.event) for shown in instances(master, start, end)):
            return True
    return False


def _takes_time(other: Event) -> bool:
    return not other.is_cancelled and other.show_as in {"busy", "tentative", "oof"} and other.response != "notResponded"
