"""Access tokens: how they are written, and how Graph reads them again.

Decides claims, lifetime and the order in which a token is checked. It takes the time as an argument, so that tokens
expire on the simulator's clock. It does not know apps or consent: the roles are handed in.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from sim365.identity.keys import SigningKey
from sim365.state import Principal, TokenRefused

#: FACTS 1.8: the examples show 3599 s; the documented spread of 60-90 minutes is not modelled.
ACCESS_TOKEN_LIFETIME = timedelta(seconds=3599)

#: The resource that tokens of this simulator are for, in the two spellings and by its app id.
GRAPH_AUDIENCES = frozenset(
    {"https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000"}
)

#: Verified tokens are remembered, because checking a signature costs more than most requests.
REMEMBERED_MAX = 512

_UNCHECKED = {"verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is to say."""

    principal: Principal
    app_name: str
    audience: str
    authenticated_by: str
    """`appidacr`: 1 for a secret, 2 for a certificate."""
    unique_id: str


@dataclass(frozen=True, slots=True)
class _Verified:
    principal: Principal
    not_before: int
    expires: int


def issuer_of(tenant_id: str) -> str:
    """Tokens for Graph are of version 1.0: their issuer is the token service's own name, not the login host's."""
    return f"https://sts.windows.net/{tenant_id}/"


def write_token(grant: Grant, *, key: SigningKey, now: datetime) -> str:
    """A signed access token that lives ACCESS_TOKEN_LIFETIME from now."""
    who, issued = grant.principal, int(now.timestamp())
    claims: dict[str, Any] = {
        "aud": grant.audience,
        "iss": issuer_of(who.tenant_id),
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(ACCESS_TOKEN_LIFETIME.total_seconds()),
        "app_displayname": grant.app_name,
        "appid": who.app_id,
        "appidacr": grant.authenticated_by,
        "idp": issuer_of(who.tenant_id),
        "idtyp": "app",
        "oid": who.oid,
        "roles": sorted(who.roles),
        "sub": who.oid,
        "tid": who.tenant_id,
        "uti": grant.unique_id,
        "ver": "1.0",
    }
    if not who.roles:
        # FACTS 1.4: without consent a token is still issued; the claim is simply not there.
        del claims["roles"]
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.id, "x5t": key.id})


class TokenReader:
    """Reads bearer tokens as Graph does: form, signature, audience, issuer, then lifetime."""

    def __init__(self, *, key: SigningKey, audiences: frozenset[str]) -> None:
        self._key = key
        self._audiences = audiences
        # Safe for many threads, and it remembers no refusal.
        self._verified = functools.lru_cache(maxsize=REMEMBERED_MAX)(self._verify)

    def principal_of(self, authorization: str | None, now: datetime) -> Principal:
        """Who the header speaks for; TokenRefused in Graph's words otherwise."""
        verified = self._verified(_bearer(authorization))
        moment = now.timestamp()
        if moment >= verified.expires:
            raise TokenRefused("Lifetime validation failed, the token is expired.")
        if moment < verified.not_before:
            raise TokenRefused("Lifetime validation failed, the token is not yet valid.")
        return verified.principal

    def _verify(self, token: str) -> _Verified:
        claims = self._claims(token)
        if claims.get("aud") not in self._audiences:
            raise TokenRefused("Access token validation failure. Invalid audience.")
        tenant = claims.get("tid", "")
        if claims.get("iss") != issuer_of(tenant):
            raise TokenRefused("Access token validation failure. Invalid issuer.")
        principal = Principal(
            tenant_id=tenant,
            app_id=claims["appid"],
            oid=claims["oid"],
            roles=frozenset(claims.get("roles", ())),
        )
        return _Verified(principal, int(claims["nbf"]), int(claims["exp"]))

    def _claims(self, token: str) -> dict[str, Any]:
        if token.count(".") != 2:
            raise TokenRefused(
                "JWT is not well formed: it needs three parts with two dots between them.", handmade=True
            )
        options: Any = _UNCHECKED | {"verify_aud": False, "verify_iss": False}
        try:
            return jwt.decode(token, self._key.public, algorithms=["RS256"], options=options)
        except jwt.InvalidSignatureError as error:
            raise TokenRefused("Access token validation failure. Invalid signature.", handmade=True) from error
        except jwt.InvalidTokenError as error:
            raise TokenRefused("JWT is not well formed.", handmade=True) from error


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused("Access token is empty.")
    return token.strip()
