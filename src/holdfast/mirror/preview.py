"""The dry run of a first sync: what would be linked, created and blocked on each side, and how many mails. Writes
nothing.

This module decides nothing about events or bookings: it runs the very code that the sync runs, page by page, in
transactions that are taken back. So what it counts is what will happen, as long as nobody changes anything meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from uuid import UUID

from msgspec.structs import replace

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.graph import events
from holdfast.graph.wire import CalendarId
from holdfast.mirror import first, observe, standing, window
from holdfast.mirror.desk import Desk
from holdfast.mirror.engine import Engine
from holdfast.mirror.laying import Page
from holdfast.mirror.lease import CalendarFacts, Held, MailboxFacts, MappingFacts
from holdfast.mirror.manners import settings_of
from holdfast.mirror.models import MappingState
from holdfast.ports import clock
from holdfast.reconcile.rules import Direction

BOOKINGS_MAX = 100_000


@dataclass(slots=True)
class Preview:
    """What the first sync of one mapping would do."""

    mapping_id: UUID
    address: str
    events: int = 0
    link: int = 0  # a booking and an event that are the same
    create_here: int = 0
    create_there: int = 0
    block: int = 0  # occurrences of series and shared time: they take time and cannot be changed here
    refuse: int = 0  # events our rules refuse; they are shown, and nothing is done to them
    overlap: int = 0  # events onto taken time
    unreadable: int = 0
    mails: int = 0  # a first sync sends none

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class _TakenBack(Exception):
    """Nothing of this transaction is kept."""


class _Unheld(Held):
    """Stands in for a lease: its transactions are taken back, so it excludes nobody."""

    def __init__(self, mailbox: MailboxFacts, calendar: CalendarFacts) -> None:
        self.epoch = 0
        self.mailbox = mailbox
        self.calendars = (calendar,)
        self.until = clock.now()
        self.marker_epochs = {}

    @contextmanager
    def tending(self, workspace_id: UUID) -> Iterator[None]:
        try:
            with in_workspace(workspace_id):
                yield
                raise _TakenBack  # noqa: TRY301  raising is how a transaction is taken back
        except _TakenBack:
            return

    def check(self) -> None:
        """Nothing is written, so nobody needs to be kept out."""


def preview(actor: Actor, mapping_id: UUID, *, engine: Engine) -> Preview:
    """Count what the first sync would do. Raises GraphError where the calendar cannot be read."""
    actor.require(Permission.MANAGE_SYNC)
    states = (MappingState.PLANNED.value, *standing.ACTIVE)
    ((mailbox, calendar),) = standing.calendars(actor.workspace_id, mapping_id, states=states)
    mapping = next(each for each in calendar.mappings if each.id == mapping_id)
    return _Run(engine, mailbox, calendar, mapping).count()


class _Run:
    def __init__(self, engine: Engine, mailbox: MailboxFacts, calendar: CalendarFacts, mapping: MappingFacts) -> None:
        since, until = window.wanted(calendar, now=clock.now())
        planned = replace(mapping, state=MappingState.WORKING.value, synced_at=None, first_round=None)
        self.calendar = replace(calendar, mappings=(planned,), window_from=since, window_to=until)
        self.mapping = planned
        held = _Unheld(mailbox, self.calendar)
        self.line = engine.line(calendar.connection, mailbox)
        self.desk = Desk(engine, held, self.calendar, self.line)
        self.result = Preview(mapping.id, mailbox.address)

    def count(self) -> Preview:
        engine = self.desk.engine
        engine.instance()
        assert self.calendar.window_from is not None
        assert self.calendar.window_to is not None
        graph_id = CalendarId(self.calendar.graph_id)
        for page in events.view(
            self.line, calendar=graph_id, since=self.calendar.window_from, until=self.calendar.window_to
        ):
            self.result.events += len(page.items)
            self.result.unreadable += len(page.unreadable)
            laid = Page(events={event.id: event for event in page.items})
            observe.take_in(self.desk, laid, then=None, cursor="")
        tally = self.desk.tally
        self.result.link = tally.tied
        self.result.block = tally.blocked
        self.result.create_here = tally.made - tally.blocked
        self.result.refuse = tally.refused
        self.result.overlap = tally.overlapping
        self.result.unreadable += tally.quarantined
        self.result.create_there = self._without_event()
        return self.result

    def _without_event(self) -> int:
        """Future bookings that no event was found for."""
        if settings_of(self.mapping.settings).direction not in (Direction.BOTH, Direction.UP):
            return 0
        with in_workspace(self.calendar.workspace_id):
            left = first.untied(self.mapping, since=clock.now(), until=first.FOR_EVER, most=BOOKINGS_MAX)
        return sum(record.id not in self.desk.tied for record in left)
