"""A company as Microsoft holds it: one or more tenants, each with its apps, people, rooms and room lists.

A `Company` is what a simulator starts with. Loaders build it; after that only the simulator changes it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sim365.state.app_access import AccessPolicy, ManagementScope, RoleAssignment, ServicePrincipal
from sim365.state.events import Event, Party
from sim365.state.mailboxes import Mailbox, Place
from sim365.state.sign_ins import Account, ConsentRequest, SignInPolicy, SignIns
from sim365.state.spaces import Space

EVERYBODY = "*"
"""Stands in `AppRegistration.consents` for what an administrator consented to for all people."""


@dataclass(slots=True)
class AppSecret:
    """A client secret of an app registration; expired from `expires` on."""

    value: str
    expires: datetime | None = None


@dataclass(slots=True)
class AppRegistration:
    """An application as one tenant sees it: its credentials and the permissions consented to there (FACTS 1.9)."""

    app_id: str
    display_name: str
    permissions: set[str] = field(default_factory=set[str])
    """Application permissions that an administrator has consented to: the `roles` of its tokens."""
    requested: set[str] = field(default_factory=set[str])
    """Application permissions that the registration asks for; consent moves them to `permissions`."""
    secrets: list[AppSecret] = field(default_factory=list[AppSecret])
    certificates: list[str] = field(default_factory=list[str])
    """Public certificates in PEM form."""
    redirect_uris: list[str] = field(default_factory=list[str])
    oid: str = ""
    """Object id of the service principal: the `oid` claim of its tokens and the `creatorId` of its subscriptions."""
    enabled: bool = True
    allowed_mailboxes: set[str] | None = None
    """Object ids that the app may reach, at once and without a policy's delay; None is everywhere (FACTS 1.10)."""
    delegated: set[str] = field(default_factory=set[str])
    """Delegated permissions that the registration asks for."""
    consents: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Delegated permissions consented to, by the person's object id or EVERYBODY."""
    delays: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """Application permissions that reach tokens only from an instant on (FACTS 1.6)."""
    spa_redirect_uris: list[str] = field(default_factory=list[str])
    """Redirect URIs of the single-page kind: PKCE is required and refresh tokens live a day."""
    allows_public: bool = False
    """It may sign in without a credential, and by device code."""
    multi_tenant: bool = False
    """Accounts of other organisations may use it."""
    takes_personal: bool = False
    home_tenant: str = ""
    """The tenant of the registration, where this is its service principal in another one."""
    assignment_required: bool = False
    assigned: set[str] = field(default_factory=set[str])
    """Object ids of the people assigned to it."""
    is_risky: bool = False
    """Microsoft finds the app risky: people cannot consent to it themselves."""
    locks_properties: bool = False
    """The app instance property lock: credentials cannot be added to its service principals in other tenants."""
    trusted_subjects: list[str] = field(default_factory=list[str])
    """Subject names whose certificates are trusted by name, for assertions that bring their certificate along."""

    def consented(self, oid: str) -> set[str]:
        """The delegated permissions that this person's tokens carry."""
        return self.consents.get(EVERYBODY, set()) | self.consents.get(oid, set())


@dataclass(slots=True)
class RoomList:
    """A distribution group of the RoomList type; addressed by e-mail (FACTS 2.1)."""

    address: str
    display_name: str
    oid: str
    members: list[str] = field(default_factory=list[str])
    """Addresses of its rooms and workspaces."""
    place: Place = field(default_factory=Place)
    """Its address, telephone and the like."""


@dataclass(slots=True)
class DistributionGroup:
    """A group that mail can be sent to, room lists aside; a security group where policies may name it."""

    address: str
    display_name: str
    oid: str
    members: list[str] = field(default_factory=list[str])
    """Addresses of people, resources and other groups."""
    is_security: bool = False


