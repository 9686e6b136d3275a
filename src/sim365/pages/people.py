"""How a company's mailboxes are named and grouped on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim365.pages.forms import Invitable
from sim365.state import Company, Mailbox, PlaceKind, UserPurpose


@dataclass(frozen=True, slots=True)
class Group:
    """Mailboxes under one heading."""

    name: str
    mailboxes: tuple[Mailbox, ...]


def groups_of(company: Company) -> list[Group]:
    """People, then rooms by building, desks, and everything else, each in alphabetical order."""
    gathered: dict[str, list[Mailbox]] = {}
    for box in sorted(_mailboxes(company), key=lambda box: (_rank(box), group_of(box), box.display_name)):
        gathered.setdefault(group_of(box), []).append(box)
    return [Group(name, tuple(boxes)) for name, boxes in gathered.items()]


def first_mailbox(company: Company) -> Mailbox | None:
    """Where a visitor lands: the first room, because that is where most happens; else the first mailbox."""
    boxes = list(_mailboxes(company))
    return next((box for box in boxes if box.place is not None), boxes[0] if boxes else None)


def group_of(box: Mailbox) -> str:
    if box.purpose is UserPurpose.EQUIPMENT:
        return "Equipment and vehicles"
    if box.place is None:
        return "People" if box.purpose is UserPurpose.USER else "Shared"
    if box.place.kind is PlaceKind.WORKSPACE:
        return "Desks"
    return f"Rooms in {box.place.building}" if box.place.building else "Rooms"


def described(box: Mailbox) -> str:
    """What stands under the name."""
    if box.purpose is UserPurpose.EQUIPMENT:
        return f"Equipment · {box.address}"
    place = box.place
    if place is None:
        return " · ".join(part for part in (box.job_title, box.department, box.address) if part)
    kind = "Desk" if place.kind is PlaceKind.WORKSPACE else "Room"
    seats = f"for {place.capacity}" if place.capacity else ""
    floor = f"floor {place.floor_label}" if place.floor_label else ""
    return " · ".join(part for part in (f"{kind} {seats}".strip(), place.building, floor, box.address) if part)


def invitable_in(company: Company, *, besides: Mailbox) -> list[Invitable]:
    """Everybody and everything that this mailbox's owner can invite."""
    return [invitable(box) for box in _mailboxes(company) if box is not besides and box.tenant_id == besides.tenant_id]


def invitable(box: Mailbox) -> Invitable:
    return Invitable(box.display_name, box.address, is_resource=_rank(box) > 0)


def _mailboxes(company: Company) -> Iterator[Mailbox]:
    for tenant in company.tenants:
        yield from (box for box in tenant.mailboxes.values() if box.has_mailbox)


def _rank(box: Mailbox) -> int:
    if box.purpose is UserPurpose.EQUIPMENT:
        return 3
    if box.place is None:
        return 0
    return 2 if box.place.kind is PlaceKind.WORKSPACE else 1
