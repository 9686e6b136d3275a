"""How each resource's calendar stands: the lines of the sync page.

Decides the sign and the remedy of a line; the mirror says how it stands. Opens transactions of its own.
"""

from dataclasses import dataclass

from holdfast.database.transactions import in_workspace
from holdfast.directory.models import Resource
from holdfast.directory.roles import Actor
from holdfast.mirror import status
from holdfast.mirror.models import Mapping
from holdfast.mirror.status import Stand, Status
from holdfast.web.signs import Shape

SHAPES = {
    Stand.IN_STEP: Shape.IN_STEP,
    Stand.ON_ITS_WAY: Shape.ON_ITS_WAY,
    Stand.WAITING: Shape.WAITING,
    Stand.ASKS: Shape.ASKS_YOU,
    Stand.PAUSED: Shape.WAITING,
    Stand.PLANNED: Shape.WAITING,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One mapping: a resource, its calendar, and how they stand."""

    status: Status
    resource: str
    shape: Shape
    brake_waiting: int

    @property
    def is_planned(self) -> bool:
        return self.status.stand is Stand.PLANNED

    @property
    def is_paused(self) -> bool:
        return self.status.stand is Stand.PAUSED


def lines(actor: Actor) -> list[Line]:
    """Every mapping, in the order of its resource's name."""
    found = status.statuses(actor)
    with in_workspace(actor.workspace_id):
        names = dict(Resource.objects.values_list("id", "name"))
        waiting = dict(Mapping.objects.filter(brake_since__isnull=False).values_list("id", "brake_waiting"))
    told = [
        Line(one, names.get(one.resource_id, ""), SHAPES[one.stand], waiting.get(one.mapping_id, 0)) for one in found
    ]
    return sorted(told, key=lambda line: line.resource.lower())
