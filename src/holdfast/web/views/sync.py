"""Sync: connections, mappings and mailboxes in words; connecting, discovering, mapping, previewing and running."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotFound
from holdfast.directory.models import Resource
from holdfast.directory.roles import Permission
from holdfast.mirror import connections, discovery, mappings, preview, tasks
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.errors import Refused
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.models import Mapping, MappingState
from holdfast.web import frames, tied
from holdfast.web.door import Visit, page

MAP_AT_ONCE_MAX = 200


@page()
def sync(visit: Visit) -> HttpResponse:
    return _page(visit)


def _page(visit: Visit, *, refused: str = "", status: int = 200) -> HttpResponse:
    lines = tied.lines(visit.actor)
    known = connections.connections(visit.workspace.id)
    with in_workspace(visit.workspace.id):
        told = frames.news()
    context = {
        "lines": lines,
        "connections": known,
        "planned": [line for line in lines if line.is_planned],
        "scopes": connections.PERMISSIONS,
        "refused": refused,
        "zone": visit.workspace.zone,
        "may_sync": visit.may("manage_sync"),
    }
    return frames.show(visit, "web/sync.html", context, told=told, title="Sync", status=status)


@page("POST", permission=Permission.MANAGE_SYNC)
def connect(visit: Visit) -> HttpResponse:
    """Try a connection at Microsoft, and keep it where it works."""
    form = visit.request.POST
    fields: dict[str, Any] = {name: form.get(name, "").strip() for name in ("tenant", "app_id", "secret")}
    try:
        connections.connect(visit.actor, NewConnection(**fields), engine=tasks.engine())
    except Refused as error:
        return _page(visit, refused=str(error), status=422)
    return HttpResponseRedirect(reverse("web:sync"))


@page(permission=Permission.MANAGE_SYNC)
def rooms(visit: Visit, connection_id: UUID) -> HttpResponse:
    """What Microsoft has to offer, beside our resources; ticked ones are mapped."""
    _refuse_unknown_connection(visit, connection_id)
    refused, found = "", discovery.Found()
    try:
        found = discovery.discover(visit.actor, connection_id, engine=tasks.engine())
    except Refused as error:
        refused = str(error)
    with in_workspace(visit.workspace.id):
        told = frames.news()
        resources = list(Resource.objects.filter(active=True).order_by("name"))
        addresses = Mapping.objects.exclude(state=MappingState.ENDED).values_list(
            "calendar__mailbox__address", flat=True
        )
        mapped = {address.lower() for address in addresses}
    context = {
        "candidates": [{"one": one, "mapped": one.address.lower() in mapped} for one in found.candidates],
        "problems": found.problems,
        "refused": refused,
        "resources": resources,
        "connection_id": connection_id,
    }
    return frames.show(visit, "web/rooms.html", context, told=told, title="Rooms and equipment")


@page("POST", permission=Permission.MANAGE_SYNC)
def plan(visit: Visit, connection_id: UUID) -> HttpResponse:
    """Map what was chosen; nothing flows before it is started."""
    _refuse_unknown_connection(visit, connection_id)
    pairs = [
        (name.removeprefix("resource:"), value)
        for name, value in visit.request.POST.items()
        if name.startswith("resource:") and value
    ]
    for address, resource_id in pairs[:MAP_AT_ONCE_MAX]:
        try:
            new = NewMapping(resource_id=UUID(str(resource_id)), connection_id=connection_id, address=address)
            planned = mappings.plan_mapping(visit.actor, new, engine=tasks.engine())
        except Refused as error:
            messages.warning(visit.request, f"{address}: {error}", extra_tags="care")
        except ValueError:
            raise NotFound from None
        else:
            for advice in planned.advice:
                messages.warning(visit.request, advice, extra_tags="care")
    return HttpResponseRedirect(reverse("web:sync"))


@page(permission=Permission.MANAGE_SYNC)
def previews(visit: Visit) -> HttpResponse:
    """What the first sync of all planned mappings would do, in numbers; nothing is written."""
    counted: list[preview.Preview] = []
    problems: list[str] = []
    for line in tied.lines(visit.actor):
        if not line.is_planned:
            continue
        try:
            counted.append(preview.preview(visit.actor, line.status.mapping_id, engine=tasks.engine()))
        except Refused as error:
            problems.append(f"{line.status.address}: {error}")
    with in_workspace(visit.workspace.id):
        told = frames.news()
    names = ("events", "link", "create_here", "create_there", "block", "refuse", "overlap", "unreadable", "mails")
    totals = {name: sum(getattr(one, name) for one in counted) for name in names}
    context = {"previews": counted, "problems": problems, "totals": totals}
    return frames.show(visit, "web/preview.html", context, told=told, title="Preview of the first sync")


@page("POST", permission=Permission.MANAGE_SYNC)
def start(visit: Visit) -> HttpResponse:
    """The person has seen the numbers: the first sync of the named mappings begins."""
    for text in visit.request.POST.getlist("mapping")[:MAP_AT_ONCE_MAX]:
        mapping_id = _uuid(text)
        _refuse_unknown(visit, mapping_id)
        mappings.start(visit.actor, mapping_id)
    return HttpResponseRedirect(reverse("web:sync"))


@page("POST", permission=Permission.MANAGE_SYNC)
def run(visit: Visit) -> HttpResponse:
    """Sync now: every calendar is read and settled at once (S124)."""
    with in_workspace(visit.workspace.id):
        working = list(Mapping.objects.filter(state=MappingState.WORKING).values_list("id", flat=True))
    for mapping_id in working:
        mappings.ring(visit.workspace.id, mapping_id)
    messages.success(visit.request, f"Asked for {len(working)} calendars to be read now.", extra_tags="good")
    return HttpResponseRedirect(reverse("web:sync"))


@page("POST", permission=Permission.MANAGE_SYNC)
def pause(visit: Visit, mapping_id: UUID) -> HttpResponse:
    return _move(visit, mapping_id, mappings.pause)


@page("POST", permission=Permission.MANAGE_SYNC)
def resume(visit: Visit, mapping_id: UUID) -> HttpResponse:
    return _move(visit, mapping_id, mappings.resume)


@page("POST", permission=Permission.MANAGE_SYNC)
def end(visit: Visit, mapping_id: UUID) -> HttpResponse:
    """Untie: bookings and events stay as they are."""
    return _move(visit, mapping_id, mappings.end)


@page("POST", permission=Permission.RESOLVE_CONFLICTS)
def release(visit: Visit, mapping_id: UUID) -> HttpResponse:
    """The many deletions in Outlook are meant: follow them."""
    return _move(visit, mapping_id, mappings.release_brake)


def _move(visit: Visit, mapping_id: UUID, verb: Callable[..., object]) -> HttpResponse:
    _refuse_unknown(visit, mapping_id)
    verb(visit.actor, mapping_id)
    return HttpResponseRedirect(reverse("web:sync"))


def _refuse_unknown(visit: Visit, mapping_id: UUID) -> None:
    with in_workspace(visit.workspace.id):
        if not Mapping.objects.filter(id=mapping_id).exclude(state=MappingState.ENDED).exists():
            raise NotFound


def _refuse_unknown_connection(visit: Visit, connection_id: UUID) -> None:
    if all(one.id != connection_id for one in connections.connections(visit.workspace.id)):
        raise NotFound


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
