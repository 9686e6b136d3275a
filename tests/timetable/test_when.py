"""Wall times, their zones and the instants they cover."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.timetable import zones
from holdfast.timetable.errors import ImpossibleTime, UnknownZone
from holdfast.timetable.spans import Span
from holdfast.timetable.when import Fault, When, all_day, between, canonical, fault, in_words_of, whole_seconds


def wall(*parts: int) -> datetime:
    return datetime(*parts)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


ZONES = ("UTC", "Europe/Helsinki", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
         "Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Kiritimati")  # fmt: skip
moments = st.datetimes(datetime(1995, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
lengths = st.integers(0, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.invariant("I18")
@given(moments, lengths, st.sampled_from(ZONES))
def test_instants_survive_being_told_in_a_zone(start, length, zone):
    """Also in the second of two doubled hours, which no wall time of this zone can name."""
    assert between(start, start + length, zone=zone).instants() == (start, start + length)


@pytest.mark.invariant("I18")
@given(moments, lengths, st.sampled_from(ZONES))
def test_the_canonical_form_keeps_the_instants_and_is_final(start, length, zone):
    told = between(start, start + length, zone=zone)
    once = canonical(told)

    assert once.instants() == told.instants()
    assert canonical(once) == once
    assert in_words_of(once, told.zone).instants() == told.instants()


@pytest.mark.invariant("I18")
def test_wall_time_is_kept_when_clocks_move():
    """Nine o'clock in New York is nine o'clock in winter and in summer."""
    winter = When(wall(2026, 3, 6, 9), wall(2026, 3, 6, 10), "America/New_York")
    summer = When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 10), "America/New_York")

    assert winter.instants().start == utc(2026, 3, 6, 14)
    assert summer.instants().start == utc(2026, 3, 9, 13)


def test_a_skipped_hour_is_read_with_the_offset_before_the_gap():
    """RFC 5545 3.3.5: Helsinki has no 03:30 on 29 March 2026; it is the instant half an hour after the change."""
    skipped = When(wall(2026, 3, 29, 3, 30), wall(2026, 3, 29, 4, 30), "Europe/Helsinki")
    assert skipped.instants() == (utc(2026, 3, 29, 1, 30), utc(2026, 3, 29, 1, 30))
    assert fault(skipped) is Fault.EMPTY


def test_a_doubled_hour_means_its_first_occurrence():
    doubled = When(wall(2026, 10, 25, 3, 30), wall(2026, 10, 25, 4, 30), "Europe/Helsinki")
    assert doubled.instants() == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 2, 30))


def test_the_second_doubled_hour_is_told_in_utc():
    told = between(utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 1, 45), zone="Europe/Helsinki")
    assert told.zone == "UTC"
    assert told.instants() == (utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 1, 45))


@pytest.mark.museum("Z-T02")
def test_a_zone_is_converted_to_and_never_only_named():
    """Z-T02: relabelling UTC times shifted every event."""
    told = between(utc(2026, 7, 1, 6), utc(2026, 7, 1, 7), zone="Europe/Helsinki")
    assert (told.start, told.zone) == (wall(2026, 7, 1, 9), "Europe/Helsinki")


@pytest.mark.museum("Z-T16")
def test_fractions_of_a_second_do_not_count():
    """Z-T16."""
    when = When(datetime(2026, 3, 9, 9, 0, 0, 123_456), datetime(2026, 3, 9, 10, 0, 0, 1), "UTC")
    assert whole_seconds(when) == canonical(when) == When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 10), "UTC")
    exact = When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 10), "UTC")
    assert whole_seconds(exact) is exact


@pytest.mark.museum("Z-T10", "Z-T12")
def test_whole_days_have_one_form():
    """Z-T10, Z-T12: from midnight to midnight, whatever was read."""
    aquarium = all_day(date(2026, 3, 9), 2, zone="Europe/Helsinki")
    assert (aquarium.start, aquarium.end, aquarium.all_day) == (wall(2026, 3, 9), wall(2026, 3, 11), True)
    assert aquarium.instants() == (utc(2026, 3, 8, 22), utc(2026, 3, 10, 22))
    untidy = When(wall(2026, 3, 9, 2), wall(2026, 3, 10, 2), "Europe/Kiev", all_day=True)
    assert canonical(untidy) == canonical(aquarium)
    assert fault(untidy) is Fault.NO_MIDNIGHT
    empty = When(wall(2026, 3, 9), wall(2026, 3, 9), "UTC", all_day=True)
    assert canonical(empty) == all_day(date(2026, 3, 9), zone="UTC")


def test_a_day_on_which_clocks_move_is_still_one_day():
    short = all_day(date(2026, 3, 29), zone="Europe/Helsinki")
    long = all_day(date(2026, 10, 25), zone="Europe/Helsinki")
    assert short.instants().length == timedelta(hours=23)
    assert long.instants().length == timedelta(hours=25)
    assert short.days() == [date(2026, 3, 29)]


def test_the_dates_that_a_time_touches():
    night = When(wall(2026, 3, 9, 22), wall(2026, 3, 10, 2), "UTC")
    until_midnight = When(wall(2026, 3, 9, 22), wall(2026, 3, 10), "UTC")
    moment = When(wall(2026, 3, 9), wall(2026, 3, 9), "UTC")

    assert night.days() == [date(2026, 3, 9), date(2026, 3, 10)]
    assert until_midnight.days() == [date(2026, 3, 9)]
    assert moment.days() == [date(2026, 3, 9)]
    assert all_day(date(2026, 2, 27), 3, zone="UTC").days() == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]


@pytest.mark.museum("Z-T15", "Z-T16")
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 10), "Europe/Helsinki"), None),
        (When(wall(2026, 3, 9, 10), wall(2026, 3, 9, 9), "UTC"), Fault.INVERTED),
        (When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 9), "UTC"), Fault.EMPTY),
        (When(wall(2026, 3, 9), wall(2031, 3, 9), "UTC"), Fault.TOO_LONG),
        (When(wall(2026, 3, 9), wall(2031, 3, 8), "UTC"), None),
        (When(wall(1601, 1, 1), wall(2026, 1, 1), "UTC"), Fault.OUT_OF_YEARS),
        (When(wall(2026, 1, 1), wall(4501, 1, 1), "UTC"), Fault.OUT_OF_YEARS),
        (When(wall(2026, 1, 1), wall(2026, 1, 2), "Customized Time Zone"), Fault.UNKNOWN_ZONE),
    ],
)
def test_times_that_cannot_be_are_named(when, expected):
    """Z-T15, Z-T16, F61, F63: zero length, inverted, years long, Exchange's own sentinels, unknown zones."""
    assert fault(when) is expected


