"""The first screen: one day of all resources, as a timeline, as a list by time, and in three answers."""

from datetime import date, timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Permission
from holdfast.web import board, frames, summary
from holdfast.web.door import Visit, page


@page()
def today(visit: Visit) -> HttpResponse:
    return _day(visit, board.today_in(visit.workspace.zone))


@page()
def day(visit: Visit, day: date) -> HttpResponse:
    return _day(visit, day)


def _day(visit: Visit, day: date) -> HttpResponse:
    zone = visit.workspace.zone
    with in_workspace(visit.workspace.id):
        told = frames.news()
        read = board.read(visit.actor, zone=zone, first=day)
    is_today = day == board.today_in(zone)
    context = {
        "board": read,
        "summary": summary.summarise(read, asks=told.asks, looked_at=told.observed_at),
        "day": day,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "is_today": is_today,
        "zone": zone,
        "zone_name": zone.split("/")[-1].replace("_", " "),
        "beside_grid": True,
        "may_book": visit.actor.may(Permission.BOOK),
        "may_manage": visit.actor.may(Permission.MANAGE_RESOURCES),
    }
    return frames.show(visit, "web/today.html", context, told=told, title="Today" if is_today else f"{day:%A %d %B}")


@page(is_news=True)
def day_list(visit: Visit, day: date) -> HttpResponse:
    """The list by time alone, for a page that is open."""
    with in_workspace(visit.workspace.id):
        read = board.read(visit.actor, zone=visit.workspace.zone, first=day)
    context = {"board": read, "day": day, "beside_grid": True, "may_book": visit.actor.may(Permission.BOOK)}
    return render(visit.request, "web/daylist.html", context)


@page(is_news=True)
def answers(visit: Visit, day: date) -> HttpResponse:
    """The three answers alone, for a page that is open."""
    zone = visit.workspace.zone
    with in_workspace(visit.workspace.id):
        told = frames.news()
        read = board.read(visit.actor, zone=zone, first=day)
    context = {
        "summary": summary.summarise(read, asks=told.asks, looked_at=told.observed_at),
        "is_today": day == board.today_in(zone),
        "zone": zone,
    }
    return render(visit.request, "web/summary.html", context)


@page(is_news=True)
def spans(visit: Visit, day: date) -> HttpResponse:
    """The day as plain JSON of spans for the calendar widget; 304 while nothing in it has changed."""
    with in_workspace(visit.workspace.id):
        read = board.read(visit.actor, zone=visit.workspace.zone, first=day)
    return spans_answer(visit, read)


def spans_answer(visit: Visit, read: board.Board) -> HttpResponse:
    grid = board.as_grid(read, may_book=visit.actor.may(Permission.BOOK))
    tag = board.tag(grid)
    if visit.request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return JsonResponse(grid, headers={"ETag": tag})


@page(is_news=True)
def changes(visit: Visit) -> HttpResponse:
    """Whether anything has changed since the given tag: 304 or a new tag, one small read either way."""
    with in_workspace(visit.workspace.id):
        told = frames.news()
    if visit.request.headers.get("If-None-Match") == told.tag:
        return HttpResponse(status=304, headers={"ETag": told.tag})
    return JsonResponse({"asks": told.asks}, headers={"ETag": told.tag})
