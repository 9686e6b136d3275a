"""The directory as an administrator's session sees it: one tenant, and how it is searched by identity.

An identity may be an address, alias, name, display name, user principal name or object id (Exchange's documentation of
-Identity). Searches by display name walk through the tenant; they are an administrator's, not a client's.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sim365 import ids
from sim365.powershell.errors import PowerShellError, ambiguous, not_found, taken
from sim365.state import DistributionGroup, Mailbox, RoomList, Tenant
from sim365.state.world import World

Group = DistributionGroup | RoomList


@dataclass(frozen=True, slots=True)
class Office:
    """A connected session."""

    world: World
    tenant: Tenant

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.world.now()

    @property
    def server(self) -> str:
        """What error texts call the place that was searched."""
        return self.domain

    @property
    def domain(self) -> str:
        """The tenant's first domain."""
        return self.tenant.domains[0] if self.tenant.domains else f"{self.tenant.tenant_id}.onmicrosoft.example"

    def mailbox(self, identity: str) -> Mailbox:
        """The mailbox of this identity."""
        found = self.find_mailbox(identity)
        if found is None or not found.has_mailbox:
            raise not_found(identity, self.server)
        return found

    def find_mailbox(self, identity: str) -> Mailbox | None:
        """The mailbox or user of this identity, if there is one."""
        direct = self.tenant.find(identity)
        if direct is not None:
            return direct
        wanted = identity.strip().replace("\u2019", "'").lower()
        found = [box for box in self.tenant.mailboxes.values() if wanted in _short_names(box)]
        if len(found) > 1:
            raise ambiguous(identity)
        return found[0] if found else None

    def group(self, identity: str) -> Group:
        """The group or room list of this identity."""
        wanted = identity.strip().lower()
        groups: list[Group] = [*self.tenant.room_lists.values(), *self.tenant.groups.values()]
        for group in groups:
            if wanted in {group.address.lower(), group.oid.lower()}:
                return group
        found = [each for each in groups if wanted in {each.display_name.lower(), _alias(each.address)}]
        if len(found) > 1:
            raise ambiguous(identity)
        if not found:
            raise not_found(identity, self.server)
        return found[0]

    def address_of(self, identity: str) -> str:
        """The address of a person, resource or group."""
        found = self.find_mailbox(identity)
        return self.group(identity).address if found is None else found.address

    def free_address(self, text: str, *, wanted: str = "") -> str:
        """An address for something new: the one asked for, or one made of its name."""
        address = wanted if "@" in wanted else f"{_local(wanted or text)}@{self.domain}"
        if self.is_taken(address):
            raise taken(address)
        return address

    def is_taken(self, address: str) -> bool:
        """Whether somebody or something has this address."""
        name = address.lower()
        tenant = self.tenant
        return name in tenant.names or name in tenant.room_lists or name in tenant.groups

    def new_id(self, kind: str, name: str) -> str:
        """An object id: the same in every run of the same company."""
        return ids.guid(kind, self.tenant.tenant_id, name.lower(), self.world.next_serial())


def _short_names(mailbox: Mailbox) -> set[str]:
    return {mailbox.display_name.lower(), _alias(mailbox.address), *(_alias(name) for name in mailbox.aliases)}


def _alias(address: str) -> str:
    return address.partition("@")[0].lower()


def _local(text: str) -> str:
    local = re.sub(r"[^A-Za-z0-9._-]+", "", text)
    if not local:
        message = f"The name '{text}' gives no alias; say one with -Alias."
        raise PowerShellError(message, category="InvalidData")
    return local.lower()
