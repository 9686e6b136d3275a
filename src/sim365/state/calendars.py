"""A calendar: its own properties, its events, an index by start and the log of what changed.

Events are immutable and replaced whole, so a stale copy or a snapshot is one reference. The log holds (sequence,
serial) pairs; what a serial looks like now is looked up when a client asks, so the log never grows old. Beside it
stands when a serial lay at other times than now: only so can be said what a client was told before.
"""

import bisect
import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from sim365.state.events import Event


class CalendarColor(enum.StrEnum):
    """`calendar.color` (FACTS 3.1)."""

    AUTO = "auto"
    LIGHT_BLUE = "lightBlue"
    LIGHT_GREEN = "lightGreen"
    LIGHT_ORANGE = "lightOrange"
    LIGHT_GRAY = "lightGray"
    LIGHT_YELLOW = "lightYellow"
    LIGHT_TEAL = "lightTeal"
    LIGHT_PINK = "lightPink"
    LIGHT_BROWN = "lightBrown"
    LIGHT_RED = "lightRed"
    MAX_COLOR = "maxColor"


class CalendarRole(enum.StrEnum):
    """`calendarPermission.role` (FACTS 3.1), from the least to the most."""

    NONE = "none"
    FREE_BUSY_READ = "freeBusyRead"
    LIMITED_READ = "limitedRead"
    READ = "read"
    WRITE = "write"
    DELEGATE_WITHOUT_PRIVATE = "delegateWithoutPrivateEventAccess"
    DELEGATE_WITH_PRIVATE = "delegateWithPrivateEventAccess"


@dataclass(slots=True)
class CalendarShare:
    """One person, inside the organisation or not, with whom a calendar is shared."""

    address: str
    name: str
    role: CalendarRole
    oid: str = ""
    """Object id of the sharee inside the organisation; empty outside."""


@dataclass(slots=True)
class CalendarGroup:
    """A heading under which a mailbox lists calendars."""

    serial: int
    name: str
    class_id: str
    is_built_in: bool = False
    sequence: int = 0


@dataclass(slots=True)
class SharedCalendar:
    """Somebody else's calendar as it hangs in the sharee's mailbox, under an id of its own (FACTS 3.3)."""

    serial: int
    owner: str
    """Object id of the owner."""
    calendar: int
    """Serial of the calendar in the owner's mailbox."""
    name: str
    color: CalendarColor = CalendarColor.AUTO
    group: int = 0
    sequence: int = 0


COMPACT_LOG_AT = 4096
"""The log is compacted when it holds this many pairs; afterwards when it has doubled."""


FORMER_MAX = 8192
"""How many former times of its events a calendar remembers; the oldest are forgotten first."""


class Former(msgspec.Struct, frozen=True):
    """When an event lay, from one change of its times to the next."""

    began: int
    """Sequence number of the change that put it there."""
    ended: int
    """And of the one that moved it away, or removed it."""
    times: Event
    """The event, with nothing but its times."""


