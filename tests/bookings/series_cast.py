"""What the tests of series share: patterns, orders, and a look at what the record holds of a series."""

from datetime import date, timedelta

from holdfast.bookings import scene
from holdfast.bookings.models import Booking, Conflict, Slot
from holdfast.bookings.series import reading, store, verbs
from holdfast.bookings.series.orders import All, BookSeries, CancelSeries, EditSeries, ThisAndFollowing
from holdfast.bookings.series.outcomes import SeriesDone
from holdfast.database.transactions import in_workspace
from holdfast.timetable.recurrence import Kind, Pattern
from tests.cast import at

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)


def week(n):
    """The Tuesday n weeks later."""
    return TUESDAY + timedelta(weeks=n)


def weekly(first=TUESDAY, *, days=None, **more):
    end = {"count": 10} if not more.keys() & {"count", "until"} else {}
    return Pattern(Kind.WEEKLY, first, days=days or (first.weekday(),), **end, **more)


def endless(first=TUESDAY, **more):
    return weekly(first, count=0, **more)


def order(cast, resource="Aquarium", *, when=None, pattern=None, policy=None, **more):
    first = cast.make(resource, when or at(9), **more)
    return BookSeries(first=first, pattern=pattern or weekly(), **({"policy": policy} if policy else {}))


def ask(actor, one):
    return verbs.apply(actor, [one])[0]


def book(cast, resource="Aquarium", *, by=None, **more):
    """A series that must succeed; Ben's unless said otherwise."""
    done = ask(by or cast.ben, order(cast, resource, **more))
    assert isinstance(done, SeriesDone), done
    return done.series


def edit(cast, series, changes, *, since=None, by=None, **more):
    scope = All() if since is None else ThisAndFollowing(since)
    return ask(by or cast.ben, EditSeries(series_id=series.id, changes=changes, scope=scope, **more))


def cancel(cast, series, *, since=None, by=None, **more):
    scope = All() if since is None else ThisAndFollowing(since)
    return ask(by or cast.ben, CancelSeries(series_id=series.id, scope=scope, **more))


def dates(cast, series):
    """Every date of a series that is a row, by original day."""
    with in_workspace(cast.workspace_id):
        return dict(sorted(store.with_dates(cast.workspace_id, [series.id], lock=False)[1].get(series.id, {}).items()))


def told(cast, series, *, by=None):
    with in_workspace(cast.workspace_id):
        return reading.series(by or cast.ben, series.id)


def stored(cast, booking_id):
    with in_workspace(cast.workspace_id):
        return scene.records(cast.workspace_id, [booking_id])[booking_id]


def slots(cast):
    with in_workspace(cast.workspace_id):
        return list(Slot.objects.order_by("starts_at", "claim").values_list("booking_id", "starts_at", "held"))


def open_pairs(cast):
    with in_workspace(cast.workspace_id):
        found = Conflict.objects.filter(closed_at=None, kind="overlap")
        return {frozenset(pair) for pair in found.values_list("booking_id", "other_id")}


def count(cast):
    with in_workspace(cast.workspace_id):
        return Booking.objects.count()
