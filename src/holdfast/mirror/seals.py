"""Secrets of connections at rest: where they stand, and with which keys they open.

This module decides the place a secret is bound to (`holdfast.database.sealing` does the rest): one copied to another
connection or workspace does not open.
"""

from uuid import UUID

from django.conf import settings

from holdfast.database import sealing
from holdfast.database.sealing import Place, Ring
from holdfast.mirror.errors import Refused


class SealBroken(Refused):
    """The stored secret does not open with any master key of this installation: put the key back, or connect again."""

    code = "seal_broken"


def seal(secret: str, *, workspace_id: UUID, row: UUID) -> bytes:
    return _ring().seal(secret, place(workspace_id, row)).encode()


def unseal(sealed: bytes, *, workspace_id: UUID, row: UUID) -> str:
    """Raises SealBroken."""
    try:
        return _ring().unseal(bytes(sealed).decode("ascii", "replace"), place(workspace_id, row))
    except sealing.SealBroken as broken:
        raise SealBroken(str(broken)) from None


def place(workspace_id: UUID, row: UUID) -> Place:
    return Place(workspace_id, "mirror_connection", row, "sealed_secret")


def _ring() -> Ring:
    return Ring(settings.HOLDFAST_MASTER_KEYS)
