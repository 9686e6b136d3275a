"""Programs of the cast: Django's client with a bearer token, on a clock that stands still."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.ports import clock

if TYPE_CHECKING:
    from tests.cast import Cast

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
EVERYTHING = (
    "view",
    "book",
    "book_for_others",
    "view_private",
    "manage_resources",
    "manage_sync",
    "resolve_conflicts",
    "export",
    "audit",
)


class StillClock(clock.SystemClock):
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Program:
    """Somebody's program."""

    token: str

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        import json

        from django.test import Client

        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        return Client().generic(method, f"/api/v1{path}", data, content_type=content_type, headers=named)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)


@pytest.fixture
def still() -> Iterator[StillClock]:
    stopped = StillClock(NOW)
    before = clock.install(stopped)
    yield stopped
    clock.install(before)


@pytest.fixture
def cast(database: object, still: StillClock) -> "Cast":
    from tests.cast import furnished

    return furnished()


@pytest.fixture
def program(cast: "Cast") -> "Callable[..., Program]":
    """A program that acts for somebody, with some scopes; without a name it acts for nobody."""
    from holdfast.directory import tokens
    from holdfast.directory.roles import Permission

    def make(name: str = "", *scopes: str, company: "Cast" = cast) -> Program:
        wanted = [Permission(scope) for scope in scopes or EVERYTHING]
        person = company.people[name].id if name else None
        return Program(tokens.make_token(company.system, name=f"{name}'s script", scopes=wanted, person_id=person)[1])

    return make


@pytest.fixture
def ada(program: "Callable[..., Program]") -> Program:
    return program("Ada")
