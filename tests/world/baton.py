"""Actors that take turns: exactly one runs, and one seed decides who is next.

Every actor is a thread with its own database connection. It holds the baton until it passes a point where no transaction
is open (around a request to Microsoft, after a commit, while it sleeps); there the stage may hand the baton to another
actor, or end the actor's errand with a `Crash`. A parked actor therefore never holds a lock, and the same seed gives the
same run. Must not be used for what happens inside a transaction: that belongs to tests with real concurrency.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.ports import points

TURN_TIMEOUT_S = 60  # real time; only a deadlock between actors takes so long


class Crash(BaseException):
    """The process dies here. Nothing after this point runs; what was not committed is gone."""


class StageStuckError(Exception):
    """An actor kept the baton for longer than any turn can take."""


@dataclass(slots=True)
class Actor:
    """One thread that runs errands, one at a time."""

    name: str
    stage: "Stage"
    errand: Callable[[], object] | None = None
    wakes_at: datetime | None = None
    doomed_in: int | None = None
    crashes: int = 0
    failure: BaseException | None = None
    _turn: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def is_idle(self) -> bool:
        return self.errand is None

    def may_run(self, now: datetime) -> bool:
        return self.errand is not None and (self.wakes_at is None or self.wakes_at <= now)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._live, name=self.name, daemon=True)
        self._thread.start()

    def take_turn(self) -> None:
        """Called by the stage: let this actor run until it gives the baton back."""
        self.wakes_at = None
        self._turn.set()

    def give_back(self) -> None:
        """Called by the actor itself, with no transaction open."""
        if self.stage.is_over:
            raise Crash
        self.stage.returned.set()
        self._turn.wait()
        self._turn.clear()
        if self.stage.is_over:
            raise Crash

    def release(self) -> None:
        self._turn.set()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join(TURN_TIMEOUT_S)

    def _live(self) -> None:
        from django.db import connections

        self._turn.wait()
        self._turn.clear()
        while not self.stage.is_over:
            if self.errand is not None:
                self._run(self.errand)
                self.errand = None
            try:
                self.give_back()
            except Crash:
                break
        connections.close_all()

    def _run(self, errand: Callable[[], object]) -> None:
        from django.db import connections

        self.stage.runs(self)
        try:
            errand()
        except Crash:
            self.crashes += 1
            connections.close_all()
        except BaseException as failure:  # noqa: BLE001  kept, and raised by the stage with the seed beside it
            self.failure = failure
            connections.close_all()
        finally:
            self.doomed_in = None


class Stage:
    """Hands the baton round. `switch_chance` is how often a passed point gives another actor the turn."""

    def __init__(self, chance: random.Random, now: Callable[[], datetime], *, switch_chance: float = 0.5) -> None:
        self.chance, self.now, self.switch_chance = chance, now, switch_chance
        self.actors: list[Actor] = []
        self.returned = threading.Event()
        self.is_over = False
        self.trace: list[str] = []
        self._running = threading.local()

    def enter(self, name: str) -> Actor:
        actor = Actor(name, self)
        self.actors.append(actor)
        actor.start()
        return actor

    def send(self, actor: Actor, errand: Callable[[], object], *, label: str) -> None:
        """Give an idle actor something to do; it starts at its next turn."""
        assert actor.is_idle, f"{actor.name} is busy"
        self.trace.append(f"{actor.name}: {label}")
        actor.errand = errand

    def doom(self, actor: Actor, points_from_now: int) -> None:
        """Let the actor die at one of its next points."""
        actor.doomed_in = points_from_now

    def turn(self) -> bool:
        """One turn of one actor that may run; False where none may."""
        ready = [actor for actor in self.actors if actor.may_run(self.now())]
        if not ready:
            return False
        actor = self.chance.choice(ready)
        self.returned.clear()
        actor.take_turn()
        if not self.returned.wait(TURN_TIMEOUT_S):
            raise StageStuckError(actor.name)
        if actor.failure is not None:
            failure, actor.failure = actor.failure, None
            raise failure
        return True

    def run_until_idle(self, turns_max: int) -> int:
        """Turns until nobody has anything to do now. Raises StageStuckError after `turns_max`."""
        for turns in range(turns_max):
            if not self.turn():
                return turns
        raise StageStuckError(f"still busy after {turns_max} turns: {[a.name for a in self.actors if not a.is_idle]}")

    def next_wake(self) -> datetime | None:
        """When the first sleeping actor wants its turn."""
        return min((actor.wakes_at for actor in self.actors if actor.errand and actor.wakes_at), default=None)

    def passed(self, name: str) -> None:
        """A point: the listener of `holdfast.ports.points`, and the transport's own."""
        actor = self.current()
        if actor is None:
            return
        self.trace.append(f"{actor.name} at {name}")
        if actor.doomed_in is not None:
            actor.doomed_in -= 1
            if actor.doomed_in < 0:
                self.trace.append(f"{actor.name} dies at {name}")
                raise Crash
        if name != points.BEFORE_COMMIT and self.chance.random() < self.switch_chance:
            actor.give_back()

    def sleep_until(self, instant: datetime) -> bool:
        """Park the present actor until the virtual instant; False where no actor is on stage (the test itself sleeps)."""
        actor = self.current()
        if actor is None:
            return False
        while self.now() < instant:
            actor.wakes_at = instant
            actor.give_back()
        return True

    def runs(self, actor: Actor) -> None:
        self._running.actor = actor

    def current(self) -> Actor | None:
        return getattr(self._running, "actor", None)

    def close(self) -> None:
        """End every actor; what hangs in the middle of an errand dies there."""
        self.is_over = True
        for actor in self.actors:
            actor.release()
        for actor in self.actors:
            actor.join()
