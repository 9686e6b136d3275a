"""Many people at once. One winner, no deadlock that anybody sees, and the record is sound after every round."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from holdfast.bookings.models import Slot
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Done
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.journal import reading
from tests.cast import at

pytestmark = pytest.mark.database

DOUBLE_BOOKINGS = """
SELECT count(*) FROM bookings_slot a JOIN bookings_slot b
ON a.unit_id = b.unit_id AND a.booking_id < b.booking_id AND a.held AND b.held
AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""
UNEXPLAINED = """
SELECT count(*) FROM bookings_slot s WHERE NOT held AND NOT EXISTS (
    SELECT FROM bookings_conflict c WHERE c.closed_at IS NULL AND c.kind = 'overlap'
    AND s.booking_id IN (c.booking_id, c.other_id))
"""


def count(cast, statement):
    with in_workspace(cast.workspace_id), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def at_once(*jobs):
    """Run the jobs in threads that all start at the same moment; answers what each gave."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.invariant("I1")
def test_sixteen_people_on_one_slot_have_one_winner(cast):
    """I1: exactly one of sixteen gets the slot, the others are refused, and nobody sees a deadlock."""
    for day in range(4):
        jobs = [
            lambda n=n, day=day: apply(cast.ben, [cast.make("Aquarium", at(9 + n / 32, day=day))])[0] for n in range(16)
        ]

        outcomes = at_once(*jobs)

        assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert count(cast, DOUBLE_BOOKINGS) == 0


@pytest.mark.invariant("I2")
def test_eight_people_on_a_pool_of_three_have_three_winners(cast):
    """I2: exactly as many win as there are desks."""
    outcomes = at_once(*[lambda: apply(cast.ben, [cast.make("Desks", at(9))])[0]] * 8)

    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 3


@pytest.mark.invariant("I1")
def test_moves_in_both_directions_at_once_leave_a_sound_record(cast):
    """I1: two movers that want each other's room at the same moment are both answered."""
    for day in range(4):
        one = cast.book("Aquarium", at(9, day=day))
        two = cast.book("Boathouse", at(9, day=day))
        there = Edit(booking_id=one.id, changes={"resource_id": cast.resource("Boathouse")})
        back = Edit(booking_id=two.id, changes={"resource_id": cast.resource("Aquarium")})
        off = Cancel(booking_id=two.id)

        outcomes = at_once(
            lambda there=there: apply(cast.ben, [there]),
            lambda back=back: apply(cast.ben, [back]),
            lambda off=off: apply(cast.ben, [off]),
        )

        assert len(outcomes) == 3
    assert count(cast, DOUBLE_BOOKINGS) == 0


@pytest.mark.invariant("I1")
def test_outlook_and_people_at_once_leave_every_overlap_explained(cast):
    """I1: no held slots overlap, and each overlapping slot has an open conflict."""
    jobs = []
    for n in range(6):
        jobs.append(lambda n=n: apply(cast.outlook, [cast.make("Aquarium", at(9 + n / 4))]))
        jobs.append(lambda n=n: apply(cast.ben, [cast.make("Aquarium", at(9 + n / 3))]))

    at_once(*jobs)

    assert count(cast, DOUBLE_BOOKINGS) == 0
    assert count(cast, UNEXPLAINED) == 0
    with in_workspace(cast.workspace_id):
        assert reading.verify(cast.workspace_id) == []
        assert Slot.objects.count() >= 6


def test_two_halls_that_share_a_room_are_booked_without_waiting_for_each_other_for_ever(cast):
    cast.add("Pier", units=0)
    cast.add("Deck One", parent="Pier")
    cast.add("Deck Two", parent="Pier")

    jobs = [lambda: apply(cast.ben, [cast.make("Deck Two", at(9)), cast.make("Deck One", at(9))])]
    jobs += [lambda: apply(cast.ben, [cast.make("Deck One", at(9)), cast.make("Deck Two", at(9))])]
    jobs += [lambda: apply(cast.ben, [cast.make("Pier", at(9))])] * 2
    outcomes = at_once(*jobs)

    winners = [booked for booked in outcomes if isinstance(booked[0], Done)]
    assert len(winners) == 1
    assert count(cast, DOUBLE_BOOKINGS) == 0
