"""The Graph host as a WSGI application.

A broken connection cannot be made from inside WSGI; the answer then promises more bytes than it sends and asks to
close, which every client takes for a connection that broke in the middle.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from werkzeug.datastructures import EnvironHeaders
from werkzeug.http import HTTP_STATUS_CODES

from sim365.http.requests import BODY_BYTES_MAX, Answer, Broken, Outcome, Request

Environ = dict[str, Any]
SHORT_BY = 512


class Exchanger(Protocol):
    """What carries requests out."""

    def exchange(self, request: Request) -> Outcome:
        """Carry out one request."""
        ...


class GraphApp:
    """Turns WSGI into requests and outcomes into WSGI; `/_sim` goes to the control application, where there is one."""

    def __init__(self, exchanger: Exchanger, *, wait: Callable[[float], None] = lambda _: None) -> None:
        self._exchanger = exchanger
        self._wait = wait
        self.control: Callable[[Environ, Callable[..., Any]], Iterable[bytes]] | None = None

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/"))
        if self.control is not None and (path == "/_sim" or path.startswith("/_sim/")):
            return self.control(environ, start_response)
        outcome = self._exchanger.exchange(request_of(environ))
        if isinstance(outcome, Broken):
            return _broken(outcome, start_response)
        if outcome.delay_s:
            self._wait(outcome.delay_s)
        sent = _answered(outcome, start_response, method=str(environ["REQUEST_METHOD"]))
        return self._dripping(b"".join(sent), outcome.gap_s) if outcome.gap_s else sent

    def _dripping(self, content: bytes, gap_s: float) -> Iterator[bytes]:
        for at in range(len(content)):
            self._wait(gap_s)
            yield content[at : at + 1]


def request_of(environ: Environ) -> Request:
    """The request of a WSGI environment."""
    headers = {name.lower(): value for name, value in EnvironHeaders(environ).items()}
    # A body in chunks says no length (RFC 9112 section 7.1); the server ends its stream where the last chunk ends.
    is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    length = BODY_BYTES_MAX + 1 if is_chunked else int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(min(length, BODY_BYTES_MAX + 1)) if length else b""
    host = environ.get("HTTP_HOST") or f"{environ.get('SERVER_NAME')}:{environ.get('SERVER_PORT')}"
    path = str(environ.get("PATH_INFO", "/")).encode("latin-1", "replace").decode("utf-8", "replace")
    return Request(
        method=str(environ["REQUEST_METHOD"]),
        path=path,
        query=str(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=body,
        origin=f"{environ.get('wsgi.url_scheme', 'http')}://{host}",
    )


def _answered(answer: Answer, start_response: Callable[..., Any], *, method: str) -> Iterable[bytes]:
    content = answer.content()
    headers = [*answer.headers.items(), ("Content-Length", str(len(content)))]
    if content:
        headers.append(("Content-Type", answer.content_type))
    start_response(_status(answer.status), headers)
    return [] if method == "HEAD" else [content]


def _broken(broken: Broken, start_response: Callable[..., Any]) -> Iterable[bytes]:
    content = b"" if broken.partial is None else broken.partial.content()
    content = content[: len(content) // 2]
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content) + SHORT_BY))]
    start_response(_status(200), [*headers, ("Connection", "close")])
    return [content]


def _status(status: int) -> str:
    return f"{status} {HTTP_STATUS_CODES.get(status, 'Unknown')}"
