"""Who can be invited to an entry, and whether they are free then: groups to tick, and the day of those chosen.

Rooms come by their room lists, as in Outlook's room finder; then the other rooms, people, desks, equipment. Looks into
the same calendars that getSchedule looks into; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sim365.availability.occupied import occupied, strongest
from sim365.pages.forms import Invitable, Shown
from sim365.pages.people import groups_of, invitable
from sim365.simulator import Simulator
from sim365.state import Mailbox, PlaceKind, Tenant
from sim365.zones import zone

#: Of a longer group the first are offered; the others are invited by writing their address.
MEMBERS_MAX = 250

#: The strip shows this part of the day, in quarters of an hour.
STRIP_FROM, STRIP_TO = 7, 20
QUARTERS_PER_HOUR = 4
QUARTER = timedelta(minutes=15)

WORDS = {"free": "free", "tentative": "tentative", "busy": "busy", "oof": "away", "workingElsewhere": "elsewhere"}


@dataclass(frozen=True, slots=True)
class Guest:
    """One row to tick."""

    invitable: Invitable
    is_chosen: bool
    is_optional: bool
    free_busy: str
    """The strongest status while the entry lasts."""
    details: str
    reply: str
    is_room: bool


@dataclass(frozen=True, slots=True)
class GuestGroup:
    """Rows under one heading."""

    name: str
    guests: tuple[Guest, ...]
    more: int
    """How many are not offered."""

    @property
    def chosen(self) -> str:
        return ", ".join(guest.invitable.name for guest in self.guests if guest.is_chosen)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a strip, in quarters from its beginning."""

    first: int
    end: int
    status: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One person's or room's day."""

    name: str
    blocks: tuple[Block, ...]
    free_busy: str


@dataclass(frozen=True, slots=True)
class Question:
    """When somebody must be free; `besides` is the meeting itself, which must not be in its own way."""

    start: datetime
    end: datetime
    besides: str = ""


def question_of(shown: Shown, zone_name: str, *, uid: str = "") -> Question:
    """The instants of a form."""
    where = zone(zone_name)
    if shown.all_day:
        start = datetime.combine(shown.start.date(), time(), where)
        end = datetime.combine(shown.end.date() + timedelta(days=1), time(), where)
    else:
        start, end = shown.start.replace(tzinfo=where), shown.end.replace(tzinfo=where)
    return Question(start.astimezone(UTC), end.astimezone(UTC), uid)


def guest_groups(
    simulator: Simulator, box: Mailbox, shown: Shown, question: Question, replies: dict[str, str]
) -> list[GuestGroup]:
    """Everybody who can be invited, with their free/busy."""
    tenant = simulator.world.tenant(box.tenant_id)
    if tenant is None:
        return []
    listed = [(room_list.display_name, _rooms(tenant, room_list.members)) for room_list in tenant.room_lists.values()]
    in_lists = {one.oid for _, boxes in listed for one in boxes}
    for group in groups_of(simulator.company):
        members = [one for one in group.mailboxes if one.oid not in in_lists and one.tenant_id == box.tenant_id]
        listed.append((group.name, members))
    found = [
        GuestGroup(
            name,
            tuple(_guest(one, shown, question, replies) for one in boxes[:MEMBERS_MAX] if one is not box),
            max(0, len(boxes) - MEMBERS_MAX),
        )
        for name, boxes in listed
    ]
    return sorted((group for group in found if group.guests), key=_rank)


def strips_of(boxes: Sequence[Mailbox], shown: Shown, question: Question, zone_name: str) -> list[Strip]:
    """The day of the owner and of everybody chosen."""
    dawn = datetime.combine(shown.start.date(), time(STRIP_FROM), zone(zone_name)).astimezone(UTC)
    return [_strip(one, question, dawn) for one in boxes]


def asked_block(shown: Shown, zone_name: str, question: Question) -> Block | None:
    """Where the entry itself lies on the strip; None where it does not touch those hours."""
    dawn = datetime.combine(shown.start.date(), time(STRIP_FROM), zone(zone_name)).astimezone(UTC)
    return _block(question.start, question.end, "asked", dawn)


def _rank(group: GuestGroup) -> int:
    """Rooms first, because inviting one is what most people open the form for; then people, then the rest."""
    first = group.guests[0]
    if not first.invitable.is_resource:
        return 1
    return 0 if first.is_room else 2


def _rooms(tenant: Tenant, members: Sequence[str]) -> list[Mailbox]:
    found = (tenant.find(name) for name in members)
    return [one for one in found if one is not None and one.has_mailbox]


def _guest(one: Mailbox, shown: Shown, question: Question, replies: dict[str, str]) -> Guest:
    who = invitable(one)
    status, details = _status(one, question)
    key = who.address.lower()
    return Guest(
        invitable=who,
        is_chosen=key in shown.invited,
        is_optional=key in shown.optional,
        free_busy=WORDS.get(status, status),
        details=details,
        reply=replies.get(key, ""),
        is_room=one.place is not None and one.place.kind is PlaceKind.ROOM,
    )


def _status(one: Mailbox, question: Question) -> tuple[str, str]:
    """The strongest status while the entry lasts, and what a room says of itself."""
    entries = [each for each in occupied(one, question.start, question.end) if each.event.uid != question.besides]
    place = one.place
    seats = "" if place is None or not place.capacity else f"for {place.capacity}"
    return strongest(each.event.show_as for each in entries if each.end > each.start), seats


def _strip(one: Mailbox, question: Question, dawn: datetime) -> Strip:
    dusk = dawn + timedelta(hours=STRIP_TO - STRIP_FROM)
    entries = [each for each in occupied(one, dawn, dusk) if each.event.uid != question.besides]
    blocks = [
        _block(each.start, each.end, each.event.show_as, dawn) for each in entries if each.event.show_as != "free"
    ]
    status, _ = _status(one, question)
    return Strip(one.display_name, tuple(block for block in blocks if block is not None), WORDS.get(status, status))


def _block(start: datetime, end: datetime, status: str, dawn: datetime) -> Block | None:
    quarters = (STRIP_TO - STRIP_FROM) * QUARTERS_PER_HOUR
    first = max(0, (start - dawn) // QUARTER)
    last = min(quarters, -((dawn - end) // QUARTER))
    return Block(first, max(last, first + 1), status) if first < quarters and last > 0 else None
