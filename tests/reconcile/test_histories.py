"""The shortest histories that an easier reading of the plan gets wrong, each as the fact that must hold.

Ada books Aquarium here; Ben works in Outlook. A numbered history of the model stands in each docstring.
"""

import pytest
from msgspec.structs import replace

from tests.reconcile.outlook import NOON, Desk, NotThere, Outlook, arrived, at, settled


def _agree(desk, outlook) -> bool:
    """Both sides say the same, and another pass writes nothing."""
    writes = len(outlook.writes)
    desk.read_all()
    assert desk.settle() == []
    assert len(outlook.writes) == writes
    return desk.core.read_back(desk.ours) == desk.core.read_back(desk.event.said)


def test_what_ben_takes_back_after_a_lost_answer_stays_taken_back(core):
    """History 1: our move lands, its answer is lost, and Ben moves the event back to where it was agreed."""
    desk, outlook = settled(core, hour=9)
    desk.edit(when=at(10))
    desk.settle(fate="after")
    outlook.person_edits(desk.event_id, when=at(9))

    desk.settle()

    assert desk.ours.when == at(9)
    assert desk.event.said.when == at(9)
    assert _agree(desk, outlook)


def test_a_delta_item_does_not_move_theirs_while_an_answer_is_missing(core):
    """History 1: only a GET reads the marker."""
    desk, _ = settled(core)
    desk.edit(when=at(10))
    desk.settle(fate="after")
    before = desk.link.theirs

    assert desk.delta() is core.Outcome.ASK
    assert desk.link.theirs == before
    assert isinstance(desk.plan(), core.Look)


def test_what_exchange_trimmed_is_not_taken_for_bens_edit(core):
    """History 1: the second edit of ours must not lose to our own first one, as Exchange wrote it down."""
    desk, outlook = settled(core)
    desk.edit(title="  Sprint review " + "x" * 300)
    desk.settle(fate="after")
    desk.edit(title="Sprint review")

    desk.settle()

    assert desk.ours.title == desk.event.said.title == "Sprint review"
    assert desk.conflicts == []
    assert _agree(desk, outlook)


def test_after_a_lost_marker_our_own_value_is_known_by_its_looks(core):
    """History 1: the fallback compares field by field, in the form Exchange reads back."""
    desk, outlook = settled(core)
    desk.edit(title=" Sprint ")
    desk.settle(fate="after")
    outlook.marker_is_lost(desk.event_id)
    desk.edit(title="Retro")

    desk.settle()

    assert desk.ours.title == desk.event.said.title == "Retro"
    assert desk.conflicts == []


def test_a_lost_marker_does_not_hide_bens_edit_of_another_field(core):
    """History 1: of an offer with two fields one is ours and the other was edited since."""
    desk, outlook = settled(core)
    desk.edit(title="Sprint", place="Pier")
    desk.settle(fate="after")
    outlook.marker_is_lost(desk.event_id)
    outlook.person_edits(desk.event_id, place="Deck")

    desk.settle()

    assert desk.ours.title == desk.event.said.title == "Sprint"
    assert "Deck" in {desk.ours.place, *(one.theirs.place for one in desk.conflicts)}
    assert _agree(desk, outlook)


def test_a_stalled_write_that_lands_late_is_known_beside_a_later_one(core):
    """History 2: two offers under one etag; the first lands after the second was saved."""
    desk, outlook = settled(core)
    desk.edit(title="First")
    desk.settle(fate="stalled")
    desk.settle(fate="stalled")  # another worker looks, sees nothing, saves its own offer, and stalls too
    assert len(desk.link.offers) == 2
    first, second = desk.stalled
    desk.request(*first)
    desk.edit(title="Second")

    desk.settle()

    assert desk.ours.title == desk.event.said.title == "Second"
    assert desk.conflicts == []
    assert isinstance(desk.request(*second), core.Failed), "the other write under the same etag cannot land"
    assert _agree(desk, outlook)


def test_of_the_writes_under_one_etag_all_others_end_with_the_one_that_landed(core):
    """History 2."""
    desk, outlook = settled(core)
    desk.edit(title="First")
    desk.settle(fate="stalled")
    desk.settle(fate="after")
    desk.settle()

    assert desk.link.offers == ()
    desk.wake()
    assert outlook.writes.count("patch") == 1


