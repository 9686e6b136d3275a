"""Listening sockets: a WSGI application on a loopback port, plain or over TLS, served by threads of this process.

Granian is normally a parent with worker processes. A simulator is one memory, so its server must live in the process
that holds it; granian's threaded server does, and is driven here by its start and stop, without its own main loop.
"""

from __future__ import annotations

import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian.constants import Interfaces, RuntimeModes
from granian.server.mt import MTServer

from sim365.serving.errors import PortTaken
from sim365.state.principals import WsgiApp

LOOPBACK = "127.0.0.1"

#: Requests answered at the same time; more wait. A slow subscription handshake may hold one for ten seconds.
THREADS = 16

#: How long a listener may take to answer its first connection.
READY_WITHIN_S = 5.0
READY_LOOK_EVERY_S = 0.005
READY_LOOKS_MAX = int(READY_WITHIN_S / READY_LOOK_EVERY_S)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A server's certificate chain and its key, in PEM files."""

    chain: Path
    key: Path


class Listener:
    """One port that is answered from construction until `stop`."""

    def __init__(self, app: WsgiApp, *, port: int, tls: TlsFiles | None = None) -> None:
        refuse_taken_port(port)
        self.port = port
        # Granian's types are incomplete, and its worker has no public name.
        server: Any = MTServer(
            "sim365",
            address=LOOPBACK,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=THREADS,
            runtime_mode=RuntimeModes.mt,
            websockets=False,
            log_enabled=False,
            ssl_cert=None if tls is None else tls.chain,
            ssl_key=None if tls is None else tls.key,
        )
        self._server = server
        with _own_signals():
            server.startup(server._spawn_wsgi_worker, app)  # noqa: SLF001  see above
        self._await_ready()

    def stop(self) -> None:
        """Answer what is under way, then close the port."""
        self._server.shutdown()

    def _await_ready(self) -> None:
        """The port is opened by a thread of its own, a moment later."""
        pause = threading.Event()
        for _ in range(READY_LOOKS_MAX):
            try:
                socket.create_connection((LOOPBACK, self.port), timeout=READY_WITHIN_S).close()
            except ConnectionRefusedError:
                pause.wait(READY_LOOK_EVERY_S)
            else:
                return
        self.stop()
        raise PortTaken(f"port {self.port} on {LOOPBACK} did not open within {READY_WITHIN_S:.0f} s.")


class _own_signals:  # noqa: N801  reads as a word of the `with` statement
    """Granian takes SIGINT and SIGTERM at its start; they are given back, because one owner must decide the end."""

    def __enter__(self) -> None:
        self._kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def __exit__(self, *_: object) -> None:
        for number, handler in self._kept.items():
            signal.signal(number, handler)


def refuse_taken_port(port: int) -> None:
    """PortTaken with the remedy where somebody listens already; granian itself would share the port silently."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError as error:
            remedy = "Stop what listens there, or choose another --port."
            message = f"port {port} on {LOOPBACK} is taken ({error.strerror}). {remedy}"
            raise PortTaken(message) from error


def free_port_pair() -> int:
    """A port that is free together with the one above it, for callers that say --port 0."""
    for _ in range(64):
        with socket.socket() as low, socket.socket() as high:
            low.bind((LOOPBACK, 0))
            port = int(low.getsockname()[1])
            try:
                high.bind((LOOPBACK, port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise PortTaken("no two neighbouring ports are free")
