"""One request and its whole answer over a transport, inside a deadline and a size; no meaning, no repetition.

Tells apart what certainly did not leave this machine (NotSent) from what nobody knows (NoAnswer, TimedOut). The causes
are cut off (`from None`): they carry the request, and with it a token or a secret.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from holdfast.graph import errors, limits
from holdfast.graph.answers import Answer
from holdfast.graph.errors import Circumstances

DEADLINE = "deadline_s"
"""The request's extension in which `network` finds the deadline: an instant of the monotonic clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """`deadline_s` is an instant of `monotonic_s`."""

    deadline_s: float
    monotonic_s: Callable[[], float]
    bytes_max: int = limits.ANSWER_BYTES_MAX

    @property
    def left_s(self) -> float:
        return max(self.deadline_s - self.monotonic_s(), _SMALLEST_TIMEOUT_S)

    @property
    def extensions(self) -> dict[str, object]:
        """For the request: what httpx's own transports and `network` keep to."""
        left_s = self.left_s
        connect_s = min(left_s, limits.CONNECT_S_MAX)
        timeout = {"connect": connect_s, "pool": connect_s, "read": left_s, "write": left_s}
        return {"timeout": timeout, DEADLINE: self.deadline_s}


def exchange(transport: httpx.BaseTransport, request: httpx.Request, *, at: Circumstances, bounds: Bounds) -> Answer:
    try:
        response = transport.handle_request(request)
        try:
            body = _body(response, at=at, bounds=bounds)
        finally:
            response.close()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise errors.NotSent(f"Microsoft could not be reached: {_reason(error)}.", at=at) from None
    except httpx.TimeoutException:
        raise errors.TimedOut(at=at) from None
    except httpx.TransportError as error:
        raise errors.NoAnswer(f"The connection broke before the answer was whole: {_reason(error)}.", at=at) from None
    except httpx.DecodingError:
        raise errors.Unreadable("Microsoft's answer is packed in a way that cannot be unpacked.", at=at) from None
    return Answer(status=response.status_code, headers=_headers(response), body=body)


_SMALLEST_TIMEOUT_S = 0.001
_KEPT_HEADERS = ("request-id", "retry-after", "date", "content-type")


def _body(response: httpx.Response, *, at: Circumstances, bounds: Bounds) -> bytes:
    if response.status_code < 400:
        return b"".join(_chunks(response, at=at, bounds=bounds, bytes_max=bounds.bytes_max))
    try:
        return b"".join(_chunks(response, at=at, bounds=bounds, bytes_max=limits.ERROR_BYTES_MAX))
    except (httpx.TransportError, httpx.DecodingError, errors.TooLarge, errors.TimedOut):
        # The status alone says what happened; a body that broke off may not hide it.
        return b""


def _chunks(response: httpx.Response, *, at: Circumstances, bounds: Bounds, bytes_max: int) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > bytes_max:
            raise errors.TooLarge(at=at)
        if bounds.monotonic_s() > bounds.deadline_s:
            raise errors.TimedOut(at=at)
        yield chunk


def _headers(response: httpx.Response) -> dict[str, str]:
    received = response.headers
    return {name: received[name] for name in _KEPT_HEADERS if name in received}


def _reason(error: httpx.RequestError) -> str:
    return str(error) or type(error).__name__
