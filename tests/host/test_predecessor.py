"""A worker that was killed holds its leases no longer than until its successor starts."""

import pytest

from holdfast.mirror import lease, wakeups
from holdfast.mirror.errors import LeaseLost
from holdfast.mirror.models import Lease, Mailbox

pytestmark = pytest.mark.database


@pytest.fixture
def woken():
    """Who is woken, in order."""
    found: list[int] = []
    before = wakeups.install(found.append)
    yield found
    wakeups.install(before)


@pytest.fixture
def mailbox(database):
    def made(key: str) -> int:
        row = Mailbox.objects.create(app_id="app", tenant="tenant", key=key, address=f"{key}@example.org")
        Lease.objects.create(mailbox=row)
        return row.id

    return made


@pytest.mark.invariant("I24")
def test_the_successor_takes_over_at_once_and_the_dead_can_commit_nothing(mailbox, woken):
    """I24: what a dead owner held is free again at once, not when its time runs out."""
    from holdfast.database.transactions import outside_workspaces
    from holdfast.host.predecessor import let_go

    aquarium = mailbox("aquarium")
    dead = lease.take(aquarium, holder="harbour worker 1")
    assert dead is not None

    assert let_go("harbour worker 1") == 1

    assert woken == [aquarium]
    with pytest.raises(LeaseLost), outside_workspaces():
        dead.rest(lease.Report())
    assert lease.take(aquarium, holder="harbour worker 1") is not None


def test_nobody_else_s_lease_is_touched(mailbox, woken):
    from holdfast.host.predecessor import let_go

    boathouse = mailbox("boathouse")
    assert lease.take(boathouse, holder="harbour worker 2") is not None

    assert let_go("harbour worker 1") == 0

    assert woken == []
    assert lease.take(boathouse, holder="harbour worker 1") is None
