"""The request record (bounded) and named misconduct.

The simulator is the referee: it answers as Graph would, and notes here what a well-behaved client would not have done.
"""

import enum
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from sim365.conduct.habits import Habits

ENTRIES_MAX = 20_000
POLLS_PER_MINUTE_MAX = 30
"""Delta rounds of one calendar in a minute; more is polling without need."""


class Misconduct(enum.StrEnum):
    """What a client must not do."""

    RETRY_BEFORE_RETRY_AFTER = "retry_before_retry_after"
    FIFTH_REQUEST_IN_FLIGHT = "fifth_request_in_flight"
    HANDMADE_TOKEN = "handmade_token"  # noqa: S105  the name of an offence
    MISSING_IF_MATCH = "missing_if_match"
    POLLING_TOO_FAST = "polling_too_fast"
    HANDMADE_LINK = "handmade_link"
    """A nextLink or deltaLink that was made or added to by the client."""
    BODY_PATCH_ON_ONLINE_MEETING = "body_patch_on_online_meeting"
    TOKENS_TOO_OFTEN = "tokens_too_often"
    """Far more tokens in an hour than their lifetime asks for."""
    DELTA_RESTARTED = "delta_restarted"
    """Full delta rounds again and again, although the tokens were good."""
    SUBSCRIPTION_RECREATED = "subscription_recreated"
    """A subscription made anew where the last one could have been renewed."""
    RENEWED_AND_REAUTHORIZED = "renewed_and_reauthorized"
    """Both within ten minutes, where either does."""
    UNKNOWN_PERMISSION_USE = "unknown_permission_use"
    """An operation for which the app holds no permission."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its outcome."""

    number: int
    at: datetime
    app_id: str
    method: str
    path: str
    query: str
    status: int
    """0 where no answer reached the client."""
    faults: tuple[str, ...] = ()
    in_batch: bool = False
    delay_s: float = 0.0
    """How long the answer was in coming, by latency or weather."""


@dataclass(frozen=True, slots=True)
class Offence:
    """One piece of misconduct."""

    at: datetime
    kind: Misconduct
    app_id: str
    method: str
    path: str
    detail: str = ""


@dataclass(slots=True)
class Conduct:
    """What clients did."""

    entries: deque[Entry] = field(default_factory=lambda: deque[Entry](maxlen=ENTRIES_MAX))
    offences: list[Offence] = field(default_factory=list[Offence])
    requests: int = 0
    counts: Counter[str] = field(default_factory=Counter[str])
    """Requests by method and operation."""
    closed_until: dict[tuple[str, str], tuple[datetime, int]] = field(
        default_factory=dict[tuple[str, str], tuple[datetime, int]]
    )
    """Until when an app was told to leave a mailbox alone, and how many exchanges had begun by then."""
    used: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict[str, set[str]](set))
    """Permissions that an app's requests made use of."""
    polls: dict[tuple[str, int], deque[datetime]] = field(default_factory=dict[tuple[str, int], "deque[datetime]"])
    habits: Habits = field(default_factory=Habits)
    bugs: list[str] = field(default_factory=list[str])
    """Tracebacks of the simulator itself: always empty, or the simulator is wrong."""

    def forget(self) -> None:
        """Begin a new record."""
        fresh = Conduct()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))

    def note(self, kind: Misconduct, *, at: datetime, app_id: str, method: str, path: str, detail: str = "") -> None:
        """Write an offence down."""
        self.offences.append(Offence(at, kind, app_id, method, path, detail))

    def of(self, kind: Misconduct) -> list[Offence]:
        """The offences of one kind."""
        return [offence for offence in self.offences if offence.kind is kind]

    def told_to_wait(self, app_id: str, mailbox: str, *, until: datetime, number: int) -> None:
        """The answer that ended the exchange of this number carried Retry-After."""
        key = (app_id, mailbox)
        before, told = self.closed_until.get(key, (until, number))
        self.closed_until[key] = (max(until, before), told if before > until else number)

    def must_wait(self, app_id: str, mailbox: str, *, now: datetime, arrived: int) -> bool:
        """Whether a request comes before the time its client was told; what was under way then could not know."""
        until, told = self.closed_until.get((app_id, mailbox), (now, 0))
        return now < until and arrived > told

    def polled(self, app_id: str, calendar: int, *, now: datetime) -> bool:
        """Count a delta round; says whether they come too fast."""
        calls = self.polls.setdefault((app_id, calendar), deque())
        calls.append(now)
        while calls and calls[0] <= now - timedelta(minutes=1):
            calls.popleft()
        return len(calls) > POLLS_PER_MINUTE_MAX

    def unused(self, app_id: str, held: set[str]) -> set[str]:
        """Permissions that an app holds and never needed."""
        return held - self.used[app_id]
