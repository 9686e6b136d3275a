"""The sample company, set up by the same verbs that a person would use.

Decides what `holdfast demo` makes on its first start: a workspace, people who may sign in, a resource for each room,
desk and vehicle that sim365 knows, one connection, a mapping for each resource. It is safe to repeat: what is there
already is left alone, so an interrupted first start is finished by the second.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from holdfast.database.transactions import in_workspace
from holdfast.directory import people, roles
from holdfast.directory.kinds import Kind
from holdfast.directory.models import Account, Resource, Workspace
from holdfast.directory.resources import NewResource, add_resource
from holdfast.directory.roles import Actor, Role
from holdfast.directory.workspaces import open_workspace, workspaces
from holdfast.graph import places, users
from holdfast.graph.client import Line
from holdfast.mirror import connections, mappings
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.engine import Engine
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.models import Mapping, MappingState

ZONE = "Europe/Oslo"
VISITORS = (
    ("ada", "Ada Lindqvist", Role.ADMIN),
    ("dora", "Dora Papadaki", Role.MANAGER),
    ("chidi", "Chidi Eze", Role.MEMBER),
)
_VEHICLES = ("heron",)


@dataclass(frozen=True, slots=True)
class Found:
    """Something of the company that can be booked."""

    name: str
    address: str
    kind: Kind
    seats: int | None


def set_up(
    board: dict[str, Any], *, engine: Engine, password: str, say: Callable[[str], None], starting: bool = True
) -> Workspace:
    """Make what is missing. `board` is what sim365 says about itself; without `starting` mappings are only planned."""
    tenant, app = board["tenants"][0], board["tenants"][0]["apps"][0]
    workspace = next(iter(workspaces()), None) or open_workspace(tenant["name"], zone=ZONE)
    actor = roles.system(workspace.id, name="Demonstration")
    _let_in(actor, password=password, domain=_domain(tenant))
    connection = _connected(actor, board, tenant, app, engine=engine, say=say)
    line = engine.graph(connections.facts_of(workspace.id, connection)).directory()
    found = list(_bookable(line))
    planned = [_planned(actor, thing, connection_id=connection, engine=engine) for thing in found]
    made = [mapping for mapping in planned if mapping is not None]
    if starting:
        for mapping in made:
            mappings.start(actor, mapping.id)
    if made:
        goes_on = "the first sync runs" if starting else "nothing flows yet"
        say(f"Tied {len(made)} rooms, desks and vehicles to their calendars; {goes_on}")
    return workspace


def _domain(tenant: dict[str, Any]) -> str:
    return str(tenant.get("domain") or "fjord.example")


def _let_in(actor: Actor, *, password: str, domain: str) -> None:
    for name, called, role in VISITORS:
        email = f"{name}@{domain}"
        if Account.objects.filter(email=email).exists():
            continue
        added = people.add_person(actor, name=called, email=email, role=role)
        people.admit(actor, added.id, account=people.make_account(email, password=password))


def _connected(
    actor: Actor,
    board: dict[str, Any],
    tenant: dict[str, Any],
    app: dict[str, Any],
    *,
    engine: Engine,
    say: Callable[[str], None],
) -> Any:
    known = connections.connections(actor.workspace_id)
    if known:
        return known[0].id
    say("Connecting to the simulated Microsoft 365")
    new = NewConnection(
        tenant=tenant["id"],
        app_id=app["client_id"],
        secret=app["client_secret"],
        name=f"{tenant['name']} (simulated)",
        root_url=board["graph_root"],
        authority_url=tenant["authority"].rsplit("/", 1)[0],
    )
    return connections.connect(actor, new, engine=engine).id


def _bookable(line: Line) -> Iterator[Found]:
    for place in places.rooms(line):
        if place.email_address and place.display_name:
            yield Found(place.display_name, place.email_address, Kind.ROOM, place.capacity)
    for place in places.workspaces(line):
        if place.email_address and place.display_name:
            yield Found(place.display_name, place.email_address, Kind.DESK, place.capacity)
    # Equipment never shows among places: it is known by its address (FACTS, places).
    for page in users.listed(line):
        for user in page.items:
            if user.mail and user.mail.partition("@")[0].lower() in _VEHICLES:
                yield Found(str(user.display_name), user.mail, Kind.VEHICLE, None)


def _planned(actor: Actor, thing: Found, *, connection_id: Any, engine: Engine) -> Mapping | None:
    """The mapping of a thing, planned; None where it is tied and synced already."""
    resource = _resource(actor, thing)
    with in_workspace(actor.workspace_id):
        ended = MappingState.ENDED
        is_mapped = (
            Mapping.objects.filter(resource_id=resource.id, synced_at__isnull=False).exclude(state=ended).exists()
        )
    if is_mapped:
        return None
    new = NewMapping(resource_id=resource.id, connection_id=connection_id, address=thing.address)
    return mappings.plan_mapping(actor, new, engine=engine).mapping


def _resource(actor: Actor, thing: Found) -> Resource:
    with in_workspace(actor.workspace_id):
        known = Resource.objects.filter(workspace_id=actor.workspace_id, address=thing.address).first()
    return known or add_resource(
        actor, NewResource(name=thing.name, kind=thing.kind, address=thing.address, seats=thing.seats, zone=ZONE)
    )
