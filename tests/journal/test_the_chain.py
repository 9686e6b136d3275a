"""The journal: gapless, chained, erasable, and enough to rebuild the record from."""

import msgspec
import psycopg
import pytest
from django.db import ProgrammingError, connection

from holdfast.bookings import scene
from holdfast.bookings.history import replay
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Advance, Cancel, Edit, Restore
from holdfast.bookings.states import State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.host.postgres import SUPERUSER
from holdfast.journal import reading
from holdfast.ports import clock
from tests.cast import at

pytestmark = pytest.mark.database


def some_history(cast):
    first = cast.book("Aquarium", at(9), title="first")
    second = cast.book("Boathouse", at(9), title="second")
    apply(cast.outlook, [cast.make("Aquarium", at(9), title="x" * 300), cast.make("Desks", at(9))])
    apply(cast.ben, [Edit(booking_id=first.id, changes={"when": at(12), "note": "moved"})])
    apply(cast.ben, [Cancel(booking_id=second.id)])
    apply(cast.ben, [Restore(booking_id=second.id)])
    apply(cast.ben, [Advance(booking_id=first.id, state=State.CHECKED_IN)])


@pytest.mark.invariant("I27")
def test_the_journal_replayed_is_the_record(cast):
    """I27: from nothing but the journal the same bookings arise."""
    some_history(cast)

    with in_workspace(cast.workspace_id):
        told = reading.changes(cast.workspace_id, limit=10_000)
        ids = list(Booking.objects.values_list("id", flat=True))
        kept = scene.records(cast.workspace_id, ids)

    assert replay(told) == kept


@pytest.mark.invariant("I27")
def test_numbers_have_no_gaps_and_the_chain_holds(cast):
    """I27: one row for each change, in order, and nobody has touched one."""
    some_history(cast)

    with in_workspace(cast.workspace_id):
        told = reading.changes(cast.workspace_id)
        assert [each.number for each in told] == list(range(1, len(told) + 1))
        assert reading.verify(cast.workspace_id) == []


def test_a_refused_order_leaves_no_row(cast):
    cast.book("Aquarium", at(9))
    with in_workspace(cast.workspace_id):
        before = len(reading.changes(cast.workspace_id))

    apply(cast.ada, [cast.make("Aquarium", at(9))])

    with in_workspace(cast.workspace_id):
        assert len(reading.changes(cast.workspace_id)) == before


def test_payloads_can_be_erased_and_the_chain_still_holds(cast):
    some_history(cast)

    with in_workspace(cast.workspace_id):
        erased = reading.erase_payloads(cast.workspace_id, until=clock.now(), at=clock.now())
        told = reading.changes(cast.workspace_id)
        assert reading.verify(cast.workspace_id) == []

    assert erased == len(told)
    assert all(each.is_erased and each.by is None for each in told)


@pytest.mark.parametrize(
    "column", ["verb = 'forged'", "payload = '{}'", "at = at - interval '1 day'", "hash = '\\x00'"]
)
def test_a_row_that_somebody_rewrote_is_named(cast, cluster, column):
    cast.book("Aquarium", at(9))
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as root:
        root.execute(f"UPDATE journal_change SET {column} WHERE number = 3")

    with in_workspace(cast.workspace_id):
        broken = reading.verify(cast.workspace_id)

    assert 3 in {each.number for each in broken}


def test_a_row_that_somebody_removed_is_missed(cast, cluster):
    cast.book("Aquarium", at(9))
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as root:
        root.execute("DELETE FROM journal_change WHERE number = (SELECT max(number) FROM journal_change)")

    with in_workspace(cast.workspace_id):
        assert reading.verify(cast.workspace_id) != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_change SET verb = 'forged'",
        "DELETE FROM journal_change",
        "TRUNCATE journal_change",
    ],
)
def test_the_app_role_cannot_rewrite_the_journal(cast, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), in_workspace(cast.workspace_id):
        connection.cursor().execute(statement)


def test_the_story_of_a_booking_is_told_in_order(cast):
    booked = cast.book("Aquarium", at(9), title="Weekly")
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Monthly"})])
    apply(cast.ada, [Cancel(booking_id=booked.id, reason="storm")])

    with in_workspace(cast.workspace_id):
        told = reading.story(cast.workspace_id, booked.id)

    assert [(each.verb, each.by) for each in told] == [("made", "Ben"), ("edited", "Ben"), ("cancelled", "Ada")]
    assert told[1].before["title"] == "Weekly"
    assert told[1].after["title"] == "Monthly"
    assert told[2].cause == "storm"


def test_what_was_cut_stands_in_the_journal_in_full(cast):
    title = "long " * 80
    (done,) = apply(cast.outlook, [cast.make("Aquarium", at(9), title=title)])

    with in_workspace(cast.workspace_id):
        told = reading.story(cast.workspace_id, done.booking.id)

    assert done.cut == ("title",)
    assert done.booking.title == title[:255]
    assert told[0].after["cut"] == {"title": title}
    assert msgspec.json.encode(told[0].after["booking"])
