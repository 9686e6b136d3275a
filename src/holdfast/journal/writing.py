"""Adding to the journal: one batch, one lock, one statement.

Decides numbers and hashes. The head row must be the last lock of a transaction (first: 94 transactions a second; last:
no loss), so what is written waits until the transaction ends. Each row's hash covers its predecessor's, its own header
and the digest of its payload; the digest is salted, so that an erased payload cannot be guessed back from it. Names of
people stand in the payload, which retention erases, and never in the header, which stays for ever.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.database.transactions import at_the_end
from holdfast.ports import chance

GENESIS = bytes(32)
SALT_BYTES = 16

_LOCK_HEAD = "SELECT number, hash FROM journal_head WHERE workspace_id = %s FOR UPDATE"
_START_HEAD = "INSERT INTO journal_head (workspace_id, number, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING"
_WRITE = """
WITH head AS (UPDATE journal_head SET number = %(last)s, hash = %(hash)s WHERE workspace_id = %(workspace)s)
INSERT INTO journal_change (workspace_id, number, at, actor_kind, actor_id, on_behalf_of, cause, verb, subject_kind,
                            subject_id, payload, salt, digest, previous_hash, hash)
SELECT %(workspace)s, number, at, actor_kind, actor_id, on_behalf_of, cause, verb, subject_kind, subject_id, payload,
       decode(salt, 'hex'), decode(digest, 'hex'), decode(previous_hash, 'hex'), decode(hash, 'hex')
FROM json_to_recordset(%(rows)s)
     AS row(number bigint, at timestamptz, actor_kind text, actor_id uuid, on_behalf_of uuid, cause text, verb text,
            subject_kind text, subject_id uuid, payload text, salt text, digest text, previous_hash text, hash text)
ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class By:
    """Who did it. `name` goes into the payload only."""

    kind: str
    identity: UUID | None
    on_behalf_of: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one subject. `before` and `after` are anything msgspec can write; None where nothing was."""

    verb: str
    subject_kind: str
    subject_id: UUID
    before: Any = None
    after: Any = None
    cause: str = ""


class Row(msgspec.Struct, frozen=True, gc=False):
    """A chained entry as it is sent to PostgreSQL."""

    number: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    on_behalf_of: UUID | None
    cause: str
    verb: str
    subject_kind: str
    subject_id: UUID
    payload: str
    salt: str
    digest: str
    previous_hash: str
    hash: str


class Header(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a row's hash covers besides its predecessor and its payload's digest."""

    workspace_id: UUID
    number: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    on_behalf_of: UUID | None
    cause: str
    verb: str
    subject_kind: str
    subject_id: UUID


_encode = msgspec.json.Encoder().encode


def write(workspace_id: UUID, by: By, entries: Iterable[Entry], *, at: datetime) -> None:
    """Append the entries to the workspace's chain when the transaction ends. Needs `in_workspace`."""
    page = at_the_end(Page, lambda: Page(workspace_id))
    page.lines += [(by, at, entry) for entry in entries]


class Page:
    """What one transaction adds. The head is locked when everything else is done, so its numbers are gapless."""

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.lines: list[tuple[By, datetime, Entry]] = []

    def finish(self) -> None:
        if not self.lines:
            return
        with connection.cursor() as cursor:
            number, previous = _lock_head(cursor, self.workspace_id)
            rows = _chain(self.workspace_id, self.lines, number=number, previous=previous)
            parameters = {
                "workspace": self.workspace_id,
                "last": rows[-1].number,
                "hash": bytes.fromhex(rows[-1].hash),
                "rows": _encode(rows).decode(),
            }
            cursor.execute(_WRITE, parameters)


def header_hash(previous: bytes, header: Header, digest: bytes) -> bytes:
    """The hash of a row. Its parts have fixed lengths or are JSON, so no two rows can be written alike."""
    return hashlib.sha256(previous + digest + _encode(header)).digest()


def payload_digest(payload: str, salt: bytes) -> bytes:
    return hashlib.sha256(salt + payload.encode()).digest()


def _lock_head(cursor: Any, workspace_id: UUID) -> tuple[int, bytes]:
    cursor.execute(_LOCK_HEAD, [workspace_id])
    found = cursor.fetchone()
    if found is None:
        cursor.execute(_START_HEAD, [workspace_id, GENESIS])
        cursor.execute(_LOCK_HEAD, [workspace_id])
        found = cursor.fetchone()
    return found[0], bytes(found[1])


def _chain(
    workspace_id: UUID, lines: Sequence[tuple[By, datetime, Entry]], *, number: int, previous: bytes
) -> list[Row]:
    seed = chance.secret().encode()
    rows: list[Row] = []
    for by, at, entry in lines:
        number += 1
        # One unguessable seed for the batch: a salt tells nothing about its neighbours once the seed is forgotten.
        salt = hashlib.blake2b(number.to_bytes(8, "big"), key=seed, digest_size=SALT_BYTES).digest()
        rows.append(_row(workspace_id, (by, at, entry), number=number, previous=previous, salt=salt))
        previous = bytes.fromhex(rows[-1].hash)
    return rows


def _row(workspace_id: UUID, line: tuple[By, datetime, Entry], *, number: int, previous: bytes, salt: bytes) -> Row:
    by, at, entry = line
    payload = _encode({"by": by.name, "before": entry.before, "after": entry.after}).decode()
    digest = payload_digest(payload, salt)
    subject = (entry.cause, entry.verb, entry.subject_kind, entry.subject_id)
    header = Header(workspace_id, number, at, by.kind, by.identity, by.on_behalf_of, *subject)
    hashed = header_hash(previous, header, digest)
    chained = (payload, salt.hex(), digest.hex(), previous.hex(), hashed.hex())
    return Row(number, at, by.kind, by.identity, by.on_behalf_of, *subject, *chained)
