"""Histories of a series over the real client and the simulator: Ada here, Ben in Outlook, a stand-up on six Mondays."""

from datetime import date, datetime, timedelta

import pytest

from holdfast.timetable.recurrence import Kind, Pattern
from holdfast.timetable.when import When
from tests.mirror.series.outlook_room import RoomInOutlook, moved, span_of
from tests.mirror.series.series_desk import SeriesDesk

MONDAYS = Pattern(Kind.WEEKLY, date(2026, 3, 9), days=(0,), count=6)
DAYS = [date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 30), date(2026, 4, 6), date(2026, 4, 13)]
FIRST, SECOND, THIRD, FOURTH, FIFTH, LAST = DAYS


def at(hour, *, zone="Europe/Brussels"):
    start = datetime(2026, 3, 9, hour)
    return When(start, start.replace(hour=hour + 1), zone)


def weekly(core, *, when=None, pattern=MONDAYS):
    return core.Snapshot(when or at(9), "Stand-up", pattern=pattern)


def agreed(core, wharf, *, born_there=False, **facts):
    """A series that stands on both sides."""
    outlook = RoomInOutlook(wharf.simulator)
    desk = SeriesDesk(core, wharf, None if born_there else weekly(core, **facts))
    if born_there:
        outlook.makes(weekly(core, **facts))
    desk.sync()
    desk.settle()
    assert desk.sync() == []
    return desk, outlook


def requests(wharf):
    """How many requests there were since this was last asked."""
    before = getattr(wharf, "counted", 0)
    wharf.counted = wharf.simulator.conduct.requests
    return wharf.counted - before


def in_step(core, desk, outlook):
    """Whether the room's calendar shows exactly our dates."""
    if outlook.master is None or not isinstance(desk.ours, core.Snapshot):
        assert outlook.master is None
        assert not isinstance(desk.ours, core.Snapshot)
        return True
    until = date(2026, 12, 1)
    ours = {day: desk.said(day) for day in core.recurrence.dates(desk.ours.pattern, None, until)}
    there = {day: event for day, event in outlook.shown().items() if day <= until}
    assert {day for day, said in ours.items() if said is not None} == set(there)
    for day, event in there.items():
        said = ours[day]
        told = (said.title, said.place, said.note)
        assert told == (event["subject"], event["location"]["displayName"], event["bodyPreview"].strip()), day
        if not said.when.all_day:
            assert tuple(said.when.instants()) == span_of(event), day
    return True


@pytest.mark.parametrize("born_there", [False, True])
def test_a_series_stands_on_both_sides_and_nobody_gets_a_mail(core, wharf, born_there):
    desk, outlook = agreed(core, wharf, born_there=born_there)

    assert in_step(core, desk, outlook)
    assert len(wharf.simulator.ledger) == 0


def test_one_date_edited_here_is_two_requests_and_no_more(core, wharf):
    desk, outlook = agreed(core, wharf)
    requests(wharf)

    desk.edit_date(THIRD, title="With Dora")

    assert desk.settle() == [("Look", THIRD), ("Patch", THIRD)]
    assert requests(wharf) == 2
    assert outlook.shown()[THIRD]["subject"] == "With Dora"
    assert outlook.shown()[SECOND]["subject"] == "Stand-up"
    assert desk.sync() == []


def test_a_date_that_was_written_before_is_one_request(core, wharf):
    desk, _outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()
    requests(wharf)

    desk.edit_date(THIRD, title="With Chidi")
    desk.settle()

    assert requests(wharf) == 1


def test_a_new_title_for_all_is_one_request_and_keeps_what_dates_have_of_their_own(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, when=moved(desk.said(THIRD).when, hours=2))
    desk.settle()
    desk.sync()
    requests(wharf)

    desk.edit(title="Planning")
    desk.settle()

    assert requests(wharf) == 1
    assert in_step(core, desk, outlook)
    assert desk.sync() == []


def test_a_date_cancelled_here_goes_there(core, wharf):
    desk, outlook = agreed(core, wharf)
    requests(wharf)

    desk.cancel_date(THIRD)
    desk.settle()

    assert requests(wharf) == 2
    assert outlook.deleted == {THIRD}
    assert desk.sync() == []


@pytest.mark.museum("Z-R01")
def test_a_date_deleted_there_is_cancelled_here(core, wharf):
    """Z-R01: no tombstone tells of it; one read of the series does."""
    desk, outlook = agreed(core, wharf)
    outlook.deletes_date(THIRD)
    requests(wharf)

    desk.sync()

    assert requests(wharf) == 1
    assert desk.said(THIRD) is None
    assert in_step(core, desk, outlook)


