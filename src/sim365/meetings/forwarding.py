"""Passing an invitation on: the recipient is invited, the organiser learns of it (FACTS 3.3).

Whoever forwards somebody else's meeting invites in the organiser's name; the organiser's own list grows when the
notice arrives there.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from sim365.calendars.series import exception_of
from sim365.ledger import MailKind
from sim365.meetings.hand import ForwardNoticeArrives, Hand, MeetingMessage, send
from sim365.meetings.organising import stored
from sim365.state import Attendee, Calendar, Event, Party


def forward(
    hand: Hand,
    calendar: Calendar,
    event: Event,
    recipients: Iterable[Party],
    *,
    comment: str = "",
    day: date | None = None,
) -> None:
    """Send the invitation to others; one day of a series goes as a meeting of its own."""
    invited = _new_to(hand, event, recipients)
    attendees = (*event.attendees, *(Attendee(party, "optional") for party in invited))
    if event.organizer is None and invited:
        event = stored(hand, calendar, event, {"attendees": attendees})
    target = event if day is None else exception_of(event, day)
    source = msgspec.structs.replace(target, attendees=attendees)
    for party in invited:
        hand.writes(MailKind.FORWARD, source, party.address, comment=comment, day=day)
        send(hand, MeetingMessage("request", event.organizer or hand.party, party.address, source))
    if event.organizer is not None and invited:
        _notify(hand, source, event.organizer, invited)


def _new_to(hand: Hand, event: Event, recipients: Iterable[Party]) -> tuple[Party, ...]:
    """Each recipient once, without the mailbox itself and the organiser."""
    own = hand.mailbox.names() | ({event.organizer.address.lower()} if event.organizer is not None else set[str]())
    held = {attendee.party.address.lower() for attendee in event.attendees}
    found: dict[str, Party] = {}
    for party in recipients:
        if party.address.lower() not in own | held:
            found.setdefault(party.address.lower(), party)
    return tuple(found.values())


def _notify(hand: Hand, event: Event, organizer: Party, invited: tuple[Party, ...]) -> None:
    world = hand.world
    hand.writes(MailKind.FORWARD_NOTICE, event, organizer.address)
    notice = ForwardNoticeArrives(organizer.address, hand.party, event.uid, invited)
    world.later(notice, after_s=world.chance.uniform(0.0, world.switches.message_delay_max_s))
