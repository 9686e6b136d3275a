"""One booking and its neighbours: what is kept, what is refused, what a refusal says."""

import msgspec
import pytest

from holdfast.bookings import scene
from holdfast.bookings.models import Conflict, Slot
from holdfast.bookings.orders import Cancel, Edit, Restore
from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.states import Origin, State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.reconcile.snapshot import Sensitivity, ShowAs
from tests.cast import all_day, at

pytestmark = pytest.mark.database


def stored(cast, record):
    with in_workspace(cast.workspace_id):
        return scene.records(cast.workspace_id, [record.id])[record.id]


def slots(cast):
    with in_workspace(cast.workspace_id):
        return list(Slot.objects.order_by("starts_at").values_list("booking_id", "held"))


def open_pairs(cast):
    with in_workspace(cast.workspace_id):
        return set(Conflict.objects.filter(closed_at=None).values_list("booking_id", "other_id"))


def test_what_ben_booked_is_what_the_record_keeps(cast):
    booked = cast.book("Aquarium", at(9), title="Weekly\nüñ\u202eevil", note="bring the anchor")

    assert stored(cast, booked) == booked
    assert booked.owner_id == cast.ben.person_id
    assert booked.origin is Origin.HERE


@pytest.mark.rule("S089")
def test_the_second_booking_of_a_taken_room_is_refused_and_told_why(cast):
    """S089: the second of two competing bookings is refused."""
    first = cast.book("Aquarium", at(9), title="Weekly")

    (refused,) = apply(cast.ada, [cast.make("Aquarium", at(9.5))])

    assert isinstance(refused, Refused)
    assert refused.code is Code.TAKEN
    assert [(clash.booking_id, clash.title) for clash in refused.clashes] == [(first.id, "Weekly")]
    assert slots(cast) == [(first.id, True)]


def test_a_refusal_does_not_tell_a_private_title(cast):
    (made,) = apply(cast.ada, [cast.make("Aquarium", at(9), title="Surgery", sensitivity=Sensitivity.PRIVATE)])
    assert isinstance(made, Done)

    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(9))])

    assert isinstance(refused, Refused)
    assert [clash.title for clash in refused.clashes] == ["Private"]


@pytest.mark.rule("S033")
def test_two_rooms_can_be_booked_for_the_same_time(cast):
    """S033: each resource has its own time."""
    cast.book("Aquarium", at(9))
    cast.book("Boathouse", at(9))

    assert [held for _, held in slots(cast)] == [True, True]


def test_neighbours_touch_without_clashing(cast):
    cast.book("Aquarium", at(9))
    cast.book("Aquarium", at(10))
    cast.book("Aquarium", at(8))

    assert len(slots(cast)) == 3


def test_an_entry_from_outlook_onto_a_taken_slot_is_kept_and_overlaps(cast):
    first = cast.book("Aquarium", at(9))

    (done,) = apply(cast.outlook, [cast.make("Aquarium", at(9.5), title="From Outlook")])

    assert isinstance(done, Done)
    assert done.overlaps == (first.id,)
    assert done.booking.claim > first.claim
    assert set(slots(cast)) == {(first.id, True), (done.booking.id, False)}
    assert open_pairs(cast) == {(done.booking.id, first.id)}


def test_an_overlapping_entry_is_promoted_when_its_time_is_freed(cast):
    first = cast.book("Aquarium", at(9))
    entries = [cast.make("Aquarium", at(9), title="older"), cast.make("Aquarium", at(9), title="younger")]
    older, younger = (outcome.booking for outcome in apply(cast.outlook, entries))

    apply(cast.ben, [Cancel(booking_id=first.id)])

    assert set(slots(cast)) == {(older.id, True), (younger.id, False)}
    assert open_pairs(cast) == {(younger.id, older.id)}


def test_a_person_is_refused_by_an_overlapping_entry_too(cast):
    first = cast.book("Aquarium", at(9, hours=2))
    apply(cast.outlook, [cast.make("Aquarium", at(10, hours=2))])

    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(11.5))])

    assert isinstance(refused, Refused)
    assert first.id not in {clash.booking_id for clash in refused.clashes}


def test_two_bookings_change_places_in_one_batch(cast):
    morning = cast.book("Aquarium", at(9), title="morning")
    noon = cast.book("Aquarium", at(12), title="noon")

    outcomes = apply(
        cast.ben,
        [
            Edit(booking_id=morning.id, changes={"when": at(12)}),
            Edit(booking_id=noon.id, changes={"when": at(9)}),
        ],
    )

    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert [booking for booking, _ in slots(cast)] == [noon.id, morning.id]


