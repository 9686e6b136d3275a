"""What things cost, counted in statements and rows: the same on every machine."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.bookings import availability, reading
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.host.postgres import SUPERUSER
from tests.cast import at

pytestmark = pytest.mark.database

BOOKING_STATEMENTS_MAX = 6
CHANGE_STATEMENTS_MAX = 8
START = datetime(2026, 3, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def statements(work):
    """The statements of the record itself: without BEGIN and COMMIT, and without what followers add in higher layers."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [
        query["sql"] for query in captured if query["sql"] not in {"BEGIN", "COMMIT"} and "mirror_" not in query["sql"]
    ]


def test_one_booking_takes_six_statements_journal_included(cast):
    assert len(statements(lambda: cast.book("Aquarium", at(9)))) <= BOOKING_STATEMENTS_MAX


def test_a_thousand_bookings_take_as_many_statements_as_one(cast):
    orders = [cast.make("Aquarium", at(n / 2, hours=0.5)) for n in range(1000)]

    assert len(statements(lambda: apply(cast.outlook, orders))) <= BOOKING_STATEMENTS_MAX


def test_a_move_and_a_cancellation_take_eight(cast):
    booked = cast.book("Aquarium", at(9))
    move = Edit(booking_id=booked.id, changes={"when": at(12)})

    assert len(statements(lambda: apply(cast.ben, [move]))) <= CHANGE_STATEMENTS_MAX
    assert len(statements(lambda: apply(cast.ben, [Cancel(booking_id=booked.id)]))) <= CHANGE_STATEMENTS_MAX


def test_a_timeline_and_availability_are_one_statement_whatever_the_number_of_rooms(cast):
    rooms = [cast.resource(name) for name in cast.resources]

    def look():
        with in_workspace(cast.workspace_id):
            reading.timeline(cast.ben, rooms, start=START, end=START + WEEK)
            availability.availability(cast.workspace_id, rooms, start=START, end=START + WEEK)

    assert len(statements(look)) <= 3


def explained(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) " + statement, parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_availability_reads_little_more_than_the_rows_it_answers(database, cast):
    """A year lies behind the week that is asked for; its rows are not visited, and no table is read in full."""
    orders = [cast.make("Aquarium", at(9 + n % 8, day=n // 8 - 200)) for n in range(1600)]
    apply(cast.outlook, orders)
    rooms = [cast.resource(name) for name in cast.resources]
    start = datetime(2026, 3, 2, tzinfo=UTC)
    parameters = {
        "workspace": cast.workspace_id,
        "resources": rooms,
        "start": start,
        "end": start + WEEK,
        "short": start - availability.SHORT_MAX,
        "depth": availability.TREE_DEPTH_MAX,
    }

    with psycopg.connect(database.url(SUPERUSER), autocommit=True) as superuser:
        superuser.execute("ANALYZE bookings_slot, bookings_booking, directory_resource, directory_unit")

    with in_workspace(cast.workspace_id):
        plan = explained(availability.TAKEN, parameters)

    assert "Seq Scan on bookings_slot" not in plan
    removed = [int(line.rpartition(" ")[2]) for line in plan.splitlines() if "Rows Removed by Filter" in line]
    assert sum(removed) <= 2 * 7 * 8
