"""Who a person's token speaks for, in OpenID Connect's words: `/oidc/userinfo` at the Graph host (FACTS 1.1)."""

import msgspec

from sim365.errors import GraphError, bad_request
from sim365.http.requests import Answer, Request
from sim365.state import Principal, Tenant
from sim365.state.principals import GRAPH_ITSELF, subject_of

PATH = ["oidc", "userinfo"]


def userinfo(request: Request, principal: Principal, tenant: Tenant | None) -> Answer:
    """The claims that the token's scopes allow (OpenID Connect Core 5.3)."""
    if request.method not in {"GET", "POST"}:
        text = "The userinfo endpoint takes GET and POST."
        raise GraphError(405, "UnsupportedMethod", text, headers={"Allow": "GET, POST"})
    mailbox = None if tenant is None or principal.user_oid is None else tenant.find(principal.user_oid)
    if mailbox is None:
        raise bad_request("The userinfo endpoint is for tokens of people.")
    if "openid" not in principal.scopes:
        raise GraphError(403, "Authorization_RequestDenied", "The token has no openid scope.")
    claims = {"sub": subject_of(GRAPH_ITSELF, mailbox.oid)}
    if "profile" in principal.scopes:
        given, _, family = mailbox.display_name.partition(" ")
        claims |= {"name": mailbox.display_name, "given_name": given, "family_name": family}
        claims["picture"] = f"{request.origin}/v1.0/me/photo/$value"
    if "email" in principal.scopes:
        claims["email"] = mailbox.address
    # Not OData: the body is OpenID Connect's, and Graph's types say nothing of it.
    return Answer(200, raw=msgspec.json.encode(claims), content_type="application/json; charset=utf-8")
