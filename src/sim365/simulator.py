"""One simulated Microsoft 365: one company, one clock, one seed, one lock.

`Simulator` is the object that everything hangs on; the packages beside it hold the rules. It must never hold its lock
while it talks to the outside world.
"""

import random
import threading
from datetime import UTC, datetime, timedelta

from sim365.clock import Clock
from sim365.state import Company, IdentityDoor
from sim365.switches import Switches

DEFAULT_START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


class Simulator:
    """A company's calendar service, in memory."""

    def __init__(
        self,
        company: Company,
        *,
        seed: int = 1,
        start: datetime = DEFAULT_START,
        follow_wall_clock: bool = False,
        identity: IdentityDoor | None = None,
        switches: Switches | None = None,
    ) -> None:
        self.company = company
        self.seed = seed
        self.clock = Clock(start, follows=follow_wall_clock)
        self.chance = random.Random(seed)  # noqa: S311  a simulator wants the same run for the same seed, not secrecy
        self.switches = switches or Switches()
        self.lock = threading.RLock()
        self._identity = identity

    @property
    def identity(self) -> IdentityDoor:
        """The identity side: token issue and check, and the WSGI application of the login host."""
        if self._identity is None:
            message = "this simulator was made without an identity side"
            raise RuntimeError(message)
        return self._identity

    def attach_identity(self, identity: IdentityDoor) -> None:
        """Give the identity side, which itself needs the simulator's company and clock."""
        self._identity = identity

    def advance(self, by: timedelta) -> None:
        """Let virtual time pass and run everything that falls due on the way, in order."""
        self.clock.advance(by)
