"""Mailboxes of a special kind in a company file: shared ones and Bookings businesses (FACTS 10); and groups."""

from __future__ import annotations

from sim365.company.fields import Field, Section
from sim365.company.mailboxes import DeriveId, House
from sim365.state import DistributionGroup, Mailbox, UserPurpose

SHARED_SETTINGS = ("name", "address")
BOOKINGS_SETTINGS = ("name", "address")
GROUP_SETTINGS = ("name", "address", "members", "security")


def read_shared(section: Section, house: House, derive: DeriveId) -> Mailbox:
    """A shared mailbox: a user without a person."""
    return _mailbox(section, house, derive, UserPurpose.SHARED)


def read_bookings(section: Section, house: House, derive: DeriveId) -> Mailbox:
    """The scheduling mailbox of a Microsoft Bookings business: a directory user without a licence."""
    return _mailbox(section, house, derive, UserPurpose.OTHERS)


def add_group(item: Field, house: House, derive: DeriveId) -> None:
    """A group that mail can be sent to; its members are people, resources and groups that stand above it."""
    section = item.section(GROUP_SETTINGS)
    name = section.text("name", needed=True)
    address = house.address(section.text("address") or name)
    tenant = house.tenant
    if address in tenant.names or address in tenant.groups or address in tenant.room_lists:
        item.wrong(f"the address '{address}' is used twice; give one of them another 'address'.")
        return
    members = [found for member in section.items("members") if (found := _member(member, house)) is not None]
    is_security = section.flag("security", otherwise=False)
    tenant.groups[address] = DistributionGroup(
        address, name, derive("group", address), members, is_security=is_security
    )


def _member(place: Field, house: House) -> str | None:
    groups = {group.display_name.lower(): group.address for group in house.tenant.groups.values()}
    name = place.text().lower()
    if name in groups:
        return groups[name]
    found = house.find(place)
    return None if found is None else found.address


def _mailbox(section: Section, house: House, derive: DeriveId, purpose: UserPurpose) -> Mailbox:
    name = section.text("name", needed=True)
    address = house.address(section.text("address") or name)
    return Mailbox(
        oid=derive("mailbox", address),
        address=address,
        display_name=name,
        purpose=purpose,
        time_zone=house.time_zone,
        locale=house.language,
        account_enabled=False,
    )
