"""The simulator's one clock: virtual, moved by hand, or following the wall clock from a chosen instant.

Everything in the simulated service reads time here, so a test can let four hours pass in no time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def wall_clock() -> datetime:
    """The machine's own time in UTC: where a served simulator begins that is to follow it."""
    return datetime.now(UTC)


def stopwatch() -> Callable[[], float]:
    """Starts now; says how many seconds have really passed, whatever a simulator's clock shows."""
    began = time.monotonic()
    return lambda: time.monotonic() - began


def wait(seconds: float) -> None:
    """Let real time pass: for programs that pace themselves against a real service."""
    time.sleep(seconds)


class Clock:
    """Virtual by default; with `follows=True` it runs on by itself, and `advance` still jumps ahead."""

    def __init__(self, start: datetime, *, follows: bool = False) -> None:
        if start.tzinfo is None:
            message = "the simulator's start must carry a time zone"
            raise ValueError(message)
        self._base = start.astimezone(UTC)
        self.follows = follows
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The present instant, in UTC."""
        if not self.follows:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def advance(self, by: timedelta) -> datetime:
        """Let time pass; never backwards."""
        if by < timedelta(0):
            message = "the simulator's clock does not run backwards"
            raise ValueError(message)
        self._base += by
        return self.now()

    def wait(self, seconds: float) -> None:
        """Really wait where time really passes; a virtual clock waits for nobody."""
        if self.follows:
            time.sleep(seconds)

    def set_to(self, instant: datetime) -> None:
        """Jump to an instant (snapshots are restored this way, so it may lie in the past)."""
        self._base = instant.astimezone(UTC)
        self._since = time.monotonic()