def test_a_series_with_exceptions_made_there_comes_in_whole(core, wharf):
    outlook = RoomInOutlook(wharf.simulator)
    desk = SeriesDesk(core, wharf)
    outlook.makes(weekly(core))
    outlook.edits_date(SECOND, title="With Chidi", place="Pier")
    outlook.deletes_date(FOURTH)

    desk.sync()

    assert desk.ours.pattern == MONDAYS
    assert in_step(core, desk, outlook)
    assert desk.sync() == []


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("hour", [8, 14])
def test_a_new_hour_for_all_with_exceptions_costs_what_is_said(core, wharf, keeps, hour):
    """One write, one read. Each exception that Exchange forgot is one read and one write more; one that it kept, it kept
    with the old hour, under an etag that the read told: one write.
    """
    wharf.simulator.switch("master_change_keeps_exceptions", value=keeps)
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    desk.edit_date(FIFTH, place="Pier")
    desk.cancel_date(LAST)
    desk.settle()
    desk.sync()
    requests(wharf)

    desk.edit(when=at(hour))
    desk.settle()

    assert requests(wharf) == (4 if keeps else 2 + 2 * 3)
    assert {desk.said(day).when.start.hour for day in DAYS[:-1]} == {hour}
    assert in_step(core, desk, outlook)
    assert desk.sync() == []


@pytest.mark.parametrize("born_there", [False, True])
def test_a_date_made_an_exception_inherits_the_marker_of_its_series_and_is_not_taken_for_ours(core, wharf, born_there):
    """FACTS 3.10: dates inherit what stands on their master. Both counts begin at one, and ours had not landed."""
    from sim365.weather.faults import Fault

    desk, outlook = agreed(core, wharf, born_there=born_there)
    desk.edit_date(THIRD, title="With Dora")
    wharf.simulator.weather.next(Fault.TIMEOUT_BEFORE, method="PATCH")
    desk.settle()

    desk.sync()
    desk.settle()

    assert outlook.shown()[THIRD]["subject"] == "With Dora"
    assert in_step(core, desk, outlook)


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Brussels", date(2026, 3, 29)),
        ("Europe/Brussels", date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
    ],
)
def test_a_title_on_the_day_when_the_clocks_change_is_no_move(core, wharf, zone, change):
    """The hour of the series is skipped or doubled that day: Microsoft tells it otherwise, and nobody moved it."""
    first = change - timedelta(days=2)
    start = datetime(first.year, first.month, first.day, 2, 15)
    when = When(start, start + timedelta(minutes=30), zone)
    desk, outlook = agreed(core, wharf, when=when, pattern=Pattern(Kind.DAILY, first, count=5))

    outlook.edits_date(change, title="With Chidi")
    desk.sync()

    assert desk.own[change].fields == (core.Field.TITLE,)
    assert in_step(core, desk, outlook)
    assert desk.sync() == []


def test_a_series_over_both_changes_stays_at_its_hour(core, wharf):
    pattern = Pattern(Kind.WEEKLY, date(2026, 3, 9), days=(0,), until=date(2026, 11, 30))
    desk, outlook = agreed(core, wharf, pattern=pattern)
    for day in (date(2026, 3, 30), date(2026, 10, 26)):
        desk.edit_date(day, place="Pier")
    outlook.edits_date(date(2026, 7, 6), title="With Chidi")

    desk.sync()

    assert in_step(core, desk, outlook)
    assert {desk.said(day).when.start.hour for day in outlook.shown()} == {9}
    assert desk.sync() == []


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati"])
@pytest.mark.parametrize("born_there", [False, True])
def test_whole_days_are_told_apart_by_the_midnights_of_their_zone(core, wharf, zone, born_there, offset):
    wharf.simulator.switch("original_start_with_offset", value=offset)
    start = datetime(2026, 3, 9)
    when = When(start, start + timedelta(days=1), zone, all_day=True)
    desk, outlook = agreed(core, wharf, born_there=born_there, when=when)
    outlook.edits_date(FOURTH, title="With Chidi")
    outlook.deletes_date(FIFTH)
    desk.edit_date(SECOND, title="With Dora")

    desk.sync()

    assert {day: says and says.fields for day, says in desk.own.items()} == {
        SECOND: (core.Field.TITLE,),
        FOURTH: (core.Field.TITLE,),
        FIFTH: None,
    }
    assert in_step(core, desk, outlook)
    assert desk.sync() == []


def test_a_date_moved_away_unseen_is_found_by_reading_its_series(core, wharf):
    """It is not where it follows; three requests, and both edits stand."""
    desk, outlook = agreed(core, wharf)
    outlook.edits_date(THIRD, when=moved(desk.said(THIRD).when, days=4))
    desk.edit_date(THIRD, title="With Dora")
    requests(wharf)

    desk.settle()

    assert requests(wharf) == 3
    assert desk.said(THIRD).when.start.date() == date(2026, 3, 27)
    assert outlook.shown()[THIRD]["subject"] == "With Dora"
    assert in_step(core, desk, outlook)
