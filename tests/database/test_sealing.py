"""Secrets at rest: they open in their place, with a key of the ring, and nowhere else."""

from dataclasses import replace
from uuid import UUID

import pytest

from holdfast.database.sealing import Place, Ring, SealBroken
from holdfast.host.keys import new_master_key

SECRET = "the client secret of Fjord Rooms"
HERE = Place(UUID(int=1), "mirror_connection", UUID(int=7), "sealed_secret")


@pytest.fixture
def ring() -> Ring:
    return Ring([new_master_key()])


def test_a_secret_opens_where_it_was_sealed(ring: Ring):
    assert ring.unseal(ring.seal(SECRET, HERE), HERE) == SECRET


def test_a_sealed_secret_says_its_version_and_its_key_and_nothing_more(ring: Ring):
    sealed = ring.seal(SECRET, HERE)
    version, kid, _nonce, _content = sealed.split(":")
    assert (version, kid) == ("v1", ring.writing)
    assert SECRET not in sealed


def test_the_same_secret_is_never_sealed_alike(ring: Ring):
    assert len({ring.seal(SECRET, HERE) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, workspace=UUID(int=2)),
        replace(HERE, table="mirror_mapping"),
        replace(HERE, row=UUID(int=8)),
        replace(HERE, column="other"),
    ],
    ids=["another workspace", "another table", "another row", "another column"],
)
def test_a_secret_carried_elsewhere_does_not_open(ring: Ring, elsewhere: Place):
    """A-L3: two sealed values swapped between rows fail closed."""
    with pytest.raises(SealBroken):
        ring.unseal(ring.seal(SECRET, HERE), elsewhere)


def test_one_changed_character_is_noticed(ring: Ring):
    sealed = ring.seal(SECRET, HERE)
    for place in range(len(sealed) - 30, len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(SealBroken):
            ring.unseal(sealed[:place] + other + sealed[place + 1 :], HERE)


@pytest.mark.parametrize("nonsense", ["", "v1", "v2:a:b:c", "v1:::", "v1:aa:%%:%%", "\x00", "v1:a:b:c:d"])
def test_nonsense_is_a_broken_seal_and_no_accident(ring: Ring, nonsense: str):
    with pytest.raises(SealBroken):
        ring.unseal(nonsense, HERE)


def test_without_its_key_nothing_opens_and_the_key_is_named(ring: Ring):
    """A-L5: a dump without the master key yields no secret."""
    other = Ring([new_master_key()])
    with pytest.raises(SealBroken, match=ring.writing):
        other.unseal(ring.seal(SECRET, HERE), HERE)


def test_a_new_key_writes_while_the_old_one_still_reads():
    """A-L4: at every moment of a rotation each secret opens."""
    old, new = new_master_key(), new_master_key()
    sealed_before = Ring([old]).seal(SECRET, HERE)
    both = Ring([new, old])
    assert both.unseal(sealed_before, HERE) == SECRET
    anew = both.reseal(sealed_before, HERE)
    assert both.is_current(anew)
    assert not both.is_current(sealed_before)
    assert Ring([new]).unseal(anew, HERE) == SECRET
    assert both.reseal(anew, HERE) == anew


def test_a_ring_has_a_key_of_the_right_length():
    with pytest.raises(ValueError, match="at least one"):
        Ring([])
    with pytest.raises(ValueError, match="32 bytes"):
        Ring(["YWJj"])
