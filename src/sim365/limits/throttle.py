"""Throttling of Outlook requests: concurrency, count and upload, per app and mailbox; both readings of the first.

Counts requests that are inside the service. A caller that drives the service in steps may hold a place open itself by
`entered`/`left`.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sim365.errors import GraphError
from sim365.limits.gateway import Gateway
from sim365.switches import Switches

CONCURRENT_MAX = 4
REQUESTS_MAX = 10_000
SPAN = timedelta(minutes=10)
CONCURRENCY_RETRY_S = 1
UPLOAD_BYTES_MAX = 150 * 1024 * 1024
UPLOAD_SPAN = timedelta(minutes=5)


def throttled(
    *, retry_after_s: float | None, message: str = "Application is over its MailboxConcurrency limit."
) -> GraphError:
    """Outlook's own 429."""
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:g}"}
    return GraphError(429, "ApplicationThrottled", message, headers=headers)


@dataclass(slots=True)
class Limits:
    """Who is inside, and who asked how often lately."""

    per_mailbox: bool = True
    inside: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    recent: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict[tuple[str, str], "deque[datetime]"])
    uploads: dict[tuple[str, str], tuple[datetime, int]] = field(
        default_factory=dict[tuple[str, str], tuple[datetime, int]]
    )
    """By app and mailbox: when the window began, and the bytes written since."""
    gateway: Gateway = field(default_factory=Gateway)
    requests_max: int = REQUESTS_MAX
    upload_bytes_max: int = UPLOAD_BYTES_MAX
    gives_retry_after: bool = True
    """A 429 may come without Retry-After (a switch)."""

    def obey(self, switches: Switches) -> None:
        """Take the reading of the documents that the switches choose."""
        self.per_mailbox = switches.concurrency_per_mailbox
        self.gives_retry_after = self.gateway.gives_retry_after = switches.retry_after_given
        self.gateway.is_older = switches.app_limit_older

    def enter(self, app_id: str, mailbox: str, now: datetime, *, upload: int = 0) -> None:
        """Count a request in, or refuse it; a refused one has counted, and must leave as well."""
        key = self._key(app_id, mailbox)
        self.inside[key] += 1
        calls = self.recent.setdefault((app_id, mailbox), deque())
        calls.append(now)
        while calls and calls[0] <= now - SPAN:
            calls.popleft()
        if self.inside[key] > CONCURRENT_MAX:
            raise self._refusal(CONCURRENCY_RETRY_S, "MailboxConcurrency")
        if len(calls) > self.requests_max:
            raise self._refusal((calls[0] + SPAN - now).total_seconds(), "RequestCount")
        if upload:
            self._count_upload((app_id, mailbox), upload, now)

    def leave(self, app_id: str, mailbox: str) -> None:
        """Count a request out."""
        key = self._key(app_id, mailbox)
        self.inside[key] -= 1
        if self.inside[key] <= 0:
            del self.inside[key]

    def forget(self) -> None:
        """Count the past no more; what is inside stays counted."""
        self.recent.clear()
        self.uploads.clear()
        self.gateway.forget()

    def in_flight(self, app_id: str, mailbox: str) -> int:
        """How many requests are inside."""
        return self.inside[self._key(app_id, mailbox)]

    def _count_upload(self, key: tuple[str, str], size: int, now: datetime) -> None:
        began, used = self.uploads.get(key, (now, 0))
        if now >= began + UPLOAD_SPAN:
            began, used = now, 0
        self.uploads[key] = (began, used + size)
        if used + size > self.upload_bytes_max:
            raise self._refusal((began + UPLOAD_SPAN - now).total_seconds(), "RequestUpload")

    def _refusal(self, wait_s: float, limit: str) -> GraphError:
        message = f"Application is over its {limit} limit."
        return throttled(retry_after_s=round(wait_s, 3) if self.gives_retry_after else None, message=message)

    def _key(self, app_id: str, mailbox: str) -> tuple[str, str]:
        return (app_id, mailbox if self.per_mailbox else "")
