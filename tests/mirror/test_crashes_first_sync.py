"""A worker that dies anywhere in a first sync with push: nothing is tied twice, made twice, or rung twice."""

import pytest
from django.db import connection

from holdfast.bookings.models import Booking
from holdfast.database.transactions import in_workspace
from holdfast.mirror import sweep
from holdfast.mirror.models import Lease, Link, Mailbox
from holdfast.mirror.verify import verify
from tests.cast import at
from tests.mirror.harbour import Harbour, utc
from tests.mirror.test_crashes import Boundaries, Killed
from tests.mirror.test_doorbell import PUBLIC, Door

pytestmark = pytest.mark.database

BOUNDARIES = range(1, 42)


@pytest.fixture
def port(cast):
    """Both sides full before they meet: an equal pair, a stranger each, a series; notices will come."""
    harbour = Harbour(cast, public_url=PUBLIC)
    harbour.simulator.postman = Door()
    cast.book("Aquarium", at(9), title="Regatta meeting")
    cast.book("Aquarium", at(18), title="Only here")
    room = harbour.room()
    room.create_event("Regatta meeting", utc(8), utc(9))
    room.create_event("Only there", utc(12), utc(13))
    rhythm = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 3},
    }
    room.create_event("Standup", utc(6), utc(6.5), recurrence=rhythm)
    harbour.map("Aquarium")
    yield harbour
    harbour.close()
    assert harbour.simulator.bugs == []
    assert harbour.simulator.conduct.offences == []


@pytest.mark.invariant("I4", "I12", "I15", "I16", "I24")
@pytest.mark.museum("Z-D14", "Z-D19", "Z-M01", "Z-W07")
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_first_sync_killed_at_any_boundary_ends_as_if_it_had_not_been(port, cast, boundary):
    """I12, Z-D14, Z-W07: commits and both sides of every request, the making of the subscription among them."""
    with Boundaries(port, kill_at=boundary) as running:
        try:
            port.work()
        except Killed:
            connection.close()
    if running.count < boundary:
        pytest.skip(f"the first sync has {running.count} boundaries")
    for _ in range(5):
        port.waiting.clear()
        port.engine = port.new_engine()
        port.pass_time(seconds=100)
        sweep.run_once()
        port.work()
    port.sync("Aquarium")

    with in_workspace(cast.workspace_id):
        here = sorted(Booking.objects.exclude(state="cancelled").values_list("title", flat=True))
        assert Link.objects.filter(closed_at=None).count() == 6
    assert here == ["Only here", "Only there", "Regatta meeting", "Standup", "Standup", "Standup"]
    there = sorted(event["subject"] for event in port.room().events())
    assert there == ["Only here", "Only there", "Regatta meeting", "Standup"]
    assert list(port.simulator.notices.subscriptions) == [Mailbox.objects.get().subscription_id]
    assert Lease.objects.filter(until__isnull=False).count() == 0
    assert port.simulator.ledger.mails == []
    (result,) = verify(cast.ada, engine=port.engine)
    assert (result.is_in_step, result.differences) == (True, [])


def test_the_boundaries_of_a_first_sync_are_all_tried(port):
    with Boundaries(port) as running:
        port.work()
    assert 20 < running.count <= max(BOUNDARIES), running.names