def test_a_move_to_another_room_frees_the_first(cast):
    booked = cast.book("Aquarium", at(9))

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"resource_id": cast.resource("Boathouse")})])
    cast.book("Aquarium", at(9))

    assert len(slots(cast)) == 2


def test_an_edit_that_changes_nothing_changes_nothing(cast):
    booked = cast.book("Aquarium", at(9), title="Weekly")

    (done,) = apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Weekly"})])

    assert done == Done(booked, booked)


def test_an_edit_made_on_an_older_version_is_refused(cast):
    booked = cast.book("Aquarium", at(9))
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "one"}, version=1)])

    (refused,) = apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "two"}, version=1)])

    assert isinstance(refused, Refused)
    assert refused.code is Code.CHANGED_MEANWHILE


def test_a_shrunken_booking_keeps_its_claim_and_a_moved_one_queues_anew(cast):
    booked = cast.book("Aquarium", at(9, hours=2))

    (shrunk,) = apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(9)})])
    (moved,) = apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(9.5)})])

    assert shrunk.booking.claim == booked.claim
    assert moved.booking.claim > booked.claim


def test_what_is_cancelled_can_be_restored_while_its_time_is_free(cast):
    booked = cast.book("Aquarium", at(9))
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    assert slots(cast) == []

    (restored,) = apply(cast.ben, [Restore(booking_id=booked.id)])

    assert restored.booking.state is State.CONFIRMED
    assert slots(cast) == [(booked.id, True)]


def test_a_cancelled_booking_is_not_restored_onto_somebody_elses_time(cast):
    booked = cast.book("Aquarium", at(9))
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    cast.book("Aquarium", at(9), by=cast.ada)

    (refused,) = apply(cast.ben, [Restore(booking_id=booked.id)])

    assert isinstance(refused, Refused)
    assert stored(cast, booked).state is State.CANCELLED


@pytest.mark.rule("S149")
def test_a_free_entry_takes_no_time(cast):
    """S149: what Outlook marks as free does not block."""
    apply(cast.outlook, [cast.make("Aquarium", at(9), show_as=ShowAs.FREE)])

    cast.book("Aquarium", at(9))

    assert len(slots(cast)) == 1


def test_an_entry_that_becomes_busy_takes_its_time(cast):
    (free,) = apply(cast.outlook, [cast.make("Aquarium", at(9), show_as=ShowAs.FREE)])

    apply(cast.outlook, [Edit(booking_id=free.booking.id, changes={"show_as": ShowAs.BUSY})])

    assert slots(cast) == [(free.booking.id, True)]


def test_a_buffer_widens_the_end_only(cast):
    cast.add("Galley", buffer_after_s=900)
    cast.book("Galley", at(9))

    (late,) = apply(cast.ben, [cast.make("Galley", at(10))])
    cast.book("Galley", at(10.25))
    cast.book("Galley", at(7.75))

    assert isinstance(late, Refused)


def test_an_all_day_booking_takes_the_day_of_its_zone(cast):
    cast.book("Aquarium", all_day())

    (evening,) = apply(cast.ben, [cast.make("Aquarium", at(23))])
    cast.book("Aquarium", at(0, day=1))

    assert isinstance(evening, Refused)


def test_a_member_cannot_cancel_somebody_elses_booking(cast):
    booked = cast.book("Aquarium", at(9), by=cast.ada)

    (refused,) = apply(cast.ben, [Cancel(booking_id=booked.id)])

    assert isinstance(refused, Refused)
    assert refused.code is Code.NOT_ALLOWED


def test_an_auditor_books_nothing(cast):
    (refused,) = apply(cast.actor("Dora"), [cast.make("Aquarium", at(9))])

    assert isinstance(refused, Refused)
    assert refused.code is Code.NOT_ALLOWED


def test_orders_of_one_batch_see_each_other(cast):
    first, second, third = apply(
        cast.ben, [cast.make("Aquarium", at(9)), cast.make("Aquarium", at(9)), cast.make("Aquarium", at(10))]
    )

    assert isinstance(first, Done)
    assert isinstance(second, Refused)
    assert isinstance(third, Done)


def test_the_record_is_equal_after_a_round_trip_of_everything(cast):
    booked = cast.book("Aquarium", at(9), place="Pier 3", organiser_name="Ada", organiser_address="ada@example.org")
    (edited,) = apply(
        cast.ben, [Edit(booking_id=booked.id, changes={"note": "x" * 1000, "title": "📅 \u200f\u0645\u0631"})]
    )

    assert stored(cast, booked) == edited.booking
    assert edited.booking == msgspec.structs.replace(
        booked, note="x" * 1000, title="📅 \u200f\u0645\u0631", version=2, updated_at=edited.booking.updated_at
    )