def test_an_offer_stays_while_its_etag_stands(core):
    """History 2: a GET that shows nothing does not end a write that may still land."""
    desk, _ = settled(core)
    desk.edit(title="First")
    desk.settle(fate="stalled")
    desk.look()

    assert [one.number for one in desk.link.offers] == [2]


def test_a_merge_rebases_so_that_what_ben_takes_back_stays_taken_back(core):
    """History 3: (9, a); ours renames, Ben moves; merged; then Ben moves back to 9."""
    desk, outlook = settled(core, title="a", hour=9)
    desk.edit(title="b")
    outlook.person_edits(desk.event_id, when=at(10))
    desk.delta()
    merged = desk.plan()
    assert isinstance(merged, core.Pull)
    desk.link = core.done(desk.link, merged, now=NOON)
    outlook.person_edits(desk.event_id, when=at(9))
    desk.delta()

    desk.settle()

    assert (desk.ours.when, desk.ours.title) == (at(9), "b")
    assert (desk.event.said.when, desk.event.said.title) == (at(9), "b")


def test_the_plan_after_a_merge_is_a_plain_push(core):
    """History 3, and Z-C03: both changed different fields, and both edits stay."""
    desk, outlook = settled(core, title="a", hour=9)
    desk.edit(title="b")
    outlook.person_edits(desk.event_id, when=at(10))
    desk.delta()

    assert desk.settle() == ["Pull", "Patch"]
    assert (desk.event.said.when, desk.event.said.title) == (at(10), "b")
    assert desk.steps[-1].fields == (core.Field.TITLE,)
    assert desk.conflicts == []


def test_a_pull_leaves_our_own_wording_alone(core):
    """History 4: our 'a ' stays 'a ' when Ben moves the event."""
    desk, outlook = settled(core, title="a ")
    outlook.person_edits(desk.event_id, when=at(11))
    desk.delta()
    desk.settle()

    assert desk.ours.title == "a "
    assert desk.steps[-1].fields == (core.Field.WHEN,)


def test_retyping_what_exchange_reads_the_same_writes_nothing(core):
    """History 4: no write without a difference."""
    desk, outlook = settled(core, title="a")
    desk.edit(title="a ")

    assert desk.settle() == ["Agree"]
    assert outlook.writes == ["create"]
    assert desk.settle() == []


@pytest.mark.museum("Z-M06")
def test_sending_people_never_uninvites_whom_only_outlook_lists(core):
    """History 4 and Z-M06: theirs, plus our additions, without our removals."""
    ada, ben = core.Person("ada@holdfast.test"), core.Person("ben@holdfast.test")
    room = core.Person("aquarium@holdfast.test", role=core.Role.RESOURCE)
    desk, outlook = settled(core, people=(ada, ben))
    outlook.person_edits(desk.event_id, people=(ada, ben, room))
    desk.edit(people=(ada, core.Person("chidi@holdfast.test")))
    desk.delta()
    desk.settle()

    invited = {one.address for one in desk.event.said.people}
    assert invited == {"ada@holdfast.test", "aquarium@holdfast.test", "chidi@holdfast.test"}
    assert {one.address for one in desk.ours.people} == invited
    assert _agree(desk, outlook)


@pytest.mark.invariant("I3")
def test_the_loser_of_a_both_sides_edit_is_kept_with_its_content(core):
    """History 5."""
    desk, outlook = settled(core, title="a")
    desk.edit(title="ours")
    outlook.person_edits(desk.event_id, title="theirs")
    desk.delta()
    desk.settle()

    assert desk.ours.title == desk.event.said.title == "theirs"
    assert [(one.field, one.kept, one.ours.title) for one in desk.conflicts] == [(core.Field.TITLE, "theirs", "ours")]


@pytest.mark.invariant("I3")
def test_where_ours_wins_bens_value_is_kept_with_its_content(core):
    """History 5: the place of a resource is ours."""
    desk, outlook = settled(core, place="Aquarium")
    desk.edit(place="Aquarium, 2nd floor")
    outlook.person_edits(desk.event_id, place="somewhere")
    desk.delta()
    desk.settle()

    assert desk.event.said.place == "Aquarium, 2nd floor"
    assert [(one.kept, one.theirs.place) for one in desk.conflicts] == [("ours", "somewhere")]
    assert _agree(desk, outlook)