def test_whole_days_need_one_day_and_a_zone():
    with pytest.raises(ImpossibleTime):
        all_day(date(2026, 3, 9), 0, zone="UTC")
    with pytest.raises(UnknownZone, match="Nowhere/Land"):
        all_day(date(2026, 3, 9), zone="Nowhere/Land")


def test_naive_instants_are_refused():
    with pytest.raises(ImpossibleTime):
        between(wall(2026, 3, 9), wall(2026, 3, 10), zone="UTC")


def test_an_unknown_zone_stays_as_it_is_until_somebody_asks_for_instants():
    odd = When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 10), "tzone://Microsoft/Custom")
    assert canonical(odd) == odd
    with pytest.raises(UnknownZone):
        odd.instants()


def test_zones_that_windows_folds_keep_their_instants():
    """Where two zones of one Windows name once differed, the own name stays."""
    for name in sorted(zones.available_timezones()):
        if zones.known(name) is None:
            continue
        for year in (1980, 1999, 2026):
            when = When(wall(year, 7, 1, 9), wall(year, 7, 1, 10), name)
            assert canonical(when).instants() == when.instants(), name


def test_words_are_ours_only_for_the_same_clocks():
    kyiv = When(wall(2026, 3, 9, 9), wall(2026, 3, 9, 10), "Europe/Kiev")
    assert in_words_of(kyiv, "Europe/Helsinki").zone == "Europe/Helsinki"
    assert in_words_of(kyiv, "Europe/London") == kyiv
    assert in_words_of(kyiv, "Nowhere/Land") == kyiv
    assert isinstance(kyiv.instants(), Span)
