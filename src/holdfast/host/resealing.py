"""Seals every stored secret anew with the first master key.

Decides which columns hold secrets. One row at a time, each in its own transaction: killed half-way, every secret still
opens with one of the keys, and the next run does the rest.
"""

from collections.abc import Sequence
from uuid import UUID

from holdfast.database.sealing import Ring
from holdfast.database.transactions import in_workspace
from holdfast.directory.workspaces import workspaces
from holdfast.mirror import seals
from holdfast.mirror.models import Connection


def reseal_everything(keys: Sequence[str]) -> int:
    """Seal anew what an older key sealed; answers how many that were. Raises SealBroken where one does not open."""
    ring = Ring(keys)
    return sum(_reseal_connection(ring, workspace.id, row) for workspace in workspaces() for row in _rows(workspace.id))


def _rows(workspace_id: UUID) -> list[UUID]:
    with in_workspace(workspace_id):
        return list(Connection.objects.filter(workspace_id=workspace_id).values_list("id", flat=True))


def _reseal_connection(ring: Ring, workspace_id: UUID, row: UUID) -> int:
    with in_workspace(workspace_id):
        connection = Connection.objects.select_for_update().get(workspace_id=workspace_id, id=row)
        sealed = bytes(connection.sealed_secret).decode("ascii")
        anew = ring.reseal(sealed, seals.place(workspace_id, row))
        if anew == sealed:
            return 0
        connection.sealed_secret = anew.encode()
        connection.save(update_fields=["sealed_secret"])
        return 1
