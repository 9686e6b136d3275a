"""Sync: connections, calendars, mappings, how they stand, and running it now."""

from typing import Any, cast
from uuid import UUID

import msgspec
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from ninja import Router

from holdfast.api import etags, once, shapes
from holdfast.api.door import actor
from holdfast.api.telling import Json, answers
from holdfast.bookings.idempotency import Answer
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotFound
from holdfast.directory.roles import Actor, Permission
from holdfast.mirror import connections as known
from holdfast.mirror import manners, mappings, preview, tasks
from holdfast.mirror.models import Calendar, Connection, Link, Mapping, MappingState

router = Router(tags=["sync"])


@router.get("/connections", response=answers(shapes.Connections), summary="Authorisations at Microsoft")
def connections(request: HttpRequest) -> Json:
    who = actor(request)
    who.require(Permission.MANAGE_SYNC)
    with in_workspace(who.workspace_id):
        rows = list(Connection.objects.exclude(state="ended").order_by("created_at"))
    return {"items": [_connection(row) for row in rows], "next": None}


@router.post(
    "/connections",
    response=answers(shapes.Connection, status=201, problems=(409, 415, 422)),
    summary="Connect an organisation",
)
def connect(request: HttpRequest, payload: shapes.NewConnection) -> HttpResponse:
    """It is tried at Microsoft before it is kept; the same application of the same tenant is connected once."""
    who = actor(request)
    who.require(Permission.MANAGE_SYNC)

    def do() -> Answer:
        row = known.connect(who, known.NewConnection(**payload.dict()), engine=tasks.engine())
        return Answer(201, msgspec.json.encode(_connection(row)).decode())

    return once.around(request, do)


@router.get("/calendars", response=answers(shapes.Calendars), summary="Calendars that are watched")
def calendars(request: HttpRequest) -> Json:
    who = actor(request)
    who.require(Permission.MANAGE_SYNC)
    with in_workspace(who.workspace_id):
        rows = list(Calendar.objects.select_related("mailbox").order_by("mailbox__address", "id"))
    return {"items": [_calendar(row) for row in rows], "next": None}


@router.get("/mappings", response=answers(shapes.Mappings), summary="Resources tied to calendars")
def listed(request: HttpRequest) -> Json:
    who = actor(request)
    who.require(Permission.MANAGE_SYNC)
    with in_workspace(who.workspace_id):
        rows = list(Mapping.objects.exclude(state=MappingState.ENDED).order_by("created_at"))
    return {"items": [_mapping(row) for row in rows], "next": None}


@router.post(
    "/mappings",
    response=answers(shapes.Mapping, status=201, problems=(404, 409, 415, 422)),
    summary="Tie a resource to a calendar",
)
def plan(request: HttpRequest, payload: shapes.NewMapping) -> HttpResponse:
    """The calendar is looked up at Microsoft and nothing flows yet: read the preview, then start it."""
    who = actor(request)
    who.require(Permission.MANAGE_SYNC)
    new = mappings.NewMapping(**payload.dict())

    def do() -> Answer:
        row = mappings.plan_mapping(who, new, engine=tasks.engine()).mapping
        return Answer(201, msgspec.json.encode(_mapping(row)).decode())

    return once.around(request, do)


@router.get(
    "/mappings/{mapping_id}/preview",
    response=answers(shapes.Preview, problems=(404, 409)),
    summary="What the first sync would do",
)
def previewed(request: HttpRequest, mapping_id: UUID) -> Any:
    """A dry run: everything is read and planned, nothing is written on either side."""
    who = actor(request)
    _find(who, mapping_id)
    return msgspec.to_builtins(preview.preview(who, mapping_id, engine=tasks.engine()))


@router.get("/mappings/{mapping_id}", response=answers(shapes.Mapping, problems=(404,)), summary="One mapping")
def one(request: HttpRequest, mapping_id: UUID, response: HttpResponse) -> Json:
    row = _find(actor(request), mapping_id)
    response["ETag"] = etags.of_content(_settings(row))
    return _mapping(row)


@router.patch(
    "/mappings/{mapping_id}",
    response=answers(shapes.Mapping, problems=(400, 404, 409, 412, 415, 422, 428)),
    summary="Change a mapping's settings",
)
def change(request: HttpRequest, mapping_id: UUID, payload: shapes.MappingSettings, response: HttpResponse) -> Json:
    """The settings that are sent change, the others stay; the body is the settings themselves."""
    who = actor(request)
    row = _find(who, mapping_id)
    etags.refuse_other(request, etags.of_content(_settings(row)))
    row = mappings.change_settings(
        who, mapping_id, manners.settings_of({**_settings(row), **payload.dict(exclude_none=True)})
    )
    response["ETag"] = etags.of_content(_settings(row))
    return _mapping(row)


