"""Delivering notices and shaking hands: real HTTP POSTs to somebody's webhook, never under the simulator's lock.

Any 2xx is delivered; everything else is tried again with growing pauses for four hours, then dropped and told of as
missed, where there is an address for that (FACTS 5.2, 5.4, 5.5).
"""

import ipaddress
import urllib.parse
from dataclasses import replace
from datetime import timedelta

from sim365 import ids
from sim365.errors import GraphError
from sim365.http.routing import Outside
from sim365.notices.book import (
    REAUTHORIZATION_EVERY,
    REAUTHORIZATION_FROM,
    ExpiryCheck,
    Notice,
    NoticeBook,
    Subscription,
    lifecycle_json,
)
from sim365.state.world import World

ANSWER_TIMEOUT_S = 10.0
FIRST_PAUSE_S = 10.0
PAUSE_MAX_S = 1800.0
URL_MAX = 2048


def deliver(book: NoticeBook, world: World, outside: Outside, notice: Notice) -> None:
    """One attempt; a failed one is put back with a longer pause."""
    reply = outside.post(notice.url, body=notice.body, content_type="application/json; charset=utf-8")
    with outside.lock:
        book.attempts += 1
        if 200 <= reply.status < 300:
            book.delivered += 1
            return
        pause = min(FIRST_PAUSE_S * 2**notice.attempt, PAUSE_MAX_S)
        again = world.now() + timedelta(seconds=pause)
        if again > notice.gives_up:
            book.dropped += 1
            held = book.subscriptions.get(notice.subscription)
            if held is not None and notice.url == held.url:
                send_lifecycle(book, world, held, "missed")
            return
        world.at(again, replace(notice, attempt=notice.attempt + 1))


def check_url(url: str, *, allows_loopback: bool) -> None:
    """Https only, as at Microsoft; plain http to a loopback address behind a named switch."""
    parts = _parts(url)
    if parts is not None and parts.hostname:
        if parts.scheme == "https":
            return
        if parts.scheme == "http" and allows_loopback and _is_loopback(parts.hostname):
            return
    text = "The notificationUrl must be an absolute https URL."
    raise GraphError(400, "InvalidRequest", text)


def shake_hands(outside: Outside, url: str, *, request_id: str) -> None:
    """Ask a webhook to echo a token; refuse the subscription if it does not."""
    token = f"Validation: Testing client application reachability for subscription Request-Id: {request_id}"
    parts = urllib.parse.urlsplit(url)
    query = "&".join(filter(None, [parts.query, f"validationToken={urllib.parse.quote(token, safe='')}"]))
    reply = outside.post(
        urllib.parse.urlunsplit(parts._replace(query=query)), body=b"", content_type="text/plain; charset=utf-8"
    )
    if reply.status == 0:
        raise GraphError(400, "InvalidRequest", "Subscription validation request timed out.")
    is_plain = reply.content_type.partition(";")[0].strip().lower() == "text/plain"
    if reply.status != 200 or not is_plain or reply.body.decode("utf-8", "replace").strip() != token:
        text = (
            "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation "
            "request."
        )
        raise GraphError(400, "InvalidRequest", text)


def check_expiry(book: NoticeBook, world: World, task: ExpiryCheck) -> None:
    """Remove what has expired; in the last hour ask for reauthorization every quarter of an hour (FACTS 5.5)."""
    held = book.subscriptions.get(task.subscription)
    if held is None:
        return
    now = world.now()
    if held.expires <= now:
        del book.subscriptions[held.id]
        return
    if held.expires - now > REAUTHORIZATION_FROM:
        world.at(held.expires - REAUTHORIZATION_FROM, task)
        return
    send_lifecycle(book, world, held, "reauthorizationRequired")
    world.at(min(now + REAUTHORIZATION_EVERY, held.expires), task)


def send_lifecycle(book: NoticeBook, world: World, held: Subscription, event: str) -> bool:
    """Put a lifecycle notice on its way; says whether the subscription has an address for them."""
    if held.lifecycle_url is None:
        return False
    book.post(world, held, [lifecycle_json(held, event)], after_s=0.1, to=held.lifecycle_url)
    return True


def new_id(world: World) -> str:
    """The id of a new subscription."""
    return ids.guid("subscription", world.seed, world.next_serial())


def _parts(url: str) -> urllib.parse.SplitResult | None:
    try:
        return urllib.parse.urlsplit(url) if len(url) <= URL_MAX else None
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
