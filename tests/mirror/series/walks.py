"""One series under Ada, Ben, the simulator's switches and bad weather: the actions, and what must hold in the end."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from msgspec.structs import replace as changed

from holdfast.timetable import recurrence, zones
from holdfast.timetable.recurrence import Kind, Pattern
from holdfast.timetable.when import When
from sim365.weather.faults import Fault
from tests.mirror.series.outlook_room import RoomInOutlook, moved, pattern_there, span_of
from tests.mirror.series.series_desk import SeriesDesk

QUIET_MAX = 40
PATIENCE = 10
LAST_LOOKED_AT = date(2026, 12, 1)
TEXTS = ("title", "place", "note")
ZONES = ("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "UTC")
CHANGES = {
    "Europe/Brussels": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "UTC": (date(2026, 3, 8), date(2026, 10, 4)),
}
"""Sundays on which the clocks change; at Lord Howe by half an hour."""
FLAGS = (
    "master_change_keeps_exceptions", "cancelled_occurrences_returned", "exceptions_in_list",
    "original_start_with_offset", "uid_per_occurrence", "strict_intervals", "list_bodies_html",
    "transaction_survives_deletion",
)  # fmt: skip
FAULTS = (
    Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.BAD_GATEWAY,
    Fault.CUT_JSON, Fault.CHANGE_KEY_RACE, Fault.THROTTLED, Fault.UNAVAILABLE_BARE, Fault.TIMEOUT_LATE,
    Fault.STALE_READ, Fault.READ_LAGS, Fault.EMPTY_LIST,
)  # fmt: skip


def a_series(core, chance: Random):
    """Weekly or every few days, at an hour that the clocks may skip or double, or all day; around a change of them."""
    zone = chance.choice(ZONES)
    change = chance.choice(CHANGES[zone])
    weekday = chance.choice((0, 6))
    weeks = change - timedelta(days=14) + timedelta(days=(weekday + 1) % 7)
    first, pattern = chance.choice(
        (
            (weeks, Pattern(Kind.WEEKLY, weeks, days=(weekday,), count=6)),
            (change - timedelta(days=10), Pattern(Kind.DAILY, change - timedelta(days=10), interval=5, count=6)),
            (change - timedelta(days=3), Pattern(Kind.DAILY, change - timedelta(days=3), count=6)),
        )
    )
    if chance.random() < 0.2:
        start = datetime.combine(first, datetime.min.time())
        when = When(start, start + timedelta(days=1), zone, all_day=True)
    else:
        start = datetime(first.year, first.month, first.day, chance.choice((1, 2, 9, 20, 23)), 15)
        when = When(start, start + timedelta(minutes=chance.choice((30, 90))), zone)
    return core.Snapshot(when, "Stand-up", pattern=pattern)


@dataclass
class SeriesWalk:
    core: object
    wharf: object
    desk: SeriesDesk
    outlook: RoomInOutlook
    edits: list = field(default_factory=list)  # (who, day or None, field, value)
    is_clouded: bool = False  # somebody ended, repatterned or chose: single edits need not survive any more
    count: int = 0

    @property
    def alive_here(self) -> bool:
        return isinstance(self.desk.ours, self.core.Snapshot)

    def days_here(self) -> list[date]:
        return [
            day
            for day in list(recurrence.dates(self.desk.ours.pattern, None, LAST_LOOKED_AT))[:7]
            if self.desk.said(day)
        ]

    # What people do

    def _value(self, name: str, who: str) -> str:
        self.count += 1
        return f"{name} {self.count} of {who}"

    def ada_edits(self, chance: Random) -> None:
        if not self.alive_here:
            return
        name = chance.choice(TEXTS)
        value, day = self._value(name, "ada"), chance.choice([None, *self.days_here()])
        if day is None:
            self.desk.edit(**{name: value})
        else:
            self.desk.edit_date(day, **{name: value})
        self.edits.append(("ada", day, name, value))

    def ben_edits(self, chance: Random) -> None:
        if self.outlook.master is None:
            return
        name = chance.choice(TEXTS)
        value, day = self._value(name, "ben"), chance.choice([None, *self.outlook.shown()])
        if day is None:
            self.outlook.edits(**{name: value})
        else:
            self.outlook.edits_date(day, **{name: value})
        self.edits.append(("ben", day, name, value))

    def ada_moves(self, chance: Random) -> None:
        """A date by hours or days, as far as her own neighbours allow."""
        if not self.alive_here or not self.days_here():
            return
        day = chance.choice(self.days_here())
        when = self._later(self.desk.said(day).when, chance)
        stands = {each: self.desk.said(each).when.start.date() for each in self.days_here()} | {day: when.start.date()}
        if sorted(stands.values()) == list(stands.values()) and len(set(stands.values())) == len(stands):
            self.desk.edit_date(day, when=when)
            self.edits.append(("ada", day, "when", when))

    def ben_moves(self, chance: Random) -> None:
        if self.outlook.master is None or not self.outlook.shown():
            return
        shown = self.outlook.shown()
        day = chance.choice(list(shown))
        when = self._later(self._when_there(shown[day]), chance)
        if self.outlook.edits_date(day, when=when):
            self.edits.append(("ben", day, "when", when))

    def _when_there(self, event) -> When:
        zone = zones.iana(event["originalStartTimeZone"])
        start, end = span_of(event)
        if event["isAllDay"]:
            return When(start.replace(tzinfo=None), end.replace(tzinfo=None), zone, all_day=True)
        return When(zones.wall(start, zone), zones.wall(end, zone), zone)

    def _later(self, when: When, chance: Random) -> When:
        days = chance.choice((0, 0, 1, -1, 4, -4))
        return moved(when, days=days or 1) if when.all_day else moved(when, days=days, hours=chance.choice((1, 2)))

    def cancels_date(self, chance: Random) -> None:
        self.is_clouded = True
        if chance.random() < 0.5:
            if self.alive_here and self.days_here():
                self.desk.cancel_date(chance.choice(self.days_here()))
        elif self.outlook.master is not None and self.outlook.shown():
            self.outlook.deletes_date(chance.choice(list(self.outlook.shown())))

    def repatterns(self, chance: Random) -> None:
        self.is_clouded = True
        by_ada = chance.random() < 0.5
        said = self.desk.ours if self.alive_here else None
        if said is None:
            return
        if chance.random() < 0.5:
            pattern = changed(said.pattern, count=chance.choice((0, 5, 8)))
            values = {"pattern": pattern if by_ada else pattern_there(changed(said, pattern=pattern))}
        elif said.when.all_day:
            return
        else:
            values = {"when": moved(said.when, hours=-said.when.start.hour + chance.choice((8, 14)))}
        if by_ada:
            self.desk.edit(**values)
        elif self.outlook.master is not None:
            self.outlook.edits(**values)

    def ends(self, chance: Random) -> None:
        self.is_clouded = True
        if chance.random() < 0.5:
            if self.alive_here:
                self.desk.cancel()
        else:
            self.outlook.deletes()

    # What the machines and the weather do

    def settles(self, _chance: Random) -> None:
        self.desk.settle()

    def syncs(self, chance: Random) -> None:
        self.desk.sync() if chance.random() < 0.7 else self.desk.look()

    def time_passes(self, chance: Random) -> None:
        self.wharf.simulator.advance(timedelta(seconds=chance.choice((1, 5, 60))))

    def weather_turns(self, chance: Random) -> None:
        method = chance.choice(("GET", "PATCH", "PATCH", "DELETE", "POST"))
        self.wharf.simulator.weather.next(chance.choice(FAULTS), method=method, path="/events")

    def somebody_chooses(self, choice: str) -> bool:
        chosen = self.desk.choose(choice)
        self.is_clouded |= chosen is not None
        return isinstance(chosen, self.core.ChosenOfSeries)

    def becomes_quiet(self, choice: str) -> None:
        self.wharf.simulator.weather.clear()
        for number in range(QUIET_MAX):
            if number == PATIENCE:  # what Exchange refuses, it refuses each time it is asked for
                choice = "theirs"
            self.wharf.simulator.advance(timedelta(minutes=3))
            before = (self.desk.series, self._writes())
            self.desk.sync()
            assert self.desk.unread is None, self.desk.unread
            if self.somebody_chooses(choice) or self.somebody_chooses("theirs"):
                continue
            if before == (self.desk.series, self._writes()):
                return
        raise AssertionError(f"no quiet: {self.desk.plan()}")

    # What must hold

    def _writes(self) -> int:
        return sum(each.method != "GET" for each in self.wharf.simulator.conduct.entries)

    def check(self) -> None:
        core, desk = self.core, self.desk
        writes = self._writes()
        assert desk.sync() == [], "I5: a further pass does something"
        assert self._writes() == writes, "I5: a further pass writes"
        assert len(self.wharf.simulator.ledger) == 0, "a mail in a room's calendar"
        rest = core.rest_of_series(desk.series, desk.rules, now=desk.now)
        assert rest in (core.Rest.SETTLED, core.Rest.PARKED), rest
        assert self.alive_here is (self.outlook.master is not None), "I6, I7: on one side only"
        if self.alive_here:
            self._both_say_the_same(parked=rest is core.Rest.PARKED)
        if self.alive_here and not self.is_clouded:
            self._nothing_was_lost()

    def _both_say_the_same(self, *, parked: bool) -> None:
        assert not parked, "at rest"
        days = recurrence.dates(self.desk.ours.pattern, None, LAST_LOOKED_AT)
        here = {day: said for day in days if (said := self.desk.said(day)) is not None}
        there = {day: each for day, each in self.outlook.shown().items() if day <= LAST_LOOKED_AT}
        assert set(here) == set(there), f"I6: on one side only: {set(here) ^ set(there)}"
        for day, event in there.items():
            self._one_date(day, here[day], event)

    def _one_date(self, day: date, said, event) -> None:
        mine = (said.title, said.place, said.note)
        their = (event["subject"], event["location"]["displayName"], event["bodyPreview"].strip())
        assert mine == their, f"I6: {day}"
        span = tuple(said.when.instants())
        if event["isAllDay"]:
            span = tuple(each.replace(tzinfo=span[0].tzinfo) for each in (said.when.start, said.when.end))
        assert event["isAllDay"] is said.when.all_day, f"I6: {day}"
        assert span == span_of(event), f"I6: {day}"

    def _nothing_was_lost(self) -> None:
        """I3: what only one of them edited stands in the end."""
        there = self.outlook.shown()
        for who, day, name, _ in self.edits:
            of_field = [each for each in self.edits if each[1] == day and each[2] == name]
            if day is None or name == "when" or {each[0] for each in of_field} != {who}:
                continue
            value, event = of_field[-1][3], there[day]
            said = {"title": event["subject"], "place": event["location"]["displayName"],
                    "note": event["bodyPreview"].strip()}[name]  # fmt: skip
            kept = [getattr(each, side) for each in self.desk.conflicts for side in ("ours", "theirs")]
            assert said == value or any(getattr(one, name, None) == value for one in kept), (
                f"I3: {who}'s {value!r} of {day}"
            )


def walk(core, wharf, seed: int, *, steps: int = 22) -> None:
    """One random history, its quiet, and its checks."""
    chance = Random(seed)
    for name in FLAGS:
        wharf.simulator.switch(name, value=chance.random() < 0.5)
    said, born_there = a_series(core, chance), chance.random() < 0.4
    outlook = RoomInOutlook(wharf.simulator)
    desk = SeriesDesk(core, wharf, None if born_there else said, zone=said.when.zone)
    if born_there:
        outlook.makes(said)
    desk.sync()
    one = SeriesWalk(core, wharf, desk, outlook)
    calm, fair = chance.random() < 0.5, chance.random() < 0.4
    for _ in range(chance.randint(3, steps)):
        act(one, chance, calm=calm, fair=fair)
    one.becomes_quiet(chance.choice(("ours", "theirs")))
    one.check()


def act(one: SeriesWalk, chance: Random, *, calm: bool, fair: bool) -> None:
    acts = (one.ada_edits, one.ben_edits, one.ada_moves, one.ben_moves, one.settles, one.syncs, one.time_passes)
    more = (one.cancels_date, one.repatterns, one.ends, one.weather_turns)
    weights = (5, 5, 3, 3, 5, 8, 4, *((0, 0, 0) if calm else (3, 2, 0.4)), 0 if fair else 9)
    chance.choices(acts + more, weights)[0](chance)
    if one.desk.series.parked is not None and chance.random() < 0.2:
        one.somebody_chooses(chance.choice(("ours", "theirs")))
