"""In and out: sign-in, sign-out, and the choice among several workspaces."""

from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from holdfast.directory.errors import NotFound
from holdfast.directory.models import Membership
from holdfast.web import signin
from holdfast.web.door import Visit, page

WRONG = "Address and password do not belong together. Check both; an administrator can set a new password."


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The one page that is open to everybody."""
    said = ""
    if request.method == "POST":
        outcome = signin.sign_in(
            request, address=request.POST.get("address", ""), password=request.POST.get("password", "")
        )
        match outcome:
            case signin.SignedIn():
                return HttpResponseRedirect(_next(request))
            case signin.MustWait(minutes=minutes):
                said = f"Too many attempts. Wait {minutes} minutes and try again."
            case signin.Wrong():
                said = WRONG
    context = {
        "said": said,
        "next": _next(request),
        "address": request.POST.get("address", "")[:320],
        "title": "Sign in",
    }
    return render(request, "web/sign_in.html", context, status=401 if said else 200)


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of ours or home, never another site (A-O9)."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("web:today")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("web:sign-in"))


@page()
def workspaces(visit: Visit) -> HttpResponse:
    """Which workspace to work in, where there are several."""
    mine = Membership.objects.filter(account=visit.account).select_related("workspace").order_by("workspace__name")
    context = {"workspaces": [one.workspace for one in mine], "here": visit.workspace.id, "title": "Choose a workspace"}
    return render(visit.request, "web/workspaces.html", context)


@page("POST")
def enter(visit: Visit, workspace_id: UUID) -> HttpResponse:
    """Work in another workspace from now on."""
    if not Membership.objects.filter(account=visit.account, workspace_id=workspace_id).exists():
        raise NotFound
    visit.request.session[signin.WORKSPACE] = str(workspace_id)
    return HttpResponseRedirect(reverse("web:today"))
