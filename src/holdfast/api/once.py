"""Idempotency-Key: a POST that is sent again gets the answer it got before, and does nothing twice.

Decides how long an answer is kept and what makes two requests the same. Booking verbs run inside the transaction that
keeps the answer; verbs that open transactions of their own are guarded by a mark that is set before and answered
after.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from holdfast.api.door import actor
from holdfast.api.problems import Problem
from holdfast.bookings import idempotency
from holdfast.bookings.errors import KeyReused
from holdfast.bookings.idempotency import Answer
from holdfast.bookings.models import IdempotencyKey
from holdfast.database.transactions import in_workspace, repeated
from holdfast.directory.roles import Actor
from holdfast.ports import clock, ids

KEPT = timedelta(hours=24)
_JSON = "application/json; charset=utf-8"
_HARMLESS = range(0x20, 0x7F)


def within(request: HttpRequest, do: Callable[[], Answer]) -> HttpResponse:
    """Do it in one transaction together with its key. `do` uses verbs that join the open transaction."""
    who, key = actor(request), _key(request)
    if key is None:
        return _response(repeated(who.workspace_id, do))
    idempotency.forget(who, until=clock.now() - KEPT)
    return _response(idempotency.once(who, key, _digest_text(request), do))


def around(request: HttpRequest, do: Callable[[], Answer]) -> HttpResponse:
    """Mark the key, do it, keep the answer. A repetition that comes in the middle is told so."""
    who, key = actor(request), _key(request)
    if key is None:
        return _response(do())
    idempotency.forget(who, until=clock.now() - KEPT)
    found = _mark(who, key, _digest_text(request))
    if found is not None:
        return _response(found)
    try:
        answer = do()
    except BaseException:
        # It did not happen, so the key is free again for the next try.
        with in_workspace(who.workspace_id):
            _mine(who, key).delete()
        raise
    with in_workspace(who.workspace_id):
        _mine(who, key).update(status=answer.status, answer=answer.text)
    return _response(answer)


def _mark(who: Actor, key: str, request: bytes) -> Answer | None:
    digest = hashlib.sha256(request).digest()
    try:
        with in_workspace(who.workspace_id):
            _new(who, key, digest).save(force_insert=True)
            return None
    except IntegrityError:
        with in_workspace(who.workspace_id):
            row = _mine(who, key).first()
    if row is None or row.status is None:
        raise Problem("in_progress")
    if bytes(row.request_digest) != digest:
        raise KeyReused
    return Answer(row.status, row.answer or "", is_repeated=True)


def _new(who: Actor, key: str, digest: bytes) -> IdempotencyKey:
    return IdempotencyKey(
        id=ids.new(),
        workspace_id=who.workspace_id,
        actor=_whose(who),
        key=key,
        request_digest=digest,
        created_at=clock.now(),
    )


def _mine(who: Actor, key: str):  # noqa: ANN202  a query set of a model that pyright knows
    return IdempotencyKey.objects.filter(workspace_id=who.workspace_id, actor=_whose(who), key=key)


def _whose(who: Actor) -> str:
    return f"{who.kind.value}:{who.identity}"


def _key(request: HttpRequest) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= idempotency.KEY_LENGTH_MAX or any(ord(character) not in _HARMLESS for character in key):
        raise Problem("key_too_long", field="Idempotency-Key")
    return key


def _digest_text(request: HttpRequest) -> bytes:
    """What makes two requests the same: method, address, body."""
    return f"{request.method} {request.get_full_path()}\n".encode() + request.body


def _response(answer: Answer) -> HttpResponse:
    kind = "application/problem+json" if answer.status >= 400 else _JSON
    response = HttpResponse(answer.text, status=answer.status, content_type=kind)
    if answer.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return response
