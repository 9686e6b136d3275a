"""The whole state of one simulation, and the few operations that every change goes through.

A change stores a new version of an event and leaves a `Change` in the outbox; whoever holds the lock hands the outbox
on to the notices. Work for later is data on one heap, so that a snapshot holds it too.
"""

import heapq
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sim365 import ids
from sim365.clock import Clock
from sim365.ledger import Ledger
from sim365.state.calendars import Calendar
from sim365.state.events import Event
from sim365.state.mailboxes import Mailbox
from sim365.state.tenants import Company, Tenant
from sim365.state.uploads import UploadSession
from sim365.switches import Switches

DELETED_ITEMS_MAX = 500
"""What one mailbox keeps in Deleted Items; the oldest go first."""

ChangeKind = Literal["created", "updated", "deleted"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change to an event, as the notices need it."""

    kind: ChangeKind
    mailbox: Mailbox
    calendar: int
    serial: int
    sequence: int
    day: int = 0


@dataclass(slots=True)
class World:
    """Everything that a snapshot must hold, and the clock and chance it runs by."""

    company: Company
    clock: Clock
    chance: random.Random
    switches: Switches
    seed: int
    serial: int = 0
    sequence: int = 0
    due: list[tuple[datetime, int, object]] = field(default_factory=list[tuple[datetime, int, object]])
    ties: int = 0
    tags: int = 0
    """The highest number that a mailbox was ever given."""
    sync_states: dict[int, int] = field(default_factory=dict[int, int])
    """How many delta tokens were given out, by calendar."""
    uploads: dict[int, UploadSession] = field(default_factory=dict[int, UploadSession])
    """Files on their way to an event, by the number of their session."""
    outbox: list[Change] = field(default_factory=list[Change])
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        number = 0
        for tenant in self.company.tenants:
            for mailbox in tenant.mailboxes.values():
                number += 1
                mailbox.tag = mailbox.tag or number

    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    def next_serial(self) -> int:
        """A number that no other item of this world has."""
        self.serial += 1
        return self.serial

    def next_sequence(self) -> int:
        """The number of the next change."""
        self.sequence += 1
        return self.sequence

    def later(self, task: object, *, after_s: float) -> None:
        """Do a task when the clock has passed this many seconds."""
        self.at(self.now() + timedelta(seconds=after_s), task)

    def at(self, when: datetime, task: object) -> None:
        """Do a task at an instant; tasks of one instant in the order in which they were given."""
        self.ties += 1
        heapq.heappush(self.due, (when, self.ties, task))

    def take_due(self) -> object | None:
        """The next task whose time has come, taken off the heap."""
        if not self.due or self.due[0][0] > self.now():
            return None
        return heapq.heappop(self.due)[2]

    def next_of_exchange(self) -> datetime | None:
        """When the next meeting message, attendant or answer is due; notices and expiries are not counted."""
        return min((when for when, _, task in self.due if getattr(task, "is_exchange", False)), default=None)

    def tenant(self, tenant_id: str) -> Tenant | None:
        """The tenant of this id."""
        return next((tenant for tenant in self.company.tenants if tenant.tenant_id == tenant_id), None)

    def find(self, name: str) -> Mailbox | None:
        """The mailbox of this name, in whichever tenant it is."""
        for tenant in self.company.tenants:
            if (mailbox := tenant.find(name)) is not None:
                return mailbox
        return None

    def retag(self, mailbox: Mailbox) -> None:
        """Give a mailbox a number of its own that no mailbox has or had: all ids in it become new ones."""
        held = (other.tag for tenant in self.company.tenants for other in tenant.mailboxes.values())
        self.tags = 1 + max(self.tags, *held, 0)
        mailbox.tag = self.tags

    def default_calendar(self, mailbox: Mailbox) -> Calendar:
        """The mailbox's own calendar, made when first asked for."""
        if not mailbox.default_calendar:
            if not mailbox.tag:
                self.retag(mailbox)
            calendar = self.add_calendar(mailbox, name="Calendar", is_default=True)
            calendar.organization_role = mailbox.shows
            mailbox.default_calendar = calendar.serial
        return mailbox.calendars[mailbox.default_calendar]

    def add_calendar(self, mailbox: Mailbox, *, name: str, is_default: bool = False) -> Calendar:
        """A new, empty calendar."""
        calendar = Calendar(self.next_serial(), name, is_default=is_default, sequence=self.next_sequence())
        mailbox.calendars[calendar.serial] = calendar
        return calendar

    def put(self, mailbox: Mailbox, calendar: Calendar, event: Event, *, kind: ChangeKind, day: int = 0) -> None:
        """Store a version of an event; `day` names the occurrence that the change was about."""
        calendar.put(event)
        mailbox.homes[event.serial] = calendar.serial
        mailbox.by_uid[event.uid] = event.serial
        mailbox.departed.pop(event.uid, None)
        mailbox.deleted.pop(event.serial, None)
        self.outbox.append(Change(kind, mailbox, calendar.serial, event.serial, event.sequence, day))

    def remove(self, mailbox: Mailbox, calendar: Calendar, event: Event) -> None:
        """Take an event out of its calendar."""
        sequence = self.next_sequence()
        calendar.remove(event.serial, sequence=sequence)
        mailbox.homes.pop(event.serial, None)
        if mailbox.by_uid.get(event.uid) == event.serial:
            del mailbox.by_uid[event.uid]
        if event.organizer is not None:
            mailbox.departed[event.uid] = event.meeting_sequence
        mailbox.deleted[event.serial] = (event, calendar.serial)
        if len(mailbox.deleted) > DELETED_ITEMS_MAX:
            del mailbox.deleted[next(iter(mailbox.deleted))]
        self.outbox.append(Change("deleted", mailbox, calendar.serial, event.serial, sequence))

    def new_uid(self, serial: int) -> str:
        """A fresh iCalUId."""
        return ids.ical_uid(self.now(), seed=self.seed, serial=serial)
