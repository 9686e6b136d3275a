"""When resources are taken, and where there is room."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from holdfast.api import shapes, times
from holdfast.api.door import actor
from holdfast.api.problems import Problem
from holdfast.api.telling import Json, answers
from holdfast.bookings import availability as taken
from holdfast.bookings.orders import Make
from holdfast.database.transactions import in_workspace
from holdfast.directory.models import Resource
from holdfast.directory.roles import Actor, Permission
from holdfast.mirror import unknown

router = Router(tags=["availability"])
RESOURCES_MAX = 500
MINUTES_MAX = 60 * 24 * 30
ALTERNATIVES_MAX = 5
LOOK_AHEAD = timedelta(hours=12)


@router.get(
    "",
    response=answers(shapes.AvailabilityAnswer, problems=(422,)),
    summary="When resources are taken, and where there is room",
)
def asked(  # noqa: PLR0917  query parameters are named by those who send them
    request: HttpRequest,
    start: str,
    end: str,
    resource_id: Query[list[UUID] | None] = None,
    minutes: int | None = None,
    quantity: int = 1,
) -> Json:
    """One statement whatever the number of resources. Unknown time is busy: it is never offered."""
    who = actor(request)
    who.require(Permission.VIEW)
    first, last = _span(start, end)
    if minutes is not None and not 0 < minutes <= MINUTES_MAX:
        raise Problem("invalid", f"minutes lies between 1 and {MINUTES_MAX}.", field="minutes")
    not_known = unknown.resources(who.workspace_id)
    with in_workspace(who.workspace_id):
        ids = _resources(resource_id)
        calendars = taken.availability(who.workspace_id, ids, start=first, end=last)
        known = [one for one in ids if one not in not_known]
        rooms = (
            taken.rooms(
                who.workspace_id, known, length=timedelta(minutes=minutes), start=first, end=last, quantity=quantity
            )
            if minutes
            else []
        )
    return {
        "items": [_told(calendar, is_known=calendar.resource_id not in not_known) for calendar in calendars],
        "rooms": [{"resource_id": room.resource_id, "start": room.start, "end": room.end} for room in rooms],
    }


def instead(who: Actor, order: Make) -> list[Json]:
    """Where the wished booking would fit: the same kind of resource, from the wished start on."""
    start, end = order.when.instants()
    if end - start > LOOK_AHEAD:
        return []
    not_known = unknown.resources(who.workspace_id)
    with in_workspace(who.workspace_id):
        wished = Resource.objects.filter(id=order.resource_id).first()
        kind = "" if wished is None else wished.kind
        like = Resource.objects.filter(kind=kind, active=True).values_list("id", flat=True)[:RESOURCES_MAX]
        known = [one for one in like if one not in not_known]
        until = end + LOOK_AHEAD
        found = taken.rooms(
            who.workspace_id, known, length=end - start, start=start, end=until, quantity=order.quantity
        )
    return [_free(room, end - start) for room in found[:ALTERNATIVES_MAX]]


def _free(room: taken.Room, length: timedelta) -> Json:
    return {
        "resource_id": str(room.resource_id),
        "start": room.start.isoformat(),
        "end": (room.start + length).isoformat(),
    }


def _span(start: str, end: str) -> tuple[datetime, datetime]:
    first, last = times.instant(start, "start"), times.instant(end, "end")
    if last <= first:
        raise Problem("invalid", "The end lies before the start.", field="end")
    if last - first > taken.SPAN_MAX:
        raise Problem("invalid", f"At most {taken.SPAN_MAX.days} days can be asked for at once.", field="end")
    return first, last


def _resources(wanted: list[UUID] | None) -> list[UUID]:
    if wanted is not None and len(wanted) > RESOURCES_MAX:
        raise Problem("invalid", f"At most {RESOURCES_MAX} resources can be asked for at once.", field="resource_id")
    query = Resource.objects.filter(active=True).order_by("position", "name", "id")
    query = query.filter(id__in=wanted) if wanted is not None else query
    return list(query.values_list("id", flat=True)[:RESOURCES_MAX])


def _told(calendar: taken.Calendar, *, is_known: bool) -> Json:
    busy = [{"start": _instant(one.start), "end": _instant(one.end), "used": one.used} for one in calendar.busy]
    return {"resource_id": calendar.resource_id, "capacity": calendar.capacity, "is_known": is_known, "busy": busy}


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
