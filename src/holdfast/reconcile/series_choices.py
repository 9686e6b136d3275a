"""A person's answer about a series: about one date, about its master, or about the series as a whole.

Decides what is agreed after the answer. As with every link, an answer names the pair it was asked about, and is refused
where either side moved since. The shell does the step that comes back like any other; for the whole series it also
gives the dates as they are then to say.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from holdfast.reconcile import fields
from holdfast.reconcile.choices import Answer, Choice, Moved, NotPossible, choose
from holdfast.reconcile.link import LinkState, Reason
from holdfast.reconcile.repeating import Next
from holdfast.reconcile.rules import Rules
from holdfast.reconcile.series import (
    WHEN_IT_HAPPENS,
    Date,
    DatePair,
    SeriesState,
    link_of,
    series_fingerprints,
    with_date,
    with_link,
)
from holdfast.reconcile.snapshot import Pair, Snapshot
from holdfast.reconcile.steps import Agree, Pull, PullGone, PullNew


@dataclass(frozen=True, slots=True)
class ChosenOfSeries:
    """What to do, and the series on which to do it."""

    following: Next
    series: SeriesState


def choose_of_series(
    series: SeriesState, following: Next, answer: Answer, rules: Rules
) -> ChosenOfSeries | Moved | NotPossible:
    """The step that carries an answer out; `following` says what was asked about, its step does not matter."""
    if following.is_whole:
        return _of_the_whole(series, answer, rules)
    link = series.master if following.day is None else link_of(series, following.day)
    step = choose(link, answer, rules)
    if isinstance(step, Moved | NotPossible):
        return step
    if following.day is not None and isinstance(step, Agree) and step.again:
        return NotPossible("a date that was deleted from a series there cannot be written again; book it by itself")
    return ChosenOfSeries(Next(following.day, step), series)


def _of_the_whole(series: SeriesState, answer: Answer, rules: Rules) -> ChosenOfSeries | Moved | NotPossible:
    if series.parked is None:
        return NotPossible("there is nothing to choose here")
    prints = series_fingerprints(series)
    if prints != (answer.ours, answer.theirs) or prints != (series.parked.ours, series.parked.theirs):
        return Moved()
    theirs_stand = answer.choice is Choice.THEIRS
    match series.parked.reason:
        case Reason.DELETED_THERE:
            return _deleted_there(series, theirs_stand=theirs_stand)
        case Reason.CANCELLED_HERE:
            return _cancelled_here(series, rules, theirs_stand=theirs_stand)
        case Reason.CROSSING if not theirs_stand:
            return NotPossible("two dates would stand on one day or pass each other; move one of them first")
        case _:
            return _as_theirs(series, rules) if theirs_stand else _as_ours(series, rules)


def _deleted_there(series: SeriesState, *, theirs_stand: bool) -> ChosenOfSeries:
    step = PullGone() if theirs_stand else Agree(series.master.agreed, again=True)
    return ChosenOfSeries(Next(None, step), replace(series, parked=None))


def _cancelled_here(series: SeriesState, rules: Rules, *, theirs_stand: bool) -> ChosenOfSeries:
    """Cancelled here, dates edited there. Ours: what they say is taken note of, and then the series goes."""
    theirs = _there(series.master)
    noted = tuple(replace(each, agreed=replace(each.agreed, theirs=each.theirs)) for each in series.dates)
    series = replace(series, parked=None, dates=noted)
    if not theirs_stand:
        return ChosenOfSeries(Next(None, Agree(replace(series.master.agreed, theirs=theirs))), series)
    words = fields.in_our_words(theirs, None, rules)
    return ChosenOfSeries(Next(None, PullNew(words, Pair(words, theirs))), series)


def _as_theirs(series: SeriesState, rules: Rules) -> ChosenOfSeries:
    """Everything as it is there: the pattern, and every date."""
    ours, theirs = _here(series.master), _there(series.master)
    flow = fields.flow(series.master.theirs, rules)
    after = fields.take(ours, fields.in_our_words(theirs, ours, rules), flow.into)
    series = replace(series, parked=None)
    for each in series.dates:
        series = _date_as_theirs(series, each, rules)
    pull = Pull(fields.changed(ours, after, flow.into), after, Pair(after, theirs))
    return ChosenOfSeries(Next(None, pull), series)


def _date_as_theirs(series: SeriesState, held: Date, rules: Rules) -> SeriesState:
    link = link_of(series, held.day)
    said = None if link.theirs is None else link.theirs.said
    mine = link.ours if isinstance(link.ours, Snapshot) else None
    words = None if said is None else fields.in_our_words(said, mine, rules)
    return with_link(series, held.day, replace(link, ours=words, agreed=Pair(words, said), parked=None))


def _as_ours(series: SeriesState, rules: Rules) -> ChosenOfSeries:
    """When it happens is as here, and so is every date that either side has of its own; their other edits stand."""
    base, ours, theirs = series.master.agreed, _here(series.master), _there(series.master)
    words = fields.in_our_words(theirs, ours, rules)
    assert base.ours is not None, "a series that was never agreed on has nothing that moved"
    assert base.theirs is not None, "a series that was never agreed on has nothing that moved"
    noted = Pair(fields.take(base.ours, words, WHEN_IT_HAPPENS), fields.take(base.theirs, theirs, WHEN_IT_HAPPENS))
    series = replace(series, parked=None)
    for each in series.dates:
        # Our half is what theirs says too, so that ours is an edit of it wherever it differs.
        series = with_date(series, replace(each, agreed=DatePair(each.theirs, each.theirs), parked=None))
    return ChosenOfSeries(Next(None, Agree(noted)), series)


def _here(master: LinkState) -> Snapshot:
    assert isinstance(master.ours, Snapshot), "asked about a series that both sides have"
    return master.ours


def _there(master: LinkState) -> Snapshot:
    assert master.theirs is not None, "asked about a series that both sides have"
    assert master.theirs.said is not None, "asked about a series that both sides have"
    return master.theirs.said
