"""Keeps a handful of processes running, and ends them in order.

Decides when a dead process is started again, when that is pointless, and how long each may take to finish. It knows
nothing of what they do; `holdfast.host.up` does.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from holdfast.host import logs
from holdfast.host.errors import GaveUp
from holdfast.ports import clock

DEATHS_MAX = 5
DEATHS_WITHIN_S = 60.0
RESTART_FIRST_S = 0.5
RESTART_MOST_S = 10.0
_POLL_S = 0.05
_LOG = logs.get("holdfast.up")


@dataclass(frozen=True, slots=True)
class Program:
    """Something to keep running. `order`: lower ones are told to stop first, and all of one order together."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    drain_s: float = 30.0
    order: int = 0
    output: Path | None = None
    """Where its standard output goes, written anew at each start; to ours where None."""


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list[float])
    start_at: float = 0.0


class Supervisor:
    """Runs programs until `stop` is called or one of them cannot be kept alive."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._children = [_Child(program) for program in programs]
        self._stops = 0

    @property
    def is_stopping(self) -> bool:
        return self._stops > 0

    def stop(self) -> None:
        """Begin to end; called again: do not wait any longer. Safe in a signal handler."""
        self._stops += 1

    def add(self, program: Program) -> None:
        """One more to keep running from now on."""
        self._children.append(_Child(program))
        self.tend()

    def process_ids(self) -> dict[str, int]:
        return {child.program.name: child.process.pid for child in self._children if child.process is not None}

    def tend(self) -> None:
        """Start what is due, notice what died. Raises GaveUp."""
        if self.is_stopping:
            return
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                _bury(child)
            if child.process is None and clock.monotonic_s() >= child.start_at:
                _launch(child)

    def run(self, *, each: Callable[[], None]) -> None:
        """Tend until told to stop. `each` is called every round."""
        while not self.is_stopping:
            self.tend()
            each()
            clock.sleep(_POLL_S)

    def drain(self) -> None:
        """End everything, lowest order first; each process finishes what it has in hand, within its time."""
        for order in sorted({child.program.order for child in self._children}):
            group = [child for child in self._children if child.program.order == order and child.process is not None]
            for child in group:
                _signal_group(child, signal.SIGTERM)
            self._await(group)

    def _await(self, group: list[_Child]) -> None:
        """Until all are gone, or the time of the slowest is over, or somebody is in a hurry."""
        deadline = clock.monotonic_s() + max((child.program.drain_s for child in group), default=0.0)
        while left := [child for child in group if child.process is not None and child.process.poll() is None]:
            if clock.monotonic_s() > deadline or self._stops > 1:
                for child in left:
                    _LOG.warning("ended before it was finished", program=child.program.name)
                    _signal_group(child, signal.SIGKILL)
                    assert child.process is not None
                    child.process.wait()
            clock.sleep(_POLL_S)
        for child in group:
            _signal_group(child, signal.SIGKILL)  # what a process of ours left behind in its group
            child.process = None


def _launch(child: _Child) -> None:
    environment = {**os.environ, **child.program.environment}
    # Its own session: Ctrl-C at the terminal is for the supervisor, which ends the others in order.
    with _output(child.program) as output:
        child.process = subprocess.Popen(  # noqa: S603  our own commands
            child.program.command, env=environment, stdin=subprocess.DEVNULL, stdout=output, start_new_session=True
        )


@contextmanager
def _output(program: Program) -> Generator[IO[bytes] | None]:
    if program.output is None:
        yield None
        return
    with program.output.open("wb") as opened:
        yield opened


def _bury(child: _Child) -> None:
    assert child.process is not None
    code, now = child.process.returncode, clock.monotonic_s()
    _signal_group(child, signal.SIGKILL)
    child.process = None
    child.deaths = [at for at in child.deaths if now - at < DEATHS_WITHIN_S] + [now]
    if len(child.deaths) >= DEATHS_MAX:
        raise GaveUp(
            f"{child.program.name} died {DEATHS_MAX} times within {DEATHS_WITHIN_S:.0f} s (last with {_cause(code)}). "
            "Its last lines above say why; `holdfast doctor` checks the surroundings."
        )
    delay = min(RESTART_FIRST_S * 2 ** (len(child.deaths) - 1), RESTART_MOST_S)
    child.start_at = now + delay
    _LOG.warning("died and is started again", program=child.program.name, cause=_cause(code), in_s=delay)


def _cause(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _signal_group(child: _Child, number: signal.Signals) -> None:
    """SIGTERM goes to the process alone, which tells its own; SIGKILL to all of its group."""
    assert child.process is not None
    try:
        if number is signal.SIGKILL:
            os.killpg(child.process.pid, number)
        else:
            child.process.send_signal(number)
    except (ProcessLookupError, PermissionError):
        return
