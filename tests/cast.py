"""The cast of all tests: one company, a few people, a few rooms. A test that needs more asks for more by name.

ada, the admin · ben, a member · chidi, the manager · dora, the auditor
Aquarium, Boathouse, Crow's Nest (rooms) · Heron (a van) · Desks (a pool of three)
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from holdfast.bookings.orders import Make
from holdfast.bookings.outcomes import Done
from holdfast.bookings.record import Record
from holdfast.bookings.verbs import apply
from holdfast.directory import people, resources, roles, workspaces
from holdfast.directory.kinds import Kind, Sharing
from holdfast.directory.models import Person, Resource, Workspace
from holdfast.directory.resources import NewResource
from holdfast.directory.roles import Actor, Role
from holdfast.timetable.when import When

TUESDAY = datetime(2026, 3, 3)
"""A Tuesday in winter; clocks in Berlin go forward on Sunday, 29 March 2026."""


def at(hour: float, *, hours: float = 1, day: int = 0, zone: str = "Europe/Berlin") -> When:
    """An hour of TUESDAY (or `day` days later), for so many hours."""
    start = TUESDAY + timedelta(days=day, hours=hour)
    return When(start, start + timedelta(hours=hours), zone, all_day=False)


def all_day(*, day: int = 0, days: int = 1, zone: str = "Europe/Berlin") -> When:
    start = TUESDAY + timedelta(days=day)
    return When(start, start + timedelta(days=days), zone, all_day=True)


@dataclass
class Cast:
    """One company."""

    workspace: Workspace
    people: dict[str, Person] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)

    @property
    def workspace_id(self) -> UUID:
        return self.workspace.id

    @property
    def system(self) -> Actor:
        return roles.system(self.workspace.id)

    @property
    def outlook(self) -> Actor:
        return roles.outlook(self.workspace.id)

    @property
    def ada(self) -> Actor:
        return self.actor("Ada")

    @property
    def ben(self) -> Actor:
        return self.actor("Ben")

    def actor(self, name: str) -> Actor:
        person = self.people[name]
        return roles.person(self.workspace.id, person_id=person.id, name=person.name, role=Role(person.role))

    def resource(self, name: str) -> UUID:
        return self.resources[name].id

    def add(self, name: str, kind: Kind = Kind.ROOM, *, parent: str = "", **more: object) -> Resource:
        """One more resource, known by its name."""
        parent_id = self.resource(parent) if parent else None
        new = NewResource(name=name, kind=kind, zone="Europe/Berlin", parent_id=parent_id, **more)  # type: ignore[arg-type]
        self.resources[name] = resources.add_resource(self.system, new)
        return self.resources[name]

    def make(self, resource: str, when: When, **more: object) -> Make:
        """An order for a booking."""
        return Make(resource_id=self.resource(resource), when=when, **more)  # type: ignore[arg-type]

    def book(self, resource: str, when: When, *, by: Actor | None = None, **more: object) -> Record:
        """A booking that must succeed; Ben's unless said otherwise."""
        (outcome,) = apply(by or self.ben, [self.make(resource, when, **more)])
        assert isinstance(outcome, Done), outcome
        return outcome.booking


def company(name: str = "Harbour Works") -> Cast:
    """A workspace with its people and without resources."""
    cast = Cast(workspaces.open_workspace(name, zone="Europe/Berlin"))
    for person, role in (("Ada", Role.ADMIN), ("Ben", Role.MEMBER), ("Chidi", Role.MANAGER), ("Dora", Role.AUDITOR)):
        email = f"{person.lower()}@example.org"
        cast.people[person] = people.add_person(cast.system, name=person, email=email, role=role)
    return cast


def furnished(name: str = "Harbour Works") -> Cast:
    """The company with its rooms, its van and its pool of three desks."""
    cast = company(name)
    for room in ("Aquarium", "Boathouse", "Crow's Nest"):
        cast.add(room, address=f"{room.lower().replace(' ', '-').replace(chr(39), '')}@example.org", seats=8)
    cast.add("Heron", Kind.VEHICLE)
    cast.add("Desks", Kind.DESK, sharing=Sharing.COUNTED, units=3)
    return cast
