"""The Wharf: a small company at sim365, and Holdfast's application there, over the simulator's own transport."""

from datetime import datetime, timedelta

from holdfast.graph.client import Graph, Line, MailboxLine
from holdfast.graph.pace import Paces
from holdfast.graph.sign_in import ClientSecretSignIn
from holdfast.graph.tokens import KeptToken
from sim365.company.reading import read_company
from sim365.simulator import Simulator
from sim365.transport import SimTransport
from tests.graph.conversation import Ids, no_jitter

AQUARIUM = "aquarium@wharf.example"
BOATHOUSE = "boathouse@wharf.example"
HERON = "heron@wharf.example"
ADA = "ada@wharf.example"
CLIENT_ID = "11111111-2222-4333-8444-555555555555"
SECRET = "tide-table"

COMPANY = f"""
company: {{name: Wharf, domain: wharf.example, time_zone: Europe/Sofia}}
people:
  - {{name: Ada, address: ada}}
  - {{name: Ben, address: ben}}
rooms:
  - {{name: Aquarium, building: Harbour House, floor: 0, capacity: 8}}
  - {{name: Boathouse, building: Harbour House, floor: 0, capacity: 20}}
room_lists:
  - {{name: Harbour rooms, address: harbour-rooms, members: [Aquarium, Boathouse]}}
equipment:
  - {{name: Heron, address: heron}}
apps:
  - name: Holdfast
    client_id: {CLIENT_ID}
    permissions: [Calendars.ReadWrite, Place.Read.All, User.Read.All, MailboxSettings.Read]
    secrets:
      - {{value: {SECRET}, expires: 2036-01-01}}
"""


class WharfClock:
    """Holdfast's clock there: the simulator's; who sleeps lets its time pass."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.start = simulator.clock.now()

    def now(self) -> datetime:
        return self.simulator.clock.now()

    def monotonic_s(self) -> float:
        return (self.now() - self.start).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.simulator.advance(timedelta(seconds=seconds))


class Wharf:
    """The simulator and a client of it."""

    def __init__(self) -> None:
        self.simulator = Simulator(read_company(COMPANY).company, seed=7)
        self.clock = WharfClock(self.simulator)
        transport = SimTransport(self.simulator)
        tenant = self.simulator.company.tenants[0].tenant_id
        sign_in = ClientSecretSignIn(transport, tenant=tenant, client_id=CLIENT_ID, secret=SECRET, clock=self.clock)
        self.graph = Graph(
            transport,
            tokens=KeptToken(sign_in, clock=self.clock),
            paces=Paces(clock=self.clock, jitter=no_jitter),
            app=CLIENT_ID,
            tenant=tenant,
            clock=self.clock,
            jitter=no_jitter,
            ids=Ids(),
        )

    def line(self, mailbox: str = AQUARIUM) -> MailboxLine:
        return self.graph.mailbox(mailbox)

    def directory(self) -> Line:
        return self.graph.directory()
