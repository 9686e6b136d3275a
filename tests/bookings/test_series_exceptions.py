"""Which dates keep what is their own under a new pattern, and where one may be moved: a table without a database."""

from datetime import date, timedelta

import pytest

from holdfast.bookings.series.exceptions import Dropped, Why, crosses, dropped
from holdfast.timetable.recurrence import Kind, Pattern
from tests.bookings.series_cast import TUESDAY, week, weekly

MOVES = [
    ("a day later", week(1), 1, {}, False),
    ("onto the next date's day", week(1), 7, {}, True),
    ("past the next date", week(1), 9, {}, True),
    ("onto the day before's date", week(1), -7, {}, True),
    ("as far as the day after the last one", week(1), -6, {}, False),
    ("the first one far back", week(0), -60, {}, False),
    ("the last one far ahead", week(9), 60, {}, False),
    ("where the next was moved away", week(1), 7, {week(2): week(2) + timedelta(days=2)}, False),
    ("where the next was moved to", week(1), 4, {week(2): week(1) + timedelta(days=4)}, True),
    ("past a cancelled one", week(1), 9, {week(2): None}, False),
    ("past a cancelled one onto the one after it", week(1), 14, {week(2): None}, True),
    ("past all that were cancelled", week(7), 60, {week(8): None, week(9): None}, False),
]


@pytest.mark.parametrize(("day", "by", "places", "does"), [row[1:] for row in MOVES], ids=[row[0] for row in MOVES])
def test_a_date_keeps_between_its_neighbours(day, by, places, does):
    assert crosses(weekly(), day, day + timedelta(days=by), places) is does


def test_an_exception_whose_day_is_gone_is_dropped_and_others_stay():
    every_second = weekly(interval=2, count=5)

    found = dropped(every_second, {week(1): None, week(2): week(2), week(3): week(3) + timedelta(days=1)})

    assert found == (Dropped(week(1), Why.NO_DATE), Dropped(week(3), Why.NO_DATE))


def test_a_moved_date_that_would_sit_on_a_new_neighbour_follows_again():
    twice_a_week = weekly(days=(1, 3), count=20)

    found = dropped(twice_a_week, {week(1): week(1) + timedelta(days=2), week(2): week(2) + timedelta(days=1)})

    assert found == (Dropped(week(1), Why.CROSSES),)


def test_of_two_that_stand_in_each_others_way_the_earlier_keeps_its_place():
    daily = Pattern(Kind.DAILY, TUESDAY, 3, count=9)
    second, third = date(2026, 3, 6), date(2026, 3, 9)

    found = dropped(daily, {second: date(2026, 3, 8), third: date(2026, 3, 7)})

    assert found == (Dropped(third, Why.CROSSES),)
