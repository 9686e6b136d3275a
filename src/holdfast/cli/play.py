"""What the acts of the tour stand on: both sides of one company, patience with an end, and honest counting.

Decides how long the tour waits for anything and what is measured of it: the time until it was seen on the other side,
and the Graph requests that sim365 counted. It books like a person and looks like a person; it knows no shortcut.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from holdfast.bookings import reading, scene, verbs
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Make, Order
from holdfast.bookings.outcomes import Done
from holdfast.bookings.record import Record
from holdfast.cli import sync
from holdfast.cli.outlook import Outlook
from holdfast.cli.wire import Wire
from holdfast.database.transactions import in_workspace
from holdfast.directory.models import Resource
from holdfast.directory.roles import Actor
from holdfast.host.supervise import Supervisor
from holdfast.mirror.mappings import mappings
from holdfast.ports import clock
from holdfast.timetable.spans import Span
from holdfast.timetable.when import When

if TYPE_CHECKING:
    from holdfast.mirror.models import Mapping

WAIT_S = 30.0
POLL_S = 0.02
DAYS_AHEAD = 21
"""Beyond the sample company's busy fortnight, so that every hour is free."""
_WEEK_DAYS = 5
_Answer = TypeVar("_Answer")


class Differs(Exception):
    """Something was not as it had to be."""


@dataclass(slots=True)
class Line:
    """One thing that happened: the sentence, how long it took until it was seen, and what it cost at Microsoft."""

    words: str
    took_s: float | None = None
    requests: int | None = None


@dataclass(slots=True)
class Act:
    """One step of the tour, with everything that happened in it."""

    title: str
    lines: list[Line] = field(default_factory=list["Line"])
    took_s: float = 0.0
    requests: int = 0


@dataclass(slots=True)
class Play:
    """The company on both sides."""

    actor: Actor
    zone: str
    outlook: Outlook
    wire: Wire
    running: Supervisor
    tell: Callable[[Line], None]
    act: Act = field(default_factory=lambda: Act(""))

    def note(self, words: str, *, took_s: float | None = None, requests: int | None = None) -> None:
        """Say what happened, now and in the report."""
        line = Line(words, took_s, requests)
        self.act.lines.append(line)
        self.tell(line)

    def seen(self, words: str, look: Callable[[], _Answer | None]) -> _Answer:
        """Wait until `look` finds what it looks for; note how long that took and what it cost."""
        started, before = clock.monotonic_s(), self.outlook.requests()
        found = self.until(look, words)
        self.note(words, took_s=clock.monotonic_s() - started, requests=self.outlook.requests() - before)
        return found

    def until(self, look: Callable[[], _Answer | None], words: str) -> _Answer:
        """What `look` answers once that is neither None nor False. Raises Differs when patience ends."""
        deadline = clock.monotonic_s() + WAIT_S
        while True:
            self.running.tend()
            if self.running.is_stopping:
                raise KeyboardInterrupt
            found = look()
            if found is not None and found is not False:
                return found
            if clock.monotonic_s() > deadline:
                raise Differs(f"after {WAIT_S:.0f} s this had not come about: {words}")
            clock.sleep(POLL_S)

    def rest(self) -> None:
        """Wait until every notice was delivered and heard, and every calendar is in step."""
        self.until(self.outlook.is_quiet, "sim365 comes to rest")
        wanted = [mapping.id for mapping in self.mappings()]
        rested = sync.await_rest(
            self.actor,
            wanted,
            since=datetime.min.replace(tzinfo=clock.now().tzinfo),
            seconds=WAIT_S,
            watch=lambda _found, _moving: self.running.tend(),
        )
        if rested.moving:
            names = ", ".join(status.address for status in rested.moving)
            raise Differs(f"these did not come to rest: {names}")

    def mappings(self) -> "list[Mapping]":
        return mappings(self.actor.workspace_id)

    def resource(self, name: str) -> Resource:
        with in_workspace(self.actor.workspace_id):
            return Resource.objects.get(workspace_id=self.actor.workspace_id, name=name)

    def address(self, name: str) -> str:
        return self.resource(name).address

    def hour(self, hour: int, *, day: int = 0) -> When:
        """An hour on a working day that nobody has planned yet."""
        at = working_day(clock.now().date() + timedelta(days=DAYS_AHEAD), later=day)
        start = datetime(at.year, at.month, at.day, hour)  # noqa: DTZ001  wall time, as `When` wants it
        return When(start, start + timedelta(hours=1), self.zone)

    def book(self, room: str, title: str, when: When) -> Record:
        """Book as a person does. Raises Differs where it is refused."""
        return self.do(Make(resource_id=self.resource(room).id, when=when, title=title))

    def do(self, order: Order) -> Record:
        (outcome,) = verbs.apply(self.actor, [order])
        if not isinstance(outcome, Done):
            raise Differs(f"{outcome.sentence} {outcome.remedy}")
        return outcome.booking

    def booking(self, booking_id: UUID) -> Record:
        with in_workspace(self.actor.workspace_id):
            return reading.booking(self.actor, booking_id)

    def bookings(self, room: str, span: Span) -> list[Record]:
        """What takes time here in a room within a span."""
        resource_id = self.resource(room).id
        with in_workspace(self.actor.workspace_id):
            rows = Booking.objects.filter(resource_id=resource_id, starts_at__lt=span.end, ends_at__gt=span.start)
            found = scene.records(self.actor.workspace_id, list(rows.values_list("id", flat=True)))
        return [record for record in found.values() if record.takes_time]

    def count_bookings(self) -> int:
        with in_workspace(self.actor.workspace_id):
            return Booking.objects.count()


def working_day(first: date, *, later: int = 0) -> date:
    """The first working day from a date on, and so many working days later."""
    day = first
    while True:
        if day.weekday() < _WEEK_DAYS:
            if later == 0:
                return day
            later -= 1
        day += timedelta(days=1)


def in_words(when: When) -> str:
    """Such as: Tue 8 Dec 10:00."""
    return f"{when.start:%a} {when.start.day} {when.start:%b %H:%M}"


def titles(events: Sequence[dict[str, object]]) -> list[str]:
    return [str(event["subject"]) for event in events]
