"""Tokens: how they are written, and how Graph reads access tokens again.

Decides claims and the order in which a token is checked. It takes the time as an argument, so that tokens expire on the
simulator's clock. It does not know apps or consent: what a token says is handed in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from sim365.identity.keys import SigningKey
from sim365.state import Principal, TokenRefused
from sim365.state.principals import GRAPH_ITSELF, subject_of

#: FACTS 1.8: the lifetime that the documentation's examples show.
EXAMPLE_LIFETIME_S = 3599

#: FACTS 1.8: access tokens live a random time between these, 75 minutes on average.
LIFETIMES_S = (60 * 60, 90 * 60)

#: FACTS 1.8 [K]: a token that Graph can be told to refuse lives up to a day and a bit.
REVOCABLE_LIFETIME_S = 28 * 60 * 60
ID_TOKEN_LIFETIME_S = 60 * 60

#: The resource that tokens of this simulator are for, in the two spellings and by its app id.
GRAPH_AUDIENCES = frozenset(
    {"https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000"}
)

#: Verified tokens are remembered, because checking a signature costs more than most requests.
REMEMBERED_MAX = 512

#: What tells Graph that a client understands claims challenges.
REVOCABLE = "cp1"

_UNCHECKED = {"verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False}


@dataclass(frozen=True, slots=True)
class Person:
    """What tokens say of a person."""

    name: str
    upn: str
    methods: tuple[str, ...]
    """`amr`: pwd, and mfa after a second factor."""
    signed_in: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token is to say."""

    principal: Principal
    app_name: str
    audience: str
    authenticated_by: str
    """`appidacr`: 0 for a public client, 1 for a secret, 2 for a certificate."""
    unique_id: str
    lifetime_s: int = EXAMPLE_LIFETIME_S
    person: Person | None = None
    after: datetime | None = None
    """Tokens up to this instant were taken back: this one says that it was issued later, also in the same second."""


@dataclass(frozen=True, slots=True)
class IdClaims:
    """What an id token is to say."""

    issuer: str
    audience: str
    tenant_id: str
    oid: str
    person: Person
    nonce: str
    email: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class _Verified:
    principal: Principal
    issued: int
    not_before: int
    expires: int
    revocable: bool


def issuer_of(tenant_id: str) -> str:
    """Tokens for Graph are of version 1.0: their issuer is the token service's own name, not the login host's."""
    return f"https://sts.windows.net/{tenant_id}/"


def write_token(grant: Grant, *, key: SigningKey, now: datetime) -> str:
    """A signed access token that lives its time from now."""
    who, issued = grant.principal, int(now.timestamp())
    claims: dict[str, Any] = {
        "aud": grant.audience,
        "iss": issuer_of(who.tenant_id),
        "iat": issued if grant.after is None else max(issued, int(grant.after.timestamp()) + 1),
        "nbf": issued,
        "exp": issued + grant.lifetime_s,
        "app_displayname": grant.app_name,
        "appid": who.app_id,
        "appidacr": grant.authenticated_by,
        "idp": issuer_of(who.tenant_id),
        "oid": who.oid,
        "tid": who.tenant_id,
        "uti": grant.unique_id,
        "ver": "1.0",
    }
    claims |= _of_app(who) if grant.person is None else _of_person(who, grant.person)
    if who.revocable:
        claims["xms_cc"] = [REVOCABLE]
    return _signed(claims, key)


def write_id_token(about: IdClaims, *, key: SigningKey, now: datetime) -> str:
    """A signed id token of version 2.0."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "aud": about.audience,
        "iss": about.issuer,
        "iat": issued,
        "nbf": issued,
        "exp": issued + ID_TOKEN_LIFETIME_S,
        "name": about.person.name,
        "oid": about.oid,
        "preferred_username": about.person.upn,
        "sub": subject_of(about.audience, about.oid),
        "tid": about.tenant_id,
        "uti": about.unique_id,
        "ver": "2.0",
    }
    claims |= {name: value for name, value in (("nonce", about.nonce), ("email", about.email)) if value}
    return _signed(claims, key)


class TokenReader:
    """Reads bearer tokens as Graph does: form, signature, audience, issuer, then lifetime, then revocation."""

    def __init__(
        self, *, key: SigningKey, audiences: frozenset[str], is_revoked: Callable[[Principal, int], str | None]
    ) -> None:
        self._key = key
        self._audiences = audiences
        self._is_revoked = is_revoked
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
        if verified.revocable:
            claims = self._is_revoked(verified.principal, verified.issued)
            if claims is not None:
                raise TokenRefused("Continuous access evaluation resulted in challenge.", claims=claims)
        return verified.principal

    def _verify(self, token: str) -> _Verified:
        claims = self._claims(token)
        if claims.get("aud") not in self._audiences:
            raise TokenRefused("Access token validation failure. Invalid audience.")
        tenant = claims.get("tid", "")
        if claims.get("iss") != issuer_of(tenant):
            raise TokenRefused("Access token validation failure. Invalid issuer.")
        revocable = REVOCABLE in claims.get("xms_cc", ())
        principal = Principal(
            tenant_id=tenant,
            app_id=claims["appid"],
            oid=claims["oid"],
            roles=frozenset(claims.get("roles", ())),
            scopes=frozenset(claims.get("scp", "").split()),
            user_oid=claims["oid"] if claims.get("idtyp") == "user" else None,
            revocable=revocable,
        )
        return _Verified(principal, int(claims["iat"]), int(claims["nbf"]), int(claims["exp"]), revocable)

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


def _of_app(who: Principal) -> dict[str, Any]:
    # FACTS 1.4: without consent a token is still issued; the claim is simply not there.
    return {"idtyp": "app", "sub": who.oid} | ({"roles": sorted(who.roles)} if who.roles else {})


def _of_person(who: Principal, person: Person) -> dict[str, Any]:
    return {
        "acr": "1",
        "amr": list(person.methods),
        "idtyp": "user",
        "name": person.name,
        "scp": " ".join(sorted(who.scopes)),
        "sub": subject_of(GRAPH_ITSELF, who.oid),
        "unique_name": person.upn,
        "upn": person.upn,
    }


def _signed(claims: dict[str, Any], key: SigningKey) -> str:
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.id, "x5t": key.id})


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused("Access token is empty.")
    return token.strip()
