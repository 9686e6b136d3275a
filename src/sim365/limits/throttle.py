"""Throttling of Outlook requests: concurrency and count, per app and mailbox; both documented readings of the first.

Counts requests that are inside the service. A caller that drives the service in steps may hold a place open itself by
`entered`/`left`.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sim365.errors import GraphError

CONCURRENT_MAX = 4
REQUESTS_MAX = 10_000
SPAN = timedelta(minutes=10)
CONCURRENCY_RETRY_S = 1


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

    def enter(self, app_id: str, mailbox: str, now: datetime) -> None:
        """Count a request in, or refuse it; a refused one has counted, and must leave as well."""
        key = self._key(app_id, mailbox)
        self.inside[key] += 1
        calls = self.recent.setdefault((app_id, mailbox), deque())
        calls.append(now)
        while calls and calls[0] <= now - SPAN:
            calls.popleft()
        if self.inside[key] > CONCURRENT_MAX:
            raise throttled(retry_after_s=CONCURRENCY_RETRY_S)
        if len(calls) > REQUESTS_MAX:
            wait = (calls[0] + SPAN - now).total_seconds()
            raise throttled(retry_after_s=round(wait, 3), message="Application is over its RequestCount limit.")

    def leave(self, app_id: str, mailbox: str) -> None:
        """Count a request out."""
        key = self._key(app_id, mailbox)
        self.inside[key] -= 1
        if self.inside[key] <= 0:
            del self.inside[key]

    def forget(self) -> None:
        """Count the past no more; what is inside stays counted."""
        self.recent.clear()

    def in_flight(self, app_id: str, mailbox: str) -> int:
        """How many requests are inside."""
        return self.inside[self._key(app_id, mailbox)]

    def _key(self, app_id: str, mailbox: str) -> tuple[str, str]:
        return (app_id, mailbox if self.per_mailbox else "")
