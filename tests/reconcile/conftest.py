"""The core that tests take, and how long the random ones look."""

import os
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from tests.reconcile.core import real

settings.register_profile("default", max_examples=60, stateful_step_count=30, deadline=None, derandomize=True)
settings.register_profile(
    "night", max_examples=20_000, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def core() -> SimpleNamespace:
    """The pure core as it is; mutants are given to the same tests by `mutants`."""
    return real()
