"""Secrets at rest: AES-256-GCM, bound to the very place they are stored in.

Decides how a secret is written (`v1:kid:nonce:ciphertext`, base64url) and which key opens it. The place (workspace,
table, row, column) and the key's own id are authenticated with it: a sealed value copied to another row, column or
workspace does not open. The first master key of the ring writes; every one reads, so keys can be changed while the
product runs. Master keys are the installation's: they stand in files or the environment, never in the database.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits, drawn at random for each sealing
_KID_CHARACTERS = 8


class SealBroken(Exception):
    """A stored secret does not open: its row was altered, or the master key that sealed it is not at hand."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    workspace: UUID
    table: str
    row: UUID
    column: str

    def bound(self, kid: str) -> bytes:
        parts = (VERSION, kid, self.workspace.hex, self.table, self.row.hex, self.column)
        # Lengths make the joined text unambiguous whatever a name holds.
        return b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in parts)


class Ring:
    """Master keys in order: the first writes, all read."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("a ring needs at least one master key")
        raw = [_raw_key(key) for key in keys]
        self._keys = {key_id(key): AESGCM(key) for key in raw}
        self.writing = key_id(raw[0])

    @property
    def key_ids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def seal(self, secret: str, place: Place) -> str:
        # Not from the seeded door of chance: the same nonce twice under one key would give both secrets away.
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self.writing].encrypt(nonce, secret.encode(), place.bound(self.writing))
        return ":".join((VERSION, self.writing, _text(nonce), _text(sealed)))

    def unseal(self, sealed: str, place: Place) -> str:
        """Raises SealBroken, whatever is wrong with it."""
        kid, nonce, content = _parts(sealed)
        key = self._keys.get(kid)
        if key is None:
            raise SealBroken(
                f"a secret of {place.table} was sealed with master key {kid}, which is not among those given "
                f"({', '.join(self._keys)}): put it back behind the first one"
            )
        try:
            return key.decrypt(nonce, content, place.bound(kid)).decode()
        except (InvalidTag, UnicodeDecodeError):
            raise SealBroken(f"a secret of {place.table} does not open: its row was altered") from None

    def is_current(self, sealed: str) -> bool:
        """True where it was sealed with the key that writes now."""
        return _parts(sealed)[0] == self.writing

    def reseal(self, sealed: str, place: Place) -> str:
        """The same secret under the writing key; unchanged where it already is."""
        return sealed if self.is_current(sealed) else self.seal(self.unseal(sealed, place), place)


def key_id(raw: bytes) -> str:
    """A name for a key that says nothing about it."""
    return hashlib.sha256(b"holdfast master key" + raw).hexdigest()[:_KID_CHARACTERS]


def _raw_key(text: str) -> bytes:
    raw = _bytes(text)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a master key has {KEY_BYTES} bytes, this one {len(raw)}")
    return raw


def _parts(sealed: str) -> tuple[str, bytes, bytes]:
    parts = sealed.split(":")
    if len(parts) != 4 or parts[0] != VERSION:
        raise SealBroken("a stored secret has no known form: its row was altered")
    try:
        return parts[1], _bytes(parts[2]), _bytes(parts[3])
    except (binascii.Error, ValueError):
        raise SealBroken("a stored secret has no known form: its row was altered") from None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
