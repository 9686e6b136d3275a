"""Delivering to many webhooks at once, where a simulator is served: a client that answers slowly delays only itself.

A few threads, and at most two of them for one host; the rest waits in line by host. In a simulator on a virtual clock
there are no couriers: it delivers in order, so that the same seed gives the same run.
"""

import threading
import traceback
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sim365.notices.book import Notice
from sim365.notices.endpoints import host_of

THREADS = 16
PER_HOST = 2


class Couriers:
    """Threads that deliver, from construction until `close`."""

    def __init__(self, deliver: Callable[[Notice], None], bugs: list[str]) -> None:
        self._deliver = deliver
        self._bugs = bugs
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, deque[Notice]] = defaultdict(deque[Notice])
        self._busy: defaultdict[str, int] = defaultdict(int)
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="sim365-courier")

    def send(self, notice: Notice) -> None:
        """Hand a notice over; it is delivered as soon as its host's turn comes."""
        host = host_of(notice.url)
        with self._lock:
            self._waiting[host].append(notice)
            self._start(host)

    def close(self) -> list[Notice]:
        """Let those on their way arrive; answers what had not set out."""
        with self._lock:
            left = [notice for waiting in self._waiting.values() for notice in waiting]
            self._waiting.clear()
        self._threads.shutdown(wait=True)
        return left

    def _start(self, host: str) -> None:
        if self._waiting[host] and self._busy[host] < PER_HOST:
            self._busy[host] += 1
            self._threads.submit(self._run, host, self._waiting[host].popleft())

    def _run(self, host: str, notice: Notice) -> None:
        try:
            self._deliver(notice)
        except Exception:  # noqa: BLE001  the thread's door: the others must go on, and the record shows it
            self._bugs.append(traceback.format_exc())
        finally:
            with self._lock:
                self._busy[host] -= 1
                self._start(host)
