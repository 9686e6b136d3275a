"""Sixteen writers on one slot, many rounds: who wins, who is shown a deadlock, and how long the slowest loser waits.

Each writer is a thread with a connection of its own that books through the verb, as a web process's threads do. They
start at one moment; a time runs from that moment to the answer.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from django.db import DatabaseError, connection

from bench.figures import Figure
from holdfast.bookings.outcomes import Done
from holdfast.bookings.verbs import apply
from holdfast.database.errors import Busy
from holdfast.host.postgres import EmbeddedPostgres
from tests.cast import Cast, at, company

WRITERS = 16
ROUNDS = 60
_RATIO_MOST = 5.0


def measure(_cluster: EmbeddedPostgres) -> list[Figure]:
    cast = company("Bench")
    cast.add("Quay")
    gate = threading.Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda _: _connect(gate), range(WRITERS)))
        rounds = [_round(cast, day, gate, pool) for day in range(ROUNDS)]
    sound = [each for each in rounds if len(each.winners) == 1]
    ratios = sorted(max(each.losers) / each.winners[0] for each in sound)
    slowest = [max(each.losers) * 1000 for each in sound]
    winners = [each.winners[0] * 1000 for each in sound]
    return [
        Figure(
            "rounds without exactly one winner", ROUNDS - len(sound), "", 0, f"{ROUNDS} rounds of {WRITERS} writers"
        ),
        Figure("errors that a writer was shown", sum(each.errors for each in rounds), "", 0, "deadlocks among them"),
        Figure(
            "slowest loser ÷ winner",
            median(ratios),
            "×",
            _RATIO_MOST,
            f"median; 90 %: {ratios[int(len(ratios) * 0.9)]:.1f}",
        ),
        Figure(
            "slowest loser",
            median(slowest),
            "ms",
            beside=f"at most {max(slowest):.0f} ms; winner {median(winners):.1f} ms",
        ),
    ]


@dataclass(slots=True)
class _Round:
    """Seconds from the start to each answer."""

    winners: list[float] = field(default_factory=list)
    losers: list[float] = field(default_factory=list)
    errors: int = 0


def _connect(gate: threading.Barrier) -> None:
    connection.ensure_connection()
    gate.wait()


def _round(cast: Cast, day: int, gate: threading.Barrier, pool: ThreadPoolExecutor) -> _Round:
    """The writers' spans overlap without being the same."""
    began: list[float] = []

    def write(number: int) -> tuple[bool | None, float]:
        order = cast.make("Quay", at(9 + number / 32, day=day))
        gate.wait()
        began.append(perf_counter())
        try:
            (outcome,) = apply(cast.ben, [order])
        except (Busy, DatabaseError):
            return None, perf_counter()
        return isinstance(outcome, Done), perf_counter()

    answers = list(pool.map(write, range(WRITERS)))
    found, start = _Round(), min(began)
    for is_done, came in answers:
        match is_done:
            case None:
                found.errors += 1
            case True:
                found.winners.append(came - start)
            case False:
                found.losers.append(came - start)
    return found
