"""Requests and answers: one host, one token, paced, and patient where the service asks for patience.

A write is repeated only after 429, where the service says that it did nothing. The token goes to no other address than
the one given at the start, whatever a link in an answer says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from sim365.contract.errors import RefusedError, UntriedError
from sim365.contract.pace import Pace

Json = dict[str, Any]

TRIES_MAX = 4
PATIENCE_S = 60.0
"""Longer than this is not waited for one answer."""
_BUSY = frozenset({429, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the service."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def code(self) -> str:
        """The error's code; empty for a success."""
        return str(inside(self.body, "error", "code") or "")

    @property
    def items(self) -> list[Json]:
        """The members of a collection."""
        return [cast("Json", each) for each in listed(self.body, "value") if isinstance(each, dict)]

    def __str__(self) -> str:
        return f"{self.status} {self.code}".strip()


def inside(value: object, *path: str) -> Any:
    """What lies at a path of properties in JSON; None where a part of the path is missing or null."""
    for name in path:
        value = cast("Json", value).get(name) if isinstance(value, dict) else None
    return value


def listed(value: object, *path: str) -> list[Any]:
    """The list at a path of properties; empty where there is none."""
    found = inside(value, *path)
    return cast("list[Any]", found) if isinstance(found, list) else []


class Wire:
    """The way to the service."""

    def __init__(self, client: httpx.Client, root: str, bearer: Callable[[], str], pace: Pace, *, run: str) -> None:
        self.pace = pace
        self.root = root.rstrip("/")
        self._client = client
        self._bearer = bearer
        self._run = run

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        weight: int = 1,
    ) -> Reply:
        """One request; `path` begins with a slash, or is a link that the service gave."""
        url = self._address(path)
        sent = {"Authorization": f"Bearer {self._bearer()}", "client-request-id": self._run, **(headers or {})}
        for attempt in range(1, TRIES_MAX + 1):
            self.pace.admit(weight)
            try:
                answer = self._client.request(method, url, json=body, headers=sent)
            except httpx.RequestError as error:
                if method == "GET" and attempt < TRIES_MAX:
                    continue
                message = f"the connection failed ({type(error).__name__})"
                raise UntriedError(message) from error
            may_repeat = answer.status_code == 429 or method == "GET"
            if answer.status_code not in _BUSY or not may_repeat or attempt == TRIES_MAX:
                return _reply(answer)
            self.pace.watch.wait(min(PATIENCE_S, _retry_after(answer, attempt)))
        message = "no answer was given in the tries allowed"
        raise UntriedError(message)

    def _address(self, path: str) -> str:
        if path.startswith("/"):
            return self.root + path
        if path.startswith(f"{self.root}/"):
            return path
        message = f"An answer links to another address than {self.root}. The token is not sent there."
        raise RefusedError(message)


def _retry_after(answer: httpx.Response, attempt: int) -> float:
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return float(2**attempt)


def _reply(answer: httpx.Response) -> Reply:
    try:
        read: object = answer.json()
    except ValueError:
        read = None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status_code, cast("Json", read) if isinstance(read, dict) else {}, headers)
