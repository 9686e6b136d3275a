"""The token endpoint: which grant a request makes, and what is answered.

Decides; it takes the parsed request and returns the answer's body or raises. Only client credentials are modelled: the
grants of signed-in people answer 501 with their name.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sim365.identity.clients import authenticate, proof_in
from sim365.identity.directory import TENANTLESS, app_called, service_principal_id, tenant_called
from sim365.identity.errors import (
    BAD_SCOPE,
    MISSING_PARAMETER,
    TENANTLESS_CLIENT_CREDENTIALS,
    UNKNOWN_GRANT,
    NotModelled,
    SignInRefused,
)
from sim365.identity.keys import SigningKey
from sim365.identity.tokens import ACCESS_TOKEN_LIFETIME, Grant, write_token
from sim365.state import Company, Principal

CLIENT_CREDENTIALS = "client_credentials"

#: Grants of the real platform that this simulator leaves out, with the name under which a reader knows them.
GRANTS_NOT_MODELLED = {
    "authorization_code": "the authorization code grant",
    "refresh_token": "the refresh token grant",
    "password": "the resource owner password grant",
    "device_code": "the device code grant",
    "urn:ietf:params:oauth:grant-type:device_code": "the device code grant",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "the on-behalf-of grant",
    "urn:ietf:params:oauth:grant-type:saml2-bearer": "the SAML bearer grant",
}

_UNIQUE_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_DEFAULT_SCOPE = "/.default"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A form that was posted to a tenant's token endpoint."""

    tenant: str
    form: Mapping[str, str]
    authorization: str | None
    endpoint: str
    """This endpoint's own address: what the audience of a client assertion must be."""


@dataclass(slots=True)
class TokenDesk:
    """Everything that answering a token request needs besides the request."""

    key: SigningKey
    audiences: frozenset[str]
    chance: random.Random

    def answer(self, request: TokenRequest, *, company: Company, now: datetime) -> dict[str, object]:
        """The body of a successful answer; SignInRefused or NotModelled otherwise."""
        grant = request.form.get("grant_type", "")
        if not grant:
            raise SignInRefused(MISSING_PARAMETER, parameter="grant_type")
        if grant in GRANTS_NOT_MODELLED:
            raise NotModelled(GRANTS_NOT_MODELLED[grant])
        if grant != CLIENT_CREDENTIALS:
            raise SignInRefused(UNKNOWN_GRANT, grant=grant)
        return self._client_credentials(request, company=company, now=now)

    def _client_credentials(self, request: TokenRequest, *, company: Company, now: datetime) -> dict[str, object]:
        if request.tenant.lower() in TENANTLESS:
            raise SignInRefused(TENANTLESS_CLIENT_CREDENTIALS)
        tenant = tenant_called(company, request.tenant)
        proof = proof_in(request.form, request.authorization)
        if not proof.client_id:
            raise SignInRefused(MISSING_PARAMETER, parameter="client_id")
        app = app_called(tenant, proof.client_id)
        audience = self._audience(request.form.get("scope", ""))
        proved_by = authenticate(app, proof, audiences=frozenset({request.endpoint}), now=now)
        principal = Principal(
            tenant_id=tenant.tenant_id,
            app_id=app.app_id,
            roles=frozenset(app.permissions),
            oid=service_principal_id(tenant, app),
        )
        unique = "".join(self.chance.choice(_UNIQUE_ID_LETTERS) for _ in range(22))
        token = write_token(Grant(principal, app.display_name, audience, proved_by, unique), key=self.key, now=now)
        lifetime = int(ACCESS_TOKEN_LIFETIME.total_seconds())
        return {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}

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
        if resource not in self.audiences:
            raise SignInRefused(BAD_SCOPE, scope=scope, detail="the resource is not known to this simulator.")
        return resource
