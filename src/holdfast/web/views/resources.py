"""Resources: the list, adding one, changing one, taking one out of use."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from holdfast.database.transactions import in_workspace
from holdfast.directory import resources as directory
from holdfast.directory.errors import Invalid
from holdfast.directory.kinds import Kind, Sharing
from holdfast.directory.models import Resource, Unit
from holdfast.directory.roles import Permission
from holdfast.mirror.models import Mapping, MappingState
from holdfast.web import board, frames
from holdfast.web.door import Visit, page
from holdfast.web.saying import Told

KINDS = {
    Kind.ROOM: "Room",
    Kind.DESK: "Desk",
    Kind.EQUIPMENT: "Equipment",
    Kind.VEHICLE: "Vehicle",
    Kind.PERSON: "Person",
    Kind.OTHER: "Something else",
}
SHARINGS = {
    Sharing.EXCLUSIVE: "One booking at a time (a room, a van)",
    Sharing.COUNTED: "Several, up to a number (a pool of desks)",
    Sharing.FREE: "Overlaps are normal (a person’s calendar)",
}
NUMBERS = ("seats", "units", "buffer_minutes")
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Filled:
    """The form of a resource as typed or as stored."""

    name: str = ""
    kind: str = Kind.ROOM.value
    sharing: str = Sharing.EXCLUSIVE.value
    location: str = ""
    parent: str = ""
    zone: str = ""
    address: str = ""
    seats: str = ""
    units: str = "1"
    buffer_minutes: str = "0"
    live_look: bool = True
    version: str = ""


@page()
def resources(visit: Visit) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        told = frames.news()
        rows = board.read_rows(is_active=None)
        facts = {one.id: one for one in Resource.objects.all()}
        states = dict(Mapping.objects.exclude(state=MappingState.ENDED).values_list("resource_id", "state"))
    lines = [
        {
            "row": row,
            "resource": facts[row.id],
            "mapping": states.get(row.id, ""),
            "parent": _name(facts, facts[row.id].parent_id),
        }
        for row in rows
    ]
    context = {"lines": lines, "may_manage": visit.may("manage_resources"), "may_sync": visit.may("manage_sync")}
    return frames.show(visit, "web/resources.html", context, told=told, title="Resources")


@page("GET", "HEAD", permission=Permission.MANAGE_RESOURCES)
def new(visit: Visit) -> HttpResponse:
    return _form(visit, Filled(zone=visit.workspace.zone), title="Add a resource")


@page("POST", permission=Permission.MANAGE_RESOURCES)
def create(visit: Visit) -> HttpResponse:
    filled = _typed(visit.request.POST)
    try:
        values = _values(filled)
        directory.add_resource(visit.actor, directory.NewResource(**values, units=_number(filled.units, "units")))
    except Invalid as error:
        return _form(visit, filled, title="Add a resource", wrong=error)
    return _done(visit)


@page("GET", "HEAD", permission=Permission.MANAGE_RESOURCES)
def edit(visit: Visit, resource_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        found = directory.resource(visit.workspace.id, resource_id)
        units = Unit.objects.filter(resource_id=resource_id, active=True).count()
    return _form(visit, _of(found, units), title=found.name, resource=found)


@page("POST", permission=Permission.MANAGE_RESOURCES)
def update(visit: Visit, resource_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        found = directory.resource(visit.workspace.id, resource_id)
    filled = _typed(visit.request.POST)
    try:
        changes: dict[str, Any] = {**_values(filled), "active": bool(visit.request.POST.get("active"))}
        version = int(filled.version) if filled.version.isdecimal() else None
        directory.change_resource(
            visit.actor, resource_id, changes, units=_number(filled.units, "units"), version=version
        )
    except Invalid as error:
        return _form(visit, filled, title=found.name, resource=found, wrong=error)
    return _done(visit)


def _done(visit: Visit) -> HttpResponse:
    if visit.is_part:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("web:resources")})
    return HttpResponseRedirect(reverse("web:resources"))


def _typed(form: QueryDict) -> Filled:
    names = (
        "name",
        "kind",
        "sharing",
        "location",
        "parent",
        "zone",
        "address",
        "seats",
        "units",
        "buffer_minutes",
        "version",
    )
    return Filled(**{name: form.get(name, "").strip() for name in names}, live_look=bool(form.get("live_look")))


def _of(resource: Resource, units: int) -> Filled:
    return Filled(
        name=resource.name,
        kind=resource.kind,
        sharing=resource.sharing,
        location=str(resource.location_id or ""),
        parent=str(resource.parent_id or ""),
        zone=resource.zone,
        address=resource.address,
        seats="" if resource.seats is None else str(resource.seats),
        units=str(units),
        buffer_minutes=str(resource.buffer_after_s // MINUTE_S),
        live_look=resource.live_look,
        version=str(resource.version),
    )


def _values(filled: Filled) -> dict[str, Any]:
    """The form as the verb takes it. Raises Invalid."""
    return {
        "name": filled.name,
        "kind": filled.kind,
        "sharing": filled.sharing,
        "location_id": _id(filled.location, "location_id"),
        "parent_id": _id(filled.parent, "parent_id"),
        "zone": filled.zone,
        "address": filled.address,
        "seats": _number(filled.seats, "seats") if filled.seats else None,
        "buffer_after_s": _number(filled.buffer_minutes or "0", "buffer_minutes") * MINUTE_S,
        "live_look": filled.live_look,
    }


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise Invalid(field, "Write a whole number.")
    return int(text)


def _id(text: str, field: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(field, "Choose one from the list.") from None


def _form(
    visit: Visit, filled: Filled, *, title: str, resource: Resource | None = None, wrong: Invalid | None = None
) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        told = None if visit.is_part else frames.news()
        locations = directory.locations(visit.workspace.id)
        others = [one for one in directory.resources(visit.workspace.id) if resource is None or one.id != resource.id]
    context = {
        "heading": title,
        "filled": filled,
        "resource": resource,
        "locations": locations,
        "others": others,
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "sharings": [(sharing.value, words) for sharing, words in SHARINGS.items()],
        "refused": Told(wrong.sentence, "", wrong.code, (wrong.field,)) if wrong else None,
    }
    return frames.show(visit, "web/resource_form.html", context, told=told, title=title, status=422 if wrong else 200)


def _name(facts: dict[UUID, Resource], resource_id: UUID | None) -> str:
    return facts[resource_id].name if resource_id is not None and resource_id in facts else ""
