"""The conflicts inbox and its answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from holdfast.bookings import conflicts as queue
from holdfast.bookings.conflicts import Choice as QueueChoice
from holdfast.bookings.outcomes import Refused
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotFound
from holdfast.directory.roles import Permission
from holdfast.mirror import conflicts as mirror
from holdfast.mirror.models import Link
from holdfast.reconcile.choices import Choice
from holdfast.web import conflicts as inbox
from holdfast.web import frames
from holdfast.web.door import Visit, page


@page()
def conflicts(visit: Visit) -> HttpResponse:
    found = inbox.entries(visit.actor)
    with in_workspace(visit.workspace.id):
        told = frames.news()
    context = {
        "entries": found,
        "may_answer": visit.actor.may(Permission.RESOLVE_CONFLICTS),
        "zone": visit.workspace.zone,
    }
    return frames.show(visit, "web/conflicts.html", context, told=told, title="Conflicts")


@page("POST", permission=Permission.RESOLVE_CONFLICTS)
def answer(visit: Visit, conflict_id: UUID) -> HttpResponse:
    """An answer to the record's queue: which of two stays, or that something was seen."""
    try:
        choice = QueueChoice(visit.request.POST.get("choice", ""))
    except ValueError:
        raise NotFound from None
    outcome = queue.choose(visit.actor, conflict_id, choice)
    if isinstance(outcome, Refused):
        messages.warning(visit.request, f"{outcome.sentence} {outcome.remedy}", extra_tags="care")
    return HttpResponseRedirect(reverse("web:conflicts"))


@page("POST", permission=Permission.RESOLVE_CONFLICTS)
def reply(visit: Visit, link_id: UUID) -> HttpResponse:
    """An answer to the mirror; it names the pair it was shown."""
    form = visit.request.POST
    with in_workspace(visit.workspace.id):
        if not Link.objects.filter(id=link_id).exclude(parked="").exists():
            raise NotFound
    match form.get("choice", ""):
        case "try_again":
            mirror.try_again(visit.actor, link_id)
        case "leave":
            mirror.leave(visit.actor, link_id)
        case "ours" | "theirs" as chosen:
            pair = (form.get("ours", ""), form.get("theirs", ""))
            mirror.answer(visit.actor, link_id, Choice(chosen), pair=pair)
        case _:
            raise NotFound
    return HttpResponseRedirect(reverse("web:conflicts"))
