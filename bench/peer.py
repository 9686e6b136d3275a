"""The peer: vdirsyncer between a folder of .ics files and the in-memory CalDAV server. Measures, decides nothing.

Each figure is the CPU of vdirsyncer's own process (user + system, seconds), minus that of a start that does nothing
(`vdirsyncer --version`, the median of three): what remains is the work. Wall time is given beside it.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from bench.calendars import Entry

_CONFIG = """
[general]
status_path = "{folder}/status/"
[pair bench]
a = "files"
b = "server"
collections = null
conflict_resolution = "a wins"
[storage files]
type = "filesystem"
path = "{folder}/files/"
fileext = ".ics"
[storage server]
type = "caldav"
url = "http://127.0.0.1:{port}/cal/"
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall seconds of one run of the peer; its own no-op start is subtracted from the CPU."""

    cpu_s: float
    wall_s: float


class Peer:
    def __init__(self, folder: Path, port: int, program: Path) -> None:
        self._folder, self._port, self._program = folder, port, program
        (folder / "files").mkdir(parents=True)
        (folder / "config").write_text(_CONFIG.format(folder=folder, port=port))
        self._start_cpu_s = median(self._run("--version").cpu_s for _ in range(3))
        self._run("discover", "bench", answers="y\n" * 4)

    def write(self, entries: list[Entry]) -> None:
        for entry in entries:
            (self._folder / "files" / f"{entry.uid}.ics").write_text(entry.icalendar())

    def remove(self, entries: list[Entry]) -> None:
        for entry in entries:
            (self._folder / "files" / f"{entry.uid}.ics").unlink()

    def forget(self) -> None:
        """Empty the folder and the memory of it: the next run is a first pull."""
        for name in ("files", "status"):
            shutil.rmtree(self._folder / name)
        (self._folder / "files").mkdir()
        self._run("discover", "bench", answers="y\n" * 4)

    @property
    def file_count(self) -> int:
        return sum(1 for _ in (self._folder / "files").iterdir())

    def sync(self) -> Cost:
        cost = self._run("sync", "bench")
        return Cost(cpu_s=max(cost.cpu_s - self._start_cpu_s, 0.0), wall_s=cost.wall_s)

    def _run(self, *arguments: str, answers: str = "") -> Cost:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [str(self._program), "-v", "ERROR", "-c", str(self._folder / "config"), *arguments]
        if arguments == ("--version",):
            command = [str(self._program), "--version"]
        done = subprocess.run(command, input=answers, text=True, capture_output=True, check=False, env=dict(os.environ))
        if done.returncode != 0:
            sys.exit(f"the peer failed: {done.stderr[-800:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return Cost(cpu_s=cpu_s, wall_s=time.perf_counter() - began)


@contextmanager
def _server() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.peer_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def change_there(port: int, entries: list[Entry], *, remove: list[Entry]) -> None:
    """Somebody else's changes on the server."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/cal/") as client:
        for entry in entries:
            client.put(f"{entry.uid}.ics", content=entry.icalendar()).raise_for_status()
        for entry in remove:
            client.delete(f"{entry.uid}.ics").raise_for_status()


def empty_there(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        client.delete("/cal/").raise_for_status()


def serving() -> AbstractContextManager[int]:
    """A CalDAV server for the length of a block; gives its port."""
    return _server()
