"""A wire between Holdfast and sim365 whose answers can be held back, to show what a slow answer and a kill do.

Decides nothing about what passes: bytes go through as they come. When told to, it lets one kind of request through and
keeps the answer, as a network does in its worst moment: the service has done it, and nobody knows. Loopback only; for
the tour, never between Holdfast and Microsoft.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Generator

CHUNK_BYTES = 65_536
WAITING_MAX = 64
_WRITES = (b"/events", b"/$batch")


class Wire:
    """Listens on a port of its own and passes everything on to `port`, until `close`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=WAITING_MAX)
        self.port = int(self._listener.getsockname()[1])
        self._holds = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    @contextlib.contextmanager
    def holding(self) -> Generator[None]:
        """For the length of the block, a request that writes events gets through and its answer does not."""
        self._holds.set()
        try:
            yield
        finally:
            self._holds.clear()

    def close(self) -> None:
        self._listener.close()
        with self._lock:
            still_open = list(self._open)
        for each in still_open:
            _hang_up(each)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._pass, args=(near,), name="wire", daemon=True).start()

    def _pass(self, near: socket.socket) -> None:
        """One connection: requests in this thread, answers in another."""
        with contextlib.suppress(OSError), near, socket.create_connection(("127.0.0.1", self._port)) as far:
            with self._lock:
                self._open |= {near, far}
            kept = threading.Event()

            def is_kept(_chunk: bytes) -> bool:
                return kept.is_set()

            back = threading.Thread(target=_copy, args=(far, near, is_kept), daemon=True)
            back.start()
            _copy(near, far, lambda chunk: self._note(chunk, kept))
            back.join()
        with self._lock:
            self._open = {each for each in self._open if each.fileno() != -1}

    def _note(self, chunk: bytes, kept: threading.Event) -> bool:
        """A write that comes while answers are held marks its connection; the request itself is never kept."""
        first_line = chunk.partition(b"\r\n")[0]
        if self._holds.is_set() and first_line.startswith(b"POST ") and any(part in first_line for part in _WRITES):
            kept.set()
        return False


def _copy(source: socket.socket, target: socket.socket, is_kept: Callable[[bytes], bool]) -> None:
    """Until one side hangs up. What is kept is swallowed: whoever waits for it is dead by the time it would come."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK_BYTES):
            if not is_kept(chunk):
                target.sendall(chunk)
    _hang_up(target)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
