"""Resources, their units and their places. Decides the shape of the tree; knows no booking.

A resource's units are its own and those of everything below it. A room has one of its own, a pool of fifteen desks has
fifteen; a parent that is nothing but its children is made with none. Nothing is deleted: history stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from holdfast.database.transactions import in_workspace
from holdfast.directory import texts
from holdfast.directory.errors import Invalid, NotFound
from holdfast.directory.kinds import Kind, Sharing
from holdfast.directory.models import Location, Resource, Unit
from holdfast.directory.roles import Actor, Permission
from holdfast.journal.writing import Entry, write
from holdfast.ports import clock, ids

TREE_DEPTH_MAX = 10
UNITS_MAX = 1_000
BUFFER_S_MAX = 86_400
CHANGEABLE = frozenset(
    {"kind", "sharing", "name", "address", "zone", "seats", "location_id", "parent_id", "buffer_after_s"}
    | {"live_look", "active", "colour", "position"}
)

Rehang = Callable[[Actor, Sequence[UUID]], None]
_rehangers: list[Rehang] = []


def follow_units(function: Rehang) -> Rehang:
    """Call `function` with the resources whose units changed, in the same transaction: their bookings sit anew."""
    if function not in _rehangers:
        _rehangers.append(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """What a resource is made of. `units` are its own, not its children's."""

    name: str
    kind: Kind
    sharing: Sharing = Sharing.EXCLUSIVE
    zone: str = ""
    address: str = ""
    seats: int | None = None
    location_id: UUID | None = None
    parent_id: UUID | None = None
    buffer_after_s: int = 0
    live_look: bool = True
    colour: str = ""
    position: int = 0
    units: int = 1


def add_resource(actor: Actor, new: NewResource) -> Resource:
    """Raises NotAllowed, Invalid."""
    actor.require(Permission.MANAGE_RESOURCES)
    _check_units(new.units)
    with in_workspace(actor.workspace_id):
        zone = texts.zone(new.zone) if new.zone else _zone_of(actor.workspace_id, new.location_id)
        resource = Resource(
            id=ids.new(),
            workspace_id=actor.workspace_id,
            kind=Kind(new.kind).value,
            sharing=Sharing(new.sharing).value,
            created_at=clock.now(),
            **_cleaned(actor.workspace_id, {field: getattr(new, field) for field in _PLAIN}),
            zone=zone,
        )
        resource.save(force_insert=True)
        _add_units(resource, new.units)
        after = _facts(resource) | {"units": new.units}
        _write(actor, Entry("added", "resource", resource.id, after=after), changed=_line(resource))
    return resource


def change_resource(
    actor: Actor, resource_id: UUID, changes: dict[str, Any], *, units: int | None = None, version: int | None = None
) -> Resource:
    """Change the named fields, and how many units of its own it has. Raises NotAllowed, NotFound, Invalid."""
    actor.require(Permission.MANAGE_RESOURCES)
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown:
        raise Invalid(unknown[0], f"A resource has no “{unknown[0]}” to change.")
    with in_workspace(actor.workspace_id):
        resource = _locked(actor.workspace_id, resource_id)
        if version is not None and version != resource.version:
            raise Invalid("version", "Somebody changed it meanwhile. Look again.", code="changed_meanwhile")
        before, line = _facts(resource), _line(resource)
        for field, value in _cleaned(actor.workspace_id, changes).items():
            setattr(resource, field, value)
        _refuse_cycle(resource)
        recounted = units is not None and _set_units(resource, units)
        if _facts(resource) == before and not recounted:
            return resource
        resource.version += 1
        resource.save(force_update=True)
        moved = recounted or before["parent_id"] != resource.parent_id or before["sharing"] != resource.sharing
        after = _facts(resource) | ({"units": units} if recounted else {})
        hung = [*line, *_line(resource)] if moved else []
        _write(actor, Entry("changed", "resource", resource.id, before, after), changed=hung)
    return resource


def retire_resource(actor: Actor, resource_id: UUID) -> Resource:
    """It cannot be booked by people any more; its history and what Outlook says about it stay."""
    return change_resource(actor, resource_id, {"active": False})


def resource(workspace_id: UUID, resource_id: UUID) -> Resource:
    """Needs `in_workspace`. Raises NotFound."""
    found = Resource.objects.filter(workspace_id=workspace_id, id=resource_id).first()
    if found is None:
        raise NotFound
    return found


def resources(workspace_id: UUID, *, only_active: bool = True) -> list[Resource]:
    """Needs `in_workspace`. In the order people see them."""
    found = Resource.objects.filter(workspace_id=workspace_id)
    return list((found.filter(active=True) if only_active else found).order_by("position", "name", "id"))


def add_location(actor: Actor, *, name: str, zone: str, parent_id: UUID | None = None, position: int = 0) -> Location:
    actor.require(Permission.MANAGE_RESOURCES)
    location = Location(
        id=ids.new(),
        workspace_id=actor.workspace_id,
        parent_id=parent_id,
        name=texts.name(name),
        zone=texts.zone(zone),
        position=position,
    )
    with in_workspace(actor.workspace_id):
        _refuse_unknown_location(actor.workspace_id, parent_id, field="parent_id")
        location.save(force_insert=True)
        after = {"name": location.name, "zone": location.zone, "parent_id": parent_id, "position": position}
        _write(actor, Entry("added", "location", location.id, after=after), changed=[])
    return location


