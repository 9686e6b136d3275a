"""Opaque tokens: everything a later page needs is in the token, sealed, so that a hand-made one is recognised.

The window is frozen inside. Nothing is kept on the service's side besides the calendar's log.
"""

import base64
import binascii
import hashlib

import msgspec

_SEAL_BYTES = 8


class DeltaToken(msgspec.Struct, frozen=True, array_like=True):
    """Where a round of delta stands."""

    mailbox: int
    calendar: int
    generation: int
    start: float
    end: float
    since: int
    """Changes after this sequence number are still to be told; -1 in an initial round."""
    until: int
    """The round's own end: later changes belong to the next one."""
    cursor: int
    """In an initial round the last serial told, else the last sequence number told."""
    is_delta: bool
    page: int = 0
    number: int = 0
    """How many tokens of this calendar had been given out, this one included."""
    again: int = 0
    """Where not 0: the serial of an item that the next page tells once more."""
    read: int = 0
    """How far the changes had come when the round before was read to its end: it told things as they were by then."""


class SkipToken(msgspec.Struct, frozen=True, array_like=True):
    """Where a listing of the directory stands."""

    what: str
    offset: int


def seal(token: DeltaToken | SkipToken) -> str:
    """The token as the client sees it."""
    raw = msgspec.msgpack.encode(token)
    return base64.urlsafe_b64encode(_mark(raw) + raw).decode().rstrip("=")


def open_delta(text: str) -> DeltaToken | None:
    """What a delta token says; None where it is no such token."""
    raw = _opened(text)
    try:
        return None if raw is None else msgspec.msgpack.decode(raw, type=DeltaToken)
    except msgspec.DecodeError:
        return None


def open_skip(text: str) -> SkipToken | None:
    """What a skip token says; None where it is no such token."""
    raw = _opened(text)
    try:
        return None if raw is None else msgspec.msgpack.decode(raw, type=SkipToken)
    except msgspec.DecodeError:
        return None


def _opened(text: str) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    body = raw[_SEAL_BYTES:]
    return body if raw[:_SEAL_BYTES] == _mark(body) else None


def _mark(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=_SEAL_BYTES, key=b"sim365 token").digest()
