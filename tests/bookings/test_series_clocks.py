"""A series stays at its hour when clocks change, in zones that change by an hour and by half of one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from holdfast.bookings.outcomes import Refused
from holdfast.bookings.series.master import on_day
from holdfast.timetable.recurrence import Kind, Pattern
from holdfast.timetable.when import When
from tests.bookings.series_cast import ask, book, dates, edit, order

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("spring")]

CHANGES = {
    "Brussels, forward": ("Europe/Brussels", datetime(2026, 3, 27, 9), [8, 8, 7, 7]),
    "Brussels, back": ("Europe/Brussels", datetime(2026, 10, 23, 9), [7, 7, 8, 8]),
    "New York, forward": ("America/New_York", datetime(2027, 3, 12, 9), [14, 14, 13, 13]),
    "New York, back": ("America/New_York", datetime(2026, 10, 30, 9), [13, 13, 14, 14]),
    "Lord Howe, forward": ("Australia/Lord_Howe", datetime(2026, 10, 2, 9), [22.5, 22.5, 22, 22]),
    "Lord Howe, back": ("Australia/Lord_Howe", datetime(2026, 4, 3, 9), [22, 22, 22.5, 22.5]),
}


def daily(start, *, minutes=60, zone="Europe/Brussels", count=4):
    when = When(start, start + timedelta(minutes=minutes), zone)
    return {"when": when, "pattern": Pattern(Kind.DAILY, start.date(), count=count)}


def utc_hours(rows):
    return [each.starts_at.astimezone(UTC).hour + each.starts_at.minute / 60 for each in rows]


@pytest.mark.parametrize(("zone", "start", "hours"), CHANGES.values(), ids=CHANGES)
def test_nine_stays_nine_on_both_sides_of_a_change_of_clocks(cast, zone, start, hours):
    made = book(cast, **daily(start, zone=zone))

    rows = dates(cast, made).values()
    assert [each.when.start.hour for each in rows] == [9] * 4
    assert utc_hours(rows) == hours
    assert {each.ends_at - each.starts_at for each in rows} == {timedelta(hours=1)}
    assert {each.own for each in rows} == {()}


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Brussels", datetime(2026, 3, 28, 2, 30)),
        ("America/New_York", datetime(2027, 3, 13, 2, 30)),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 2, 15)),
    ],
)
def test_an_hour_that_the_clocks_skip_is_used_one_later_and_is_no_exception(cast, zone, night):
    """On that night 2:30 to 3:00 would end before it begins; it lasts half an hour as ever."""
    made = book(cast, **daily(night, minutes=30, zone=zone, count=3))

    rows = dates(cast, made)
    assert {each.ends_at - each.starts_at for each in rows.values()} == {timedelta(minutes=30)}
    assert {each.own for each in rows.values()} == {()}
    edit(cast, made, {"title": "Night watch"})
    assert {each.own for each in dates(cast, made).values()} == {()}


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Brussels", datetime(2026, 10, 24, 2, 30)),
        ("America/New_York", datetime(2026, 10, 31, 1, 30)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 1, 45)),
    ],
)
def test_an_hour_that_comes_twice_means_its_first_time(cast, zone, night):
    made = book(cast, **daily(night, minutes=10, zone=zone, count=3))

    first, doubled, after = dates(cast, made).values()
    assert doubled.starts_at - first.starts_at == timedelta(days=1)
    assert after.starts_at - doubled.starts_at > timedelta(days=1)


def test_a_clash_is_found_by_instants_across_zones(cast):
    """Ben's series in Brussels and Ada's in New York meet only in the weeks between the two changes of clocks."""
    ben = When(datetime(2026, 3, 3, 15), datetime(2026, 3, 3, 16), "Europe/Brussels")
    book(cast, when=ben, pattern=Pattern(Kind.WEEKLY, ben.start.date(), days=(1,), count=8))
    ada = When(datetime(2026, 3, 3, 10), datetime(2026, 3, 3, 11), "America/New_York")

    refused = ask(cast.ada, order(cast, when=ada, pattern=Pattern(Kind.WEEKLY, ada.start.date(), days=(1,), count=8)))

    assert isinstance(refused, Refused)
    assert [day.isoformat() for day in refused.dates] == ["2026-03-10", "2026-03-17", "2026-03-24"]


def test_all_day_dates_run_from_midnight_to_midnight_through_a_change_of_clocks(cast):
    start = datetime(2026, 3, 27)
    when = When(start, start + timedelta(days=1), "Europe/Brussels", all_day=True)

    made = book(cast, when=when, pattern=Pattern(Kind.DAILY, start.date(), count=4))

    rows = list(dates(cast, made).values())
    assert [(each.ends_at - each.starts_at) / timedelta(hours=1) for each in rows] == [24, 24, 23, 24]
    assert all(sooner.ends_at == later.starts_at for sooner, later in pairwise(rows))


def test_a_change_of_zone_keeps_every_date_and_its_day(cast):
    made = book(cast, **daily(datetime(2026, 4, 7, 9)))
    tokyo = When(datetime(2026, 4, 7, 9), datetime(2026, 4, 7, 10), "Asia/Tokyo")

    edit(cast, made, {"when": tokyo})

    rows = dates(cast, made)
    assert [day.day for day in rows] == [7, 8, 9, 10]
    assert utc_hours(rows.values()) == [0] * 4


def test_a_date_told_on_another_day_has_the_same_wall_clock():
    nine = When(datetime(2026, 3, 2, 9), datetime(2026, 3, 3, 1), "Europe/Brussels")

    moved = on_day(nine, datetime(2026, 7, 1).date())

    assert (moved.start, moved.end) == (datetime(2026, 7, 1, 9), datetime(2026, 7, 2, 1))
