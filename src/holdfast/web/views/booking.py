"""One booking: its details, its story, and the verbs that change it. Each verb is a resource of its own."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from holdfast.bookings import verbs
from holdfast.bookings.orders import Cancel, Edit, Order, Restore
from holdfast.bookings.outcomes import Done, Refused
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import Invalid, NotFound
from holdfast.directory.roles import Permission
from holdfast.web import finding, frames, free, saying, stories, times
from holdfast.web.door import Visit, page
from holdfast.web.free import Alternative
from holdfast.web.saying import Told

CHANGED = {"HX-Trigger": "holdfast:changed"}


@page()
def detail(visit: Visit, booking_id: UUID) -> HttpResponse:
    return details(visit, booking_id)


def details(
    visit: Visit,
    booking_id: UUID,
    *,
    said: str = "",
    refused: Told | None = None,
    status: int = 200,
    instead: tuple[Alternative, ...] = (),
) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        found = finding.booking(visit.actor, booking_id)
        overlaps = finding.overlaps(visit.actor, found.shown)
        told = None if visit.is_part else frames.news()
    story = stories.read(visit, booking_id)
    context = {
        "shown": found.shown,
        "zone": found.shown.zone,
        "overlaps": overlaps,
        "story": story,
        "may_change": found.shown.may_change,
        "may_restore": found.shown.state == "cancelled" and visit.actor.may(Permission.BOOK),
        "said": said,
        "refused": refused,
        "alternatives": instead,
    }
    answer = frames.show(visit, "web/booking.html", context, told=told, title=found.shown.title, status=status)
    if said:
        answer["HX-Trigger"] = CHANGED["HX-Trigger"]
    return answer


@page(is_news=True)
def story(visit: Visit, booking_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        found = finding.booking(visit.actor, booking_id)
    lines = stories.read(visit, booking_id)
    return render(
        visit.request, "web/story_news.html", {"story": lines, "zone": found.shown.zone, "shown": found.shown}
    )


@page("POST", permission=Permission.BOOK)
def moves(visit: Visit, booking_id: UUID) -> HttpResponse:
    """Moved or resized by a drag: another time, perhaps another resource."""
    form = visit.request.POST
    with in_workspace(visit.workspace.id):
        found = finding.booking(visit.actor, booking_id)
        row = finding.resource(_uuid(form.get("resource", "")))
    try:
        when = times.told_in(
            row.zone, start=form.get("start", ""), end=form.get("end", ""), zone=form.get("zone", row.zone)
        )
        times.refuse_doubtful(when)
    except Invalid as error:
        return details(visit, booking_id, refused=Told(error.sentence, "", error.code), status=422)
    changes: dict[str, object] = {"when": when}
    if row.id != found.booking.resource_id:
        changes["resource_id"] = row.id
    order = Edit(booking_id=booking_id, changes=changes, version=version_of(form.get("version", "")))
    return change(
        visit, order, booking_id=booking_id, said="Moved.", wanted=free.Wanted(row.id, when, found.booking.quantity)
    )


@page("GET", "HEAD", permission=Permission.BOOK)
def cancel(visit: Visit, booking_id: UUID) -> HttpResponse:
    """The question before a cancellation: what it takes away, in numbers, then the verb again."""
    with in_workspace(visit.workspace.id):
        found = finding.booking(visit.actor, booking_id)
        told = None if visit.is_part else frames.news()
    return frames.show(
        visit, "web/booking_cancel.html", {"shown": found.shown, "zone": found.shown.zone}, told=told, title="Cancel"
    )


@page("POST", permission=Permission.BOOK)
def cancellation(visit: Visit, booking_id: UUID) -> HttpResponse:
    form = visit.request.POST
    order = Cancel(
        booking_id=booking_id, reason=form.get("reason", "")[:255], version=version_of(form.get("version", ""))
    )
    return change(visit, order, booking_id=booking_id, said="Cancelled. The time is free again.")


@page("POST", permission=Permission.BOOK)
def restoration(visit: Visit, booking_id: UUID) -> HttpResponse:
    """Take a cancellation back, if the time is still free."""
    order = Restore(booking_id=booking_id, version=version_of(visit.request.POST.get("version", "")))
    return change(visit, order, booking_id=booking_id, said="Taken back: the booking stands again.")


def change(
    visit: Visit, order: Order, *, booking_id: UUID, said: str, wanted: free.Wanted | None = None
) -> HttpResponse:
    """Do one order and show the booking as it then is."""
    outcome = verbs.apply(visit.actor, [order])[0]
    match outcome:
        case Done():
            if visit.is_part:
                return details(visit, booking_id, said=said)
            return HttpResponseRedirect(reverse("web:booking", args=[booking_id]))
        case Refused():
            if saying.status(outcome) == 404:
                raise NotFound
            instead = free.instead(visit, wanted) if wanted and outcome.clashes else ()
            return details(
                visit, booking_id, refused=saying.refusal(outcome), status=saying.status(outcome), instead=instead
            )


def version_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
