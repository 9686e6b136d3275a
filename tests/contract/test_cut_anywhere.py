"""A run that is killed at any request, before or after it, leaves nothing once the clean-up has run.

A killed process leaves two things: what the service has by then, and the run's file. So both are kept at every request
of a run, and the clean-up is tried on each pair. It is the same as killing the process there, only faster.
"""

from __future__ import annotations

import dataclasses
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import httpx
import pytest

from sim365.contract.checks import every_check
from sim365.contract.errors import RefusedError
from sim365.contract.ground import times
from sim365.contract.runbook import SUFFIX
from sim365.contract.running import clean, run
from sim365.simulator import Simulator
from sim365.transport import SimTransport
from tests.contract.harbour import AQUARIUM, DORA, calendars, harbour, plan_of, target_of

AREAS = {
    module.rpartition(".")[2]: list(checks)
    for module, checks in groupby(every_check(), key=lambda check: check.ask.__module__)
}


@dataclass
class Film(httpx.BaseTransport):
    """Keeps the service's state and the run's file before and after every request."""

    sim: Simulator
    folder: Path
    frames: list[tuple[bytes, dict[str, bytes]]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._keep()
        try:
            return SimTransport(self.sim).handle_request(request)
        finally:
            self._keep()

    def _keep(self) -> None:
        files = {path.name: path.read_bytes() for path in self.folder.glob(f"*{SUFFIX}")}
        self.frames.append((self.sim.snapshot(), files))


@pytest.mark.parametrize("area", AREAS)
def test_a_killed_run_is_cleaned_up_wherever_it_was_killed(area, tmp_path):
    sim = harbour()
    before, film = calendars(sim), Film(sim, tmp_path)
    run(target_of(sim, transport=film), plan_of(tmp_path, checks=AREAS[area]), tell=lambda _: None)
    assert calendars(sim) == before
    assert len(film.frames) > 2 * len(AREAS[area])

    for number, (state, files) in enumerate(film.frames):
        sim.restore(state)
        for path in tmp_path.glob(f"*{SUFFIX}"):
            path.unlink()
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)

        removal = clean(target_of(sim), tmp_path, tell=lambda _: None)

        assert removal.left == 0, f"frame {number} of {len(film.frames)}"
        assert calendars(sim) == before, f"frame {number} of {len(film.frames)}"
    assert sim.bugs == []


class Pulled(httpx.BaseTransport):
    """Ctrl-C at one request: before it is sent, or before its answer is read."""

    def __init__(self, sim: Simulator, at: int, *, after: bool):
        self._inner, self._at, self._after, self.seen = SimTransport(sim), at, after, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen += 1
        if self.seen != self._at:
            return self._inner.handle_request(request)
        if self._after:
            self._inner.handle_request(request)
        raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True], ids=["before the request", "before the answer"])
@pytest.mark.parametrize("area", ["identity", "rooms"])
def test_ctrl_c_removes_what_was_made(area, after, tmp_path):
    """Whatever request it hits while questions are asked, the run itself removes everything and says so."""
    looked = 6  # two for each mailbox, before anything is made
    for at in range(looked + 1, looked + 30):
        sim, told = harbour(), []
        before, folder = calendars(sim), tmp_path / str(at)
        folder.mkdir()
        transport = Pulled(sim, at, after=after)

        report, removal = run(
            target_of(sim, transport=transport), plan_of(folder, checks=AREAS[area]), tell=told.append
        )

        assert "Stopped" in " ".join(told)
        assert len(report.results) < len(AREAS[area])
        assert removal.created == removal.removed
        assert removal.left == 0
        assert calendars(sim) == before


