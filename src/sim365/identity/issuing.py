"""What a person's sign-in is worth: whether tokens may be given for it, and the answer that carries them.

Decides for all grants alike (code, refresh, device, password): the account, the app's assignment, the sign-in policies,
the consent; then what the tokens say. Refresh tokens are sealed texts that carry their own facts (FACTS 1.3).
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from sim365.identity.catalogue import EMPTY_SCOPE, SCOPE_NOT_AGREED, SEVERAL_RESOURCES
from sim365.identity.directory import Known, check_member
from sim365.identity.errors import NotModelled, SignInRefused
from sim365.identity.keys import SigningKey
from sim365.identity.people_catalogue import CONSENT_MISSING
from sim365.identity.permissions import OIDC
from sim365.identity.policies import check_account, check_assignment, check_policies
from sim365.identity.scopes import GRAPH, Scopes, asked_of, check_registered
from sim365.identity.sealing import Seal
from sim365.identity.tokens import (
    EXAMPLE_LIFETIME_S,
    LIFETIMES_S,
    REVOCABLE,
    REVOCABLE_LIFETIME_S,
    Grant,
    IdClaims,
    Person,
    write_id_token,
    write_token,
)
from sim365.simulator import Simulator
from sim365.state import AppRegistration, Principal, Tenant
from sim365.state.sign_ins import SignedIn

_UNIQUE_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
CLAIMS_LENGTH_MAX = 8 * 1024


class RefreshToken(msgspec.Struct, frozen=True, array_like=True):
    """What a refresh token says: bound to person and app, not to tenant or resource."""

    app_id: str
    oid: str
    home: str
    scopes: str
    issued: float
    first_issued: float
    """A single-page app's tokens end a day after this, however often they are renewed."""
    signed_in: float
    second_factor: float | None
    is_spa: bool
    is_confidential: bool
    revocable: bool


@dataclass(frozen=True, slots=True)
class Request:
    """For whom, for which app and for what tokens are to be given."""

    tenant: Tenant
    who: Known
    app: AppRegistration
    """As the tenant sees it."""
    signed_in: SignedIn
    scopes: Scopes
    proved_by: str
    nonce: str = ""
    is_spa: bool = False
    first_issued: datetime | None = None
    revocable: bool = False
    wants_client_info: bool = False


