"""Reads a company file into the state that a simulator starts with.

Decides what a file may say and in which words; a problem never stops the reading, so that all are reported together.
Ids that the file does not give are derived from names, so that the same file makes the same company everywhere.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sim365.company.access import read_account, read_app, read_policy
from sim365.company.buildings import read_building, stand
from sim365.company.errors import CompanyFileError, Problem
from sim365.company.fields import Field, Section, read_document
from sim365.company.mailboxes import (
    DESK_SETTINGS,
    EQUIPMENT_SETTINGS,
    PERSON_SETTINGS,
    ROOM_SETTINGS,
    House,
    read_desk,
    read_equipment,
    read_person,
    read_room,
    read_sharing,
)
from sim365.company.planned import read_event
from sim365.company.plans import PlannedEvent
from sim365.company.special import BOOKINGS_SETTINGS, SHARED_SETTINGS, add_group, read_bookings, read_shared
from sim365.state import Company, Mailbox, RoomList, Tenant
from sim365.zones import is_zone

SECTIONS = (
    "company",
    "people",
    "buildings",
    "rooms",
    "room_lists",
    "desks",
    "equipment",
    "vehicles",
    "shared",
    "bookings",
    "groups",
    "apps",
    "sign_in_policies",
    "events",
)
COMPANY_SETTINGS = ("name", "domain", "tenant_id", "time_zone", "language")
ROOM_LIST_SETTINGS = ("name", "address", "members")

#: Ids are derived under this namespace: version 5 of RFC 9562, stable for ever.
NAMESPACE = uuid.UUID("0b9f9f0e-8e0f-5f5c-9c39-3650365036a5")


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """A company as described: its state, what stands in its calendars, and the zone its people write times in."""

    company: Company
    events: tuple[PlannedEvent, ...]
    time_zone: str


def derived_id(*parts: str) -> str:
    """The id that this thing has in every run: from its kind and its names."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts).lower()))


def read_company(text: str, *, name: str = "the company file") -> CompanyFile:
    """The company of a YAML text; CompanyFileError with every problem otherwise."""
    problems: list[Problem] = []
    root = read_document(text, problems)
    if root is None:
        raise CompanyFileError(name, problems)
    sections = root.section(SECTIONS)
    head = sections.need("company")
    if head is None:
        raise CompanyFileError(name, problems)
    house = _house(head.section(COMPANY_SETTINGS))
    tenant = house.tenant
    _read_mailboxes(sections, house)
    for item in sections.items("room_lists"):
        _add_room_list(item, house)
    for item in sections.items("groups"):
        add_group(item, house, derived_id)
    for item in sections.items("apps"):
        read_app(item, house, derived_id)
    for item in sections.items("sign_in_policies"):
        read_policy(item, house, derived_id)
    events = tuple(plan for item in sections.items("events") if (plan := read_event(item, house)) is not None)
    if problems:
        raise CompanyFileError(name, problems)
    return CompanyFile(Company(tenants=[tenant]), events, house.time_zone)


def _house(head: Section) -> House:
    domain = head.text("domain", needed=True).lower()
    zone_field = head.get("time_zone")
    zone = "UTC" if zone_field is None else zone_field.text()
    if zone_field is not None and zone and not is_zone(zone):
        zone_field.wrong(f"'{zone}' is no time zone. Write an IANA name such as Europe/Oslo, or a Windows name.")
    domain_field = head.get("domain")
    if domain_field is not None and domain and ("." not in domain or "@" in domain or " " in domain):
        domain_field.wrong(f"'{domain}' is not a domain such as fjord.example.")
    tenant_id = _uuid_or_derived(head, "tenant_id", "tenant", domain)
    tenant = Tenant(tenant_id=tenant_id, name=head.text("name", needed=True), domains=[domain])
    return House(tenant=tenant, domain=domain, time_zone=zone, language=head.text("language") or "en-GB")


def _read_mailboxes(sections: Section, house: House) -> None:
    kinds = (
        ("people", PERSON_SETTINGS, read_person),
        ("rooms", ROOM_SETTINGS, read_room),
        ("desks", DESK_SETTINGS, read_desk),
        ("equipment", EQUIPMENT_SETTINGS, read_equipment),
        ("vehicles", EQUIPMENT_SETTINGS, read_equipment),
        ("shared", SHARED_SETTINGS, read_shared),
        ("bookings", BOOKINGS_SETTINGS, read_bookings),
    )
    for kind, settings, read in kinds:
        for item in sections.items(kind):
            section = item.section(settings)
            mailbox = read(section, house, derived_id)
            read_sharing(section, mailbox)
            standing = section.get("in")
            if standing is not None and mailbox.place is not None:
                mailbox.place.parent_id = stand(standing, house)
            if kind == "people":
                read_account(section, mailbox, house)
            _add_mailbox(item, mailbox, house)
        if kind == "people":
            for item in sections.items("buildings"):
                read_building(item, house, derived_id)


def _add_mailbox(item: Field, mailbox: Mailbox, house: House) -> None:
    if not mailbox.display_name:
        return
    try:
        house.tenant.add_mailbox(mailbox)
    except ValueError:
        item.wrong(f"the address '{mailbox.address}' is used twice; give one of them another 'address'.")
        return
    house.remember(mailbox)


def _add_room_list(item: Field, house: House) -> None:
    section = item.section(ROOM_LIST_SETTINGS)
    name = section.text("name", needed=True)
    address = house.address(section.text("address") or name)
    members: list[str] = []
    for member in section.items("members"):
        found = house.find(member)
        if found is not None and found.place is None:
            member.wrong(f"'{found.display_name}' is neither a room nor a desk.")
        elif found is not None:
            members.append(found.address)
    oid = derived_id("room list", address)
    house.tenant.add_room_list(RoomList(address=address, display_name=name, oid=oid, members=members))


def _uuid_or_derived(section: Section, setting: str, *parts: str) -> str:
    given = section.get(setting)
    if given is None:
        return derived_id(*parts)
    try:
        return str(uuid.UUID(given.text()))
    except ValueError:
        given.wrong("must be a GUID such as 6f0c0d8e-0f0a-4b3e-8f7e-3f1d2c4b5a69, or be left out.")
        return derived_id(*parts)
