"""Transaction ids, and which strangers may belong to which bookings."""

import pytest

from tests.reconcile.outlook import NOON, at


def _sight(core, event_id, title="a", *, hour=9, **facts):
    return core.Sight(event_id, core.read_back(core.Snapshot(at(hour), title)), "v1", NOON, may_write=True, **facts)


def test_a_transaction_id_names_its_link_and_generation(core):
    assert core.made_by(core.transaction_id("aquarium/1", 12)) == ("aquarium/1", 12)
    for foreign in (
        "",
        "holdfast",
        "holdfast/",
        "holdfast//1",
        "other/aquarium/1",
        "holdfast/aquarium/x",
        "holdfast/7",
    ):
        assert core.made_by(foreign) is None, foreign


@pytest.mark.museum("Z-D14")
def test_own_marks_tie_before_looks_do(core):
    """Z-D14: after a lost database, by transaction id, by marker, and only then by likeness."""
    unbound = {key: core.Snapshot(at(9), "a") for key in ("one", "two", "three")}
    unbound["four"] = core.Snapshot(at(15), "Sprint ")
    found = core.propose(
        unbound,
        [
            _sight(core, "e1", transaction_id="holdfast/one/1"),
            _sight(core, "e2"),
            _sight(core, "e4", "sprint", hour=15),
        ],
        marked={"e2": "two", "e9": "nobody"},
    )

    assert {(one.key, one.event_id, one.by) for one in found.matched} == {
        ("one", "e1", core.MatchedBy.TRANSACTION),
        ("two", "e2", core.MatchedBy.MARKER),
        ("four", "e4", core.MatchedBy.LIKENESS),
    }
    assert found.ambiguous == ()


@pytest.mark.museum("Z-D17")
def test_of_many_alike_none_is_guessed(core):
    """Z-D17: byte-equal copies are set aside and named, and the rest goes on."""
    unbound = {"one": core.Snapshot(at(9), "a"), "two": core.Snapshot(at(10), "b")}
    found = core.propose(unbound, [_sight(core, "e1"), _sight(core, "e2"), _sight(core, "e3", "b", hour=10)])

    assert [(one.key, one.event_id) for one in found.matched] == [("two", "e3")]
    assert found.ambiguous == ("e1", "e2")


def test_two_alike_bookings_are_not_guessed_either(core):
    unbound = {"one": core.Snapshot(at(9), "a"), "two": core.Snapshot(at(9), "a")}
    found = core.propose(unbound, [_sight(core, "e1")])
    assert found.matched == ()
    assert found.ambiguous == ("e1",)


def test_another_title_or_time_is_no_likeness(core):
    unbound = {"one": core.Snapshot(at(9), "a")}
    found = core.propose(unbound, [_sight(core, "e1", "b"), _sight(core, "e2", hour=10)])
    assert found == core.Proposals((), ())


def test_a_second_event_with_our_transaction_is_not_proposed_for_a_bound_booking(core):
    unbound = {"one": core.Snapshot(at(9), "a")}
    sights = [_sight(core, "e1", transaction_id="holdfast/one/1"), _sight(core, "e2", transaction_id="holdfast/one/2")]
    assert [one.event_id for one in core.propose(unbound, sights).matched] == ["e1"]


@pytest.mark.museum("Z-M13")
def test_an_extra_with_guests_is_never_cancelled_by_us(core):
    """Z-M13: its deletion would mail them, although nobody edited it."""
    body = core.Snapshot(at(9), "a", people=(core.Person("ben@holdfast.test"),))
    link = core.LinkState(key="one", ours=body)
    link, _ = core.send(link, core.plan(link, core.Rules(), now=NOON), now=NOON)
    extra = core.Sight("extra", core.read_back(body), "v9", NOON, may_write=True, transaction_id="holdfast/one/1")

    assert isinstance(core.claim(link, extra), core.KeepExtra)
