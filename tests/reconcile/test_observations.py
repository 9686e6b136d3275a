"""The order of observations: what moves theirs, what is dropped, and what asks."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.reconcile.outlook import NOON, at


def _sight(core, version, *, title="a", seconds=None, **facts):
    said = core.Snapshot(at(9), title)
    modified = NOON + timedelta(seconds=version if seconds is None else seconds)
    return core.Sight("e1", said, f"v{version}", modified, may_write=True, **facts)


def _held(core, version=5, **rest):
    sight = _sight(core, version)
    return core.LinkState(
        key="aquarium-1", ours=sight.said, theirs=sight, agreed=core.Pair(sight.said, sight.said), known=("e1",),
        generation=1, number=1, **rest,
    )  # fmt: skip


def _see(core, link, sight, source="DELTA"):
    return core.observe(link, core.Seen(sight, core.Source[source]))


@pytest.mark.invariant("I14")
@pytest.mark.museum("Z-L07")
def test_older_than_what_is_held_is_dropped_from_any_source(core):
    """Z-L07: the same id twice in one round, the older one later."""
    for source in ("DELTA", "ROUND", "GET"):
        link, outcome = _see(core, _held(core), _sight(core, 4, title="old"), source)
        assert outcome is core.Outcome.OLDER
        assert link == _held(core)


def test_newer_is_taken(core):
    for source in ("DELTA", "ROUND", "GET"):
        link, outcome = _see(core, _held(core), _sight(core, 6, title="new"), source)
        assert outcome is core.Outcome.TAKEN
        assert link.theirs.said.title == "new"


def test_the_same_again_is_the_same(core):
    for source in ("DELTA", "ROUND", "GET"):
        link, outcome = _see(core, _held(core), _sight(core, 5), source)
        assert outcome is core.Outcome.SAME
        assert link == _held(core)


def test_an_equal_time_with_another_etag_asks_once(core):
    """Two changes within one tick of Exchange's clock: only a GET says which is the last."""
    link, outcome = _see(core, _held(core), _sight(core, 6, title="twin", seconds=5))
    assert outcome is core.Outcome.ASK
    assert link.must_look
    assert link.theirs.etag == "v5"

    link, outcome = _see(core, link, _sight(core, 6, title="twin", seconds=5), "GET")
    assert outcome is core.Outcome.TAKEN
    assert not link.must_look
    assert link.theirs.said.title == "twin"


def test_a_stale_read_leaves_the_question_open(core):
    """F23: the GET answered with an older version; asking is not over."""
    link, outcome = _see(core, replace(_held(core), must_look=True), _sight(core, 4), "GET")
    assert outcome is core.Outcome.OLDER
    assert link.must_look


def test_an_etag_that_moved_without_content_moves_no_booking(core):
    """Only canonical snapshots are compared, never etags."""
    link, outcome = _see(core, _held(core), _sight(core, 6))
    assert outcome is core.Outcome.TAKEN
    assert core.plan(link, core.Rules(), now=NOON) == core.Nothing()


@pytest.mark.museum("Z-X01", "Z-X15")
def test_a_missing_event_is_asked_about_and_nothing_is_cancelled(core):
    """Z-X01, Z-X15: an interrupted read, a window that slid."""
    for source in core.Source:
        link, outcome = core.observe(_held(core), core.Missing("e1", source))
        assert outcome is core.Outcome.ASK
        assert link.theirs.said is not None
        assert core.plan(link, core.Rules(), now=NOON) == core.Look("e1")


def test_another_id_is_not_this_links(core):
    other = replace(_sight(core, 9), event_id="e2")
    for observation in (core.Seen(other, core.Source.DELTA), core.Missing("e2", core.Source.DELTA), core.Gone("e2")):
        link, outcome = core.observe(_held(core), observation)
        assert outcome is core.Outcome.OTHER
        assert link == _held(core)


def test_a_confirmed_absence_is_remembered_and_asked_twice_only_by_a_get(core):
    link, outcome = core.observe(_held(core), core.Gone("e1"))
    assert outcome is core.Outcome.TAKEN
    assert link.absent == ("e1",)
    assert link.theirs.said is None
    assert core.observe(link, core.Gone("e1")) == (link, core.Outcome.SAME)
    assert core.observe(link, core.Missing("e1", core.Source.DELTA)) == (link, core.Outcome.SAME)

    asked, outcome = _see(core, link, _sight(core, 99, title="late page"))
    assert outcome is core.Outcome.ASK
    assert asked.theirs.said is None

    back, outcome = _see(core, asked, _sight(core, 99, title="restored"), "GET")
    assert outcome is core.Outcome.TAKEN
    assert back.theirs.said.title == "restored"


def test_what_was_restored_with_its_old_time_is_asked_about_too(core):
    """Whether a restored event gets a new time is not known; so of an absent one no page is merely old."""
    link, _ = core.observe(_held(core), core.Gone("e1"))
    assert _see(core, link, _sight(core, 4))[1] is core.Outcome.ASK
    assert _see(core, link, _sight(core, 4), "GET")[0].theirs.said is not None


def test_after_it_came_back_its_pages_are_still_believed_only_from_a_get(core):
    link, _ = core.observe(_held(core), core.Gone("e1"))
    link, _ = _see(core, link, _sight(core, 8), "GET")

    assert _see(core, link, _sight(core, 8))[1] is core.Outcome.SAME
    assert _see(core, link, _sight(core, 9))[1] is core.Outcome.ASK


