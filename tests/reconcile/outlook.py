"""A small Exchange and a small shell, for histories of one link.

`Outlook` keeps events the way Exchange does as far as the core can tell: it normalises what it is sent, gives every
change a new etag and a later time, compares If-Match, knows transaction ids, and may take back the answer to a write it
committed. `Desk` is the shell reduced to its order of calls: observe, plan, do, answer. Both are for tests only.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from msgspec.structs import replace as changed

from holdfast.timetable.recurrence import Kind, Pattern
from holdfast.timetable.when import When

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTLE_MAX = 30
MONDAYS = Pattern(Kind.WEEKLY, date(2026, 3, 9), days=(0,), count=6)
"""Six Mondays, the first of them the one of `at`."""


def at(hour: int, minute: int = 0) -> When:
    """An hour of Aquarium's time on one Monday."""
    start = datetime(2026, 3, 9) + timedelta(hours=hour, minutes=minute)
    return When(start, start + timedelta(hours=1), "Europe/Kiev")


@dataclass
class Event:
    event_id: str
    said: object
    etag: str
    modified: datetime
    marker: int | None = None
    transaction_id: str = ""
    may_write: bool = True
    copied: bool = False
    online: bool = False


class Lost(Exception):
    """No answer came."""


class Moved(Exception):
    """412."""


class NotThere(Exception):
    """404."""


class Used(Exception):
    """ErrorDuplicateTransactionId."""


@dataclass
class Outlook:
    core: SimpleNamespace
    remembers: bool = True  # whether a transaction id outlives the deletion of its event
    events: dict = field(default_factory=dict)
    trash: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)
    pages: list = field(default_factory=list)  # everything a delta ever could have delivered
    writes: list = field(default_factory=list)
    touched: set = field(default_factory=set)  # event ids that a person edited
    ticks: int = 0

    def _stamp(self) -> tuple[str, datetime]:
        self.ticks += 1
        return f"v{self.ticks}", NOON + timedelta(seconds=self.ticks)

    def _store(self, event: Event) -> Event:
        etag, modified = self._stamp()
        event = replace(event, etag=etag, modified=modified)
        self.events[event.event_id] = event
        self.pages.append(self.core.Seen(self.sight(event, marker=False), self.core.Source.DELTA))
        return event

    def sight(self, event: Event, *, marker: bool = True):
        return self.core.Sight(
            event_id=event.event_id, said=self.core.read_back(event.said), etag=event.etag, modified=event.modified,
            may_write=event.may_write, marker=event.marker if marker else None, transaction_id=event.transaction_id,
            online=event.online, copied=event.copied,
        )  # fmt: skip

    # What people do

    def person_adds(self, said, **facts) -> str:
        event_id = f"person-{self.ticks}"
        self._store(Event(event_id, said, "", NOON, **facts))
        return event_id

    def person_edits(self, event_id: str, **values) -> None:
        event = self.events[event_id]
        self.touched.add(event_id)
        self._store(replace(event, said=changed(event.said, **values)))

    def person_deletes(self, event_id: str) -> None:
        self.trash[event_id] = self.events.pop(event_id)
        self.pages.append(self.core.Missing(event_id, self.core.Source.DELTA))

    def person_restores(self, event_id: str) -> None:
        self._store(self.trash.pop(event_id))

    def marker_is_lost(self, event_id: str) -> None:
        self._store(replace(self.events[event_id], marker=None))

    # What requests do

    def get(self, event_id: str):
        if event_id not in self.events:
            raise NotThere
        return self.sight(self.events[event_id])

    def create(self, body, transaction_id: str, marker: int):
        if transaction_id in self.used:
            sent, event_id = self.used[transaction_id]
            if sent != body:
                raise Used
            return self.sight(self.events.get(event_id) or self.trash[event_id], marker=False)
        self.writes.append("create")
        event_id = f"ours-{self.ticks}"
        event = self._store(Event(event_id, body, "", NOON, marker=marker, transaction_id=transaction_id))
        self.used[transaction_id] = (body, event_id)
        return self.sight(event, marker=False)

    def patch(self, event_id: str, etag: str, fields, after, marker: int):
        event = self._matching(event_id, etag)
        self.writes.append("patch")
        values = {str(name): getattr(after, name) for name in fields}
        return self.sight(self._store(replace(event, said=changed(event.said, **values), marker=marker)), marker=False)

    def delete(self, event_id: str, etag: str) -> None:
        self._matching(event_id, etag)
        self.writes.append("delete")
        self.person_deletes(event_id)
        self._forget(event_id)

    def decline(self, event_id: str) -> None:
        if event_id not in self.events:
            raise NotThere
        self.writes.append("decline")
        self.person_deletes(event_id)

    def decline_if(self, event_id: str, etag: str) -> None:
        """The GET in the same lease, and then the decline, which carries no If-Match itself."""
        if self.get(event_id).etag != etag:
            raise Moved
        self.decline(event_id)

    def _matching(self, event_id: str, etag: str) -> Event:
        if event_id not in self.events:
            raise NotThere
        if self.events[event_id].etag != etag:
            raise Moved
        return self.events[event_id]

    def _forget(self, event_id: str) -> None:
        if not self.remembers:
            self.used = {key: value for key, value in self.used.items() if value[1] != event_id}

    def forgets_deleted(self) -> None:
        for event_id in self.trash:
            self.used = {key: value for key, value in self.used.items() if value[1] != event_id}


