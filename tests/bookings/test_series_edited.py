"""A series that is changed or cancelled: all of it, from one date on, or one date by itself."""

from datetime import timedelta

import pytest

from holdfast.bookings import followers
from holdfast.bookings.idempotency import Answer, once
from holdfast.bookings.orders import Advance, Cancel, Edit, Restore
from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.series import verbs
from holdfast.bookings.series.exceptions import Dropped, Why
from holdfast.bookings.series.orders import Policy
from holdfast.bookings.series.outcomes import SeriesDone
from holdfast.bookings.states import State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.journal import reading as journal
from holdfast.timetable.recurrence import Kind, Pattern
from tests.bookings.series_cast import (
    TUESDAY,
    book,
    cancel,
    count,
    dates,
    edit,
    endless,
    open_pairs,
    order,
    slots,
    stored,
    told,
    week,
    weekly,
)
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("spring")]


def change(cast, record, **changes):
    (outcome,) = apply(cast.ben, [Edit(booking_id=record.id, changes=changes)])
    return outcome


def call_off(cast, record):
    (done,) = apply(cast.ben, [Cancel(booking_id=record.id)])
    assert isinstance(done, Done)


def hours(cast, series):
    return [each.when.start.hour for each in dates(cast, series).values() if each.takes_time]


def test_a_new_title_for_all_reaches_every_date_but_those_that_have_their_own(cast):
    made = book(cast, title="Crew meeting")
    change(cast, dates(cast, made)[week(1)], title="Election")

    done = edit(cast, made, {"title": "Watch"})

    assert isinstance(done, SeriesDone)
    rows = dates(cast, made)
    assert {day for day, each in rows.items() if each.title == "Watch"} == set(rows) - {week(1)}
    assert rows[week(1)].title == "Election"
    assert told(cast, made).master.title == "Watch"


def test_a_date_keeps_its_identity_whatever_is_changed(cast):
    made = book(cast)
    before = {day: each.id for day, each in dates(cast, made).items()}

    edit(cast, made, {"title": "Watch", "when": at(14), "resource_id": cast.resource("Boathouse")})
    change(cast, dates(cast, made)[week(3)], when=at(9, day=22))

    assert {day: each.id for day, each in dates(cast, made).items()} == before
    assert count(cast) == 10


@pytest.mark.rule("S107")
def test_what_one_date_says_of_its_own_is_told_apart_from_its_series(cast):
    """S107: a date changed or cancelled by itself is an exception, known by its original day."""
    made = book(cast, title="Crew meeting")
    rows = dates(cast, made)
    change(cast, rows[week(1)], title="Election", when=at(11, day=8))
    call_off(cast, rows[week(4)])

    exceptions = told(cast, made).exceptions

    assert exceptions[week(1)].values == {"title": "Election", "when": at(11, day=8)}
    assert exceptions[week(1)].booking_id == rows[week(1)].id
    assert exceptions[week(4)] is None
    assert list(exceptions) == [week(1), week(4)]


def test_a_date_that_is_changed_back_follows_its_series_again(cast):
    made = book(cast, title="Crew meeting")
    third = dates(cast, made)[week(2)]

    change(cast, third, title="Election")
    change(cast, third, title="Crew meeting")

    assert stored(cast, third.id).own == ()
    edit(cast, made, {"title": "Watch"})
    assert stored(cast, third.id).title == "Watch"


def test_another_hour_for_all_leaves_a_moved_date_where_it_was_moved(cast):
    made = book(cast)
    change(cast, dates(cast, made)[week(2)], when=at(16, day=14))

    edit(cast, made, {"when": at(11)})

    assert hours(cast, made) == [11, 11, 16, *([11] * 7)]