def test_the_same_edit_on_both_sides_is_no_conflict_and_no_write(core):
    """History 5: a value of ours that came back is not a conflict."""
    desk, outlook = settled(core, title="a")
    desk.edit(title="Sprint ")
    outlook.person_edits(desk.event_id, title="Sprint")
    desk.delta()

    assert desk.settle() == ["Agree"]
    assert desk.conflicts == []
    assert outlook.writes == ["create"]
    assert desk.ours.title == "Sprint "


def _no_moves(core):
    """Aquarium refuses every move that comes from Outlook."""

    def refuses(step):
        names = step.fields if isinstance(step, core.Pull) else ()
        return core.Refused((core.Field.WHEN,), "closed") if core.Field.WHEN in names else None

    return refuses


@pytest.mark.museum("Z-C13")
def test_a_refused_move_goes_back_and_the_accepted_rename_stays(core):
    """History 6 and Z-C13: a verdict names fields."""
    desk, outlook = settled(core, title="a", hour=9)
    desk.refuses = _no_moves(core)
    outlook.person_edits(desk.event_id, title="renamed", when=at(3))
    desk.delta()
    desk.settle()

    assert (desk.ours.title, desk.ours.when) == ("renamed", at(9))
    assert (desk.event.said.title, desk.event.said.when) == ("renamed", at(9))
    assert [(one.field, one.theirs.when) for one in desk.conflicts] == [(core.Field.WHEN, at(3))]
    assert _agree(desk, outlook)


def test_a_refused_move_that_is_not_ours_to_undo_is_declined_and_the_booking_goes(core):
    """History 6: declined on a refused move, then the booking is cancelled."""
    desk, outlook = arrived(core, refuses=_no_moves(core), facts={"may_write": False})
    outlook.person_edits(desk.event_id, when=at(3))
    desk.delta()

    assert desk.settle() == ["Pull", "Look", "PullGone"]
    assert outlook.writes == ["decline"]
    assert desk.ours is None


