"""A company as Microsoft holds it: one or more tenants, each with its apps, people, rooms and room lists.

A `Company` is what a simulator starts with. Loaders build it; after that only the simulator changes it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sim365.state.mailboxes import Mailbox


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
    """Object ids that an application access policy lets the app reach; None is everywhere (FACTS 1.10)."""


@dataclass(slots=True)
class RoomList:
    """A distribution group of the RoomList type; addressed by e-mail (FACTS 2.1)."""

    address: str
    display_name: str
    oid: str
    members: list[str] = field(default_factory=list[str])
    """Addresses of its rooms and workspaces."""


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
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Every name of every mailbox, in lower case, to its object id."""

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
        """Give a mailbox another address and user principal name."""
        for name in mailbox.names():
            del self.names[name]
        mailbox.address = mailbox.upn = address
        self.names.update(dict.fromkeys(mailbox.names(), mailbox.oid))

    def add_room_list(self, room_list: RoomList) -> RoomList:
        """Add a room list; its members are named by address."""
        self.room_lists[room_list.address.lower()] = room_list
        return room_list

    def find(self, name: str) -> Mailbox | None:
        """The mailbox with this object id, UPN or address."""
        oid = self.names.get(name.lower())
        return None if oid is None else self.mailboxes.get(oid)


@dataclass(slots=True)
class Company:
    """Everything a simulator starts with."""

    tenants: list[Tenant] = field(default_factory=list[Tenant])
