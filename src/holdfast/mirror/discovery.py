"""Finding rooms, workspaces and equipment at Microsoft, and which of our resources they are.

This module decides how a mailbox is matched with a resource: by address, else by name where that is unambiguous. What
could not be asked is said beside what was found, never taken for "there is none" (FACTS 2.1: a tenant without Places).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from holdfast.database.transactions import in_workspace
from holdfast.directory.models import Resource
from holdfast.directory.resources import resources
from holdfast.directory.roles import Actor, Permission
from holdfast.graph import mailboxes, places, users
from holdfast.graph.client import Graph
from holdfast.graph.errors import GraphError
from holdfast.graph.wire import MailboxSettings, Place, User
from holdfast.mirror import connections
from holdfast.mirror.engine import Engine

USERS_MAX = 2000
"""Users whose mailbox is asked for its purpose: one request each, twenty to a batch."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mailbox that can be mapped. `purpose`: room, workspace, equipment, shared."""

    address: str
    name: str
    purpose: str
    capacity: int | None = None
    building: str = ""
    resource_id: UUID | None = None
    matched_by: str = ""


@dataclass(slots=True)
class Found:
    candidates: list[Candidate] = field(default_factory=list[Candidate])
    problems: list[str] = field(default_factory=list[str])


def discover(actor: Actor, connection_id: UUID, *, engine: Engine) -> Found:
    """Everything that looks like a resource. New rooms appear within two days; an address by hand always works."""
    actor.require(Permission.MANAGE_SYNC)
    graph = engine.graph(connections.facts_of(actor.workspace_id, connection_id))
    with in_workspace(actor.workspace_id):
        known = resources(actor.workspace_id)
    found = Found()
    line = graph.directory()
    for purpose, ask in (("room", places.rooms), ("workspace", places.workspaces)):
        for place in _tried(found, purpose, lambda ask=ask: ask(line)):
            if place.email_address:
                found.candidates.append(_of_place(place, purpose, known))
    _find_equipment(graph, known, found)
    return found


def _tried(found: Found, what: str, ask: Callable[[], list[Place]]) -> list[Place]:
    try:
        return ask()
    except GraphError as error:
        found.problems.append(f"Microsoft did not list the {what}s: {connections.in_words(error)}")
        return []


def _find_equipment(graph: Graph, known: Sequence[Resource], found: Found) -> None:
    listed = {candidate.address.casefold() for candidate in found.candidates}
    try:
        unknown = [user for user in _users(graph) if user.mail and user.mail.casefold() not in listed]
    except GraphError as error:
        found.problems.append(f"Microsoft did not list the users, so equipment was not looked for: {error.what}")
        return
    for user, settings in zip(unknown, _purposes(graph, unknown), strict=True):
        if isinstance(settings, GraphError):
            continue
        purpose = (settings.user_purpose or "").casefold()
        if purpose in ("room", "equipment"):
            found.candidates.append(_of_user(user, purpose, known))


def _users(graph: Graph) -> list[User]:
    found: list[User] = []
    for page in users.listed(graph.directory()):
        found.extend(page.items)
        if len(found) >= USERS_MAX:
            break
    return found[:USERS_MAX]


def _purposes(graph: Graph, found: Sequence[User]) -> list[MailboxSettings | GraphError]:
    asked = mailboxes.settings_of(graph.directory(), [user.id for user in found])
    return [asked[user.id] for user in found]


def _of_place(place: Place, purpose: str, known: Sequence[Resource]) -> Candidate:
    address, name = place.email_address or "", place.display_name or place.email_address or ""
    resource, by = _match(address, name, known)
    return Candidate(address, name, purpose, place.capacity, place.building or "", resource, by)


def _of_user(user: User, purpose: str, known: Sequence[Resource]) -> Candidate:
    address, name = user.mail or "", user.display_name or user.mail or ""
    resource, by = _match(address, name, known)
    return Candidate(address, name, purpose, resource_id=resource, matched_by=by)


def _match(address: str, name: str, known: Sequence[Resource]) -> tuple[UUID | None, str]:
    for resource in known:
        if resource.address and resource.address.casefold() == address.casefold():
            return resource.id, "address"
    named = [resource for resource in known if resource.name.casefold() == name.casefold()]
    return (named[0].id, "name") if len(named) == 1 else (None, "")
