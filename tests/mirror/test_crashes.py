"""A worker that dies anywhere, and a bookings' day that goes on: after a restart both sides agree, once."""

import contextlib

import pytest

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror import sweep
from holdfast.mirror.models import Lease
from holdfast.mirror.verify import verify
from holdfast.ports import points
from tests.cast import at
from tests.mirror.harbour import utc

pytestmark = pytest.mark.database

BOUNDARIES_MAX = 120


class Killed(BaseException):
    """The process ends here."""


class Boundaries:
    """Counts commits and requests, and kills at the one that is named."""

    def __init__(self, harbour, kill_at=None):
        self.harbour, self.kill_at, self.count = harbour, kill_at, 0
        self.names = []

    def __enter__(self):
        points.listen(self.passed)
        self.harbour.around_requests = self.passed
        return self

    def __exit__(self, *_):
        points.listen(None)
        self.harbour.around_requests = None

    def passed(self, name):
        self.count += 1
        self.names.append(name)
        if self.count == self.kill_at:
            raise Killed


def scenario(harbour, cast):
    """One of everything waits for the worker: new, changed and gone, on each side."""
    room = harbour.room()
    moved = room.create_event("Moved there", utc(6), utc(7))
    gone = room.create_event("Gone there", utc(7), utc(8))
    harbour.map("Aquarium")
    harbour.work()
    edited = cast.book("Aquarium", at(10), title="Edited here")
    dropped = cast.book("Aquarium", at(11), title="Dropped here")
    harbour.work()
    harbour.pass_time(minutes=1)
    cast.book("Aquarium", at(12), title="New here")
    apply(
        cast.ben, [Edit(booking_id=edited.id, changes={"title": "Edited here, again"}), Cancel(booking_id=dropped.id)]
    )
    room.create_event("New there", utc(14), utc(15))
    room.move_event(moved, utc(16))
    room.delete_event(gone)


def restart(harbour):
    """The lease of the dead runs out, a fresh worker sweeps, until nothing wants attention."""
    for _ in range(6):
        harbour.waiting.clear()
        harbour.engine = harbour.new_engine()
        harbour.pass_time(seconds=100)
        sweep.run_once()
        harbour.work()
    harbour.sync("Aquarium")


def outcome(harbour, cast):
    with in_workspace(cast.workspace_id):
        here = sorted(Booking.objects.exclude(state="cancelled").values_list("title", "starts_at"))
    there = sorted(event["subject"] for event in harbour.room().events())
    return [title for title, _ in here], there


EXPECTED = ["Edited here, again", "Moved there", "New here", "New there"]


def boundaries_of_the_scenario():
    return range(1, 25)


@pytest.mark.invariant("I4", "I11", "I12", "I15", "I24")
@pytest.mark.museum("Z-D01", "Z-K10")
@pytest.mark.parametrize("boundary", boundaries_of_the_scenario())
def test_a_worker_killed_at_any_boundary_leaves_a_state_that_converges(harbour, cast, boundary):
    """I12: every commit and both sides of every request, one after the other; then once more from what is stored."""
    scenario(harbour, cast)
    with Boundaries(harbour, kill_at=boundary) as running:
        try:
            harbour.sync("Aquarium")
        except Killed:
            from django.db import connection

            connection.close()
    if running.count < boundary:
        pytest.skip(f"the scenario has {running.count} boundaries")

    restart(harbour)

    assert outcome(harbour, cast) == (EXPECTED, EXPECTED)
    (result,) = verify(cast.ada, engine=harbour.engine)
    assert (result.is_in_step, result.differences) == (True, [])
    assert Lease.objects.filter(until__isnull=False).count() == 0
    assert harbour.simulator.ledger.mails == []


def test_the_boundaries_of_the_scenario_are_all_tried(harbour, cast):
    scenario(harbour, cast)
    with Boundaries(harbour) as running:
        harbour.sync("Aquarium")
    assert 8 < running.count <= max(boundaries_of_the_scenario()), running.names


@pytest.mark.invariant("I14", "I29")
def test_a_worker_that_slept_through_its_lease_commits_nothing(harbour, cast):
    """F66, I29: frozen for five minutes, then it goes on; another one has the mailbox."""
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.waiting.clear()

    def sleeps_once(name):
        if name == "request":
            harbour.around_requests = None
            harbour.pass_time(minutes=5)
            harbour.engine, sleeper = harbour.new_engine(), harbour.engine
            harbour.sync("Aquarium")
            harbour.engine = sleeper

    harbour.around_requests = sleeps_once
    slept = harbour.tend("Aquarium")
    restart(harbour)

    assert slept.taken
    assert [event["subject"] for event in harbour.room().events()] == ["Harbour tour"]
    (result,) = verify(cast.ada, engine=harbour.engine)
    assert result.is_in_step


@pytest.mark.invariant("I11")
def test_doing_a_job_twice_at_once_is_doing_it_once(harbour, cast):
    """I11: who finds the lease taken leaves."""
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9))
    harbour.waiting.clear()
    seen = []

    def doubled(name):
        if name == "request" and not seen:
            seen.append(harbour.tend("Aquarium").taken)

    harbour.around_requests = doubled
    harbour.tend("Aquarium")

    assert seen == [False]
    assert len(harbour.room().events()) == 1


@pytest.mark.invariant("I24")
def test_a_dead_workers_lease_is_free_again_by_itself(harbour, cast):
    """I24: nobody has to mend it."""
    harbour.map("Aquarium")
    with Boundaries(harbour, kill_at=4), contextlib.suppress(Killed):
        harbour.work()
    assert Lease.objects.get().until is not None

    harbour.pass_time(seconds=91)
    assert sweep.run_once().woken
    harbour.work()

    assert Lease.objects.get().until is None
