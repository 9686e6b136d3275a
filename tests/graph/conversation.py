"""Holdfast's end of a conversation with Microsoft, and a Microsoft that says what a test tells it to.

Only the transport is played: the client, its pace and its clock's users are the real ones. Time stands still unless
somebody sleeps.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx

from holdfast.graph.client import Graph, MailboxLine, unfenced
from holdfast.graph.pace import Paces

AQUARIUM = "aquarium@wharf.example"
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class StillClock:
    """A clock that moves only when somebody sleeps, and remembers how long."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.instant = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.instant

    def monotonic_s(self) -> float:
        return (self.instant - MONDAY).total_seconds() + 1000

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_(seconds)

    def pass_(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


class Badge:
    """A token source that hands out numbered tokens."""

    def __init__(self) -> None:
        self.number = 1

    def token(self) -> str:
        return f"token-{self.number}"

    def renewed(self, *, refused: str) -> str:
        assert refused == self.token()
        self.number += 1
        return self.token()


Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Microsoft(httpx.BaseTransport):
    """Answers in the order it was told to, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return reply
        return reply(request)

    @property
    def paths(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.asked]


def no_jitter(_seconds: float) -> float:
    return 0.0


class Ids:
    """Request ids that count up."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> UUID:
        self.count += 1
        return UUID(int=self.count)


def graph_to(microsoft: httpx.BaseTransport, *, clock: StillClock, tokens: object = None, **settings: object) -> Graph:
    paces = Paces(clock=clock, jitter=no_jitter)
    return Graph(
        microsoft,
        tokens=tokens or Badge(),
        paces=paces,
        app="app-1",
        tenant="tenant-1",
        clock=clock,
        jitter=no_jitter,
        ids=Ids(),
        **settings,
    )


def line_to(
    microsoft: httpx.BaseTransport,
    *,
    clock: StillClock | None = None,
    before_send=unfenced,
    deadline_s: float = 30.0,
    tokens=None,
) -> MailboxLine:
    graph = graph_to(microsoft, clock=clock or StillClock(), tokens=tokens)
    return graph.mailbox(AQUARIUM, before_send=before_send, deadline_s=deadline_s)


def says(status: int, body: object = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers=named, content=content)


def refuses(status: int, code: str, message: str = "", **headers: str) -> httpx.Response:
    return says(status, {"error": {"code": code, "message": message}}, request_id="r-1", **headers)


def event(event_id: str = "e1", **fields: object) -> dict[str, object]:
    return {
        "@odata.etag": f'W/"{event_id}-1"',
        "id": event_id,
        "type": "singleInstance",
        "subject": "Stand-up",
        **fields,
    }
