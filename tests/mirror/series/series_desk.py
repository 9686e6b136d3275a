"""The shell around one series, over the real client and the simulator: what the engine will do, for one series.

Observe, plan, do, answer; a request that fails leaves everything where it was, and the next `settle` goes on.
"""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec.structs import replace as changed

from holdfast.graph import delta, errors, events
from holdfast.graph import series as wire_series
from holdfast.graph.wire import SERIES_MASTER
from holdfast.mirror import translate_series as words
from holdfast.mirror.errors import NotUnderstood
from holdfast.mirror.translate import Mark, mark_text
from tests.graph.wharf import AQUARIUM

INSTANCE, WORKSPACE, BOOKING, LINK = (UUID(int=number) for number in (1, 2, 3, 4))
SETTLE_MAX = 80
REFUSALS_MAX = 3
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)


class SeriesDesk:
    """Ada's side."""

    def __init__(self, core, wharf, ours=None, *, rules=None, zone="Europe/Brussels") -> None:
        self.core, self.wharf = core, wharf
        self.line = wharf.line(AQUARIUM)
        self.rules = rules or core.Rules(zone=zone)
        link = core.LinkState(key=str(LINK), ours=core.Absence.NEVER if ours is None else ours)
        self.series = core.SeriesState(master=link)
        self.conflicts, self.unread, self.refusals = [], None, 0

    @property
    def now(self) -> datetime:
        return self.wharf.clock.now()

    # Our side

    @property
    def ours(self):
        return self.series.master.ours

    @property
    def own(self) -> dict:
        return {each.day: each.ours for each in self.series.dates if each.ours != self.core.FOLLOWS}

    def edit(self, **values) -> None:
        ours = changed(self.ours, **values)
        kept = {day: says for day, says in self.own.items() if self.core.recurrence.has(ours.pattern, day)}
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

    def look(self) -> bool:
        """One read of the series; False where the answer did not come, or cannot be understood."""
        held = self.series.master.theirs
        master_id = held.event_id if held is not None else self._found_there()
        if master_id is None:
            return True
        try:
            told = wire_series.read(self.line, master_id, calendar=None)
            look = words.look_of(told, link=LINK)
        except errors.ItemNotFound:
            master, _ = self.core.observe(self.series.master, self.core.Gone(master_id))
            self.series = changed(self.series, master=master)
            return True
        except errors.GraphError:
            return False
        except NotUnderstood as error:
            self.unread = str(error)
            return False
        self.series, _ = self.core.look_at_series(self.series, look)
        return True

    def look_at(self, day: date) -> bool:
        held = self.core.date_of(self.series, day)
        try:
            told = self._told(day, held.event_id)
        except errors.ItemNotFound:
            self.series, _ = self.core.look_at_date(self.series, day, None)
            return True
        except errors.GraphError:
            return False
        if told is None:
            return self.look()
        found, sight = words.date_sight(told, self.series.master.theirs, link=LINK)
        assert found == day
        self.series, _ = self.core.look_at_date(self.series, day, sight)
        return True

    def _told(self, day: date, event_id: str):
        if event_id:
            return events.get(self.line, event_id, calendar=None)
        master = self.series.master.theirs
        span = words.span_of_date(master.said, day)
        found = wire_series.instances(self.line, master.event_id, calendar=None, since=span.start, until=span.end)
        return words.date_among(found, master.said, day)

    def _found_there(self):
        """What a round brings: the master among its thin occurrences."""
        try:
            for page in delta.start(self.line, calendar=None, since=SINCE, until=UNTIL):
                for event in page.events:
                    if event.type == SERIES_MASTER:
                        return event.id
        except errors.GraphError:
            return None
        return None

    # Steps

    def plan(self):
        return self.core.plan_series(self.series, self.rules, now=self.now)

    def settle(self) -> list:
        """Plan and do until nothing is left, or no answer comes; what was done, as (step, day)."""
        done, self.refusals = [], 0
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
        return self.settle() if self.look() else []

    def _do(self, following) -> bool:
        core, step = self.core, following.step
        self.conflicts.extend(getattr(step, "conflicts", ()))
        match step:
            case core.Look():
                return self.look() if following.day is None else self.look_at(following.day)
            case core.Find(offer):
                return self._find(offer)
            case core.Agree() | core.PullNew() | core.Pull() | core.PullGone() | core.Park() | core.Close():
                self.series = core.done_of_series(self.series, following, self.rules, now=self.now)
                return True
            case _:
                return self._write(following)

    def _find(self, offer) -> bool:
        try:
            found = events.with_mark(self.line, mark_text(self._mark(offer.number)), calendar=None)
        except errors.GraphError:
            return False
        masters = [each.id for each in found if each.type == SERIES_MASTER]
        if not masters:
            master = self.core.not_found(self.series.master, offer.number)
            self.series = changed(self.series, master=master)
            return True
        look = words.look_of(wire_series.read(self.line, masters[0], calendar=None), link=LINK)
        self.series, _ = self.core.look_at_series(self.series, look)
        return True

    def _write(self, following) -> bool:
        day, step = following.day, following.step
        self.series, offer = self.core.send_of_series(self.series, following, now=self.now)
        ask = self._asking(day, step, offer)
        try:
            answer = self.line.send(ask)
            told = None if ask.method == "DELETE" else events.event_of(answer, ask)
        except errors.GraphError as error:
            told = error
        self.series = words.answered(self.series, day, offer.number, told, now=self.now)
        self.refusals += isinstance(told, errors.GraphError)
        # The first refusal is looked at again at once, then some time must pass.
        return not isinstance(told, errors.Transient | errors.Puzzling) and self.refusals < REFUSALS_MAX

    def _asking(self, day, step, offer):
        core, mark = self.core, self._mark(offer.number)
        match step:
            case core.Create(body, _, _, transaction_id):
                sent = words.create_body(body, transaction_id=transaction_id, mark=mark)
                master = core.with_body(self.series.master, offer, sent.decode())
                self.series = changed(self.series, master=master)
                return events.asking_to_create(self.line, sent, calendar=None)
            case core.Repeat(repeated, _):
                return events.asking_to_create(self.line, repeated.body.encode(), calendar=None)
            case core.Patch(target, names, after):
                body = words.master_body(after, names, mark=mark) if day is None else (
                    words.date_body(after, names, day=day, mark=mark)
                )  # fmt: skip
                return events.asking_to_patch(self.line, target.event_id, body, calendar=None, if_match=target.etag)
            case _:
                target = step.target
                return events.asking_to_delete(self.line, target.event_id, calendar=None, if_match=target.etag)

    def _mark(self, number: int) -> Mark:
        return Mark(INSTANCE, WORKSPACE, BOOKING, LINK, number)

    # Answers of a person

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
        if not asked:
            return None
        day, whole = asked[0]
        link = series.master if day is None else core.link_of(series, day)
        prints = core.series_fingerprints(series) if whole else core.fingerprints(link)
        about = core.Next(day, core.Nothing(), is_whole=whole)
        chosen = core.choose_of_series(series, about, core.Answer(core.Choice(choice), *prints), self.rules)
        if isinstance(chosen, core.ChosenOfSeries):
            self.series = core.done_of_series(chosen.series, chosen.following, self.rules, now=self.now, who="ada")
        return chosen

    def _is_asked_whole(self) -> bool:
        parked = self.series.parked
        return parked is not None and (parked.ours, parked.theirs) == self.core.series_fingerprints(self.series)
