"""How fast and how much: at most two requests in a second and 600 in a run, on a clock that may be virtual.

Items of a batch count as requests. What removal will need is set aside before a check may spend anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sim365.clock import wait, wall_clock
from sim365.contract.errors import BudgetSpentError

REQUESTS_MAX = 600
INTERVAL = timedelta(seconds=0.5)
"""Between the starts of two requests."""
KEPT_FOR_REMOVAL = 60
"""Looking into six mailboxes several times, and removing copies that arrive late."""
KEPT_PER_ITEM = 1


class Watch(Protocol):
    """Time as the service under test has it."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Come back when so much time has passed."""
        ...


class WallWatch:
    """Real time, for a real service."""

    def now(self) -> datetime:
        """The machine's clock."""
        return wall_clock()

    def wait(self, seconds: float) -> None:
        """Really wait."""
        wait(seconds)


class Pace:
    """Lets requests through one by one."""

    def __init__(self, watch: Watch, *, requests_max: int = REQUESTS_MAX) -> None:
        self.watch = watch
        self.spent = 0
        self._max = requests_max
        self._kept = 0
        self._removing = False
        self._next: datetime | None = None

    def keep_for(self, items: int) -> None:
        """Set aside what the removal of so many items needs."""
        self._kept = KEPT_FOR_REMOVAL + KEPT_PER_ITEM * items

    def begin_removal(self) -> None:
        """From here on what was set aside may be spent."""
        self._removing = True

    def left(self) -> int:
        """How many requests may still be sent."""
        return self._max - self.spent - (0 if self._removing else self._kept)

    def admit(self, count: int) -> None:
        """Wait for this request's turn and count it; a batch counts as many as it holds."""
        if count > self.left():
            message = f"the {self._max} requests of one run are used up"
            raise BudgetSpentError(message)
        self.spent += count
        now = self.watch.now()
        if self._next is not None and self._next > now:
            self.watch.wait((self._next - now).total_seconds())
            now = self._next
        self._next = now + INTERVAL * count
