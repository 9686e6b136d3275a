"""Subscriptions of all apps, and the notices that changes give rise to.

Decides which subscription hears of a change and when; how a notice reaches its webhook is decided in `delivery`. One
change gives one notice per subscription; weather may lose, double, delay or shuffle it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sim365 import ids
from sim365.state.world import Change, World
from sim365.weather import Fault, Weather
from sim365.weather.rules import Struck

LIFETIME_MAX = timedelta(minutes=10_080)
LIFETIME_MIN = timedelta(minutes=45)
PER_MAILBOX_MAX = 1000
LATE_S = 180.0
SHUFFLE_S = 20.0
REAUTHORIZATION_EVERY = timedelta(minutes=15)
REAUTHORIZATION_FROM = timedelta(hours=1)


@dataclass(slots=True)
class Subscription:
    """One subscription."""

    id: str
    app_id: str
    creator: str
    tenant_id: str
    mailbox: str
    """Object id of the mailbox watched."""
    calendar: int | None
    """Serial of the calendar watched; None is all of the mailbox."""
    resource: str
    change_types: tuple[str, ...]
    url: str
    lifecycle_url: str | None
    expires: datetime
    client_state: str | None
    immutable: bool
    tls: str = "v1_2"
    is_paused: bool = False
    """Awaiting reauthorization: nothing is delivered."""

    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """Two subscriptions with the same key are duplicates."""
        return (self.app_id, self.resource.lower().strip("/"), tuple(sorted(self.change_types)))


@dataclass(frozen=True, slots=True)
class Notice:
    """One message on its way to a webhook; tried again until `gives_up`."""

    url: str
    body: bytes
    gives_up: datetime
    attempt: int = 0
    subscription: str = ""


@dataclass(frozen=True, slots=True)
class ExpiryCheck:
    """A subscription's time may be up, or it must be told that it soon will be."""

    subscription: str


@dataclass(slots=True)
class NoticeBook:
    """Every subscription, and what was delivered."""

    subscriptions: dict[str, Subscription] = field(default_factory=dict[str, Subscription])
    delivered: int = 0
    dropped: int = 0
    attempts: int = 0
    numbers: int = 0

    def of_app(self, app_id: str, now: datetime) -> list[Subscription]:
        """An app's own live subscriptions."""
        return [held for held in self.subscriptions.values() if held.app_id == app_id and held.expires > now]

    def live(self, subscription_id: str, now: datetime) -> Subscription | None:
        """A subscription that has not expired."""
        held = self.subscriptions.get(subscription_id)
        return held if held is not None and held.expires > now else None

    def hear(self, world: World, weather: Weather) -> None:
        """Turn the outbox of changes into notices."""
        changes, world.outbox = world.outbox, []
        if not self.subscriptions:
            return
        now = world.now()
        for change in changes:
            for held in self.subscriptions.values():
                if _concerns(held, change) and held.expires > now and not held.is_paused:
                    self._ring(world, weather, held, change)

    def _ring(self, world: World, weather: Weather, held: Subscription, change: Change) -> None:
        now = world.now()
        struck = weather.strikes_notice(mailbox=frozenset(change.mailbox.names()), now=now)
        if Fault.NOTICE_LOST in struck:
            return
        content = notice_json(held, change)
        if Fault.NOTICE_WRONG_STATE in struck:
            content["clientState"] = "not the state that was given"
        if Fault.NOTICE_UNKNOWN in struck:
            content["subscriptionId"] = ids.guid("stranger", world.seed, world.next_serial())
        repeats = _number(struck, Fault.NOTICE_DOUBLED, 2.0) if Fault.NOTICE_DOUBLED in struck else 1.0
        for _ in range(int(repeats)):
            delay = world.chance.uniform(0.1, max(0.1, world.switches.notice_delay_max_s)) + _late(world, struck)
            self.post(world, held, [content], after_s=delay)

    def post(
        self, world: World, held: Subscription, contents: list[dict[str, Any]], *, after_s: float, to: str | None = None
    ) -> None:
        """Put a message on its way."""
        self.numbers += 1
        due = world.now() + timedelta(seconds=after_s)
        body = msgspec.json.encode({"value": contents})
        notice = Notice(to or held.url, body, gives_up=due + timedelta(hours=4), subscription=held.id)
        world.at(due, notice)


def notice_json(held: Subscription, change: Change) -> dict[str, Any]:
    """One notice (FACTS 5.3)."""
    mailbox = change.mailbox
    item = ids.item_id(
        mailbox.tag, folder=change.calendar, serial=change.serial, day=change.day, immutable=held.immutable
    )
    path = f"Users/{mailbox.oid}/Events/{item}"
    return {
        "subscriptionId": held.id,
        "subscriptionExpirationDateTime": expiry_text(held.expires),
        "changeType": change.kind,
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": path,
            "@odata.etag": ids.etag(mailbox.tag, change.sequence),
            "id": item,
        },
        "clientState": held.client_state,
        "tenantId": held.tenant_id,
    }


def lifecycle_json(held: Subscription, event: str) -> dict[str, Any]:
    """One lifecycle notice (FACTS 5.5)."""
    return {
        "subscriptionId": held.id,
        "subscriptionExpirationDateTime": expiry_text(held.expires),
        "tenantId": held.tenant_id,
        "clientState": held.client_state,
        "lifecycleEvent": event,
    }


def expiry_text(moment: datetime) -> str:
    """An expiry as notices write it."""
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond:06d}0+00:00"


def _concerns(held: Subscription, change: Change) -> bool:
    return (
        held.mailbox == change.mailbox.oid
        and change.kind in held.change_types
        and (held.calendar is None or held.calendar == change.calendar)
    )


def _late(world: World, struck: Struck) -> float:
    late = _number(struck, Fault.NOTICE_LATE, LATE_S) if Fault.NOTICE_LATE in struck else 0.0
    return late + (world.chance.uniform(0.0, SHUFFLE_S) if Fault.NOTICE_SHUFFLED in struck else 0.0)


def _number(struck: Struck, fault: Fault, default: float) -> float:
    parameter = struck[fault]
    return default if parameter is None else float(parameter)
