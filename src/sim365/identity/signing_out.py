"""Signing out: the browser's session ends; tokens that apps hold do not (FACTS 1.3)."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from sim365.identity.asking import Return
from sim365.identity.issuing import Issuer
from sim365.identity.rendering import page
from sim365.identity.sign_in_pages import COOKIE, SignInPages


def sign_out(issuer: Issuer, pages: SignInPages, request: Request) -> Response:
    """End the session, or one person's part of it, and go back where a registered address says so."""
    parameters = request.values
    session = pages.session_of(request)
    hint = parameters.get("logout_hint", "").lower()
    company = issuer.simulator.company
    leaving = [
        oid
        for oid in session.people
        if not hint
        or any(hint in tenant.mailboxes[oid].names() for tenant in company.tenants if oid in tenant.mailboxes)
    ]
    for oid in leaving:
        del session.people[oid]
    address = parameters.get("post_logout_redirect_uri", "")
    known = {
        uri
        for tenant in company.tenants
        for app in tenant.apps.values()
        for uri in (*app.redirect_uris, *app.spa_redirect_uris)
    }
    if address and address in known:
        response = Response(
            status=303, headers={"Location": Return(address, state=parameters.get("state", "")).carrying({})}
        )
    else:
        response = page("signed_out.html", 200)
    if not session.people:
        issuer.simulator.company.sign_ins.sessions.pop(request.cookies.get(COOKIE, ""), None)
        response.delete_cookie(COOKIE, path="/")
    return response
