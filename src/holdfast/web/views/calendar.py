"""The week of one resource."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Permission
from holdfast.web import board, finding, frames
from holdfast.web.door import Visit, page
from holdfast.web.views.today import spans_answer

WEEK = 7


@page()
def calendars(visit: Visit) -> HttpResponse:
    """To the week of the first resource."""
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
    if not rows:
        return HttpResponseRedirect(reverse("web:resources"))
    return HttpResponseRedirect(reverse("web:calendar", args=[rows[0].id]))


@page()
def calendar(visit: Visit, resource_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        row = finding.resource(resource_id)
        monday = _monday(visit, row.zone)
        told, rows = frames.news(), board.read_rows()
        read = board.read(visit.actor, zone=row.zone, first=monday, days=WEEK, only=resource_id)
    context = {
        "row": row,
        "rows": rows,
        "board": read,
        "first": monday,
        "last": monday + timedelta(days=WEEK - 1),
        "before": monday - timedelta(days=WEEK),
        "after": monday + timedelta(days=WEEK),
        "zone": row.zone,
        "beside_grid": True,
        "may_book": visit.actor.may(Permission.BOOK),
        "day": monday,
    }
    return frames.show(visit, "web/calendar.html", context, told=told, title=row.name)


@page(is_news=True)
def calendar_spans(visit: Visit, resource_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        row = finding.resource(resource_id)
        monday = _monday(visit, row.zone)
        read = board.read(visit.actor, zone=row.zone, first=monday, days=WEEK, only=resource_id)
    return spans_answer(visit, read)


def _monday(visit: Visit, zone: str) -> date:
    try:
        day = date.fromisoformat(visit.request.GET.get("day", "")[:10])
    except ValueError:
        day = board.today_in(zone)
    return day - timedelta(days=day.weekday())