def test_this_and_the_following_dates_become_a_series_of_their_own(cast):
    made = book(cast, title="Crew meeting")
    ids = {day: each.id for day, each in dates(cast, made).items()}
    change(cast, dates(cast, made)[week(7)], title="Election")

    done = edit(cast, made, {"title": "Watch"}, since=week(6))

    assert (done.series.id, done.begun.pattern.first) == (made.id, week(6))
    head, rest = dates(cast, made), dates(cast, done.begun)
    assert list(head) == [week(n) for n in range(6)]
    assert list(rest) == [week(n) for n in range(6, 10)]
    assert {day: each.id for day, each in (head | rest).items()} == ids
    assert [each.title for each in head.values()] == ["Crew meeting"] * 6
    assert [each.title for each in rest.values()] == ["Watch", "Election", "Watch", "Watch"]
    assert (done.series.horizon, done.begun.horizon) == (week(5), week(9))
    assert told(cast, done.begun).exceptions[week(7)].values == {"title": "Election"}


def test_this_and_following_from_the_first_date_on_is_all(cast):
    made = book(cast)

    done = edit(cast, made, {"title": "Watch"}, since=TUESDAY)

    assert (done.series.id, done.begun) == (made.id, None)


def test_the_rest_of_an_endless_series_stays_endless(cast):
    made = book(cast, pattern=endless())

    done = edit(cast, made, {"title": "Watch"}, since=week(3))

    assert done.begun.pattern.is_endless
    assert done.series.pattern.until == week(2)
    assert len(dates(cast, done.begun)) == 102


def test_a_day_that_is_none_of_its_dates_is_refused(cast):
    made = book(cast)
    wednesday = week(1) + timedelta(days=1)

    assert edit(cast, made, {"title": "Watch"}, since=wednesday).fields == ("scope",)
    assert cancel(cast, made, since=wednesday).fields == ("scope",)


def test_a_change_of_pattern_keeps_the_exceptions_that_still_fit(cast):
    """Every Tuesday becomes every second one: the other Tuesdays are off, with what was their own."""
    made = book(cast)
    rows = dates(cast, made)
    change(cast, rows[week(1)], title="Odd")
    change(cast, rows[week(2)], title="Even")
    call_off(cast, rows[week(4)])

    done = edit(cast, made, {"pattern": weekly(interval=2, count=5)})

    assert done.dropped == (Dropped(week(1), Why.NO_DATE),)
    assert list(dates(cast, made)) == [week(n) for n in (0, 2, 4, 6, 8)]
    assert dates(cast, made)[week(2)].title == "Even"
    assert told(cast, made).exceptions.keys() == {week(2), week(4)}
    left = stored(cast, rows[week(1)].id)
    assert (left.state, left.series_id, left.title) == (State.CANCELLED, None, "Odd")
    assert len(slots(cast)) == 4


def test_a_moved_date_that_does_not_fit_between_its_new_neighbours_follows_again(cast):
    """Tuesdays become Tuesdays and Thursdays: what was moved to a Thursday goes back, with the title it was given."""
    made = book(cast)
    change(cast, dates(cast, made)[week(2)], title="Election", when=at(15, day=16))

    done = edit(cast, made, {"pattern": weekly(days=(1, 3), count=12)})

    assert done.dropped == (Dropped(week(2), Why.CROSSES),)
    third = dates(cast, made)[week(2)]
    assert (third.when, third.title, third.own) == (at(9, day=14), "Election", ("title",))


def test_a_date_that_may_neither_move_nor_stay_is_off(cast):
    """Its own time would lie on a neighbour's day under the new pattern, and the series' time is taken."""
    made = book(cast)
    third = dates(cast, made)[week(2)]
    change(cast, third, when=at(15, day=16))
    cast.book("Aquarium", at(9, day=14))

    done = edit(cast, made, {"pattern": weekly(days=(1, 3), count=12)}, policy=Policy.SKIP)

    assert [each.day for each in done.skipped] == [week(2)]
    assert stored(cast, third.id).state is State.CANCELLED
    assert told(cast, made).exceptions == {week(2): None}


