"""One supervisor for each state directory.

Decides by a lock that the kernel takes back when its holder ends, however it ends: a stale file locks nobody out.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from holdfast.host.errors import AlreadyRunning


@contextmanager
def only_one(file: Path) -> Generator[None]:
    """Hold the lock for the length of the block. Raises AlreadyRunning."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_sentence(file, descriptor)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(file: Path) -> int | None:
    """The process that holds the lock, or None."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _written(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdecimal() else 0


def _sentence(file: Path, descriptor: int) -> str:
    return (
        f"Holdfast is already running on {file.parent} (process {_written(descriptor)}). Stop that one first, or set "
        "HOLDFAST_STATE to another directory and HOLDFAST_WEB_PORT to another port."
    )
