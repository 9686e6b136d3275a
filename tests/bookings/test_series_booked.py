"""A series in the record: what is kept, what is refused, and what the room's other bookings feel of it."""

from datetime import date, timedelta

import pytest

from holdfast.bookings.models import Booking, Series, Slot
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.series import verbs
from holdfast.bookings.series.orders import BookSeries, Policy
from holdfast.bookings.series.outcomes import SeriesDone
from holdfast.database.transactions import in_workspace
from holdfast.timetable.recurrence import Kind, Pattern
from tests.cast import at

pytestmark = pytest.mark.database

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)


def weekly(first=TUESDAY, **more):
    return Pattern(Kind.WEEKLY, first, days=(first.weekday(),), **({"count": 10} | more))


def series(cast, resource="Aquarium", when=None, pattern=None, *, by=None, policy=Policy.REFUSE, **more):
    order = BookSeries(first=cast.make(resource, when or at(9), **more), pattern=pattern or weekly(), policy=policy)
    return verbs.apply(by or cast.ben, [order])[0]


def test_a_weekly_series_takes_its_room_on_each_of_its_dates(cast):
    done = series(cast, title="Crew meeting")

    assert isinstance(done, SeriesDone), done
    with in_workspace(cast.workspace_id):
        kept = Booking.objects.filter(series_id=done.series.id).order_by("original_day")
        assert [each.original_day for each in kept] == [TUESDAY + timedelta(weeks=n) for n in range(10)]
        assert {each.title for each in kept} == {"Crew meeting"}
        assert Slot.objects.filter(held=True).count() == 10
        assert Series.objects.get().horizon == TUESDAY + timedelta(weeks=9)


def test_one_taken_date_refuses_the_whole_series_and_is_named(cast):
    first = cast.book("Aquarium", at(9, day=14), title="Board")

    refused = series(cast, by=cast.ada)

    assert isinstance(refused, Refused)
    assert (refused.code, refused.dates) == (Code.TAKEN, (TUESDAY + timedelta(weeks=2),))
    assert [(clash.booking_id, clash.title) for clash in refused.clashes] == [(first.id, "Board")]
    with in_workspace(cast.workspace_id):
        assert not Series.objects.exists()
        assert Slot.objects.count() == 1
