"""How one request to Microsoft Graph is made: the only place of this package that sends.

Decides headers, deadline and repetition. A request that changes nothing may be sent again, a bounded number of times
and inside its deadline; one that writes never is: its caller hears NoAnswer and looks. (A 401 is no exception: such a
request was refused before anything happened, so it is made once more with a fresh token.) Redirects are not followed,
answers are capped, and the token goes to the configured root and nowhere else.

`before_send` is asked right before every send, repetitions included; it raises if the caller may no longer act.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import httpx
import msgspec

from holdfast.graph import answers, errors, limits
from holdfast.graph.answers import Answer, Noun, T
from holdfast.graph.errors import Circumstances
from holdfast.graph.exchange import Bounds, exchange
from holdfast.graph.pace import Pace, PaceKey, Paces, http_date, retry_after_s
from holdfast.graph.paths import Root, without_query
from holdfast.graph.tokens import TokenSource
from holdfast.ports.clock import Clock

ROOT = "https://graph.microsoft.com/v1.0"
PREFERENCES = 'IdType="ImmutableId", outlook.timezone="UTC"'
"""Sent with every request: ids that survive a move between folders, and times in one zone."""

SUCCESSES = frozenset({200, 201, 202, 204})

Fence = Callable[[], None]


def unfenced() -> None:
    """For callers that hold no lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: what it is, not yet where or by whom. `path` is encoded, starts below the root, may have a query."""

    method: str
    path: str
    body: bytes | None = None
    if_match: str | None = None
    noun: Noun = Noun.MAILBOX
    page_size: int | None = None
    advanced_query: bool = False
    repeatable: bool | None = None
    weight: int = 1
    is_batch: bool = False

    @property
    def may_repeat(self) -> bool:
        return self.method == "GET" if self.repeatable is None else self.repeatable

    @property
    def preferences(self) -> str:
        if self.page_size is None:
            return PREFERENCES
        return f"{PREFERENCES}, odata.maxpagesize={self.page_size}"

    @property
    def at(self) -> Circumstances:
        return Circumstances(method=self.method, path=without_query(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to what shares one pace: a mailbox, or the tenant's directory (users, places, subscriptions)."""

    graph: "Graph"
    pace: Pace
    before_send: Fence = unfenced
    deadline_s: float = limits.DEADLINE_S

    def send(self, ask: Ask) -> Answer:
        return self.graph.send(ask, line=self)

    def read(self, ask: Ask, decoder: msgspec.json.Decoder[T]) -> T:
        return answers.decoded(self.send(ask), decoder, at=ask.at)

    @property
    def root(self) -> Root:
        return self.graph.root


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxLine(Line):
    """A line to one mailbox; `mailbox` is its user's id or address, always the same one for one mailbox."""

    mailbox: str


