"""Many people at once on one series. One winner, nothing half done, and the record is sound after every round."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Done, Refused
from holdfast.bookings.series import rolling, verbs
from holdfast.bookings.series.orders import EditSeries, ThisAndFollowing
from holdfast.bookings.series.outcomes import SeriesDone
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.journal import reading
from holdfast.ports import clock
from holdfast.timetable import recurrence
from tests.bookings.series_cast import ask, book, dates, edit, endless, order, told, week
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.invariant("I1"), pytest.mark.usefixtures("spring")]

DOUBLE_BOOKINGS = """
SELECT count(*) FROM bookings_slot a JOIN bookings_slot b
ON a.unit_id = b.unit_id AND a.booking_id < b.booking_id AND a.held AND b.held
AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""


def at_once(*jobs):
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def is_sound(cast):
    with in_workspace(cast.workspace_id), connection.cursor() as cursor:
        cursor.execute(DOUBLE_BOOKINGS)
        return cursor.fetchone()[0] == 0 and reading.verify(cast.workspace_id) == []


def test_eight_series_on_one_room_have_one_winner(cast):
    """I1: exactly one of eight series gets the room; the others are refused whole, and nobody sees a deadlock."""
    outcomes = at_once(*[lambda n=n: ask(cast.ben, order(cast, when=at(9 + n / 16))) for n in range(8)])

    assert sum(isinstance(each, SeriesDone) for each in outcomes) == 1
    assert sum(isinstance(each, Refused) for each in outcomes) == 7
    assert is_sound(cast)


def test_single_dates_and_the_whole_series_are_changed_at_once(cast):
    """I1: a date that is cancelled or retitled while all of them move keeps both changes."""
    made = book(cast, title="Crew meeting")
    rows = dates(cast, made)

    def retitle(n):
        return apply(cast.ben, [Edit(booking_id=rows[week(n)].id, changes={"title": f"Watch {n}"})])[0]

    outcomes = at_once(
        lambda: edit(cast, made, {"when": at(11)}),
        *[lambda n=n: retitle(n) for n in range(1, 4)],
        lambda: apply(cast.ben, [Cancel(booking_id=rows[week(5)].id)])[0],
    )

    assert all(isinstance(each, Done | SeriesDone) for each in outcomes)
    after = dates(cast, made)
    assert {each.when.start.hour for each in after.values() if each.takes_time} == {11}
    assert [after[week(n)].title for n in range(1, 4)] == ["Watch 1", "Watch 2", "Watch 3"]
    assert told(cast, made).exceptions.keys() == {week(1), week(2), week(3), week(5)}
    assert is_sound(cast)


def test_neighbours_that_move_towards_each_other_at_once_do_not_pass(cast):
    made = book(cast)
    rows = dates(cast, made)
    later = Edit(booking_id=rows[week(1)].id, changes={"when": at(9, day=11)})
    sooner = Edit(booking_id=rows[week(2)].id, changes={"when": at(9, day=10)})

    outcomes = at_once(lambda: apply(cast.ben, [later])[0], lambda: apply(cast.ben, [sooner])[0])

    assert sorted(type(each).__name__ for each in outcomes) == ["Done", "Refused"]


def test_a_series_is_cut_while_it_is_rolled_on(cast, spring):
    """I1: whoever comes second sees the whole work of the first; no date is lost or doubled."""
    made = book(cast, pattern=endless())
    spring.pass_by(days=60)
    cut = EditSeries(series_id=made.id, changes={"title": "Watch"}, scope=ThisAndFollowing(week(50)))

    _, (done,) = at_once(lambda: rolling.roll(cast.system, clock.now()), lambda: verbs.apply(cast.ben, [cut]))

    assert isinstance(done, SeriesDone)
    rolling.roll(cast.system, clock.now())
    head, rest = dates(cast, made), dates(cast, done.begun)
    until = told(cast, done.begun).master.horizon
    assert [*head, *rest] == list(recurrence.dates(endless(), None, until))
    assert until > week(0) + timedelta(days=731)
    assert is_sound(cast)
