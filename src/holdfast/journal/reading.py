"""Reading the journal: the story of one subject, the whole in order, and whether the chain holds.

Decides nothing about who may read; doors and verbs do. Needs `in_workspace`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.journal.models import Change, Head
from holdfast.journal.writing import GENESIS, Header, header_hash, payload_digest

CHUNK = 2_000
STORY_MAX = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One change for people. `by`, `before` and `after` are gone where the payload was erased."""

    number: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    by: str | None
    verb: str
    cause: str
    subject_kind: str
    subject_id: UUID
    before: Any
    after: Any
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold."""

    number: int
    sentence: str


def story(workspace_id: UUID, subject_id: UUID) -> list[Told]:
    """What happened to one subject, oldest first; at most the newest STORY_MAX."""
    rows = Change.objects.filter(workspace_id=workspace_id, subject_id=subject_id).order_by("-number")[:STORY_MAX]
    return [told(row) for row in reversed(rows)]


def changes(workspace_id: UUID, *, after: int = 0, limit: int = CHUNK) -> list[Told]:
    """A page of the whole journal in order, behind number `after`."""
    rows = Change.objects.filter(workspace_id=workspace_id, number__gt=after).order_by("number")[:limit]
    return [told(row) for row in rows]


def everything(workspace_id: UUID) -> Iterator[Change]:
    """Every row in order, a chunk at a time."""
    after = 0
    while rows := list(Change.objects.filter(workspace_id=workspace_id, number__gt=after).order_by("number")[:CHUNK]):
        yield from rows
        after = rows[-1].number


def verify(workspace_id: UUID) -> list[Break]:
    """Every place where a number is missing, a row was rewritten or the head disagrees; none means the chain holds."""
    breaks: list[Break] = []
    previous, expected = GENESIS, 1
    for row in everything(workspace_id):
        breaks += _breaks_of(row, previous=previous, expected=expected)
        previous, expected = bytes(row.hash), row.number + 1
    head = Head.objects.filter(workspace_id=workspace_id).first()
    if head is not None and (head.number, bytes(head.hash)) != (expected - 1, previous):
        breaks.append(Break(head.number, "the newest rows are missing: the head knows more than the journal holds"))
    return breaks


def erase_payloads(workspace_id: UUID, *, until: datetime, at: datetime) -> int:
    """Forget what was changed before `until`, not that it was; answers how many rows lost their payload."""
    erased = "UPDATE journal_change SET payload = NULL, salt = NULL, erased_at = %s WHERE workspace_id = %s AND at < %s"
    with connection.cursor() as cursor:
        cursor.execute(erased + " AND payload IS NOT NULL", [at, workspace_id, until])
        return cursor.rowcount


def told(row: Change) -> Told:
    payload: dict[str, Any] = msgspec.json.decode(row.payload) if row.payload is not None else {}
    return Told(
        number=row.number,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        by=payload.get("by"),
        verb=row.verb,
        cause=row.cause,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        before=payload.get("before"),
        after=payload.get("after"),
        is_erased=row.payload is None,
    )


def _breaks_of(row: Change, *, previous: bytes, expected: int) -> Iterator[Break]:
    header = Header(
        row.workspace_id,
        row.number,
        row.at,
        row.actor_kind,
        row.actor_id,
        row.on_behalf_of,
        row.cause,
        row.verb,
        row.subject_kind,
        row.subject_id,
    )
    digest = bytes(row.digest)
    if row.number != expected:
        yield Break(row.number, f"number {expected} is missing")
    if bytes(row.previous_hash) != previous:
        yield Break(row.number, "it does not follow the row before it")
    if bytes(row.hash) != header_hash(bytes(row.previous_hash), header, digest):
        yield Break(row.number, "it was rewritten")
    if row.payload is not None and row.salt is not None and payload_digest(row.payload, bytes(row.salt)) != digest:
        yield Break(row.number, "its content was rewritten")
    if row.payload is not None and row.salt is None:
        yield Break(row.number, "its content cannot be checked: the salt is gone")
