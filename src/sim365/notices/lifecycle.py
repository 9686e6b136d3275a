"""When Microsoft speaks of the subscription itself, and what it holds against one (FACTS 5.5).

`reauthorizationRequired` before the time is up and when consent is gone: until the client answers, nothing is
delivered and what happens meanwhile is lost. `subscriptionRemoved` when the person behind it is no longer trusted or
the mailbox is gone. `missed` when notices were thrown away.
"""

import enum
from datetime import timedelta

import msgspec

from sim365.notices.book import DropEnds, ExpiryCheck, NoticeBook, Subscription
from sim365.state import Tenant
from sim365.state.world import World

REAUTHORIZATION_EVERY = timedelta(minutes=15)
REAUTHORIZATION_FROM = timedelta(hours=1)
EVENTS = ("missed", "subscriptionRemoved", "reauthorizationRequired")
_READING = ("Calendars.Read", "Calendars.ReadWrite")


class Standing(enum.Enum):
    """Whether a subscription still rests on anything."""

    GOOD = "good"
    UNAUTHORIZED = "unauthorized"
    """Consent is gone, or a policy keeps the app out of the mailbox."""
    REVOKED = "revoked"
    """The person's sign-in was revoked, or the mailbox is gone."""


def standing_of(world: World, held: Subscription) -> Standing:
    """What the directory says of a subscription now."""
    tenant = world.tenant(held.tenant_id)
    mailbox = None if tenant is None else tenant.mailboxes.get(held.mailbox)
    if tenant is None or mailbox is None or not mailbox.has_mailbox:
        return Standing.REVOKED
    if held.for_person is not None and _is_revoked(tenant, held, held.for_person):
        return Standing.REVOKED
    return Standing.GOOD if _is_allowed(tenant, held) else Standing.UNAUTHORIZED


def lose_standing(book: NoticeBook, world: World, held: Subscription, standing: Standing) -> None:
    """Pause or remove, and say so; some were never told of a removal (FACTS 5.5), which a switch chooses."""
    if standing is Standing.UNAUTHORIZED:
        if not held.is_paused:
            held.is_paused = True
            send_lifecycle(book, world, held, "reauthorizationRequired")
        return
    book.remove(held.id)
    if world.switches.removal_is_told:
        send_lifecycle(book, world, held, "subscriptionRemoved")


def check_expiry(book: NoticeBook, world: World, task: ExpiryCheck) -> None:
    """Remove what has expired; in the last hour ask for reauthorization every quarter of an hour."""
    held = book.subscriptions.get(task.subscription)
    if held is None:
        return
    now = world.now()
    if held.expires <= now:
        book.remove(held.id)
        return
    if held.expires - now > REAUTHORIZATION_FROM:
        world.at(held.expires - REAUTHORIZATION_FROM, task)
        return
    send_lifecycle(book, world, held, "reauthorizationRequired")
    world.at(min(now + REAUTHORIZATION_EVERY, held.expires), task)


def end_drop(book: NoticeBook, world: World, task: DropEnds) -> None:
    """The window in which notices were thrown away is over: whoever missed one is told."""
    endpoint = book.endpoints.pop(task.host, None)
    for name in [] if endpoint is None else endpoint.missed:
        held = book.subscriptions.get(name)
        if held is not None:
            send_lifecycle(book, world, held, "missed")


def send_lifecycle(book: NoticeBook, world: World, held: Subscription, event: str) -> bool:
    """Put a lifecycle notice on its way; says whether the subscription has an address for them."""
    if held.lifecycle_url is None:
        return False
    body = msgspec.json.encode(lifecycle_json(held, event))
    book.post(world, held.lifecycle_url, [body], after_s=0.1)
    return True


def lifecycle_json(held: Subscription, event: str) -> dict[str, str | None]:
    """One lifecycle notice."""
    return {
        "subscriptionId": held.id,
        "subscriptionExpirationDateTime": held.expiry_text(),
        "tenantId": held.tenant_id,
        "clientState": held.client_state,
        "lifecycleEvent": event,
    }


def _is_revoked(tenant: Tenant, held: Subscription, person: str) -> bool:
    account, mailbox = tenant.accounts.get(person), tenant.mailboxes.get(person)
    if mailbox is None or mailbox.account_enabled is False:
        return True
    if account is None:
        return False
    is_newer = account.valid_from is not None and held.authorized is not None and account.valid_from > held.authorized
    return account.is_deleted or is_newer


def _is_allowed(tenant: Tenant, held: Subscription) -> bool:
    app = tenant.apps.get(held.app_id)
    if app is None:
        # A token of an app that this directory does not list was good enough to subscribe with.
        return True
    if app.allowed_mailboxes is not None and held.mailbox not in app.allowed_mailboxes:
        return False
    if held.for_person is not None:
        scopes = app.consented(held.for_person)
        return not scopes or any(scope.removesuffix(".Shared") in _READING for scope in scopes)
    return app.enabled and any(role in _READING for role in app.permissions)
