"""Subscriptions of all apps, and what is under way to their webhooks: the state, and how it is looked up.

Pure data with its index; who hears of a change is decided in `ringing`, how it is delivered in `delivery`, what an
endpoint's answers mean for it in `endpoints`, when Microsoft speaks of the subscription itself in `lifecycle`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sim365.notices.endpoints import Endpoint
from sim365.state.world import World

LIFETIME_MAX = timedelta(minutes=10_080)
LIFETIME_MAX_OLDER = timedelta(minutes=4_230)
LIFETIME_MAX_RICH = timedelta(minutes=1_440)
LIFETIME_MIN = timedelta(minutes=45)
PER_MAILBOX_MAX = 1000
RETRY_FOR = timedelta(hours=4)


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
    for_person: str | None = None
    """Object id of the person who made it with a delegated token."""
    authorized: datetime | None = None
    """When it was made, renewed or reauthorized last."""
    url_app_id: str | None = None

    def expiry_text(self) -> str:
        """The expiry as notices write it."""
        return f"{self.expires.strftime('%Y-%m-%dT%H:%M:%S')}.{self.expires.microsecond:06d}0+00:00"

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
    subscriptions: tuple[str, ...] = ()
    """Whose notices it holds; empty for a lifecycle notice, which nobody misses."""
    number: int = 0
    was_slowed: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """The notices collected for an address set out together."""

    url: str


@dataclass(frozen=True, slots=True)
class DropEnds:
    """An endpoint whose notices were discarded is given another chance, and told what it missed."""

    host: str


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
    collected: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict[str, list[tuple[str, bytes]]])
    """By address: the notices that set out together, each with its subscription."""
    endpoints: dict[str, Endpoint] = field(default_factory=dict[str, Endpoint])
    """How the hosts behind the webhooks answered lately."""
    under_way: dict[int, Notice] = field(default_factory=dict[int, Notice])
    """Taken off the clock's heap by a courier and not yet settled."""
    _watchers: dict[str, list[str]] | None = None
    """Mailbox to its subscriptions; derived, made anew when first asked for after a change."""

    def add(self, held: Subscription) -> None:
        """A new subscription."""
        self.subscriptions[held.id] = held
        self._watchers = None

    def remove(self, subscription_id: str) -> None:
        """Forget a subscription, if it is there."""
        self.subscriptions.pop(subscription_id, None)
        self._watchers = None

    def watching(self, mailbox: str) -> list[Subscription]:
        """The subscriptions of one mailbox, the oldest first."""
        if self._watchers is None:
            self._watchers = {}
            for held in self.subscriptions.values():
                self._watchers.setdefault(held.mailbox, []).append(held.id)
        return [self.subscriptions[name] for name in self._watchers.get(mailbox, ())]

    def of_app(self, app_id: str, tenant_id: str, person: str | None, now: datetime) -> list[Subscription]:
        """An app's own live subscriptions in one tenant; a person's token sees that person's own."""
        return [
            held
            for held in self.subscriptions.values()
            if (held.app_id, held.tenant_id) == (app_id, tenant_id)
            and (person is None or held.for_person == person)
            and held.expires > now
        ]

    def live(self, subscription_id: str, now: datetime) -> Subscription | None:
        """A subscription that has not expired."""
        held = self.subscriptions.get(subscription_id)
        return held if held is not None and held.expires > now else None

    def post(self, world: World, url: str, contents: list[bytes], *, after_s: float, to: tuple[str, ...] = ()) -> None:
        """Put a message on its way; `to` names the subscriptions that would miss it."""
        due = world.now() + timedelta(seconds=after_s)
        world.at(due, self.message(url, contents, to, gives_up=due + RETRY_FOR))

    def message(self, url: str, contents: list[bytes], to: tuple[str, ...], *, gives_up: datetime) -> Notice:
        """A message that sets out."""
        self.numbers += 1
        body = b'{"value":[' + b",".join(contents) + b"]}"
        return Notice(url, body, gives_up, subscriptions=to, number=self.numbers)

    def become(self, other: "NoticeBook") -> None:
        """Take another book's place without ceasing to be this one, which others hold."""
        self.subscriptions, self.delivered, self.dropped = other.subscriptions, other.delivered, other.dropped
        self.attempts, self.numbers, self.collected = other.attempts, other.numbers, other.collected
        self.endpoints, self.under_way, self._watchers = other.endpoints, other.under_way, None
