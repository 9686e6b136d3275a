"""When something is: wall time and the zone it is meant in.

This module decides how a time is written down (`When`) and which instants it covers. It must not decide what a time
means to a booking or to Outlook, and it must not ask what time it is now.

A `When` keeps the wall time because that is what people agreed on: if a government moves its clocks, a meeting at nine
stays at nine. `start` and `end` are therefore naive on purpose, the only naive datetimes in the project; they are half
open, and `instants()` is the one way from them to aware ones.
"""

from datetime import datetime

import msgspec


class When(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A half-open span of wall time in an IANA zone; an all-day span runs from midnight to midnight."""

    start: datetime
    end: datetime
    zone: str = "UTC"
    all_day: bool = False
