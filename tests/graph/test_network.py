"""The transport over real sockets on this machine: deadlines hold, TLS is checked, the environment is not obeyed."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import trustme

from holdfast.graph import errors
from holdfast.graph.errors import Circumstances
from holdfast.graph.exchange import Bounds, exchange
from holdfast.graph.network import over_network

AT = Circumstances(method="GET", path="/x")
Handler = Callable[[socket.socket], None]


@contextmanager
def listening(handler: Handler, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback that hands each connection to `handler`."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            try:
                connection, _ = server.accept()
                if stopping.is_set():
                    connection.close()
                    break
                connection.settimeout(10)
                with context.wrap_socket(connection, server_side=True) if context else connection as spoken:
                    handler(spoken)
            except OSError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        stopping.set()
        with socket.socket() as knock:
            knock.connect_ex(server.getsockname())
        thread.join(10)
        server.close()


def is_closed(connection: socket.socket) -> bool:
    """Wait a little for the peer to go away."""
    try:
        return connection.recv(65536) == b""
    except TimeoutError:
        return False


def replies(body: bytes) -> Handler:
    def handler(connection: socket.socket) -> None:
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    return handler


@contextmanager
def transport(**settings: object) -> Iterator[httpx.BaseTransport]:
    made = over_network(monotonic_s=time.monotonic, **settings)
    try:
        yield made
    finally:
        made.close()


def ask(made: httpx.BaseTransport, url: str, *, within_s: float = 10.0):
    bounds = Bounds(deadline_s=time.monotonic() + within_s, monotonic_s=time.monotonic)
    return exchange(made, httpx.Request("GET", url, extensions=bounds.extensions), at=AT, bounds=bounds)


def test_an_answer_comes_over_a_connection_that_is_used_again():
    connections = []

    def handler(connection: socket.socket) -> None:
        connections.append(1)
        replies(b"hello")(connection)

    with listening(handler) as port, transport() as made:
        answers = [ask(made, f"http://127.0.0.1:{port}/x") for _ in range(3)]

    assert [answer.body for answer in answers] == [b"hello"] * 3
    assert len(connections) == 1


@pytest.mark.museum("Z-K06")
@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"]
)
def test_a_peer_that_trickles_is_left_at_the_deadline(first):
    """Z-K06: a byte now and then renewed the time-out for ever. Head and body alike; the count of bytes is the proof."""
    sent = []

    def handler(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(first)
        connection.settimeout(0.02)
        while not is_closed(connection):
            if first:
                connection.sendall(b"x")
                sent.append(1)

    with listening(handler) as port, transport() as made, pytest.raises(errors.TimedOut):
        ask(made, f"http://127.0.0.1:{port}/x", within_s=0.3)

    assert len(sent) < 1000


def test_a_door_that_nobody_opens_is_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with transport() as made, pytest.raises(errors.NotSent):
        ask(made, f"http://127.0.0.1:{port}/x")


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", b"SSH-2.0-wrong door\r\n\r\n"]
)
def test_a_connection_that_breaks_off_is_no_answer(part):
    def handler(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(part)

    with listening(handler) as port, transport() as made, pytest.raises(errors.NoAnswer):
        ask(made, f"http://127.0.0.1:{port}/x")


def test_a_certificate_of_an_unknown_authority_is_refused_and_one_configured_is_taken(tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "wharf ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))

    with listening(replies(b"sealed"), context) as port:
        with transport() as made, pytest.raises(errors.NotSent):
            ask(made, f"https://127.0.0.1:{port}/x")
        with transport(ca_file=str(ca_file)) as made:
            assert ask(made, f"https://127.0.0.1:{port}/x").body == b"sealed"


def test_proxy_settings_of_the_environment_are_not_obeyed(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    with listening(replies(b"direct")) as port, transport() as made:
        assert ask(made, f"http://127.0.0.1:{port}/x").body == b"direct"


def test_a_configured_proxy_is_used():
    with listening(replies(b"by proxy")) as port, transport(proxy=f"http://127.0.0.1:{port}") as made:
        assert ask(made, "http://graph.invalid/x").body == b"by proxy"