@pytest.mark.parametrize(("may_write", "write"), [(True, "delete"), (False, "decline")])
def test_a_refused_new_event_is_taken_away(core, may_write, write):
    """History 6: a new event there."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, refuses=lambda step: core.Refused((), "full"))
    outlook.person_adds(core.Snapshot(at(9), "Ben's"), may_write=may_write)
    desk.delta()
    desk.settle()

    assert outlook.writes == [write]
    assert outlook.events == {}
    assert desk.conflicts[0].theirs.title == "Ben's"
    assert desk.settle() == []


@pytest.mark.parametrize("may_write", [True, False])
def test_a_refused_deletion_is_parked(core, may_write):
    """History 6: a deletion there."""
    desk, outlook = arrived(core, facts={"may_write": may_write})
    desk.refuses = lambda step: core.Refused((), "kept")
    outlook.person_deletes(desk.event_id)
    desk.delta()
    desk.settle()

    assert desk.link.parked.reason is core.Reason.REFUSED
    assert desk.ours is not None
    assert outlook.writes == []


def test_a_cancel_here_deletes_or_declines(core):
    """History 6: a cancel here."""
    for may_write, write in ((True, "delete"), (False, "decline")):
        desk, outlook = arrived(core, facts={"may_write": may_write})
        desk.cancel()
        desk.settle()

        assert outlook.writes == [write]
        assert outlook.events == {}
        assert desk.settle() == []


def test_an_edit_here_of_what_is_not_ours_to_write_is_locked(core):
    """History 6: an edit here without may_write."""
    desk, outlook = arrived(core, facts={"may_write": False})
    desk.edit(title="mine")
    desk.settle()

    assert desk.link.parked.reason is core.Reason.LOCKED
    assert outlook.writes == []


@pytest.mark.invariant("I7")
def test_an_old_page_does_not_wake_the_dead(core):
    """History 7: edited, deleted, confirmed absent; then the page with the edit arrives."""
    desk, outlook = settled(core)
    outlook.person_edits(desk.event_id, title="v2")
    late = len(outlook.pages) - 1
    outlook.person_deletes(desk.event_id)
    desk.delta()
    assert desk.settle() == ["Look", "PullGone"]

    assert desk.delta(late) is core.Outcome.ASK
    assert desk.settle() == ["Look"]
    assert desk.ours is None
    assert outlook.events == {}


def test_a_removal_is_a_question(core):
    """History 7: what leaves the window looks the same as what was deleted."""
    desk, _ = settled(core)

    assert desk.observe(core.Missing(desk.event_id, core.Source.DELTA)) is core.Outcome.ASK
    assert desk.settle() == ["Look"]
    assert desk.ours is not None


def test_what_came_back_after_its_booking_was_cancelled_is_asked_about(core):
    """History 8: restored from Deleted Items, it looks like a zombie; a person decides."""
    desk, outlook = settled(core)
    event_id = desk.event_id
    desk.cancel()
    desk.settle()
    outlook.person_restores(event_id)
    desk.delta()
    desk.settle()

    assert desk.link.parked.reason is core.Reason.CAME_BACK
    assert event_id in outlook.events
    assert outlook.writes == ["create", "delete"]


def test_what_came_back_while_its_booking_lives_is_a_plain_observation(core):
    """History 8: deleted and restored before anything was planned."""
    desk, outlook = settled(core)
    event_id = desk.event_id
    outlook.person_deletes(event_id)
    desk.look()
    outlook.person_restores(event_id)
    desk.delta()

    assert desk.settle() == ["Look"]
    assert desk.ours is not None
    assert _agree(desk, outlook)


@pytest.mark.invariant("I4")
def test_a_live_link_claims_the_late_create_of_an_earlier_generation(core):
    """History 9: generation 1 deleted, generation 2 alive, the late POST of generation 1 lands."""
    outlook = Outlook(core, remembers=False)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="stalled")
    desk.settle()  # repeated, and answered
    desk.edit(title="edited")
    outlook.person_deletes(desk.event_id)
    outlook.forgets_deleted()
    desk.look()
    desk.settle()
    assert desk.link.parked.reason is core.Reason.DELETED_THERE
    desk.choose("ours")
    desk.settle()
    assert desk.link.generation == 2
    desk.wake()
    assert len(outlook.events) == 2
    desk.delta()

    assert [one.said.title for one in outlook.events.values()] == ["edited"]


def test_an_extra_that_a_person_edited_is_left_for_a_person(core):
    """History 9: parked if a person has edited it."""
    desk, _ = settled(core)
    body = core.read_back(core.Snapshot(at(9), "Stand-up"))
    extra = core.Sight("extra", body, "v90", NOON, may_write=True, transaction_id=core.transaction_id("aquarium-1", 1))

    assert isinstance(core.claim(desk.link, extra), core.RemoveExtra)
    for touched in (
        replace(extra, said=replace(body, title="Ben's")),
        replace(extra, said=replace(body, people=(core.Person("ben@holdfast.test"),))),
        replace(extra, may_write=False),
    ):
        assert isinstance(core.claim(desk.link, touched), core.KeepExtra)


def test_an_acknowledged_or_foreign_event_is_not_claimed(core):
    """History 9: the claim holds for ids never acknowledged."""
    desk, _ = settled(core)
    other = core.Sight(
        "extra", desk.ours, "v90", NOON, may_write=True, transaction_id=core.transaction_id("boathouse-7", 1)
    )

    assert isinstance(core.claim(desk.link, desk.link.theirs), core.NotMine)
    assert isinstance(core.claim(desk.link, other), core.NotMine)
    assert isinstance(core.claim(desk.link, replace(other, transaction_id="")), core.NotMine)


@pytest.mark.museum("Z-D01", "Z-D02")
def test_the_answer_of_a_repeated_create_is_not_an_agreement(core):
    """History 10, Z-D01, Z-D02: the POST landed, its answer was lost, Ben edited; the repeat answers with his edit."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="after")
    [event_id] = outlook.events
    outlook.person_edits(event_id, when=at(14))

    assert desk.settle() == ["Repeat", "Look", "Pull"]
    assert desk.ours.when == at(14)
    assert outlook.writes == ["create"]
    assert _agree(desk, outlook)


def test_a_repeated_create_of_what_was_deleted_meanwhile_is_a_deletion(core):
    """History 10: 201 for an event that is gone."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="after")
    [event_id] = outlook.events
    outlook.person_deletes(event_id)

    assert desk.settle() == ["Repeat", "Look", "PullGone"]
    assert desk.ours is None
    assert outlook.events == {}


def test_an_open_create_is_repeated_byte_equal_although_the_booking_was_edited(core):
    """History 10: another body under the same transaction id would be refused."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="before")
    desk.edit(title="Renamed")

    assert desk.settle() == ["Repeat", "Look", "Patch"]
    assert desk.event.said.title == "Renamed"
    assert _agree(desk, outlook)


