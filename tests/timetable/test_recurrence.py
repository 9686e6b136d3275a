"""Dates that repeat: which they are, when two rules are the same, and which rules are refused."""

from datetime import date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.timetable.recurrence import (
    OCCURRENCES_MAX,
    Fault,
    Kind,
    Pattern,
    beginning_at,
    canonical,
    dates,
    ending_before,
    fault,
    has,
    last_date,
    neighbours,
    occurrence,
)
from holdfast.timetable.when import When

MONDAY = date(2026, 3, 2)
NINE = When(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10), "Europe/Brussels")


def days(pattern, number=6):
    return [f"{day:%a %d %b}" for day in islice(dates(pattern), number)]


def weekly(*, on=(0,), **settings):
    return Pattern(Kind.WEEKLY, MONDAY, days=on, **settings)


def test_every_third_day():
    assert days(Pattern(Kind.DAILY, MONDAY, interval=3), 3) == ["Mon 02 Mar", "Thu 05 Mar", "Sun 08 Mar"]


def test_mondays_and_fridays_of_every_second_week():
    assert days(weekly(on=(0, 4), interval=2), 4) == ["Mon 02 Mar", "Fri 06 Mar", "Mon 16 Mar", "Fri 20 Mar"]


@pytest.mark.parametrize(
    ("week_starts", "found"),
    [(0, ["Tue 03 Mar", "Sun 08 Mar", "Tue 17 Mar"]), (6, ["Tue 03 Mar", "Sun 15 Mar", "Tue 17 Mar"])],
)
def test_the_day_on_which_weeks_begin_matters_every_second_week(week_starts, found):
    """RFC 5545's own example of WKST: Tuesdays and Sundays of every other week."""
    assert days(Pattern(Kind.WEEKLY, date(2026, 3, 3), 2, (1, 6), week_starts=week_starts), 3) == found


def test_the_thirty_first_is_the_last_day_of_a_shorter_month():
    pattern = Pattern(Kind.MONTHLY_ON_DAY, date(2026, 1, 31), day_of_month=31)

    assert days(pattern, 4) == ["Sat 31 Jan", "Sat 28 Feb", "Tue 31 Mar", "Thu 30 Apr"]


def test_the_last_friday_of_each_month():
    pattern = Pattern(Kind.MONTHLY_ON_WEEKDAY, MONDAY, days=(4,), place=-1)

    assert days(pattern, 3) == ["Fri 27 Mar", "Fri 24 Apr", "Fri 29 May"]


def test_of_several_weekdays_in_a_month_only_the_first_that_comes_counts():
    pattern = Pattern(Kind.MONTHLY_ON_WEEKDAY, MONDAY, days=(2, 3), place=1)

    assert days(pattern, 3) == ["Wed 04 Mar", "Wed 01 Apr", "Wed 06 May"]


def test_the_leap_day_falls_on_the_twenty_eighth_in_other_years():
    pattern = Pattern(Kind.YEARLY_ON_DAY, date(2028, 2, 29), day_of_month=29, month=2)

    assert list(islice(dates(pattern), 2)) == [date(2028, 2, 29), date(2029, 2, 28)]


def test_the_second_tuesday_of_each_october():
    pattern = Pattern(Kind.YEARLY_ON_WEEKDAY, MONDAY, days=(1,), month=10, place=2)

    assert list(islice(dates(pattern), 2)) == [date(2026, 10, 13), date(2027, 10, 12)]


def test_a_series_ends_after_its_count_or_with_its_last_date():
    assert len(list(dates(weekly(count=26)))) == 26
    assert last_date(weekly(until=date(2026, 3, 18))) == date(2026, 3, 16)
    assert last_date(weekly()) is None


def test_dates_of_a_far_span_are_found_from_there():
    assert list(dates(weekly(), date(2041, 1, 1), date(2041, 1, 15))) == [date(2041, 1, 7), date(2041, 1, 14)]
    assert has(weekly(), date(2041, 1, 7))
    assert not has(weekly(), date(2041, 1, 8))


def test_neighbours_are_the_dates_before_and_after():
    assert neighbours(weekly(), date(2026, 3, 9)) == (MONDAY, date(2026, 3, 16))
    assert neighbours(weekly(count=2), date(2026, 3, 9)) == (MONDAY, None)


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_nine_stays_nine_on_both_sides_of_every_change_of_clocks(zone):
    first = When(datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 10, 30), zone)
    pattern = Pattern(Kind.WEEKLY, date(2026, 1, 5), days=(0,))

    for day in islice(dates(pattern), 60):
        told = occurrence(first, day)
        assert (told.start.hour, told.end - told.start, told.zone) == (9, timedelta(minutes=90), zone)


