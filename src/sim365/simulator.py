"""One simulated Microsoft 365: one company, one clock, one seed, one lock.

`Simulator` is the object that everything hangs on; the packages beside it hold the rules. It never holds its lock
while it talks to the outside world (webhooks), so a webhook may call back.

    simulator = Simulator(company, seed=7, loopback_webhooks=True)
    ada = simulator.person("ada@fjord.example")
    event = ada.create_event("Planning", start, attendees=["aquarium@fjord.example"])
    simulator.advance(timedelta(minutes=1))        # messages travel, the attendant answers, notices are delivered
    client = httpx.Client(transport=SimTransport(simulator), base_url="https://graph.microsoft.com/v1.0")
"""

import random
import threading
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from sim365 import conformity
from sim365.clock import Clock
from sim365.conduct import Conduct
from sim365.directory.hand import DirectoryHand
from sim365.errors import SimulatorError
from sim365.http.door import Door
from sim365.http.later import Later
from sim365.http.requests import Answer, Outcome, Request
from sim365.http.routing import Reply
from sim365.http.wsgi import GraphApp
from sim365.kept_snapshots import KeptSnapshots
from sim365.ledger import Ledger
from sim365.limits import Limits
from sim365.notices import NoticeBook
from sim365.notices.book import Notice
from sim365.notices.couriers import Couriers
from sim365.notices.delivery import deliver, resume
from sim365.notices.lifecycle import send_lifecycle
from sim365.notices.ringing import hear
from sim365.outlook import Person
from sim365.postman import HttpPostman, Postman
from sim365.reception import BookingBusiness, InboxOwner, Outsider, RoomPanel
from sim365.routes import all_routes
from sim365.running import run_task
from sim365.snapshots import frozen, thaw
from sim365.state import Company, IdentityDoor, Party
from sim365.state.principals import WsgiApp
from sim365.state.world import World
from sim365.switches import Switches
from sim365.weather import Latency, Weather

if TYPE_CHECKING:
    from sim365.powershell import Outcome as PowerShellOutcome

DEFAULT_START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
TASKS_PER_RUN_MAX = 200_000
"""A run of due work that is longer than this is a loop, and an error."""


