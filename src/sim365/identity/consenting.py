"""The admin consent page as browsers meet it: who may open it, and what its two buttons do.

Decides whether an administrator has to sign in first: that is so unless the switch `admin_consent_signs_in` is off, and
even then where only the person can tell the tenant. Otherwise whoever opens the page is the simulator's administrator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from sim365.identity import consent
from sim365.identity.asking import Asking, Purpose, Return, read_return
from sim365.identity.catalogue import MISSING_PARAMETER
from sim365.identity.directory import Known, person
from sim365.identity.errors import SignInRefused
from sim365.identity.issuing import Issuer
from sim365.identity.people_catalogue import ADMIN_CONSENT
from sim365.identity.rendering import page
from sim365.identity.scopes import Scopes
from sim365.identity.sign_in_pages import SignInPages
from sim365.state import Tenant

_LEAST_DELAY_SHARE = 0.1


@dataclass(slots=True)
class ConsentPages:
    """Answers administrators at one login host."""

    issuer: Issuer
    pages: SignInPages

    def visit(self, request: Request, authority: str, *, with_scope: bool) -> Response:
        """The page, its answer, or the sign-in before it."""
        simulator, parameters = self.issuer.simulator, request.args.to_dict()
        tenant = consent.tenant_asked(authority, with_scope=with_scope, company=simulator.company)
        # What is wrong with the request itself is shown before anybody signs in for it.
        question = None if tenant is None else self._question(parameters, tenant, with_scope=with_scope)
        if question is None or simulator.switches.admin_consent_signs_in:
            signed_in = self._administrators(request)
            if not signed_in or "progress" in request.form:
                return self._sign_in(request, authority, parameters)
            administered = self._administered(signed_in, tenant, parameters)
            question = question or self._question(parameters, administered, with_scope=with_scope)
        if request.method != "POST":
            return page("consent.html", 200, question=question, action=request.full_path)
        return self._answered(request, question)

    def _question(self, parameters: dict[str, str], tenant: Tenant, *, with_scope: bool) -> consent.ConsentQuestion:
        return consent.question_in(
            parameters,
            tenant=tenant,
            with_scope=with_scope,
            company=self.issuer.simulator.company,
            graph_roots=self.issuer.graph_roots,
        )

    def _answered(self, request: Request, question: consent.ConsentQuestion) -> Response:
        if request.headers.get("Origin", request.host_url.rstrip("/")) != request.host_url.rstrip("/"):
            return Response(
                '{"error": "invalid_request", "error_description": "Answered from another site\'s page."}',
                403,
                mimetype="application/json",
            )
        decision = request.form.get("decision", "")
        if decision not in {"accept", "cancel"}:
            raise SignInRefused(MISSING_PARAMETER, parameter="decision")
        if decision == "cancel":
            address = consent.decline(question)
        else:
            company = self.issuer.simulator.company
            address = consent.accept(question, company=company, reaches_tokens=self._reaches_tokens())
        return Response(status=303, headers={"Location": address})

    def _administrators(self, request: Request) -> list[Known]:
        """Who is signed in in this browser."""
        company = self.issuer.simulator.company
        known = [person(company, oid) for oid in self.pages.session_of(request).people]
        return [who for who in known if who is not None]

    def _administered(self, people: list[Known], tenant: Tenant | None, parameters: Mapping[str, str]) -> Tenant:
        """The tenant of the administrator among them; nobody else may go on (FACTS 1.6)."""
        for who in people:
            if who.mailbox.is_admin and (tenant is None or who.tenant is tenant):
                return who.tenant
        name = parameters.get("client_id", "")
        raise SignInRefused(ADMIN_CONSENT, app=name, scopes="what it asks for")

    def _sign_in(self, request: Request, authority: str, parameters: dict[str, str]) -> Response:
        company = self.issuer.simulator.company
        at = "organizations" if authority.lower() == "common" else authority
        if at.lower() == "organizations" and len(company.tenants) == 1:
            at = company.tenants[0].tenant_id
        app, _, _ = read_return(parameters, authority=at, company=company)
        here = Return(f"{request.path}?{urlencode(parameters)}")
        asking = Asking(at, app, Scopes("openid", ("openid",)), purpose=Purpose.ADMIN, back=here)
        return self.pages.visit(request, asking, parameters)

    def _reaches_tokens(self) -> datetime | None:
        """When tokens begin to carry what was just granted; None is at once."""
        most = self.issuer.simulator.switches.consent_delay_max_s
        if not most:
            return None
        return self.issuer.now + timedelta(seconds=self.issuer.chance.uniform(most * _LEAST_DELAY_SHARE, most))
