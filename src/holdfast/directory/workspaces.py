"""Opening a workspace, and finding one. Decides its short name; knows nothing of what is in it."""

from uuid import UUID

from django.db import IntegrityError
from django.utils.text import slugify

from holdfast.database.transactions import in_workspace
from holdfast.directory import roles, texts
from holdfast.directory.errors import Invalid, NotFound
from holdfast.directory.models import Workspace
from holdfast.journal.writing import Entry, write
from holdfast.ports import clock, ids

SLUG_LENGTH_MAX = 80
_UNNAMED = "workspace"


def open_workspace(name: str, *, zone: str = "UTC", slug: str = "") -> Workspace:
    """A new, empty workspace; its journal starts with this."""
    name, zone = texts.name(name), texts.zone(zone)
    slug = (slug or slugify(name) or _UNNAMED)[:SLUG_LENGTH_MAX]
    at = clock.now()
    workspace = Workspace(id=ids.new(), name=name, slug=slug, zone=zone, created_at=at)
    try:
        with in_workspace(workspace.id):
            workspace.save(force_insert=True)
            after = {"name": name, "slug": slug, "zone": zone}
            write(
                workspace.id,
                roles.system(workspace.id).by,
                [Entry("opened", "workspace", workspace.id, after=after)],
                at=at,
            )
    except IntegrityError as problem:
        raise Invalid("slug", f"A workspace “{slug}” exists already. Choose another short name.") from problem
    return workspace


def workspace(workspace_id: UUID) -> Workspace:
    """Raises NotFound."""
    found = Workspace.objects.filter(id=workspace_id).first()
    if found is None:
        raise NotFound
    return found


def workspace_by_slug(slug: str) -> Workspace:
    """Raises NotFound."""
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def workspaces() -> list[Workspace]:
    """All workspaces of the installation, the oldest first."""
    return list(Workspace.objects.order_by("created_at", "id"))
