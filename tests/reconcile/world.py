"""One link under two people and bad weather: the actions, and what must hold whatever they were.

The same world is driven by hypothesis (`test_machine`) and, with a seeded walk, by the mutants. Checking stands apart
from acting: `Checks` knows what people did and what was kept, and nothing of plans.
"""

from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace

from tests.reconcile.outlook import Desk, Outlook, at

QUIET_MAX = 25
TEXTS = ("title", "place", "note")
FIELDS = (*TEXTS, "when")


@dataclass
class Checks:
    """What people did, by field, since the last time somebody was asked and chose."""

    core: SimpleNamespace
    last: dict = field(default_factory=dict)  # field -> (side, value)
    held: dict = field(default_factory=lambda: {"ours": set(), "theirs": set()})
    edits: set = field(default_factory=set)  # (side, field) that was ever edited
    was_ended: bool = False  # somebody cancelled, deleted, restored, refused or chose
    live: set = field(default_factory=set)  # what events say that were left for a person

    def edited(self, side: str, name: str, value) -> None:
        self.last[name] = (side, value)
        self.edits.add((side, name))

    def took_back(self, side: str, name: str, value, *, was_seen: bool) -> None:
        """An edit that its own side took back before the other saw it is none."""
        self.edits.add((side, name))
        if was_seen:
            self.last[name] = (side, value)
        elif self.last.get(name, ("", None))[0] == side:
            del self.last[name]

    def gave_up(self, side: str) -> None:
        """Who edits and then deletes means the deletion."""
        self.was_ended = True
        self.last = {name: one for name, one in self.last.items() if one[0] != side}

    def remember(self, desk: Desk, outlook: Outlook) -> None:
        """Which values each side ever held, as Exchange reads them."""
        if isinstance(desk.ours, self.core.Snapshot):
            self._hold("ours", desk.ours)
        for event in outlook.events.values():
            self._hold("theirs", event.said)

    def _hold(self, side: str, snapshot) -> None:
        readable = self.core.read_back(snapshot)
        self.held[side] |= {(name, getattr(readable, name)) for name in (*TEXTS, "when")}

    def no_edit_was_lost(self, desk: Desk) -> None:
        """I3: the last edit of every field stands, was seen by the other side before it was deleted, or is kept."""
        for name, (side, value) in self.last.items():
            wanted = self._readable(desk, name, value)
            other = "theirs" if side == "ours" else "ours"
            if isinstance(desk.ours, self.core.Snapshot):
                stands = getattr(self.core.read_back(desk.ours), name) == wanted
            else:
                stands = (name, wanted) in self.held[other]
            stands = stands or (name, wanted) in self.live
            assert stands or self._kept(desk, name, wanted), f"I3: {side} set {name} to {value!r}, and it is nowhere"

    def nothing_ended_by_itself(self, desk: Desk, outlook: Outlook) -> None:
        """I8: without anybody's act no booking is cancelled and no event deleted."""
        if not self.was_ended:
            assert isinstance(desk.ours, self.core.Snapshot), "I8: a booking was cancelled by nobody"
            assert outlook.events, "I8: an event was deleted by nobody"

    def conflicts_are_of_two(self, desk: Desk) -> None:
        """What only one side ever edited is no conflict."""
        for one in desk.conflicts:
            if one.field is not None and not one.reason and one.field in FIELDS:
                both = {("ours", str(one.field)), ("theirs", str(one.field))}
                assert both <= self.edits, f"a conflict about {one.field}, which one side edited alone"

    def _readable(self, desk: Desk, name: str, value):
        snapshot = self.core.Snapshot(**({"when": at(0)} | {name: value}))
        return getattr(self.core.read_back(snapshot), name)

    def _kept(self, desk: Desk, name: str, wanted) -> bool:
        sides = [one for conflict in desk.conflicts for one in (conflict.ours, conflict.theirs) if one is not None]
        return any(getattr(self.core.read_back(one), name) == wanted for one in sides)


