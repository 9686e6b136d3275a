"""What is the next step of a series?

`plan_series` asks `plan` about the master first and then about each date that says something of its own, and puts the
steps in the only order in which Exchange carries them out: what comes in, then the master, then deletions, then moves,
forward ones from the last and backward ones from the first, so that no date ever stands on its neighbour's day
(FACTS 3.6). Two things no field table can merge are asked: a change of when the series happens against any exception of
the other side, and dates that would cross once both sides' moves stand. It decides; it must not do anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from holdfast.reconcile import fields
from holdfast.reconcile.link import Absence, LinkState, Reason
from holdfast.reconcile.plan import plan
from holdfast.reconcile.resting import Rest
from holdfast.reconcile.resting import holds as link_holds
from holdfast.reconcile.rules import Direction, Rules
from holdfast.reconcile.series import (
    WHEN_IT_HAPPENS,
    Date,
    SeriesState,
    applied,
    ground,
    link_of,
    pattern_of,
    series_fingerprints,
)
from holdfast.reconcile.snapshot import Field, Snapshot
from holdfast.reconcile.steps import Create, Decline, Delete, Look, Nothing, Park, Patch, PullGone, Repeat, Step
from holdfast.reconcile.verdict import Verdict
from holdfast.timetable import recurrence

Verdicts = Mapping[date | None, Verdict]
"""What the house says to each part; None is the master."""

_NO_VERDICTS: Verdicts = {}
_OUT = (Patch, Delete, Decline, Create, Repeat)


@dataclass(frozen=True, slots=True)
class Next:
    """The next step of a series, and whose: a date's, or (None) the master's or the whole series'."""

    day: date | None
    step: Step
    is_whole: bool = False  # a question about the series, not about its master


def plan_series(series: SeriesState, rules: Rules, *, now: datetime, verdicts: Verdicts = _NO_VERDICTS) -> Next:
    """The next step. Total, deterministic, and without effect."""
    master = series.master
    if master.closed is not None or master.ours is Absence.NOT_WATCHED or _holds(series, now=now):
        return Next(None, Nothing())
    step = plan(master, rules, now=now, verdict=verdicts.get(None))
    if not isinstance(step, Look) and not master.offers:
        question = _question(series, step, rules)
        if question is not None:
            return Next(None, question, is_whole=True)
    if not isinstance(step, Nothing):
        return Next(None, step)
    if not _is_settled(master):
        return Next(None, step)
    return _of_dates(series, rules, now=now, verdicts=verdicts)


def rest_of_series(series: SeriesState, rules: Rules, *, now: datetime) -> Rest:
    """Where the series is; it is parked where any part of it is, and nothing else is left to do."""
    if series.master.closed is not None:
        return Rest.CLOSED
    if not isinstance(plan_series(series, rules, now=now).step, Nothing):
        return Rest.UNSETTLED
    parked = [link_holds(link_of(series, each.day), now=now) for each in series.dates if each.parked is not None]
    if _holds(series, now=now) or link_holds(series.master, now=now) or any(parked):
        return Rest.PARKED
    return Rest.SETTLED


def _holds(series: SeriesState, *, now: datetime) -> bool:
    parked = series.parked
    if parked is None or (parked.until is not None and now >= parked.until):
        return False
    return series_fingerprints(series) == (parked.ours, parked.theirs)


def _is_settled(master: LinkState) -> bool:
    """Both sides have the series, and have agreed on it once: only then can its dates be told apart."""
    there = None if master.theirs is None else master.theirs.said
    return isinstance(master.ours, Snapshot) and there is not None and master.agreed.theirs is not None


# What is asked of the whole series


def _question(series: SeriesState, step: Step, rules: Rules) -> Park | None:
    """What no merge can answer. Where only one side may speak, its word is enough."""
    if rules.direction is not Direction.BOTH:
        return None
    mine = tuple(each for each in series.dates if each.ours != each.agreed.ours)
    their = tuple(each for each in series.dates if each.theirs != each.agreed.theirs)
    match step:
        case PullGone():
            return Park(Reason.DELETED_THERE, detail=_days(mine)) if mine else None
        case Delete():
            return Park(Reason.CANCELLED_HERE, detail=_days(their)) if their else None
        case _:
            return _question_of_pattern(series.master, mine, their, rules)


def _question_of_pattern(
    master: LinkState, mine: tuple[Date, ...], their: tuple[Date, ...], rules: Rules
) -> Park | None:
    by_us, by_them = _repatterned(master, rules)
    if by_us and by_them:
        return None if _to_the_same(master) else Park(Reason.REPATTERNED)
    against = mine if by_them else their if by_us else ()
    return Park(Reason.REPATTERNED, detail=_days(against)) if against else None


def _repatterned(master: LinkState, rules: Rules) -> tuple[bool, bool]:
    """Whether each side changed when the series happens since they agreed on it."""
    base, there = master.agreed, None if master.theirs is None else master.theirs.said
    if base.ours is None or base.theirs is None or there is None or not isinstance(master.ours, Snapshot):
        return False, False
    flow = fields.flow(master.theirs, rules)
    out, into = (tuple(name for name in WHEN_IT_HAPPENS if name in way) for way in flow)
    return bool(fields.changed(base.ours, master.ours, out)), bool(fields.changed(base.theirs, there, into))


