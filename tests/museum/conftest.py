"""The museum's ground: the harbour of the mirror's tests, and the Aquarium in it, synced and quiet."""

import pytest


@pytest.fixture
def harbour(cast):
    """Rooms that can be mapped, Microsoft beside them, one worker that is run by hand; the referee has nothing to say."""
    from tests.mirror.harbour import Harbour  # Django is set up only after this file was read

    made = Harbour(cast)
    yield made
    made.close()
    assert made.simulator.bugs == []
    assert made.simulator.conduct.offences == []


@pytest.fixture
def synced(harbour):
    """The Aquarium, synced and quiet."""
    harbour.map("Aquarium")
    harbour.work()
    return harbour
