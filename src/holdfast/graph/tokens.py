"""Access tokens for Microsoft Graph: where one comes from, how long it is kept, who fetches the next.

One thread fetches at a time; the others go on with the old token while it lives, or wait for the new one. A failed
sign-in is remembered for a while, so that a thousand mailboxes with a wrong secret do not ask a thousand times. No
token appears in a repr, a log or an error.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from holdfast.graph import limits
from holdfast.graph.errors import SignInRefused, SignInUnavailable
from holdfast.graph.waiting import Wait, wait_on
from holdfast.ports.clock import Clock


class TokenSource(Protocol):
    """What the client needs of whoever signs in."""

    def token(self) -> str:
        """A token that is good for some minutes; raises SignInRefused or SignInUnavailable."""
        ...

    def renewed(self, *, refused: str) -> str:
        """A token other than `refused`, which Microsoft did not accept, where another can be had."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    text: str = field(repr=False)
    life_s: float


SignIn = Callable[[], Token]
"""Fetches one token from the identity platform, now; raises SignInRefused or SignInUnavailable."""


@dataclass(slots=True)
class _Held:
    text: str = field(repr=False)
    replace_at: datetime
    ends_at: datetime
    after_refusal: bool
    fetched_at: datetime


@dataclass(slots=True)
class _Failure:
    make: Callable[[], SignInRefused | SignInUnavailable]
    until: datetime


class KeptToken:
    """A TokenSource that signs in when it must and keeps what it got. Safe to share between threads."""

    def __init__(self, sign_in: SignIn, *, clock: Clock, wait: Wait = wait_on) -> None:
        self._sign_in = sign_in
        self._clock = clock
        self._wait = wait
        self._changed = threading.Condition()
        self._is_fetching = False
        self._held: _Held | None = None
        self._failure: _Failure | None = None

    def token(self) -> str:
        held = self._held
        if held is not None and self._clock.now() < held.replace_at:
            return held.text
        return self._fetched(refused=None)

    def renewed(self, *, refused: str) -> str:
        return self._fetched(refused=refused)

    def _fetched(self, *, refused: str | None) -> str:
        deadline_s = self._clock.monotonic_s() + limits.DEADLINE_S
        with self._changed:
            while True:
                usable = self._usable(refused=refused)
                if usable is not None:
                    return usable
                self._raise_known_failure()
                if not self._is_fetching:
                    self._is_fetching = True
                    break
                left_s = deadline_s - self._clock.monotonic_s()
                if left_s <= 0:
                    raise SignInUnavailable("Another thread's sign-in did not end in time.")
                self._wait(self._changed, left_s)
        return self._fetch(after_refusal=refused is not None)

    def _usable(self, *, refused: str | None) -> str | None:
        held, now = self._held, self._clock.now()
        if held is None or now >= held.ends_at:
            return None
        if held.text == refused:
            # A token that was itself fetched after a refusal and is refused at once: another one would be as well.
            fresh = now - held.fetched_at < timedelta(seconds=limits.SIGN_IN_PAUSE_S)
            return held.text if held.after_refusal and fresh else None
        if now < held.replace_at or self._is_fetching:
            return held.text
        return None

    def _raise_known_failure(self) -> None:
        if self._failure is not None and self._clock.now() < self._failure.until:
            raise self._failure.make()

    def _fetch(self, *, after_refusal: bool) -> str:
        started = self._clock.now()
        held: _Held | None = None
        failure: _Failure | None = None
        try:
            held = _held(self._sign_in(), started, after_refusal=after_refusal)
        except (SignInRefused, SignInUnavailable) as error:
            failure = self._remembered(error)
            raise
        else:
            return held.text
        finally:
            # Whatever ended the sign-in, a crash included: the waiting threads must not wait for nothing.
            with self._changed:
                self._is_fetching = False
                if held is not None or after_refusal:
                    self._held = held
                self._failure = failure
                self._changed.notify_all()

    def _remembered(self, error: SignInRefused | SignInUnavailable) -> _Failure:
        pause_s, now = limits.SIGN_IN_PAUSE_S, self._clock.now()
        what, at = error.what, error.at
        # Each caller gets an error of its own: a shared one would gather the tracebacks of all of them.
        match error:
            case SignInRefused(numbers=numbers):
                return _Failure(lambda: SignInRefused(what, at=at, numbers=numbers), now + timedelta(seconds=pause_s))
            case SignInUnavailable(retry_after_s=told_s):
                until = now + timedelta(seconds=max(pause_s, told_s or 0.0))
                return _Failure(lambda: SignInUnavailable(what, at=at, retry_after_s=told_s), until)


def _held(token: Token, started: datetime, *, after_refusal: bool) -> _Held:
    life_s = min(token.life_s, limits.TOKEN_LIFE_S_MAX)
    # A token that lives shorter than twice the margin is used for half of its life.
    kept_s = max(life_s - limits.TOKEN_EARLY_S, life_s / 2)
    return _Held(
        text=token.text,
        replace_at=started + timedelta(seconds=kept_s),
        ends_at=started + timedelta(seconds=life_s),
        after_refusal=after_refusal,
        fetched_at=started,
    )
