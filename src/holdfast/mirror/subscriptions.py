"""Asking Microsoft to ring: subscriptions are made, renewed and mended; without a public address there are none.

This module decides when a subscription is due and what a failure of it means: never that the mailbox is in trouble,
only that it is polled instead. Microsoft validates the address while it is being made, so each making or renewing
opens a one-time door (`Handshake`) that closes after a minute: nobody else can point his subscription at us.
"""

import hashlib
import logging
from datetime import timedelta
from typing import Any

from django.db import connection

from holdfast.database.transactions import outside_workspaces
from holdfast.graph import errors, subscriptions
from holdfast.graph.client import Line
from holdfast.graph.errors import GraphError
from holdfast.graph.limits import SUBSCRIPTION_LIFE_MAX
from holdfast.graph.wire import Subscription, SubscriptionDraft, SubscriptionId
from holdfast.mirror.engine import Engine
from holdfast.mirror.lease import Held, MailboxFacts
from holdfast.mirror.models import Handshake
from holdfast.ports import chance, clock

NOTICES_PATH = "/notices"
RENEW_BEFORE = timedelta(days=2)
"""Two days of seven are left when it is renewed: a weekend without a working renewal loses nothing (Z-W01)."""
LIFE = SUBSCRIPTION_LIFE_MAX - timedelta(minutes=5)
RETRY = timedelta(minutes=15)
HANDSHAKE_LIFE = timedelta(seconds=60)
PATH_BYTES = 16
STATE_BYTES = 32

_log = logging.getLogger(__name__)
_SAVE = (
    "UPDATE mirror_mailbox SET subscription_id = %s, client_state_hash = coalesce(%s, client_state_hash), "
    "subscription_expires_at = %s, subscription_due_at = %s WHERE id = %s"
)
_LATER = "UPDATE mirror_mailbox SET subscription_due_at = %s WHERE id = %s"
_LOST = (
    "UPDATE mirror_mailbox SET subscription_id = '', client_state_hash = '', subscription_expires_at = NULL, "
    "is_push_measured = false, unproven_since = NULL, subscription_due_at = %s WHERE id = %s"
)


def keep(engine: Engine, held: Held) -> GraphError | None:
    """Make, renew or mend the mailbox's subscription where it is due. Its failure stops nothing else."""
    mailbox, now = held.mailbox, clock.now()
    if not engine.public_url or (mailbox.subscription_due_at is not None and mailbox.subscription_due_at > now):
        return None
    line = engine.graph(held.calendars[0].connection).directory(before_send=held.check)
    try:
        if mailbox.subscription_id and mailbox.subscription_expires_at and mailbox.subscription_expires_at > now:
            _renew(engine, line, mailbox)
        else:
            _make(engine, line, mailbox)
    except GraphError as error:
        _log.warning("The subscription of mailbox %s could not be kept: %s", mailbox.id, error)
        _execute(_LATER, [clock.now() + RETRY, mailbox.id])
        # Only what would stop the mailbox too is passed on: a wrong secret, or Microsoft asking to wait.
        return error if isinstance(error, errors.SignInRefused) else None
    return None


def state_hash(client_state: str) -> str:
    return hashlib.sha256(client_state.encode()).hexdigest()


def _make(engine: Engine, line: Line, mailbox: MailboxFacts) -> None:
    """A new one. What is left over from a crash between making and storing is taken away first (F58, Z-W07)."""
    client_state = chance.secret(STATE_BYTES)
    address = _open_door(engine, mailbox)
    draft = SubscriptionDraft(
        change_type=subscriptions.CHANGES,
        notification_url=address,
        lifecycle_notification_url=address,
        resource=subscriptions.resource_of(mailbox.key),
        expiration_date_time=clock.now() + LIFE,
        client_state=client_state,
    )
    try:
        made = subscriptions.create(line, draft)
    except errors.Conflict:
        _remove_leftovers(engine, line, mailbox)
        made = subscriptions.create(line, draft)
    _store(mailbox, made, state_hash(client_state))


def _renew(engine: Engine, line: Line, mailbox: MailboxFacts) -> None:
    """Prolonging may run the validation again (FACTS 5.1), so the door stands open meanwhile."""
    _open_door(engine, mailbox)
    try:
        renewed = subscriptions.renew(line, SubscriptionId(mailbox.subscription_id), until=clock.now() + LIFE)
    except errors.NotFound:
        _execute(_LOST, [clock.now(), mailbox.id])
        _make(engine, line, mailbox)
        return
    _store(mailbox, renewed, None)


def _remove_leftovers(engine: Engine, line: Line, mailbox: MailboxFacts) -> None:
    ours = f"{engine.public_url}{NOTICES_PATH}/"
    resource = subscriptions.resource_of(mailbox.key).casefold()
    for each in subscriptions.listed(line):
        at_ours = (each.notification_url or "").startswith(ours)
        if at_ours and each.resource.casefold().strip("/") == resource.strip("/"):
            subscriptions.delete(line, each.id)


def _open_door(engine: Engine, mailbox: MailboxFacts) -> str:
    path = chance.secret(PATH_BYTES)
    now = clock.now()
    with outside_workspaces():
        Handshake.objects.filter(until__lt=now).delete()
        Handshake.objects.create(path=path, mailbox_id=mailbox.id, until=now + HANDSHAKE_LIFE)
    return f"{engine.public_url}{NOTICES_PATH}/{path}"


def _store(mailbox: MailboxFacts, subscription: Subscription, hashed: str | None) -> None:
    expires = subscription.expiration_date_time
    due = max(expires - RENEW_BEFORE, clock.now() + RETRY)
    _execute(_SAVE, [subscription.id, hashed, expires, due, mailbox.id])


def _execute(sql: str, parameters: list[Any]) -> None:
    with outside_workspaces(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
