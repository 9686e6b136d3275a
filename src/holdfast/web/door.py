"""The door of every page: who asks, may they, and what is answered when a lower package says no.

Decides how an error becomes a page; must not decide what is allowed (verbs and `Actor.require` do). The workspace and
the role are read anew for each request, so a role taken away is gone with the next click.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from holdfast.bookings import errors as bookings_errors
from holdfast.database.errors import Busy
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import Invalid, NotAllowed, NotFound
from holdfast.directory.models import Account, Membership, Person, Workspace
from holdfast.directory.roles import Actor, Permission, Role, person
from holdfast.mirror.errors import AnswerOutdated
from holdfast.mirror.errors import Refused as MirrorRefused
from holdfast.web import signin
from holdfast.web.errors import NotSignedIn

log = logging.getLogger(__name__)
MEMBERSHIPS_MAX = 200  # a managed-service provider's account may belong to many workspaces; the list is one page


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person in one workspace."""

    request: HttpRequest
    account: Account
    actor: Actor
    role: Role
    workspace: Workspace
    workspaces: int

    @property
    def is_part(self) -> bool:
        """Whether a part of a page is asked for, by htmx."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def person_id(self) -> UUID:
        assert self.actor.person_id is not None
        return self.actor.person_id

    def may(self, name: str) -> bool:
        return self.actor.may(Permission(name))


View = Callable[..., HttpResponse]
_TOLD: dict[type[Exception], tuple[int, str]] = {
    NotAllowed: (403, "You may not do this"),
    Invalid: (422, "This cannot be accepted"),
    AnswerOutdated: (409, "It has changed meanwhile"),
    MirrorRefused: (409, "This cannot be done"),
    Busy: (503, "Many are booking at once"),
}
_CODES: dict[type[Exception], str] = {NotAllowed: "not_allowed", Busy: "busy"}


def page(*methods: str, permission: Permission = Permission.VIEW, is_news: bool = False) -> Callable[[View], View]:
    """A view for people who are signed in. `is_news`: a page asks by itself, so the session is not used by it."""
    allowed = methods or ("GET", "HEAD")

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            response = _answer(view, request, named, permission=permission, is_news=is_news)
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("Vary", "Cookie, HX-Request")
            return response

        return answer

    return decorate


def _answer(
    view: View, request: HttpRequest, named: dict[str, Any], *, permission: Permission, is_news: bool
) -> HttpResponse:
    try:
        visit = visiting(request)
        if not is_news:
            signin.note_use(request)
        visit.actor.require(permission)
        return view(visit, **named)
    except NotSignedIn:
        return _ask_to_sign_in(request, is_news=is_news)
    except (NotFound, bookings_errors.NotFound):
        return not_found(request)
    except tuple(_TOLD) as error:
        status, title = next(told for kind, told in _TOLD.items() if isinstance(error, kind))
        code = str(getattr(error, "code", "") or _CODES.get(type(error), "refused"))
        return problem(request, status=status, title=title, sentence=str(error), code=code)


def visiting(request: HttpRequest) -> Visit:
    """Who is asking. Raises NotSignedIn."""
    account = request.user
    if not isinstance(account, Account) or not account.is_active:
        raise NotSignedIn
    memberships = list(
        Membership.objects.filter(account=account).select_related("workspace").order_by("created_at")[:MEMBERSHIPS_MAX]
    )
    chosen = request.session.get(signin.WORKSPACE, "")
    for membership in sorted(memberships, key=lambda one: str(one.workspace.id) != chosen):
        found = _person(membership)
        if found is not None:
            return _visit(request, account, membership.workspace, found, len(memberships))
    raise NotAllowed("view", account.email)


def _person(membership: Membership) -> Person | None:
    with in_workspace(membership.workspace.id):
        return Person.objects.filter(id=membership.person_id, active=True).first()


def _visit(request: HttpRequest, account: Account, workspace: Workspace, found: Person, count: int) -> Visit:
    role = Role(found.role)
    if signin.has_ended(request, role):
        logout(request)
        raise NotSignedIn
    actor = person(workspace.id, person_id=found.id, name=found.name, role=role)
    return Visit(request, account, actor, role, workspace, count)


def _ask_to_sign_in(request: HttpRequest, *, is_news: bool) -> HttpResponse:
    place = request.get_full_path() if request.method == "GET" and not is_news else "/"
    address = f"{reverse('web:sign-in')}?next={quote(place)}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("web:sign-in")})
    if is_news:
        return HttpResponse(status=401)
    return HttpResponseRedirect(address)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django's signature
    """The same body for what is not there and for what belongs to somebody else (A-T1)."""
    sentence = "There is nothing at this address, or it belongs to another workspace."
    return problem(request, status=404, title="Not found", sentence=sentence, code="not_found")


def problem(
    request: HttpRequest, *, status: int, title: str, sentence: str, code: str, remedy: str = ""
) -> HttpResponse:
    """An error page, or the part of a page that says it."""
    is_part = request.headers.get("HX-Request") == "true"
    layout = "web/part.html" if is_part else "web/bare.html"
    context = {"layout": layout, "title": title, "sentence": sentence, "remedy": remedy, "code": code}
    return render(request, "web/problem.html", context, status=status)
