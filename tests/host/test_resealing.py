"""Changing the master key while secrets are stored; what a restored copy forgets."""

from datetime import timedelta

import pytest

from holdfast.database.sealing import Ring
from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.host.keys import new_master_key
from holdfast.ports import clock, ids

pytestmark = pytest.mark.database
SECRET = "the client secret of Fjord"


@pytest.fixture
def house(database):
    from holdfast.directory.workspaces import open_workspace

    return open_workspace("Fjord")


def connect(workspace, ring: Ring):
    from holdfast.mirror import seals
    from holdfast.mirror.models import Connection

    row = ids.new()
    sealed = ring.seal(SECRET, seals.place(workspace.id, row)).encode()
    with in_workspace(workspace.id):
        Connection.objects.create(
            id=row,
            workspace_id=workspace.id,
            name="Microsoft 365",
            tenant="fjord",
            app_id=str(row),
            sealed_secret=sealed,
            root_url="http://127.0.0.1",
            authority_url="https://127.0.0.1",
            created_at=clock.now(),
        )
    return row


def opened(workspace, row, ring: Ring) -> str:
    from holdfast.mirror import seals
    from holdfast.mirror.models import Connection

    with in_workspace(workspace.id):
        sealed = bytes(Connection.objects.get(id=row).sealed_secret).decode()
    return ring.unseal(sealed, seals.place(workspace.id, row))


def test_every_secret_is_sealed_anew_and_a_second_run_has_nothing_to_do(house):
    """A-L4: both keys open until the old one is taken away."""
    from holdfast.host.resealing import reseal_everything

    old, new = new_master_key(), new_master_key()
    rows = [connect(house, Ring([old])) for _ in range(3)]
    assert reseal_everything([new, old]) == 3
    assert reseal_everything([new, old]) == 0
    assert [opened(house, row, Ring([new])) for row in rows] == [SECRET] * 3


def test_a_run_that_was_killed_half_way_is_finished_by_the_next(house):
    from holdfast.host.resealing import reseal_everything
    from holdfast.ports import points

    old, new = new_master_key(), new_master_key()
    rows = [connect(house, Ring([old])) for _ in range(3)]
    commits = iter(range(100))

    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == points.AFTER_COMMIT and next(commits) == 2:
            raise Killed

    points.listen(kill)
    try:
        with pytest.raises(Killed):
            reseal_everything([new, old])
    finally:
        points.listen(None)
    assert [opened(house, row, Ring([new, old])) for row in rows] == [SECRET] * 3
    assert 0 < reseal_everything([new, old]) < 3


def test_a_restored_copy_forgets_leases(house):
    from holdfast.host.restored import mark_restored
    from holdfast.mirror.models import Lease, Mailbox

    with outside_workspaces():
        mailbox = Mailbox.objects.create(app_id="a", tenant="t", key="k", address="aquarium@fjord.example")
        Lease.objects.create(mailbox=mailbox, holder="gone", until=clock.now() + timedelta(hours=1))
    mark_restored()
    with outside_workspaces():
        assert Lease.objects.get().until is None
