"""A small company and a client of it that sees each answer checked."""

import httpx
import pytest

from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company


@pytest.fixture
def graph():
    tokens = KnownTokens()
    tokens.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    simulator = Simulator(a_company(), seed=5, start=START, identity=tokens, check_types=True)
    with httpx.Client(transport=SimTransport(simulator)) as client:
        yield Graph(client, simulator, {"Authorization": "Bearer good"})
    assert simulator.bugs == []
