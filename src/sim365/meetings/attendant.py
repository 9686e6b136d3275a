"""The room's attendant: reads a request from the Inbox, judges it, answers, and rewrites title and body (FACTS 9.1).

Judges only what was invited; a direct write into the room's calendar never comes here, which is how Exchange allows
double bookings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

import msgspec

from sim365.ledger import MailKind
from sim365.meetings import inbox
from sim365.meetings.answers import reply
from sim365.meetings.copies import copy_of, home_of, new_copy
from sim365.meetings.hand import AttendantDecides, AttendantRewrites, ClaimRunsOut, Hand, MeetingMessage
from sim365.meetings.judging import Accept, Pend, Refuse, judge
from sim365.meetings.membership import expanded
from sim365.meetings.occurrences import remove_occurrence
from sim365.meetings.organising import stored
from sim365.meetings.policy import FromOutside, Reason
from sim365.meetings.rewriting import rewritten
from sim365.meetings.settled import begin, watch
from sim365.meetings.wording import accepted_text, declined_text, pending_text, released_text
from sim365.state import CalendarProcessing, Event, InboxItem, Mailbox
from sim365.state.world import World

DECISION_DELAY_S = 1.5
"""Between the tentative copy and the attendant's decision."""

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Desk:
    """One request on the attendant's desk."""

    hand: Hand
    processing: CalendarProcessing
    item: InboxItem
    source: Event

    @property
    def world(self) -> World:
        return self.hand.world

    @property
    def mailbox(self) -> Mailbox:
        return self.hand.mailbox


def attendant_decides(world: World, task: AttendantDecides) -> None:
    """Accept, decline or pass on the request that lies in the Inbox."""
    mailbox = world.find(task.mailbox)
    if mailbox is None or mailbox.processing is None or not mailbox.has_mailbox:
        return
    item = inbox.waiting(mailbox, task.uid)
    if item is None or item.number != task.item or item.source is None:
        return
    held = copy_of(mailbox, task.uid)
    inbox.consume(mailbox, task.uid)
    desk = _Desk(Hand(world, mailbox, "attendant"), mailbox.processing, item, item.source)
    if held is None:
        message = MeetingMessage("request", item.sender, mailbox.address, item.source)
        _decide_whole(desk, new_copy(desk.hand, message), is_stored=False)
    elif held.is_cancelled:
        return
    elif held.response == "notResponded":
        _decide_whole(desk, held, is_stored=True)
    else:
        for day in sorted(held.exceptions or {}):
            _decide_day(desk, task.uid, day)


def attendant_rewrites(world: World, task: AttendantRewrites) -> None:
    """Replace title and body by what the mailbox's settings say, once for each acceptance."""
    mailbox = world.find(task.mailbox)
    if mailbox is None or mailbox.processing is None or task.serial not in mailbox.homes:
        return
    event = mailbox.calendars[mailbox.homes[task.serial]].events[task.serial]
    fields = _rewriting(event, mailbox.processing) if _is_fresh(event) else {}
    exceptions = event.exceptions or {}
    fresh = {day: _rewriting(other, mailbox.processing) for day, other in exceptions.items() if _is_fresh(other)}
    if any(fresh.values()):
        fields["exceptions"] = exceptions | {
            day: msgspec.structs.replace(exceptions[day], **changed) for day, changed in fresh.items()
        }
    if fields:
        stored(Hand(world, mailbox, "attendant"), home_of(mailbox, event), event, fields)


def claim_runs_out(world: World, task: ClaimRunsOut) -> None:
    """A reservation that nobody checked in to is given free, and the organiser told (FACTS 9, EnableAutoRelease)."""
    mailbox = world.find(task.mailbox)
    if mailbox is None or mailbox.processing is None or mailbox.watched.get(task.serial) != task.due:
        return
    home = mailbox.homes.get(task.serial)
    if home is None or not mailbox.processing.enable_auto_release:
        return
    hand, calendar = Hand(world, mailbox, "attendant"), mailbox.calendars[home]
    event = calendar.events[task.serial]
    if (task.serial, task.day.toordinal() if task.day else 0) not in mailbox.claims and not event.is_cancelled:
        minutes = mailbox.processing.post_reservation_max_claim_time_in_minutes
        if task.day is None:
            world.remove(mailbox, calendar, event)
        else:
            remove_occurrence(hand, calendar, event, day=task.day)
        days = () if task.day is None else (task.day,)
        reply(hand, event, response="declined", text=released_text(minutes), days=days)
    watch(world, mailbox, task.serial)


def refuse_outsider(hand: Hand, message: MeetingMessage) -> None:
    """Decline what comes from another organisation, before anything appears in the calendar (FACTS 9.1 step 1)."""
    source = message.source
    hand.mailbox.departed[source.uid] = source.meeting_sequence
    attendant = Hand(hand.world, hand.mailbox, "attendant")
    processing = hand.mailbox.processing
    assert processing is not None, "only resources refuse outsiders"
    asked = msgspec.structs.replace(source, organizer=message.organizer)
    reply(attendant, asked, response="declined", text=declined_text(hand.mailbox, processing, [FromOutside()]))