@dataclass(slots=True)
class Tenant:
    """One Microsoft directory."""

    tenant_id: str
    name: str
    domains: list[str] = field(default_factory=list[str])
    apps: dict[str, AppRegistration] = field(default_factory=dict[str, AppRegistration])
    mailboxes: dict[str, Mailbox] = field(default_factory=dict[str, Mailbox])
    """By object id, in the order in which the directory lists them."""
    room_lists: dict[str, RoomList] = field(default_factory=dict[str, RoomList])
    """By address in lower case."""
    groups: dict[str, DistributionGroup] = field(default_factory=dict[str, DistributionGroup])
    """Mail groups besides the room lists, by address in lower case."""
    deleted_users: dict[str, Mailbox] = field(default_factory=dict[str, Mailbox])
    """Users that can still be restored, by object id."""
    spaces: dict[str, Space] = field(default_factory=dict[str, Space])
    """Buildings, floors, sections and desks, by id."""
    has_places: bool = True
    """The store of places was set up; without it every listing is an error (FACTS 2.1)."""
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Every name of every mailbox, in lower case, to its object id."""
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    """By object id; who is not here has an account with all defaults."""
    invited_guests: set[str] = field(default_factory=set[str])
    """Object ids of other tenants' people who have not accepted their invitation."""
    sign_in_policies: dict[str, SignInPolicy] = field(default_factory=dict[str, SignInPolicy])
    missing_services: set[str] = field(default_factory=set[str])
    """Resources that this organisation has not subscribed to."""
    has_consent_workflow: bool = False
    consent_requests: list[ConsentRequest] = field(default_factory=list[ConsentRequest])
    access_policies: dict[str, AccessPolicy] = field(default_factory=dict[str, AccessPolicy])
    role_assignments: dict[str, RoleAssignment] = field(default_factory=dict[str, RoleAssignment])
    service_principals: dict[str, ServicePrincipal] = field(default_factory=dict[str, ServicePrincipal])
    """Exchange's records of applications, by object id."""
    management_scopes: dict[str, ManagementScope] = field(default_factory=dict[str, ManagementScope])
    """By name in lower case."""

    def add_app(self, app: AppRegistration) -> AppRegistration:
        """Register an application in this tenant."""
        self.apps[app.app_id] = app
        return app

    def add_mailbox(self, mailbox: Mailbox) -> Mailbox:
        """Add a person, room, equipment or shared mailbox; its names must be free."""
        for name in mailbox.names():
            if name in self.names:
                message = f"two mailboxes of tenant {self.name} are called {name}"
                raise ValueError(message)
        mailbox.tenant_id = self.tenant_id
        self.mailboxes[mailbox.oid] = mailbox
        self.names.update(dict.fromkeys(mailbox.names(), mailbox.oid))
        return mailbox

    def rename(self, mailbox: Mailbox, address: str) -> None:
        """Give a mailbox another address and user principal name; the old address stays behind as an alias."""
        for name in mailbox.names():
            del self.names[name]
        left = dict.fromkeys((*mailbox.aliases, mailbox.address))
        mailbox.aliases = tuple(alias for alias in left if alias.lower() != address.lower())
        mailbox.address = mailbox.upn = address
        if mailbox.place is not None:
            mailbox.place.generation += 1
        self.names.update(dict.fromkeys(mailbox.names(), mailbox.oid))

    def take_out(self, mailbox: Mailbox) -> None:
        """Out of the directory; the names are free again."""
        for name in mailbox.names():
            self.names.pop(name, None)
        self.mailboxes.pop(mailbox.oid, None)

    def add_room_list(self, room_list: RoomList) -> RoomList:
        """Add a room list; its members are named by address."""
        self.room_lists[room_list.address.lower()] = room_list
        return room_list

    def find(self, name: str) -> Mailbox | None:
        """The mailbox with this object id, UPN or address."""
        oid = self.names.get(name.lower())
        return None if oid is None else self.mailboxes.get(oid)


@dataclass(slots=True)
class OutsideMeeting:
    """A meeting whose organiser is in another organisation, as it stands there."""

    organizer: Party
    event: Event


@dataclass(slots=True)
class Company:
    """Everything a simulator starts with."""

    tenants: list[Tenant] = field(default_factory=list[Tenant])
    sign_ins: SignIns = field(default_factory=SignIns)
    outside: dict[str, OutsideMeeting] = field(default_factory=dict[str, OutsideMeeting])
    """Meetings organised outside to which somebody here was invited, by iCalUId."""
