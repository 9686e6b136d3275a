"""Turning what a person's sign-in left behind into tokens: a code, a refresh token, a device code, a password.

Decides whether the thing redeemed is good (FACTS 1.2, 1.3, 1.5, 1.7); whether the person may have tokens is
`Issuer.answer`'s question, and is asked for all of them alike.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sim365.identity.accounts import check_password, is_outdated, is_over, refuse_unless_usable, signed_in
from sim365.identity.catalogue import (
    BAD_DEVICE_CODE,
    BAD_GRANT,
    CHALLENGE_SIZE,
    CHANGED_REDIRECT,
    CODE_EXPIRED,
    CODE_OF_OTHER_TENANT,
    CODE_REUSED,
    DEVICE_DECLINED,
    DEVICE_EXPIRED,
    DEVICE_PENDING,
    MISSING_PARAMETER,
    MISSING_SECRET,
    REQUEST_LOOP,
    TENANTLESS_CLIENT_CREDENTIALS,
    VERIFIER_MISSING,
    WRONG_VERIFIER,
)
from sim365.identity.clients import Proof, authenticate, proof_in
from sim365.identity.directory import (
    TENANTLESS,
    Known,
    app_for_sign_in,
    app_in,
    check_member,
    credentials_of,
    person,
    person_called,
    tenant_called,
)
from sim365.identity.errors import SignInRefused
from sim365.identity.issuing import Issuer, RefreshToken, Request, is_revocable, narrowed
from sim365.identity.people_catalogue import (
    INACTIVE,
    PASSWORD_CHANGED,
    REVOKED,
    SPA_EXPIRED,
    UNKNOWN_USER,
    VANISHED_USER,
)
from sim365.identity.scopes import Scopes, read_scopes
from sim365.state import AppRegistration, Company, Tenant
from sim365.state.sign_ins import DeviceRequest, DeviceState, IssuedCode, SignedIn

#: FACTS 1.2, 1.3, 1.5.
CODE_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=90)
SPA_LIFETIME = timedelta(hours=24)
DEVICE_LIFETIME = timedelta(minutes=15)

#: The same refresh more often than this within the span is a client in a loop (AADSTS50196).
REPEATS_MAX, REPEATS_WITHIN_S, REPEATERS_MAX = 20, 60.0, 1024

#: RFC 7636 4.1 and 4.2.
VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
DEVICE_GRANTS = frozenset({"urn:ietf:params:oauth:grant-type:device_code", "device_code"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """One token request on its way."""

    authority: str
    form: Mapping[str, str]
    proof: Proof
    app: AppRegistration

    @property
    def is_blank_scope(self) -> bool:
        """A scope was sent, and it is empty."""
        return "scope" in self.form and not self.form["scope"].strip()


@dataclass(slots=True)
class Redeemer:
    """Answers the grants of people."""

    issuer: Issuer
    endpoints: frozenset[str]

    def redeem(
        self, grant: str, authority: str, form: Mapping[str, str], *, authorization: str | None
    ) -> dict[str, object] | None:
        """The tokens; None for a grant that is none of a person's."""
        answers = {"authorization_code": self._code, "refresh_token": self._refresh, "password": self._password}
        answers |= dict.fromkeys(DEVICE_GRANTS, self._device)
        if grant not in answers:
            return None
        proof = proof_in(form, authorization)
        if not proof.client_id:
            raise SignInRefused(MISSING_PARAMETER, parameter="client_id")
        app = app_for_sign_in(self._company, authority, proof.client_id)
        return answers[grant](_Asked(authority, form, proof, app))

    @property
    def _company(self) -> Company:
        return self.issuer.simulator.company

    @property
    def _now(self) -> datetime:
        return self.issuer.now

    def _code(self, asked: _Asked) -> dict[str, object]:
        text = _needed(asked.form, "code")
        held = self._company.sign_ins.codes.get(text)
        if held is None or held.app_id != asked.app.app_id:
            raise SignInRefused(BAD_GRANT, what="authorization code")
        proved_by = self._proved(asked, may_be_public=held.is_spa or asked.app.allows_public)
        self._check_code(asked, held)
        held.used = True
        agreed = self._scopes(held.scopes)
        scopes = agreed
        if "scope" in asked.form:
            scopes = narrowed(
                self._scopes(asked.form.get("scope") or held.scopes), agreed, is_blank=asked.is_blank_scope
            )
        tenant = tenant_called(self._company, held.tenant_id)
        return self.issuer.answer(
            replace(
                self._request(asked, tenant, held.signed_in, scopes, proved_by),
                nonce=held.nonce,
                is_spa=held.is_spa,
                revocable=held.revocable or is_revocable(asked.form.get("claims", "")),
            )
        )

    def _check_code(self, asked: _Asked, held: IssuedCode) -> None:
        if held.used:
            raise SignInRefused(CODE_REUSED)
        if self._now >= held.issued + CODE_LIFETIME:
            raise SignInRefused(CODE_EXPIRED)
        if asked.authority.lower() not in TENANTLESS:
            tenant = tenant_called(self._company, asked.authority)
            if tenant.tenant_id != held.tenant_id:
                raise SignInRefused(CODE_OF_OTHER_TENANT, tenant=tenant.name)
        redirect = asked.form.get("redirect_uri", "")
        if redirect != held.redirect_uri:
            raise SignInRefused(CHANGED_REDIRECT, redirect=redirect)
        _check_verifier(held, asked.form.get("code_verifier", ""))

    def _refresh(self, asked: _Asked) -> dict[str, object]:
        text = _needed(asked.form, "refresh_token")
        held = self.issuer.seal.open("refresh", text.rpartition(".")[2], RefreshToken)
        if held is None or held.app_id != asked.app.app_id or held.issued > self._now.timestamp():
            raise SignInRefused(BAD_GRANT, what="refresh token")
        proved_by = self._proved(asked, may_be_public=held.is_spa or not held.is_confidential)
        who = self._holder(held)
        self._count(held, asked)
        _check_age(held, self._now)
        self._check_revoked(held, who)
        agreed = self._scopes(held.scopes)
        scopes = self._scopes(asked.form.get("scope") or held.scopes)
        kept = tuple(dict.fromkeys((*scopes.oidc, *agreed.oidc)))
        tenant = self._tenant(asked.authority, who)
        factor = held.second_factor
        sign_in = SignedIn(held.home, held.oid, _moment(held.signed_in), None if factor is None else _moment(factor))
        request = self._request(
            asked, tenant, sign_in, Scopes(scopes.text, kept, scopes.by_resource, scopes.is_prefixed), proved_by
        )
        return self.issuer.answer(
            replace(
                request,
                is_spa=held.is_spa,
                first_issued=_moment(held.first_issued),
                revocable=is_revocable(asked.form.get("claims", "")) or held.revocable,
            )
        )

    def _holder(self, held: RefreshToken) -> Known:
        who = person(self._company, held.oid)
        if who is None:
            raise SignInRefused(UNKNOWN_USER, user=held.oid, tenant=held.home)
        return who

    def _check_revoked(self, held: RefreshToken, who: Known) -> None:
        """FACTS 1.3: a revocation ends every refresh token, a new password those of public clients."""
        at = _moment(held.signed_in)
        if is_over(who, at):
            raise SignInRefused(REVOKED, user=who.upn, since=str(who.account.valid_from))
        if not held.is_confidential and is_outdated(who, at):
            raise SignInRefused(PASSWORD_CHANGED, user=who.upn)

    def _count(self, held: RefreshToken, asked: _Asked) -> None:
        """The same refresh again and again is a client that does not keep what it gets."""
        repeats, now = self._company.sign_ins.repeats, self._now.timestamp()
        key = f"{held.app_id} {held.oid} {asked.form.get('scope', '')}"
        if len(repeats) >= REPEATERS_MAX and key not in repeats:
            repeats.pop(next(iter(repeats)))
        times = [one for one in repeats.get(key, []) if one > now - REPEATS_WITHIN_S][-REPEATS_MAX:]
        repeats[key] = [*times, now]
        if len(times) >= REPEATS_MAX:
            raise SignInRefused(REQUEST_LOOP)

    def _device(self, asked: _Asked) -> dict[str, object]:
        text = asked.form.get("device_code") or asked.form.get("code") or ""
        if not text:
            raise SignInRefused(MISSING_PARAMETER, parameter="device_code")
        held = self._company.sign_ins.devices.get(text)
        if held is None or held.app_id != asked.app.app_id or held.state is DeviceState.USED:
            raise SignInRefused(BAD_DEVICE_CODE)
        if not asked.app.allows_public and not (asked.proof.secret or asked.proof.assertion):
            raise SignInRefused(MISSING_SECRET)
        proved_by = self._proved(asked, may_be_public=asked.app.allows_public)
        sign_in = self._approved(held)
        held.state = DeviceState.USED
        tenant = tenant_called(self._company, held.tenant_id)
        request = self._request(asked, tenant, sign_in, self._scopes(held.scopes), proved_by)
        return self.issuer.answer(replace(request, revocable=held.revocable))

    def _approved(self, held: DeviceRequest) -> SignedIn:
        if held.state is DeviceState.DECLINED:
            raise SignInRefused(DEVICE_DECLINED)
        if self._now >= held.issued + DEVICE_LIFETIME:
            raise SignInRefused(DEVICE_EXPIRED)
        if held.signed_in is None:
            raise SignInRefused(DEVICE_PENDING)
        return held.signed_in

    def _password(self, asked: _Asked) -> dict[str, object]:
        if asked.authority.lower() in {"common", "consumers"}:
            raise SignInRefused(TENANTLESS_CLIENT_CREDENTIALS)
        proved_by = self._proved(asked, may_be_public=asked.app.allows_public)
        who = person_called(self._company, _needed(asked.form, "username"), authority=asked.authority)
        state = check_password(who, _needed(asked.form, "password"), now=self._now)
        refuse_unless_usable(who, state)
        scopes = self._scopes(asked.form.get("scope", ""))
        tenant = self._tenant(asked.authority, who)
        request = self._request(asked, tenant, signed_in(who, now=self._now), scopes, proved_by)
        return self.issuer.answer(replace(request, revocable=is_revocable(asked.form.get("claims", ""))))

    def _request(self, asked: _Asked, tenant: Tenant, sign_in: SignedIn, scopes: Scopes, proved_by: str) -> Request:
        who = person(self._company, sign_in.oid)
        if who is None:
            raise SignInRefused(VANISHED_USER, tenant=tenant.name)
        return Request(
            tenant=tenant,
            who=who,
            app=app_in(tenant, asked.app),
            signed_in=sign_in,
            scopes=scopes,
            proved_by=proved_by,
            wants_client_info=asked.form.get("client_info") == "1",
        )

    def _tenant(self, authority: str, who: Known) -> Tenant:
        if authority.lower() in TENANTLESS:
            return who.tenant
        tenant = tenant_called(self._company, authority)
        check_member(tenant, who)
        return tenant

    def _proved(self, asked: _Asked, *, may_be_public: bool) -> str:
        credentials = credentials_of(self._company, asked.app)
        return authenticate(
            credentials, asked.proof, audiences=self.endpoints, now=self._now, may_be_public=may_be_public
        )

    def _scopes(self, text: str) -> Scopes:
        return read_scopes(text, graph_roots=self.issuer.graph_roots)


