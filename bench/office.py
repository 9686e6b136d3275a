"""Our side of a bench: a company whose rooms are tied to sim365's, and one warm worker that is run by hand.

The worker does what a worker process does for a wake-up call (`tend`), from the queue's first call until none waits.
"""

import gc
from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Q

from bench.calendars import Entry
from bench.outlook import Outlook, address_of
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Make, Order
from holdfast.bookings.outcomes import Done
from holdfast.bookings.record import Record
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.graph.network import over_network
from holdfast.mirror import connections, mappings, wakeups
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.engine import Engine, TransportFor
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.models import Lease, Link, Mailbox, Mapping
from holdfast.mirror.tend import Tended, tend
from holdfast.ports import clock
from holdfast.reconcile.snapshot import ShowAs
from holdfast.timetable.when import When
from tests.cast import Cast, company

STEPS_MAX = 500
AT_ONCE = 1000


def transport_to(outlook: Outlook) -> TransportFor:
    """The worker's own way over the network, trusting the simulator's certificates."""
    made = over_network(monotonic_s=clock.monotonic_s, ca_file=outlook.board["ca_file"])
    return lambda _url: made


class Office:
    def __init__(self, outlook: Outlook, rooms: Sequence[str], *, public_url: str = "", by_hand: bool = True) -> None:
        self.outlook = outlook
        self.waiting = wakeups.Waiting()
        if by_hand:
            wakeups.install(self.waiting)  # else wake-ups go to the queue, and worker processes answer them
        self.engine = Engine(transport_for=transport_to(outlook), public_url=public_url)
        self.cast: Cast = company("Bench")
        self._mappings: dict[str, UUID] = {}
        self.mailboxes: dict[str, int] = {}
        tenant = outlook.board["tenants"][0]
        app = tenant["apps"][0]
        self.connection = connections.connect(
            self.cast.system,
            NewConnection(
                tenant=tenant["id"],
                app_id=app["client_id"],
                secret=app["client_secret"],
                root_url=outlook.board["graph_root"],
                authority_url=tenant["authority"].rsplit("/", 1)[0],
            ),
            engine=self.engine,
        )
        for room in rooms:
            self.cast.add(room, address=address_of(room))
        # What a worker has imported lives as long as it does (`mirror.tasks` says the same).
        gc.collect()
        gc.freeze()

    def hear_notices(self, url: str) -> None:
        """From now on the worker subscribes to Microsoft's notices, at this address."""
        self.engine = Engine(transport_for=transport_to(self.outlook), public_url=url)

    def map(self, room: str) -> None:
        """Tie a room to its calendar; its first sync waits for the worker from now on."""
        new = NewMapping(
            resource_id=self.cast.resource(room), connection_id=self.connection.id, address=address_of(room)
        )
        planned = mappings.plan_mapping(self.cast.system, new, engine=self.engine)
        self._mappings[room] = planned.mapping.id
        self.mailboxes[room] = planned.mapping.calendar.mailbox_id
        mappings.start(self.cast.system, planned.mapping.id)

    def ring(self, room: str) -> None:
        mappings.ring(self.cast.workspace_id, self._mappings[room])

    def work(self) -> list[Tended]:
        """From wake-up to rest."""
        done: list[Tended] = []
        while (mailbox_id := self.waiting.next()) is not None:
            done.append(tend(self.engine, mailbox_id))
            assert len(done) < STEPS_MAX, "the worker never comes to rest"
        return done

    def tend(self, room: str) -> Tended:
        """One tending that reads whether or not anything calls for it."""
        return tend(self.engine, self.mailboxes[room], forced=True)

    def order(self, room: str, entry: Entry) -> Make:
        return Make(
            resource_id=self.cast.resource(room),
            when=when_of(entry),
            title=entry.title,
            note=entry.note,
            show_as=ShowAs.FREE if entry.all_day else ShowAs.BUSY,
        )

    def book(self, room: str, entries: Sequence[Entry]) -> list[Record]:
        return self.apply([self.order(room, entry) for entry in entries])

    def apply(self, orders: Sequence[Order]) -> list[Record]:
        found: list[Record] = []
        for first in range(0, len(orders), AT_ONCE):
            for outcome in apply(self.cast.system, orders[first : first + AT_ONCE]):
                assert isinstance(outcome, Done), outcome
                found.append(outcome.booking)
        return found

    def booking_ids(self, room: str) -> dict[str, UUID]:
        """The room's bookings by their titles, of which no two are alike."""
        with in_workspace(self.cast.workspace_id):
            return dict(Booking.objects.filter(resource_id=self.cast.resource(room)).values_list("title", "id"))

    def booking_count(self, room: str) -> int:
        with in_workspace(self.cast.workspace_id):
            return Booking.objects.filter(resource_id=self.cast.resource(room), state="confirmed").count()

    def is_at_rest(self, rooms: Sequence[str], *, links: int) -> bool:
        """Whether these rooms have had their first sync, and each has so many links, all settled."""
        with in_workspace(self.cast.workspace_id):
            mapped = Mapping.objects.filter(id__in=[self._mappings[room] for room in rooms])
            if mapped.filter(synced_at=None).exists():
                return False
            rows = Link.objects.filter(mapping__in=mapped)
            return not rows.filter(is_unsettled=True).exists() and rows.count() == links * len(rooms)

    def is_quiet(self) -> bool:
        """Whether every mailbox that rang has been heard and is held by nobody."""
        rung = Mailbox.objects.filter(Q(rung_count__gt=F("heard_count")) | Q(stirred_count__gt=F("settled_count")))
        return not rung.exists() and not Lease.objects.filter(until__isnull=False).exists()

    def is_push_measured(self) -> bool:
        """Whether every mailbox has had a notice for a write of ours."""
        return not Mailbox.objects.filter(is_push_measured=False).exists()

    def subscriptions(self) -> dict[str, str]:
        """Each mapped room's subscription at Microsoft."""
        held = dict(Mailbox.objects.values_list("id", "subscription_id"))
        return {room: held[mailbox] for room, mailbox in self.mailboxes.items()}

    def unsettled(self) -> int:
        with in_workspace(self.cast.workspace_id):
            return Link.objects.filter(is_unsettled=True).count()


def when_of(entry: Entry) -> When:
    """The entry's time as wall time in UTC; Graph counts the end of an all-day event as we do, exclusively."""
    starts, ends = entry.starts.replace(tzinfo=None), entry.ends.replace(tzinfo=None)
    return When(starts, ends, "UTC", all_day=entry.all_day)
