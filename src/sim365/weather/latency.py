"""How long answers take: a configurable spread for each operation, drawn from a stream of its own.

Off unless somebody sets it. On a virtual clock nobody waits: the delay is written into the record, and a client's own
timeout decides whether it would have got the answer. Where the clock follows the wall, the answer really waits.
"""

import math
import random
from dataclasses import dataclass, field

ANY = "*"
"""Stands for every operation that has no spread of its own."""
DELAY_MAX_S = 600.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal spread: half of the answers take less than the median, one in a hundred about `tail` times it."""

    median_s: float
    tail: float = 1.0
    max_s: float = DELAY_MAX_S

    def __post_init__(self) -> None:
        if not (0 <= self.median_s <= DELAY_MAX_S and 1.0 <= self.tail <= 1000.0 and 0 <= self.max_s <= DELAY_MAX_S):
            message = f"a spread needs 0 to {DELAY_MAX_S:g} seconds and a tail of 1 to 1000, not {self}"
            raise ValueError(message)


_ONE_IN_A_HUNDRED = 2.326
"""So many standard deviations of a normal distribution lie below its 99th percentile."""


@dataclass(slots=True)
class Latency:
    """The spreads in force, by the operation's name in the record, such as `event create`."""

    chance: random.Random
    spreads: dict[str, Spread] = field(default_factory=dict[str, Spread])

    def set(self, operation: str, median_s: float, *, tail: float = 1.0, max_s: float = DELAY_MAX_S) -> None:
        """From now on an operation takes so long; `*` is every operation without a spread of its own."""
        self.spreads[operation] = Spread(median_s, tail, max_s)

    def clear(self) -> None:
        """Answers take no time again."""
        self.spreads.clear()

    def draw(self, operation: str) -> float:
        """How long this answer takes, in seconds."""
        if not self.spreads:
            return 0.0
        spread = self.spreads.get(operation) or self.spreads.get(ANY)
        if spread is None:
            return 0.0
        deviation = math.log(spread.tail) / _ONE_IN_A_HUNDRED
        return min(spread.median_s * math.exp(self.chance.gauss(0.0, deviation)), spread.max_s)
