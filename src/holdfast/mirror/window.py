"""The span of a calendar that is watched, and when it must move on.

Pure. calendarView freezes its window in the token, so a window is opened wider than promised and a new full round
starts when less than the promise is left. Times start at midnight UTC, so that two rounds of one day ask for the same
thing.
"""

from datetime import datetime, timedelta

from holdfast.mirror.lease import CalendarFacts
from holdfast.mirror.manners import Settings, settings_of

VIEW_SPAN_MAX = timedelta(days=1825)
"""The longest span of a calendarView; a longer one is refused with ErrorInvalidRequest (FACTS 3.7)."""

RESERVE = timedelta(days=30)
"""How much further than promised a window is opened; so often it rolls."""


def wanted(calendar: CalendarFacts, *, now: datetime) -> tuple[datetime, datetime]:
    """The window for a round that starts now: the widest that a mapping of this calendar wants."""
    every = [settings_of(mapping.settings) for mapping in calendar.mappings] or [Settings()]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    back = timedelta(days=max(each.days_back for each in every))
    ahead = timedelta(days=max(each.days_ahead for each in every)) + RESERVE
    ahead = min(ahead, VIEW_SPAN_MAX - back)
    return midnight - back, midnight + ahead


def must_roll(calendar: CalendarFacts, *, now: datetime) -> bool:
    """True where the open window no longer reaches as far ahead as promised."""
    if calendar.window_to is None or calendar.window_from is None:
        return True
    since, until = wanted(calendar, now=now)
    return calendar.window_to < until - RESERVE or since < calendar.window_from
