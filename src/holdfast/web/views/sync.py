"""Sync: connections, mappings and mailboxes in words; discovering, mapping, previewing and running."""

from django.http import HttpResponse

from holdfast.database.transactions import in_workspace
from holdfast.web import frames, tied
from holdfast.web.door import Visit, page


@page()
def sync(visit: Visit) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        told = frames.news()
        lines = tied.lines()
        connections = tied.connections()
    context = {
        "lines": lines,
        "connections": connections,
        "zone": visit.workspace.zone,
        "may_sync": visit.may("manage_sync"),
    }
    return frames.show(visit, "web/sync.html", context, told=told, title="Sync")
