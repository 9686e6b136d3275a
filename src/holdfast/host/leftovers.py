"""What a server that died leaves behind, and when it may be cleared away.

Decides whether any process still works in a data directory. PostgreSQL's own guard reads a process number from
`postmaster.pid`; after a crash that number may belong to a zombie or, in a container, to another program. The files are
cleared only when no process at all has the data directory as its place: a left-over backend may still be writing.
"""

import os
import signal
from pathlib import Path

from holdfast.host.errors import DatabaseUnavailable
from holdfast.ports import clock

BACKENDS_LEAVE_S = 15
_POLL_S = 0.02


def clear_leftovers(data: Path, socket_directory: Path) -> None:
    """Take away lock files of a dead server. Raises DatabaseUnavailable while something of it lives."""
    _await_backends(data)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for stale in socket_directory.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


def _await_backends(data: Path) -> None:
    """Backends end by themselves when their postmaster is gone; what does not is told to."""
    deadline = clock.monotonic_s() + BACKENDS_LEAVE_S
    while left := processes_in(data):
        late = deadline - clock.monotonic_s()
        if late < 0:
            raise DatabaseUnavailable(f"processes of a crashed server still work in {data}: {sorted(left)}; end them")
        if late < BACKENDS_LEAVE_S / 2:
            _tell(left)
        clock.sleep(_POLL_S)


def _tell(processes: set[int]) -> None:
    for process_id in processes:
        try:
            os.kill(process_id, signal.SIGQUIT)
        except ProcessLookupError:
            continue


def processes_in(data: Path) -> set[int]:
    """The living processes whose working directory is `data`: every process of a server stands there."""
    place = os.path.realpath(data)
    found: set[int] = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == place and is_alive(int(entry.name)):  # noqa: PTH115  a text is compared
                found.add(int(entry.name))
        except OSError:
            continue  # it has ended, or it is somebody else's and so none of ours
    return found


def is_alive(process_id: int) -> bool:
    """True for a process that runs; a zombie does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}
