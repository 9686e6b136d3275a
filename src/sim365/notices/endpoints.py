"""What an endpoint's slow answers cost it: nothing, delay, or that its notices are thrown away (FACTS 5.4).

Counted by host in windows of ten minutes that begin anew each time. Two versions of the rules are in Microsoft's
pages; a switch chooses. Pure but for the counters.
"""

import enum
import urllib.parse
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)


class Pace(enum.Enum):
    """How an endpoint is treated."""

    GOOD = "good"
    SLOW = "slow"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class PaceRules:
    """When an answer is slow, when an endpoint is, and what that costs."""

    slow_answer_s: float
    delay_s: float
    is_inclusive: bool
    """Whether reaching the share is enough, or it must be exceeded."""
    slow_share: float = 0.10
    drop_share: float = 0.15


CURRENT = PaceRules(slow_answer_s=10.0, delay_s=10.0, is_inclusive=False)
OF_2023 = PaceRules(slow_answer_s=2.9, delay_s=600.0, is_inclusive=True)


@dataclass(slots=True)
class Endpoint:
    """How a host answered in the window under way."""

    began: datetime
    answers: int = 0
    slow: int = 0
    missed: list[str] = field(default_factory=list[str])
    """Subscriptions of which a notice was thrown away in this window."""

    def answered(self, seconds: float, *, rules: PaceRules) -> None:
        """Count an answer, or its absence for the time given."""
        self.answers += 1
        self.slow += seconds >= rules.slow_answer_s

    def pace(self, *, rules: PaceRules, judged_after: int) -> Pace:
        """What the window says so far; a few answers say nothing yet."""
        if self.answers < judged_after or not self.answers:
            return Pace.GOOD
        share = self.slow / self.answers
        for pace, limit in ((Pace.DROP, rules.drop_share), (Pace.SLOW, rules.slow_share)):
            if share > limit or (rules.is_inclusive and share == limit):
                return pace
        return Pace.GOOD


def host_of(url: str) -> str:
    """All addresses of one host share its fate."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def endpoint_at(endpoints: dict[str, Endpoint], url: str, *, now: datetime) -> Endpoint:
    """The window under way for an address; a new one where the last is over."""
    host = host_of(url)
    found = endpoints.get(host)
    if found is None or now >= found.began + WINDOW:
        found = endpoints[host] = Endpoint(now)
    return found
