"""Which workspace a command is about. Decides that one need not be named where there is only one."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from holdfast.directory.models import Workspace
    from holdfast.directory.roles import Actor

workspace_option = click.option(
    "--workspace", "slug", default="", help="Its short name; needed only where there are several."
)


def chosen(slug: str) -> "Workspace":
    """The named one, or the only one. Raises UsageError with the choices."""
    from holdfast.directory.workspaces import workspace_by_slug, workspaces  # noqa: PLC0415  needs Django to be ready

    if slug:
        return workspace_by_slug(slug)
    found = workspaces()
    if not found:
        raise click.UsageError("there is no workspace yet: `holdfast admin create` makes the first one")
    if len(found) > 1:
        raise click.UsageError(f"name one with --workspace: {', '.join(item.slug for item in found)}")
    return found[0]


def actor(workspace: "Workspace") -> "Actor":
    """Who acts at the terminal: whoever may start this program may do everything, and the journal says where from."""
    from holdfast.directory import roles  # noqa: PLC0415  needs Django to be ready

    return roles.system(workspace.id, name="Command line")
