"""What a person's answer to a parked link leads to."""

import pytest
from msgspec.structs import replace

from tests.reconcile.outlook import NOON, arrived, at, settled


def _insisting(core):
    """Ben moved it to three, the house refused and put it back three times, and he moved it once more."""
    desk, outlook = settled(core)
    desk.refuses = lambda step: core.Refused((core.Field.WHEN,), "closed") if core.Field.WHEN in step.fields else None
    for hour in (1, 2, 3, 4):
        outlook.person_edits(desk.event_id, when=at(hour))
        desk.look()
        desk.settle()
    assert desk.link.parked.reason is core.Reason.PUT_BACK
    return desk, outlook


def test_after_put_back_ours_is_pushed_once_more(core):
    desk, _ = _insisting(core)
    desk.choose("ours")
    assert desk.settle() == ["Patch"]
    assert desk.event.said.when == at(9)
    assert desk.ours.when == at(9)


def test_after_put_back_theirs_may_be_accepted(core):
    desk, _ = _insisting(core)
    desk.choose("theirs")
    assert desk.settle() == []
    assert desk.ours.when == at(4)


def test_a_locked_edit_can_be_given_up_but_not_forced(core):
    desk, _ = arrived(core, facts={"may_write": False})
    desk.edit(title="mine")
    desk.settle()

    assert isinstance(desk.choose("ours"), core.NotPossible)
    desk.choose("theirs")
    assert desk.ours.title == "Stand-up"
    assert desk.settle() == []


def test_what_came_back_may_live_or_go(core):
    for choice, title in (("theirs", "Stand-up"), ("ours", None)):
        desk, outlook = settled(core)
        event_id = desk.event_id
        desk.cancel()
        desk.settle()
        outlook.person_restores(event_id)
        desk.look()
        desk.settle()
        desk.choose(choice)
        desk.settle()

        assert (desk.ours.title if desk.ours else None) == title
        assert bool(outlook.events) is (title is not None)
        assert desk.settle() == []


def test_a_deletion_may_be_accepted_after_all(core):
    desk, outlook = settled(core)
    desk.edit(title="mine")
    outlook.person_deletes(desk.event_id)
    desk.look()
    desk.settle()
    desk.choose("theirs")

    assert desk.ours is None
    assert desk.settle() == []


@pytest.mark.parametrize("reason", ["PAUSED", "BRAKE", "QUARANTINE", "FAILED"])
def test_some_parkings_are_no_question(core, reason):
    desk, _ = settled(core)
    desk.link = core.done(desk.link, core.Park(core.Reason[reason]), now=NOON)
    assert isinstance(desk.choose("ours"), core.NotPossible)


def test_nothing_to_choose_without_a_parking_or_without_both_sides(core):
    desk, _ = settled(core)
    assert isinstance(desk.choose("ours"), core.NotPossible)

    desk.cancel()
    desk.settle()
    desk.link = core.done(desk.link, core.Park(core.Reason.EXTRA), now=NOON)
    assert isinstance(desk.choose("theirs"), core.NotPossible)


def test_a_right_that_moved_is_a_pair_that_moved(core):
    """Whether the event is ours to write is part of the question."""
    desk, outlook = settled(core)
    desk.edit(title="ours")
    outlook.person_edits(desk.event_id, title="theirs")
    desk.rules = core.Rules(both_edited=core.Winner.ASK)
    desk.look()
    desk.settle()
    prints = core.fingerprints(desk.link)
    desk.link = replace(desk.link, theirs=replace(desk.link.theirs, may_write=False))

    assert desk.choose("ours", prints=prints) == core.Moved()


def test_adopting_a_pair_that_the_mapping_asks_about(core):
    """Never agreed: ours pushes all that differs, theirs takes it."""
    for choice, title in (("ours", "ours"), ("theirs", "theirs")):
        desk, outlook = settled(core, title="ours")
        outlook.person_edits(desk.event_id, title="theirs")
        desk.rules = core.Rules(both_edited=core.Winner.ASK)
        desk.look()
        desk.link = replace(desk.link, agreed=core.NOTHING)
        desk.settle()
        assert desk.link.parked.reason is core.Reason.CONTESTED
        desk.choose(choice)
        desk.settle()

        assert desk.ours.title == desk.event.said.title == title
