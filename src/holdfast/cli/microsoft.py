"""Which connection a command is about, and this process's way to Microsoft."""

from typing import TYPE_CHECKING
from uuid import UUID

import click

from holdfast.cli import ground

if TYPE_CHECKING:
    from holdfast.mirror.engine import Engine
    from holdfast.mirror.models import Connection

connection_option = click.option(
    "--connection", "connection_id", type=click.UUID, help="Its id; needed only where there are several."
)


def engine() -> "Engine":
    """The one of this process, with the certificates and the proxy of the settings."""
    from holdfast.host import outward  # noqa: PLC0415  needs Django to be ready

    return outward.engine(ground.config())


def connection(workspace_id: UUID, connection_id: UUID | None) -> "Connection":
    """The named one, or the only one. Raises UsageError with the choices."""
    from holdfast.mirror.connections import connections  # noqa: PLC0415  needs Django to be ready

    known = connections(workspace_id)
    found = [item for item in known if connection_id in {None, item.id}]
    if len(found) == 1:
        return found[0]
    if not known:
        raise click.UsageError("nothing is connected yet: `holdfast connect` comes first")
    listed = ", ".join(f"{item.id} ({item.name})" for item in known)
    raise click.UsageError(f"name one with --connection: {listed}")
