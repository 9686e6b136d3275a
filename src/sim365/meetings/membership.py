"""Who stands behind an address: groups and room lists become their members (FACTS 9, 2.1).

Expansion is bounded in depth and number; dynamic groups are not modelled, as policy lists do not take them.
"""

from collections.abc import Iterable

from sim365.state import Tenant
from sim365.state.world import World

DEPTH_MAX = 8
MEMBERS_MAX = 5000


def expanded(world: World, address: str) -> tuple[str, ...]:
    """The addresses that a mail to this address reaches: itself, or the members of the group it names."""
    members = members_of(world, address)
    return (address,) if members is None else members


def members_of(world: World, address: str) -> tuple[str, ...] | None:
    """The people and rooms in a group or room list, groups in it opened; None where the address is no group."""
    if _listed(world, address) is None:
        return None
    found: dict[str, str] = {}
    opened: set[str] = set()
    level = [address]
    for _ in range(DEPTH_MAX):
        below: list[str] = []
        for name in level:
            inside = _listed(world, name)
            if inside is None:
                found.setdefault(name.lower(), name)
            elif name.lower() not in opened:
                opened.add(name.lower())
                below.extend(inside)
        level = below
        if not level or len(found) > MEMBERS_MAX:
            break
    return tuple(found.values())[:MEMBERS_MAX]


def includes(world: World, listed: Iterable[str], names: set[str]) -> bool:
    """Whether one of these names is on a list of people and groups."""
    for entry in listed:
        if entry.lower() in names:
            return True
        members = members_of(world, entry)
        if members is not None and any(member.lower() in names for member in members):
            return True
    return False


def _listed(world: World, address: str) -> list[str] | None:
    for tenant in world.company.tenants:
        found = _in_tenant(tenant, address.lower())
        if found is not None:
            return found
    return None


def _in_tenant(tenant: Tenant, address: str) -> list[str] | None:
    room_list = tenant.room_lists.get(address)
    if room_list is not None:
        return room_list.members
    group = tenant.groups.get(address)
    return None if group is None else group.members
