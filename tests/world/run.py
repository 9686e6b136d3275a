"""One run of the world: set the stage, let chaos reign, heal, wait for quiet, check, and try to disturb the quiet.

`make world SEED=n` runs one seed and prints what happened; the same seed gives the same run. The workload (people, weather, crashes) is drawn from the seed by swarm: each run first draws which of
them exist at all, so that rare ones are not masked by common ones.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from sim365.weather.faults import Fault
from tests.world import doors
from tests.world.baton import Actor
from tests.world.checkers import Referee
from tests.world.history import History
from tests.world.people import People
from tests.world.scene import Scene, build

if TYPE_CHECKING:
    from holdfast.mirror.engine import Engine

STEPS = 200
TURNS_AFTER_MAX = 20_000
QUIET = (timedelta(minutes=11), timedelta(minutes=40), timedelta(hours=7), timedelta(hours=49), timedelta(hours=1))
"""Longer than any back-off or late commit; than the safety poll of a mailbox whose notices were lost; than two nights, after
which a full round finds what a delta silently left out."""
WORKERS = 2
_FAULTS: tuple[tuple[Fault, float | None], ...] = (
    (Fault.THROTTLED, 10), (Fault.THROTTLED_BARE, None), (Fault.UNAVAILABLE, 5), (Fault.INTERNAL_ERROR, None),
    (Fault.CONNECT_REFUSED, None), (Fault.RESET_BEFORE, None), (Fault.TIMEOUT_BEFORE, None), (Fault.BAD_GATEWAY, None),
    (Fault.GATEWAY_TIMEOUT, None), (Fault.RESET_AFTER, None), (Fault.TIMEOUT_AFTER, None), (Fault.TIMEOUT_LATE, 40),
    (Fault.TRUNCATED, None), (Fault.HTML_PAGE, None), (Fault.STALE_READ, 45), (Fault.EMPTY_LIST, None),
    (Fault.PAGE_LOST, None), (Fault.PAGE_REPEATED, None), (Fault.PAGE_SHUFFLED, None), (Fault.UNKNOWN_REMOVED, None),
    (Fault.GONE, None), (Fault.TOKEN_INVALID, None), (Fault.CHANGE_KEY_RACE, None), (Fault.ANSWER_MISSING, None),
    (Fault.ANSWERS_SHUFFLED, None), (Fault.NOTICE_LOST, None), (Fault.NOTICE_LATE, 180), (Fault.NOTICE_DOUBLED, 3),
    (Fault.NOTICE_SHUFFLED, None), (Fault.NOTICE_WRONG_STATE, None), (Fault.NOTICE_UNKNOWN, None),
)  # fmt: skip


@dataclass(slots=True)
class World:
    """One run."""

    scene: Scene
    referee: Referee
    history: History = field(default_factory=History)
    engines: "dict[str, Engine]" = field(default_factory=dict)
    steps: int = STEPS

    @property
    def chance(self) -> random.Random:
        return self.scene.chance

    def play(self) -> None:
        """Chaos, healing, quiet; every promise checked on the way and at the end."""
        people = People(self.scene, self.history)
        workers = [self.scene.stage.enter(f"worker {number}") for number in range(WORKERS)]
        here, outlook = self.scene.stage.enter("somebody here"), self.scene.stage.enter("somebody in Outlook")
        self._draw_weather()
        crash_rate = self.chance.choice((0.0, 0.05, 0.15))
        for step in range(self.steps):
            self._one_step(people, workers, (here, outlook), crash_rate)
            if step % 10 == 0:  # the full look at the tables is the dearest part of a step
                self.referee.after_step()
        self._heal()
        self._wait_for_quiet(workers)
        self.referee.at_rest(self.history, self.scene.simulator.clock.now())
        self.referee.untouched(people.reminders)
        self._nothing_stirs_any_more(workers)
        self._old_notices_change_nothing(workers)
        self._the_product_says_so_too()

    def _one_step(self, people: People, workers: list[Actor], persons: tuple[Actor, Actor], crash_rate: float) -> None:
        here, outlook = persons
        what = self.chance.random()
        if what < 0.18:
            self._send(here, people.act_here, "acts")
        elif what < 0.36:
            self._send(outlook, people.act_in_outlook, "acts")
        elif what < 0.66:
            self._work(self.chance.choice(workers), crash_rate)
        elif what < 0.72:
            self._send(self.chance.choice(workers), self._sweep, "sweeps")
        elif what < 0.82:
            self._pass_time(timedelta(seconds=self.chance.choice((1, 2, 5, 15, 60, 400))))
        for _ in range(self.chance.randint(1, 6)):
            self.scene.stage.turn()

    def _send(self, actor: Actor, errand: Callable[[], object], label: str) -> None:
        if actor.is_idle:
            self.scene.stage.send(actor, errand, label=label)

    def _work(self, worker: Actor, crash_rate: float) -> None:
        """One wake-up is answered; now and then twice (I11), and now and then the worker dies of it."""
        if not worker.is_idle:
            return
        mailbox_id = self.scene.queue.next()
        if mailbox_id is None:
            return
        from holdfast.mirror.tend import tend

        engine = self._engine(worker)
        times = 2 if self.chance.random() < 0.1 else 1
        self.scene.stage.send(
            worker, lambda: [tend(engine, mailbox_id) for _ in range(times)], label=f"tends {mailbox_id}"
        )
        if self.chance.random() < crash_rate:
            self.scene.stage.doom(worker, self.chance.randint(0, 12))
            self.engines.pop(worker.name, None)  # the next errand is a new process's

    def _engine(self, worker: Actor) -> "Engine":
        if worker.name not in self.engines:
            self.engines[worker.name] = self.scene.new_engine()
        return self.engines[worker.name]

    def _sweep(self) -> None:
        from holdfast.mirror import sweep

        sweep.run_once(self.scene.simulator.clock.now())

    def _pass_time(self, by: timedelta) -> None:
        self.scene.simulator.advance(by)

    def _draw_weather(self) -> None:
        for fault, parameter in _FAULTS:
            if self.chance.random() < 0.3:
                self.scene.simulator.weather.add(fault, rate=self.chance.choice((0.02, 0.08, 0.2)), parameter=parameter)

    def _heal(self) -> None:
        self.scene.simulator.weather.clear()
        self.scene.stage.trace.append("the sky clears")

    def _wait_for_quiet(self, workers: list[Actor]) -> None:
        """Sweep, tend and let time pass until nobody has anything to do; I6 and I22 bound the turns."""
        for pause in QUIET:
            self._drain(workers)
            self._pass_time(pause)
        self._drain(workers)

    def _drain(self, workers: list[Actor]) -> None:
        self._finish()
        for _ in range(TURNS_AFTER_MAX):
            self._send(workers[0], self._sweep, "sweeps")
            self._finish()
            if not len(self.scene.queue):
                return
            while len(self.scene.queue):
                self._work(workers[0], 0.0)
                self._finish()
        raise AssertionError("I22: the queue never empties")

    def _finish(self) -> None:
        """Everybody ends the errand in hand, sleeping where they must."""
        for _ in range(TURNS_AFTER_MAX):
            self.scene.stage.run_until_idle(TURNS_AFTER_MAX)
            wakes = self.scene.stage.next_wake()
            if wakes is None:
                return
            self._pass_time(max(wakes - self.scene.simulator.clock.now(), timedelta(milliseconds=1)))
        raise AssertionError("I22: somebody sleeps for ever")

    def _nothing_stirs_any_more(self, workers: list[Actor]) -> None:
        """I5: after quiet, a further pass writes nothing, neither there nor here."""
        before = self._writes()
        with self.referee.connection.cursor() as cursor:
            cursor.execute("UPDATE mirror_mailbox SET rung_count = rung_count + 1, not_before = NULL")
        self._drain(workers)
        self.referee.expect("I5 writes after quiet", before, self._writes())

    def _old_notices_change_nothing(self, workers: list[Actor]) -> None:
        """I7: every notice of the run arrives once more, in any order."""
        before = self._writes()
        old = list(self.scene.posts)
        self.chance.shuffle(old)
        for url, body, content_type in old:
            self.scene.simulator.post(url, body=body, content_type=content_type)
        self._drain(workers)
        self.referee.expect("I7 writes after old notices", before, self._writes())

    def _the_product_says_so_too(self) -> None:
        """I30: verify finds nothing, and the journal's chain holds."""
        from holdfast.database.transactions import in_workspace
        from holdfast.journal import reading
        from holdfast.mirror.verify import verify

        for customer in self.scene.customers:
            found = verify(customer.cast.ada, engine=self.scene.new_engine())
            faults = [difference for each in found if not each.is_in_step for difference in each.differences]
            self.referee.expect("I30 verify", [], faults)
            with in_workspace(customer.cast.workspace_id):
                reading.verify(customer.cast.workspace_id)

    def _writes(self) -> tuple[object, ...]:
        """Every write there and here so far."""
        sent = sum(
            count for kind, count in self.scene.simulator.conduct.counts.items()
            if kind.split(" ", 1)[0] in {"POST", "PATCH", "DELETE"} and "batch" not in kind and "ubscription" not in kind
        )  # fmt: skip
        versions = self.referee.rows("SELECT coalesce(sum(version), 0) AS versions FROM bookings_booking")
        return sent, versions[0]["versions"]


def play(seed: int, superuser_url: str, *, steps: int = STEPS) -> World:
    """Run one seed against the migrated, empty database behind the URL. Raises what was found, the seed beside it."""
    log = logging.getLogger("holdfast")
    level_before = log.level
    log.setLevel(logging.ERROR)  # thousands of lines of weather drown the one that matters
    scene = build(seed, connect=doors.connect)
    try:
        scene.simulator.postman = doors.postman(scene)
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            world = World(scene, Referee(connection, scene.simulator), steps=steps)
            try:
                world.play()
            except BaseException as failure:
                tail = "\n    ".join(scene.stage.trace[-25:])
                failure.add_note(f"seed {seed}, {steps} steps: make world SEED={seed} STEPS={steps}\n    {tail}")
                raise
            return world
    finally:
        scene.strike()
        log.setLevel(level_before)
