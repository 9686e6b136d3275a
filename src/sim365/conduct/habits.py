"""Habits that show only over several requests: a client that asks again for what it already has.

Each method counts one deed and says whether it was one too many. Bounded by what one app can do in an hour.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
TOKENS_PER_HOUR_MAX = 60
"""A token lasts an hour or more: a client with a cache needs one, a fleet of processes without one a few dozen."""
FULL_ROUNDS_PER_HOUR_MAX = 12
"""Of one calendar, while its tokens were good all the time."""
AFRESH_WITHIN = timedelta(minutes=10)
"""A subscription made so soon after one like it ended was made in the place of a renewal."""
BOTH_WITHIN = timedelta(minutes=10)
"""Renewing and reauthorizing one subscription within this time does the same thing twice (FACTS 5.5)."""

SubscriptionKey = tuple[str, ...]


@dataclass(slots=True)
class Made:
    """The last subscription of its kind."""

    expires: datetime
    ended: datetime | None = None
    """When its client deleted it while it was good."""
    in_a_row: int = 0
    """How often one has followed another that was left to expire."""


@dataclass(slots=True)
class Habits:
    """What apps did lately."""

    tokens: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict[tuple[str, str], "deque[datetime]"])
    rounds: dict[tuple[str, int], deque[datetime]] = field(default_factory=dict[tuple[str, int], "deque[datetime]"])
    made: dict[SubscriptionKey, Made] = field(default_factory=dict[SubscriptionKey, Made])
    prolonged: dict[str, tuple[str, datetime]] = field(default_factory=dict[str, tuple[str, datetime]])
    """By subscription: how its life was prolonged last, and when."""

    def fetched_token(self, app_id: str, tenant_id: str, *, now: datetime) -> bool:
        """An app fetched a token by its own credentials."""
        return _count(self.tokens.setdefault((app_id, tenant_id), deque()), now) > TOKENS_PER_HOUR_MAX

    def began_round(self, app_id: str, calendar: int, *, now: datetime) -> bool:
        """An app began a delta round from nothing."""
        return _count(self.rounds.setdefault((app_id, calendar), deque()), now) > FULL_ROUNDS_PER_HOUR_MAX

    def had_cause(self, app_id: str, calendar: int) -> None:
        """The service refused a token or spoilt a page: beginning anew is right."""
        self.rounds.pop((app_id, calendar), None)

    def made_subscription(self, key: SubscriptionKey, expires: datetime, *, now: datetime) -> bool:
        """An app made a subscription; says whether renewing the last one would have done."""
        last = self.made.get(key)
        made = self.made[key] = Made(expires)
        if last is None:
            return False
        if last.ended is not None:
            return now - last.ended <= AFRESH_WITHIN and last.expires > now
        if last.expires <= now <= last.expires + AFRESH_WITHIN:
            # One that ran out may have been an outage of the client; the second in a row is a habit.
            made.in_a_row = last.in_a_row + 1
        return made.in_a_row > 1

    def renewed(self, key: SubscriptionKey, expires: datetime) -> None:
        """The subscription lives on."""
        self.made[key] = Made(expires)

    def ended(self, key: SubscriptionKey, *, now: datetime) -> None:
        """The client deleted its subscription."""
        if key in self.made:
            self.made[key].ended = now

    def forgot(self, key: SubscriptionKey) -> None:
        """The service lost the subscription: making it anew is right."""
        self.made.pop(key, None)

    def prolongs(self, subscription: str, how: str, *, now: datetime) -> bool:
        """A subscription was renewed or reauthorized; says whether the other was done just before."""
        before = self.prolonged.get(subscription)
        self.prolonged[subscription] = (how, now)
        return before is not None and before[0] != how and now - before[1] < BOTH_WITHIN


def _count(calls: deque[datetime], now: datetime) -> int:
    calls.append(now)
    while calls[0] <= now - HOUR:
        calls.popleft()
    return len(calls)
