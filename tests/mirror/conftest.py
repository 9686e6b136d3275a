"""The harbour: the cast's company with sim365 beside it, and one worker that is run by hand."""

import pytest


@pytest.fixture
def harbour(cast):
    """Aquarium, Boathouse and Heron are mapped to their mailboxes; nothing is synced yet."""
    from tests.mirror.harbour import Harbour  # Django is set up only after this file was read

    made = Harbour(cast)
    yield made
    made.close()
    assert made.simulator.bugs == []
    assert made.simulator.conduct.offences == []
