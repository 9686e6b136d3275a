"""The door that Microsoft's notices come through: checked, counted, turned into one mark, and nothing else.

This module decides what is answered to whom. Nothing in a notice is believed: it only marks our own mailbox row,
found by the subscription's id, and only where its secret state is right. Wrong, unknown and late ones get the very
same answer. 202 is said after the mark is committed; where it cannot be, 503, so that Microsoft tries again.
"""

import hmac
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from msgspec import DecodeError

from holdfast.database.transactions import outside_workspaces
from holdfast.graph import notices
from holdfast.graph.notices import ChangeNotice, Notice
from holdfast.mirror import wakeups
from holdfast.mirror.subscriptions import state_hash
from holdfast.ports import clock

TOKEN_CHARS_MAX = 2048
BODY_BYTES_MAX = 1024 * 1024
ITEMS_MAX = 1000
LOOK_AGAIN_AFTER = timedelta(minutes=1)
"""A lifecycle notice causes at most one look at the subscription per minute and mailbox (SECURITY, A-W14)."""

_TOKEN = re.compile(r"[ -~]{1,2048}\Z")
_FORBIDDEN = frozenset("<>\"'&")
_log = logging.getLogger(__name__)

_OPEN = (
    "UPDATE mirror_handshake SET answers_left = answers_left - 1 "
    "WHERE path = %s AND until > %s AND answers_left > 0 RETURNING path"
)
_BELLS = "SELECT id, subscription_id, client_state_hash, tenant FROM mirror_mailbox WHERE subscription_id = ANY(%s)"
_RING = (
    "UPDATE mirror_mailbox SET rung_count = rung_count + 1, rung_at = %s, notice_at = %s, "
    "notice_count = notice_count + %s, is_push_measured = is_push_measured OR unproven_since IS NOT NULL, "
    "unproven_since = NULL WHERE id = %s RETURNING rung_count - heard_count"
)
_MEND = (
    "UPDATE mirror_mailbox SET subscription_checked_at = %s, subscription_due_at = %s "
    "WHERE id = %s AND (subscription_checked_at IS NULL OR subscription_checked_at <= %s)"
)
_LATER = "UPDATE mirror_mailbox SET is_push_measured = false, due_at = least(due_at, %s) WHERE id = %s"
_REFUSED = (
    "INSERT INTO mirror_refusal (minute, count) VALUES (date_trunc('minute', %s::timestamptz), %s) "
    "ON CONFLICT (minute) DO UPDATE SET count = mirror_refusal.count + excluded.count"
)
_NOBODYS_HASH = state_hash("nobody's")


@csrf_exempt
def doorbell(request: HttpRequest, path: str = "") -> HttpResponse:
    """Microsoft's POST: a validation of our address, or notices."""
    if request.method != "POST":
        return _answer(405, "Only POST is taken here.")
    if "validationToken" in request.GET:
        return _handshake(request, path)
    length = request.headers.get("Content-Length", "")
    if not length.isdigit():
        # A body without a length could go on for ever.
        return _answer(411, "The length of the body must be said.")
    if int(length) > BODY_BYTES_MAX:
        return _answer(413, "The body is too large.")
    return _take(request.body)


def _handshake(request: HttpRequest, path: str) -> HttpResponse:
    """Echo the token only while we are making or renewing a subscription, and only at the address made for that."""
    tokens = request.GET.getlist("validationToken")
    if len(tokens) != 1 or not _TOKEN.match(tokens[0]) or _FORBIDDEN & set(tokens[0]):
        return _answer(400, "This is no validation token.")
    try:
        with outside_workspaces(), connection.cursor() as cursor:
            cursor.execute(_OPEN, [path, clock.now()])
            is_open = cursor.fetchone() is not None
    except DatabaseError:
        return _answer(503, "Please try again.")
    if not is_open:
        return _answer(404, "Nothing is awaited here.")
    return _answer(200, tokens[0])


def _take(body: bytes) -> HttpResponse:
    try:
        found = notices.parse(body)
    except (DecodeError, RecursionError):
        return _answer(400, "This is no list of notices.")
    if not found.good and found.bad and not _is_list(body):
        return _answer(400, "This is no list of notices.")
    if len(found.good) + len(found.bad) > ITEMS_MAX:
        return _answer(413, "These are too many notices for one request.")
    try:
        with outside_workspaces():
            refused = _mark(found.good, clock.now())
            _count_refused(refused + len(found.bad))
    except DatabaseError:
        _log.warning("Notices came while the database could not be written; Microsoft is asked to send them again.")
        return _answer(503, "Please try again.")
    return _answer(202, "")


def _is_list(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{" and b'"value"' in body[:4096]


@dataclass(slots=True)
class _Bell:
    mailbox_id: int
    client_state_hash: str
    tenant: str


def _mark(good: Sequence[Notice], now: datetime) -> int:
    """Ring each mailbox once, however many notices name it; answers how many notices were not believed."""
    bells = _bells(sorted({str(notice.subscription) for notice in good}))
    rung: dict[int, int] = {}
    mending: set[int] = set()
    changed: set[int] = set()
    refused = 0
    for notice in good:
        bell = bells.get(str(notice.subscription))
        if not _is_ours(notice, bell):
            refused += 1
            continue
        assert bell is not None
        rung[bell.mailbox_id] = rung.get(bell.mailbox_id, 0) + 1
        if not isinstance(notice, ChangeNotice):
            mending.add(bell.mailbox_id)
        else:
            changed.add(bell.mailbox_id)
    for mailbox_id in sorted(rung):
        if mailbox_id in mending and not _mend(mailbox_id, now) and mailbox_id not in changed:
            continue
        _ring(mailbox_id, rung[mailbox_id], now)
    return refused


def _bells(subscription_ids: Sequence[str]) -> dict[str, _Bell]:
    if not subscription_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BELLS, [list(subscription_ids)])
        return {name: _Bell(mailbox_id, hashed, tenant) for mailbox_id, name, hashed, tenant in cursor.fetchall()}


def _is_ours(notice: Notice, bell: _Bell | None) -> bool:
    """Constant time, and the same work for an unknown subscription as for a wrong state."""
    expected = _NOBODYS_HASH if bell is None else bell.client_state_hash
    is_right = hmac.compare_digest(state_hash(notice.client_state or ""), expected)
    is_home = bell is not None and (notice.tenant is None or notice.tenant.casefold() == bell.tenant.casefold())
    return is_right and is_home


def _mend(mailbox_id: int, now: datetime) -> bool:
    """Have the subscription looked at; False within a minute of the last look, when polling makes up for it."""
    with connection.cursor() as cursor:
        cursor.execute(_MEND, [now, now, mailbox_id, now - LOOK_AGAIN_AFTER])
        if cursor.rowcount:
            return True
        cursor.execute(_LATER, [now + LOOK_AGAIN_AFTER, mailbox_id])
        return False


def _ring(mailbox_id: int, count: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RING, [now, now, count, mailbox_id])
        found = cursor.fetchone()
    if found is not None and found[0] <= 1:
        # An earlier ring that nobody heard yet has woken a worker already.
        wakeups.wake(mailbox_id)


def _count_refused(count: int) -> None:
    if count:
        with connection.cursor() as cursor:
            cursor.execute(_REFUSED, [clock.now(), count])


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "no-store",
        },
    )
