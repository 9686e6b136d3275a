"""Holdfast and sim365 side by side: one clock, one database, one worker driven by hand."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from holdfast.mirror import connections, mappings, wakeups
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.engine import Engine
from holdfast.mirror.manners import Settings
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.tend import tend
from holdfast.ports import clock
from sim365.company.reading import read_company
from sim365.simulator import Simulator
from sim365.transport import SimTransport
from tests.cast import Cast

CLIENT_ID = "11111111-2222-4333-8444-555555555555"
SECRET = "tide-table"
COMPANY = f"""
company: {{name: Harbour Works, domain: example.org, time_zone: Europe/Berlin}}
people:
  - {{name: Ada, address: ada}}
  - {{name: Ben, address: ben}}
rooms:
  - {{name: Aquarium, address: aquarium, building: Harbour House, floor: 0, capacity: 8}}
  - {{name: Boathouse, address: boathouse, building: Harbour House, floor: 0, capacity: 20}}
  - {{name: Crow's Nest, address: crows-nest, building: Harbour House, floor: 9, capacity: 4}}
equipment:
  - {{name: Heron, address: heron}}
apps:
  - name: Holdfast
    client_id: {CLIENT_ID}
    permissions: [Calendars.ReadWrite, Place.Read.All, User.Read.All, MailboxSettings.Read]
    secrets:
      - {{value: {SECRET}, expires: 2036-01-01}}
"""
STEPS_MAX = 200


class SimClock:
    """Holdfast's clock: the simulator's; who sleeps lets its time pass."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.start = simulator.clock.now()

    def now(self) -> datetime:
        return self.simulator.clock.now()

    def monotonic_s(self) -> float:
        return (self.now() - self.start).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.simulator.advance(timedelta(seconds=seconds))


class Watched(SimTransport):
    """The simulator's transport, with a place before and after each request where a test may step in."""

    def __init__(self, harbour: "Harbour") -> None:
        super().__init__(harbour.simulator)
        self._harbour = harbour

    def handle_request(self, request):
        self._passed("request")
        response = super().handle_request(request)
        self._passed("answer")
        return response

    def _passed(self, name):
        assert not connection.in_atomic_block, "a transaction is open during HTTP"
        if self._harbour.around_requests is not None:
            self._harbour.around_requests(name)


class Harbour:
    around_requests = None

    def __init__(self, cast: Cast, *, public_url: str = "") -> None:
        self.cast = cast
        self.simulator = Simulator(read_company(COMPANY).company, seed=7)
        self._clock_before = clock.install(SimClock(self.simulator))
        self.waiting = wakeups.Waiting()
        self._wake_before = wakeups.install(self.waiting)
        self.public_url = public_url
        self.engine = self.new_engine()
        self.tenant = self.simulator.company.tenants[0].tenant_id
        self.connection = connections.connect(
            cast.ada, NewConnection(tenant=self.tenant, app_id=CLIENT_ID, secret=SECRET), engine=self.engine
        )
        self.mailboxes: dict[str, int] = {}
        self.mapped: dict[str, object] = {}

    def close(self) -> None:
        clock.install(self._clock_before)
        wakeups.install(self._wake_before)

    def new_engine(self) -> Engine:
        """A worker that was just started: it remembers nothing."""
        transport = Watched(self)
        return Engine(transport_for=lambda _url: transport, public_url=self.public_url)

    def map(self, resource: str, *, address: str = "", start: bool = True, calendar: str | None = None, **settings):
        address = address or f"{resource.lower().replace(' ', '-').replace(chr(39), '')}@example.org"
        new = NewMapping(
            resource_id=self.cast.resource(resource),
            connection_id=self.connection.id,
            address=address,
            calendar=calendar,
            settings=Settings(**settings),
        )
        planned = mappings.plan_mapping(self.cast.ada, new, engine=self.engine)
        self.mapped[resource] = planned.mapping
        self.mailboxes[resource] = planned.mapping.calendar.mailbox_id
        if start:
            mappings.start(self.cast.ada, planned.mapping.id)
        return planned

    def work(self):
        """Let the worker do everything that waits, at this instant; answers what each tending did."""
        done = []
        while (mailbox_id := self.waiting.next()) is not None:
            done.append(tend(self.engine, mailbox_id))
            assert len(done) < STEPS_MAX, "the worker never comes to rest"
        return done

    def tend(self, resource: str, *, forced: bool = False):
        return tend(self.engine, self.mailboxes[resource], forced=forced)

    def sync(self, resource: str):
        """Sync now, as the button does, and everything that follows from it."""
        mappings.ring(self.cast.workspace_id, self.mapped[resource].id)
        return self.work()

    def room(self, resource: str = "Aquarium"):
        """Somebody with Outlook open on the room's calendar."""
        return self.simulator.person(f"{resource.lower().replace(' ', '-').replace(chr(39), '')}@example.org")

    def pass_time(self, **by):
        self.simulator.advance(timedelta(**by))

    def requests(self) -> int:
        return self.simulator.conduct.requests

    def writes(self) -> list[str]:
        """Graph requests that wrote an event, batches unfolded."""
        return [
            f"{entry.method} {entry.status}"
            for entry in self.simulator.conduct.entries
            if entry.method in ("POST", "PATCH", "DELETE") and "/events" in entry.path
        ]


def utc(hour: float, *, day: int = 0) -> datetime:
    """An hour of Tuesday, 3 March 2026, in UTC: Berlin is one hour ahead."""
    return datetime(2026, 3, 3, tzinfo=UTC) + timedelta(days=day, hours=hour)
