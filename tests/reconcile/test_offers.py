"""Answers to writes, and what is known when none came."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.reconcile.outlook import NOON, Desk, Outlook, at, settled


def _sent(core, **values):
    """A settled desk whose edit was sent and not answered."""
    desk, outlook = settled(core)
    desk.edit(**(values or {"title": "b"}))
    step = desk.plan()
    desk.link, offer = core.send(desk.link, step, now=NOON)
    return desk, outlook, step, offer


def _answer(core, desk, offer, response):
    desk.link = core.answer(desk.link, offer.number, response, now=NOON)


def test_an_offer_is_saved_before_its_send_with_all_that_is_needed(core):
    desk, _, step, offer = _sent(core)

    assert desk.link.offers == (offer,)
    assert desk.link.number == offer.number == 2
    assert (offer.kind, offer.etag, offer.event_id) == (core.Kind.PATCH, "v1", desk.event_id)
    assert offer.pair.ours == desk.ours
    assert offer.pair.theirs == step.after
    assert isinstance(desk.plan(), core.Look), "a crash after the saving looks before anything else"


def test_the_body_is_kept_beside_its_offer(core):
    desk, _, _, offer = _sent(core)
    desk.link = core.with_body(desk.link, offer, '{"subject":"b"}')

    assert [one.body for one in desk.link.offers] == ['{"subject":"b"}']


def test_an_answer_agrees_on_ours_as_saved_and_theirs_as_answered(core):
    """Exchange may write it down in its own way."""
    desk, outlook, step, offer = _sent(core)
    sight = replace(
        outlook.get(desk.event_id), said=replace(step.after, title="B"), etag="v9", modified=NOON + timedelta(hours=1)
    )
    _answer(core, desk, offer, core.Landed(sight))

    assert desk.link.offers == ()
    assert (desk.link.agreed.ours.title, desk.link.agreed.theirs.title) == ("b", "B")
    assert desk.plan() == core.Nothing()


@pytest.mark.parametrize("failure", ["UNKNOWN", "MOVED"])
def test_no_certain_answer_leaves_the_offer_open_and_looks(core, failure):
    desk, _, _, offer = _sent(core)
    _answer(core, desk, offer, core.Failed(core.Failure[failure]))

    assert desk.link.offers == (offer,)
    assert isinstance(desk.plan(), core.Look)


def test_a_success_without_a_body_is_no_answer_for_a_change(core):
    desk, _, _, offer = _sent(core)
    _answer(core, desk, offer, core.Landed(None))

    assert desk.link.offers == (offer,)
    assert isinstance(desk.plan(), core.Look)


def test_a_lasting_refusal_parks_the_pair(core):
    desk, _, _, offer = _sent(core)
    _answer(core, desk, offer, core.Failed(core.Failure.REJECTED, "ErrorInvalidRequest"))

    assert desk.link.offers == ()
    assert (desk.link.parked.reason, desk.link.parked.detail) == (core.Reason.FAILED, "ErrorInvalidRequest")
    assert desk.plan() == core.Nothing()
    desk.edit(title="c")
    assert isinstance(desk.plan(), core.Patch)


@pytest.mark.museum("Z-X16")
def test_a_deletion_of_what_is_gone_is_a_success(core):
    """Z-X16: 404 on delete."""
    desk, outlook = settled(core)
    desk.cancel()
    outlook.person_deletes(desk.event_id)

    assert desk.settle() == ["Delete"]
    assert desk.link.offers == ()
    assert desk.plan() == core.Nothing()


@pytest.mark.museum("Z-X12")
def test_a_change_of_what_is_gone_is_a_deletion_there(core):
    """Z-X12: it concerns this object only, and the edit is not dropped."""
    desk, outlook = settled(core)
    desk.edit(title="b")
    outlook.person_deletes(desk.event_id)
    desk.settle()

    assert desk.link.parked.reason is core.Reason.DELETED_THERE


@pytest.mark.invariant("I11")
def test_an_answer_that_comes_twice_changes_nothing_more(core):
    desk, _, step, offer = _sent(core)
    response = desk.request(step, offer)
    _answer(core, desk, offer, response)
    once = desk.link
    _answer(core, desk, offer, response)

    assert desk.link == once


def test_an_answer_after_a_get_has_told_changes_nothing_more(core):
    desk, _, step, offer = _sent(core)
    response = desk.request(step, offer)
    desk.look()
    told = desk.link
    _answer(core, desk, offer, response)

    assert desk.link == told
    assert desk.plan() == core.Nothing()


def test_an_answer_ends_the_writes_sent_under_earlier_etags(core):
    desk, _, step, offer = _sent(core)
    desk.look()  # it did not land yet
    again = desk.plan()
    desk.link, second = core.send(desk.link, again, now=NOON)
    _answer(core, desk, second, desk.request(again, second))

    assert desk.link.offers == ()
    assert isinstance(desk.request(step, offer), core.Failed)


@pytest.mark.museum("Z-D04")
def test_a_used_transaction_id_is_looked_up_and_bound(core):
    """Z-D04: the error hides the id."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="after")
    [offer] = desk.link.offers
    _answer(core, desk, offer, core.Failed(core.Failure.USED))

    assert desk.settle() == ["Find"]
    assert desk.link.offers == ()
    assert list(outlook.events) == [desk.event_id]


