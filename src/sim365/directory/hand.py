"""An administrator's hand on the directory, from outside any request: `simulator.directory`.

simulator.directory.delete("ada@fjord.example")
simulator.directory.restore("ada@fjord.example")
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sim365.directory import lifecycle
from sim365.errors import SimulatorError
from sim365.state import Mailbox, Tenant
from sim365.state.world import World


class Office(Protocol):
    """What the hand needs of the simulator."""

    @property
    def lock(self) -> Any:
        """The simulator's lock."""
        ...

    @property
    def world(self) -> World:
        """The state."""
        ...


@dataclass(frozen=True, slots=True)
class DirectoryHand:
    """People are named by address, user principal name or object id."""

    office: Office

    def delete(self, name: str) -> str:
        """Delete a user, who can be restored for thirty days; answers the object id."""
        with self.office.lock:
            tenant, mailbox = self._find(name)
            lifecycle.delete_user(self.office.world, tenant, mailbox)
            return mailbox.oid

    def restore(self, name: str) -> None:
        """Bring a deleted user back."""
        with self.office.lock:
            for tenant in self.office.world.company.tenants:
                for mailbox in lifecycle.deleted_users(self.office.world, tenant):
                    if name.lower() in mailbox.names():
                        lifecycle.restore_user(self.office.world, tenant, mailbox.oid)
                        return
        message = f"nobody who was deleted in the last {lifecycle.RETENTION.days} days is called {name}"
        raise SimulatorError(message)

    def take_licence(self, name: str) -> None:
        """Take the licence, and with it the mailbox."""
        with self.office.lock:
            lifecycle.take_licence(self.office.world, self._find(name)[1])

    def give_licence(self, name: str) -> None:
        """Give a licence, and with it the mailbox, if need be a new one."""
        with self.office.lock:
            lifecycle.give_licence(self.office.world, self._find(name)[1])

    def move_on_premises(self, name: str) -> None:
        """Move the mailbox onto the organisation's own servers."""
        with self.office.lock:
            lifecycle.move_on_premises(self._find(name)[1])

    def move_online(self, name: str) -> None:
        """Move the mailbox back into the cloud; every id in it is a new one."""
        with self.office.lock:
            lifecycle.move_online(self.office.world, self._find(name)[1])

    def _find(self, name: str) -> tuple[Tenant, Mailbox]:
        for tenant in self.office.world.company.tenants:
            if (mailbox := tenant.find(name)) is not None:
                return tenant, mailbox
        message = f"nobody here is called {name}"
        raise SimulatorError(message)