def test_an_older_generations_absence_is_only_noted(core):
    link = replace(_held(core), known=("e0", "e1"))
    link, outcome = core.observe(link, core.Gone("e0"))

    assert outcome is core.Outcome.SAME
    assert link.absent == ("e0",)
    assert link.theirs.said is not None
    assert core.observe(link, core.Missing("e0", core.Source.ROUND)) == (link, core.Outcome.SAME)


def test_while_a_create_is_open_no_stranger_and_no_old_event_is_taken(core):
    """The event of the open create will come under another id."""
    fresh = core.LinkState(key="aquarium-1", ours=core.Snapshot(at(9), "a"))
    opened, _ = core.send(fresh, core.plan(fresh, core.Rules(), now=NOON), now=NOON)
    assert _see(core, opened, _sight(core, 3))[1] is core.Outcome.OTHER

    gone, _ = core.observe(_held(core), core.Gone("e1"))
    gone = core.done(gone, core.Agree(gone.agreed, again=True), now=NOON)
    gone = replace(gone, must_look=False)
    opened, _ = core.send(gone, core.plan(gone, core.Rules(), now=NOON), now=NOON)
    assert _see(core, opened, _sight(core, 9), "GET")[1] is core.Outcome.OTHER


def test_a_booking_that_is_made_again_is_looked_for_once_more_first(core):
    """Its event may have been restored since its absence was confirmed."""
    link, _ = core.observe(_held(core), core.Gone("e1"))
    link = core.done(link, core.Agree(link.agreed, again=True), now=NOON)
    assert core.plan(link, core.Rules(), now=NOON) == core.Look("e1")

    link, _ = core.observe(link, core.Gone("e1"))
    assert isinstance(core.plan(link, core.Rules(), now=NOON), core.Create)


def test_what_was_restored_before_it_was_made_again_gets_our_edits(core):
    """A person chose ours; the event is back all the same: ours goes there, and nothing of ours is overwritten."""
    link = core.edited(_held(core), core.Snapshot(at(9), "ours"))
    link, _ = core.observe(link, core.Gone("e1"))
    link = core.done(link, core.Agree(link.agreed, again=True), now=NOON)
    link, _ = _see(core, link, _sight(core, 9), "GET")
    step = core.plan(link, core.Rules(), now=NOON)

    assert isinstance(step, core.Patch)
    assert step.after.title == "ours"
    assert not link.again


def test_an_open_create_is_bound_only_by_its_own_transaction(core):
    fresh = core.LinkState(key="aquarium-1", ours=core.Snapshot(at(9), "a"))
    opened, _ = core.send(fresh, core.plan(fresh, core.Rules(), now=NOON), now=NOON)

    for name, outcome in (
        ("holdfast/aquarium-1/1", core.Outcome.TAKEN),
        ("holdfast/aquarium-1/2", core.Outcome.OTHER),
        ("holdfast/boathouse/1", core.Outcome.OTHER),
    ):
        link, said = _see(core, opened, _sight(core, 3, transaction_id=name))
        assert said is outcome
        assert (link.theirs is not None) is (outcome is core.Outcome.TAKEN)


def test_closed_links_hear_nothing(core):
    link = core.done(_held(core), core.Close("purged"), now=NOON)
    assert _see(core, link, _sight(core, 9)) == (link, core.Outcome.CLOSED)


def test_what_left_by_the_past_edge_is_not_asked_about(core):
    """An end at the very edge has left: spans are half open (Z-T17)."""
    link = _held(core)
    end = link.theirs.said.when.instants().end

    assert core.is_past(link, window_start=end)
    assert not core.is_past(link, window_start=end - timedelta(seconds=1))


def test_a_get_ends_the_offers_whose_etag_is_gone_and_keeps_the_others(core):
    link = core.edited(_held(core), replace(_held(core).ours, title="b"))
    link, _ = core.send(link, core.plan(link, core.Rules(), now=NOON), now=NOON)

    same, _ = _see(core, link, _sight(core, 5), "GET")
    assert len(same.offers) == 1
    moved, _ = _see(core, link, _sight(core, 6, marker=1), "GET")
    assert moved.offers == ()
    assert moved.agreed == link.agreed, "another marker than the offer's: it did not land"


def test_the_marker_says_that_an_offer_landed_whatever_theirs_says_now(core):
    link = core.edited(_held(core), replace(_held(core).ours, title="b"))
    link, offer = core.send(link, core.plan(link, core.Rules(), now=NOON), now=NOON)
    seen, _ = _see(core, link, _sight(core, 7, title="c", marker=offer.number), "GET")

    assert seen.offers == ()
    assert seen.agreed == offer.pair
    assert seen.agreed.theirs.title == "b"


def test_a_delta_item_while_a_write_is_open_only_asks(core):
    link = core.edited(_held(core), replace(_held(core).ours, title="b"))
    link, _ = core.send(link, core.plan(link, core.Rules(), now=NOON), now=NOON)
    link = replace(link, must_look=False)

    asked, outcome = _see(core, link, _sight(core, 7, title="c"))
    assert outcome is core.Outcome.ASK
    assert asked.must_look
    assert asked.theirs == link.theirs


def test_an_event_moved_by_a_version_without_a_time_is_taken(core):
    """A sight without lastModifiedDateTime can be judged by nothing but its arrival."""
    link, outcome = _see(core, _held(core), replace(_sight(core, 6, title="new"), modified=None))
    assert outcome is core.Outcome.TAKEN
    assert link.theirs.said.title == "new"
