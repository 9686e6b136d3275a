"""A retention policy at work: what ended long ago is gone from the mailbox, and nobody did it (RELIABILITY F31)."""

from datetime import datetime, timedelta

from sim365.calendars.patterns import last_date
from sim365.calendars.series import occurrence_span
from sim365.state import Event, Mailbox
from sim365.state.world import World

USUAL_DAYS = 365.0


def purge(world: World, mailbox: Mailbox, *, days: float) -> int:
    """Take out every event, and every series, that ended so many days ago; answers how many."""
    before = world.now() - timedelta(days=days)
    gone = 0
    for calendar in mailbox.calendars.values():
        for event in [event for event in calendar.events.values() if _is_over(event, before)]:
            world.remove(mailbox, calendar, event)
            gone += 1
    return gone


def _is_over(event: Event, before: datetime) -> bool:
    if event.recurrence is None:
        return event.end <= before
    last = last_date(event.recurrence)
    if last is None:
        return False
    ends = [occurrence_span(event, last)[1], *(other.end for other in (event.exceptions or {}).values())]
    return max(ends) <= before