class World:
    """Ada's booking and Ben's event. Every action is safe to call at any time; some then do nothing."""

    def __init__(
        self, core, *, remembers: bool = True, born_there: bool = False, may_write: bool = True, winner: str = "table"
    ) -> None:
        self.core = core
        self.outlook = Outlook(core, remembers=remembers)
        rules = core.Rules(zone="Europe/Kiev", both_edited=core.Winner(winner))
        self.desk = Desk(core, self.outlook, None if born_there else core.Snapshot(at(9), "t0"), rules=rules)
        self.desk.refuses = self._refuses
        self.checks = Checks(core)
        self.number = 0
        self.strict = False
        self.markers_lost = False
        self.versions: list = []
        self.first = {"title": "t0", "place": "", "note": "", "when": at(9)}
        if born_there:
            self.outlook.person_adds(core.Snapshot(at(9), "t0"), may_write=may_write)
            self.desk.delta()

    def _note(self, side: str, name: str, value, now, *, back: bool) -> None:
        if not back:
            self.checks.edited(side, name, value)
            return
        if getattr(now, name) == value:
            return  # typed again as it was: no edit
        if side == "theirs" and self.markers_lost:
            # Without a marker a value that is back cannot be told from one that never left: either may stand.
            self.checks.edits.add((side, name))
            self.checks.last.pop(name, None)
            return
        other = "theirs" if side == "ours" else "ours"
        was_seen = (name, getattr(self.core.read_back(now), name)) in self.checks.held[other]
        sight = self.desk.link.theirs
        if side == "ours" and sight is not None and sight.said is not None and getattr(sight.said, name) == value:
            was_seen = False  # Ben had come to the same: both agree, and whose act it was is no question any more
        self.checks.took_back(side, name, value, was_seen=was_seen)

    def _refuses(self, step):
        names = step.fields if isinstance(step, self.core.Pull) else ()
        if self.strict and self.core.Field.WHEN in names:
            return self.core.Refused((self.core.Field.WHEN,), "closed")
        return None

    def _value(self, name: str, *, before=None):
        """A value nobody used yet, or the one from before: people take things back."""
        if before is not None:
            return before
        self.number += 1
        if name == "when":
            return at(9 + self.number // 50, self.number % 50)
        return f"{name[0]}{self.number}" + (" " if self.number % 3 == 0 else "")

    def _after(self) -> None:
        self.checks.remember(self.desk, self.outlook)
        for event in self.outlook.events.values():
            seen = self.core.Seen(self.outlook.sight(event), self.core.Source.GET)
            if not self.versions or self.versions[-1] != seen:
                self.versions.append(seen)

    def _live(self) -> str:
        """The event that people in Outlook see and work on."""
        return next(iter(self.outlook.events), "")

    # People

    def ada_edits(self, name: str, *, back: bool = False) -> None:
        if isinstance(self.desk.ours, self.core.Snapshot):
            value = self._value(name, before=self.first[name] if back else None)
            self._note("ours", name, value, self.desk.ours, back=back)
            self.desk.edit(**{name: value})
            self._after()

    def ada_invites(self, address: str) -> None:
        if isinstance(self.desk.ours, self.core.Snapshot):
            people = {one.address: one for one in self.desk.ours.people}
            if people.pop(address, None) is None:
                people[address] = self.core.Person(address)
            self.desk.edit(people=tuple(people.values()))
            self._after()

    def ada_cancels(self) -> None:
        if isinstance(self.desk.ours, self.core.Snapshot):
            self.desk.cancel()
            self.checks.gave_up("ours")

    def ben_edits(self, name: str, *, back: bool = False) -> None:
        if self._live():
            value = self._value(name, before=self.first[name] if back else None)
            self._note("theirs", name, value, self.outlook.events[self._live()].said, back=back)
            self.outlook.person_edits(self._live(), **{name: value})
            self._after()

    def ben_invites(self, address: str) -> None:
        if self._live():
            people = {one.address: one for one in self.outlook.events[self._live()].said.people}
            if people.pop(address, None) is None:
                people[address] = self.core.Person(address)
            self.outlook.person_edits(self._live(), people=tuple(people.values()))
            self._after()

    def ben_deletes(self) -> None:
        if self._live():
            self.outlook.person_deletes(self._live())
            self.checks.gave_up("theirs")

    def ben_restores(self) -> None:
        if self.outlook.trash and not self.outlook.events:
            self.outlook.person_restores(next(reversed(self.outlook.trash)))
            self._after()

    def somebody_chooses(self, choice: str) -> bool:
        if self.desk.link.parked is None:
            return False
        step = self.desk.choose(choice)
        if isinstance(step, self.core.Moved | self.core.NotPossible):
            return False
        self.checks.last.clear()  # they were shown both, and decided
        self.checks.was_ended = True
        return True

    def house_turns_strict(self, *, strict: bool) -> None:
        self.checks.was_ended |= strict  # what is refused may be declined, and then it ends
        self.strict = strict

    # Weather

    def marker_is_lost(self) -> None:
        if self._live():
            self.outlook.marker_is_lost(self._live())
            self.markers_lost = True
            for name, (side, value) in list(self.checks.last.items()):
                if side == "theirs" and value == self.first[name]:
                    del self.checks.last[name]
            self._after()

    def page_arrives(self, index: int) -> None:
        if self.outlook.pages:
            self.desk.delta(index % len(self.outlook.pages))
            self._after()

    def window_slides(self) -> None:
        """A removal is delivered of an event that is still there."""
        if self._live():
            self.desk.observe(self.core.Missing(self._live(), self.core.Source.DELTA))

    def stale_read(self, index: int) -> None:
        link = self.desk.link
        mine = [one for one in self.versions if link.theirs is not None and one.sight.event_id == link.theirs.event_id]
        if mine and link.theirs.said is not None:
            self.desk.observe(mine[index % len(mine)])
            self._after()

    def link_settles(self, fate: str) -> None:
        self.desk.settle(fate=fate)
        self._after()

    def worker_wakes(self) -> None:
        self.desk.wake()
        self._after()

    def one_step(self) -> None:
        step = self.desk.plan()
        if not isinstance(step, self.core.Nothing):
            self.desk._do(step)
            self._after()

    # Quiet

    def becomes_quiet(self, choice: str = "ours") -> None:
        """The weather ends, everybody goes home, and questions are answered."""
        self.desk.wake()
        for _ in range(QUIET_MAX):
            before = (self.desk.link, len(self.outlook.writes))
            self.desk.read_all()
            self.desk.settle()
            self._after()
            if self.desk.link.parked is not None and self._rest() is self.core.Rest.PARKED:
                if not self.somebody_chooses(choice):  # what is not ours to write cannot be forced
                    self.somebody_chooses("theirs")
                continue
            if before == (self.desk.link, len(self.outlook.writes)):
                return
        raise AssertionError(f"no quiet: {[type(one).__name__ for one in self.desk.steps[-20:]]}")

    def _rest(self):
        return self.core.rest(self.desk.link, self.desk.rules, now=self.desk.now)

    def check(self) -> None:
        """Convergence, one event at most, no lost write, and a further pass that writes nothing."""
        core, desk = self.core, self.desk
        writes = len(self.outlook.writes)
        desk.read_all()
        assert desk.settle() == [], "I5: a further pass does something"
        assert len(self.outlook.writes) == writes, "I5: a further pass writes"
        assert self._rest() in (core.Rest.SETTLED, core.Rest.CLOSED), "at rest"
        events = [one for one in self.outlook.events.values() if not self._is_stranger(one)]
        assert len(events) <= 1, f"I4: {list(self.outlook.events)}"
        if isinstance(desk.ours, core.Snapshot) and desk.link.closed is None:
            assert events, "I6: a booking without its event"
            [event] = events
            assert self._same(desk.ours, event.said), f"I6: {desk.ours} against {event.said}"
        elif desk.link.closed is None:
            assert not events, "I7: an event without its booking"
        kept = [core.read_back(one.said) for one in self.outlook.events.values() if self._is_stranger(one)]
        self.checks.live = {(name, getattr(one, name)) for one in kept for name in FIELDS}
        if desk.link.closed is None:  # what left our care is nobody's loss
            self.checks.no_edit_was_lost(desk)
        self.checks.nothing_ended_by_itself(desk, self.outlook)
        self.checks.conflicts_are_of_two(desk)

    def _is_stranger(self, event) -> bool:
        """An event that a person restored after its booking had got another one gets a link of its own; and a late
        create that a person edited, or is invited to, is left for a person.
        """
        link = self.desk.link
        if link.theirs is not None and event.event_id == link.theirs.event_id:
            return False
        if event.event_id in link.absent:
            return True
        return event.event_id in self.outlook.touched or bool(event.said.people)

    def _same(self, ours, theirs) -> bool:
        core = self.core
        one, other = core.read_back(ours), core.read_back(theirs)
        return all(core.same(row.field, getattr(one, row.field), getattr(other, row.field)) for row in core.TABLE)


FATES = ("", "", "", "before", "after", "stalled")
GUESTS = ("ada@holdfast.test", "ben@holdfast.test", "chidi@holdfast.test")


def walk(core, seed: int, *, steps: int = 25) -> None:
    """One random history, its quiet, and its checks."""
    chance = Random(seed)
    world = World(
        core,
        remembers=chance.random() < 0.7,
        born_there=chance.random() < 0.4,
        may_write=chance.random() < 0.6,
        winner=chance.choice(("table", "table", "ours", "outlook", "ask")),
    )
    for _ in range(chance.randint(3, steps)):
        act(world, chance)
    world.becomes_quiet(chance.choice(("ours", "theirs")))
    world.check()


def act(world: World, chance: Random) -> None:
    match chance.choices(range(15), (8, 2, 1, 8, 2, 1, 1, 1, 1, 1, 6, 2, 14, 3, 1))[0]:
        case 0:
            world.ada_edits(chance.choice(FIELDS), back=chance.random() < 0.3)
        case 1:
            world.ada_invites(chance.choice(GUESTS))
        case 2:
            world.ada_cancels()
        case 3:
            world.ben_edits(chance.choice(FIELDS), back=chance.random() < 0.3)
        case 4:
            world.ben_invites(chance.choice(GUESTS))
        case 5:
            world.ben_deletes()
        case 6:
            world.ben_restores()
        case 7:
            world.somebody_chooses(chance.choice(("ours", "theirs")))
        case 8:
            world.house_turns_strict(strict=chance.random() < 0.4)
        case 9:
            world.marker_is_lost()
        case 10:
            world.page_arrives(chance.randrange(1000))
        case 11:
            world.stale_read(chance.randrange(1000))
        case 12:
            world.link_settles(chance.choice(FATES))
        case 14:
            world.window_slides()
        case 13:
            world.one_step() if chance.random() < 0.6 else world.worker_wakes()
