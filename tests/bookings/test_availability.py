"""When rooms are taken, and where there is room."""

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.bookings import reading
from holdfast.bookings.availability import availability, rooms
from holdfast.bookings.errors import CursorInvalid
from holdfast.bookings.orders import Cancel
from holdfast.bookings.reading import Wanted
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotAllowed
from holdfast.directory.kinds import Kind, Sharing
from holdfast.reconcile.snapshot import Sensitivity
from holdfast.timetable.when import When
from tests.cast import all_day, at

pytestmark = pytest.mark.database

DAY = datetime(2026, 3, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def utc(hour, *, hours=1):
    start = datetime(2026, 3, 3) + timedelta(hours=hour)
    return When(start, start + timedelta(hours=hours), "UTC")


def busy(cast, name, *, start=DAY, end=DAY + 24 * HOUR):
    with in_workspace(cast.workspace_id):
        (calendar,) = availability(cast.workspace_id, [cast.resource(name)], start=start, end=end)
    hours = lambda second: (datetime.fromtimestamp(second, UTC) - DAY) / HOUR  # noqa: E731
    return [(hours(span.start), hours(span.end), span.used) for span in calendar.busy]


def free(cast, *names, length=HOUR, start=DAY + 8 * HOUR, end=DAY + 18 * HOUR, quantity=1):
    with in_workspace(cast.workspace_id):
        ids = [cast.resource(name) for name in names]
        found = rooms(cast.workspace_id, ids, length=length, start=start, end=end, quantity=quantity)
    return [((room.start - DAY) / HOUR, (room.end - DAY) / HOUR) for room in found]


def test_held_and_overlapping_time_both_count_as_taken(cast):
    cast.book("Aquarium", utc(9))
    apply(cast.outlook, [cast.make("Aquarium", utc(9.5))])

    assert busy(cast, "Aquarium") == [(9, 10.5, 1)]


def test_neighbours_are_one_stretch_and_the_edges_are_cut(cast):
    cast.book("Aquarium", utc(-1, hours=3))
    cast.book("Aquarium", utc(2))
    cast.book("Aquarium", utc(23, hours=4))

    assert busy(cast, "Aquarium") == [(0, 3, 1), (23, 24, 1)]


def test_what_began_weeks_ago_and_goes_on_is_seen(cast):
    cast.book("Aquarium", When(datetime(2026, 2, 1), datetime(2026, 4, 1), "UTC"))

    assert busy(cast, "Aquarium") == [(0, 24, 1)]
    assert free(cast, "Aquarium") == []


def test_a_pool_counts_its_desks(cast):
    cast.book("Desks", utc(9, hours=2))
    cast.book("Desks", utc(10, hours=2))

    assert busy(cast, "Desks") == [(9, 10, 1), (10, 11, 2), (11, 12, 1)]
    assert free(cast, "Desks", quantity=2) == [(8, 10), (11, 18)]
    assert free(cast, "Desks") == [(8, 18)]


def test_a_hall_is_taken_where_one_half_is(cast):
    cast.add("Hall", units=0)
    cast.add("Hall North", parent="Hall")
    cast.add("Hall South", parent="Hall")
    cast.book("Hall North", utc(9))

    assert busy(cast, "Hall") == [(9, 10, 2)]
    assert busy(cast, "Hall South") == []


def test_room_is_found_between_bookings_and_the_buffer_is_kept_free(cast):
    cast.add("Galley", buffer_after_s=1800)
    cast.book("Galley", utc(10))
    cast.book("Galley", utc(13))

    assert free(cast, "Galley") == [(8, 9.5), (11.5, 12.5), (14.5, 18)]
    for start, _ in free(cast, "Galley"):
        cast.book("Galley", utc(start))


def test_room_in_several_rooms_comes_earliest_first(cast):
    cast.book("Aquarium", utc(8, hours=4))

    assert free(cast, "Aquarium", "Boathouse") == [(8, 18), (12, 18)]


def test_a_retired_room_is_not_offered(cast):
    from holdfast.directory import resources

    resources.retire_resource(cast.ada, cast.resource("Aquarium"))

    assert free(cast, "Aquarium") == []


def timeline(cast, actor, name, **more):
    with in_workspace(cast.workspace_id):
        return reading.timeline(actor, [cast.resource(name)], start=DAY, end=DAY + 24 * HOUR, **more)


@pytest.mark.museum("Z-P08")
@pytest.mark.invariant("I21")
def test_a_private_booking_shows_its_time_and_nothing_else(cast):
    """I21, Z-P08: others see busy time only; its owner and a manager see all."""
    cast.book(
        "Aquarium",
        utc(9),
        title="Surgery",
        note="Dr. Gull",
        place="Clinic",
        organiser_name="Ben",
        sensitivity=Sensitivity.PRIVATE,
    )
    dora, ben, chidi = (timeline(cast, cast.actor(name), "Aquarium")[0] for name in ("Dora", "Ben", "Chidi"))

    assert dora.is_masked
    assert (dora.booking.title, dora.booking.note, dora.booking.place) == ("Private", "", "")
    assert (dora.booking.owner_id, dora.booking.organiser_name) == (None, "")
    assert ben.is_mine
    assert ben.booking.title == chidi.booking.title == "Surgery"


@pytest.mark.invariant("I21")
def test_a_private_story_tells_others_when_and_not_what(cast):
    """I21: the journal is no way around the mask."""
    booked = cast.book("Aquarium", utc(9), title="Surgery", sensitivity=Sensitivity.PRIVATE)

    with in_workspace(cast.workspace_id):
        seen = reading.story(cast.actor("Dora"), booked.id)
        own = reading.story(cast.ben, booked.id)

    assert [(each.verb, each.after) for each in seen] == [("made", None)]
    assert own[0].after["title"] == "Surgery"


def test_a_timeline_shows_what_touches_the_day_and_what_is_over_on_demand(cast):
    night = cast.book("Aquarium", utc(-2, hours=4))
    gone = cast.book("Aquarium", utc(9))
    month = cast.book("Boathouse", all_day(day=-10, days=30))
    apply(cast.ben, [Cancel(booking_id=gone.id)])

    assert [seen.booking.id for seen in timeline(cast, cast.ben, "Aquarium")] == [night.id]
    assert [seen.booking.id for seen in timeline(cast, cast.ben, "Aquarium", over=True)] == [night.id, gone.id]
    assert [seen.booking.id for seen in timeline(cast, cast.ben, "Boathouse")] == [month.id]


def test_overlapping_entries_are_marked(cast):
    cast.book("Aquarium", utc(9))
    apply(cast.outlook, [cast.make("Aquarium", utc(9))])

    assert [seen.overlaps for seen in timeline(cast, cast.ben, "Aquarium")] == [False, True]


def test_pages_follow_each_other_without_gap_or_repetition(cast):
    booked = [cast.book("Aquarium", at(n)) for n in range(7)]
    found, cursor = [], None
    for _ in range(4):
        with in_workspace(cast.workspace_id):
            seen, cursor = reading.page(cast.ben, cursor=cursor, limit=2)
        found += [each.booking.id for each in seen]

    assert found == [record.id for record in booked]
    assert cursor is None


def test_a_page_can_be_about_one_room_one_person_and_one_span(cast):
    mine = cast.book("Aquarium", utc(9))
    cast.book("Aquarium", utc(11), by=cast.ada)
    cast.book("Boathouse", utc(9))
    wanted = Wanted(
        resource_id=cast.resource("Aquarium"), owner_id=cast.ben.person_id, start=DAY + 9 * HOUR, end=DAY + 10 * HOUR
    )

    with in_workspace(cast.workspace_id):
        seen, _ = reading.page(cast.ada, wanted)

    assert [each.booking.id for each in seen] == [mine.id]


@pytest.mark.parametrize("cursor", ["x", "🦀", "MjAyNnx4", ""])
def test_a_cursor_that_is_none_of_ours_is_refused(cast, cursor):
    with in_workspace(cast.workspace_id), pytest.raises(CursorInvalid):
        reading.page(cast.ben, cursor=cursor)


def test_a_member_cannot_export_and_an_auditor_gets_private_rows_masked(cast):
    cast.book("Aquarium", utc(9), title="Surgery", sensitivity=Sensitivity.CONFIDENTIAL)

    with in_workspace(cast.workspace_id):
        with pytest.raises(NotAllowed):
            list(reading.export(cast.ben))
        (row,) = reading.export(cast.actor("Dora"))

    assert row["title"] == "Private"


def test_people_are_busy_with_all_their_entries(cast):
    cast.add("Nurse Joy", Kind.PERSON, sharing=Sharing.FREE)
    apply(cast.outlook, [cast.make("Nurse Joy", utc(9)), cast.make("Nurse Joy", utc(9, hours=2))])

    assert busy(cast, "Nurse Joy") == [(9, 11, 1)]
