"""The token endpoint: which grant a request makes, and what is answered.

Decides; it takes the parsed request and returns the answer's body or raises. Called under the simulator's lock, because
codes are used up and wrong passwords are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim365.identity.catalogue import (
    BAD_SCOPE,
    MISSING_PARAMETER,
    NO_TENANT_IMPLIED,
    TENANTLESS_CLIENT_CREDENTIALS,
    UNKNOWN_GRANT,
)
from sim365.identity.clients import authenticate, proof_in
from sim365.identity.directory import (
    TENANTLESS,
    app_called,
    credentials_of,
    service_principal_id,
    tenant_called,
)
from sim365.identity.errors import NotModelled, SignInRefused
from sim365.identity.issuing import Issuer, is_revocable
from sim365.identity.people_catalogue import TRANSIENT
from sim365.identity.policies import check_app_alone
from sim365.identity.redeeming import Redeemer
from sim365.identity.tokens import Grant, write_token
from sim365.state import AppRegistration, Company, Principal

CLIENT_CREDENTIALS = "client_credentials"

#: Grants of the real platform that this simulator leaves out, with the name under which a reader knows them.
GRANTS_NOT_MODELLED = {
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "the on-behalf-of grant",
    "urn:ietf:params:oauth:grant-type:saml2-bearer": "the SAML bearer grant",
}
_DEFAULT_SCOPE = "/.default"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A form that was posted to a tenant's token endpoint."""

    tenant: str
    form: Mapping[str, str]
    authorization: str | None
    endpoints: frozenset[str]
    """This endpoint's own addresses: what the audience of a client assertion must be."""


@dataclass(slots=True)
class TokenDesk:
    """Everything that answering a token request needs besides the request."""

    issuer: Issuer

    def answer(self, request: TokenRequest) -> dict[str, object]:
        """The body of a successful answer; SignInRefused or NotModelled otherwise."""
        grant = request.form.get("grant_type", "")
        if not grant:
            raise SignInRefused(MISSING_PARAMETER, parameter="grant_type")
        if grant in GRANTS_NOT_MODELLED:
            raise NotModelled(GRANTS_NOT_MODELLED[grant])
        self._meet_trouble()
        if grant == CLIENT_CREDENTIALS:
            return self._client_credentials(request)
        answer = Redeemer(self.issuer, request.endpoints).redeem(
            grant, request.tenant, request.form, authorization=request.authorization
        )
        if answer is None:
            raise SignInRefused(UNKNOWN_GRANT, grant=grant)
        return answer

    @property
    def _company(self) -> Company:
        return self.issuer.simulator.company

    def _meet_trouble(self) -> None:
        """A transient failure that an operator asked for."""
        troubles = self._company.sign_ins.troubles
        if troubles:
            raise SignInRefused(TRANSIENT[troubles.pop(0)])

    def _client_credentials(self, request: TokenRequest) -> dict[str, object]:
        if request.tenant.lower() in {"common", "consumers"}:
            raise SignInRefused(TENANTLESS_CLIENT_CREDENTIALS)
        if request.tenant.lower() in TENANTLESS:
            raise SignInRefused(NO_TENANT_IMPLIED)
        tenant = tenant_called(self._company, request.tenant)
        proof = proof_in(request.form, request.authorization)
        if not proof.client_id:
            raise SignInRefused(MISSING_PARAMETER, parameter="client_id")
        app = app_called(tenant, proof.client_id, company=self._company)
        audience = self._audience(request.form.get("scope", ""))
        credentials = credentials_of(self._company, app)
        proved_by = authenticate(credentials, proof, audiences=request.endpoints, now=self.issuer.now)
        check_app_alone(tenant, app)
        revocable = is_revocable(request.form.get("claims", "")) and self.issuer.simulator.switches.tokens_revocable
        principal = Principal(
            tenant_id=tenant.tenant_id,
            app_id=app.app_id,
            roles=frozenset(self._roles(app)),
            oid=service_principal_id(tenant, app),
            revocable=revocable,
        )
        unique = self.issuer.unique_id()
        lifetime = self.issuer.lifetime_s(revocable=revocable)
        grant = Grant(principal, app.display_name, audience, proved_by, unique, lifetime)
        token = write_token(grant, key=self.issuer.key, now=self.issuer.now)
        return {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}

    def _roles(self, app: AppRegistration) -> set[str]:
        """What was consented to long enough ago to have reached tokens (FACTS 1.6)."""
        return {role for role in app.permissions if role not in app.delays or app.delays[role] <= self.issuer.now}

    def _audience(self, scope: str) -> str:
        """The resource behind a `.default` scope; application permissions can be asked for in no other way."""
        wanted = scope.split()
        if not wanted:
            raise SignInRefused(MISSING_PARAMETER, parameter="scope")
        if len(wanted) > 1:
            raise SignInRefused(BAD_SCOPE, scope=scope, detail="client credentials name exactly one resource.")
        resource, default, rest = wanted[0].partition(_DEFAULT_SCOPE)
        if not default or rest:
            raise SignInRefused(BAD_SCOPE, scope=scope, detail="with client credentials it must end with /.default.")
        if resource not in self.issuer.audiences:
            raise SignInRefused(BAD_SCOPE, scope=scope, detail="the resource is not known to this simulator.")
        return resource
