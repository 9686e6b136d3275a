"""How each resource's calendar stands, in words: what a mapping's line on the sync page says.

Decides the sentence; reads what the mirror stored. Inside the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from holdfast.directory.models import Resource
from holdfast.mirror.models import Connection, Link, MailboxState, Mapping, MappingState
from holdfast.web.signs import Shape

MAPPINGS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One mapping: a resource, its calendar, and how they stand."""

    id: UUID
    resource_id: UUID
    resource: str
    address: str
    calendar: str
    shape: Shape
    words: str
    remedy: str
    read_at: datetime | None
    in_step: int
    under_way: int
    asks: int
    is_paused: bool
    is_planned: bool
    brake_waiting: int
    is_push: bool


def connections() -> list[Connection]:
    return list(Connection.objects.exclude(state="ended").order_by("created_at"))


def lines() -> list[Line]:
    """Every living mapping, in the order of its resource's name."""
    names = dict(Resource.objects.values_list("id", "name"))
    counts = _counts()
    found = Mapping.objects.exclude(state=MappingState.ENDED).select_related("calendar__mailbox")[:MAPPINGS_MAX]
    lines = [_line(mapping, names.get(mapping.resource_id, ""), counts.get(mapping.id, (0, 0, 0))) for mapping in found]
    return sorted(lines, key=lambda line: line.resource.lower())


def _counts() -> dict[UUID, tuple[int, int, int]]:
    is_open = Q(closed_at__isnull=True, is_shadow=False)
    rows = (
        Link.objects.filter(is_open)
        .values_list("mapping_id")
        .annotate(
            settled=Count("id", filter=Q(is_unsettled=False, parked="")),
            under_way=Count("id", filter=Q(is_unsettled=True, parked="")),
            asking=Count("id", filter=~Q(parked="")),
        )
    )
    return {mapping_id: (settled, unsettled, parked) for mapping_id, settled, unsettled, parked in rows}


def _line(mapping: Mapping, resource: str, counts: tuple[int, int, int]) -> Line:
    mailbox, calendar = mapping.calendar.mailbox, mapping.calendar
    shape, words, remedy = _state(mapping, counts)
    return Line(
        id=mapping.id,
        resource_id=mapping.resource_id,
        resource=resource,
        address=mailbox.address,
        calendar=calendar.name,
        shape=shape,
        words=words,
        remedy=remedy,
        read_at=calendar.observed_at,
        in_step=counts[0],
        under_way=counts[1],
        asks=counts[2],
        is_paused=mapping.state == MappingState.PAUSED,
        is_planned=mapping.state == MappingState.PLANNED,
        brake_waiting=mapping.brake_waiting,
        is_push=mailbox.is_push_measured,
    )


def _state(mapping: Mapping, counts: tuple[int, int, int]) -> tuple[Shape, str, str]:
    mailbox = mapping.calendar.mailbox
    if mapping.state == MappingState.PLANNED:
        return Shape.WAITING, "Mapped, not started", "Look at the preview and start the first sync."
    if mapping.state == MappingState.PAUSED:
        return Shape.WAITING, "Paused", "Continue when you like; nothing is lost meanwhile."
    if mailbox.state == MailboxState.WAITING:
        return Shape.WAITING, mailbox.words or "Microsoft asked us to wait", "It goes on by itself."
    if mailbox.state != MailboxState.WORKING:
        return Shape.ASKS_YOU, mailbox.words or "Outlook cannot be reached", ""
    if mapping.brake_since is not None:
        return Shape.ASKS_YOU, f"{mapping.brake_waiting} deletions in Outlook wait for a word", "Decide below."
    if counts[2]:
        return Shape.ASKS_YOU, f"{counts[2]} {'waits' if counts[2] == 1 else 'wait'} for an answer", ""
    if counts[1]:
        return Shape.ON_ITS_WAY, f"{counts[1]} on the way", ""
    return Shape.IN_STEP, "In step", ""
