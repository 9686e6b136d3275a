"""A small Exchange that keeps one series, and a small shell around it: for histories of series.

`SeriesOutlook` keeps a master and its exceptions the way Exchange does as far as the core can tell: a change of when the
series happens forgets every exception (or, `remembers_dates`, keeps it with the hour it had), a deleted date leaves only its trace on the
master, two dates may not stand on one day nor pass each other, and each item has an etag of its own. Both are for tests.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

from msgspec.structs import replace as changed

from holdfast.timetable import recurrence
from tests.reconcile.outlook import MONDAYS, NOON, Moved, NotThere, at

SETTLE_MAX = 60
HORIZON = date(2026, 5, 30)
"""Nobody looks at what an endless series does after this."""


class Crossing(Exception):
    """ErrorOccurrenceCrossingBoundary."""


class WrittenUnseen(AssertionError):
    """A write without If-Match."""


@dataclass
class SeriesOutlook:
    core: SimpleNamespace
    remembers_dates: bool = False
    master: object = None
    own: dict = field(default_factory=dict)  # day -> {field: value}
    deleted: set = field(default_factory=set)
    etags: dict = field(default_factory=dict)  # day, or None for the master
    markers: dict = field(default_factory=dict)
    transaction_id: str = ""
    generation: int = 0
    writes: list = field(default_factory=list)
    ticks: int = 0
    may_write: bool = True

    def _stamp(self, key) -> None:
        self.ticks += 1
        self.etags[key] = f"v{self.ticks}"
        self.etags[None] = f"v{self.ticks}"  # whatever happens to a date gives the master another change key

    @property
    def days(self) -> list[date]:
        return [day for day in recurrence.dates(self.master.pattern, None, HORIZON) if day not in self.deleted]

    def said(self, day: date):
        """One date in full."""
        return changed(self.core.on_day(self.master, day), **self.own.get(day, {}))

    # Sights

    def sight(self):
        if self.master is None:
            raise NotThere
        return self.core.Sight(
            event_id=f"series-{self.generation}", said=self.core.read_back(self.master), etag=self.etags[None],
            modified=NOON + timedelta(seconds=self.ticks), may_write=self.may_write, marker=self.markers.get(None),
            transaction_id=self.transaction_id,
        )  # fmt: skip

    def look(self):
        master = self.sight()
        exceptions = {day: self.sight_of(day, marker=False) for day in self.own if day in self.days}
        return self.core.SeriesLook(master, exceptions, frozenset(self.deleted))

    def sight_of(self, day: date, *, marker: bool = True):
        if self.master is None or day not in self.days:
            raise NotThere
        return self.core.Sight(
            event_id=f"series-{self.generation}@{day}", said=self.core.read_back(self.said(day)),
            etag=self.etags.get(day) or f"{self.etags[None]}@{day}", modified=NOON + timedelta(seconds=self.ticks),
            may_write=self.may_write, marker=self.markers.get(day) if marker else None,
        )  # fmt: skip

    # What people do

    def person_makes(self, said) -> None:
        self.master, self.own, self.deleted, self.markers = said, {}, set(), {}
        self.etags, self.transaction_id = {}, ""
        self.generation += 1
        self._stamp(None)

    def person_edits(self, **values) -> None:
        self._change_master(values)

    def person_edits_date(self, day: date, **values) -> bool:
        """False where Outlook refuses the move."""
        try:
            self._change_date(day, values)
        except Crossing:
            return False
        return True

    def person_deletes_date(self, day: date) -> None:
        self._delete_date(day)

    def person_deletes(self) -> None:
        self.master = None

    # What requests do

    def create(self, body, transaction_id: str, marker: int):
        if transaction_id == self.transaction_id and self.master is not None:
            return self.sight()
        self.writes.append(("create", None))
        self.person_makes(body)
        self.transaction_id, self.markers[None] = transaction_id, marker
        return changed(self.sight(), marker=None)

    def patch(self, key, etag: str, values: dict, marker: int):
        self._match(key, etag)
        if key is None:
            self._change_master(values)
        else:
            self._change_date(key, values)
        self.writes.append(("patch", key))
        self.markers[key] = marker
        return changed(self.sight() if key is None else self.sight_of(key), marker=None)

    def delete(self, key, etag: str) -> None:
        self._match(key, etag)
        self.writes.append(("delete", key))
        if key is None:
            self.master = None
        else:
            self._delete_date(key)

    def _match(self, key, etag: str) -> None:
        if not etag:
            raise WrittenUnseen
        held = self.sight() if key is None else self.sight_of(key)
        if held.etag != etag:
            raise Moved

    def _change_master(self, values: dict) -> None:
        if "when" in values:
            for day, own in self.own.items():
                own.setdefault("when", self.core.on_day(self.master, day).when)
        self.master = changed(self.master, **values)
        if {"when", "pattern"} & values.keys() and not self.remembers_dates:
            self.own, self.deleted = {}, set()
            self.etags, self.markers = {}, {key: mark for key, mark in self.markers.items() if key is None}
        self._stamp(None)

    def _change_date(self, day: date, values: dict) -> None:
        if "when" in values:
            self._refuse_crossing(day, values["when"].start.date())
        self.own.setdefault(day, {}).update(values)
        self._stamp(day)

    def _refuse_crossing(self, day: date, stands: date) -> None:
        where = {each: self.said(each).when.start.date() for each in self.days}
        before = [where[each] for each in self.days if each < day]
        after = [where[each] for each in self.days if each > day]
        if (before and stands <= before[-1]) or (after and stands >= after[0]):
            raise Crossing

    def _delete_date(self, day: date) -> None:
        self.own.pop(day, None)
        self.markers.pop(day, None)
        self.deleted.add(day)
        self._stamp(day)
        self.etags.pop(day)


class SeriesDesk:
    """The shell around one series. `fate` says what becomes of the next write: "", "before" or "after" (answer lost)."""

    def __init__(self, core, outlook, ours=None, *, rules=None) -> None:
        self.core, self.outlook = core, outlook
        self.rules = rules or core.Rules(zone="Europe/Kiev")
        link = core.LinkState(key="aquarium-1", ours=core.Absence.NEVER if ours is None else ours)
        self.series = core.SeriesState(master=link)
        self.now, self.fate, self.requests = NOON, "", 0
        self.conflicts: list = []

    # Our side

    @property
    def ours(self):
        return self.series.master.ours

    @property
    def own(self) -> dict:
        """Our dates that say something of their own."""
        return {each.day: each.ours for each in self.series.dates if each.ours != self.core.FOLLOWS}

    def edit(self, **values) -> None:
        """The whole series; a change of when it happens keeps the exceptions that still fit."""
        ours = changed(self.ours, **values)
        kept = {day: says for day, says in self.own.items() if recurrence.has(ours.pattern, day)}
        self.series = self.core.edited_series(self.series, ours, kept)

    def edit_date(self, day: date, **values) -> None:
        base = self.core.on_day(self.ours, day)
        held = self.core.applied(base, self.own.get(day, self.core.FOLLOWS)) or base
        says = self.core.override(base, changed(held, **values))
        self.series = self.core.edited_series(self.series, self.ours, self.own | {day: says})

    def cancel_date(self, day: date) -> None:
        self.series = self.core.edited_series(self.series, self.ours, self.own | {day: None})

    def cancel(self) -> None:
        self.series = self.core.edited_series(self.series, None, {})

    def said(self, day: date):
        """One date of ours in full; None where it is cancelled."""
        return self.core.applied(self.core.on_day(self.ours, day), self.own.get(day, self.core.FOLLOWS))

    # Observations

    def look(self) -> None:
        self.requests += 1
        try:
            look = self.outlook.look()
        except NotThere:
            master, _ = self.core.observe(self.series.master, self.core.Gone(self.series.master.theirs.event_id))
            self.series = changed(self.series, master=master)
            return
        self.series, _ = self.core.look_at_series(self.series, look)

    def look_at(self, day: date) -> None:
        self.requests += 1
        try:
            sight = self.outlook.sight_of(day)
        except NotThere:
            sight = None
        self.series, _ = self.core.look_at_date(self.series, day, sight)

    # Steps

    def plan(self):
        return self.core.plan_series(self.series, self.rules, now=self.now)

    def settle(self, *, fate: str = "") -> list:
        """Plan and do until nothing is left; what was done, as (step, day)."""
        self.fate, done = fate, []
        for _ in range(SETTLE_MAX):
            following = self.plan()
            if isinstance(following.step, self.core.Nothing):
                return done
            done.append((type(following.step).__name__, following.day))
            if not self._do(following):
                return done
        raise AssertionError(f"the series never rests: {done[-12:]}")

    def sync(self) -> list:
        """What a change notice brings: the series is read, then settled."""
        if self.outlook.master is not None or self.series.master.theirs is not None:
            self.look()
        return self.settle()

    def _do(self, following) -> bool:
        core, step = self.core, following.step
        self.conflicts.extend(getattr(step, "conflicts", ()))
        match step:
            case core.Look():
                self.look() if following.day is None else self.look_at(following.day)
                return True
            case core.Agree() | core.PullNew() | core.Pull() | core.PullGone() | core.Park() | core.Close():
                self.series = core.done_of_series(self.series, following, self.rules, now=self.now)
                return True
            case _:
                return self._write(following)

    def _write(self, following) -> bool:
        core = self.core
        self.series, offer = core.send_of_series(self.series, following, now=self.now)
        fate, self.fate = self.fate, ""
        unknown = core.Failed(core.Failure.UNKNOWN)
        try:
            response = unknown if fate == "before" else self._request(following, offer)
        except Crossing:
            assert not self._is_up_to_date(), "a move was sent that Exchange refuses"
            self.series = core.refused_by_neighbour(self.series, following.day, offer.number, now=self.now)
            return True
        if fate == "after":
            response = unknown
        self.series = core.answer_of_series(self.series, following.day, offer.number, response, now=self.now)
        return not fate

    def _is_up_to_date(self) -> bool:
        """Whether what is held of every date there is what is there."""
        core, held = self.core, self.series
        there = {day: core.read_back(self.outlook.said(day)) for day in self.outlook.days}
        known = {day: core.link_of(held, day).theirs.said for day in {each.day for each in held.dates} | set(there)}
        return all(known[day] == there.get(day) for day in known)

    def _request(self, following, offer):
        core, outlook, step = self.core, self.outlook, following.step
        self.requests += 1
        try:
            match step:
                case core.Create(body, _, _, transaction_id):
                    return core.Landed(outlook.create(body, transaction_id, offer.number))
                case core.Repeat(_, transaction_id):
                    return core.Landed(outlook.create(offer.pair.theirs, transaction_id, offer.number))
                case core.Patch(target, fields, after):
                    values = {str(name): getattr(after, name) for name in fields}
                    return core.Landed(outlook.patch(following.day, target.etag, values, offer.number))
                case _:
                    outlook.delete(following.day, step.target.etag)
                    return core.Landed()
        except NotThere:
            return core.Failed(core.Failure.NOT_THERE)
        except Moved:
            return core.Failed(core.Failure.MOVED)

    def _is_asked_whole(self) -> bool:
        parked = self.series.parked
        return parked is not None and (parked.ours, parked.theirs) == self.core.series_fingerprints(self.series)

    def choose(self, choice: str):
        """Answer whatever is asked, first of the whole, then of its parts; None where nothing is."""
        core, series = self.core, self.series
        asked = [(None, True)] if self._is_asked_whole() else []
        asked += [(None, False)] if core.holds(series.master, now=self.now) else []
        asked += [
            (each.day, False)
            for each in series.dates
            if each.parked and core.holds(core.link_of(series, each.day), now=self.now)
        ]
        found = next(iter(asked), None)
        if found is None:
            return None
        day, whole = found
        link = series.master if day is None else core.link_of(series, day)
        prints = core.series_fingerprints(series) if whole else core.fingerprints(link)
        about = core.Next(day, core.Nothing(), is_whole=whole)
        chosen = core.choose_of_series(series, about, core.Answer(core.Choice(choice), *prints), self.rules)
        if isinstance(chosen, core.ChosenOfSeries):
            self.series = core.done_of_series(chosen.series, chosen.following, self.rules, now=self.now, who="ada")
        return chosen


def weekly(core, *, title: str = "Stand-up", hour: int = 9, pattern=MONDAYS):
    """Ada's stand-up on six Mondays."""
    return core.Snapshot(at(hour), title, pattern=pattern)


def agreed_series(core, *, born_there: bool = False, **facts):
    """A desk whose series stands in Outlook and is agreed on."""
    outlook = SeriesOutlook(core, **facts)
    if born_there:
        desk = SeriesDesk(core, outlook)
        outlook.person_makes(weekly(core))
    else:
        desk = SeriesDesk(core, outlook, weekly(core))
        desk.settle()
    desk.sync()
    assert desk.settle() == []
    return desk, outlook
