"""Any history of one series over the wire: both sides end the same, nothing is lost, a further pass writes nothing."""

import pytest

from tests.graph.wharf import Wharf
from tests.mirror.series.walks import walk

WALKS = 60


@pytest.mark.invariant("I3", "I5", "I6", "I7")
def test_seeded_walks_over_the_wire_end_settled(core):
    for seed in range(WALKS):
        wharf = Wharf()
        try:
            walk(core, wharf, seed)
        except AssertionError as wrong:
            message = f"walk {seed}: {wrong}"
            raise AssertionError(message) from wrong
        assert wharf.simulator.bugs == []
