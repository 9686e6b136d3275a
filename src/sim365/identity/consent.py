"""Admin consent: the page on which an administrator of a tenant grants an app what it asks for.

Decides what is shown, what is granted, and where the browser is sent afterwards (FACTS 1.6). Both paths are modelled:
the newer one with a scope, and the older one that grants everything registered. Who may open the page is not decided
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sim365.identity.asking import Return, read_return
from sim365.identity.catalogue import CONSENT_DECLINED, CONSENT_NEEDS_TENANT, MISSING_PARAMETER
from sim365.identity.directory import TENANTLESS, app_in, settle_in, tenant_called
from sim365.identity.errors import SignInRefused
from sim365.identity.permissions import OIDC, says
from sim365.identity.scopes import DEFAULT, GRAPH, Scopes, read_scopes
from sim365.state import AppRegistration, Company, Tenant
from sim365.state.tenants import EVERYBODY


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """An app asks an administrator; checked, and ready to be shown or answered."""

    tenant: Tenant
    app: AppRegistration
    back: Return
    scopes: Scopes | None
    """None on the older path."""

    @property
    def wants_everything(self) -> bool:
        """It is about what is registered; application permissions can be asked for in no other way."""
        return self.scopes is None or self.scopes.wants_default

    @property
    def permissions(self) -> list[str]:
        """Application permissions."""
        return sorted(self.app.requested | self.app.permissions) if self.wants_everything else []

    @property
    def delegated(self) -> list[str]:
        """Delegated permissions, for everybody."""
        return sorted(self.app.delegated) if self.wants_everything or self.scopes is None else sorted(self.scopes.graph)

    @property
    def said(self) -> list[tuple[str, str]]:
        """The delegated permissions with what a person reads of them."""
        return [(name, says(name)) for name in self.delegated]

    @property
    def redirect_uri(self) -> str:
        return self.back.address


def tenant_asked(name: str, *, with_scope: bool, company: Company) -> Tenant | None:
    """The tenant that the address names; None where the administrator who signs in decides it."""
    if name.lower() not in TENANTLESS:
        return tenant_called(company, name)
    if name.lower() == "consumers" or (with_scope and name.lower() != "organizations"):
        raise SignInRefused(CONSENT_NEEDS_TENANT, tenant=name)
    return company.tenants[0] if len(company.tenants) == 1 else None


def question_in(
    parameters: Mapping[str, str], *, tenant: Tenant, with_scope: bool, company: Company, graph_roots: frozenset[str]
) -> ConsentQuestion:
    """The checked question of a consent request, or SignInRefused: shown on the page and never sent to the app."""
    app, back, _ = read_return(parameters, authority=tenant.tenant_id, company=company)
    if not with_scope:
        return ConsentQuestion(tenant, app_in(tenant, app), back, None)
    if not parameters.get("scope", ""):
        raise SignInRefused(MISSING_PARAMETER, parameter="scope")
    scopes = read_scopes(parameters["scope"], graph_roots=graph_roots)
    return ConsentQuestion(tenant, app_in(tenant, app), back, scopes)


def accept(question: ConsentQuestion, *, company: Company, reaches_tokens: datetime | None) -> str:
    """Grant what is asked for, from an instant on; the address to send the browser to."""
    app = settle_in(question.tenant, question.app, company)
    new = set(question.permissions) - app.permissions
    app.permissions |= new
    if reaches_tokens is not None:
        app.delays |= dict.fromkeys(new, reaches_tokens)
    if question.delegated:
        app.consents.setdefault(EVERYBODY, set()).update(question.delegated, OIDC)
    answer = {"admin_consent": "True", "tenant": question.tenant.tenant_id}
    if question.scopes is not None:
        names = sorted({*question.permissions, *question.delegated} - {DEFAULT})
        answer["scope"] = " ".join(f"{GRAPH}/{name}" for name in names)
    return question.back.carrying(answer)


def decline(question: ConsentQuestion) -> str:
    """Grant nothing; the address to send the browser to."""
    refused = SignInRefused(CONSENT_DECLINED, client=question.app.display_name)
    error = CONSENT_DECLINED.error if question.scopes is not None else "permission_denied"
    return question.back.carrying({"admin_consent": "True", "error": error, "error_description": str(refused)})
