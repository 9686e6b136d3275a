"""Series in Graph's words: a master, its exceptions and its deleted dates into one look, and what is written of them.

Decides in which zone a series is meant and which date each of its items is. A date is named by its original one, in the
zone of the recurrence: `originalStart` is an instant, told in UTC or with any offset, of an all-day series the midnight
of that zone (FACTS 3.7). What cannot be read is said (`NotUnderstood`) and never guessed: a series of which one date is
unknown is quarantined as a whole, because a date that is left out would count as one that follows.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from holdfast.graph import wire
from holdfast.graph.errors import CrossesNeighbour, GraphError
from holdfast.graph.series import Series
from holdfast.mirror import translate
from holdfast.mirror.errands import failure_of
from holdfast.mirror.errors import NotUnderstood
from holdfast.mirror.recurrences import pattern_of
from holdfast.mirror.translate import Mark
from holdfast.reconcile.link import Kind, Sight
from holdfast.reconcile.offers import Failed, Failure, Landed, withdrawn
from holdfast.reconcile.series import WHEN_IT_HAPPENS, SeriesState, link_of, with_link
from holdfast.reconcile.series_doing import SeriesLook, answer_of_series, refused_by_neighbour
from holdfast.reconcile.snapshot import Field, Snapshot
from holdfast.timetable import recurrence, zones
from holdfast.timetable.spans import Span

_DATES = frozenset({wire.OCCURRENCE, wire.EXCEPTION})
_DAY_CHARS = len("2026-03-09")
_AROUND = timedelta(days=1)

# Reading


def look_of(told: Series, *, link: UUID | None = None) -> SeriesLook:
    """The series as it was read. Raises NotUnderstood."""
    master = master_sight(told, link=link)
    if master.said is None:
        return SeriesLook(master, {}, frozenset())
    exceptions: dict[date, Sight] = {}
    deleted = {_deleted_day(each) for each in told.cancelled}
    for event in told.exceptions:
        day, sight = date_sight(event, master)
        if day in exceptions:
            raise NotUnderstood(f"two of its exceptions stand for {day.isoformat()}")
        deleted.discard(day)
        if sight.said is None:  # a cancelled or declined date means nothing more, as a deleted one
            deleted.add(day)
        else:
            exceptions[day] = sight
    return SeriesLook(master, exceptions, frozenset(day for day in deleted if _has(master.said, day)))


def master_sight(event: wire.Event, *, link: UUID | None = None) -> Sight:
    """The master as seen. Raises NotUnderstood."""
    if event.type != wire.SERIES_MASTER or not isinstance(event.recurrence, wire.Recurrence):
        raise NotUnderstood("it does not repeat, or does not say how")
    zone = zone_of(event, event.recurrence)
    said = translate.said_of(event, zone=zone, pattern=pattern_of(event.recurrence))
    if said is not None and not said.when.all_day and said.when.zone != zones.representative(zone):
        _refuse_other_zone(said, zone)
    return translate.seen(event, said, link=link)


def zone_of(master: wire.Event, told: wire.Recurrence) -> str:
    """The zone whose wall clock the series follows: of the recurrence, or the one it was made in (FACTS 11, 38).

    Left out or empty it is the series' own. Where a custom zone is named, UTC is certainly not it: then a guess would
    be an hour off for half of the year.
    """
    named, made_in = told.range.recurrence_time_zone or "", master.original_start_time_zone
    found = zones.known(named)
    if found is None:
        found = zones.known(made_in) if isinstance(made_in, str) else None
        if named and found == "UTC":
            found = None
    if found is None:
        raise NotUnderstood(f"it repeats by the clock of a zone that is not known: {named or made_in!r}")
    return found


def date_sight(event: wire.Event, master: Sight, *, link: UUID | None = None) -> tuple[date, Sight]:
    """Which original date an occurrence or exception is, and how it is seen. Raises NotUnderstood.

    A date is told in its series' zone, whatever zone it was last moved in: alone it does not repeat, so only the
    instant counts.
    """
    said = master.said
    assert said is not None, "a series that is over has no dates to read"
    if event.type not in _DATES or event.series_master_id != master.event_id:
        raise NotUnderstood("it is no date of this series")
    day = original_day(event, said)
    if not _has(said, day):
        raise NotUnderstood(f"it stands for {day.isoformat()}, which is no date of its series")
    return day, translate.seen(event, translate.said_of(event, zone=said.when.zone), link=link, day=day)


def original_day(event: wire.Event, said: Snapshot) -> date:
    """Which date of the series an occurrence or exception is. Raises NotUnderstood."""
    if isinstance(event.original_start, datetime):
        return zones.wall(event.original_start, said.when.zone).date()
    if event.type != wire.OCCURRENCE:
        raise NotUnderstood("an exception came without its original start")
    # Thin, in a delta: it is where the pattern has it, so the day it is on is the original one.
    return translate.when_of(event, zone=said.when.zone).start.date()


def span_of_date(said: Snapshot, day: date) -> Span:
    """Where `instances` shows a date whose id was never seen: it follows, as far as we know, so around its own day.

    Where it is not found there it was changed since, and a read of the series brings it with its id.
    """
    span = recurrence.occurrence(said.when, day).instants()
    return Span(span.start - _AROUND, span.end + _AROUND)


def date_among(found: Iterable[wire.Event], said: Snapshot, day: date) -> wire.Event | None:
    """The one of these instances that stands for a date."""
    return next((each for each in found if original_day(each, said) == day), None)


def _refuse_other_zone(said: Snapshot, zone: str) -> None:
    """The first of two doubled hours has no wall time of its own, and a series is nothing but its wall time."""
    if said.when.zone != zones.iana(zone):
        raise NotUnderstood("its first date lies in an hour that the clocks double")


def _has(said: Snapshot, day: date) -> bool:
    return said.pattern is not None and recurrence.has(said.pattern, day)


def _deleted_day(told: str) -> date:
    """The date of `OID.<master>.<yyyy-mm-dd>`."""
    try:
        return date.fromisoformat(told[-_DAY_CHARS:])
    except ValueError:
        raise NotUnderstood(f"a deleted date is called {told[-_DAY_CHARS:]!r}, which cannot be read") from None


# Writing


def create_body(said: Snapshot, *, transaction_id: str, mark: Mark) -> bytes:
    """A POST of a series."""
    return translate.create_body(_begun(said), transaction_id=transaction_id, mark=mark)


def master_body(after: Snapshot, changed: tuple[Field, ...], *, mark: Mark) -> bytes:
    """A PATCH of a master. Time and pattern go together: Graph holds the one against the other (FACTS 3.6)."""
    if after.pattern is not None and any(name in changed for name in WHEN_IT_HAPPENS):
        changed = (*WHEN_IT_HAPPENS, *(name for name in changed if name not in WHEN_IT_HAPPENS))
        after = _begun(after)
    return translate.patch_body(after, changed, mark=mark)


def date_body(after: Snapshot, changed: tuple[Field, ...], *, day: date, mark: Mark) -> bytes:
    """A PATCH of one date: these fields and no other; the marker says which date it was written to."""
    return translate.patch_body(after, changed, mark=replace(mark, day=day))


def _begun(said: Snapshot) -> Snapshot:
    """With its start on the first date that the pattern has: on another, Graph moves the series (FACTS 11, 39)."""
    if said.pattern is None:
        return said
    pattern = recurrence.canonical(said.pattern)
    return replace(said, when=recurrence.occurrence(said.when, pattern.first), pattern=pattern)


# Answers


def answered(
    series: SeriesState, day: date | None, number: int, told: wire.Event | GraphError | None, *, now: datetime
) -> SeriesState:
    """The series after the answer to its write of this number, to its master (None) or to a date."""
    if isinstance(told, CrossesNeighbour) and day is not None:
        return refused_by_neighbour(series, day, number, now=now)
    if isinstance(told, GraphError):
        return _failed(series, day, number, told, now=now)
    response = Landed()
    if told is not None:
        try:
            response = Landed(_sight_of(series, day, told))
        except NotUnderstood as error:
            response = Failed(Failure.UNKNOWN, str(error))
    return answer_of_series(series, day, number, response, now=now)


def _sight_of(series: SeriesState, day: date | None, told: wire.Event) -> Sight:
    """An answer to a write carries no marker, so whose it is need not be known."""
    master = series.master.theirs
    if day is None or master is None or master.said is None:
        return master_sight(told)
    found, sight = date_sight(told, master)
    if found != day:
        raise NotUnderstood(f"the answer about {day.isoformat()} is one about {found.isoformat()}")
    return sight


def _failed(series: SeriesState, day: date | None, number: int, error: GraphError, *, now: datetime) -> SeriesState:
    failed = failure_of(error)
    if failed is not None:
        return answer_of_series(series, day, number, failed, now=now)
    # It certainly did not land, and the fault is not the write's: as if it had not been sent.
    link = series.master if day is None else link_of(series, day)
    offer = next((one for one in link.offers if one.number == number), None)
    if offer is None or offer.kind is Kind.CREATE:  # a create is sent again as it stands
        return series
    link = withdrawn(link, offer)
    return replace(series, master=link) if day is None else with_link(series, day, link)