@dataclass(slots=True)
class Issuer:
    """Everything that writing tokens needs."""

    simulator: Simulator
    key: SigningKey
    seal: Seal
    chance: random.Random
    login_root: str
    audiences: frozenset[str]

    @property
    def now(self) -> datetime:
        return self.simulator.clock.now()

    @property
    def graph_roots(self) -> frozenset[str]:
        """Resources that stand for Graph in a scope."""
        return frozenset(each.rstrip("/") for each in self.audiences)

    def unique_id(self) -> str:
        return "".join(self.chance.choice(_UNIQUE_ID_LETTERS) for _ in range(22))

    def lifetime_s(self, *, revocable: bool) -> int:
        """How long an access token lives (FACTS 1.8)."""
        switches = self.simulator.switches
        if revocable and switches.tokens_revocable:
            return REVOCABLE_LIFETIME_S
        return self.chance.randint(*LIFETIMES_S) if switches.token_lifetime_varies else EXAMPLE_LIFETIME_S

    def answer(self, request: Request) -> dict[str, object]:
        """The tokens of a person; SignInRefused where something stands in the way."""
        granted = self._granted(request)
        oidc = set(request.scopes.oidc)
        body: dict[str, object] = {
            "token_type": "Bearer",
            "scope": self._echo(granted | (oidc - {"offline_access"}), prefixed=request.scopes.is_prefixed),
        }
        lifetime = self.lifetime_s(revocable=request.revocable)
        body |= {"expires_in": lifetime, "ext_expires_in": lifetime}
        body["access_token"] = self._access_token(request, granted | (oidc - {"offline_access"}), lifetime)
        if "offline_access" in oidc:
            body["refresh_token"] = self._refresh_token(request)
            if request.is_spa:
                body["refresh_token_expires_in"] = self._spa_left_s(request)
        if "openid" in oidc:
            body["id_token"] = self._id_token(request, with_email="email" in oidc)
        if request.wants_client_info:
            body["client_info"] = client_info(request.who)
        return body

    def check(self, tenant: Tenant, who: Known, app: AppRegistration, signed_in: SignedIn) -> None:
        """Whether this person may use this app there at all, by this sign-in."""
        check_member(tenant, who)
        check_account(who)
        check_assignment(who, app)
        check_policies(tenant, who, app, signed_in, now=self.now)

    def _granted(self, request: Request) -> set[str]:
        """The permissions that the access token carries: all that were consented to, as at Microsoft."""
        self.check(request.tenant, request.who, request.app, request.signed_in)
        check_registered(request.app, request.scopes, request.tenant)
        if len(request.scopes.by_resource) > 1:
            raise SignInRefused(SEVERAL_RESOURCES, scope=request.scopes.text)
        if any(resource != GRAPH for resource in request.scopes.by_resource):
            raise NotModelled("access tokens for Exchange Online")
        consented = request.app.consented(request.who.oid)
        asked = asked_of(request.app, request.scopes)
        missing = {name for name in asked - OIDC.keys() if "://" not in name} - consented
        if missing or not consented:
            names = ", ".join(sorted(missing or asked))
            raise SignInRefused(CONSENT_MISSING, user=request.who.upn, app=request.app.display_name, scopes=names)
        return {name for name in consented - OIDC.keys() if "://" not in name}

    def _echo(self, names: Iterable[str], *, prefixed: bool) -> str:
        return " ".join(f"{GRAPH}/{name}" if prefixed and name not in OIDC else name for name in sorted(names))

    def _access_token(self, request: Request, scopes: set[str], lifetime_s: int) -> str:
        principal = Principal(
            tenant_id=request.tenant.tenant_id,
            app_id=request.app.app_id,
            oid=request.who.oid,
            scopes=frozenset(scopes),
            user_oid=request.who.oid,
            revocable=request.revocable and self.simulator.switches.tokens_revocable,
        )
        grant = Grant(
            principal,
            request.app.display_name,
            GRAPH,
            request.proved_by,
            self.unique_id(),
            lifetime_s,
            _person(request),
            request.who.account.shows_access_from,
        )
        return write_token(grant, key=self.key, now=self.now)

    def _id_token(self, request: Request, *, with_email: bool) -> str:
        about = IdClaims(
            issuer=f"{self.login_root}/{request.tenant.tenant_id}/v2.0",
            audience=request.app.app_id,
            tenant_id=request.tenant.tenant_id,
            oid=request.who.oid,
            person=_person(request),
            nonce=request.nonce,
            email=request.who.mailbox.address if with_email else "",
            unique_id=self.unique_id(),
        )
        return write_id_token(about, key=self.key, now=self.now)

    def _refresh_token(self, request: Request) -> str:
        factor = request.signed_in.second_factor_at
        first = request.first_issued or self.now
        token = RefreshToken(
            app_id=request.app.app_id,
            oid=request.who.oid,
            home=request.who.tenant.tenant_id,
            scopes=request.scopes.text,
            issued=self.now.timestamp(),
            first_issued=first.timestamp(),
            signed_in=request.signed_in.at.timestamp(),
            second_factor=None if factor is None else factor.timestamp(),
            is_spa=request.is_spa,
            is_confidential=request.proved_by != "0",
            revocable=request.revocable,
        )
        # The serial makes two tokens of one instant differ, as every rotation must.
        self.simulator.company.sign_ins.serial += 1
        return f"1.{self.simulator.company.sign_ins.serial}.{self.seal.close('refresh', token)}"

    def _spa_left_s(self, request: Request) -> int:
        first = request.first_issued or self.now
        return max(0, int(24 * 3600 - (self.now - first).total_seconds()))


def client_info(who: Known) -> str:
    """What MSAL keeps an account by."""
    text = json.dumps({"uid": who.oid, "utid": who.tenant.tenant_id})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def is_revocable(claims: str) -> bool:
    """Whether a client's `claims` declare that it understands claims challenges."""
    if not claims or len(claims) > CLAIMS_LENGTH_MAX:
        return False
    try:
        wanted = msgspec.json.decode(claims, type=_Claims)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return False
    return REVOCABLE in wanted.access_token.xms_cc.values


def narrowed(scopes: Scopes, agreed: Scopes, *, is_blank: bool) -> Scopes:
    """The scope of a redemption against the one agreed: another resource, or an empty one, is refused."""
    if is_blank:
        raise SignInRefused(EMPTY_SCOPE)
    if not set(scopes.by_resource) <= set(agreed.by_resource):
        raise SignInRefused(SCOPE_NOT_AGREED, scope=scopes.text)
    # The OpenID scopes agreed on stay: a redemption names permissions only.
    oidc = tuple(dict.fromkeys((*scopes.oidc, *agreed.oidc)))
    return Scopes(scopes.text, oidc, scopes.by_resource, scopes.is_prefixed)


class _Values(msgspec.Struct):
    values: list[Any] = []


class _OfAccessToken(msgspec.Struct):
    xms_cc: _Values = msgspec.field(default_factory=_Values)


class _Claims(msgspec.Struct):
    access_token: _OfAccessToken = msgspec.field(default_factory=_OfAccessToken)


def _person(request: Request) -> Person:
    methods = ("pwd",) if request.signed_in.second_factor_at is None else ("pwd", "mfa")
    mailbox = request.who.mailbox
    return Person(mailbox.display_name, mailbox.upn, methods, int(request.signed_in.at.timestamp()))