@router.post(
    "/mappings/{mapping_id}/start",
    response=answers(shapes.Mapping, problems=(404, 409)),
    summary="Start the first sync",
)
def start(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    return _move(request, mapping_id, mappings.start)


@router.post(
    "/mappings/{mapping_id}/pause", response=answers(shapes.Mapping, problems=(404, 409)), summary="Pause a mapping"
)
def pause(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    """What changes meanwhile is kept, and settled when it goes on."""
    return _move(request, mapping_id, mappings.pause)


@router.post(
    "/mappings/{mapping_id}/resumption",
    response=answers(shapes.Mapping, problems=(404, 409)),
    summary="Let a mapping go on",
)
def resume(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    return _move(request, mapping_id, mappings.resume)


@router.delete(
    "/mappings/{mapping_id}",
    response={204: None, **answers(shapes.Mapping, problems=(404, 412, 428))},
    summary="Untie a resource from its calendar",
)
def end(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    """Bookings and events stay as they are, on both sides."""
    who = actor(request)
    row = _find(who, mapping_id)
    etags.refuse_other(request, etags.of_content(_settings(row)))
    mappings.end(who, mapping_id)
    return HttpResponse(status=204)


@router.get("/sync", response=answers(shapes.SyncStatus), summary="How everything stands")
def status(request: HttpRequest) -> Json:
    who = actor(request)
    who.require(Permission.VIEW)
    with in_workspace(who.workspace_id):
        rows = list(Mapping.objects.exclude(state=MappingState.ENDED).select_related("calendar__mailbox"))
        counts = _counts()
    lines = [_line(row, counts.get(row.id, (0, 0, 0))) for row in rows]
    totals = {name: sum(line[name] for line in lines) for name in ("in_step", "under_way", "asks")}
    return {**totals, "items": lines}


@router.post("/sync/runs", response=answers(shapes.SyncRunAnswer, status=202, problems=(404,)), summary="Sync now")
def run(request: HttpRequest, payload: shapes.SyncRun | None = None) -> HttpResponse:
    """Each mapping's calendar is read and settled at once (S124); this answers before that is done."""
    who = actor(request)
    who.require(Permission.MANAGE_SYNC)

    def do() -> Answer:
        with in_workspace(who.workspace_id):
            known = set(Mapping.objects.filter(state=MappingState.WORKING).values_list("id", flat=True))
        wanted = known if payload is None or payload.mapping_ids is None else set(payload.mapping_ids)
        if not wanted <= known:
            raise NotFound
        for mapping_id in sorted(wanted):
            mappings.ring(who.workspace_id, mapping_id)
        return Answer(202, msgspec.json.encode({"started": len(wanted)}).decode())

    return once.around(request, do)


def _move(request: HttpRequest, mapping_id: UUID, verb: Any) -> HttpResponse:
    who = actor(request)
    _find(who, mapping_id)

    def do() -> Answer:
        return Answer(200, msgspec.json.encode(_mapping(verb(who, mapping_id))).decode())

    return once.around(request, do)


def _find(who: Actor, mapping_id: UUID) -> Mapping:
    who.require(Permission.MANAGE_SYNC)
    with in_workspace(who.workspace_id):
        row = Mapping.objects.filter(id=mapping_id).exclude(state=MappingState.ENDED).first()
    if row is None:
        raise NotFound
    return row


def _connection(row: Connection) -> Json:
    names = ("id", "name", "tenant", "app_id", "state", "words", "created_at")
    return {name: getattr(row, name) for name in names}


def _calendar(row: Calendar) -> Json:
    mailbox = row.mailbox
    return {
        "id": row.id,
        "connection_id": row.connection_id,  # type: ignore[attr-defined]
        "address": mailbox.address,
        "name": row.name,
        "observed_at": row.observed_at,
        "mailbox_state": mailbox.state,
        "words": mailbox.words,
    }


def _settings(row: Mapping) -> Json:
    return cast("Json", row.settings)  # pyright: ignore[reportUnknownMemberType]


def _mapping(row: Mapping) -> Json:
    return {
        "id": row.id,
        "resource_id": row.resource_id,
        "calendar_id": row.calendar_id,  # type: ignore[attr-defined]
        "state": row.state,
        "settings": _settings(row),
        "synced_at": row.synced_at,
        "brake_waiting": row.brake_waiting,
    }


def _counts() -> dict[UUID, tuple[int, int, int]]:
    rows = (
        Link.objects.filter(closed_at__isnull=True, is_shadow=False)
        .values_list("mapping_id")
        .annotate(
            settled=Count("id", filter=Q(is_unsettled=False, parked="")),
            under_way=Count("id", filter=Q(is_unsettled=True, parked="")),
            asking=Count("id", filter=~Q(parked="")),
        )
    )
    return {mapping_id: (settled, unsettled, parked) for mapping_id, settled, unsettled, parked in rows}


def _line(row: Mapping, counts: tuple[int, int, int]) -> Json:
    mailbox = row.calendar.mailbox
    return {
        "mapping_id": row.id,
        "resource_id": row.resource_id,
        "state": row.state,
        "mailbox_state": mailbox.state,
        "words": mailbox.words,
        "read_at": row.calendar.observed_at,
        "in_step": counts[0],
        "under_way": counts[1],
        "asks": counts[2],
    }