def _check_verifier(held: IssuedCode, verifier: str) -> None:
    """RFC 7636 4.6; a single-page app cannot do without."""
    if not held.challenge:
        if held.is_spa:
            raise SignInRefused(VERIFIER_MISSING, detail="A single-page app has to use it.")
        if verifier:
            raise SignInRefused(VERIFIER_MISSING, detail="The authorization request had no challenge.")
        return
    if not verifier:
        raise SignInRefused(VERIFIER_MISSING, detail="The token request has no verifier.")
    if VERIFIER.fullmatch(verifier) is None:
        raise SignInRefused(CHALLENGE_SIZE, what="code verifier")
    proof = verifier if held.is_plain else _hashed(verifier)
    if not hmac.compare_digest(proof, held.challenge):
        raise SignInRefused(WRONG_VERIFIER)


def _hashed(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _check_age(held: RefreshToken, now: datetime) -> None:
    if held.is_spa and now >= _moment(held.first_issued) + SPA_LIFETIME:
        raise SignInRefused(SPA_EXPIRED, issued=_moment(held.first_issued).isoformat())
    if now >= _moment(held.issued) + REFRESH_LIFETIME:
        raise SignInRefused(INACTIVE, issued=_moment(held.issued).isoformat())


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise SignInRefused(MISSING_PARAMETER, parameter=name)
    return value


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
