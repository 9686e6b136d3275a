"""The brake on deletions: how many at once may be believed without a person's word.

This module decides when to stop, before any question is asked of Microsoft and before anything is deleted. Whole
calendars that look empty are mostly faults of the reading, not acts of people (F24-F30). It must not count by itself:
the shell knows how many were deleted lately.
"""

from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(hours=1)  # rolling
DELETIONS_FREE = 10  # this many within the window are an ordinary hour
DELETIONS_PERCENT = 5  # or this share of the calendar's future bookings, whichever is more
ALL_MIN = 3  # all of three and more is never ordinary


@dataclass(frozen=True, slots=True)
class Go:
    """The deletions may be asked about and followed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing is asked or deleted until a person says so; the numbers are for the page."""

    asked: int
    lately: int
    future: int
    allowed: int


def brake(*, asked: int, lately: int, future: int) -> Go | Stop:
    """May `asked` more deletions go on, when `lately` were done within the window and `future` bookings are left?

    `future` counts the calendar's future bookings that are linked and not yet cancelled, the asked ones among them.
    """
    if asked <= 0:
        return Go()
    before = future + lately
    allowed = max(DELETIONS_FREE, before * DELETIONS_PERCENT // 100)
    total = asked + lately
    if total > allowed or (before >= ALL_MIN and total >= before):
        return Stop(asked, lately, future, allowed)
    return Go()