def test_an_open_create_of_a_cancelled_booking_is_a_claim_and_not_repeated(core):
    """History 10: with the booking at None nothing is sent; should the event turn up, it is taken away."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="stalled")
    desk.cancel()
    assert desk.settle() == []
    assert core.rest(desk.link, desk.rules, now=NOON) is core.Rest.SETTLED
    desk.wake()
    desk.delta()
    desk.settle()

    assert outlook.events == {}
    assert outlook.writes == ["create", "delete"]


@pytest.mark.museum("Z-D08")
def test_a_create_seen_in_a_delta_before_its_answer_is_bound(core):
    """History 1 and 10, Z-D08: a create is known by its transaction id, also where the item was changed since."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="after")
    outlook.person_edits(next(iter(outlook.events)), title="Ben's")
    desk.delta()

    assert desk.settle() == ["Pull"]
    assert desk.ours.title == "Ben's"
    assert outlook.writes == ["create"]


def test_an_edit_during_the_call_is_still_to_be_sent(core):
    """History 11: agreed is ours as it was when the offer was saved."""
    desk, _ = settled(core)
    desk.edit(title="sent")
    step = desk.plan()
    desk.link, offer = core.send(desk.link, step, now=NOON)
    response = desk.request(step, offer)
    desk.edit(title="during")
    desk.link = core.answer(desk.link, offer.number, response, now=NOON)

    assert desk.settle() == ["Patch"]
    assert desk.event.said.title == "during"