def _to_the_same(master: LinkState) -> bool:
    assert isinstance(master.ours, Snapshot), "both sides were asked about"
    assert master.theirs is not None, "both sides were asked about"
    assert master.theirs.said is not None, "both sides were asked about"
    return not fields.changed(fields.read_back(master.ours), master.theirs.said, WHEN_IT_HAPPENS)


def _days(dates: tuple[Date, ...]) -> str:
    return " ".join(each.day.isoformat() for each in dates)


# The dates


def _of_dates(series: SeriesState, rules: Rules, *, now: datetime, verdicts: Verdicts) -> Next:
    steps = [_of_date(series, each.day, rules, now=now, verdict=verdicts.get(each.day)) for each in series.dates]
    steps = [_possible(each) for each in steps if not isinstance(each.step, Nothing)]
    if not steps:
        return Next(None, Nothing())
    coming = next((each for each in steps if not isinstance(each.step, _OUT)), None)
    if coming is not None:
        return coming
    steps.sort(key=lambda each: _turn(series, each))
    crossing = _crossing(series, steps)
    if crossing:
        return Next(None, Park(Reason.CROSSING, detail=" ".join(day.isoformat() for day in crossing)), is_whole=True)
    return _read_first(series, steps[0])


def _of_date(series: SeriesState, day: date, rules: Rules, *, now: datetime, verdict: Verdict) -> Next:
    """A parked date is read where a read of the series could not tell enough of it: else it would stay parked whatever
    happens to it there.
    """
    link = link_of(series, day)
    step = plan(link, rules, now=now, verdict=verdict)
    asks = link.parked is not None and link.must_look and isinstance(step, Nothing)
    return Next(day, Look(link.known[0]) if asks else step)


def _possible(planned: Next) -> Next:
    """A date that was deleted there cannot be written again: Graph has no request for it."""
    if isinstance(planned.step, Create | Repeat):
        return Next(planned.day, Park(Reason.LOST_DATE))
    return planned


def _read_first(series: SeriesState, planned: Next) -> Next:
    """A write needs the date's own etag; a date that was never more than its master's has none yet."""
    held = next(each for each in series.dates if each.day == planned.day)
    return planned if held.etag else Next(planned.day, Look(held.event_id))


def _turn(series: SeriesState, planned: Next) -> tuple[int, int]:
    """Deletions, then forward moves from the last, backward moves from the first, then what moves nothing."""
    day, step = planned.day, planned.step
    assert day is not None, "the master has had its turn"
    if not isinstance(step, Patch):
        return 0, day.toordinal()
    if Field.WHEN not in step.fields:
        return 3, day.toordinal()
    now_there = link_of(series, day).theirs
    assert now_there is not None, "what is changed is there"
    assert now_there.said is not None, "what is changed is there"
    goes_forward = step.after.when.start > now_there.said.when.start
    return (1, -day.toordinal()) if goes_forward else (2, day.toordinal())


def _crossing(series: SeriesState, steps: list[Next]) -> list[date]:
    """The moves that would set a date on a neighbour's day or past it, the steps done in their order (FACTS 3.6)."""
    stands = {each.day: _stands_on(series, each) for each in series.dates}
    crossing: list[date] = []
    for each in steps:
        day, step = each.day, each.step
        assert day is not None, "the master has had its turn"
        if isinstance(step, Delete):
            stands[day] = None
        elif isinstance(step, Patch) and Field.WHEN in step.fields:
            stands[day] = step.after.when.start.date()
            if not _keeps_its_place(series, day, stands):
                crossing.append(day)
    return crossing


def _stands_on(series: SeriesState, held: Date) -> date | None:
    """The day on which a date stands there now; None where it was deleted."""
    base = ground(series, held.day).theirs
    assert base is not None, "a series says something as long as its dates are asked about"
    said = applied(base, held.theirs)
    return None if said is None else said.when.start.date()


def _keeps_its_place(series: SeriesState, day: date, stands: Mapping[date, date | None]) -> bool:
    at, before, after = stands[day], _neighbour(series, day, stands, side=0), _neighbour(series, day, stands, side=1)
    assert at is not None, "a cancelled date does not move"
    return (before is None or before < at) and (after is None or at < after)


def _neighbour(series: SeriesState, day: date, stands: Mapping[date, date | None], *, side: int) -> date | None:
    """Where the nearest date before (0) or after (1) stands that was not deleted; only stored dates can be."""
    pattern = pattern_of(series.master)
    assert pattern is not None, "a series has a pattern"
    at = day
    for _ in range(len(stands) + 1):
        found = recurrence.neighbours(pattern, at)[side]
        if found is None or stands.get(found, found) is not None:
            return None if found is None else stands.get(found, found)
        at = found
    return None
