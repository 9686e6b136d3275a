"""The harbour of the core's tests, with the words in which tests about Exchange speak of it."""

from datetime import timedelta

import pytest

from tests.sim365.core.conftest import graph, sim, tokens
from tests.sim365.core.harbour import START
from tests.sim365.exchange.harbourmaster import Harbourmaster

__all__ = ["graph", "sim", "tokens"]


@pytest.fixture
def harbour(sim, graph):
    return Harbourmaster(sim, graph)


@pytest.fixture
def nine():
    """Nine o'clock UTC on the first day, within everybody's working hours."""
    return START + timedelta(hours=2)
