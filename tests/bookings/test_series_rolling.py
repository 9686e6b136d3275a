"""An endless series goes on as time does: a bounded number of dates at once, and whatever it meets is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from holdfast.bookings.orders import Edit
from holdfast.bookings.series import rolling
from holdfast.bookings.verbs import apply
from holdfast.ports import clock
from holdfast.timetable.recurrence import Kind, Pattern
from tests.bookings.series_cast import (
    TUESDAY,
    book,
    cancel,
    dates,
    edit,
    endless,
    open_pairs,
    slots,
    told,
    week,
    weekly,
)
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("spring")]

HORIZON = date(2028, 3, 3)


def roll(cast, **more):
    return rolling.roll(cast.system, clock.now(), **more)


def test_nothing_is_due_as_long_as_the_horizon_is_far(cast, spring):
    book(cast, pattern=endless())
    spring.pass_by(days=30)

    assert roll(cast) == []


def test_a_series_is_rolled_on_without_a_gap_and_its_horizon_moves(cast, spring):
    made = book(cast, pattern=endless(), title="Crew meeting")
    spring.pass_by(days=60)

    (rolled,) = roll(cast)

    assert (rolled.series_id, rolled.horizon) == (made.id, HORIZON + timedelta(days=59))
    days = list(dates(cast, made))
    assert days == [TUESDAY + timedelta(weeks=n) for n in range(len(days))]
    assert len(rolled.dates) == len(days) - 105
    assert told(cast, made).master.horizon == rolled.horizon
    assert {each.booking.title for each in rolled.dates} == {"Crew meeting"}
    assert roll(cast) == []


def test_new_dates_belong_to_whom_the_series_belongs_to(cast, spring):
    made = book(cast, pattern=endless())
    edit(cast, made, {"title": "Watch", "when": at(11)})
    spring.pass_by(days=60)

    (rolled,) = roll(cast)

    assert {(each.booking.owner_id, each.booking.title) for each in rolled.dates} == {(cast.ben.person_id, "Watch")}
    assert {each.booking.when.start.hour for each in rolled.dates} == {11}


def test_a_date_that_meets_taken_time_is_kept_and_stands_in_the_queue(cast, spring):
    made = book(cast, pattern=endless())
    later = (HORIZON - TUESDAY).days - 3 + 14
    board = cast.book("Aquarium", at(9, day=later), by=cast.ada)
    spring.pass_by(days=60)

    (rolled,) = roll(cast)

    (met,) = [each for each in rolled.dates if each.overlaps]
    assert met.overlaps == (board.id,)
    assert met.booking.series_id == made.id
    assert open_pairs(cast) == {frozenset((met.booking.id, board.id))}
    assert (board.id, board.starts_at, True) in slots(cast)


def test_series_that_end_and_series_that_are_over_are_left_alone(cast, spring):
    book(cast, pattern=weekly())
    cancel(cast, book(cast, "Boathouse", pattern=endless()))
    spring.pass_by(days=900)

    assert roll(cast) == []


def test_a_series_that_was_cut_behind_its_horizon_is_rolled_on_to_its_end(cast, spring):
    made = book(cast, pattern=endless())
    cancel(cast, made, since=week(110))
    spring.pass_by(days=60)

    (rolled,) = roll(cast)

    assert rolled.horizon == week(109)
    assert list(dates(cast, made)) == [week(n) for n in range(110)]
    spring.pass_by(days=400)
    assert roll(cast) == []


def test_a_cut_series_with_more_dates_than_a_new_one_may_have_is_rolled_on_to_its_end(cast, spring):
    made = book(cast, pattern=Pattern(Kind.DAILY, TUESDAY))
    cancel(cast, made, since=TUESDAY + timedelta(days=1200))
    spring.pass_by(days=700)

    (rolled,) = roll(cast)

    assert rolled.horizon == TUESDAY + timedelta(days=1199)
    assert len(dates(cast, made)) == 1200
    assert roll(cast) == []


def test_one_call_rolls_a_bounded_number_of_series_the_most_urgent_first(cast, spring):
    aquarium = book(cast, pattern=endless())
    spring.pass_by(days=1)
    boathouse = book(cast, "Boathouse", pattern=endless())
    spring.pass_by(days=60)

    assert [each.series_id for each in roll(cast, most=1)] == [aquarium.id]
    assert [each.series_id for each in roll(cast, most=1)] == [boathouse.id]
    assert roll(cast, most=1) == []


def test_a_series_that_slept_for_years_is_caught_up_in_bounded_steps(cast, spring):
    made = book(cast, pattern=Pattern(Kind.DAILY, TUESDAY))
    spring.pass_by(days=1500)

    first, second = roll(cast), roll(cast)

    assert len(first[0].dates) == rolling.DATES_MAX
    assert second[0].horizon == (clock.now() + timedelta(days=731)).date()
    assert roll(cast) == []
    days = list(dates(cast, made))
    assert days == [TUESDAY + timedelta(days=n) for n in range(len(days))]


def test_a_rare_series_moves_its_horizon_even_where_no_date_lies_before_it(cast, spring):
    made = book(cast, pattern=Pattern(Kind.YEARLY_ON_DAY, TUESDAY, 9, day_of_month=3, month=3))
    spring.pass_by(days=60)

    (rolled,) = roll(cast)

    assert rolled.dates == ()
    assert list(dates(cast, made)) == [TUESDAY]


def test_the_last_date_before_the_horizon_knows_its_neighbour_behind_it(cast):
    made = book(cast, pattern=endless())
    day, last = list(dates(cast, made).items())[-1]
    assert last.starts_at < datetime(2028, 3, 3, tzinfo=UTC)

    onto_next = at(9, day=(day - TUESDAY).days + 7)
    (refused,) = apply(cast.ben, [Edit(booking_id=last.id, changes={"when": onto_next})])

    assert refused.name == "crosses"


def test_rolling_one_workspace_leaves_the_other_alone(cast, neighbours, spring):
    book(cast, pattern=endless())
    theirs = book(neighbours, pattern=endless())
    spring.pass_by(days=60)

    assert len(roll(cast)) == 1
    assert told(neighbours, theirs).master.horizon == HORIZON
