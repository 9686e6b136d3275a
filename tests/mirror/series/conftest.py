"""The pure core by name, and a fresh company for each test."""

import pytest

from tests.graph.wharf import Wharf
from tests.reconcile.core import real


@pytest.fixture(scope="session")
def core():
    return real()


@pytest.fixture
def wharf():
    """A company, whose simulator must not have stumbled at the end."""
    made = Wharf()
    yield made
    assert made.simulator.bugs == []
