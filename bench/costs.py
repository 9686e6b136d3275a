"""What a sync costs, counted where it can be counted: Graph requests, writes and statements.

The room's push is measured healthy before: a notice has followed our own last write, as in use. Notices come in over
HTTP at our own doorbell, served by this process.
"""

from collections.abc import Callable
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import doors, outlook
from bench.calendars import Entry, calendar, later, moved
from bench.figures import Figure
from bench.office import Office, when_of
from bench.place import Meter
from holdfast.bookings.orders import Edit
from holdfast.host.postgres import EmbeddedPostgres

ROOM = "quay"
EVENTS = 500
TIMES = 21
_BURST = 40
_REQUESTS_MAX_PER_BURST = 1.2
_BATCH = 20


def measure(cluster: EmbeddedPostgres) -> list[Figure]:
    with outlook.serving([ROOM]) as there:
        there.switch(notice_delay_max_s=0.0)
        office = Office(there, [ROOM])
        there.fill(ROOM, calendar(EVENTS))
        office.map(ROOM)
        office.work()
        # Timed while this process serves nothing: a web server's threads would share its interpreter with the worker.
        timed = _time_of_nothing(cluster, office)
        with doors.doorbell() as bell:
            office.hear_notices(bell.url)
            watch = _Watch(office, bell)
            watch.prove_push()
            return [*_nothing(watch), timed, *_outward(watch), *_inward(watch)]


class _Watch:
    """Counts what an act costs at Microsoft and in the database."""

    def __init__(self, office: Office, bell: doors.Doorbell) -> None:
        self.office, self._bell = office, bell

    def prove_push(self) -> None:
        """A subscription, then a write of ours and the notice that follows it."""
        self.office.tend(ROOM)
        self.office.book(ROOM, later(1))
        self.rest()

    def rest(self) -> None:
        """Until nothing waits and every notice that is on its way has come."""
        for _ in range(4):
            self.office.work()
            self._bell.await_quiet()

    def await_notices(self) -> None:
        self._bell.await_quiet()

    def spent(self, act: Callable[[], object]) -> tuple[list[dict[str, object]], list[str]]:
        """The requests of an act (the items of a batch apart, marked so), and its statements."""
        before = self.office.outlook.last_number()
        with CaptureQueriesContext(connection) as queries:
            act()
        return self.office.outlook.requests_since(before), [each["sql"] for each in queries.captured_queries]


def _time_of_nothing(cluster: EmbeddedPostgres, office: Office) -> Figure:
    walls: list[float] = []
    for _ in range(TIMES):
        with Meter(cluster) as meter:
            office.tend(ROOM)
        walls.append(meter.spent.wall * 1000)
    return Figure("nothing new: wall time", median(walls), "ms", 10, f"median of {TIMES}, sim365's answer included")


def _nothing(watch: _Watch) -> list[Figure]:
    requests, statements = watch.spent(lambda: watch.office.tend(ROOM))
    return [
        Figure("nothing new: Graph requests", len(requests), "", 1),
        Figure("nothing new: statements", len(statements), "", 4),
    ]


def _outward(watch: _Watch) -> list[Figure]:
    """Changes made here, one by one and each settled; then the notices of our own writes."""
    ids = watch.office.booking_ids(ROOM)
    entries = [entry for entry in calendar(EVENTS) if not entry.all_day][:TIMES]
    writes = reads = 0
    for entry in entries:
        after = moved(entry)
        change = {"title": after.title, "when": when_of(after)}
        watch.office.apply([Edit(booking_id=ids[entry.title], changes=change)])
        requests, _ = watch.spent(watch.office.work)
        writes += sum(map(_is_write, requests))
        reads += sum(not _is_write(each) for each in requests)
        watch.rest()
    watch.office.apply([Edit(booking_id=ids[entries[0].title], changes={"title": "Last"})])
    watch.office.work()
    echo, _ = watch.spent(watch.rest)
    return [
        Figure("one change here: Graph writes", writes / len(entries), "", 1, f"{len(entries)} changes, push healthy"),
        Figure("one change here: Graph reads", reads / len(entries), "", beside="before writing, push healthy"),
        Figure("own echo: Graph writes", sum(map(_is_write, echo)), "", 0),
        Figure("own echo: Graph requests", len(echo), "", beside="the one read that a notice asks for"),
    ]


def _inward(watch: _Watch) -> list[Figure]:
    """A burst of new events, and one of removals, each with its notices and one wake-up."""
    there = watch.office.outlook
    watch.rest()
    fresh = later(_BURST + 1)[1:]
    made = there.fill(ROOM, [Entry(f"burst-{e.uid}", e.title, e.note, e.starts, e.ends, e.all_day) for e in fresh])
    watch.await_notices()
    arrivals, _ = watch.spent(watch.office.work)
    watch.rest()
    # Half of them: a calendar that loses nearly all it has is braked, and a person asked.
    for event_id in made[:_BATCH]:
        there.delete(ROOM, event_id)
    watch.await_notices()
    removals, _ = watch.spent(watch.office.work)
    batches = sum(str(each["path"]).endswith("$batch") for each in removals)
    outer = [each for each in removals if not each["in_batch"]]
    return [
        Figure("burst of arrivals: Graph requests", len(arrivals), "", _REQUESTS_MAX_PER_BURST, f"{_BURST} new events"),
        Figure(
            "burst of removals: Graph requests", len(outer) - batches, "", _REQUESTS_MAX_PER_BURST, f"{_BATCH} removals"
        ),
        Figure("burst of removals: batches", batches, "", 1, "one for each 20 removals"),
    ]


def _is_write(request: dict[str, object]) -> bool:
    return request["method"] in {"POST", "PATCH", "DELETE"} and "/events" in str(request["path"])
