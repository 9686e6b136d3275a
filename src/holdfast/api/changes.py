"""The journal by a cursor: what happened, in order, without gaps."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from holdfast.api import etags, paging, shapes
from holdfast.api.door import actor
from holdfast.api.telling import Json, answers
from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.journal import reading

router = Router(tags=["changes"])


@router.get("", response=answers(shapes.Changes, problems=(400,)), summary="What happened since a cursor")
def listed(request: HttpRequest, response: HttpResponse, after: str | None = None, limit: int | None = None) -> Any:
    """Keep `next` and send it as `after`: nothing is missed, nothing comes twice. 304 while nothing is new."""
    who = actor(request)
    who.require(Permission.VIEW)
    number = paging.offset(after)
    with in_workspace(who.workspace_id):
        found = reading.changes(who.workspace_id, after=number, limit=paging.size(limit))
    last = found[-1].number if found else number
    tag = etags.of_content([number, last, len(found)])
    if not found and request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response["ETag"] = tag
    return {"items": [_told(who, one) for one in found], "next": paging.cursor_at(last)}


def _told(who: Actor, change: reading.Told) -> Json:
    """Contents are for auditors; everybody else learns that something happened, when, and to what."""
    told: Json = msgspec.to_builtins(change)
    if not (who.may(Permission.AUDIT) and who.may(Permission.VIEW_PRIVATE)):
        told["before"] = told["after"] = None
    if not who.may(Permission.AUDIT):
        told["by"] = None
    return told
