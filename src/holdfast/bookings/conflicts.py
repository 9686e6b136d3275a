"""The one queue of what a person should look at, and the answers.

Overlaps open and close by themselves as slots come and go (`verbs`). The others are opened by who found them, mostly
`mirror`, in the transaction of what they are about. `content` keeps what was overwritten or refused, field by field.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from holdfast.bookings import verbs
from holdfast.bookings.errors import CursorInvalid, NotFound
from holdfast.bookings.models import Conflict
from holdfast.bookings.orders import Cancel
from holdfast.bookings.outcomes import Code, Outcome, Refused
from holdfast.bookings.states import ConflictKind
from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.journal.writing import Entry, write
from holdfast.ports import clock, ids

PAGE_MAX = 200
RESOLUTION_LENGTH_MAX = 64


class Choice(StrEnum):
    """How a person answers. KEEP_* is for overlaps, SEEN for what only had to be known."""

    KEEP_THIS = "keep_this"
    KEEP_OTHER = "keep_other"
    SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A conflict to be put on the queue."""

    kind: ConflictKind
    booking_id: UUID
    other_id: UUID | None = None
    link_id: UUID | None = None
    content: Mapping[str, Any]


def open_within(actor: Actor, found: Found) -> UUID:
    """Put it on the queue, inside the caller's transaction."""
    conflict = Conflict(
        id=ids.new(),
        workspace_id=actor.workspace_id,
        kind=found.kind.value,
        booking_id=found.booking_id,
        other_id=found.other_id,
        link_id=found.link_id,
        content=msgspec.to_builtins(dict(found.content)),
        opened_at=clock.now(),
    )
    conflict.save(force_insert=True)
    after = {"conflict": conflict.id, "kind": found.kind, "content": found.content}
    _write(actor, Entry("conflict_opened", "booking", found.booking_id, after=after))
    return conflict.id


def close_within(actor: Actor, *, resolution: str, conflict_id: UUID | None = None, link_id: UUID | None = None) -> int:
    """Take one conflict, or all of a link, off the queue; answers how many were open."""
    if conflict_id is None and link_id is None:
        raise ValueError("name a conflict or a link")
    wanted = Q(id=conflict_id) if conflict_id is not None else Q(link_id=link_id)
    still_open = Conflict.objects.filter(wanted, workspace_id=actor.workspace_id, closed_at__isnull=True)
    rows = list(still_open.exclude(kind=ConflictKind.OVERLAP.value).select_for_update(no_key=True).order_by("id"))
    at = clock.now()
    for row in rows:
        row.closed_at, row.closed_by, row.resolution = at, actor.name, resolution[:RESOLUTION_LENGTH_MAX]
        row.save(update_fields=["closed_at", "closed_by", "resolution"])
        after = {"conflict": row.id, "resolution": row.resolution}
        _write(actor, Entry("conflict_closed", "booking", row.booking_id, after=after))
    return len(rows)


def choose(actor: Actor, conflict_id: UUID, choice: Choice) -> Outcome | None:
    """A person's answer. An overlap is answered by cancelling one side; it closes by itself. Raises NotFound.

    Answers what became of the cancellation, or None where there was none. A link's choice is `mirror`'s to apply.
    """
    actor.require(Permission.RESOLVE_CONFLICTS)
    with in_workspace(actor.workspace_id):
        row = Conflict.objects.filter(workspace_id=actor.workspace_id, id=conflict_id).first()
        if row is None:
            raise NotFound
        if row.closed_at is not None:
            return Refused(Code.OVER, (), "Somebody answered this already.", "Look at the queue again.")
        if choice is Choice.SEEN and row.kind != ConflictKind.OVERLAP.value:
            close_within(actor, conflict_id=conflict_id, resolution=choice.value)
            return None
    loser = row.other_id if choice is Choice.KEEP_THIS else row.booking_id
    if row.kind != ConflictKind.OVERLAP.value or choice is Choice.SEEN or loser is None:
        return Refused(Code.INVALID, ("choice",), "That is no answer to this question.", "Choose one that is shown.")
    return verbs.apply(actor, [Cancel(booking_id=loser, reason="gave way in a conflict")])[0]


def queue(
    actor: Actor, *, cursor: str | None = None, limit: int = PAGE_MAX, closed: bool = False
) -> tuple[list[Conflict], str | None]:
    """Open conflicts (or closed ones), the oldest first, and the next cursor. Needs `in_workspace`."""
    actor.require(Permission.VIEW)
    limit = max(1, min(limit, PAGE_MAX))
    found = Conflict.objects.filter(workspace_id=actor.workspace_id, closed_at__isnull=not closed)
    if cursor is not None:
        opened_at, conflict_id = _decode_cursor(cursor)
        found = found.filter(Q(opened_at__gt=opened_at) | Q(opened_at=opened_at, id__gt=conflict_id))
    rows = list(found.order_by("opened_at", "id")[: limit + 1])
    if not actor.may(Permission.VIEW_PRIVATE):
        for row in rows:
            row.content = {}
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, _encode_cursor(rows[-1]) if more else None


def conflict(actor: Actor, conflict_id: UUID) -> Conflict:
    """Needs `in_workspace`. Raises NotFound."""
    actor.require(Permission.VIEW)
    found = Conflict.objects.filter(workspace_id=actor.workspace_id, id=conflict_id).first()
    if found is None:
        raise NotFound
    if not actor.may(Permission.VIEW_PRIVATE):
        found.content = {}
    return found


def _write(actor: Actor, entry: Entry) -> None:
    write(actor.workspace_id, actor.by, [entry], at=clock.now())


def _encode_cursor(row: Conflict) -> str:
    return urlsafe_b64encode(f"{row.opened_at.isoformat()}|{row.id}".encode()).decode()


def _decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        moment, _, number = urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(number)
    except ValueError as problem:
        raise CursorInvalid from problem
