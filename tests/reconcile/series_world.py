"""One series under two people and lost answers: the actions, and what must hold whatever they were."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from msgspec.structs import replace as changed

from holdfast.timetable import recurrence
from tests.reconcile.outlook import MONDAYS, at
from tests.reconcile.series_outlook import HORIZON, Crossing, SeriesDesk, SeriesOutlook, weekly

QUIET_MAX = 40
FATES = ("", "", "", "before", "after")
TEXTS = ("title", "place", "note")
PATTERNS = (MONDAYS, changed(MONDAYS, count=5), changed(MONDAYS, interval=2), changed(MONDAYS, count=0))


@dataclass
class SeriesWorld:
    """Ada here, Ben there."""

    core: object
    desk: SeriesDesk
    outlook: SeriesOutlook
    edits: list = field(default_factory=list)  # (who, day or None, field, value)
    is_clouded: bool = False  # somebody ended, repatterned or chose: single edits need not survive any more
    count: int = 0

    @property
    def alive_here(self) -> bool:
        return isinstance(self.desk.ours, self.core.Snapshot)

    def _value(self, name: str, who: str) -> str:
        self.count += 1
        return f"{name} {self.count} of {who}"

    def days_here(self) -> list[date]:
        return [day for day in list(recurrence.dates(self.desk.ours.pattern, None, HORIZON))[:6] if self.desk.said(day)]

    def days_there(self) -> list[date]:
        master = self.outlook.master
        days = list(recurrence.dates(master.pattern, None, HORIZON))[:6]
        return [day for day in days if day not in self.outlook.deleted]

    # What people do

    def ada_edits(self, chance: Random) -> None:
        if not self.alive_here:
            return
        name = chance.choice(TEXTS)
        value = self._value(name, "ada")
        day = chance.choice([None, *self.days_here()])
        if day is None:
            self.desk.edit(**{name: value})
        else:
            self.desk.edit_date(day, **{name: value})
        self.edits.append(("ada", day, name, value))

    def ben_edits(self, chance: Random) -> None:
        if self.outlook.master is None:
            return
        name = chance.choice(TEXTS)
        value = self._value(name, "ben")
        day = chance.choice([None, *self.days_there()])
        if day is None:
            self.outlook.person_edits(**{name: value})
        else:
            self.outlook.person_edits_date(day, **{name: value})
        self.edits.append(("ben", day, name, value))

    def ada_moves(self, chance: Random) -> None:
        """A date by hours or days, as far as her own neighbours allow."""
        if not self.alive_here or not self.days_here():
            return
        day = chance.choice(self.days_here())
        when = self._moved(self.desk.said(day).when, chance)
        stands = {each: self.desk.said(each).when.start.date() for each in self.days_here()} | {day: when.start.date()}
        if sorted(stands.values()) == list(stands.values()) and len(set(stands.values())) == len(stands):
            self.desk.edit_date(day, when=when)
            self.edits.append(("ada", day, "when", when))

    def ben_moves(self, chance: Random) -> None:
        if self.outlook.master is None or not self.days_there():
            return
        day = chance.choice(self.days_there())
        when = self._moved(self.outlook.said(day).when, chance)
        if self.outlook.person_edits_date(day, when=when):
            self.edits.append(("ben", day, "when", when))

    def _moved(self, when, chance: Random):
        by = timedelta(days=chance.choice((0, 0, 1, -1, 5, -5)), hours=chance.choice((1, 2)))
        return changed(when, start=when.start + by, end=when.end + by)

    def cancels_date(self, chance: Random) -> None:
        self.is_clouded = True
        if chance.random() < 0.5:
            if self.alive_here and self.days_here():
                self.desk.cancel_date(chance.choice(self.days_here()))
        elif self.outlook.master is not None and self.days_there():
            self.outlook.person_deletes_date(chance.choice(self.days_there()))

    def repatterns(self, chance: Random) -> None:
        self.is_clouded = True
        values = (
            {"pattern": chance.choice(PATTERNS)} if chance.random() < 0.5 else {"when": at(chance.choice((9, 10, 14)))}
        )
        if chance.random() < 0.5:
            if self.alive_here:
                self.desk.edit(**values)
        elif self.outlook.master is not None:
            self.outlook.person_edits(**values)

    def ends(self, chance: Random) -> None:
        self.is_clouded = True
        if chance.random() < 0.5:
            if self.alive_here:
                self.desk.cancel()
        else:
            self.outlook.person_deletes()

    # What the machines do

    def settles(self, chance: Random) -> None:
        self.desk.settle(fate=chance.choice(FATES))

    def syncs(self, chance: Random) -> None:
        self.desk.sync() if chance.random() < 0.7 else self.desk.look()

    def somebody_chooses(self, choice: str) -> bool:
        chosen = self.desk.choose(choice)
        self.is_clouded |= chosen is not None
        return isinstance(chosen, self.core.ChosenOfSeries)

    def becomes_quiet(self, choice: str) -> None:
        for _ in range(QUIET_MAX):
            before = (self.desk.series, len(self.outlook.writes))
            self.desk.sync()
            if self.somebody_chooses(choice) or self.somebody_chooses("theirs"):
                continue
            if before == (self.desk.series, len(self.outlook.writes)):
                return
        raise AssertionError(f"no quiet: {self.desk.plan()}")

    # What must hold

    def check(self) -> None:
        core, desk, outlook = self.core, self.desk, self.outlook
        writes = len(outlook.writes)
        assert desk.sync() == [], "I5: a further pass does something"
        assert len(outlook.writes) == writes, "I5: a further pass writes"
        assert core.rest_of_series(desk.series, desk.rules, now=desk.now) is core.Rest.SETTLED, "at rest"
        assert self.alive_here is (outlook.master is not None), "I6, I7: on one side only"
        if not self.alive_here:
            return
        self._same(core.read_back(desk.ours), core.read_back(outlook.master), "the series")
        for day in recurrence.dates(desk.ours.pattern, None, HORIZON):
            mine = desk.said(day)
            their = None if day in outlook.deleted else outlook.said(day)
            assert (mine is None) is (their is None), f"I6: {day} is on one side only"
            if mine is not None:
                self._same(core.read_back(mine), core.read_back(their), day)
        if not self.is_clouded:
            self._nothing_was_lost()

    def _same(self, mine, their, what) -> None:
        for row in self.core.TABLE:
            one, other = getattr(mine, row.field), getattr(their, row.field)
            assert self.core.same(row.field, one, other), f"I6: {what}, {row.field}: {one!r} against {other!r}"

    def _nothing_was_lost(self) -> None:
        """I3: what only one of them edited stands in the end."""
        for who, day, name, _ in self.edits:
            of_field = [each for each in self.edits if each[1] == day and each[2] == name]
            if day is None or {each[0] for each in of_field} != {who}:
                continue
            value = of_field[-1][3]
            said = getattr(self.outlook.said(day), name)
            kept = [getattr(each, side) for each in self.desk.conflicts for side in ("ours", "theirs")]
            assert said == value or any(getattr(one, name, None) == value for one in kept), (
                f"I3: {who}'s {value!r} of {day}"
            )


def series_walk(core, seed: int, *, steps: int = 25) -> None:
    """One random history, its quiet, and its checks."""
    chance = Random(seed)
    outlook = SeriesOutlook(core, remembers_dates=chance.random() < 0.3)
    born_there = chance.random() < 0.4
    desk = SeriesDesk(core, outlook, None if born_there else weekly(core))
    if born_there:
        outlook.person_makes(weekly(core))
    desk.sync()
    world = SeriesWorld(core, desk, outlook)
    calm = chance.random() < 0.5
    for _ in range(chance.randint(3, steps)):
        act(world, chance, calm=calm)
    world.becomes_quiet(chance.choice(("ours", "theirs")))
    world.check()


def act(world: SeriesWorld, chance: Random, *, calm: bool) -> None:
    acts = (world.ada_edits, world.ben_edits, world.ada_moves, world.ben_moves, world.settles, world.syncs)
    wilder = (world.cancels_date, world.repatterns, world.ends)
    weights = (5, 5, 3, 3, 5, 8, *((0, 0, 0) if calm else (3, 2, 0.4)))
    try:
        chance.choices(acts + wilder, weights)[0](chance)
    except Crossing:
        raise AssertionError("a person's refused move reached nobody") from None
    if world.desk.series.parked is not None and chance.random() < 0.2:
        world.somebody_chooses(chance.choice(("ours", "theirs")))
