"""The stage set of one run: two customers, two tenants, their rooms, one virtual clock, one seed.

Makes everything by the verbs that a person would use; must hold nothing that a crash of the product should lose. Names
collide on purpose: both customers have an *Aquarium*, and both tenants a mailbox of that name.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx

from holdfast.directory.kinds import Kind, Sharing
from holdfast.mirror.engine import Engine
from holdfast.mirror.wakeups import Waiting
from holdfast.ports import chance, clock, points
from sim365.simulator import Simulator
from sim365.state import AppRegistration, AppSecret, Company, Mailbox, Tenant, UserPurpose
from sim365.switches import Switches
from sim365.transport import SimTransport
from tests.cast import Cast, company
from tests.world.baton import Stage

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ROOMS = ("Aquarium", "Boathouse", "Crow's Nest", "Dovecote")
POOL = "Desks"
"""Two desks that are tied to no calendar: booked here only (S031), and never beyond their number (I2)."""
SECRET = "a secret of the simulated world only"
PERMISSIONS = {"Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All", "User.Read.All"}
PUBLIC_URL = "https://holdfast.test"


class WorldClock:
    """The product's clock is the simulator's; sleeping hands the baton on, or lets time pass where nobody is on stage."""

    def __init__(self, simulator: Simulator, stage: Stage) -> None:
        self._simulator, self._stage = simulator, stage

    def now(self) -> datetime:
        return self._simulator.clock.now()

    def monotonic_s(self) -> float:
        return (self.now() - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        until = self.now() + timedelta(seconds=seconds)
        if not self._stage.sleep_until(until):
            self._simulator.clock.advance(timedelta(seconds=max(seconds, 0)))


class WorldTransport(httpx.BaseTransport):
    """The way to the simulated internet, with a point before and after each request."""

    def __init__(self, simulator: Simulator, stage: Stage) -> None:
        self._inner, self._stage = SimTransport(simulator), stage

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        what = f"{request.method} {request.url.path.rpartition('/')[2][:24]}"
        self._stage.passed(f"before {what}")
        try:
            return self._inner.handle_request(request)
        finally:
            self._stage.passed(f"after {what}")


@dataclass(slots=True)
class Customer:
    """One workspace with its tenant; `rooms` are mapped: the resource's name to the mailbox's address."""

    cast: Cast
    tenant: Tenant
    rooms: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Scene:
    """Everything of one run."""

    seed: int
    chance: random.Random
    simulator: Simulator
    stage: Stage
    queue: Waiting
    customers: list[Customer]
    has_push: bool
    posts: list[tuple[str, bytes, str]] = field(default_factory=list)  # every notice that was ever posted
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def new_engine(self) -> Engine:
        """A worker's process as it starts: nothing remembered."""
        return Engine(
            transport_for=lambda _url: WorldTransport(self.simulator, self.stage),
            wait=self._wait,
            holder=f"worker {self.chance.getrandbits(32):08x}",
            public_url=PUBLIC_URL if self.has_push else "",
        )

    def _wait(self, changed: threading.Condition, seconds: float) -> None:
        """Another actor has what is waited for: let it run, without the lock, and look again."""
        changed.release()
        try:
            clock.sleep(min(seconds, 0.05))
        finally:
            changed.acquire()

    def strike(self) -> None:
        """Take the set down: the doors lead outside again."""
        self.stage.close()
        for undo in reversed(self._undo):
            undo()


def build(seed: int, *, connect: Callable[[Scene, Customer], None], has_push: bool | None = None) -> Scene:
    """The set for a seed. `connect` connects a customer and maps its rooms by the product's own verbs."""
    chances = random.Random(seed)
    tenants = [_tenant(number, chances) for number in range(2)]
    simulator = Simulator(Company(tenants), seed=seed, start=START, switches=_switches(chances))
    stage = Stage(chances, simulator.clock.now, switch_chance=chances.choice((0.1, 0.3, 0.6)))
    queue = Waiting()
    push = chances.random() < 0.7 if has_push is None else has_push
    scene = Scene(seed, chances, simulator, stage, queue, [], push)
    _open_doors(scene)
    for name, tenant in zip(("Harbour Works", "Harbour Works Two"), tenants, strict=True):
        customer = Customer(company(name), tenant)
        _furnish(customer)
        scene.customers.append(customer)
        connect(scene, customer)
    return scene


def _open_doors(scene: Scene) -> None:
    from holdfast.mirror import wakeups

    before_clock = clock.install(WorldClock(scene.simulator, scene.stage))
    before_chance = chance.install(random.Random(f"product {scene.seed}"))
    before_wake = wakeups.install(scene.queue)
    points.listen(scene.stage.passed)
    scene._undo += [
        lambda: clock.install(before_clock),
        lambda: chance.install(before_chance),
        lambda: wakeups.install(before_wake),
        lambda: points.listen(None),
    ]


def _tenant(number: int, chances: random.Random) -> Tenant:
    domain = f"harbour{number}.test"
    tenant = Tenant(str(UUID(int=0x10 + number)), f"Harbour {number}", [domain])
    secret = AppSecret(SECRET)
    tenant.add_app(
        AppRegistration(
            str(UUID(int=0x20)), "Holdfast", permissions=set(PERMISSIONS), secrets=[secret], oid=f"sp-{number}"
        )
    )
    for index, room in enumerate(ROOMS[: chances.randint(1, len(ROOMS))]):
        address = f"{room.lower().replace(' ', '').replace(chr(39), '')}@{domain}"
        zone = chances.choice(("W. Europe Standard Time", "Europe/Berlin", "GMT Standard Time", "UTC"))
        oid = str(UUID(int=0x1000 * (number + 1) + index))
        tenant.add_mailbox(Mailbox(oid, address, room, UserPurpose.ROOM, time_zone=zone))
    tenant.add_mailbox(Mailbox(str(UUID(int=0x1900 * (number + 1))), f"ada@{domain}", "Ada"))
    return tenant


def _furnish(customer: Customer) -> None:
    for mailbox in customer.tenant.mailboxes.values():
        if mailbox.purpose is UserPurpose.ROOM:
            customer.cast.add(mailbox.display_name, address=mailbox.address)
            customer.rooms[mailbox.display_name] = mailbox.address
    customer.cast.add(POOL, Kind.DESK, sharing=Sharing.COUNTED, units=2)


_OF_THE_WORLD = frozenset({"loopback_webhooks"})
"""How the world itself is built; every other switch is about Microsoft, and drawn."""


def _switches(chances: random.Random) -> Switches:
    """Where the facts disagree the seed draws, so that the product is shown to hold under either."""
    switches = Switches()
    for each in fields(Switches):
        if isinstance(getattr(switches, each.name), bool) and each.name not in _OF_THE_WORLD:
            switches.set(each.name, value=chances.random() < 0.5)
    switches.set("delta_page_size", value=chances.choice((3, 10, 50)))
    switches.set("delta_tokens_kept", value=chances.choice((0, 0, 4)))
    switches.set("notices_per_update", value=chances.choice((1, 1, 3)))
    switches.set("room_delay_max_s", value=chances.choice((2.0, 10.0, 120.0)))
    return switches