def test_a_longer_pattern_adds_dates_and_leaves_the_others_as_they_are(cast):
    made = book(cast)
    ids = {each.id for each in dates(cast, made).values()}

    edit(cast, made, {"pattern": weekly(days=(1, 3), count=12)})

    rows = dates(cast, made)
    assert len(rows) == 12
    assert len(ids & {each.id for each in rows.values()}) == 6


def test_what_is_over_happened_and_leaves_a_series_unharmed(cast, spring):
    made = book(cast)
    rows = dates(cast, made)
    spring.pass_by(days=15)

    edit(cast, made, {"pattern": weekly(TUESDAY, days=(4,), count=6)})

    past = [stored(cast, rows[week(n)].id) for n in range(3)]
    assert [(each.state, each.series_id) for each in past[:2]] == [(State.CONFIRMED, None)] * 2
    assert past[2].state is State.CANCELLED
    assert {each.weekday() for each in dates(cast, made)} == {4}


def test_the_pattern_and_the_rest_begin_after_what_stays(cast):
    made = book(cast)
    change(cast, dates(cast, made)[week(2)], when=at(9, day=18))

    refused = edit(cast, made, {"pattern": weekly(week(2) + timedelta(days=3), count=3)}, since=week(3))

    assert (refused.name, refused.dates) == ("crosses", (week(2) + timedelta(days=4),))
    assert len(dates(cast, made)) == 10


def test_a_date_may_move_between_its_neighbours_and_not_onto_their_days(cast):
    made = book(cast)
    third = dates(cast, made)[week(2)]

    for day in (7, 21, 30):
        refused = change(cast, third, when=at(12, day=day))
        assert (refused.code, refused.name, refused.dates) == (Code.INVALID, "crosses", (week(2),))
    assert isinstance(change(cast, third, when=at(12, day=8)), Done)
    assert isinstance(change(cast, third, when=at(12, day=20)), Done)


def test_a_moved_neighbour_counts_where_it_sits_and_a_cancelled_one_not_at_all(cast):
    made = book(cast)
    rows = dates(cast, made)
    change(cast, rows[week(1)], when=at(9, day=10))

    assert change(cast, rows[week(2)], when=at(9, day=9)).name == "crosses"
    call_off(cast, rows[week(1)])
    assert isinstance(change(cast, rows[week(2)], when=at(9, day=5)), Done)


def test_two_neighbours_moved_in_one_batch_do_not_pass_each_other(cast):
    made = book(cast)
    rows = dates(cast, made)

    later = Edit(booking_id=rows[week(2)].id, changes={"when": at(9, day=9)})
    sooner = Edit(booking_id=rows[week(1)].id, changes={"when": at(9, day=10)})
    outcomes = apply(cast.ben, [later, sooner])

    assert isinstance(outcomes[0], Done)
    assert isinstance(outcomes[1], Refused)
    assert outcomes[1].name == "crosses"


def test_a_cancelled_date_cannot_come_back_but_its_time_can_be_booked_by_itself(cast):
    made = book(cast)
    third = dates(cast, made)[week(2)]
    call_off(cast, third)

    (refused,) = apply(cast.ben, [Restore(booking_id=third.id)])

    assert (refused.code, refused.name) == (Code.OVER, "cancelled_date")
    assert cast.book("Aquarium", at(9, day=14)).series_id is None
    assert edit(cast, made, {"title": "Watch"}).series.title == "Watch"
    assert stored(cast, third.id).state is State.CANCELLED


def test_a_cancelled_date_stays_cancelled_when_the_hour_changes_for_all(cast):
    made = book(cast)
    call_off(cast, dates(cast, made)[week(2)])

    edit(cast, made, {"when": at(11)})

    assert len(slots(cast)) == 9
    assert told(cast, made).exceptions == {week(2): None}


def test_a_series_moves_through_its_own_dates(cast):
    """Each date stands where the one before it wants to be: they step aside for each other."""
    watches = Pattern(Kind.DAILY, TUESDAY, count=9)
    made = book(cast, "Heron", pattern=watches, when=at(0, hours=20))

    done = edit(cast, made, {"when": at(6, hours=20)})

    assert isinstance(done, SeriesDone)
    assert hours(cast, made) == [6] * 9
    assert all(held for _, _, held in slots(cast))


