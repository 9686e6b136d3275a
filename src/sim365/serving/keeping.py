"""The state directory: one owner at a time, and one file that is replaced whole.

Decides how a snapshot reaches the disk and comes back; what is in it is the simulator's affair. The file is text or
binary data without code in it: nothing that is read here can run.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from sim365.serving.errors import StateUnusable

STATE_FILE = "state"
LOCK_FILE = "lock"


class StateDirectory:
    """A directory that this process alone may use until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: IO[str] = (path / LOCK_FILE).open("w")
        except OSError as error:
            raise StateUnusable(f"{path} cannot be used as a state directory: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            message = f"{path} is in use by another sim365. Stop that one, or choose another --state."
            raise StateUnusable(message) from error

    def read(self) -> bytes | None:
        """The kept snapshot; None where there is none yet."""
        try:
            return (self.path / STATE_FILE).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, snapshot: bytes) -> None:
        """Replace the kept snapshot: after a crash either the old or the new one is there, never half of one."""
        new = self.path / f"{STATE_FILE}.new"
        with new.open("wb") as file:
            file.write(snapshot)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path / STATE_FILE)
        directory = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def close(self) -> None:
        """Let the next one use the directory."""
        self._lock.close()
