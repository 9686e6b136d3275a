"""The world under two hundred seeds: both sides, two customers, bad weather and crashes; then every promise is checked."""

import pytest

from holdfast.host.postgres import SUPERUSER
from tests.world.run import play

SEEDS = range(1, 201)


@pytest.mark.world
@pytest.mark.invariant(
    "I1", "I3", "I4", "I5", "I6", "I7", "I11", "I12", "I13", "I14", "I15", "I16", "I20", "I22", "I24", "I25"
)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_promise_is_kept(database, seed):
    """Random people on both sides, weather, lost answers and killed workers: afterwards both sides agree, nothing was
    lost, nobody got a mail, and a further pass writes nothing.
    """
    play(seed, database.url(SUPERUSER))
