"""The queue of what a person should look at, and the answers."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from holdfast.api import once, paging, shapes, telling
from holdfast.api.door import actor
from holdfast.api.telling import Json, answers
from holdfast.bookings import conflicts as queue
from holdfast.bookings.conflicts import Choice
from holdfast.bookings.idempotency import Answer
from holdfast.bookings.models import Conflict
from holdfast.bookings.outcomes import Refused
from holdfast.bookings.states import ConflictKind
from holdfast.database.transactions import in_workspace

router = Router(tags=["conflicts"])


@router.get(
    "", response=answers(shapes.Conflicts, problems=(400,)), summary="What waits for a person, the oldest first"
)
def listed(request: HttpRequest, closed: bool = False, cursor: str | None = None, limit: int | None = None) -> Json:  # noqa: FBT001, FBT002
    who = actor(request)
    with in_workspace(who.workspace_id):
        rows, following = queue.queue(who, cursor=cursor or None, limit=paging.size(limit), closed=closed)
    return {"items": [_told(row) for row in rows], "next": following}


@router.get("/{conflict_id}", response=answers(shapes.Conflict, problems=(404,)), summary="One conflict")
def one(request: HttpRequest, conflict_id: UUID) -> Json:
    who = actor(request)
    with in_workspace(who.workspace_id):
        return _told(queue.conflict(who, conflict_id))


@router.post(
    "/{conflict_id}/answer", response=answers(shapes.Conflict, problems=(404, 409, 422)), summary="Answer a conflict"
)
def answer(request: HttpRequest, conflict_id: UUID, payload: shapes.ConflictAnswer) -> HttpResponse:
    """`keep_this` and `keep_other` cancel the other booking of an overlap; `seen` closes what only had to be known."""
    who = actor(request)

    def do() -> Answer:
        outcome = queue.choose(who, conflict_id, Choice(payload.choice))
        if isinstance(outcome, Refused):
            raise telling.refusal(outcome)
        with in_workspace(who.workspace_id):
            return Answer(200, msgspec.json.encode(_told(queue.conflict(who, conflict_id))).decode())

    return once.around(request, do)


def _told(row: Conflict) -> Json:
    names = ("id", "kind", "booking_id", "other_id", "content", "opened_at", "closed_at", "resolution")
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    return told | {"choices": _choices(row)}


def _choices(row: Conflict) -> list[str]:
    if row.closed_at is not None:
        return []
    return ["keep_this", "keep_other"] if row.kind == ConflictKind.OVERLAP.value else ["seen"]