def test_all_day_occurrences_are_whole_days_of_their_date():
    first = When(datetime(2026, 3, 2), datetime(2026, 3, 4), "Europe/Brussels", all_day=True)

    assert occurrence(first, date(2026, 3, 30)).days() == [date(2026, 3, 30), date(2026, 3, 31)]


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        (Pattern(Kind.DAILY, MONDAY, interval=0), Fault.INTERVAL),
        (Pattern(Kind.DAILY, MONDAY, interval=100), Fault.INTERVAL),
        (Pattern(Kind.WEEKLY, MONDAY), Fault.NO_DAYS),
        (weekly(on=(7,)), Fault.DAYS),
        (Pattern(Kind.MONTHLY_ON_DAY, MONDAY), Fault.DAY_OF_MONTH),
        (Pattern(Kind.MONTHLY_ON_DAY, MONDAY, day_of_month=32), Fault.DAY_OF_MONTH),
        (Pattern(Kind.YEARLY_ON_DAY, MONDAY, day_of_month=1), Fault.MONTH),
        (Pattern(Kind.MONTHLY_ON_WEEKDAY, MONDAY, days=(0,), place=5), Fault.PLACE),
        (weekly(count=3, until=date(2026, 5, 1)), Fault.TWO_ENDS),
        (weekly(count=-1), Fault.COUNT),
        (weekly(until=date(2026, 3, 1)), Fault.ENDS_BEFORE_START),
        (weekly(on=(4,), until=date(2026, 3, 5)), Fault.NEVER),
        (Pattern(Kind.YEARLY_ON_DAY, MONDAY, day_of_month=1, month=1, until=date(2026, 12, 1)), Fault.NEVER),
        (weekly(count=1000), Fault.TOO_MANY),
        (Pattern(Kind.DAILY, MONDAY, until=date(2032, 1, 1)), Fault.TOO_MANY),
        (Pattern(Kind.DAILY, date(4501, 1, 1)), Fault.OUT_OF_YEARS),
    ],
)
def test_an_impossible_rule_is_refused_by_name(pattern, wrong):
    assert fault(pattern) is wrong


def test_exactly_as_many_dates_as_graph_allows_are_allowed():
    assert fault(weekly(count=OCCURRENCES_MAX)) is None
    assert fault(Pattern(Kind.DAILY, MONDAY, until=MONDAY + timedelta(days=OCCURRENCES_MAX - 1))) is None
    assert fault(Pattern(Kind.DAILY, MONDAY, until=MONDAY + timedelta(days=OCCURRENCES_MAX))) is Fault.TOO_MANY


def test_an_occurrence_must_be_over_when_the_next_begins():
    a_day_and_a_half = When(NINE.start, NINE.start + timedelta(hours=36), NINE.zone)

    assert fault(Pattern(Kind.DAILY, MONDAY), a_day_and_a_half) is Fault.OVERLAPS_ITSELF
    assert fault(Pattern(Kind.DAILY, MONDAY, interval=2), a_day_and_a_half) is None
    assert fault(weekly(on=(0, 6)), a_day_and_a_half) is Fault.OVERLAPS_ITSELF
    assert fault(Pattern(Kind.DAILY, MONDAY), NINE) is None


def test_what_a_rule_does_not_use_makes_no_difference():
    plain = Pattern(Kind.DAILY, MONDAY)
    padded = Pattern(Kind.DAILY, MONDAY, 1, (3,), day_of_month=4, month=5, place=2, week_starts=0)

    assert canonical(padded) == canonical(plain)
    assert canonical(weekly(week_starts=0)) == canonical(weekly(week_starts=6))
    assert canonical(weekly(interval=2, week_starts=0)) != canonical(weekly(interval=2, week_starts=6))


def test_an_end_on_a_day_without_an_occurrence_is_the_last_date():
    assert canonical(weekly(until=date(2026, 3, 18))) == canonical(weekly(until=date(2026, 3, 16)))
    assert canonical(weekly(on=(4,))).first == date(2026, 3, 6)


A_PATTERN = st.builds(
    Pattern,
    st.sampled_from(Kind),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(1, 6),
    st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True).map(tuple),
    day_of_month=st.integers(1, 31),
    month=st.integers(1, 12),
    place=st.sampled_from([1, 2, 3, 4, -1]),
    week_starts=st.integers(0, 6),
    count=st.sampled_from([0, 1, 7, 30]),
)


@given(A_PATTERN)
@settings(max_examples=150, deadline=None)
def test_a_canonical_rule_gives_the_same_dates_and_stays_as_it_is(pattern):
    plain = canonical(pattern)

    assert list(islice(dates(plain), 30)) == list(islice(dates(pattern), 30))
    assert canonical(plain) == plain
    assert fault(plain) is None


@given(A_PATTERN, st.integers(1, 29))
@settings(max_examples=150, deadline=None)
def test_a_series_cut_in_two_has_the_same_dates_as_before(pattern, cut):
    """`This and following`: what is left before the date, and what begins with it, are together the whole."""
    pattern = canonical(pattern)
    whole = list(islice(dates(pattern), 30))
    if cut >= len(whole):
        return
    before, after = ending_before(pattern, whole[cut]), beginning_at(pattern, whole[cut])

    assert before is not None
    assert list(dates(before)) == whole[:cut]
    assert list(islice(dates(after), 30 - cut)) == whole[cut:]


@given(A_PATTERN)
@settings(max_examples=100, deadline=None)
def test_dates_rise_and_each_is_its_neighbours_neighbour(pattern):
    for sooner, later in pairwise(islice(dates(pattern), 12)):
        assert sooner < later
        assert neighbours(pattern, sooner)[1] == later
        assert neighbours(pattern, later)[0] == sooner
