"""A series in the record: what is kept, what is refused, and what the room's other bookings feel of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from holdfast.bookings import availability
from holdfast.bookings import reading as bookings_reading
from holdfast.bookings.errors import NotFound
from holdfast.bookings.models import Booking, Series
from holdfast.bookings.orders import Cancel
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.series import verbs
from holdfast.bookings.series.orders import Policy
from holdfast.bookings.series.outcomes import SeriesDone
from holdfast.bookings.states import BookingKind, Origin, State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.journal import reading as journal
from holdfast.reconcile.snapshot import Sensitivity, ShowAs
from holdfast.timetable.recurrence import OCCURRENCES_MAX, Fault, Kind, Pattern
from tests.bookings.series_cast import (
    TUESDAY,
    ask,
    book,
    cancel,
    count,
    dates,
    endless,
    open_pairs,
    order,
    slots,
    told,
    week,
    weekly,
)
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("spring")]


@pytest.mark.rule("S105")
def test_each_date_of_a_series_is_a_booking_of_its_own(cast):
    """S105: every date of a series gives its own booking."""
    made = book(cast, title="Crew meeting", note="bring the log")

    rows = dates(cast, made)
    assert list(rows) == [week(n) for n in range(10)]
    assert {(each.title, each.note, each.owner_id, each.own) for each in rows.values()} == {
        ("Crew meeting", "bring the log", cast.ben.person_id, ())
    }
    assert [(booking, held) for booking, _, held in slots(cast)] == [(each.id, True) for each in rows.values()]
    assert len({each.claim for each in rows.values()}) == 10
    with in_workspace(cast.workspace_id):
        assert Series.objects.get().horizon == week(9)


@pytest.mark.rule("S148")
def test_each_date_of_a_series_of_blockers_is_a_blocker(cast):
    """S148: a series that blocks, blocks on each of its dates."""
    done = ask(cast.ada, order(cast, kind=BookingKind.BLOCKER, show_as=ShowAs.AWAY))

    assert {(each.kind, each.owner_id) for each in dates(cast, done.series).values()} == {(BookingKind.BLOCKER, None)}
    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(9, day=21))])
    assert isinstance(refused, Refused)


@pytest.mark.rule("S039")
def test_a_series_shown_as_free_takes_no_time_and_a_busy_one_does(cast):
    """S039: busy time is not available on any date; free time is on every one."""
    book(cast, show_as=ShowAs.FREE)
    assert slots(cast) == []

    book(cast, show_as=ShowAs.BUSY)

    span = {"start": datetime(2026, 3, 1, tzinfo=UTC), "end": datetime(2026, 6, 1, tzinfo=UTC)}
    with in_workspace(cast.workspace_id):
        (calendar,) = availability.availability(cast.workspace_id, [cast.resource("Aquarium")], **span)
    assert len(calendar.busy) == 10


def test_one_taken_date_refuses_the_whole_series_and_is_named(cast):
    first = cast.book("Aquarium", at(9, day=14), title="Board")

    refused = ask(cast.ada, order(cast))

    assert isinstance(refused, Refused)
    assert (refused.code, refused.dates) == (Code.TAKEN, (week(2),))
    assert "1 of 10" in refused.sentence
    assert [(clash.booking_id, clash.title) for clash in refused.clashes] == [(first.id, "Board")]
    with in_workspace(cast.workspace_id):
        assert not Series.objects.exists()
    assert count(cast) == len(slots(cast)) == 1


def test_the_refusal_of_a_series_does_not_tell_a_private_title(cast):
    apply(cast.ada, [cast.make("Aquarium", at(9, day=7), title="Surgery", sensitivity=Sensitivity.PRIVATE)])

    refused = ask(cast.ben, order(cast))

    assert [clash.title for clash in refused.clashes] == ["Private"]


def test_taken_dates_can_be_left_out_of_a_series(cast):
    """The date stands in the series as cancelled, so that Outlook leaves it out as well."""
    board = cast.book("Aquarium", at(9, day=14), title="Board")

    done = ask(cast.ada, order(cast, policy=Policy.SKIP))

    assert isinstance(done, SeriesDone)
    assert [(each.day, each.clashes[0].booking_id) for each in done.skipped] == [(week(2), board.id)]
    assert dates(cast, done.series)[week(2)].state is State.CANCELLED
    assert told(cast, done.series).exceptions == {week(2): None}
    assert len(slots(cast)) == 10


def test_a_series_of_which_no_date_is_free_is_none(cast):
    book(cast)

    refused = ask(cast.ada, order(cast, policy=Policy.SKIP))

    assert (refused.code, len(refused.dates)) == (Code.TAKEN, 10)
    assert count(cast) == 10


def test_a_series_from_outlook_is_kept_and_overlaps_where_the_room_is_taken(cast):
    board = cast.book("Aquarium", at(9, day=14))

    done = ask(cast.outlook, order(cast, policy=Policy.KEEP))

    (overlapping,) = [each for each in done.dates if each.overlaps]
    assert overlapping.booking.original_day == week(2)
    assert overlapping.booking.origin is Origin.OUTLOOK
    assert open_pairs(cast) == {frozenset((overlapping.booking.id, board.id))}

    apply(cast.ben, [Cancel(booking_id=board.id)])

    assert open_pairs(cast) == set()
    assert all(held for _, _, held in slots(cast))


def test_a_person_cannot_let_a_series_overlap(cast):
    refused = ask(cast.ada, order(cast, policy=Policy.KEEP))

    assert (refused.code, refused.fields) == (Code.NOT_ALLOWED, ("policy",))


def test_buffers_and_the_units_of_a_pool_count_on_each_date(cast):
    cast.add("Galley", buffer_after_s=1800)
    book(cast, "Galley", when=at(9))
    tight = ask(cast.ben, order(cast, "Galley", when=at(10)))
    assert len(tight.dates) == 10

    book(cast, "Desks", quantity=2)
    too_many = ask(cast.ben, order(cast, "Desks", quantity=2))
    assert too_many.code is Code.TAKEN
    book(cast, "Desks", quantity=1)


FAULTS = {
    Fault.INTERVAL: weekly(interval=100),
    Fault.NO_DAYS: Pattern(Kind.WEEKLY, TUESDAY),
    Fault.DAYS: weekly(days=(1, 9)),
    Fault.DAY_OF_MONTH: Pattern(Kind.MONTHLY_ON_DAY, TUESDAY, day_of_month=32),
    Fault.MONTH: Pattern(Kind.YEARLY_ON_DAY, TUESDAY, day_of_month=3, month=13),
    Fault.PLACE: Pattern(Kind.MONTHLY_ON_WEEKDAY, TUESDAY, days=(1,), place=5),
    Fault.TWO_ENDS: weekly(count=3, until=week(3)),
    Fault.COUNT: weekly(count=-1),
    Fault.ENDS_BEFORE_START: weekly(until=week(-1)),
    Fault.NEVER: Pattern(Kind.WEEKLY, TUESDAY, days=(4,), until=TUESDAY + timedelta(days=2)),
    Fault.TOO_MANY: Pattern(Kind.DAILY, TUESDAY, count=OCCURRENCES_MAX + 1),
    Fault.OVERLAPS_ITSELF: Pattern(Kind.DAILY, TUESDAY, count=3),
    Fault.OUT_OF_YEARS: Pattern(Kind.YEARLY_ON_DAY, TUESDAY, 3, day_of_month=3, month=3, count=999),
}


@pytest.mark.parametrize("fault", list(Fault))
def test_a_pattern_that_cannot_be_is_refused_by_name_and_nothing_is_done(cast, fault):
    long = at(9, hours=30) if fault is Fault.OVERLAPS_ITSELF else at(9)

    refused = ask(cast.ben, order(cast, when=long, pattern=FAULTS[fault]))

    assert isinstance(refused, Refused)
    assert (refused.code, refused.name, refused.fields) == (Code.INVALID, fault.value, ("pattern",))
    assert refused.sentence
    assert refused.remedy
    with in_workspace(cast.workspace_id):
        assert not Series.objects.exists()
        assert not Booking.objects.exists()
        assert journal.changes(cast.workspace_id, limit=100)[-1].subject_kind != "series"


def test_a_series_of_999_dates_is_kept_whole(cast):
    made = book(cast, pattern=Pattern(Kind.DAILY, TUESDAY, count=OCCURRENCES_MAX))

    assert len(dates(cast, made)) == OCCURRENCES_MAX


def test_an_end_before_the_start_is_refused_like_that_of_any_booking(cast):
    refused = ask(cast.ben, order(cast, when=at(9, hours=-1)))

    assert (refused.code, refused.fields) == (Code.INVALID, ("when",))


def test_the_pattern_and_the_first_date_begin_on_the_same_day(cast):
    refused = ask(cast.ben, order(cast, pattern=weekly(week(1))))

    assert refused.fields == ("pattern",)


def test_a_beginning_that_does_not_fit_the_pattern_moves_to_the_first_that_does(cast):
    """As in Outlook: a series that begins on a Tuesday and repeats on Fridays begins on Friday."""
    made = book(cast, pattern=weekly(days=(4,)))

    friday = TUESDAY + timedelta(days=3)
    assert (made.pattern.first, made.when.start.date()) == (friday, friday)
    assert next(iter(dates(cast, made))) == friday


def test_who_may_not_book_may_not_book_a_series(cast):
    assert ask(cast.actor("Dora"), order(cast)).code is Code.NOT_ALLOWED
    assert ask(cast.ben, order(cast, owner_id=cast.people["Ada"].id)).code is Code.NOT_ALLOWED


def test_the_journal_tells_of_the_series_and_of_each_date(cast):
    made = book(cast, title="Crew meeting")

    with in_workspace(cast.workspace_id):
        lines = [each for each in journal.changes(cast.workspace_id, limit=100) if each.subject_kind != "resource"]
        assert journal.verify(cast.workspace_id) == []
    series = [each for each in lines if each.subject_kind == "series"]
    assert [(each.verb, each.subject_id, each.after["title"]) for each in series] == [("made", made.id, "Crew meeting")]
    assert len([each for each in lines if each.subject_kind == "booking"]) == 10


def test_a_date_is_read_like_any_booking_and_its_story_is_its_own(cast):
    made = book(cast, title="Crew meeting", sensitivity=Sensitivity.PRIVATE, by=cast.ada)
    third = dates(cast, made)[week(2)]

    with in_workspace(cast.workspace_id):
        start = datetime(2026, 3, 17, tzinfo=UTC)
        (seen,) = bookings_reading.timeline(
            cast.ben, [cast.resource("Aquarium")], start=start, end=start + timedelta(days=1)
        )
        assert (seen.booking.id, seen.booking.title, seen.is_masked) == (third.id, "Private", True)
        assert [each.verb for each in bookings_reading.story(cast.ada, third.id)] == ["made"]


def test_two_series_in_one_call_are_done_one_after_the_other(cast):
    first, second = verbs.apply(cast.ben, [order(cast), order(cast, "Boathouse")])
    assert isinstance(first, SeriesDone)
    assert isinstance(second, SeriesDone)

    both = verbs.apply(cast.ben, [order(cast, "Heron"), order(cast, "Heron", when=at(9.5))])

    assert [type(each) for each in both] == [SeriesDone, Refused]


def test_the_same_series_of_another_workspace_is_not_seen(cast, neighbours):
    made = book(cast)
    theirs = book(neighbours)

    with pytest.raises(NotFound):
        told(neighbours, made)
    assert len(told(neighbours, theirs).exceptions) == 0
    assert cancel(neighbours, made).code is Code.NOT_FOUND
    assert len(slots(cast)) == 10


def test_an_endless_series_is_kept_up_to_a_horizon_that_is_told(cast):
    made = book(cast, pattern=endless())

    assert made.horizon == date(2028, 3, 3)
    assert len(dates(cast, made)) == 105
    assert told(cast, made).master.horizon == made.horizon
