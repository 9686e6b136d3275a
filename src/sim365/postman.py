"""The postman: how the simulated service reaches webhooks. Injectable, so that a test can hand over its own
application.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim365.clock import stopwatch
from sim365.http.routing import Reply

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 10.0
ANSWER_BYTES_MAX = 64 * 1024

Postman = Callable[[str, bytes, str], Reply]
"""Takes address, body and content type; answers status 0 where nobody answered in time."""


class HttpPostman:
    """Real HTTP, with the service's own patience."""

    def __init__(self, client: "httpx.Client | None" = None) -> None:
        self._client = client

    def __call__(self, url: str, body: bytes, content_type: str) -> Reply:
        import httpx  # noqa: PLC0415  a third of a server's start, and needed only once somebody subscribes

        if self._client is None:
            self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=False)
        taken = stopwatch()
        try:
            answer = self._client.post(url, content=body, headers={"Content-Type": content_type})
        except httpx.TimeoutException:
            return Reply(0, seconds=TIMEOUT_S)
        except (httpx.HTTPError, httpx.InvalidURL):
            return Reply(0, seconds=taken())
        kind = answer.headers.get("content-type", "")
        return Reply(answer.status_code, answer.content[:ANSWER_BYTES_MAX], kind, taken())

    def close(self) -> None:
        """Close the connections that were opened here."""
        if self._client is not None:
            self._client.close()
            self._client = None
