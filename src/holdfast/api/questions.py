"""What the mirror asks a person: links that are parked, with both sides and the pair an answer must name."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from holdfast.api import once, shapes
from holdfast.api.door import actor
from holdfast.api.telling import Json, answers
from holdfast.bookings.idempotency import Answer
from holdfast.bookings.privacy import may_read
from holdfast.bookings.scene import records
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotFound
from holdfast.directory.roles import Actor, Permission
from holdfast.mirror import conflicts
from holdfast.mirror.conflicts import Question
from holdfast.mirror.models import Link
from holdfast.reconcile.choices import Choice

router = Router(tags=["conflicts"])


@router.get("", response=answers(shapes.Questions), summary="What the mirror asks, the oldest first")
def listed(request: HttpRequest) -> Json:
    who = actor(request)
    asked = conflicts.questions(who)
    return {"items": [_told(who, one) for one in asked], "next": None}


@router.post(
    "/{link_id}/answer", response=answers(None, status=204, problems=(404, 409, 415, 422)), summary="Answer the mirror"
)
def answer(request: HttpRequest, link_id: UUID, payload: shapes.QuestionAnswer) -> HttpResponse:
    """The answer names the pair it was shown; if either side moved since, it is refused (`outdated`) and asked anew."""
    who = actor(request)
    with in_workspace(who.workspace_id):
        if not Link.objects.filter(id=link_id).exclude(parked="").exists():
            raise NotFound

    def do() -> Answer:
        match payload.choice:
            case "try_again":
                conflicts.try_again(who, link_id)
            case "leave":
                conflicts.leave(who, link_id)
            case chosen:
                conflicts.answer(who, link_id, Choice(chosen), pair=(payload.ours, payload.theirs))
        return Answer(204, "")

    return once.around(request, do)


def _told(who: Actor, asked: Question) -> Json:
    """A private booking's sides are left out for who may not read them."""
    sides: dict[str, Any] = {"ours": None, "theirs": None}
    if _may_read(who, asked):
        sides = {"ours": msgspec.to_builtins(asked.ours), "theirs": msgspec.to_builtins(asked.theirs)}
    return {
        "link_id": asked.link_id,
        "mapping_id": asked.mapping_id,
        "booking_id": asked.booking_id,
        "reason": asked.reason.value,
        "detail": asked.detail,
        "since": asked.since,
        **sides,
        "pair": {"ours": asked.pair[0], "theirs": asked.pair[1]},
        "choices": ["ours", "theirs", "try_again", "leave"],
    }


def _may_read(who: Actor, asked: Question) -> bool:
    if asked.booking_id is None:
        return who.may(Permission.VIEW_PRIVATE)
    with in_workspace(who.workspace_id):
        record = records(who.workspace_id, [asked.booking_id]).get(asked.booking_id)
    return record is not None and may_read(who, record)
