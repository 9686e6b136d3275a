"""The world under two hundred seeds: both sides, two customers, bad weather and crashes; then every promise is checked."""

import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.host.postgres import SUPERUSER
from tests import ground
from tests.world.run import play

SEEDS = range(1, 201)


@pytest.mark.world
@pytest.mark.invariant("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I13", "I14", "I15")
@pytest.mark.invariant("I16", "I17", "I20", "I22", "I24", "I25", "I29", "I30")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_promise_is_kept(database, seed):
    """Random people on both sides, weather, lost answers and killed workers: afterwards both sides agree, nothing was
    lost, nobody got a mail, and a further pass writes nothing.
    """
    play(seed, database.url(SUPERUSER))


@pytest.mark.world
@pytest.mark.parametrize("seed", [7, 77, 177])
def test_a_seed_gives_the_same_run_again(database, seed):
    """A failure replays exactly: every point that any actor passes, and every deed, comes again in the same order."""
    first = play(seed, database.url(SUPERUSER), steps=80)
    ground.empty(database)
    again = play(seed, database.url(SUPERUSER), steps=80)

    assert first.scene.stage.trace == again.scene.stage.trace
    assert [(deed.side, deed.field, deed.value) for deed in first.history.deeds] == [
        (deed.side, deed.field, deed.value) for deed in again.history.deeds
    ]


@pytest.mark.world
def test_a_seed_can_be_run_by_hand():
    """What a failure prints (`make world SEED=…`) works: the same seed, a database of its own, one line at the end."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.world", "7", "20"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert "all promises kept" in told.stdout
