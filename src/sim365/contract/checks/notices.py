"""Subscriptions (FACTS 5.1, 5.2). Most need a public address that answers the handshake."""

from __future__ import annotations

from datetime import datetime, timedelta

from sim365.contract.errors import UntriedError
from sim365.contract.findings import Finding, Need, Shows, check
from sim365.contract.ground import Ground
from sim365.contract.marks import quoted
from sim365.contract.wire import Reply

WEBHOOK = (Need.WEBHOOK,)
LIFETIME_MINUTES = 10_080


@check(
    "Notices go to https only: an http address is refused with 400.",
    section="5.2",
    keys=("subscription-https",),
    requests=1,
    creates=1,
)
def notices_need_https(ground: Ground) -> Finding:
    reply = ground.try_subscribe(ground.host, "http://sim365.invalid/notices", _in(ground, 60), changes="created")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "An address that does not answer the handshake is refused with 400.",
    section="5.2",
    keys=("subscription-handshake",),
    requests=1,
    creates=1,
)
def notices_need_a_handshake(ground: Ground) -> Finding:
    reply = ground.try_subscribe(ground.host, "https://sim365.invalid/notices", _in(ground, 60), changes="created")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "clientState is echoed at creation and null when the subscription is read.",
    section="5.1",
    keys=("subscription-client-state",),
    requests=2,
    creates=1,
    needs=WEBHOOK,
)
def client_states_are_shown_once(ground: Ground) -> Finding:
    made = _subscribed(ground, "created")
    shown = ground.get(f"/subscriptions/{quoted(str(made.body['id']))}").body
    told = (made.body.get("clientState"), shown.get("clientState"))
    return Finding(told == (ground.run, None) and "clientState" in shown, f"echoed {bool(told[0])}, read as {told[1]}")


@check(
    "A second subscription of the same kind is refused with 409.",
    section="5.1",
    keys=("subscription-duplicate",),
    requests=2,
    creates=2,
    needs=WEBHOOK,
    switch="duplicate_subscription_conflict",
)
def second_subscriptions(ground: Ground) -> Shows:
    _subscribed(ground, "updated")
    again = _try(ground, 60, "updated")
    if again.status != 201 and (again.status != 409 or not again.code):
        raise UntriedError(f"the second subscription was answered {again}")
    return Shows(again.status == 409, f"answered {again}")


@check(
    "A subscription may live 10,080 minutes.",
    section="5.1",
    keys=("subscription-lifetime",),
    requests=1,
    creates=1,
    needs=WEBHOOK,
    switch="subscription_minutes_of_2024",
)
def subscriptions_for_a_week(ground: Ground) -> Shows:
    reply = _try(ground, LIFETIME_MINUTES - 60, "deleted")
    if reply.status != 201 and (reply.status != 400 or not reply.code):
        raise UntriedError(f"the subscription was answered {reply}")
    return Shows(reply.status == 400, f"almost a week was answered {reply}")


@check(
    "A subscription for longer than a week is refused with 400.",
    section="5.1",
    keys=("subscription-lifetime",),
    requests=1,
    creates=1,
    needs=WEBHOOK,
)
def subscriptions_have_a_limit(ground: Ground) -> Finding:
    reply = _try(ground, LIFETIME_MINUTES + 1440, "created,updated")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "A subscription for two hours needs no address for lifecycle notices.",
    section="5.1",
    keys=("subscription-lifecycle-url-required",),
    requests=1,
    creates=1,
    needs=WEBHOOK,
    switch="lifecycle_url_required",
)
def lifecycle_addresses(ground: Ground) -> Shows:
    reply = _try(ground, 120, "created,deleted")
    if reply.status != 201 and (reply.status != 400 or not reply.code):
        raise UntriedError(f"the subscription was answered {reply}")
    return Shows(reply.status == 400, f"answered {reply}")


def _try(ground: Ground, minutes: int, changes: str) -> Reply:
    """Each question has its own kinds of changes, so that none is a second subscription of another's kind."""
    return ground.try_subscribe(ground.host, str(ground.cast.webhook), _in(ground, minutes), changes=changes)


def _subscribed(ground: Ground, changes: str) -> Reply:
    reply = _try(ground, 60, changes)
    if reply.status != 201:
        raise UntriedError(f"the subscription was answered {reply}")
    return reply


def _in(ground: Ground, minutes: int) -> datetime:
    return ground.wire.pace.watch.now() + timedelta(minutes=minutes)
