"""How fast one mailbox may be asked: decides when a request may start, from what Microsoft said so far.

One pace per (application, tenant, mailbox), shared by all threads, because Microsoft counts so. At most four requests
are in flight; a 429 halves what we allow ourselves, answers raise it again slowly (additive increase, multiplicative
decrease). A Retry-After is kept to the second: nobody sends before it, and where the same answer comes again and again
a growing jitter is laid on top. A pace sends nothing and remembers nothing across processes; `not_before` is there to
be read and stored, `hold_until` to be told again.
"""

import math
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from holdfast.graph import limits
from holdfast.graph.errors import NOWHERE, Circumstances, NotSent, Throttled
from holdfast.graph.waiting import Wait, wait_on
from holdfast.ports.clock import Clock


class Pace:
    """When the next request to one mailbox may start."""

    def __init__(
        self,
        *,
        clock: Clock,
        jitter: Callable[[float], float],
        in_flight_max: int = limits.MAILBOX_IN_FLIGHT_MAX,
        wait: Wait = wait_on,
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._wait = wait
        self._changed = threading.Condition()
        self._in_flight_max = in_flight_max
        self._allowed = float(in_flight_max)
        self._in_flight = 0
        self._not_before: datetime | None = None
        self._throttles = 0

    @property
    def not_before(self) -> datetime | None:
        """No request starts before this instant; None where nothing holds the mailbox."""
        held = self._not_before
        return held if held is not None and held > self._clock.now() else None

    @property
    def in_flight(self) -> int:
        return self._in_flight

    @property
    def allowed(self) -> int:
        """How many requests we allow ourselves at once, between one and the service's limit."""
        return max(1, int(self._allowed))

    @property
    def is_idle(self) -> bool:
        return self._in_flight == 0 and self.not_before is None

    def hold_until(self, instant: datetime) -> None:
        """Learn from a stored row what an earlier process was told."""
        latest = self._clock.now() + timedelta(seconds=limits.RETRY_AFTER_S_MAX)
        with self._changed:
            self._hold(min(instant, latest))

    @contextmanager
    def slot(self, *, deadline_s: float, weight: int = 1, at: Circumstances = NOWHERE) -> Generator[None, None, None]:
        """Hold a slot for one request; `deadline_s` is an instant of the monotonic clock.

        A batch weighs as many as the service runs of it at once. Raises Throttled where Microsoft's wait reaches beyond
        the deadline (nobody sleeps through it here), NotSent where no slot came free in time.
        """
        taken = self._take(deadline_s=deadline_s, weight=weight, at=at)
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= taken
                self._changed.notify_all()

    def succeeded(self) -> None:
        """The service answered: allow a little more, and forget earlier refusals."""
        self._throttles = 0
        if self._allowed < self._in_flight_max:
            with self._changed:
                self._allowed = min(self._in_flight_max, self._allowed + 1 / self._allowed)
                self._changed.notify_all()

    def throttled(self, retry_after_s: float | None) -> datetime:
        """The service asked for a wait; answers the instant before which nothing is sent."""
        with self._changed:
            self._allowed = max(1.0, self._allowed / 2)
            self._throttles += 1
            self._hold(self._clock.now() + timedelta(seconds=self._wait_s(retry_after_s)))
            assert self._not_before is not None
            return self._not_before

    def _take(self, *, deadline_s: float, weight: int, at: Circumstances) -> int:
        while True:
            with self._changed:
                left_s = deadline_s - self._clock.monotonic_s()
                if left_s <= 0:
                    raise NotSent("No slot for another request to this mailbox came free in time.", at=at)
                held_s = self._held_s()
                if held_s > left_s:
                    raise Throttled(at=at, retry_after_s=held_s, not_before=self._not_before)
                if held_s <= 0:
                    wanted = min(weight, self.allowed)
                    if self._in_flight + wanted <= self.allowed:
                        self._in_flight += wanted
                        return wanted
                    self._wait(self._changed, left_s)
                    continue
            # Held by Microsoft's word: no other thread's return can end that, so sleep without the lock.
            self._clock.sleep(held_s)

    def _held_s(self) -> float:
        if self._not_before is None:
            return 0.0
        return (self._not_before - self._clock.now()).total_seconds()

    def _hold(self, instant: datetime) -> None:
        if self._not_before is None or instant > self._not_before:
            self._not_before = instant

    def _wait_s(self, retry_after_s: float | None) -> float:
        grown_s = limits.THROTTLE_BACK_OFF_S * 2 ** min(self._throttles - 1, 16)
        back_off_s = min(grown_s, limits.THROTTLE_BACK_OFF_S_MAX)
        if retry_after_s is None:
            return back_off_s / 2 + self._jitter(back_off_s / 2)
        if self._throttles == 1:
            return retry_after_s
        return retry_after_s + self._jitter(back_off_s)


@dataclass(frozen=True, slots=True)
class PaceKey:
    """What Microsoft counts by. `mailbox` is empty for what belongs to the tenant (users, places, subscriptions)."""

    app: str
    tenant: str
    mailbox: str = ""


class Paces:
    """The paces of one process."""

    def __init__(self, *, clock: Clock, jitter: Callable[[float], float], wait: Wait = wait_on) -> None:
        self._clock = clock
        self._jitter = jitter
        self._wait = wait
        self._lock = threading.Lock()
        self._paces: dict[PaceKey, Pace] = {}

    def of(self, key: PaceKey) -> Pace:
        folded = PaceKey(key.app.casefold(), key.tenant.casefold(), key.mailbox.casefold())
        with self._lock:
            pace = self._paces.get(folded)
            if pace is None:
                self._forget_idle()
                pace = self._paces[folded] = self._new(folded)
            return pace

    def _new(self, key: PaceKey) -> Pace:
        most = limits.MAILBOX_IN_FLIGHT_MAX if key.mailbox else limits.DIRECTORY_IN_FLIGHT_MAX
        return Pace(clock=self._clock, jitter=self._jitter, in_flight_max=most, wait=self._wait)

    def _forget_idle(self) -> None:
        if len(self._paces) < limits.PACES_MAX:
            return
        idle = [key for key, pace in self._paces.items() if pace.is_idle]
        for key in idle[: limits.PACES_MAX // 2]:
            del self._paces[key]


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: seconds or a date; Outlook also sends fractions).

    None where it is missing or unusable: not a number, not finite, not in the future. What is absurdly long is cut.
    `now` is the answer's own Date where it has one, so that a clock that runs wrong here does not shorten a wait.
    """
    if value is None:
        return None
    seconds = _as_number(value.strip())
    if seconds is None:
        seconds = _seconds_until(value.strip(), now=now)
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return None
    return min(seconds, limits.RETRY_AFTER_S_MAX)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _seconds_until(text: str, *, now: datetime) -> float | None:
    instant = http_date(text)
    return None if instant is None else (instant - now).total_seconds()


def http_date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
