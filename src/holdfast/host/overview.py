"""How an installation is, in figures: for `holdfast status`.

Decides what is counted. It reads each workspace on its own side of the wall and changes nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from holdfast.bookings.models import Booking, Conflict
from holdfast.bookings.states import TAKES_TIME, Origin
from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.directory.models import Person, Resource, Workspace
from holdfast.directory.workspaces import workspaces
from holdfast.mirror.models import Link, Mailbox, Mapping, MappingState
from holdfast.ports import clock


@dataclass(frozen=True, slots=True)
class Figures:
    """One workspace, counted at one moment."""

    workspace: str
    name: str
    people: int
    resources: int
    bookings_ahead: int
    from_outlook: int
    mappings: int
    in_step: int
    on_the_way: int
    waiting_for_a_person: int
    open_conflicts: int


def figures() -> list[Figures]:
    return [_of(workspace) for workspace in workspaces()]


def mailboxes() -> dict[str, int]:
    """How many mailboxes are in which state."""
    with outside_workspaces():
        counted = Mailbox.objects.values_list("state").annotate(many=Count("id")).order_by("state")
        return dict(counted)


def _of(workspace: Workspace) -> Figures:
    with in_workspace(workspace.id):
        return _count(workspace, workspace.id)


def _count(workspace: Workspace, key: UUID) -> Figures:
    ahead = Booking.objects.filter(
        workspace_id=key, ends_at__gte=clock.now(), state__in=[state.value for state in TAKES_TIME]
    )
    links = Link.objects.filter(workspace_id=key, closed_at__isnull=True, is_shadow=False).aggregate(
        asking=Count("id", filter=~Q(parked="")),
        moving=Count("id", filter=Q(parked="", is_unsettled=True)),
        total=Count("id"),
    )
    return Figures(
        workspace=workspace.slug,
        name=workspace.name,
        people=Person.objects.filter(workspace_id=key, active=True).count(),
        resources=Resource.objects.filter(workspace_id=key, active=True).count(),
        bookings_ahead=ahead.count(),
        from_outlook=ahead.filter(origin=Origin.OUTLOOK.value).count(),
        mappings=Mapping.objects.filter(workspace_id=key, state=MappingState.WORKING).count(),
        in_step=links["total"] - links["asking"] - links["moving"],
        on_the_way=links["moving"],
        waiting_for_a_person=links["asking"],
        open_conflicts=Conflict.objects.filter(workspace_id=key, closed_at__isnull=True).count(),
    )
