"""Accepting, tentatively accepting and declining an invitation, from the attendee's own copy (FACTS 3.3).

A resource answers the same way: by its attendant, or by the hand of a delegate who opened its calendar.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from sim365.calendars.series import exception_of
from sim365.errors import invalid_request
from sim365.ledger import MailKind
from sim365.meetings import inbox
from sim365.meetings.hand import Hand, ReplyArrives
from sim365.meetings.occurrences import remove_occurrence
from sim365.meetings.organising import stored
from sim365.meetings.settled import settled_by_hand
from sim365.state import Calendar, Event

Answer = Literal["accepted", "tentativelyAccepted", "declined"]
Proposal = tuple[datetime, datetime]


def answer(
    hand: Hand,
    calendar: Calendar,
    event: Event,
    *,
    response: Answer,
    comment: str = "",
    tells: bool = True,
    day: date | None = None,
    proposed: Proposal | None = None,
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
    if day is None:
        inbox.consume(hand.mailbox, event.uid)
    if tells:
        days = () if day is None else (day,)
        reply(hand, event, response=response, comment=comment, days=days, proposed=proposed)
    settled_by_hand(hand, event, accepted=response == "accepted")


def reply(
    hand: Hand,
    event: Event,
    *,
    response: Answer,
    comment: str = "",
    text: str = "",
    days: Iterable[date] = (),
    proposed: Proposal | None = None,
) -> None:
    """Mail the organiser an answer: one mail for the meeting, or one for each of the days."""
    if event.organizer is None:
        return
    world, organizer, about = hand.world, event.organizer.address, tuple(days)
    for day in about or (None,):
        hand.writes(MailKind.RESPONSE, event, organizer, response=response, comment=comment, text=text, day=day)
    asking = min((exception_of(event, day).asking for day in about), default=event.asking)
    delay = world.chance.uniform(0.0, world.switches.message_delay_max_s)
    world.later(
        ReplyArrives(
            organizer, hand.party, event.uid, response, world.now(), asking=asking, days=about, proposed=proposed
        ),
        after_s=delay,
    )


def _keep(hand: Hand, calendar: Calendar, event: Event, *, response: Answer, day: date | None) -> None:
    target = event if day is None else exception_of(event, day)
    shown = target.intended_show_as if response == "accepted" else "tentative"
    fields: dict[str, Any] = {"response": response, "response_time": hand.world.now(), "show_as": shown}
    fields["awaits_delegate"] = False
    if day is None:
        if event.exceptions:
            fields["exceptions"] = {
                each: msgspec.structs.replace(other, **_same_answer(event, other, fields))
                for each, other in event.exceptions.items()
            }
        stored(hand, calendar, event, fields)
        return
    exception = msgspec.structs.replace(target, sequence=hand.world.sequence + 1, **fields)
    exceptions = {**(event.exceptions or {}), day: exception}
    stored(hand, calendar, event, {"exceptions": exceptions}, day=day.toordinal())


def _same_answer(event: Event, other: Event, fields: dict[str, Any]) -> dict[str, Any]:
    """An occurrence answered like the series so far follows the series' new answer."""
    if other.response not in {event.response, "notResponded"}:
        return {}
    names = ("response", "response_time", "show_as", "awaits_delegate")
    return {name: fields[name] for name in names}
