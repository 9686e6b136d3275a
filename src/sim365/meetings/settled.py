"""What follows once a resource has accepted: title and body are rewritten, and the claim on the room begins to run.

Also for an answer by a person's hand: a delegate's decision ends the waiting in every delegate's Inbox.
"""

from datetime import date, datetime, timedelta

from sim365.calendars.series import instances
from sim365.meetings import inbox
from sim365.meetings.delegates import delegates_of
from sim365.meetings.hand import AttendantRewrites, ClaimRunsOut, Hand
from sim365.meetings.membership import expanded
from sim365.state import Event, Mailbox
from sim365.state.world import World

REWRITE_DELAY_S = 2.0
"""Between accepting and the new title (FACTS 11, quirk 20)."""
LOOK_AHEAD = timedelta(days=1825)


def settled_by_hand(hand: Hand, event: Event, *, accepted: bool) -> None:
    """After somebody answered in a resource's calendar, or in a person's who has delegates."""
    for delegate in delegates_of(hand.world, hand.mailbox):
        inbox.consume(delegate, event.uid)
    processing = hand.mailbox.processing
    if processing is None:
        return
    for listed in processing.resource_delegates:
        for address in expanded(hand.world, listed):
            delegate = hand.world.find(address)
            if delegate is not None:
                inbox.consume(delegate, event.uid)
    if accepted:
        begin(hand, event.serial)


def begin(hand: Hand, serial: int) -> None:
    """A reservation stands: its rewriting is due in seconds, its claim when it has begun."""
    hand.world.later(AttendantRewrites(hand.mailbox.address, serial), after_s=REWRITE_DELAY_S)
    watch(hand.world, hand.mailbox, serial)


def watch(world: World, mailbox: Mailbox, serial: int) -> None:
    """Look at a reservation when the time for checking in has passed; of a series at its next occurrence."""
    processing, home = mailbox.processing, mailbox.homes.get(serial)
    if processing is None or not processing.enable_auto_release or home is None:
        return
    patience = timedelta(minutes=processing.post_reservation_max_claim_time_in_minutes)
    found = next_start(mailbox.calendars[home].events[serial], world.now() - patience)
    if found is None:
        mailbox.watched.pop(serial, None)
        return
    begins, day = found
    # A newer watch replaces an older one: the task of the older one finds another instant here.
    mailbox.watched[serial] = begins + patience
    world.at(begins + patience, ClaimRunsOut(mailbox.address, serial, begins + patience, day))


def next_start(event: Event, after: datetime) -> tuple[datetime, date | None] | None:
    """When the meeting, or its next occurrence, begins after an instant; and which occurrence that is."""
    if event.recurrence is None:
        return (event.start, None) if event.start > after else None
    for shown in instances(event, after, max(after, event.start) + LOOK_AHEAD):
        if shown.start > after:
            return shown.start, shown.day
    return None
