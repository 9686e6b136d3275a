"""Worker processes as in use: started, asked for their peak and their CPU, and ended."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep

from django.db import connections

from bench.outlook import Outlook

LOOK_EVERY_S = 0.05
SETTLE_S = 2.0


@contextmanager
def at_work(module: Sequence[str], outlook: Outlook, *, count: int = 1, notices_url: str = "") -> Iterator[list[int]]:
    """So many processes of a module, with this process's database and keys; gives their ids."""
    known = {
        "HOLDFAST_OUTGOING_CA_FILE": outlook.board["ca_file"],
        "HOLDFAST_WEB_NOTICES_URL": notices_url,
    }
    command = [sys.executable, "-m", *module]
    processes = [subprocess.Popen(command, env=os.environ | known) for _ in range(count)]
    try:
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def await_rest(is_done: Callable[[], bool], *, most_s: float) -> None:
    """Look until `is_done()`; TimeoutError where it never comes."""
    until = monotonic() + most_s
    while not is_done():
        if monotonic() > until:
            raise TimeoutError(f"the workers did not come to rest within {most_s:.0f} s")
        sleep(LOOK_EVERY_S)
    connections.close_all()


def settle_down() -> None:
    """Give a worker that has just started or ended its work the second in which its memory is at its most."""
    sleep(SETTLE_S)
