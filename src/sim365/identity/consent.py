"""Admin consent: the page on which an administrator of a tenant grants an app what its registration asks for.

Decides what is shown, and where the browser is sent afterwards (FACTS 1.6). Both paths are modelled: the newer one with
a scope, and the older one that grants everything registered. There is no sign-in in front of it: whoever opens the page
of a simulator is its administrator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from sim365.identity.directory import TENANTLESS, app_called, tenant_called
from sim365.identity.errors import (
    CONSENT_DECLINED,
    CONSENT_NEEDS_TENANT,
    MISSING_PARAMETER,
    MISSING_REDIRECT,
    WRONG_REDIRECT,
    NotModelled,
    SignInRefused,
)
from sim365.state import AppRegistration, Company, Tenant

GRAPH_DEFAULT = "https://graph.microsoft.com/.default"


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """An app asks an administrator; checked, and ready to be shown or answered."""

    tenant: Tenant
    app: AppRegistration
    redirect_uri: str
    state: str
    scope: str
    """Empty on the older path."""

    @property
    def permissions(self) -> list[str]:
        return sorted(self.app.requested | self.app.permissions)


def question_in(parameters: Mapping[str, str], *, tenant: str, with_scope: bool, company: Company) -> ConsentQuestion:
    """The checked question of a consent request, or SignInRefused: shown on the page and never sent to the app."""
    client_id = parameters.get("client_id", "")
    if not client_id:
        raise SignInRefused(MISSING_PARAMETER, parameter="client_id")
    directory = _tenant_asked(tenant, with_scope=with_scope, company=company)
    app = app_called(directory, client_id)
    scope = _scope_asked(parameters) if with_scope else ""
    return ConsentQuestion(directory, app, _redirect_of(app, parameters), parameters.get("state", ""), scope)


def accept(question: ConsentQuestion) -> str:
    """Grant what the registration asks for; the address to send the browser to."""
    question.app.permissions |= question.app.requested
    answer = {"admin_consent": "True", "tenant": question.tenant.tenant_id}
    if question.scope:
        answer["scope"] = " ".join(f"https://graph.microsoft.com/{name}" for name in question.permissions)
    return _address(question, answer)


def decline(question: ConsentQuestion) -> str:
    """Grant nothing; the address to send the browser to."""
    refused = SignInRefused(CONSENT_DECLINED, client=question.app.display_name)
    error = CONSENT_DECLINED.error if question.scope else "permission_denied"
    return _address(question, {"admin_consent": "True", "error": error, "error_description": str(refused)})


def _tenant_asked(name: str, *, with_scope: bool, company: Company) -> Tenant:
    if name.lower() not in TENANTLESS:
        return tenant_called(company, name)
    if with_scope and name.lower() != "organizations":
        raise SignInRefused(CONSENT_NEEDS_TENANT, tenant=name)
    if len(company.tenants) != 1:
        # At Microsoft the administrator who signs in decides the tenant; here nobody signs in.
        raise NotModelled("admin consent without a tenant's id while the simulator holds several tenants")
    return company.tenants[0]


def _scope_asked(parameters: Mapping[str, str]) -> str:
    scope = parameters.get("scope", "")
    if not scope:
        raise SignInRefused(MISSING_PARAMETER, parameter="scope")
    if scope != GRAPH_DEFAULT:
        raise NotModelled("admin consent to single delegated permissions")
    return scope


def _redirect_of(app: AppRegistration, parameters: Mapping[str, str]) -> str:
    asked = parameters.get("redirect_uri", "")
    if not asked and not app.redirect_uris:
        raise SignInRefused(MISSING_REDIRECT, client=app.app_id)
    if asked and asked not in app.redirect_uris:
        raise SignInRefused(WRONG_REDIRECT, redirect=asked, client=app.app_id)
    return asked or app.redirect_uris[0]


def _address(question: ConsentQuestion, answer: dict[str, str]) -> str:
    if question.state:
        answer["state"] = question.state
    parts = urlsplit(question.redirect_uri)
    query = "&".join(part for part in (parts.query, urlencode(answer)) if part)
    return urlunsplit(parts._replace(query=query))
