"""The network under the client: a transport that keeps one deadline for a whole request, however slowly bytes come.

httpx's own timeouts begin anew with every byte, so a peer that trickles could hold a thread for ever. Here every read,
write and connect gets what is left of the request's deadline. Nothing of the environment is obeyed (proxy variables,
netrc, certificate paths): what is used is what was configured.
"""

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import certifi
import httpcore
import httpx

from holdfast.graph import limits
from holdfast.graph.exchange import DEADLINE

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def over_network(
    *, monotonic_s: Callable[[], float], ca_file: str | None = None, proxy: str | None = None
) -> httpx.BaseTransport:
    """A transport to share between threads and to close at the end.

    `ca_file` names certificates trusted besides the public ones; `proxy` is an http(s) address. `monotonic_s` is the
    clock in which the deadlines of requests are given.
    """
    return _Network(_backend=_Backend(monotonic_s), context=tls_context(ca_file), proxy=proxy)


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Public authorities, and those of one file more."""
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


class _Deadlines(threading.local):
    """The deadline of the request that this thread is making."""

    deadline_s: float | None = None


class _Network(httpx.BaseTransport):
    def __init__(self, *, _backend: "_Backend", context: ssl.SSLContext, proxy: str | None) -> None:
        self._backend = _backend
        settings: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": limits.CONNECTIONS_MAX,
            "max_keepalive_connections": limits.CONNECTIONS_MAX,
            "keepalive_expiry": limits.CONNECTION_IDLE_S_MAX,
            "network_backend": _backend,
        }
        self._pool = (
            httpcore.ConnectionPool(**settings) if proxy is None else httpcore.HTTPProxy(proxy_url=proxy, **settings)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadlines = self._backend.deadlines
        deadlines.deadline_s = request.extensions.get(DEADLINE)
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(sent)
        except _FAILURES as error:
            raise _as_httpx(error) from error
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Stream(answer.stream))

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    """A body whose failures are httpx's."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except _FAILURES as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()


class _Backend(httpcore.NetworkBackend):
    """Sockets that know the deadline of whoever uses them."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self.deadlines = _Deadlines()
        self._monotonic_s = monotonic_s
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        left_s = self.left_s(timeout, httpcore.ConnectTimeout)
        stream = self._sockets.connect_tcp(host, port, left_s, local_address, socket_options)
        return _Socket(stream, self)

    def sleep(self, seconds: float) -> None:
        self._sockets.sleep(seconds)

    def left_s(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        """What may still be waited; raises `late` where nothing is left."""
        deadline_s = self.deadlines.deadline_s
        if deadline_s is None:
            return timeout
        left_s = deadline_s - self._monotonic_s()
        if left_s <= 0:
            raise late("the deadline has passed")
        return left_s if timeout is None else min(timeout, left_s)


class _Socket(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, backend: _Backend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left_s(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left_s(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left_s = self._backend.left_s(timeout, httpcore.ConnectTimeout)
        return _Socket(self._stream.start_tls(ssl_context, server_hostname, left_s), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_HTTPX: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.ProxyError, httpx.ConnectError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.NetworkError, httpx.NetworkError),
)


def _as_httpx(error: Exception) -> httpx.TransportError:
    for theirs, ours in _HTTPX:
        if isinstance(error, theirs):
            return ours(str(error))
    return httpx.RemoteProtocolError(str(error))
