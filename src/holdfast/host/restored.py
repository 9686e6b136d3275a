"""What a restored database must forget before it may write to a calendar again.

Decides nothing about calendars; the mirror does. A restored copy does not know what happened since its backup, nor
whether the installation it was copied from still runs. So it forgets which state of its own it left on each calendar:
every marker there is then a later self's, and the mirror asks a person before it writes (RELIABILITY I28).
"""

from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.directory.workspaces import workspaces
from holdfast.mirror.models import Calendar, Lease


def mark_restored() -> None:
    """Forget who held leases and what stood on the calendars, so that nothing is written before a person's word."""
    with outside_workspaces():
        Lease.objects.update(until=None)
    for workspace in workspaces():
        with in_workspace(workspace.id):
            Calendar.objects.update(marker_checked_at=None, marker_epoch=0)
