"""The list of bookings, and the same list as a file."""

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Permission
from holdfast.web import board, frames, listing
from holdfast.web.door import Visit, page

COLUMNS = (("when", "When"), ("title", "Title"), ("changed", "Last changed"))


@page()
def bookings(visit: Visit) -> HttpResponse:
    zone = visit.workspace.zone
    wanted = listing.filters(visit.request.GET, today=board.today_in(zone))
    with in_workspace(visit.workspace.id):
        told = frames.news()
        rows = board.read_rows(is_active=None)
        query = listing.found(visit.actor, wanted, zone=zone)
        first = (wanted.page - 1) * listing.PAGE_ROWS
        page_rows = list(query[first : first + listing.PAGE_ROWS + 1])
        shown = board.show_all(visit.actor, page_rows[: listing.PAGE_ROWS], rows=rows)
    context = {
        "shown": shown,
        "rows": rows,
        "wanted": wanted,
        "heads": [_head(visit, wanted, key, name) for key, name in COLUMNS],
        "newer": _page_address(visit, wanted.page - 1) if wanted.page > 1 else "",
        "older": _page_address(visit, wanted.page + 1) if len(page_rows) > listing.PAGE_ROWS else "",
        "export": f"{reverse('web:bookings-export')}?{visit.request.GET.urlencode()}",
        "may_book": visit.actor.may(Permission.BOOK),
        "may_export": visit.actor.may(Permission.EXPORT),
    }
    return frames.show(visit, "web/bookings.html", context, told=told, title="Bookings")


@page(permission=Permission.EXPORT)
def export(visit: Visit) -> HttpResponse:
    zone = visit.workspace.zone
    wanted = listing.filters(visit.request.GET, today=board.today_in(zone))
    with in_workspace(visit.workspace.id):
        rows = board.read_rows(is_active=None)
        query = listing.found(visit.actor, wanted, zone=zone)[: listing.EXPORT_ROWS_MAX]
        text = listing.as_csv(board.show_all(visit.actor, query, rows=rows))
    headers = {"Content-Disposition": 'attachment; filename="bookings.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _head(visit: Visit, wanted: listing.Filters, key: str, name: str) -> dict[str, str]:
    """A column's head: its address sorts by it, or turns the order round."""
    is_here = wanted.sort == key
    turned = replace(wanted, is_backwards=not wanted.is_backwards) if is_here else wanted
    query = visit.request.GET.copy()
    query["sort"] = f"-{key}" if is_here and turned.is_backwards else key
    query.pop("page", None)
    direction = ("descending" if wanted.is_backwards else "ascending") if is_here else ""
    return {"name": name, "href": f"?{query.urlencode()}", "direction": direction}


def _page_address(visit: Visit, number: int) -> str:
    query = visit.request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
