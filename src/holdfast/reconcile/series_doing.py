"""The series after something happened: it was read, a step was done, a write was answered, or we changed it here.

Decides what each of these means for the dates, and leaves every single link to the functions that know links. A read of
a series is one: its master, its exceptions in full, and the dates that were deleted from it, so that a date which is in
neither list is known to follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from holdfast.reconcile import doing, fields, offers
from holdfast.reconcile.link import LinkState, Offer, Ours, Parked, Reason, Sight
from holdfast.reconcile.observations import Gone, Observation, Outcome, Seen, Source, observe
from holdfast.reconcile.repeating import Next
from holdfast.reconcile.resting import parked_as
from holdfast.reconcile.rules import Rules
from holdfast.reconcile.series import (
    FOLLOWS,
    WHEN_IT_HAPPENS,
    Date,
    DatePair,
    Says,
    SeriesState,
    applied,
    begun_anew,
    date_of,
    ground,
    link_of,
    override,
    series_fingerprints,
    there_on_day,
    with_date,
    with_link,
    without_orphans,
)
from holdfast.reconcile.snapshot import Pair, Snapshot
from holdfast.reconcile.steps import Agree, Close, Decline, Park, Pull, PullGone, PullNew, Push, Taking


@dataclass(frozen=True, slots=True)
class SeriesLook:
    """One GET of a master with its exceptions and its deleted dates (`$expand=exceptionOccurrences`, FACTS 3.7)."""

    master: Sight
    exceptions: Mapping[date, Sight]
    deleted: frozenset[date]


def look_at_series(series: SeriesState, look: SeriesLook) -> tuple[SeriesState, Outcome]:
    """The series after it was read; a read that is older than what is held changes nothing."""
    master, outcome = observe(series.master, Seen(look.master, Source.GET))
    if outcome in (Outcome.OLDER, Outcome.OTHER, Outcome.CLOSED):
        return replace(series, master=master), outcome
    before, series = series, _with_master(series, master)
    if look.master.said is None:
        return series, outcome
    for day in sorted({each.day for each in series.dates} | look.exceptions.keys() | look.deleted):
        series = _date_read(series, day, look)
    series = _as_we_made_them(series, look)
    return series, Outcome.SAME if series == before else outcome


def look_at_date(series: SeriesState, day: date, sight: Sight | None) -> tuple[SeriesState, Outcome]:
    """The series after one of its dates was read by itself; None: a GET said that this date is not there."""
    if sight is None:
        return _observed(series, day, Gone(date_of(series, day).event_id))
    return _observed(series, day, Seen(sight, Source.GET))


def edited_series(series: SeriesState, ours: Ours, dates: Mapping[date, Says]) -> SeriesState:
    """The series after it says something else here; a date that is not named follows."""
    series = replace(series, master=doing.edited(series.master, ours))
    if not isinstance(ours, Snapshot):
        return series
    for day in sorted({each.day for each in series.dates} | dates.keys()):
        series = with_date(series, replace(date_of(series, day), ours=dates.get(day, FOLLOWS)))
    return series


def send_of_series(series: SeriesState, following: Next, *, now: datetime) -> tuple[SeriesState, Offer]:
    """The series with the offer saved; the step of `following` is a write."""
    step = following.step
    assert isinstance(step, Push | Decline), "only writes are sent"
    if following.day is None:
        master, offer = offers.send(series.master, step, now=now)
        return replace(series, master=master), offer
    link, offer = offers.send(link_of(series, following.day), step, now=now)
    return with_link(series, following.day, link), offer


def answer_of_series(
    series: SeriesState, day: date | None, number: int, response: offers.Response, *, now: datetime
) -> SeriesState:
    """The series after the answer to the offer of this number, of the master (None) or of a date."""
    if day is not None:
        if isinstance(response, offers.Landed) and response.sight is not None:
            response = offers.Landed(_on_ground(series, day, response.sight))
        return with_link(series, day, offers.answer(link_of(series, day), number, response, now=now))
    before = series
    series = _with_master(series, offers.answer(series.master, number, response, now=now))
    if series.dates == before.dates and not _happens_otherwise(before.master, series.master):
        return series
    # Exchange may have forgotten the exceptions, or not (FACTS 3.7): one read tells.
    made = response.sight if isinstance(response, offers.Landed) else None
    remade = made.etag if made is not None and _happens_otherwise(before.master, series.master) else ""
    return replace(series, master=replace(series.master, must_look=True), remade=remade)


def refused_by_neighbour(series: SeriesState, day: date, number: int, *, now: datetime) -> SeriesState:
    """The series after ErrorOccurrenceCrossingBoundary: a neighbour moved since it was read, so it is read again.

    The date waits for a person: whether it still may move is for whoever sees where its neighbours stand now.
    """
    link = offers.answer(link_of(series, day), number, offers.Failed(offers.Failure.REJECTED), now=now)
    series = with_link(series, day, replace(link, parked=parked_as(link, Reason.CROSSING, now=now)))
    return replace(series, master=replace(series.master, must_look=True))


def done_of_series(
    series: SeriesState,
    following: Next,
    rules: Rules,
    *,
    now: datetime,
    result: Snapshot | None = None,
    who: str = "rule",
) -> SeriesState:
    """The series after a step that needs no answer from Microsoft."""
    step = following.step
    assert isinstance(step, Agree | Taking | Park | Close), "writes and reads have answers"
    if following.is_whole and isinstance(step, Park):
        ours, theirs = series_fingerprints(series)
        return replace(series, parked=Parked(step.reason, ours, theirs, now, step.until, step.detail))
    series = replace(series, parked=None)
    if following.day is None:
        master = doing.done(series.master, step, now=now, result=result, who=who)
        return _dates_after(step, series.master, replace(series, master=master), rules)
    link = doing.done(link_of(series, following.day), step, now=now, result=result, who=who)
    return with_link(series, following.day, link)


def _dates_after(
    step: Agree | Taking | Park | Close, before: LinkState, series: SeriesState, rules: Rules
) -> SeriesState:
    """What a step of the master means for the dates."""
    match step:
        case PullNew():
            return _all_taken_in(series, rules)
        case PullGone():
            return replace(series, dates=(), parked=None)
        case Pull() if _happens_otherwise(before, series.master):
            return begun_anew(series, ours_stay=False)
        case Agree() if _happens_otherwise(before, series.master):
            return replace(series, dates=tuple(replace(each, agreed=DatePair()) for each in series.dates))
        case _:
            return without_orphans(series)


def _with_master(series: SeriesState, master: LinkState) -> SeriesState:
    """The series with its master after an answer or a read: should a change of when it happens have landed, Exchange
    forgot the exceptions, and what was agreed of them is void.
    """
    landed = _happens_otherwise(series.master, master) or _is_another_event(series.master, master)
    series = replace(series, master=master)
    return without_orphans(begun_anew(series, ours_stay=True) if landed else series)


def _happens_otherwise(before: LinkState, after: LinkState) -> bool:
    """Whether what was agreed of when the series happens is another now; a first agreement is none."""
    old, new = before.agreed.theirs, after.agreed.theirs
    return old is not None and new is not None and bool(fields.changed(old, new, WHEN_IT_HAPPENS))


def _is_another_event(before: LinkState, after: LinkState) -> bool:
    """The series was made there again: nothing that was known of its dates is true of the new ones."""
    return before.theirs is not None and after.theirs is not None and before.theirs.event_id != after.theirs.event_id


def _date_read(series: SeriesState, day: date, look: SeriesLook) -> SeriesState:
    held = date_of(series, day)
    if day in look.deleted:
        return _observed(series, day, Gone(held.event_id))[0]
    # A read of the whole series does not bring our marker: with a write open, the date is asked by itself.
    source = Source.ROUND if held.offers or held.must_look else Source.GET
    sight = look.exceptions.get(day)
    if sight is None:
        sight = _as_the_series(series, held)
    return _observed(series, day, Seen(sight, source))[0]


def _as_we_made_them(series: SeriesState, look: SeriesLook) -> SeriesState:
    """The exceptions that outlived our change of when it happens, agreed as they are, so that ours are sent over them.

    An exception that Exchange keeps, it keeps with its old hour. That is nobody's edit as long as the series is under
    the very etag of our answer: whatever happens to a date gives its master another.
    """
    if series.remade and look.master.etag == series.remade:
        for day in look.exceptions:
            held = date_of(series, day)
            series = with_date(series, replace(held, agreed=DatePair(held.theirs, held.theirs)))
    return replace(series, remade="")


def _as_the_series(series: SeriesState, held: Date) -> Sight:
    """A date without an exception: its own etag is not known until it is read by itself."""
    plain, master = link_of(series, held.day).theirs, series.master.theirs
    assert plain is not None, "a date of a series always has its place there"
    assert master is not None, "the series was read"
    assert master.said is not None, "the series was read"
    return replace(plain, said=there_on_day(master.said, held.day), etag="", modified=None, marker=None)


def _observed(series: SeriesState, day: date, observation: Observation) -> tuple[SeriesState, Outcome]:
    link = link_of(series, day)
    if isinstance(observation, Seen) and link.theirs is not None:
        # A date is known by its day: its own id is learnt when it is first read by itself, and may change (FACTS 3.9).
        link = replace(link, theirs=replace(link.theirs, event_id=observation.sight.event_id))
        observation = Seen(_on_ground(series, day, observation.sight), observation.source)
    link, outcome = observe(link, observation)
    return with_link(series, day, link), outcome


def _on_ground(series: SeriesState, day: date, sight: Sight) -> Sight:
    """The sight with what the date merely has from their master told as the master that was agreed on: what a date
    inherits is never an edit of the date.
    """
    master, base = series.master.theirs, ground(series, day).theirs
    if master is None or master.said is None or base is None or sight.said is None:
        return sight
    return replace(sight, said=applied(base, override(there_on_day(master.said, day), sight.said)))


def _all_taken_in(series: SeriesState, rules: Rules) -> SeriesState:
    """The dates of a series that was made here of theirs: what they say otherwise is agreed at once."""
    for each in series.dates:
        link = link_of(series, each.day)
        said = None if link.theirs is None else link.theirs.said
        ours = None if said is None else fields.in_our_words(said, None, rules)
        series = with_link(series, each.day, replace(link, ours=ours, agreed=Pair(ours, said)))
    return series