class Graph:
    """Microsoft Graph as one application sees one tenant. Safe to share between threads."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        *,
        tokens: TokenSource,
        paces: Paces,
        app: str,
        tenant: str,
        clock: Clock,
        jitter: Callable[[float], float],
        ids: Callable[[], UUID],
        root: str = ROOT,
        user_agent: str = "Holdfast",
    ) -> None:
        self.root = Root(root)
        self._transport = transport
        self._tokens = tokens
        self._paces = paces
        self._app, self._tenant = app, tenant
        self._clock, self._jitter, self._ids = clock, jitter, ids
        self._common = (("Accept", "application/json"), ("Accept-Encoding", "gzip"), ("User-Agent", user_agent))

    def mailbox(
        self, mailbox: str, *, before_send: Fence = unfenced, deadline_s: float = limits.DEADLINE_S
    ) -> MailboxLine:
        pace = self._paces.of(PaceKey(self._app, self._tenant, mailbox))
        return MailboxLine(graph=self, pace=pace, before_send=before_send, deadline_s=deadline_s, mailbox=mailbox)

    def directory(self, *, before_send: Fence = unfenced, deadline_s: float = limits.DEADLINE_S) -> Line:
        pace = self._paces.of(PaceKey(self._app, self._tenant))
        return Line(graph=self, pace=pace, before_send=before_send, deadline_s=deadline_s)

    def send(self, ask: Ask, *, line: Line) -> Answer:
        """Make the request; answers a success, raises a GraphError or what `before_send` raises."""
        deadline_s = self._clock.monotonic_s() + line.deadline_s
        attempts = limits.READ_ATTEMPTS_MAX if ask.may_repeat else 1
        for attempt in range(1, attempts):
            try:
                return self._signed(ask, line=line, deadline_s=deadline_s)
            except errors.SignInUnavailable:
                raise
            except errors.Transient as error:
                pause_s = self._pause_s(error, attempt)
                if self._clock.monotonic_s() + pause_s >= deadline_s:
                    raise
                self._clock.sleep(max(pause_s, 0.0))
        return self._signed(ask, line=line, deadline_s=deadline_s)

    def told_to_wait_s(self, answer: Answer) -> float | None:
        now = http_date(answer.headers.get("date")) or self._clock.now()
        return retry_after_s(answer.headers.get("retry-after"), now=now)

    def _pause_s(self, error: errors.Transient, attempt: int) -> float:
        if isinstance(error, errors.Throttled) and error.not_before is not None:
            # The pace keeps this wait for every thread; slept here, it also counts against the deadline.
            return (error.not_before - self._clock.now()).total_seconds()
        back_off_s = limits.BACK_OFF_S * 2 ** (attempt - 1)
        return back_off_s + self._jitter(back_off_s)

    def _signed(self, ask: Ask, *, line: Line, deadline_s: float) -> Answer:
        token = self._tokens.token()
        try:
            return self._attempt(ask, token, line=line, deadline_s=deadline_s)
        except errors.Unauthorized:
            token = self._tokens.renewed(refused=token)
        return self._attempt(ask, token, line=line, deadline_s=deadline_s)

    def _attempt(self, ask: Ask, token: str, *, line: Line, deadline_s: float) -> Answer:
        request_id = str(self._ids())
        at = replace(ask.at, client_request_id=request_id)
        with line.pace.slot(deadline_s=deadline_s, weight=ask.weight, at=at):
            line.before_send()
            bounds = Bounds(deadline_s=deadline_s, monotonic_s=self._clock.monotonic_s)
            request = self._request(ask, token, request_id=request_id, bounds=bounds)
            answer = exchange(self._transport, request, at=at, bounds=bounds)
            return self._judged(answer, ask, at=at, pace=line.pace)

    def _judged(self, answer: Answer, ask: Ask, *, at: Circumstances, pace: Pace) -> Answer:
        if answers.asks_to_wait(answer):
            told_s = self.told_to_wait_s(answer)
            not_before = pace.throttled(told_s)
            throttle = errors.Throttled(retry_after_s=told_s, not_before=not_before)
            raise answers.failure(answer, noun=ask.noun, at=at, throttle=throttle)
        if answer.status < 500 and not ask.is_batch:
            # A batch is judged by its items: that its envelope came through says nothing about the mailbox.
            pace.succeeded()
        if answer.status in SUCCESSES:
            return answer
        raise answers.failure(answer, noun=ask.noun, at=at)

    def _request(self, ask: Ask, token: str, *, request_id: str, bounds: Bounds) -> httpx.Request:
        headers = [
            *self._common,
            ("Authorization", f"Bearer {token}"),
            ("client-request-id", request_id),
            ("return-client-request-id", "true"),
            ("Prefer", ask.preferences),
        ]
        if ask.body is not None:
            headers.append(("Content-Type", "application/json"))
        if ask.if_match is not None:
            headers.append(("If-Match", ask.if_match))
        if ask.advanced_query:
            headers.append(("ConsistencyLevel", "eventual"))
        url = self.root.url + ask.path
        return httpx.Request(ask.method, url, headers=headers, content=ask.body, extensions=bounds.extensions)
