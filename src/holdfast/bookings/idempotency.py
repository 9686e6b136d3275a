"""A request done once, however often it is sent.

Decides by (actor, key): the first one does the work and leaves its answer in the same transaction; a repetition gets
that answer. Two at once: the second waits for the first on the unique index, so neither sees half of the other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from holdfast.bookings.errors import KeyReused
from holdfast.database.transactions import repeated
from holdfast.directory.roles import Actor
from holdfast.ports import clock, ids

KEY_LENGTH_MAX = 255

_TAKE = """
INSERT INTO bookings_idempotencykey (id, workspace_id, actor, key, request_digest, created_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_STORED = """
SELECT request_digest, status, answer FROM bookings_idempotencykey WHERE workspace_id = %s AND actor = %s AND key = %s
"""
_STORE = """
UPDATE bookings_idempotencykey SET status = %s, answer = %s WHERE workspace_id = %s AND actor = %s AND key = %s
"""
_FORGET = "DELETE FROM bookings_idempotencykey WHERE workspace_id = %s AND created_at < %s"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and whether it was given before."""

    status: int
    text: str
    is_repeated: bool = False


def once(actor: Actor, key: str, request: bytes, do: Callable[[], Answer]) -> Answer:
    """Run `do` in the transaction that also keeps its answer; `do` uses `verbs.apply_within`. Raises KeyReused."""
    whose = f"{actor.kind.value}:{actor.identity}"
    digest = hashlib.sha256(request).digest()

    def work() -> Answer:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [ids.new(), actor.workspace_id, whose, key, digest, clock.now()])
            if not cursor.rowcount:
                cursor.execute(_STORED, [actor.workspace_id, whose, key])
                return _again(cursor.fetchone(), digest)
            answer = do()
            cursor.execute(_STORE, [answer.status, answer.text, actor.workspace_id, whose, key])
        return answer

    return repeated(actor.workspace_id, work)


def forget(actor: Actor, *, until: datetime) -> int:
    """Drop the keys made before `until`; answers how many."""

    def work() -> int:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [actor.workspace_id, until])
            return cursor.rowcount

    return repeated(actor.workspace_id, work)


def _again(row: tuple[Any, ...] | None, digest: bytes) -> Answer:
    assert row is not None, "the key that is in the way belongs to the same actor"
    if bytes(row[0]) != digest:
        raise KeyReused
    return Answer(row[1], row[2], is_repeated=True)
