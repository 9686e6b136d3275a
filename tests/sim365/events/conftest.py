"""The small harbour company again, for tests of single answers about events."""

import httpx
import pytest

from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company


@pytest.fixture
def tokens():
    known = KnownTokens()
    known.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    known.issue("basic", Principal(TENANT, APP, frozenset({"Calendars.ReadBasic"}), "sp-1"))
    return known


@pytest.fixture
def sim(tokens):
    simulator = Simulator(a_company(), seed=5, start=START, identity=tokens)
    yield simulator
    assert simulator.bugs == []


@pytest.fixture
def graph(sim):
    with httpx.Client(transport=SimTransport(sim)) as client:
        yield Graph(client, sim, {"Authorization": "Bearer good"})
