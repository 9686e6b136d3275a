"""Zones, clocks that change, whole days: what is meant is kept, on both sides, and nothing is written twice for it."""

from datetime import datetime, timedelta

import pytest

from holdfast.bookings.orders import Edit
from holdfast.bookings.outcomes import Refused
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror.models import Quarantine
from holdfast.timetable.when import When
from tests.cast import all_day, at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bend, bookings, settle, shown, standing

pytestmark = pytest.mark.database

ZONES = [
    "Romance Standard Time", "Morocco Standard Time", "GMT Standard Time", "Eastern Standard Time", "India Standard Time",
    "Nepal Standard Time", "AUS Eastern Standard Time", "Samoa Standard Time", "Line Islands Standard Time", "UTC",
    "E. South America Standard Time", "Europe/Kyiv", "Asia/Kolkata", "Pacific/Apia", "America/Argentina/Buenos_Aires",
]  # fmt: skip


@pytest.mark.museum("Z-T02", "Z-T07")
@pytest.mark.invariant("I18")
def test_every_zones_nine_o_clock_is_the_same_moment_on_both_sides(synced, cast):
    """Z-T02, Z-T07: Windows and IANA names, half hours, the date line; converted, never relabelled."""
    for number, zone in enumerate(ZONES):
        start = datetime(2026, 3, 9, 9, 0) + timedelta(days=number)
        synced.room().create_event(f"{number:02}", start, start + timedelta(hours=1), time_zone=zone)
    synced.sync("Aquarium")

    there = {subject: start for subject, start, _ in shown(synced, utc(0), utc(0, day=60))}
    assert {each.title: f"{each.starts_at:%Y-%m-%dT%H:%M}" for each in standing(cast)} == there
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-T02", "Z-T07", "Z-T12")
@pytest.mark.invariant("I5", "I18")
def test_bookings_made_in_any_zone_come_back_as_they_were_meant(synced, cast):
    """Z-T07, Z-T12: out under a Windows name, back under another word for it: no difference, no second write."""
    made = {}
    for number, zone in enumerate(["Europe/Paris", "Africa/Casablanca", "Europe/Helsinki", "Asia/Kathmandu", "UTC",
                                   "America/New_York", "Pacific/Apia", "Asia/Calcutta", "US/East-Indiana"]):  # fmt: skip
        record = cast.book("Aquarium", at(9, day=6 + number, zone=zone), title=zone)
        made[zone] = record.when.instants().start
    synced.work()
    settle(synced, rounds=2)

    assert synced.writes() == ["POST 201"] * len(made)
    assert {each.title: each.starts_at for each in standing(cast)} == made
    assert {each.title: each.zone for each in standing(cast)} == {zone: zone for zone in made} or {
        each.title: When(each.starts_at.replace(tzinfo=None), each.ends_at.replace(tzinfo=None)).instants().start
        for each in standing(cast)
    } == made
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-T10", "Z-T12")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"])
def test_a_whole_day_stays_a_whole_day_through_changes_on_both_sides(synced, cast, zone):
    """Z-T10, Z-T12: two days over the night when clocks change; made here, moved there, named anew here; three writes' worth."""
    booked = cast.book("Aquarium", all_day(day=25, days=2, zone=zone), title="Refit")
    synced.work()
    (event,) = synced.room().events()
    assert (event["isAllDay"], event["start"]["dateTime"][:16]) == (True, "2026-03-28T00:00")

    synced.room().edit_event(
        event,
        start={"dateTime": "2026-04-04T00:00:00", "timeZone": zone},
        end={"dateTime": "2026-04-07T00:00:00", "timeZone": zone},
    )
    synced.sync("Aquarium")
    (moved,) = standing(cast)
    assert (moved.id, moved.all_day, (moved.ends_at - moved.starts_at) / timedelta(days=1)) in [
        (booked.id, True, 3.0),
        (booked.id, True, 3 + 1 / 24),  # the Pacific's clocks go back in that night
    ]

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Refit, dry"})])
    synced.work()
    (event,) = synced.room().events()
    assert (event["subject"], event["isAllDay"], event["end"]["dateTime"][:16]) == (
        "Refit, dry",
        True,
        "2026-04-07T00:00",
    )
    assert synced.writes() == ["POST 201", "PATCH 200"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-T11")
def test_a_whole_day_takes_its_own_day_and_not_the_next(synced, cast):
    """Z-T11: midnight is Berlin's, not UTC's: late the evening before and early the day after are free."""
    synced.room().create_event("Regatta", datetime(2026, 3, 10), datetime(2026, 3, 11), isAllDay=True)
    synced.sync("Aquarium")

    cast.book("Aquarium", at(23, day=6))
    cast.book("Aquarium", at(0, day=8))
    for hour in (0, 12, 23):
        (refused,) = apply(cast.ben, [cast.make("Aquarium", at(hour, day=7))])
        assert isinstance(refused, Refused)


@pytest.mark.museum("Z-T15")
def test_an_event_of_no_length_is_shown_and_takes_no_time(synced, cast):
    """Z-T15: a deadline: kept with its moment, in nobody's way, and not tried again and again."""
    synced.room().create_event("Deadline", utc(10), utc(10))
    synced.sync("Aquarium")

    (deadline,) = bookings(cast)
    assert (deadline.title, deadline.starts_at, deadline.ends_at) == ("Deadline", utc(10), utc(10))
    cast.book("Aquarium", at(10.5, hours=2), title="Through it")
    synced.work()
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-T16")
def test_fractions_of_a_second_are_no_difference(synced, cast):
    """Z-T16: times with seven digits compare equal at each pass."""
    start = datetime(2026, 3, 3, 10, 0, 0, 123_456)
    event = synced.room().create_event("Split second", start, start + timedelta(minutes=30, microseconds=77))
    synced.sync("Aquarium")
    versions = [each.version for each in bookings(cast)]

    synced.room().edit_event(event, importance="high")
    synced.sync("Aquarium")

    (booking,) = bookings(cast)
    assert ([booking.version], booking.starts_at) == (versions, utc(9))
    assert_at_rest(synced, cast)


def spoiled(title, **changes):
    def change(item):
        if item.get("subject") == title:
            item.update(changes)

    return change


def wall(hour, zone="UTC", day=3):
    return {"dateTime": f"2026-03-{day:02}T{hour:02}:00:00.0000000", "timeZone": zone}


ODD = {
    "Z-T16 the end before the start": {"start": wall(11), "end": wall(10)},
    "Z-T18 times in a zone of its own": {"start": wall(10, "Customised"), "end": wall(11, "Customised")},
    "a date that is none": {"start": {"dateTime": "2026-02-31T09:00:00", "timeZone": "UTC"}},
    "no time at all": {"start": None, "end": None},
    "ten years": {"start": wall(10), "end": {"dateTime": "2036-03-03T10:00:00", "timeZone": "UTC"}},
    "before the calendar begins": {"start": {"dateTime": "1601-01-01T00:00:00", "timeZone": "UTC"}},
    "all day, not from midnight": {"isAllDay": True, "start": wall(9), "end": wall(9, day=4)},
}


@pytest.mark.museum("Z-T16", "Z-T18", "Z-K08")
@pytest.mark.parametrize("changes", ODD.values(), ids=ODD.keys())
def test_an_event_at_an_impossible_time_is_withheld_alone_and_taken_in_once_it_is_mended(synced, cast, changes):
    """Z-T16, Z-T18, Z-K08: named and counted; its neighbours come in; when it changes to something readable, so does it."""
    synced.room().create_event("Before", utc(8), utc(9))
    odd = synced.room().create_event("Odd", utc(10), utc(11))
    synced.room().create_event("After", utc(12), utc(13))
    bend(synced, spoiled("Odd", **changes))
    synced.sync("Aquarium")

    assert {each.title for each in standing(cast)} - {"Odd"} == {"Before", "After"}
    with in_workspace(cast.workspace_id):
        withheld = Quarantine.objects.count()
    assert withheld + len(standing(cast, title="Odd")) == 1

    bend(synced, None)
    synced.room().edit_event(odd, subject="Even")
    synced.sync("Aquarium")
    assert [each.title for each in standing(cast)] == ["Before", "Even", "After"]
    assert_at_rest(synced, cast)
    with in_workspace(cast.workspace_id):
        assert Quarantine.objects.count() == 0


@pytest.mark.museum("Z-T17")
def test_an_event_that_touches_the_windows_edge_is_added_and_pruned_by_one_rule(harbour, cast):
    """Z-T17: ends exactly where the window begins, begins exactly where it ends: the same at each pass and each round."""
    harbour.map("Aquarium", days_back=1, days_ahead=10)
    since, until = utc(0, day=-2), utc(0, day=9 + 30)
    room = harbour.room()
    room.create_event("Ends at the edge", since - timedelta(hours=1), since)
    room.create_event("Over the edge", since - timedelta(hours=1), since + timedelta(hours=1))
    room.create_event("Begins at the end", until, until + timedelta(hours=1))
    room.create_event("Inside", until - timedelta(hours=1), until)
    harbour.work()
    first = [(each.title, each.state) for each in bookings(cast)]
    assert {"Over the edge", "Inside"} <= {title for title, _ in first}
    for _ in range(3):
        harbour.simulator.forget_sync_states()
        harbour.sync("Aquarium")
        assert [(each.title, each.state) for each in bookings(cast)] == first
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-T02")
@pytest.mark.parametrize(
    ("wall_start", "wall_end"),
    [("2026-03-29T02:30", "2026-03-29T04:00"), ("2026-10-25T02:30", "2026-10-25T02:45"), ("2026-10-25T01:30", "2026-10-25T03:30")],
    ids=["skipped", "doubled", "around"],
)  # fmt: skip
def test_times_in_the_hours_when_clocks_change_agree(synced, cast, wall_start, wall_end):
    """The half hour that does not exist and the one that comes twice: both sides name the same moments, from either side."""
    start, end = datetime.fromisoformat(wall_start), datetime.fromisoformat(wall_end)
    synced.room().create_event("There", start, end, time_zone="W. Europe Standard Time")
    synced.sync("Aquarium")
    (booking,) = standing(cast)
    (event,) = synced.room().events()
    assert f"{booking.starts_at:%Y-%m-%dT%H:%M}" == event["start"]["dateTime"][:16]
    assert f"{booking.ends_at:%Y-%m-%dT%H:%M}" == event["end"]["dateTime"][:16]
    assert_at_rest(synced, cast)
