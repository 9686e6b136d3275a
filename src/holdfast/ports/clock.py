"""Time. Decides what "now" is; must not be bypassed: no other module reads the system's clock or sleeps.

Instants are aware and in UTC. `monotonic_s` measures durations and deadlines, in seconds.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...
    def monotonic_s(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


_installed: Clock = SystemClock()


def install(clock: Clock) -> Clock:
    """Put another clock behind the door; answers the one that stood there."""
    global _installed
    before, _installed = _installed, clock
    return before


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _installed.now()


def monotonic_s() -> float:
    return _installed.monotonic_s()


def sleep(seconds: float) -> None:
    _installed.sleep(seconds)