def test_a_series_that_meets_a_taken_date_on_its_way_is_not_moved_at_all(cast):
    made = book(cast)
    board = cast.book("Aquarium", at(11, day=14), title="Board")

    refused = edit(cast, made, {"when": at(11)})

    assert (refused.code, refused.dates) == (Code.TAKEN, (week(2),))
    assert refused.clashes[0].booking_id == board.id
    assert hours(cast, made) == [9] * 10


def test_a_date_that_meets_a_taken_time_can_stay_where_it_was(cast):
    made = book(cast, title="Crew meeting")
    cast.book("Aquarium", at(11, day=14))

    done = edit(cast, made, {"when": at(11), "title": "Watch"}, policy=Policy.SKIP)

    assert [each.day for each in done.skipped] == [week(2)]
    third = dates(cast, made)[week(2)]
    assert (third.when.start.hour, third.own, third.title) == (9, ("when",), "Watch")
    assert hours(cast, made) == [11, 11, 9, *([11] * 7)]


def test_a_series_from_outlook_moves_onto_taken_time_and_overlaps(cast):
    made = book(cast)
    board = cast.book("Aquarium", at(11, day=14))

    done = edit(cast, made, {"when": at(11)}, by=cast.outlook, policy=Policy.KEEP)

    assert isinstance(done, SeriesDone)
    assert open_pairs(cast) == {frozenset((board.id, dates(cast, made)[week(2)].id))}


def test_a_series_can_move_to_another_room_and_one_date_to_a_third(cast):
    made = book(cast)
    change(cast, dates(cast, made)[week(5)], resource_id=cast.resource("Crow's Nest"))

    edit(cast, made, {"resource_id": cast.resource("Boathouse")})

    rooms = [each.resource_id for each in dates(cast, made).values()]
    assert rooms.count(cast.resource("Boathouse")) == 9
    assert rooms[5] == cast.resource("Crow's Nest")
    cast.book("Aquarium", at(9))


def test_a_cancelled_series_frees_what_is_ahead_and_keeps_what_happened(cast, spring):
    made = book(cast)
    ids = [each.id for each in dates(cast, made).values()]
    spring.pass_by(days=9)

    done = cancel(cast, made, reason="the crew is gone")

    assert done.series.state is State.CANCELLED
    states = [stored(cast, each).state for each in ids]
    assert states == [State.CONFIRMED] * 2 + [State.CANCELLED] * 8
    assert list(dates(cast, made)) == [week(n) for n in range(2, 10)]
    assert len(slots(cast)) == 2
    assert edit(cast, made, {"title": "Watch"}).code is Code.OVER


def test_a_cancelled_rest_ends_the_series_before_it(cast):
    made = book(cast)

    done = cancel(cast, made, since=week(4))

    assert (done.series.pattern.until, done.series.horizon) == (week(3), week(3))
    assert list(dates(cast, made)) == [week(n) for n in range(4)]
    assert len(slots(cast)) == 4
    assert count(cast) == 10


def test_cancelling_twice_changes_nothing(cast):
    made = book(cast)
    first = cancel(cast, made)

    assert cancel(cast, made).series == first.series


def test_freed_dates_rescue_what_overlapped_them(cast):
    made = book(cast)
    (entry,) = apply(cast.outlook, [cast.make("Aquarium", at(9, day=21))])
    assert entry.overlaps

    cancel(cast, made, since=week(3))

    assert open_pairs(cast) == set()
    assert slots(cast)[-1] == (entry.booking.id, entry.booking.starts_at, True)


