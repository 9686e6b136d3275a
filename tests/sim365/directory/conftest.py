"""The harbour's company, a client of it as an application, and one each for people who have signed in."""

from dataclasses import dataclass

import httpx
import pytest

from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company

EVERYTHING = frozenset(
    PERMISSIONS | {"MailboxSettings.ReadWrite", "Place.ReadWrite.All", "User.ReadWrite.All", "User.DeleteRestore.All"}
)
SCOPES = frozenset(
    {
        "Calendars.ReadWrite",
        "Calendars.ReadWrite.Shared",
        "Calendars.Read.Shared",
        "MailboxSettings.ReadWrite",
        "Place.Read.All",
        "User.Read",
    }
)


@pytest.fixture
def tokens():
    known = KnownTokens()
    known.issue("good", Principal(TENANT, APP, EVERYTHING, "sp-1"))
    return known


@pytest.fixture
def sim(tokens):
    simulator = Simulator(a_company(), seed=5, start=START, identity=tokens)
    yield simulator
    assert simulator.bugs == []


@pytest.fixture
def client(sim):
    with httpx.Client(transport=SimTransport(sim)) as client:
        yield client


@pytest.fixture
def graph(client, sim):
    return Graph(client, sim, {"Authorization": "Bearer good"})


@dataclass
class SignIn:
    """Signs people in: `sign_in("ada")` is a client that acts for Ada."""

    client: httpx.Client
    sim: Simulator
    tokens: KnownTokens

    def __call__(self, name, scopes=SCOPES):
        oid = self.sim.person(f"{name}@harbour.test").oid
        token = f"{name} {len(self.tokens.principals)}"
        self.tokens.issue(token, Principal(TENANT, APP, scopes=frozenset(scopes), oid=oid, user_oid=oid))
        return Graph(self.client, self.sim, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def sign_in(client, sim, tokens):
    return SignIn(client, sim, tokens)
