"""One calendar being tended: what every step of a tending needs, in one place.

Decides nothing. A desk lives for one tending and belongs to one thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from holdfast.graph.client import MailboxLine
from holdfast.graph.wire import CalendarId
from holdfast.mirror.engine import Engine
from holdfast.mirror.lease import CalendarFacts, Held, MappingFacts
from holdfast.mirror.links import Row
from holdfast.mirror.manners import Settings, rules_of, settings_of
from holdfast.reconcile.rules import Rules


@dataclass(slots=True)
class Tally:
    """What one tending did; for the command line, the tests and the metrics."""

    seen: int = 0  # items that came
    unchanged: int = 0
    older: int = 0
    made: int = 0  # bookings made of events
    changed: int = 0
    cancelled: int = 0
    refused: int = 0
    written: int = 0  # writes sent to Microsoft
    asked: int = 0  # events asked for by id
    tied: int = 0  # bookings and events found to be one in a first sync
    blocked: int = 0  # of those made: only their time is kept
    overlapping: int = 0
    parked: int = 0
    quarantined: int = 0
    braked: int = 0


@dataclass(slots=True)
class Desk:
    engine: Engine
    held: Held
    calendar: CalendarFacts
    line: MailboxLine
    tally: Tally = field(default_factory=Tally)
    organisers: dict[UUID, tuple[str, str]] = field(
        default_factory=dict[UUID, tuple[str, str]]
    )  # link: who organises what was just seen
    has_more: bool = False  # this tending came to its bound: the next job goes on
    is_foreign: bool = False  # somebody else tends this calendar: nothing was done
    tied: set[UUID] = field(default_factory=set[UUID])  # bookings whose event was found in a first sync
    whole: set[UUID] = field(default_factory=set[UUID])  # mappings of whose bookings none lacks its link
    marked: dict[str, UUID] = field(default_factory=dict[str, UUID])  # event: the booking that our marker on it names
    _rules: dict[tuple[UUID, bool], Rules] = field(default_factory=dict[tuple[UUID, bool], Rules])

    @property
    def workspace_id(self) -> UUID:
        return self.calendar.workspace_id

    @property
    def graph_id(self) -> CalendarId:
        return CalendarId(self.calendar.graph_id)

    @property
    def home(self) -> MappingFacts | None:
        """Whose the strangers of this calendar are: the first mapping."""
        return self.calendar.mappings[0] if self.calendar.mappings else None

    def mapping(self, mapping_id: UUID) -> MappingFacts | None:
        return next((each for each in self.calendar.mappings if each.id == mapping_id), None)

    def rules(self, row: Row) -> Rules | None:
        """The rules of a link; None where its mapping is not watched any more."""
        key = (row.mapping_id, row.is_shadow)
        if key not in self._rules:
            mapping = self.mapping(row.mapping_id)
            if mapping is None:
                return None
            self._rules[key] = rules_of(mapping, is_shadow=row.is_shadow)
        return self._rules[key]

    def settings(self, mapping_id: UUID) -> Settings:
        mapping = self.mapping(mapping_id)
        return Settings() if mapping is None else settings_of(mapping.settings)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One durable transaction under the fence."""
        with self.held.tending(self.workspace_id):
            yield