def test_who_was_slower_is_told_that_somebody_was_faster(cast):
    made = book(cast)
    edit(cast, made, {"title": "Watch"}, version=made.version)

    assert edit(cast, made, {"title": "Crew"}, version=made.version).code is Code.CHANGED_MEANWHILE
    assert cancel(cast, made, version=made.version).code is Code.CHANGED_MEANWHILE


def test_who_may_not_touch_a_booking_may_not_touch_its_series(cast):
    made = book(cast, by=cast.ada)

    assert edit(cast, made, {"title": "Mine"}).code is Code.NOT_ALLOWED
    assert cancel(cast, made).code is Code.NOT_ALLOWED


def test_a_field_that_a_series_does_not_have_is_refused(cast):
    made = book(cast)

    assert edit(cast, made, {"colour": "red"}).fields == ("colour",)
    assert edit(cast, made, {"pattern": "weekly"}).fields == ("pattern",)
    assert edit(cast, made, {"when": at(9, day=1)}).fields == ("pattern",)


def test_an_edit_of_a_series_that_changes_nothing_changes_nothing(cast):
    made = book(cast, title="Crew meeting")

    for since in (None, week(3)):
        done = edit(cast, made, {"title": "Crew meeting", "when": at(9, day=21 if since else 0)}, since=since)
        assert (done.series, done.begun, done.dates) == (made, None, ())
    with in_workspace(cast.workspace_id):
        verbs_told = [each.verb for each in journal.changes(cast.workspace_id, limit=100)]
    assert "edited" not in verbs_told


def test_dates_are_advanced_like_any_booking_without_becoming_exceptions(cast):
    made = book(cast)
    first = dates(cast, made)[week(0)]

    apply(cast.ben, [Advance(booking_id=first.id, state=State.CHECKED_IN)])

    assert told(cast, made).exceptions == {}
    edit(cast, made, {"title": "Watch"})
    assert (stored(cast, first.id).state, stored(cast, first.id).title) == (State.CHECKED_IN, "Watch")


def test_a_series_asked_for_twice_with_one_key_is_booked_once(cast):
    def do():
        (done,) = verbs.apply_within(cast.ben, [order(cast)])
        return Answer(201, str(done.series.id))

    first, second = once(cast.ben, "k", b"series", do), once(cast.ben, "k", b"series", do)

    assert (first.text, second.is_repeated) == (second.text, True)
    assert count(cast) == 10


def test_followers_are_told_of_the_series_before_its_dates(cast):
    """Two transactions: a series is made, then cut. Each date that hangs on another series is told as changed."""
    heard = []

    def hear_series(_actor, changed):
        heard.append([(each.id, each.before is None, each.begun_from) for each in changed])

    def hear(_actor, changed):
        heard.append(len(changed))

    followers.follow_series(hear_series)
    followers.follow(hear)
    try:
        made = book(cast)
        done = edit(cast, made, {"title": "Watch"}, since=week(4))
        edit(cast, made, {})
    finally:
        followers.unfollow_series(hear_series)
        followers.unfollow(hear)

    assert heard == [
        [(made.id, True, None)],
        10,
        [(made.id, False, None), (done.begun.id, True, made.id)],
        6,
    ]


def test_an_endless_series_cut_behind_its_horizon_ends_there_without_touching_a_booking(cast):
    """Its last years are no rows yet; the series itself says when it ends."""
    made = book(cast, pattern=endless())
    before = dates(cast, made)

    done = cancel(cast, made, since=week(300))

    assert (done.series.pattern.until, done.series.horizon, done.dates) == (week(299), made.horizon, ())
    assert dates(cast, made) == before


def test_an_endless_series_that_ran_for_years_can_be_cut_and_still_be_changed(cast):
    """By then it had more dates than a new series may have."""
    made = book(cast, pattern=Pattern(Kind.DAILY, TUESDAY))

    cancel(cast, made, since=TUESDAY + timedelta(days=1200))
    done = edit(cast, made, {"title": "Watch"})

    assert isinstance(done, SeriesDone)
    assert edit(cast, made, {"when": at(9, hours=30)}).name == "overlaps_itself"