def test_an_edit_during_the_create_is_still_to_be_sent(core):
    """History 11, for a create."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "sent"))
    step = desk.plan()
    desk.link, offer = core.send(desk.link, step, now=NOON)
    response = desk.request(step, offer)
    desk.edit(title="during")
    desk.link = core.answer(desk.link, offer.number, response, now=NOON)

    assert desk.settle() == ["Patch"]
    assert desk.event.said.title == "during"


@pytest.mark.parametrize("stale", ["the etag we sent", "an older time"])
def test_a_success_that_shows_an_old_version_is_no_answer(core, stale):
    """History 11."""
    desk, _ = settled(core)
    held = desk.link.theirs
    desk.edit(title="sent")
    desk.link, offer = core.send(desk.link, desk.plan(), now=NOON)
    sight = held if stale == "the etag we sent" else replace(held, etag="v0", modified=NOON)
    desk.link = core.answer(desk.link, offer.number, core.Landed(sight), now=NOON)

    assert desk.link.offers == (offer,)
    assert isinstance(desk.plan(), core.Look)


def test_a_decline_waits_for_the_etag_it_was_planned_on(core):
    """History 12: refused move, then the organiser moves back; the decline must carry the etag of the plan."""
    desk, outlook = arrived(core, refuses=_no_moves(core), facts={"may_write": False})
    outlook.person_edits(desk.event_id, when=at(3))
    desk.delta()
    refused = desk.plan(verdict=core.Refused((core.Field.WHEN,), "closed"))
    assert isinstance(refused, core.Decline)
    outlook.person_edits(desk.event_id, when=at(9))
    desk.link, offer = core.send(desk.link, refused, now=NOON)
    response = desk.request(refused, offer)
    desk.link = core.answer(desk.link, offer.number, response, now=NOON)
    desk.settle()

    assert response == core.Failed(core.Failure.MOVED)
    assert outlook.writes == []
    assert desk.ours.when == at(9)


def test_an_absence_while_our_decline_is_unanswered_is_not_the_organisers_word(core):
    """History 12: a late decline lands after all was well again."""
    desk, outlook = arrived(core, refuses=_no_moves(core), facts={"may_write": False})
    outlook.person_edits(desk.event_id, when=at(3))
    desk.delta()
    desk.settle(fate="stalled")
    outlook.person_edits(desk.event_id, when=at(9))
    desk.look()
    outlook.decline(desk.event_id)
    desk.look()
    desk.settle()

    assert desk.link.parked.reason is core.Reason.DECLINED_BY_US
    assert desk.ours is not None


def _contested(core):
    desk, outlook = settled(core, title="a")
    desk.rules = core.Rules(both_edited=core.Winner.ASK)
    desk.edit(title="ours", place="Pier")
    outlook.person_edits(desk.event_id, title="theirs", when=at(16))
    desk.delta()
    desk.settle()
    assert desk.link.parked.reason is core.Reason.CONTESTED
    return desk, outlook


def test_an_answer_about_a_pair_that_moved_is_asked_anew(core):
    """History 13."""
    for mover in ("ours", "theirs"):
        desk, outlook = _contested(core)
        prints = core.fingerprints(desk.link)
        if mover == "ours":
            desk.edit(note="more")
        else:
            outlook.person_edits(desk.event_id, note="more")
            desk.delta()

        assert desk.choose("theirs", prints=prints) == core.Moved()


def test_choosing_theirs_applies_them_and_agrees(core):
    """History 13: agreed = (result, theirs)."""
    desk, outlook = _contested(core)
    desk.choose("theirs")

    assert desk.settle() == []
    assert (desk.ours.title, desk.ours.when) == ("theirs", at(16))
    assert desk.conflicts[-1].ours.title == "ours"
    assert _agree(desk, outlook)


def test_choosing_ours_pushes_just_what_was_contested_and_keeps_the_rest_of_theirs(core):
    """History 13: agreed = (ours with theirs' changes taken, theirs)."""
    desk, outlook = _contested(core)
    desk.choose("ours")

    assert desk.settle() == ["Patch"]
    assert desk.steps[-1].fields == (core.Field.TITLE, core.Field.PLACE)
    assert (desk.event.said.title, desk.event.said.place, desk.event.said.when) == ("ours", "Pier", at(16))
    assert desk.ours.when == at(16)
    assert _agree(desk, outlook)


def test_kept_here_gone_there_and_not_ours_to_make_again_is_closed(core):
    """History 13: closed, kept here only."""
    desk, outlook = arrived(core, facts={"may_write": False})
    desk.refuses = lambda step: core.Refused((), "kept")
    outlook.person_deletes(desk.event_id)
    desk.delta()
    desk.settle()
    desk.choose("ours")

    assert desk.link.closed.reason == "kept_here_only"
    assert desk.ours is not None
    assert desk.settle() == []


def test_a_parking_ends_when_its_pair_moves(core):
    """History 13: while both stand nobody is asked twice; when the pair moved it is planned again."""
    desk, outlook = _contested(core)
    assert desk.settle() == []
    outlook.person_edits(desk.event_id, title="ours")
    desk.delta()

    assert desk.settle() == ["Pull", "Patch"]
    assert desk.event.said.title == "ours"


@pytest.mark.invariant("I9")
@pytest.mark.museum("Z-X21")
def test_deleted_there_and_edited_here_keeps_the_booking_and_asks(core):
    """History 14 and Z-X21."""
    desk, outlook = settled(core)
    desk.edit(title="mine")
    outlook.person_deletes(desk.event_id)
    desk.delta()
    desk.settle()

    assert desk.link.parked.reason is core.Reason.DELETED_THERE
    assert desk.ours.title == "mine"
    desk.choose("ours")
    desk.settle()
    assert [one.said.title for one in outlook.events.values()] == ["mine"]
    assert desk.link.generation == 2


@pytest.mark.invariant("I9")
def test_cancelled_here_and_edited_there_keeps_the_event_and_asks(core):
    """History 14: the event stays until the person chooses, either way."""
    for choice, left, booking in (("ours", 0, None), ("theirs", 1, "Ben's")):
        desk, outlook = settled(core)
        desk.cancel()
        outlook.person_edits(desk.event_id, title="Ben's")
        desk.delta()
        desk.settle()
        assert desk.link.parked.reason is core.Reason.CANCELLED_HERE
        assert len(outlook.events) == 1
        desk.choose(choice)
        desk.settle()

        assert len(outlook.events) == left
        assert (desk.ours and desk.ours.title) == booking
        assert desk.settle() == []


def test_what_is_missing_from_a_round_is_asked_about(core):
    """History 15: our event, created while the round ran, is missing from it."""
    desk, _ = settled(core)
    outcome = desk.observe(core.Missing(desk.event_id, core.Source.ROUND))

    assert outcome is core.Outcome.ASK
    assert desk.settle() == ["Look"]
    assert desk.ours is not None


def test_an_edit_taken_back_before_anybody_saw_it_is_none(core):
    """History 16."""
    desk, outlook = settled(core, title="a")
    desk.edit(title="b")
    desk.edit(title="a")
    outlook.person_edits(desk.event_id, title="c")
    outlook.person_edits(desk.event_id, title="a")
    desk.delta()

    assert desk.settle() == []
    assert outlook.writes == ["create"]


def test_the_model_of_outlook_says_404_for_what_is_gone(core):
    """The histories above rest on it."""
    with pytest.raises(NotThere):
        Outlook(core).get("nobody")
