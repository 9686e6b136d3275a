"""What is read of a series: by whom, and how its dates pass for the bookings that they are."""

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.bookings import availability
from holdfast.bookings import reading as bookings_reading
from holdfast.bookings.errors import NotFound
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.series import reading
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory import resources
from holdfast.reconcile.snapshot import Person, Sensitivity
from holdfast.timetable.recurrence_words import next_dates, sentence
from tests.bookings.series_cast import TUESDAY, book, cancel, dates, edit, open_pairs, slots, stored, told, week
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("spring")]

SECRET = {"title": "Surgery", "note": "ward 3", "people": (Person("doctor@example.org"),), "place": "Hospital"}


def change(cast, record, **changes):
    apply(cast.ada, [Edit(booking_id=record.id, changes=changes)])


def test_a_private_series_shows_others_when_and_nothing_else(cast):
    made = book(cast, by=cast.ada, sensitivity=Sensitivity.PRIVATE, **SECRET)
    change(cast, dates(cast, made)[week(1)], title="Check-up", when=at(11, day=7))

    seen = told(cast, made, by=cast.ben)

    assert seen.is_masked
    assert (seen.master.title, seen.master.note, seen.master.people) == ("Private", "", ())
    assert seen.master.pattern == made.pattern
    assert seen.exceptions[week(1)].values == {"when": at(11, day=7), "title": "Private"}
    assert told(cast, made, by=cast.ada).exceptions[week(1)].values["title"] == "Check-up"


def test_a_private_date_of_an_open_series_stays_private(cast):
    made = book(cast, by=cast.ada, title="Crew meeting")
    change(cast, dates(cast, made)[week(1)], title="Surgery", sensitivity=Sensitivity.PRIVATE)

    seen = told(cast, made, by=cast.ben)

    assert seen.master.title == "Crew meeting"
    assert seen.exceptions[week(1)].values["title"] == "Private"
    second = dates(cast, made)[week(1)]
    with in_workspace(cast.workspace_id):
        alone = bookings_reading.booking(cast.ben, second.id)
    assert (alone.title, alone.own) == ("Private", ())


def test_the_story_of_a_series_is_told_in_order_and_hides_what_is_private(cast):
    made = book(cast, by=cast.ada, sensitivity=Sensitivity.PRIVATE, title="Surgery")
    edit(cast, made, {"title": "Check-up"}, by=cast.ada)
    cancel(cast, made, by=cast.ada, since=week(4), reason="well again")

    with in_workspace(cast.workspace_id):
        full, shut = reading.story(cast.ada, made.id), reading.story(cast.ben, made.id)

    assert [(each.verb, each.cause) for each in full] == [("made", ""), ("edited", ""), ("cancelled", "well again")]
    assert (full[1].before["title"], full[1].after["title"]) == ("Surgery", "Check-up")
    assert [(each.verb, each.after, each.by) for each in shut] == [
        ("made", None, None),
        ("edited", None, None),
        ("cancelled", None, None),
    ]


def test_a_series_that_does_not_exist_is_not_found(cast):
    with in_workspace(cast.workspace_id):
        for read in (reading.series, reading.story):
            with pytest.raises(NotFound):
                read(cast.ben, cast.resource("Heron"))


def test_availability_sees_every_date_where_it_sits_now(cast):
    made = book(cast)
    rows = dates(cast, made)
    apply(cast.ben, [Cancel(booking_id=rows[week(0)].id)])
    apply(cast.ben, [Edit(booking_id=rows[week(1)].id, changes={"when": at(15, day=8)})])

    start = datetime(2026, 3, 2, tzinfo=UTC)
    with in_workspace(cast.workspace_id):
        (calendar,) = availability.availability(
            cast.workspace_id, [cast.resource("Aquarium")], start=start, end=start + timedelta(days=16)
        )

    busy = [datetime.fromtimestamp(each.start, UTC) for each in calendar.busy]
    assert busy == [datetime(2026, 3, 11, 14, tzinfo=UTC), datetime(2026, 3, 17, 8, tzinfo=UTC)]


def test_dates_sit_anew_when_a_room_gets_parts(cast):
    """A part of the Aquarium that can be booked alone: the series takes it as well, on every date."""
    book(cast)
    assert len(slots(cast)) == 10

    cast.add("Aquarium bench", parent="Aquarium")

    assert len(slots(cast)) == 20
    assert open_pairs(cast) == set()


def test_a_smaller_pool_lets_later_dates_overlap_and_keeps_them(cast):
    first, second = book(cast, "Desks", quantity=2), book(cast, "Desks", quantity=1)

    resources.change_resource(cast.ada, cast.resource("Desks"), {}, units=2)

    pairs = {frozenset((dates(cast, first)[week(n)].id, dates(cast, second)[week(n)].id)) for n in range(10)}
    assert open_pairs(cast) == pairs


def test_a_series_is_told_in_words_with_its_next_dates(cast):
    """X11: what a person reads before saving and afterwards."""
    made = book(cast)

    assert sentence(made.pattern) == "Every week on Tuesday, 10 times, from 3 March 2026"
    assert next_dates(made.pattern, TUESDAY, most=3) == (week(0), week(1), week(2))
    assert stored(cast, dates(cast, made)[week(1)].id).original_day in next_dates(made.pattern, week(1))
