"""Which mailboxes an application may reach by itself, as Exchange's administrators set it (FACTS 1.10).

Pure data; `sim365.http.reach` decides. Every rule takes effect, and ends, some time after it was set.
"""

import enum
from dataclasses import dataclass
from datetime import datetime


class AccessRight(enum.StrEnum):
    """`New-ApplicationAccessPolicy -AccessRight`."""

    RESTRICT = "RestrictAccess"
    DENY = "DenyAccess"


@dataclass(slots=True)
class MailboxScope:
    """A set of mailboxes: those named, the direct members of a group, those of a kind; None is not looked at."""

    mailboxes: frozenset[str] | None = None
    """Object ids."""
    group: str | None = None
    """A group's address; its members as they are when asked, without nested groups."""
    purposes: frozenset[str] | None = None
    """`RecipientTypeDetails` as user purposes, such as room."""


@dataclass(slots=True)
class AccessPolicy:
    """An application access policy."""

    identity: str
    app_id: str
    right: AccessRight
    scope: MailboxScope
    since: datetime
    """When Graph begins to act on it."""
    until: datetime | None = None
    """When Graph stops acting on it, after its removal."""
    description: str = ""


@dataclass(slots=True)
class RoleAssignment:
    """A role of RBAC for Applications, such as Calendars.ReadWrite, for the mailboxes of a scope; None is all."""

    name: str
    app_id: str
    role: str
    scope: MailboxScope | None
    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class ServicePrincipal:
    """Exchange's own record of an application, which role assignments name."""

    app_id: str
    oid: str
    name: str


@dataclass(slots=True)
class ManagementScope:
    """A named set of mailboxes for role assignments, with the filter as it was written."""

    name: str
    filter: str
    scope: MailboxScope
