"""Resources."""

from typing import Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from holdfast.api import etags, once, paging, shapes, telling
from holdfast.api.door import actor
from holdfast.api.telling import answers
from holdfast.bookings.idempotency import Answer
from holdfast.database.transactions import in_workspace
from holdfast.directory import resources as directory
from holdfast.directory.kinds import Kind, Sharing
from holdfast.directory.models import Resource
from holdfast.directory.roles import Permission

router = Router(tags=["resources"])


@router.get(
    "", response=answers(shapes.Resources, problems=(400,)), summary="All resources, in the order people see them"
)
def listed(
    request: HttpRequest,
    kind: Literal["room", "desk", "equipment", "vehicle", "person", "other"] | None = None,
    include_inactive: bool = False,  # noqa: FBT001, FBT002  a query parameter
    cursor: str | None = None,
    limit: int | None = None,
) -> telling.Json:
    who = actor(request)
    who.require(Permission.VIEW)
    first, size = paging.offset(cursor), paging.size(limit)
    with in_workspace(who.workspace_id):
        query = Resource.objects.all() if include_inactive else Resource.objects.filter(active=True)
        query = query.filter(kind=kind) if kind else query
        rows = list(query.order_by("position", "name", "id")[first : first + size + 1])
    following = paging.cursor_at(first + size) if len(rows) > size else None
    return {"items": [telling.resource(row) for row in rows[:size]], "next": following}


@router.post("", response=answers(shapes.Resource, status=201, problems=(400, 409, 415, 422)), summary="Add a resource")
def add(request: HttpRequest, payload: shapes.NewResource) -> HttpResponse:
    values = payload.dict()
    values |= {"kind": Kind(payload.kind), "sharing": Sharing(payload.sharing)}

    def do() -> Answer:
        row = directory.add_resource(actor(request), directory.NewResource(**values))
        return Answer(201, msgspec.json.encode(telling.resource(row)).decode())

    return once.around(request, do)


@router.get("/{resource_id}", response=answers(shapes.Resource, problems=(404,)), summary="One resource")
def one(request: HttpRequest, resource_id: UUID, response: HttpResponse) -> telling.Json:
    who = actor(request)
    who.require(Permission.VIEW)
    with in_workspace(who.workspace_id):
        row = directory.resource(who.workspace_id, resource_id)
    response["ETag"] = etags.of_version(row.version)
    return telling.resource(row)


@router.patch(
    "/{resource_id}",
    response=answers(shapes.Resource, problems=(400, 404, 412, 415, 422, 428)),
    summary="Change a resource",
)
def change(
    request: HttpRequest, resource_id: UUID, payload: shapes.ResourceChanges, response: HttpResponse
) -> telling.Json:
    who = actor(request)
    who.require(Permission.MANAGE_RESOURCES)
    with in_workspace(who.workspace_id):
        row = directory.resource(who.workspace_id, resource_id)
    version = etags.version(request, row.version)
    changes = payload.dict(exclude_unset=True)
    units = changes.pop("units", None)
    row = directory.change_resource(who, resource_id, changes, units=units, version=version)
    response["ETag"] = etags.of_version(row.version)
    return telling.resource(row)


@router.post(
    "/{resource_id}/retirement",
    response=answers(shapes.Resource, problems=(404,)),
    summary="Take a resource out of use",
)
def retire(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    """People cannot book it any more; its history and what Outlook says about it stay."""

    def do() -> Answer:
        row = directory.retire_resource(actor(request), resource_id)
        return Answer(200, msgspec.json.encode(telling.resource(row)).decode())

    return once.around(request, do)