class Desk:
    """The shell around one link. `fate` says what becomes of the next write: "", "before" or "after" (answer lost),
    "stalled" (saved, then the worker sleeps before sending).
    """

    def __init__(self, core, outlook, ours=None, *, rules=None, refuses=None) -> None:
        self.core, self.outlook = core, outlook
        self.rules = rules or core.Rules(zone="Europe/Kiev")
        self.link = core.LinkState(key="aquarium-1", ours=core.Absence.NEVER if ours is None else ours)
        self.refuses = refuses or (lambda step: None)
        self.conflicts: list = []
        self.stalled: list = []  # requests a sleeping worker will send when it wakes
        self.steps: list = []
        self.fate = ""
        self.now = NOON

    # Our side

    def edit(self, **values) -> None:
        self.link = self.core.edited(self.link, changed(self.link.ours, **values))

    def cancel(self) -> None:
        self.link = self.core.edited(self.link, None)

    @property
    def ours(self):
        return self.link.ours

    @property
    def event_id(self) -> str:
        return self.link.theirs.event_id

    @property
    def event(self):
        return self.outlook.events[self.event_id]

    # Observations

    def observe(self, observation):
        self.link, outcome = self.core.observe(self.link, observation)
        if outcome is self.core.Outcome.OTHER and isinstance(observation, self.core.Seen):
            self._claim(observation)
        return outcome

    def _claim(self, observation) -> None:
        try:
            sight = self.outlook.get(observation.sight.event_id)
        except NotThere:
            return
        match self.core.claim(self.link, sight):
            case self.core.RemoveExtra(target):
                self.outlook.delete(target.event_id, target.etag)
            case _:
                pass

    def look(self, event_id: str = ""):
        event_id = event_id or self.event_id
        try:
            seen = self.core.Seen(self.outlook.get(event_id), self.core.Source.GET)
        except NotThere:
            seen = self.core.Gone(event_id)
        return self.observe(seen)

    def delta(self, index: int = -1):
        return self.observe(self.outlook.pages[index])

    # Steps

    def plan(self, verdict=None):
        return self.core.plan(self.link, self.rules, now=self.now, verdict=verdict)

    def settle(self, *, fate: str = "") -> list:
        """Plan and do until nothing is left; the names of the steps done."""
        self.fate, names = fate, []
        for _ in range(SETTLE_MAX):
            step = self.plan()
            if isinstance(step, self.core.Nothing):
                return names
            names.append(type(step).__name__)
            if not self._do(step):
                return names
        raise AssertionError(f"the link never rests: {names}")

    def read_all(self) -> None:
        """What a complete round brings: every event, and a question about every known one that is not there."""
        for event in list(self.outlook.events.values()):
            self.observe(self.core.Seen(self.outlook.sight(event, marker=False), self.core.Source.ROUND))
        if self.link.theirs is not None and self.link.theirs.event_id not in self.outlook.events:
            self.observe(self.core.Missing(self.link.theirs.event_id, self.core.Source.ROUND))

    def _do(self, step) -> bool:
        core = self.core
        self.steps.append(step)
        match step:
            case core.Look(event_id):
                return self.look(event_id) is not core.Outcome.OLDER
            case core.Find(offer, transaction_id):
                return self._find(offer, transaction_id)
            case core.Park() | core.Agree() | core.Close():
                self._keep(step)
                self.link = core.done(self.link, step, now=self.now)
                return True
            case core.PullNew() | core.Pull() | core.PullGone():
                return self._take(step)
            case core.Decline():
                return self._write(step)
            case _:
                return self._write(step)

    def _keep(self, step) -> None:
        self.conflicts.extend(getattr(step, "conflicts", ()))

    def _take(self, step) -> bool:
        refused = self.refuses(step)
        if refused is None:
            self._keep(step)
            self.link = self.core.done(self.link, step, now=self.now)
            return True
        again = self.plan(verdict=refused)
        if isinstance(again, self.core.Pull):  # the accepted part first, with the refused one still to go back
            self._keep(again)
            self.link = self.core.done(self.link, again, now=self.now)
            return True
        return self._do(again)

    def _find(self, offer, transaction_id: str) -> bool:
        for event in list(self.outlook.events.values()):
            if event.transaction_id == transaction_id:
                self.observe(self.core.Seen(self.outlook.sight(event, marker=False), self.core.Source.ROUND))
                return True
        self.link = self.core.not_found(self.link, offer.number)
        return True

    def _write(self, step) -> bool:
        core = self.core
        self._keep(step)
        self.link, offer = core.send(self.link, step, now=self.now)
        fate, self.fate = self.fate, ""
        if fate == "stalled":
            self.stalled.append((step, offer))
            return False
        if fate == "before":
            self.link = core.answer(self.link, offer.number, core.Failed(core.Failure.UNKNOWN), now=self.now)
            return False
        response = self.request(step, offer)
        if fate == "after":
            response = core.Failed(core.Failure.UNKNOWN)
        self.link = core.answer(self.link, offer.number, response, now=self.now)
        return fate != "after"

    def request(self, step, offer):
        """Send what was saved, whatever has happened since; a worker that slept does the same."""
        core, outlook = self.core, self.outlook
        try:
            match step:
                case core.Create():
                    sent = outlook.create(step.body, step.transaction_id, offer.number)
                case core.Repeat():
                    sent = outlook.create(offer.pair.theirs, step.transaction_id, offer.number)
                case core.Patch():
                    target = step.target
                    sent = outlook.patch(target.event_id, target.etag, step.fields, step.after, offer.number)
                case core.Delete():
                    sent = outlook.delete(step.target.event_id, step.target.etag)
                case core.Decline():
                    sent = outlook.decline_if(step.event_id, step.etag)
        except NotThere:
            return core.Failed(core.Failure.NOT_THERE)
        except Moved:
            return core.Failed(core.Failure.MOVED)
        except Used:
            return core.Failed(core.Failure.USED)
        return core.Landed(sent)

    def wake(self) -> None:
        """The sleeping worker sends its requests now; nobody hears the answers."""
        for step, offer in self.stalled:
            self.request(step, offer)
        self.stalled = []

    def choose(self, choice: str, *, prints=None):
        core = self.core
        ours, theirs = prints or core.fingerprints(self.link)
        step = core.choose(self.link, core.Answer(core.Choice(choice), ours, theirs), self.rules)
        if not isinstance(step, core.Moved | core.NotPossible):
            self._keep(step)
            self.link = core.done(self.link, step, now=self.now, who="ada")
        return step


def settled(core, *, title: str = "Stand-up", hour: int = 9, **rest):
    """A desk whose booking has its event and agrees with it, and the Outlook it lives in."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, core.Snapshot(at(hour), title, **rest))
    desk.settle()
    assert desk.link.offers == ()
    return desk, outlook


def arrived(core, *, title: str = "Stand-up", hour: int = 9, rules=None, refuses=None, facts=None, **rest):
    """A desk whose booking was made of an event that a person made in Outlook."""
    outlook = Outlook(core)
    desk = Desk(core, outlook, rules=rules, refuses=refuses)
    outlook.person_adds(core.Snapshot(at(hour), title, **rest), **(facts or {}))
    desk.delta()
    desk.settle()
    return desk, outlook
