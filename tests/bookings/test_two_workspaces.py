"""Two companies with the same names in one installation: neither sees, blocks or touches the other."""

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection

from holdfast.bookings import scene
from holdfast.bookings.models import Booking, Slot
from holdfast.bookings.orders import Cancel, Edit, Make
from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.directory.models import Person, Resource
from holdfast.journal import reading
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.invariant("I20")]


def test_the_same_room_at_the_same_hour_is_free_next_door(cast, neighbours):
    """I20: names may collide, time does not."""
    cast.book("Aquarium", at(9), title="canary of the first")
    neighbours.book("Aquarium", at(9), title="canary of the second")

    for company, own in ((cast, "canary of the first"), (neighbours, "canary of the second")):
        with in_workspace(company.workspace_id):
            assert list(Booking.objects.values_list("title", flat=True)) == [own]


def test_nothing_next_door_can_be_named(cast, neighbours):
    """I20: an id of the other workspace is an id of nothing."""
    theirs = neighbours.book("Aquarium", at(9))
    own = cast.book("Boathouse", at(9))

    outcomes = apply(
        cast.ada,
        [
            Cancel(booking_id=theirs.id),
            Edit(booking_id=theirs.id, changes={"title": "mine now"}),
            Make(resource_id=theirs.resource_id, when=at(12)),
            Edit(booking_id=own.id, changes={"resource_id": theirs.resource_id}),
        ],
    )

    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == [Code.NOT_FOUND] * 4
    with in_workspace(neighbours.workspace_id):
        assert scene.records(neighbours.workspace_id, [theirs.id])[theirs.id] == theirs


def test_a_query_that_forgets_the_workspace_still_finds_its_own_rows_only(cast, neighbours):
    """I20: the wall stands in the database, whatever a query forgets."""
    with in_workspace(cast.workspace_id):
        assert set(Person.objects.values_list("workspace_id", flat=True)) == {cast.workspace_id}
        assert Resource.objects.filter(workspace_id=neighbours.workspace_id).count() == 0
        assert Resource.objects.filter(workspace_id=neighbours.workspace_id).update(name="mine") == 0


def test_a_row_cannot_be_put_next_door(cast, neighbours):
    with pytest.raises(ProgrammingError, match="row-level security"), in_workspace(cast.workspace_id):
        Person(workspace_id=neighbours.workspace_id, name="Mallory", email="m@example.org").save(force_insert=True)


def test_a_statement_outside_of_a_workspace_fails_instead_of_finding_nothing(cast):
    cast.book("Aquarium", at(9))  # an empty table may be read without its policy being asked

    with pytest.raises((DataError, ProgrammingError)), outside_workspaces():
        list(Booking.objects.all())


def test_a_connection_carries_no_workspace_into_the_next_transaction(cast):
    with in_workspace(cast.workspace_id):
        assert Resource.objects.exists()
    with pytest.raises((DataError, ProgrammingError)), outside_workspaces():
        Resource.objects.exists()


def test_a_foreign_key_cannot_point_over_the_wall(cast, neighbours):
    """Keys are checked behind row security, so they carry the workspace."""
    booked = cast.book("Aquarium", at(9))
    statement = "UPDATE bookings_booking SET resource_id = %s WHERE id = %s"

    with pytest.raises(IntegrityError), in_workspace(cast.workspace_id):
        connection.cursor().execute(statement, [neighbours.resource("Aquarium"), booked.id])


def test_each_journal_counts_for_itself(cast, neighbours):
    cast.book("Aquarium", at(9))
    neighbours.book("Aquarium", at(9))

    for company in (cast, neighbours):
        with in_workspace(company.workspace_id):
            assert reading.changes(company.workspace_id)[0].number == 1
            assert reading.verify(company.workspace_id) == []


@pytest.mark.invariant("I1")
@pytest.mark.museum("Z-P04")
def test_the_database_itself_refuses_a_double_booking(cast):
    """I1, Z-P04: there is no back door; even a statement by hand meets the constraint."""
    first = cast.book("Aquarium", at(9))
    (second,) = apply(cast.outlook, [cast.make("Aquarium", at(9.5))])
    assert isinstance(second, Done)

    with pytest.raises(IntegrityError, match="no_double_booking"), in_workspace(cast.workspace_id):
        Slot.objects.filter(booking_id=second.booking.id).update(held=True)
    assert first.id != second.booking.id


@pytest.mark.parametrize("table", ["bookings_booking", "directory_resource", "directory_account"])
def test_the_app_role_cannot_step_over_the_wall_with_truncate_or_references(cast, table):
    with in_workspace(cast.workspace_id), connection.cursor() as cursor:
        for privilege in ("TRUNCATE", "REFERENCES", "TRIGGER"):
            cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, privilege])
            assert cursor.fetchone() == (False,)
