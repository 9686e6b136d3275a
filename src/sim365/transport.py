"""The simulator as an httpx transport: no sockets, and weather becomes the errors that httpx raises.

Holds no lock of its own: a wrapper around it may do what it likes before and after each request, for instance hand
over to another actor of a simulated world.

    client = httpx.Client(transport=SimTransport(simulator))
"""

from collections.abc import Callable, Iterator

import httpx

from sim365.http.requests import Answer, Broken, Request
from sim365.simulator import Simulator

GRAPH_HOSTS = frozenset({"graph.microsoft.com", "graph.sim365.test"})
DRIP_STEPS_MAX = 4096
LOGIN_HOSTS = frozenset({"login.microsoftonline.com", "login.windows.net", "login.sim365.test"})


class SimTransport(httpx.BaseTransport):
    """Routes the Graph host and the login host to one simulator."""

    def __init__(
        self,
        simulator: Simulator,
        *,
        graph_hosts: frozenset[str] = GRAPH_HOSTS,
        login_hosts: frozenset[str] = LOGIN_HOSTS,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self._simulator = simulator
        self._graph_hosts = graph_hosts
        self._login_hosts = login_hosts
        self._wait = wait
        """Lets a slow answer's time pass on whatever clock the client lives by; without it nobody waits."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry out one request."""
        host = request.url.host
        if host in self._graph_hosts:
            return self._graph(request)
        if host in self._login_hosts:
            app = self._simulator.identity.wsgi
            return httpx.WSGITransport(app).handle_request(request)  # pyright: ignore[reportArgumentType]
        message = f"the simulated internet has no host {host}"
        raise httpx.ConnectError(message, request=request)

    def _graph(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = "" if url.port is None else f":{url.port}"
        outcome = self._simulator.exchange(
            Request(
                method=request.method,
                path=url.path,
                query=url.query.decode("ascii", "replace"),
                headers=_headers_of(request),
                body=request.read(),
                origin=f"{url.scheme}://{url.host}{port}",
            )
        )
        if isinstance(outcome, Broken):
            raise _error_of(outcome, request)
        if outcome.delay_s or outcome.gap_s:
            return self._slowly(outcome, request)
        return _response_of(outcome, request)

    def _slowly(self, answer: Answer, request: httpx.Request) -> httpx.Response:
        """The client's own patience decides whether a slow answer reaches it, as it would over a socket."""
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and max(answer.delay_s, answer.gap_s) > patience:
            self._pass(patience)
            raise httpx.ReadTimeout("no answer came in time", request=request)
        self._pass(answer.delay_s)
        if not answer.gap_s:
            return _response_of(answer, request)
        body = _Drip(answer.content(), self._pass, answer.gap_s)
        headers = {**answer.headers, "Content-Type": answer.content_type}
        return httpx.Response(answer.status, headers=headers, stream=body, request=request)

    def _pass(self, seconds: float) -> None:
        if self._wait is not None and seconds > 0:
            self._wait(seconds)


class _Drip(httpx.SyncByteStream):
    """A body that comes byte by byte; a long one in steps of equal length that take as long together."""

    def __init__(self, content: bytes, wait: Callable[[float], None], gap_s: float) -> None:
        self._content, self._wait, self._gap_s = content, wait, gap_s

    def __iter__(self) -> Iterator[bytes]:
        step = max(1, len(self._content) // DRIP_STEPS_MAX)
        for at in range(0, len(self._content), step):
            self._wait(self._gap_s * step)
            yield self._content[at : at + step]


def _headers_of(request: httpx.Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in request.headers.raw:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _error_of(broken: Broken, request: httpx.Request) -> httpx.TransportError:
    match broken.how:
        case "connect":
            return httpx.ConnectError("the connection was refused", request=request)
        case "read":
            return httpx.ReadError("the connection was reset", request=request)
        case "timeout":
            return httpx.ReadTimeout("no answer came in time", request=request)
        case "protocol":
            message = "peer closed connection without sending complete message body"
            return httpx.RemoteProtocolError(message, request=request)


def _response_of(answer: Answer, request: httpx.Request) -> httpx.Response:
    content = answer.content()
    headers = dict(answer.headers)
    if content:
        headers["Content-Type"] = answer.content_type
    return httpx.Response(answer.status, headers=headers, content=content, request=request)