@dataclass(slots=True)
class Calendar:
    """One calendar folder of a mailbox."""

    serial: int
    name: str
    is_default: bool = False
    color: CalendarColor = CalendarColor.AUTO
    sequence: int = 0
    """Sequence number of the last change to the calendar's own properties: its change key."""
    properties: dict[str, str] = field(default_factory=dict[str, str])
    """Single-value extended properties of the folder, by normalised id."""
    events: dict[int, Event] = field(default_factory=dict[int, Event])
    starts: list[tuple[datetime, int]] = field(default_factory=list[tuple[datetime, int]])
    """Start and serial of each event that is not a series, in order."""
    masters: set[int] = field(default_factory=set[int])
    longest: timedelta = timedelta(0)
    """No single event of this calendar has ever been longer."""
    log: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    compact_at: int = COMPACT_LOG_AT
    generation: int = 1
    """Raised when the service forgets all sync states: older tokens answer 410."""
    group: int = 0
    """The serial of its calendar group; 0 is the built-in one for one's own calendars."""
    organization_role: CalendarRole = CalendarRole.FREE_BUSY_READ
    """What everybody in the organisation may see: the permission of "My Organization" (FACTS 3.1, 9.2)."""
    settles: datetime | None = None
    """Until when the id that its creation gave is good, where ids settle only later (FACTS 3.1)."""
    shares: dict[str, CalendarShare] = field(default_factory=dict[str, CalendarShare])
    """By address in lower case."""
    placed: dict[int, int] = field(default_factory=dict[int, int])
    """Serial of each event to the sequence number of the change that put it at its present times."""
    former: dict[int, tuple[Former, ...]] = field(default_factory=dict[int, tuple[Former, ...]])
    """Where events lay before, by serial; in the order in which their latest times ended."""
    forgotten: int = 0
    """Former times that ended up to this sequence number may be forgotten."""

    def put(self, event: Event) -> None:
        """Store a new event, or the new version of one that is here, and note the change."""
        old = self.events.get(event.serial)
        if old is None or _times(old) != _times(event):
            self._leave(old, event.sequence)
            self.placed[event.serial] = event.sequence
        self._forget(event.serial)
        self.events[event.serial] = event
        if event.recurrence is None:
            bisect.insort(self.starts, (event.start, event.serial))
            self.longest = max(self.longest, event.end - event.start)
        else:
            self.masters.add(event.serial)
        self.note(event.sequence, event.serial)

    def remove(self, serial: int, *, sequence: int) -> None:
        """Take an event out and note the change."""
        self._leave(self.events.get(serial), sequence)
        self._forget(serial)
        self.note(sequence, serial)

    def note(self, sequence: int, serial: int) -> None:
        """Write into the log that a serial changed."""
        self.log.append((sequence, serial))
        if len(self.log) >= self.compact_at:
            latest = {serial: sequence for sequence, serial in self.log}
            self.log = sorted((sequence, serial) for serial, sequence in latest.items())
            self.compact_at = max(COMPACT_LOG_AT, 2 * len(self.log))

    def singles_between(self, start: datetime, end: datetime) -> Iterator[Event]:
        """The events that are no series and intersect the span; one of zero length counts where it lies inside."""
        first = bisect.bisect_left(self.starts, (start - self.longest, -1))
        for position in range(first, len(self.starts)):
            begins, serial = self.starts[position]
            if begins >= end:
                return
            event = self.events[serial]
            if event.end > start or event.start >= start:
                yield event

    def _leave(self, old: Event | None, sequence: int) -> None:
        """Note where an event lay until this change."""
        if old is None:
            return
        former = Former(self.placed.pop(old.serial, 0), sequence, _bare(old))
        self.former[old.serial] = (*self.former.pop(old.serial, ()), former)
        if len(self.former) > FORMER_MAX:
            oldest = self.former.pop(next(iter(self.former)))
            self.forgotten = max(self.forgotten, oldest[-1].ended)

    def _forget(self, serial: int) -> None:
        old = self.events.pop(serial, None)
        if old is None:
            return
        self.masters.discard(serial)
        if old.recurrence is None:
            position = bisect.bisect_left(self.starts, (old.start, serial))
            del self.starts[position]


def _times(event: Event) -> tuple[object, ...]:
    exceptions = event.exceptions and {day: (other.start, other.end) for day, other in event.exceptions.items()}
    return (event.start, event.end, event.recurrence, event.cancelled, exceptions)


def _bare(event: Event) -> Event:
    """The event with nothing but its times."""
    exceptions = event.exceptions and {day: _bare(other) for day, other in event.exceptions.items()}
    return Event(
        serial=event.serial, sequence=event.sequence, created=event.created, modified=event.modified, uid="",
        start=event.start, end=event.end, start_zone=event.start_zone, end_zone=event.end_zone,
        is_all_day=event.is_all_day, recurrence=event.recurrence, cancelled=event.cancelled, exceptions=exceptions,
        original=event.original, original_start=event.original_start,
    )  # fmt: skip
