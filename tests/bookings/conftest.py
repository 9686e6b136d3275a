"""The spring of 2026 for tests about series: what is past and what is to come must not depend on the day of the run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.ports import clock

MONDAY_MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)


class StandingClock:
    """It shows one instant until a test moves it on."""

    def __init__(self) -> None:
        self.at = MONDAY_MORNING

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def spring() -> Iterator[StandingClock]:
    """Monday, 2 March 2026, before anybody is in the house."""
    standing = StandingClock()
    before = clock.install(standing)
    yield standing
    clock.install(before)
