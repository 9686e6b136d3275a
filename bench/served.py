"""sim365 as it is served: a process of its own on one core, asked over plain HTTP and over TLS on open connections.

The client speaks HTTP by hand, so that what is measured is the server; it runs on the other core where there is one.
"""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import httpx

CONNECTIONS = 4
"""As many requests at a time as Microsoft takes of one app for one mailbox."""
_START_MOST_S = 60
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and how it is reached."""

    port: int
    login_port: int
    ca_file: str
    started_s: float
    """From the command to the line that says where everything stands."""
    worked_s: float
    """Of that, the processor's time."""


@contextlib.contextmanager
def serving(company: str) -> Iterator[Served]:
    """`sim365 serve` with a company file, until the block ends."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "company.yaml"
        file.write_text(company, encoding="utf-8")
        command = [
            str(Path(sys.executable).parent / "sim365"),
            "serve",
            "--company",
            str(file),
            "--port",
            "0",
            "--json",
        ]
        began = perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            os.sched_setaffinity(process.pid, set(sorted(os.sched_getaffinity(0))[:1]))
            try:
                assert process.stdout is not None
                told = json.loads(process.stdout.readline())
                started, worked = perf_counter() - began, _worked_s(process.pid)
                port = httpx.URL(told["graph_root"]).port or 0
                yield Served(port, port + 1, told["ca_file"], started, worked)
            finally:
                process.terminate()
                process.wait(_START_MOST_S)


def rate(served: Served, path: str, token: str, *, requests: int, tls: bool) -> float:
    """Requests answered in a second over connections that stay open."""
    each = requests // CONNECTIONS
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        lines = [_connected(served, tls=tls) for _ in range(CONNECTIONS)]
        host = f"localhost:{served.login_port if tls else served.port}"
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        list(pool.map(lambda line: _ask(line, head, 20), lines))
        began = perf_counter()
        list(pool.map(lambda line: _ask(line, head, each), lines))
        took = perf_counter() - began
        for line in lines:
            line.close()
    return each * CONNECTIONS / took


def _ask(line: socket.socket, head: bytes, times: int) -> None:
    for _ in range(times):
        line.sendall(head)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += line.recv(_READ_BYTES)
        top, _, body = answer.partition(b"\r\n\r\n")
        assert top.startswith(b"HTTP/1.1 200"), top
        length = next(int(row[15:]) for row in top.lower().split(b"\r\n") if row.startswith(b"content-length:"))
        while len(body) < length:
            body += line.recv(_READ_BYTES)


def _connected(served: Served, *, tls: bool) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", served.login_port if tls else served.port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not tls:
        return plain
    return ssl.create_default_context(cafile=served.ca_file).wrap_socket(plain, server_hostname="localhost")


def _worked_s(pid: int) -> float:
    """User and system time of a process so far; proc(5), fields 14 and 15."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
