"""Secrets at rest: sealed with AES-256-GCM and bound to the row they belong to.

This module decides how a secret is stored. A sealed secret copied to another row does not open: the row's identity is
part of what is authenticated. The first master key writes, the others only read, so that a key can be replaced.
"""

import base64
import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from holdfast.mirror.errors import Refused

_NONCE_BYTES = 12
_VERSION = b"\x01"


class SealBroken(Refused):
    """The stored secret does not open with any master key of this installation: put the key back, or connect again."""

    code = "seal_broken"


def seal(secret: str, *, row: UUID) -> bytes:
    # A nonce is not taken from the seeded door: two equal ones under one key would give both secrets away.
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(_keys()[0]).encrypt(nonce, secret.encode(), _bound(row))


def unseal(sealed: bytes, *, row: UUID) -> str:
    """Raises SealBroken."""
    data = bytes(sealed)
    nonce, rest = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
    for key in _keys():
        try:
            return AESGCM(key).decrypt(nonce, rest, _bound(row)).decode()
        except (InvalidTag, ValueError):
            continue
    raise SealBroken


def _bound(row: UUID) -> bytes:
    return b"holdfast connection " + row.bytes


def _keys() -> Sequence[bytes]:
    masters: Sequence[str] = settings.HOLDFAST_MASTER_KEYS
    return [base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)) for key in masters]