def test_a_used_transaction_id_whose_event_is_nowhere_gets_a_new_generation(core):
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    desk.settle(fate="before")
    [offer] = desk.link.offers
    _answer(core, desk, offer, core.Failed(core.Failure.USED))

    assert desk.settle() == ["Find", "Create"]
    assert desk.link.generation == 2
    assert len(outlook.events) == 1


@pytest.mark.museum("Z-D02")
def test_an_error_reply_to_a_create_that_was_stored_makes_no_second_event(core):
    """Z-D02: refused for good by the reply, and there all the same."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    step = desk.plan()
    desk.link, offer = core.send(desk.link, step, now=NOON)
    desk.request(step, offer)
    _answer(core, desk, offer, core.Failed(core.Failure.REJECTED, "MailboxNotEnabled"))
    assert desk.link.parked is not None
    desk.delta()
    desk.edit(title="later")
    desk.settle()

    assert [one.said.title for one in outlook.events.values()] == ["later"]
    assert outlook.writes == ["create", "patch"]


def test_the_generation_rises_with_every_new_create(core):
    desk, outlook = settled(core)
    outlook.person_deletes(desk.event_id)
    desk.refuses = lambda step: core.Refused((), "kept")
    desk.delta()
    desk.settle()
    desk.choose("ours")
    desk.settle()

    assert desk.link.generation == 2
    assert len(desk.link.made) == 2
    assert desk.link.made[0] == desk.link.made[1] == core.fingerprint(core.read_back(desk.ours))


def test_a_lost_marker_without_our_values_means_it_did_not_land(core):
    """The write could not land under a gone etag, and nothing there looks like it: our edit is sent again."""
    desk, outlook, _, _ = _sent(core)
    outlook.marker_is_lost(desk.event_id)
    outlook.person_edits(desk.event_id, note="Ben's")
    desk.settle()

    assert (desk.event.said.title, desk.event.said.note) == ("b", "Ben's")
    assert desk.conflicts == []


def test_the_fallback_takes_only_the_fields_that_came_back(core):
    desk, outlook, step, offer = _sent(core, title="b", place="Pier")
    desk.request(step, offer)
    outlook.marker_is_lost(desk.event_id)
    outlook.person_edits(desk.event_id, place="Deck")
    desk.look()

    assert desk.link.offers == ()
    assert (desk.link.agreed.theirs.title, desk.link.agreed.theirs.place) == ("b", "")


def test_a_decline_that_answered_is_followed_by_a_look(core):
    desk, _ = settled(core)
    step = core.Decline(desk.event_id, "v1", "full")
    desk.link, offer = core.send(desk.link, step, now=NOON)
    _answer(core, desk, offer, core.Landed(None))

    assert desk.link.offers == ()
    assert isinstance(desk.plan(), core.Look)


def test_a_decline_outlives_the_etag_it_was_sent_under(core):
    """It carries no If-Match, so it may land at any time."""
    desk, outlook = settled(core)
    desk.link, offer = core.send(desk.link, core.Decline(desk.event_id, "v1", "full"), now=NOON)
    outlook.person_edits(desk.event_id, note="n")
    desk.look()

    assert desk.link.offers == (offer,)


def test_likeness_is_not_believed_beside_another_marker(core):
    """Ben typed what we sent and could not land: what was agreed is as it was, and only the plan finds them equal."""
    desk, outlook, _, _ = _sent(core)
    outlook.person_edits(desk.event_id, title="b")
    desk.look()

    assert desk.link.offers == ()
    assert desk.link.agreed.theirs.title == "Stand-up"
    assert desk.settle() == ["Agree"]


def _refused_create(core):
    """A booking whose create was refused for good, though it was stored, and then tied to another event."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(9), "Stand-up"))
    step = desk.plan()
    desk.link, offer = core.send(desk.link, step, now=NOON)
    desk.request(step, offer)
    _answer(core, desk, offer, core.Failed(core.Failure.REJECTED))
    return desk, outlook


def test_a_live_link_leaves_the_event_of_a_refused_create_to_its_claims(core):
    desk, outlook = _refused_create(core)
    outlook.person_adds(core.Snapshot(at(9), "Stand-up"))
    desk.delta()
    mine = desk.event_id
    desk.settle()

    assert desk.delta(0) is core.Outcome.OTHER
    assert desk.event_id == mine
    assert list(outlook.events) == [mine]


def test_a_claim_outlives_an_agreement_that_all_is_over(core):
    desk, _ = _refused_create(core)
    over = core.done(desk.link, core.Agree(core.NOTHING), now=NOON)
    assert [one.kind for one in over.offers] == [core.Kind.CREATE]


def test_a_change_that_landed_before_the_event_was_deleted_is_known_when_it_is_restored(core):
    """Its answer was lost, the event deleted and restored; meanwhile we renamed again: no conflict with ourselves."""
    desk, outlook = settled(core)
    event_id = desk.event_id
    desk.edit(title="first")
    desk.settle(fate="after")
    outlook.person_deletes(event_id)
    desk.settle()
    outlook.person_restores(event_id)
    desk.edit(title="second")
    desk.delta()
    desk.settle()

    assert desk.event.said.title == desk.ours.title == "second"
    assert desk.conflicts == [one for one in desk.conflicts if one.kept == "asked"]
    assert desk.link.offers == ()
