"""Any history of one series: both sides end the same, nothing is lost, and a further pass writes nothing."""

import pytest

from tests.reconcile.series_world import series_walk

WALKS = 800


@pytest.mark.invariant("I3", "I5", "I6", "I7")
def test_seeded_walks_of_a_series_end_settled(core):
    for seed in range(WALKS):
        try:
            series_walk(core, seed)
        except AssertionError as wrong:
            message = f"walk {seed}: {wrong}"
            raise AssertionError(message) from wrong
