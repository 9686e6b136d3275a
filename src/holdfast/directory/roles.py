"""Who may do what. Decides permissions by role and by scope; must not read the database.

A door (web, API, CLI, worker) builds an `Actor` once; every verb asks it with `require`. Nothing else compares roles.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from holdfast.directory.errors import NotAllowed
from holdfast.journal.writing import By


class Permission(StrEnum):
    VIEW = "view"
    VIEW_PRIVATE = "view_private"
    BOOK = "book"
    BOOK_FOR_OTHERS = "book_for_others"
    MANAGE_RESOURCES = "manage_resources"
    MANAGE_SYNC = "manage_sync"
    RESOLVE_CONFLICTS = "resolve_conflicts"
    EXPORT = "export"
    AUDIT = "audit"
    ADMINISTER = "administer"


class Role(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    MEMBER = "member"
    AUDITOR = "auditor"


class ActorKind(StrEnum):
    PERSON = "person"
    TOKEN = "token"  # noqa: S105  a kind of actor, not a secret
    OUTLOOK = "outlook"
    SYSTEM = "system"


ALL = frozenset(Permission)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: ALL,
    Role.MANAGER: frozenset(
        {
            Permission.VIEW,
            Permission.VIEW_PRIVATE,
            Permission.BOOK,
            Permission.BOOK_FOR_OTHERS,
            Permission.MANAGE_RESOURCES,
            Permission.RESOLVE_CONFLICTS,
            Permission.EXPORT,
        }
    ),
    Role.MEMBER: frozenset({Permission.VIEW, Permission.BOOK}),
    # An auditor reads what happened and changes nothing; private contents stay private to an auditor too.
    Role.AUDITOR: frozenset({Permission.VIEW, Permission.EXPORT, Permission.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which workspace, with what rights. A token acts for the person it names."""

    workspace_id: UUID
    kind: ActorKind
    name: str
    permissions: frozenset[Permission]
    person_id: UUID | None = None
    identity: UUID | None = None  # the token's id, or the mapping's for Outlook

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotAllowed."""
        if permission not in self.permissions:
            raise NotAllowed(permission.value, self.name)

    @property
    def by(self) -> By:
        """How the journal writes this actor down."""
        acts_for = self.person_id if self.kind is not ActorKind.PERSON else None
        return By(self.kind.value, self.identity, acts_for, self.name)

    @property
    def is_outlook(self) -> bool:
        return self.kind is ActorKind.OUTLOOK


def person(workspace_id: UUID, *, person_id: UUID, name: str, role: Role) -> Actor:
    return Actor(workspace_id, ActorKind.PERSON, name, PERMISSIONS[role], person_id=person_id, identity=person_id)


def outlook(workspace_id: UUID, *, mapping_id: UUID | None = None, name: str = "Outlook") -> Actor:
    """What arrives from a calendar. Its entries are facts: they are kept even where they clash."""
    return Actor(workspace_id, ActorKind.OUTLOOK, name, ALL, identity=mapping_id)


def system(workspace_id: UUID, *, name: str = "Holdfast") -> Actor:
    """A rule of this installation acting by itself (sweep, expiry, set-up)."""
    return Actor(workspace_id, ActorKind.SYSTEM, name, ALL)
