"""The conflicts inbox and its answers."""

from django.http import HttpResponse

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Permission
from holdfast.web import conflicts as inbox
from holdfast.web import frames
from holdfast.web.door import Visit, page


@page()
def conflicts(visit: Visit) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        told = frames.news()
        found = inbox.questions(visit.actor)
    context = {
        "questions": found,
        "may_answer": visit.actor.may(Permission.RESOLVE_CONFLICTS),
        "zone": visit.workspace.zone,
    }
    return frames.show(visit, "web/conflicts.html", context, told=told, title="Conflicts")