def _decide_whole(desk: _Desk, copy: Event, *, is_stored: bool) -> None:
    verdict = judge(desk.world, desk.mailbox, desk.processing, copy)
    match verdict:
        case Accept(event, refused):
            conflicts = [conflict.slot.day for conflict in refused if conflict.slot.day is not None]
            kept = _store(desk, copy, _acceptance(desk, event, conflicts), is_stored=is_stored)
            begin(desk.hand, kept.serial)
            reply(desk.hand, kept, response="accepted", text=accepted_text(desk.processing, desk.mailbox, refused))
            if conflicts:
                text = declined_text(desk.mailbox, desk.processing, verdict.reasons)
                reply(desk.hand, copy, response="declined", text=text, days=sorted(conflicts))
        case Pend(reasons):
            kept = _store(desk, copy, _pending(desk, copy), is_stored=is_stored)
            _pass_on(desk, kept, reasons)
        case Refuse(reasons):
            if is_stored:
                desk.world.remove(desk.mailbox, home_of(desk.mailbox, copy), copy)
            desk.mailbox.departed[copy.uid] = copy.meeting_sequence
            reply(desk.hand, copy, response="declined", text=declined_text(desk.mailbox, desk.processing, reasons))
        case _:
            assert_never(verdict)


def _decide_day(desk: _Desk, uid: str, day: date) -> None:
    """One day of a series that stands was changed: it alone is judged."""
    master = copy_of(desk.mailbox, uid)
    exception = None if master is None else (master.exceptions or {}).get(day)
    if master is None or exception is None or exception.response != "notResponded":
        return
    calendar = home_of(desk.mailbox, master)
    verdict = judge(desk.world, desk.mailbox, desk.processing, exception)
    match verdict:
        case Accept():
            _store_day(desk, master, day, _answer_fields(desk, exception))
            begin(desk.hand, master.serial)
            reply(
                desk.hand,
                master,
                response="accepted",
                text=accepted_text(desk.processing, desk.mailbox, ()),
                days=(day,),
            )
        case Pend(reasons):
            _store_day(desk, master, day, _pending_fields(desk))
            _pass_on(desk, master, reasons, days=(day,))
        case Refuse(reasons):
            remove_occurrence(desk.hand, calendar, master, day=day)
            text = declined_text(desk.mailbox, desk.processing, reasons)
            reply(desk.hand, master, response="declined", text=text, days=(day,))
        case _:
            assert_never(verdict)


def _store(desk: _Desk, copy: Event, fields: Fields, *, is_stored: bool) -> Event:
    if is_stored:
        return stored(desk.hand, home_of(desk.mailbox, copy), copy, fields)
    world = desk.world
    kept = msgspec.structs.replace(copy, sequence=world.next_sequence(), modified=world.now(), **fields)
    world.put(desk.mailbox, world.default_calendar(desk.mailbox), kept, kind="created")
    return kept


def _store_day(desk: _Desk, master: Event, day: date, fields: Fields) -> None:
    exceptions = dict(master.exceptions or {})
    exceptions[day] = msgspec.structs.replace(exceptions[day], sequence=desk.world.sequence + 1, **fields)
    calendar = home_of(desk.mailbox, master)
    stored(desk.hand, calendar, master, {"exceptions": exceptions}, day=day.toordinal())


def _acceptance(desk: _Desk, event: Event, refused: list[date]) -> Fields:
    fields = _answer_fields(desk, event) | {"recurrence": event.recurrence, "cancelled": event.cancelled | {*refused}}
    if event.exceptions:
        kept = {day: other for day, other in event.exceptions.items() if day not in refused}
        fields["exceptions"] = {
            day: msgspec.structs.replace(other, **_answer_fields(desk, other)) for day, other in kept.items()
        } or None
    return fields


def _answer_fields(desk: _Desk, event: Event) -> Fields:
    return {
        "response": "accepted",
        "response_time": desk.world.now(),
        "show_as": event.intended_show_as,
        "awaits_delegate": False,
    }


def _pending(desk: _Desk, copy: Event) -> Fields:
    fields = _pending_fields(desk)
    if copy.exceptions:
        fields["exceptions"] = {day: msgspec.structs.replace(other, **fields) for day, other in copy.exceptions.items()}
    return fields


def _pending_fields(desk: _Desk) -> Fields:
    shown = "tentative" if desk.processing.tentative_pending_approval else "free"
    return {
        "response": "tentativelyAccepted",
        "response_time": desk.world.now(),
        "show_as": shown,
        "awaits_delegate": True,
    }


def _pass_on(desk: _Desk, copy: Event, reasons: Iterable[Reason], *, days: Iterable[date] = ()) -> None:
    """Ask the delegates, and tell the organiser that it takes a person (FACTS 9.1 step 5)."""
    world, about = desk.world, tuple(days)
    if desk.processing.forward_requests_to_delegates:
        for listed in desk.processing.resource_delegates:
            for address in expanded(world, listed):
                for day in about or (None,):
                    desk.hand.writes(MailKind.APPROVAL, copy, address, day=day)
                delegate = world.find(address)
                if delegate is not None and delegate.has_mailbox:
                    inbox.keep(
                        world, delegate, "approval", sender=desk.item.sender, event=copy, room=desk.mailbox.address
                    )
    if world.switches.pending_answered:
        text = pending_text(desk.mailbox, desk.processing, reasons)
        reply(desk.hand, copy, response="tentativelyAccepted", text=text, days=about)


def _is_fresh(event: Event) -> bool:
    return event.response == "accepted" and not event.by_attendant and not event.is_cancelled


def _rewriting(event: Event, processing: CalendarProcessing) -> Fields:
    organizer = event.organizer.name if event.organizer else ""
    return rewritten(event, processing, organizer=organizer) | {"by_attendant": True}
