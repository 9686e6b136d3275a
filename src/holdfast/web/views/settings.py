"""People, their roles, and the tokens of programs."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from holdfast.database.transactions import in_workspace
from holdfast.directory import people, tokens
from holdfast.directory.errors import Invalid
from holdfast.directory.roles import Permission, Role
from holdfast.ports import clock
from holdfast.web import frames
from holdfast.web.door import Visit, page

ROLES = {
    Role.ADMIN: "Administrator: everything",
    Role.MANAGER: "Manager: resources, all bookings, conflicts",
    Role.MEMBER: "Member: own bookings",
    Role.AUDITOR: "Auditor: reads, changes nothing",
}
SCOPES = {
    Permission.VIEW: "read bookings and resources",
    Permission.BOOK: "book, change and cancel",
    Permission.BOOK_FOR_OTHERS: "act on everybody’s bookings",
    Permission.VIEW_PRIVATE: "read private bookings",
    Permission.MANAGE_RESOURCES: "change resources",
    Permission.MANAGE_SYNC: "connections, mappings and sync",
    Permission.RESOLVE_CONFLICTS: "answer conflicts",
    Permission.EXPORT: "export",
    Permission.AUDIT: "read the journal",
}
DAYS_MAX = 3650


@page("GET", "HEAD", permission=Permission.ADMINISTER)
def settings(visit: Visit) -> HttpResponse:
    return _page(visit)


@page("POST", permission=Permission.ADMINISTER)
def add_person(visit: Visit) -> HttpResponse:
    form = visit.request.POST
    try:
        role = _role(form.get("role", ""))
        people.add_person(visit.actor, name=form.get("name", ""), email=form.get("email", ""), role=role)
    except Invalid as error:
        return _page(visit, wrong=error)
    return HttpResponseRedirect(reverse("web:settings"))


@page("POST", permission=Permission.ADMINISTER)
def change_person(visit: Visit, person_id: UUID) -> HttpResponse:
    form = visit.request.POST
    try:
        people.change_person(visit.actor, person_id, role=_role(form.get("role", "")), active=bool(form.get("active")))
    except Invalid as error:
        return _page(visit, wrong=error)
    return HttpResponseRedirect(reverse("web:settings"))


@page("POST", permission=Permission.ADMINISTER)
def make_token(visit: Visit) -> HttpResponse:
    """A token; its text is on this answer and nowhere else, ever."""
    form = visit.request.POST
    scopes = [scope for scope in SCOPES if scope.value in form.getlist("scope")]
    try:
        days = _days(form.get("days", ""))
        expires_at = clock.now() + timedelta(days=days) if days else None
        _, text = tokens.make_token(
            visit.actor, name=form.get("name", ""), scopes=scopes, person_id=visit.person_id, expires_at=expires_at
        )
    except Invalid as error:
        return _page(visit, wrong=error)
    return _page(visit, secret=text)


@page("POST", permission=Permission.ADMINISTER)
def revoke_token(visit: Visit, token_id: UUID) -> HttpResponse:
    tokens.revoke_token(visit.actor, token_id)
    return HttpResponseRedirect(reverse("web:settings"))


def _page(visit: Visit, *, wrong: Invalid | None = None, secret: str = "") -> HttpResponse:
    with in_workspace(visit.workspace.id):
        told = frames.news()
        everybody = people.people(visit.workspace.id)
        known = tokens.tokens(visit.workspace.id)
    context = {
        "people": everybody,
        "tokens": known,
        "roles": [(role.value, words) for role, words in ROLES.items()],
        "scopes": [(scope.value, words) for scope, words in SCOPES.items()],
        "wrong": wrong,
        "secret": secret,
        "zone": visit.workspace.zone,
        "now": clock.now(),
    }
    return frames.show(visit, "web/settings.html", context, told=told, title="Settings", status=422 if wrong else 200)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise Invalid("role", "Choose a role from the list.") from None


def _days(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= DAYS_MAX):
        raise Invalid("days", f"A token lasts from 1 to {DAYS_MAX} days; leave it empty for one without an end.")
    return int(text)