def test_ctrl_c_during_removal_says_what_is_left_and_the_clean_up_takes_it(tmp_path):
    sim = harbour()
    before, transport = calendars(sim), Pulled(sim, 10**6, after=False)
    checks = AREAS["identity"][:4]
    run(target_of(sim, transport=transport), plan_of(tmp_path, checks=checks), tell=lambda _: None)
    removing = transport.seen - len(checks)
    stopped, told = harbour(), []
    (tmp_path / "second").mkdir()

    _report, removal = run(
        target_of(stopped, transport=Pulled(stopped, removing, after=False)),
        plan_of(tmp_path / "second", checks=checks),
        tell=told.append,
    )

    assert removal.left > 0
    assert "Removal was stopped before its end." in told
    assert calendars(stopped) != before
    assert clean(target_of(stopped), tmp_path / "second", tell=told.append).left == 0
    assert calendars(stopped) == before


@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), RefusedError("The token is no longer given.")], ids=["bug", "refusal"]
)
def test_whatever_ends_the_questions_the_removal_comes_next(error, tmp_path):
    def fails(ground):
        ground.make(ground.host, "Made just before", times(ground.day()))
        raise error

    sim, told = harbour(), []
    before = calendars(sim)
    plan = plan_of(tmp_path, checks=[*AREAS["identity"][:3], dataclasses.replace(AREAS["identity"][0], ask=fails)])

    with pytest.raises(RuntimeError, match="a bug") if isinstance(error, RuntimeError) else nullcontext():
        run(target_of(sim), plan, tell=told.append)

    assert calendars(sim) == before


def test_copies_that_are_still_under_way_are_removed_when_they_arrive(tmp_path):
    """Exchange may take more than a minute to carry an invitation: it comes after its meeting was deleted."""
    from sim365.contract.findings import CHECKS
    from sim365.switches import Switches

    sim = harbour(switches=Switches(message_delay_max_s=55.0))
    before, film = calendars(sim), Film(sim, tmp_path)
    checks = [CHECKS["copies-share-the-uid"], CHECKS["rooms-accept-free-times"]]
    run(target_of(sim, transport=film), plan_of(tmp_path, checks=checks), tell=lambda _: None)

    for state, files in film.frames:
        sim.restore(state)
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        clean(target_of(sim), tmp_path, tell=lambda _: None)
        sim.settle()
        assert calendars(sim) == before


def test_what_others_have_is_left_alone(tmp_path):
    """Ada's last week, the room's, and Dora's boat trip are there afterwards, and nobody read Dora's calendar."""
    sim = harbour()

    run(target_of(sim), plan_of(tmp_path, checks=AREAS["rooms"]), tell=lambda _: None)

    assert len(calendars(sim)[DORA, "default"]) == 1
    assert len(calendars(sim)[AQUARIUM, "default"]) == 1
    assert not [entry.path for entry in sim.conduct.entries if DORA in entry.path]


def test_a_run_that_was_killed_is_removed_at_the_next_start(tmp_path):
    sim = harbour()
    before, told = calendars(sim), []
    film = Film(sim, tmp_path)
    run(target_of(sim, transport=film), plan_of(tmp_path, checks=AREAS["writing"]), tell=told.append)
    state, files = film.frames[len(film.frames) // 3]
    sim.restore(state)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert calendars(sim) != before

    _report, removal = run(target_of(sim), plan_of(tmp_path, checks=AREAS["notices"], run="00c0ffee"), tell=told.append)

    assert "Removing what run 0badcafe" in " ".join(told)
    assert removal.left == 0
    assert calendars(sim) == before


def test_a_run_whose_file_is_lost_is_removed_by_its_number(tmp_path):
    from sim365.contract.running import forgotten

    sim = harbour()
    before, film = calendars(sim), Film(sim, tmp_path)
    run(target_of(sim, transport=film), plan_of(tmp_path, checks=AREAS["rooms"]), tell=lambda _: None)
    sim.restore(film.frames[len(film.frames) // 2][0])
    for path in tmp_path.iterdir():
        path.unlink()
    assert calendars(sim) != before

    forgotten(target_of(sim), tmp_path, "0badcafe", plan_of(tmp_path).mailboxes)
    removal = clean(target_of(sim), tmp_path, tell=lambda _: None)

    assert removal.removed > 0
    assert calendars(sim) == before
