"""What a restored database must forget before it may write to a calendar again.

Decides nothing about calendars; the mirror does. A restored copy does not know what happened since its backup, nor
whether the installation it was copied from still runs. So its epoch moves on: the marker on each calendar no longer
names this very state, and the mirror asks a person before it writes there.
"""

from django.db.models import F

from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.directory.workspaces import workspaces
from holdfast.mirror.models import Calendar, Instance, Lease


def mark_restored() -> None:
    """Move the epoch on, forget who held leases, and have every calendar's marker read before anything else."""
    with outside_workspaces():
        Instance.objects.update(epoch=F("epoch") + 1)
        Lease.objects.update(until=None)
    for workspace in workspaces():
        with in_workspace(workspace.id):
            Calendar.objects.update(marker_checked_at=None)
