"""Accepting, tentatively accepting and declining an invitation, from the attendee's own copy (FACTS 3.3)."""

from datetime import date
from typing import Literal

import msgspec

from sim365.calendars.series import exception_of
from sim365.errors import invalid_request
from sim365.ledger import MailKind
from sim365.meetings.hand import Hand, ReplyArrives
from sim365.meetings.occurrences import remove_occurrence
from sim365.meetings.organising import stored
from sim365.state import Calendar, Event

Answer = Literal["accepted", "tentativelyAccepted", "declined"]


def answer(
    hand: Hand,
    calendar: Calendar,
    event: Event,
    *,
    response: Answer,
    comment: str = "",
    tells: bool = True,
    day: date | None = None,
) -> None:
    """Answer an invitation; declining takes the event out of the attendee's calendar."""
    if event.organizer is None:
        raise invalid_request(
            "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer."
        )
    if response == "declined":
        if day is None:
            hand.world.remove(hand.mailbox, calendar, event)
        else:
            remove_occurrence(hand, calendar, event, day=day)
    else:
        _keep(hand, calendar, event, response=response, day=day)
    if tells:
        reply(hand, event, response=response, comment=comment, day=day)


def reply(hand: Hand, event: Event, *, response: Answer, comment: str = "", day: date | None = None) -> None:
    """Mail the organiser an answer."""
    if event.organizer is None:
        return
    organizer = event.organizer.address
    hand.writes(MailKind.RESPONSE, event, organizer, response=response, comment=comment, day=day)
    delay = hand.world.chance.uniform(0.0, hand.world.switches.message_delay_max_s)
    hand.world.later(ReplyArrives(organizer, hand.mailbox.address, event.uid, response, day), after_s=delay)


def _keep(hand: Hand, calendar: Calendar, event: Event, *, response: Answer, day: date | None) -> None:
    shown = "busy" if response == "accepted" else "tentative"
    fields = {"response": response, "response_time": hand.world.now(), "show_as": shown}
    if day is None:
        stored(hand, calendar, event, fields)
        return
    exception = msgspec.structs.replace(exception_of(event, day), sequence=hand.world.sequence + 1, **fields)
    exceptions = {**(event.exceptions or {}), day: exception}
    stored(hand, calendar, event, {"exceptions": exceptions}, day=day.toordinal())
