"""Pools, parents and children, people: how units are shared."""

import pytest

from holdfast.bookings.models import Conflict, Slot
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory import resources
from holdfast.directory.kinds import Kind, Sharing
from tests.cast import at

pytestmark = pytest.mark.database


def held(cast, record):
    with in_workspace(cast.workspace_id):
        return list(Slot.objects.filter(booking_id=record.id).order_by("unit_id").values_list("held", flat=True))


def open_conflicts(cast):
    with in_workspace(cast.workspace_id):
        return Conflict.objects.filter(closed_at=None).count()


@pytest.mark.invariant("I2")
def test_a_pool_of_three_desks_takes_three_and_refuses_the_fourth(cast):
    """I2: capacity is never exceeded."""
    outcomes = apply(cast.ben, [cast.make("Desks", at(9)) for _ in range(4)])

    assert [type(outcome) for outcome in outcomes] == [Done, Done, Done, Refused]


def test_a_group_takes_two_desks_at_once(cast):
    cast.book("Desks", at(9), quantity=2)

    two_more, one_more = apply(cast.ben, [cast.make("Desks", at(9), quantity=2), cast.make("Desks", at(9))])

    assert isinstance(two_more, Refused)
    assert isinstance(one_more, Done)


def test_more_desks_than_there_are_is_a_question_of_quantity(cast):
    (refused,) = apply(cast.ben, [cast.make("Desks", at(9), quantity=4)])

    assert isinstance(refused, Refused)
    assert (refused.code, refused.fields) == (Code.INVALID, ("quantity",))


def test_an_entry_over_capacity_is_rescued_by_any_desk_that_is_freed(cast):
    _, _, third = (cast.book("Desks", at(9)) for _ in range(3))
    (fourth,) = apply(cast.outlook, [cast.make("Desks", at(9))])
    assert held(cast, fourth.booking) == [False]

    apply(cast.ben, [Cancel(booking_id=third.id)])

    assert held(cast, fourth.booking) == [True]
    assert open_conflicts(cast) == 0


@pytest.mark.rule("S151")
def test_a_hall_and_its_halves_take_each_others_time(cast):
    """S151: the parent's entry blocks every child; two children at one hour are no conflict."""
    cast.add("Hall", units=0)
    cast.add("Hall North", parent="Hall")
    cast.add("Hall South", parent="Hall")

    cast.book("Hall", at(9))
    north, south = apply(cast.ben, [cast.make("Hall North", at(9)), cast.make("Hall South", at(9))])
    cast.book("Hall North", at(11))
    cast.book("Hall South", at(11))
    (whole,) = apply(cast.ben, [cast.make("Hall", at(11))])

    assert [type(outcome) for outcome in (north, south, whole)] == [Refused, Refused, Refused]
    assert open_conflicts(cast) == 0


@pytest.mark.rule("S034", "S151")
def test_one_calendar_entry_of_the_parent_blocks_all_that_share_it(cast):
    """S034: several resources behind one calendar lose the time of each of its entries."""
    cast.add("Hall", units=0)
    for half in ("Hall North", "Hall South"):
        cast.add(half, parent="Hall")

    apply(cast.outlook, [cast.make("Hall", at(9))])

    outcomes = apply(cast.ben, [cast.make("Hall North", at(9)), cast.make("Hall South", at(9))])
    assert [type(outcome) for outcome in outcomes] == [Refused, Refused]


def test_an_entry_of_the_hall_waits_for_the_half_that_is_taken_only(cast):
    cast.add("Hall", units=0)
    cast.add("Hall North", parent="Hall")
    cast.add("Hall South", parent="Hall")
    north = cast.book("Hall North", at(9))

    (hall,) = apply(cast.outlook, [cast.make("Hall", at(9))])
    assert sorted(held(cast, hall.booking)) == [False, True]

    apply(cast.ben, [Edit(booking_id=north.id, changes={"when": at(15)})])
    assert held(cast, hall.booking) == [True, True]


def test_a_child_added_later_is_blocked_by_what_the_parent_has_booked(cast):
    hall = cast.add("Hall")
    booked = cast.book("Hall", at(9, day=900))

    cast.add("Hall Balcony", parent="Hall")
    (refused,) = apply(cast.ben, [cast.make("Hall Balcony", at(9, day=900))])

    assert isinstance(refused, Refused)
    assert refused.clashes[0].booking_id == booked.id
    assert hall.id != cast.resource("Hall Balcony")


def test_a_pool_that_shrinks_keeps_its_bookings_and_says_who_overlaps(cast):
    for _ in range(3):
        cast.book("Desks", at(9, day=900))

    resources.change_resource(cast.ada, cast.resource("Desks"), {}, units=2)

    assert open_conflicts(cast) == 1
    resources.change_resource(cast.ada, cast.resource("Desks"), {}, units=3)
    assert open_conflicts(cast) == 0


def test_a_persons_calendar_overlaps_by_nature_and_still_refuses_bookings_here(cast):
    cast.add("Nurse Joy", Kind.PERSON, sharing=Sharing.FREE)

    apply(cast.outlook, [cast.make("Nurse Joy", at(9, hours=2)), cast.make("Nurse Joy", at(9))])
    assert open_conflicts(cast) == 0

    (refused,) = apply(cast.ben, [cast.make("Nurse Joy", at(10))])
    cast.book("Nurse Joy", at(11))
    (second,) = apply(cast.ada, [cast.make("Nurse Joy", at(11))])

    assert isinstance(refused, Refused)
    assert isinstance(second, Refused)


def test_an_entry_over_a_booking_made_here_is_a_conflict_of_a_person_too(cast):
    cast.add("Nurse Joy", Kind.PERSON, sharing=Sharing.FREE)
    booked = cast.book("Nurse Joy", at(9))

    (entry,) = apply(cast.outlook, [cast.make("Nurse Joy", at(9))])

    assert entry.overlaps == (booked.id,)
    assert open_conflicts(cast) == 1


def test_a_retired_room_takes_no_bookings_of_people_and_all_of_outlooks(cast):
    resources.retire_resource(cast.ada, cast.resource("Aquarium"))

    (mine,) = apply(cast.ben, [cast.make("Aquarium", at(9))])
    (theirs,) = apply(cast.outlook, [cast.make("Aquarium", at(9))])

    assert isinstance(mine, Refused)
    assert mine.code is Code.NOT_BOOKABLE
    assert isinstance(theirs, Done)
