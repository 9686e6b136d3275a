"""Certificates and client assertions as an administrator and a library would make them."""

from __future__ import annotations

import base64
import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

EVER = datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Held:
    """A certificate with its key."""

    key: rsa.RSAPrivateKey
    made: x509.Certificate

    @property
    def pem(self) -> str:
        return self.made.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def private(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @property
    def subject(self) -> str:
        return self.made.subject.rfc4514_string()


@functools.lru_cache
def certificate(name: str, until: datetime = EVER) -> Held:
    key = rsa.generate_private_key(65537, 2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    return Held(key, made)


def assertion(
    held: Held, app: str, audience: str, now: datetime, *, algorithm: str = "PS256", brings_chain: bool = False
) -> str:
    """A client assertion of ten minutes."""
    digest = base64.urlsafe_b64encode(held.made.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    headers: dict[str, object] = {"x5t#S256": digest}
    if brings_chain:
        headers["x5c"] = [base64.b64encode(held.made.public_bytes(serialization.Encoding.DER)).decode()]
    issued = int(now.timestamp())
    claims = {
        "aud": audience,
        "iss": app,
        "sub": app,
        "jti": "j-1",
        "nbf": issued,
        "iat": issued,
        "exp": issued + int(timedelta(minutes=10).total_seconds()),
    }
    return jwt.encode(claims, held.key, algorithm=algorithm, headers=headers)
