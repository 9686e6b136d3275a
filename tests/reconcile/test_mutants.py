"""The tests of this folder notice deliberate bugs; see `mutants`."""

from tests.reconcile.mutants import ALL, CAUGHT_MIN, UNHARMED, caught


def test_the_copy_without_a_bug_passes():
    assert caught(UNHARMED) == ""


def test_nearly_every_deliberate_bug_is_noticed():
    missed = [one.says for one in ALL if not caught(one)]
    assert len(missed) <= len(ALL) * (1 - CAUGHT_MIN), missed
    assert len(ALL) >= 150