class Simulator:
    """A company's calendar service, in memory."""

    def __init__(
        self,
        company: Company,
        *,
        seed: int = 1,
        start: datetime = DEFAULT_START,
        follow_wall_clock: bool = False,
        identity: IdentityDoor | None = None,
        switches: Switches | None = None,
        postman: Postman | None = None,
        loopback_webhooks: bool = False,
        check_types: bool | None = None,
    ) -> None:
        self.company = company
        self.seed = seed
        self.clock = Clock(start, follows=follow_wall_clock)
        self.lock = threading.RLock()
        self.switches = switches or Switches()
        self.switches.loopback_webhooks = self.switches.loopback_webhooks or loopback_webhooks
        self.world = World(company, self.clock, _chance(f"world {seed}"), self.switches, seed)
        self.weather = Weather(_chance(f"weather {seed}"), latency=Latency(_chance(f"latency {seed}")))
        self.conduct = Conduct()
        self.limits = Limits()
        self.notices = NoticeBook()
        self.couriers: Couriers | None = None
        self.kept_snapshots = KeptSnapshots()
        self.postman: Postman = postman or HttpPostman()
        self._identity = identity
        self.door = Door(
            self.world,
            all_routes(),
            self.weather,
            self.limits,
            self.conduct,
            outside=self,
            identity=lambda: self.identity,
            announce=self.announce,
        )
        self._checks_types = conformity.is_watching() if check_types is None else check_types
        if self._checks_types:
            self.door.inspect = self._inspect
        self.wsgi = GraphApp(self, wait=self.clock.wait)

    @property
    def identity(self) -> IdentityDoor:
        """The identity side: token issue and check, and the WSGI application of the login host."""
        if self._identity is None:
            from sim365.identity import Identity  # noqa: PLC0415  it is built on the simulator, so it comes second

            self._identity = Identity(self)
        return self._identity

    def attach_identity(self, identity: IdentityDoor) -> None:
        """Give another identity side than the usual one."""
        self._identity = identity

    def open_control(self) -> None:
        """Serve `/_sim` beside the Graph paths; only ever on a loopback address."""
        self.wsgi.control = Later(self._control)

    def _control(self) -> WsgiApp:
        from sim365.control import ControlApp  # noqa: PLC0415  it is built on the simulator, so it comes second

        return ControlApp(self)

    @property
    def ledger(self) -> Ledger:
        """The mails that Exchange would have sent."""
        return self.world.ledger

    @property
    def bugs(self) -> list[str]:
        """Tracebacks of the simulator itself; a test asserts that there are none."""
        return self.conduct.bugs

    def person(self, name: str) -> Person:
        """Somebody at Outlook, by address, UPN or object id; also for a room's calendar."""
        mailbox = self.world.find(name)
        if mailbox is None or not mailbox.has_mailbox:
            message = f"nobody here has a mailbox called {name}"
            raise SimulatorError(message)
        return Person(self, mailbox.oid)

    @property
    def directory(self) -> DirectoryHand:
        """An administrator's hand: deletes and restores users, takes and gives licences, moves mailboxes."""
        return DirectoryHand(self)

    def exchange(self, request: Request) -> Outcome:
        """Carry out one request to the Graph host."""
        return self.door.exchange(request)

    def inner(self, request: Request) -> Outcome:
        """Carry out a request that came inside a batch."""
        return self.door.exchange(request, in_batch=True)

    def post(self, url: str, *, body: bytes, content_type: str) -> Reply:
        """Send a POST to somebody's webhook; never called under the lock."""
        if self._checks_types and content_type.startswith("application/json"):
            self._complain(f"POST {url}", conformity.notice_complaints(msgspec.json.decode(body)))
        return self.postman(url, body, content_type)

    def _inspect(self, request: Request, answer: Answer) -> None:
        if found := conformity.complaints(request, answer):
            self._complain(f"{request.method} {request.path}?{request.query} -> {answer.status}", found)

    def _complain(self, what: str, found: list[str]) -> None:
        for complaint in found:
            violation = f"{what}: {complaint}"
            self.bugs.append(violation)
            conformity.report(violation)

    def open_couriers(self) -> None:
        """Deliver notices by threads of their own, many at once; for a simulator that is served."""
        self.couriers = Couriers(self._deliver, self.bugs)

    def close_couriers(self) -> None:
        """Let those on their way arrive; what had not set out waits for the next ones."""
        couriers, self.couriers = self.couriers, None
        for notice in [] if couriers is None else couriers.close():
            with self.lock:
                self.world.at(self.clock.now(), notice)

    def _deliver(self, notice: Notice) -> None:
        deliver(self.notices, self.world, self, notice)

    def announce(self) -> None:
        """Hand the changes made on to the notices; called under the lock."""
        hear(self.notices, self.world, self.weather)

    def advance(self, by: timedelta) -> int:
        """Let virtual time pass, and run everything that falls due on the way at its own time; answers how much."""
        if by < timedelta(0):
            message = "the simulator's clock does not run backwards"
            raise ValueError(message)
        target = self.clock.now() + by
        done = 0
        for _ in range(TASKS_PER_RUN_MAX):
            with self.lock:
                due = self.world.due
                if not due or due[0][0] > target:
                    break
                ahead = due[0][0] - self.clock.now()
                if ahead > timedelta(0):
                    self.clock.advance(ahead)
            done += self.deliver_due()
        else:
            message = "due work never ends"
            raise SimulatorError(message)
        left = target - self.clock.now()
        if left > timedelta(0):
            self.clock.advance(left)
        return done

    def deliver_due(self) -> int:
        """Run what is due by now: messages, attendants, notices, late commits; answers how many tasks that were."""
        for done in range(TASKS_PER_RUN_MAX):
            with self.lock:
                task = self.world.take_due()
            if task is None:
                return done
            run_task(self, task)
        message = "due work never ends"
        raise SimulatorError(message)

    def next_due(self) -> datetime | None:
        """When the next piece of work falls due."""
        with self.lock:
            return self.world.due[0][0] if self.world.due else None

    def settle(self, *, within: timedelta = timedelta(hours=1)) -> int:
        """Advance until no message or attendant is at work any more; at most by `within`."""
        end = self.clock.now() + within
        done = 0
        for _ in range(TASKS_PER_RUN_MAX):
            due = self.world.next_of_exchange()
            if due is None or due > end:
                return done
            done += self.advance(max(due - self.clock.now(), timedelta(0)))
        return done

    def lifecycle(self, event: str, *, mailbox: str | None = None) -> int:
        """Send lifecycle notices to subscriptions; `subscriptionRemoved` also removes them. Answers how many."""
        sent = 0
        with self.lock:
            wanted = None if mailbox is None else self.person(mailbox).mailbox.oid
            for held in list(self.notices.subscriptions.values()):
                if wanted is not None and held.mailbox != wanted:
                    continue
                sent += send_lifecycle(self.notices, self.world, held, event)
                if event == "subscriptionRemoved":
                    self.notices.remove(held.id)
                elif event == "reauthorizationRequired":
                    held.is_paused = True
        return sent

    def forget_sync_states(self, mailbox: str | None = None) -> None:
        """Make every delta token of a mailbox, or of all, answer 410."""
        with self.lock:
            for tenant in self.company.tenants:
                for each in tenant.mailboxes.values():
                    if mailbox is None or mailbox.lower() in each.names():
                        for calendar in each.calendars.values():
                            calendar.generation += 1

    def forget_clients(self) -> None:
        """Forget what clients did: the request record, offences, and what throttling counts of the past."""
        with self.lock:
            self.conduct.forget()
            self.limits.forget()

    def rename(self, name: str, address: str) -> None:
        """Give a mailbox another address and user principal name; its object id stays (RELIABILITY F44)."""
        with self.lock:
            mailbox = self.person(name).mailbox
            tenant = self.world.tenant(mailbox.tenant_id)
            holder = None if tenant is None else tenant.find(address)
            if tenant is None or (holder is not None and holder is not mailbox):
                message = f"the address {address} is taken"
                raise SimulatorError(message)
            tenant.rename(mailbox, address)

    def migrate(self, name: str) -> None:
        """Export and import a mailbox: every id in it changes, the immutable ones too (RELIABILITY F30, F34)."""
        with self.lock:
            self.world.retag(self.person(name).mailbox)
        self.forget_sync_states(name)

    def powershell(self, text: str) -> "PowerShellOutcome":
        """Carry out lines that an administrator would type into Exchange Online PowerShell."""
        from sim365.powershell import run  # noqa: PLC0415  45 cmdlets that most runs never type

        with self.lock:
            outcome = run(self.world, text)
            self.announce()
        return outcome

    def outsider(self, address: str, name: str = "") -> Outsider:
        """Somebody in another organisation, who invites and answers by mail."""
        return Outsider(self, Party(name or address, address))

    def inbox(self, name: str) -> InboxOwner:
        """The Inbox of a mailbox: what waits there to be decided."""
        return InboxOwner(self, self.person(name).oid)

    def panel(self, room: str) -> RoomPanel:
        """The panel beside a room's door."""
        return RoomPanel(self, self.person(room).oid)

    def bookings(self, business: str) -> BookingBusiness:
        """A Microsoft Bookings business."""
        return BookingBusiness(self, self.person(business).oid)

    def snapshot(self) -> bytes:
        """The whole state, to be restored in this or another simulator of the same company."""
        with self.lock:
            return frozen(self.world, self.weather, self.notices)

    def restore(self, saved: bytes) -> None:
        """Go back to a snapshot; clients' tokens and ids of that time are good again."""
        with self.lock:
            thaw(saved, self.world, self.weather, self.notices)
            self.company = self.world.company
            resume(self.notices, self.world)

    def switch(self, name: str, *, value: Any) -> None:
        """Turn a named switch."""
        if name not in {field.name for field in fields(Switches)}:
            message = f"there is no switch {name}"
            raise SimulatorError(message)
        self.switches.set(name, value=value)


def _chance(salt: str) -> random.Random:
    return random.Random(salt)  # noqa: S311  a simulator wants the same run for the same seed, not secrecy
