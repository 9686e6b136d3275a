"""Where a bench runs: a migrated PostgreSQL of its own, as durable as in use, and what processes have used.

CPU is user + system time. PostgreSQL's is that of its server with all backends, those that ended included; it is told
beside our own, never added to it.
"""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Self

from holdfast.host.postgres import EmbeddedPostgres
from tests import ground

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def database() -> EmbeddedPostgres:
    """A started cluster that goes with this process, with PostgreSQL's usual durability."""
    directory = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    cluster = EmbeddedPostgres(directory)

    def discard() -> None:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
        shutil.rmtree(cluster.socket_directory, ignore_errors=True)

    atexit.register(discard)
    os.environ["HOLDFAST_WEB_ALLOWED_HOSTS"] = "127.0.0.1"
    os.environ["HOLDFAST_LOG_LEVEL"] = "warning"
    ground.announce(cluster)
    return ground.migrate(cluster)


@dataclass(frozen=True, slots=True)
class Spent:
    """What an act took: our own CPU, PostgreSQL's, and the time on the wall, in seconds."""

    own: float
    postgres: float
    wall: float


class Meter:
    """`with Meter(cluster) as meter: …` then `meter.spent`."""

    spent: Spent

    def __init__(self, cluster: EmbeddedPostgres) -> None:
        self._cluster = cluster

    def __enter__(self) -> Self:
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        own, postgres, wall = (after - before for before, after in zip(self._before, self._now(), strict=True))
        self.spent = Spent(own, postgres, wall)

    def _now(self) -> tuple[float, float, float]:
        return process_time(), postgres_s(self._cluster), perf_counter()


def postgres_s(cluster: EmbeddedPostgres) -> float:
    """CPU seconds of the server since it started: the postmaster, its living children, and those it has waited for."""
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    total = sum(_times(postmaster))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == postmaster:
            total += sum(_times(int(entry.name))[:2])
    return total


def process_s(process_id: int) -> float:
    """CPU seconds of one process so far."""
    return sum(_times(process_id)[:2])


def peak_mib(process_id: int | str = "self") -> float:
    """The largest resident set that a process has had."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"the kernel tells no peak of process {process_id}")


def _times(process_id: int) -> list[float]:
    """user, system, and those of ended children."""
    fields = _stat(Path(f"/proc/{process_id}"))
    return [int(ticks) / _TICKS_PER_S for ticks in fields[11:15]] if fields else [0.0] * 4


def _parent(entry: Path) -> int:
    fields = _stat(entry)
    return int(fields[1]) if fields else 0


def _stat(entry: Path) -> list[str]:
    """The fields after the name, which may itself hold spaces; none where the process has just ended."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
