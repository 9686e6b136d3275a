"""Looking at bookings: one, a page, a timeline, a story, an export. Decides what an actor sees of each.

Each read is one statement, whatever the number of resources. Needs `in_workspace`.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.bookings import scene
from holdfast.bookings.errors import CursorInvalid, NotFound
from holdfast.bookings.privacy import masked, may_read
from holdfast.bookings.record import Record
from holdfast.bookings.scene import RECORD_COLUMNS, SHORT_MAX
from holdfast.bookings.states import State
from holdfast.directory.roles import Actor, Permission
from holdfast.journal.reading import Told
from holdfast.journal.reading import story as journal_story

PAGE_MAX = 200
TIMELINE_MAX = 20_000

_WITH_OVERLAP = """
EXISTS (SELECT FROM bookings_slot s WHERE s.workspace_id = b.workspace_id AND s.booking_id = b.id AND NOT s.held)
"""
# All rooms in one scan, not room by room: whichever index a planner without statistics takes, it is read once.
_TIMELINE = f"""
SELECT {RECORD_COLUMNS}, {_WITH_OVERLAP} FROM (
    SELECT * FROM bookings_booking WHERE workspace_id = %(workspace)s AND resource_id = ANY(%(resources)s)
      AND starts_at >= %(short)s AND starts_at < %(end)s AND (ends_at > %(start)s OR starts_at >= %(start)s)
  UNION ALL
    SELECT * FROM bookings_booking WHERE workspace_id = %(workspace)s AND resource_id = ANY(%(resources)s)
      AND long AND starts_at < %(short)s AND ends_at > %(start)s
) b WHERE %(over)s OR b.state NOT IN ('cancelled', 'declined', 'expired', 'released')
ORDER BY b.starts_at, b.claim LIMIT %(limit)s
"""  # noqa: S608  constants
_PAGE = f"""
SELECT {RECORD_COLUMNS}, {_WITH_OVERLAP} FROM bookings_booking b
WHERE b.workspace_id = %(workspace)s AND (b.starts_at, b.id) > (%(after)s, %(after_id)s) {{filters}}
ORDER BY b.starts_at, b.id LIMIT %(limit)s
"""  # noqa: S608  constants
_FILTERS = {
    "resource_id": "AND b.resource_id = %(resource_id)s",
    "owner_id": "AND b.owner_id = %(owner_id)s",
    "state": "AND b.state = %(state)s",
    "start": "AND b.ends_at > %(start)s",
    "end": "AND b.starts_at < %(end)s",
}
_BEGINNING = ("-infinity", UUID(int=0))

_decode_record = msgspec.json.Decoder(Record).decode


@dataclass(frozen=True, slots=True)
class Seen:
    """A booking as the actor may see it."""

    booking: Record
    overlaps: bool
    is_masked: bool
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which bookings a page is about; None means all."""

    resource_id: UUID | None = None
    owner_id: UUID | None = None
    state: State | None = None
    start: datetime | None = None
    end: datetime | None = None


EVERYTHING = Wanted()


def booking(actor: Actor, booking_id: UUID) -> Record:
    """Raises NotFound, NotAllowed."""
    actor.require(Permission.VIEW)
    found = scene.records(actor.workspace_id, [booking_id]).get(booking_id)
    if found is None:
        raise NotFound
    return masked(actor, found)


def timeline(
    actor: Actor, resources: Sequence[UUID], *, start: datetime, end: datetime, over: bool = False
) -> list[Seen]:
    """All bookings of the resources that touch the span; those that are over only on demand."""
    actor.require(Permission.VIEW)
    parameters = {
        "workspace": actor.workspace_id,
        "resources": list(resources),
        "start": start,
        "end": end,
        "short": start - SHORT_MAX,
        "over": over,
        "limit": TIMELINE_MAX,
    }
    return _seen(actor, _TIMELINE, parameters)


def page(
    actor: Actor, wanted: Wanted = EVERYTHING, *, cursor: str | None = None, limit: int = PAGE_MAX
) -> tuple[list[Seen], str | None]:
    """Bookings by start, and the cursor of the next page, or None. Raises CursorInvalid."""
    actor.require(Permission.VIEW)
    after, after_id = _decode_cursor(cursor)
    limit = max(1, min(limit, PAGE_MAX))
    named = {name: getattr(wanted, name) for name in _FILTERS if getattr(wanted, name) is not None}
    statement = _PAGE.format(filters=" ".join(_FILTERS[name] for name in named))
    parameters = {
        "workspace": actor.workspace_id,
        "after": after,
        "after_id": after_id,
        "limit": limit + 1,
        **named,
    }
    found = _seen(actor, statement, parameters)
    more = len(found) > limit
    found = found[:limit]
    return found, _encode_cursor(found[-1].booking) if more else None


def export(actor: Actor, wanted: Wanted = EVERYTHING) -> Iterator[dict[str, Any]]:
    """Every wanted booking as plain values, a page at a time; masked as for any reader."""
    actor.require(Permission.EXPORT)
    cursor = None
    while True:
        seen, cursor = page(actor, wanted, cursor=cursor)
        for each in seen:
            yield msgspec.to_builtins(each.booking) | {"overlaps": each.overlaps}
        if cursor is None:
            return


def story(actor: Actor, booking_id: UUID) -> list[Told]:
    """What happened to a booking, oldest first. Who may not read it learns when and what kind, not the contents."""
    actor.require(Permission.VIEW)
    found = scene.records(actor.workspace_id, [booking_id]).get(booking_id)
    if found is None:
        raise NotFound
    told = journal_story(actor.workspace_id, booking_id)
    if may_read(actor, found):
        return told
    return [replace(each, by=None, before=None, after=None, actor_id=None) for each in told]


def _seen(actor: Actor, statement: str, parameters: dict[str, Any]) -> list[Seen]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    found: list[Seen] = []
    for text, overlaps in rows:
        record = _decode_record(text)
        mine = record.owner_id is not None and record.owner_id == actor.person_id
        found.append(Seen(masked(actor, record), overlaps, not may_read(actor, record), mine))
    return found


def _encode_cursor(record: Record) -> str:
    return urlsafe_b64encode(f"{record.starts_at.isoformat()}|{record.id}".encode()).decode()


def _decode_cursor(cursor: str | None) -> tuple[str, UUID]:
    if cursor is None:
        return _BEGINNING
    try:
        moment, _, number = urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return datetime.fromisoformat(moment).isoformat(), UUID(number)
    except ValueError as problem:
        raise CursorInvalid from problem
