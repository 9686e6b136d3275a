"""How an application proves who it is: a secret in the form, a secret in the header, or a signed assertion.

Decides whether the proof holds; the caller has already found tenant and app. Order of the checks is Microsoft's as far
as it shows: an expired secret is named as such only where its value is right.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import unquote_plus

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from sim365.identity.catalogue import (
    ASSERTION_AUDIENCE,
    ASSERTION_SUBJECT,
    ASSERTION_TIME,
    EXPIRED_CERTIFICATE,
    EXPIRED_SECRET,
    MALFORMED_ASSERTION,
    MISSING_SECRET,
    SECRET_FROM_PUBLIC,
    UNKNOWN_CERTIFICATE,
    UNTRUSTED_SUBJECT,
    WRONG_SECRET,
)
from sim365.identity.errors import SignInRefused
from sim365.state import AppRegistration

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

#: FACTS 1.4: PS256 is what Microsoft asks for, RS256 is what many libraries still send.
ASSERTION_ALGORITHMS = ["PS256", "RS256"]

#: Clocks of two machines differ; Microsoft allows five minutes on either side of an assertion's time.
ASSERTION_SKEW_S = 300

#: Values of the claim `appidacr`.
BY_NOTHING, BY_SECRET, BY_CERTIFICATE = "0", "1", "2"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token request brought along to prove who sends it; empty where it was not sent."""

    client_id: str
    secret: str
    assertion: str
    assertion_type: str


def proof_in(form: Mapping[str, str], authorization: str | None) -> Proof:
    """The proof in a form, or in a Basic header (RFC 6749 2.3.1: both halves are form-encoded there)."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    basic = _basic(authorization)
    if basic is not None:
        client_id, secret = client_id or basic[0], secret or basic[1]
    return Proof(client_id, secret, form.get("client_assertion", ""), form.get("client_assertion_type", ""))


def authenticate(
    app: AppRegistration, proof: Proof, *, audiences: frozenset[str], now: datetime, may_be_public: bool = False
) -> str:
    """How the app proved itself (`appidacr`), or SignInRefused; a public client proves nothing and must not try."""
    is_proved = bool(proof.assertion or proof.secret)
    if may_be_public and is_proved and not (app.secrets or app.certificates or app.trusted_subjects):
        raise SignInRefused(SECRET_FROM_PUBLIC, client=app.app_id)
    if may_be_public and not is_proved:
        return BY_NOTHING
    if proof.assertion and proof.assertion_type == ASSERTION_TYPE:
        _check_assertion(app, proof.assertion, audiences=audiences, now=now)
        return BY_CERTIFICATE
    if proof.secret:
        _check_secret(app, proof.secret, now)
        return BY_SECRET
    raise SignInRefused(MISSING_SECRET)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(name), unquote_plus(secret)


def _check_secret(app: AppRegistration, sent: str, now: datetime) -> None:
    matching = [one for one in app.secrets if hmac.compare_digest(one.value.encode(), sent.encode())]
    if not matching:
        raise SignInRefused(WRONG_SECRET, client=app.app_id)
    if all(one.expires is not None and one.expires <= now for one in matching):
        raise SignInRefused(EXPIRED_SECRET, client=app.app_id)


def _check_assertion(app: AppRegistration, assertion: str, *, audiences: frozenset[str], now: datetime) -> None:
    claims = _signed_claims(app, assertion, now)
    if claims.get("iss") != app.app_id or claims.get("sub") != app.app_id:
        raise SignInRefused(ASSERTION_SUBJECT)
    named = claims.get("aud")
    if named not in audiences:
        raise SignInRefused(ASSERTION_AUDIENCE, audience=str(named))
    # MSAL leaves nbf out and sends iat; Microsoft takes either as the beginning.
    start, end = _seconds(claims, "nbf" if "nbf" in claims else "iat"), _seconds(claims, "exp")
    if not start - ASSERTION_SKEW_S <= now.timestamp() < end + ASSERTION_SKEW_S:
        raise SignInRefused(ASSERTION_TIME, now=now.isoformat(), start=_instant(start), end=_instant(end))


def _signed_claims(app: AppRegistration, assertion: str, now: datetime) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError as error:
        raise SignInRefused(MALFORMED_ASSERTION, detail=str(error)) from error
    key = _registered_key(app, header, now)
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    try:
        return jwt.decode(assertion, key, algorithms=ASSERTION_ALGORITHMS, options=options)
    except jwt.InvalidTokenError as error:
        raise SignInRefused(UNKNOWN_CERTIFICATE, client=app.app_id, detail=str(error)) from error


def _registered_key(app: AppRegistration, header: Mapping[str, Any], now: datetime) -> rsa.RSAPublicKey:
    """The public key of the registered certificate whose thumbprint the header names, or of one trusted by its name."""
    for pem in app.certificates:
        certificate = _certificate(pem)
        if certificate is None:
            continue
        named = (
            _unpadded(header.get("x5t")) == _thumbprint(certificate, hashes.SHA1())  # noqa: S303  the header's name for it, no proof
            or _unpadded(header.get("x5t#S256")) == _thumbprint(certificate, hashes.SHA256())
        )
        if named:
            return _key_in_time(app, certificate, now)
    brought = _brought_along(header)
    if brought is not None:
        subject = brought.subject.rfc4514_string()
        if subject not in app.trusted_subjects:
            raise SignInRefused(UNTRUSTED_SUBJECT, client=app.app_id, subject=subject)
        return _key_in_time(app, brought, now)
    raise SignInRefused(UNKNOWN_CERTIFICATE, client=app.app_id, detail="No registered certificate has its thumbprint.")


def _certificate(pem: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None


def _key_in_time(app: AppRegistration, certificate: x509.Certificate, now: datetime) -> rsa.RSAPublicKey:
    key = certificate.public_key()
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise SignInRefused(EXPIRED_CERTIFICATE, client=app.app_id)
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignInRefused(UNKNOWN_CERTIFICATE, client=app.app_id, detail="Its key is not RSA.")
    return key


def _brought_along(header: Mapping[str, Any]) -> x509.Certificate | None:
    """The certificate that the assertion carries in `x5c` (RFC 7515 4.1.6), for apps that trust a subject's name."""
    chain = header.get("x5c")
    first = cast("list[object]", chain)[:1] if isinstance(chain, list) else []
    try:
        return x509.load_der_x509_certificate(base64.b64decode(str(first[0]), validate=True)) if first else None
    except ValueError:
        return None


def _unpadded(thumbprint: object) -> str:
    """RFC 7515 drops the padding of base64url; some libraries send it all the same, and Microsoft takes both."""
    return str(thumbprint).rstrip("=")


def _thumbprint(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> str:
    return base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).rstrip(b"=").decode()


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignInRefused(MALFORMED_ASSERTION, detail=f"Its claim '{name}' is missing or not a number.")
    return float(value)


def _instant(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return "a moment outside the calendar"
