"""What a sync may cost, counted: requests, statements, writes. Never milliseconds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from tests.cast import at
from tests.mirror.harbour import utc
from tests.mirror.test_doorbell import bell as bell  # noqa: PLC0414  the fixture

pytestmark = pytest.mark.database


@pytest.fixture
def healthy(bell, cast):
    """The Aquarium with push that was measured: a notice followed our own write."""
    cast.book("Aquarium", at(20), title="Evening")
    bell.work()
    bell.pass_time(seconds=5)
    bell.work()
    return bell


def spent(harbour, act):
    """Requests, and SQL statements, of an act."""
    before = harbour.requests()
    with CaptureQueriesContext(connection) as queries:
        act()
    return harbour.requests() - before, [query["sql"] for query in queries.captured_queries]


def test_a_tending_that_finds_nothing_costs_one_request_and_four_statements(healthy):
    requests, statements = spent(healthy, lambda: healthy.tend("Aquarium", forced=True))

    assert requests == 1
    assert len(statements) <= 4, statements


def test_a_change_from_here_costs_one_write_and_no_read_while_push_is_healthy(healthy, cast):
    cast.book("Aquarium", at(9), title="Harbour tour")

    requests, statements = spent(healthy, healthy.work)

    assert requests == 1
    assert len([each for each in statements if each not in ("BEGIN", "COMMIT")]) <= 12, statements


def test_several_edits_within_a_moment_are_one_write(healthy, cast):
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    for title in ("Harbour walk", "Harbour run", "Harbour swim"):
        apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": title})])

    requests, _ = spent(healthy, healthy.work)

    assert requests == 1
    assert "Harbour swim" in {event["subject"] for event in healthy.room().events()}


def test_our_own_echo_costs_one_read_and_no_write(healthy, cast):
    cast.book("Aquarium", at(9))
    healthy.work()
    writes = healthy.writes()
    healthy.pass_time(seconds=5)

    requests, _ = spent(healthy, healthy.work)

    assert requests == 1
    assert healthy.writes() == writes


def test_a_burst_from_outlook_costs_one_read(healthy, cast):
    for hour in range(8, 18):
        healthy.room().create_event(f"Walk-in {hour}", utc(hour), utc(hour + 1))
    healthy.pass_time(seconds=5)

    requests, _ = spent(healthy, healthy.work)

    assert requests == 1
    with in_workspace(cast.workspace_id):
        assert Booking.objects.count() == 11


def test_a_burst_of_removals_costs_one_read_and_one_batch(healthy, cast):
    made = [healthy.room().create_event(f"Walk-in {n}", utc(8 + n / 2), utc(8.5 + n / 2)) for n in range(20)]
    healthy.pass_time(seconds=5)
    healthy.work()
    for event in made[:10]:
        healthy.room().delete_event(event)
    healthy.pass_time(seconds=5)
    before = len([each for each in healthy.simulator.conduct.entries if not each.in_batch])

    healthy.work()

    assert len([each for each in healthy.simulator.conduct.entries if not each.in_batch]) - before == 2
    with in_workspace(cast.workspace_id):
        assert Booking.objects.filter(state="cancelled").count() == 10


def test_first_writes_go_twenty_to_a_request(healthy, cast):
    outcomes = apply(cast.system, [cast.make("Aquarium", at(9, day=day)) for day in range(1, 61)])
    assert len(outcomes) == 60

    before = len([each for each in healthy.simulator.conduct.entries if not each.in_batch])
    healthy.work()

    assert len(healthy.room().events()) == 61
    assert len([each for each in healthy.simulator.conduct.entries if not each.in_batch]) - before == 3


@pytest.mark.invariant("I5")
def test_an_unchanged_calendar_read_in_full_costs_no_statement_per_event(healthy, cast):
    """A full round over what is known writes nothing but the round's number, one statement for a page."""
    for hour in range(8, 18):
        healthy.room().create_event(f"Walk-in {hour}", utc(hour), utc(hour + 1))
    healthy.pass_time(seconds=5)
    healthy.work()
    healthy.simulator.forget_sync_states()

    _, statements = spent(healthy, lambda: healthy.tend("Aquarium", forced=True))

    assert len([each for each in statements if "mirror_link" in each]) <= 5, statements
    with in_workspace(cast.workspace_id):
        assert Booking.objects.count() == 11