def locations(workspace_id: UUID) -> list[Location]:
    """Needs `in_workspace`."""
    return list(Location.objects.filter(workspace_id=workspace_id).order_by("position", "name", "id"))


_PLAIN = ("name", "address", "seats", "location_id", "parent_id", "buffer_after_s", "live_look", "colour", "position")


def _cleaned(workspace_id: UUID, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes as the row keeps them."""
    cleaned = dict(changes)
    if "name" in cleaned:
        cleaned["name"] = texts.name(cleaned["name"])
    if cleaned.get("address"):
        cleaned["address"] = texts.address(cleaned["address"], field="address")
    if "zone" in cleaned:
        cleaned["zone"] = texts.zone(cleaned["zone"])
    for field, closed in (("kind", Kind), ("sharing", Sharing)):
        if field in cleaned:
            cleaned[field] = _member(closed, cleaned[field], field=field)
    if not 0 <= cleaned.get("buffer_after_s", 0) <= BUFFER_S_MAX:
        raise Invalid("buffer_after_s", "A buffer lasts from 0 seconds to a day.")
    if "seats" in cleaned and cleaned["seats"] is not None and cleaned["seats"] < 0:
        raise Invalid("seats", "Seats cannot be less than none.")
    if "location_id" in cleaned:
        _refuse_unknown_location(workspace_id, cleaned["location_id"], field="location_id")
    parent_id = cleaned.get("parent_id")
    if parent_id is not None and not Resource.objects.filter(workspace_id=workspace_id, id=parent_id).exists():
        raise Invalid("parent_id", "There is no such resource here.")
    return cleaned


def _member(closed: type[Kind] | type[Sharing], value: Any, *, field: str) -> str:
    try:
        return closed(value).value
    except ValueError as problem:
        raise Invalid(field, f"“{value}” is none of: {', '.join(closed)}.") from problem


def _refuse_unknown_location(workspace_id: UUID, location_id: UUID | None, *, field: str) -> None:
    if location_id is not None and not Location.objects.filter(workspace_id=workspace_id, id=location_id).exists():
        raise Invalid(field, "There is no such location here.")


def _zone_of(workspace_id: UUID, location_id: UUID | None) -> str:
    """The location's zone, else the workspace's."""
    location = Location.objects.filter(workspace_id=workspace_id, id=location_id).first() if location_id else None
    if location is not None:
        return location.zone
    with connection.cursor() as cursor:
        cursor.execute("SELECT zone FROM directory_workspace WHERE id = %s", [workspace_id])
        row = cursor.fetchone()
    return row[0] if row else "UTC"


def _check_units(units: int) -> None:
    if not 0 <= units <= UNITS_MAX:
        raise Invalid("units", f"A resource has 0 to {UNITS_MAX} units of its own.")


def _add_units(resource: Resource, count: int) -> None:
    Unit.objects.bulk_create(Unit(workspace_id=resource.workspace_id, resource_id=resource.id) for _ in range(count))


def _set_units(resource: Resource, units: int) -> bool:
    """Make it `units` of its own; a unit that goes keeps the slots it has. Answers whether anything changed."""
    _check_units(units)
    own = Unit.objects.select_for_update(no_key=True).filter(
        workspace_id=resource.workspace_id, resource_id=resource.id
    )
    rows = list(own.order_by("id"))
    active = [unit for unit in rows if unit.active]
    if len(active) == units:
        return False
    if len(active) > units:
        Unit.objects.filter(workspace_id=resource.workspace_id, id__in=[unit.id for unit in active[units:]]).update(
            active=False
        )
        return True
    resting = [unit.id for unit in rows if not unit.active][: units - len(active)]
    Unit.objects.filter(workspace_id=resource.workspace_id, id__in=resting).update(active=True)
    _add_units(resource, units - len(active) - len(resting))
    return True


def _locked(workspace_id: UUID, resource_id: UUID) -> Resource:
    found = Resource.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, id=resource_id).first()
    if found is None:
        raise NotFound
    return found


def _line(resource: Resource) -> list[UUID]:
    """The resource and everything above it: whose units change with it."""
    line = [resource.id]
    above = resource.parent_id
    while above is not None and len(line) <= TREE_DEPTH_MAX:
        line.append(above)
        above = Resource.objects.filter(workspace_id=resource.workspace_id, id=above).values_list(
            "parent_id", flat=True
        )[0]
    return line


def _refuse_cycle(resource: Resource) -> None:
    line = _line(resource)
    if resource.id in line[1:]:
        raise Invalid("parent_id", "A resource cannot be inside itself.")
    if len(line) > TREE_DEPTH_MAX:
        raise Invalid("parent_id", f"Resources can be nested {TREE_DEPTH_MAX} deep at most.")


def _facts(resource: Resource) -> dict[str, Any]:
    return {field: getattr(resource, field) for field in sorted(CHANGEABLE)}


def _write(actor: Actor, entry: Entry, *, changed: Sequence[UUID]) -> None:
    if changed:
        for function in _rehangers:
            function(actor, list(dict.fromkeys(changed)))
    write(actor.workspace_id, actor.by, [entry], at=clock.now())
