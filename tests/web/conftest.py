"""Browsers of the cast: Django's client, signed in as somebody of the company, on a clock that stands still.

It is half past nine on TUESDAY in Berlin, so that a day has a past, a present and a future.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from holdfast.ports import clock

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast

NOW = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
PASSWORD = "a long sentence that nobody guesses"


class StillClock(clock.SystemClock):
    """A clock that moves when it is told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def still() -> Iterator[StillClock]:
    stopped = StillClock(NOW)
    before = clock.install(stopped)
    yield stopped
    clock.install(before)


@pytest.fixture
def cast(database: object, still: StillClock) -> "Cast":
    """The furnished company."""
    from tests.cast import furnished

    return furnished()


@pytest.fixture
def visitor(cast: "Cast", still: StillClock) -> "Callable[[str], Client]":
    """A browser in which somebody has signed in; without the password's slow hash, which one test checks by itself."""
    from django.test import Client

    from holdfast.directory import people
    from holdfast.web import signin

    def enter(name: str, company: "Cast" = cast) -> Client:
        person = company.people[name]
        account = people.make_account(person.email)
        people.admit(company.system, person.id, account=account)
        client = Client()
        client.force_login(account)
        session = client.session
        session[signin.SIGNED_IN_AT] = session[signin.SEEN_AT] = still.now().isoformat()
        session.save()
        return client

    return enter
