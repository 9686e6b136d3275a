"""The ground for bad input: the harbour with the Aquarium synced, and the doors in front of it."""

import pytest


@pytest.fixture
def synced(cast):
    """The Aquarium, synced and quiet; the live look goes to the same simulated Microsoft."""
    from holdfast.mirror import tasks
    from tests.mirror.harbour import Harbour  # Django is set up only after this file was read

    made = Harbour(cast)
    made.map("Aquarium")
    made.work()
    tasks.install(made.engine)
    yield made
    made.close()
    assert made.simulator.bugs == []
    assert made.simulator.conduct.offences == []
