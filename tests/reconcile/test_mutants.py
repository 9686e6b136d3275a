"""The tests of this folder notice deliberate bugs; see `mutants`."""

import pytest

from tests.reconcile.mutants import ALL, CAUGHT_MIN, UNHARMED, caught

PARTS = 6
"""So that both processes of a test run have their share of the longest test there is."""


def test_the_copy_without_a_bug_passes():
    assert caught(UNHARMED) == ""


@pytest.mark.parametrize("part", range(PARTS))
def test_nearly_every_deliberate_bug_is_noticed(part):
    some = ALL[part::PARTS]

    missed = [one.says for one in some if not caught(one)]

    assert len(missed) <= len(some) * (1 - CAUGHT_MIN), missed
    assert len(some) >= 25
