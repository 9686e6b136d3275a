"""Keeping processes alive, giving up with a sentence, ending in order."""

import os
import signal
import sys
from pathlib import Path

import pytest

from holdfast.host.errors import AlreadyRunning, GaveUp
from holdfast.host.lock import holder, only_one
from holdfast.host.supervise import DEATHS_MAX, Program, Supervisor
from holdfast.ports import clock

PATIENT = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); print('up', flush=True)\n"
WAITING = PATIENT + "while True: time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({mark!r}, 'w').close()\nwhile True: time.sleep(60)"
SAYS_GOODBYE = (
    "import signal, sys, time\n"
    "def end(*_):\n"
    "    open({log!r}, 'a').write({name!r} + '\\n'); sys.exit()\n"
    "signal.signal(signal.SIGTERM, end)\n"
    "open({log!r} + {name!r}, 'w').close()\n"
    "while True: time.sleep(60)\n"
)


class QuickClock:
    """Time that passes as it is slept, so that back-off costs a test nothing."""

    def __init__(self) -> None:
        self._now = clock.now()
        self._s = 0.0

    def now(self):
        return self._now

    def monotonic_s(self) -> float:
        return self._s

    def sleep(self, seconds: float) -> None:
        self._s += seconds


@pytest.fixture
def quick():
    before = clock.install(QuickClock())
    yield
    clock.install(before)


def program(name: str, code: str, **more) -> Program:
    return Program(name, (sys.executable, "-c", code), **more)


def tend_for_ever(supervisor: Supervisor) -> None:
    """Each round waits until what was started has ended; the clock is a quick one."""
    while True:
        supervisor.tend()
        for process_id in supervisor.process_ids().values():
            os.waitid(os.P_PID, process_id, os.WEXITED | os.WNOWAIT)
        clock.sleep(1)


def await_file(*files: str) -> None:
    while not all(Path(file).exists() for file in files):
        clock.sleep(0.01)


def test_what_dies_is_started_again():
    supervisor = Supervisor([program("web", WAITING)])
    supervisor.tend()
    first = supervisor.process_ids()["web"]
    os.kill(first, signal.SIGKILL)
    while supervisor.process_ids().get("web") in {None, first}:
        supervisor.tend()
        clock.sleep(0.02)
    supervisor.stop()
    supervisor.drain()
    assert supervisor.process_ids() == {}


def test_what_keeps_dying_ends_everything_with_a_sentence(quick):
    supervisor = Supervisor([program("worker 1", "raise SystemExit(7)")])
    with pytest.raises(GaveUp, match=rf"worker 1 died {DEATHS_MAX} times .*exit code 7.*holdfast doctor"):
        tend_for_ever(supervisor)
    supervisor.stop()
    supervisor.drain()


def test_the_signal_that_killed_it_is_named(quick):
    supervisor = Supervisor([program("web", "import os; os.kill(os.getpid(), 9)")])
    with pytest.raises(GaveUp, match="SIGKILL"):
        tend_for_ever(supervisor)


def test_lower_orders_end_first(tmp_path: Path):
    """The web server stops taking requests before workers stop, so that nothing new is begun."""
    log = str(tmp_path / "log ")
    programs = [
        program("worker", SAYS_GOODBYE.format(log=log, name="worker"), order=1),
        program("web", SAYS_GOODBYE.format(log=log, name="web"), order=0),
        program("simulator", SAYS_GOODBYE.format(log=log, name="simulator"), order=2),
    ]
    supervisor = Supervisor(programs)
    supervisor.tend()
    await_file(log + "worker", log + "web", log + "simulator")
    supervisor.stop()
    supervisor.drain()
    assert Path(log).read_text().split() == ["web", "worker", "simulator"]


def test_a_process_that_does_not_end_is_killed_when_its_time_is_over(tmp_path: Path):
    mark = str(tmp_path / "ready")
    supervisor = Supervisor([program("stubborn", STUBBORN.format(mark=mark), drain_s=0.2)])
    supervisor.tend()
    process_id = supervisor.process_ids()["stubborn"]
    await_file(mark)
    supervisor.stop()
    supervisor.drain()
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_a_second_word_hurries(tmp_path: Path):
    mark = str(tmp_path / "ready")
    supervisor = Supervisor([program("stubborn", STUBBORN.format(mark=mark), drain_s=3600)])
    supervisor.tend()
    await_file(mark)
    supervisor.stop()
    supervisor.stop()
    supervisor.drain()
    assert supervisor.process_ids() == {}


def test_what_a_dead_process_left_in_its_group_is_ended_too(tmp_path: Path):
    """Granian's worker outlives a killed main process and would keep the port."""
    mark = tmp_path / "child"
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(mark)!r} + '.part', 'w').write(str(child.pid))\n"
        f"import os; os.rename({str(mark)!r} + '.part', {str(mark)!r})\n"
        "time.sleep(600)\n"
    )
    supervisor = Supervisor([program("web", code)])
    supervisor.tend()
    await_file(str(mark))
    child = int(mark.read_text())
    os.kill(supervisor.process_ids()["web"], signal.SIGKILL)
    while Path(f"/proc/{child}").exists() and " Z " not in Path(f"/proc/{child}/stat").read_text():
        supervisor.tend()
        clock.sleep(0.02)
    supervisor.stop()
    supervisor.stop()
    supervisor.drain()
    assert supervisor.is_stopping


class TestOneSupervisorForEachDirectory:
    def test_the_second_is_refused_with_the_first_ones_number(self, tmp_path: Path):
        file = tmp_path / "state" / "up.lock"
        with only_one(file):
            assert holder(file) == os.getpid()
            with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}.*HOLDFAST_STATE"), only_one(file):
                pass

    def test_a_stale_file_locks_nobody_out(self, tmp_path: Path):
        file = tmp_path / "up.lock"
        file.write_text("1\n")
        assert holder(file) is None
        with only_one(file):
            assert holder(file) == os.getpid()
        assert holder(file) is None

    def test_nothing_was_ever_started_here(self, tmp_path: Path):
        assert holder(tmp_path / "up.lock") is None
