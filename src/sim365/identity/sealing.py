"""Sealed texts and names nobody can guess: refresh tokens, codes, the progress of a sign-in between two pages.

Decides nothing. What is sealed was written here and is unchanged when it comes back; everything else opens to None. The
secret is derived from the signing key, so it is as private as that key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives import serialization

from sim365.identity.keys import SigningKey

Content = TypeVar("Content", bound=msgspec.Struct)

_MARK_BYTES = 16
_NAME_BYTES = 24
SEALED_LENGTH_MAX = 8 * 1024


class Seal:
    """Seals and names with one key."""

    def __init__(self, key: SigningKey) -> None:
        raw = key.private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._secret = hashlib.sha256(b"sim365 seal" + raw).digest()

    def close(self, kind: str, content: msgspec.Struct) -> str:
        """The content as a text for a client to keep; `kind` keeps texts of one use from another."""
        raw = msgspec.msgpack.encode(content)
        return base64.urlsafe_b64encode(self._mark(kind, raw) + raw).decode().rstrip("=")

    def open(self, kind: str, text: str, shape: type[Content]) -> Content | None:
        """What a text of this kind says; None where it was not sealed here."""
        if len(text) > SEALED_LENGTH_MAX or not text.isascii():
            return None
        try:
            whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mark, raw = whole[:_MARK_BYTES], whole[_MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(kind, raw)):
            return None
        try:
            return msgspec.msgpack.decode(raw, type=shape)
        except msgspec.DecodeError:
            return None

    def name(self, kind: str, serial: int) -> str:
        """A name that was never given before: as unguessable as the key, and the same in the same run."""
        digest = hmac.digest(self._secret, f"{kind} {serial}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:_NAME_BYTES]).decode()

    def _mark(self, kind: str, raw: bytes) -> bytes:
        return hmac.digest(self._secret, kind.encode() + b"\0" + raw, "sha256")[:_MARK_BYTES]
