"""The state of a series: its master, and what single dates say otherwise.

A date that says nothing of its own follows the master and is not stored. Each other date has what a link has (ours,
theirs, agreed, offers), kept as *overrides*: only the fields in which it differs from the master. Identity is the
original date, which never changes: an occurrence is moved and edited, never deleted and made again.

`link_of` lays one date out as an ordinary link, on one ground for all its halves, so that every function of this
package works on it; `with_link` takes it back. This module decides nothing else: `repeating` plans.
"""

from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from holdfast.reconcile import fields
from holdfast.reconcile.link import LinkState, Offer, Parked, Sight
from holdfast.reconcile.resting import fingerprint
from holdfast.reconcile.snapshot import NOTHING, Field, Pair, Snapshot
from holdfast.timetable import recurrence
from holdfast.timetable import when as times
from holdfast.timetable.recurrence import Pattern
from holdfast.timetable.when import When

WHEN_IT_HAPPENS = (Field.WHEN, Field.PATTERN)
"""What makes Exchange forget every exception of a series when it changes (FACTS 3.7)."""

_OF_A_DATE = tuple(row.field for row in fields.TABLE if row.field is not Field.PATTERN)


class Override(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a date says otherwise than its master: only the values of `fields` count."""

    fields: tuple[Field, ...] = ()
    said: Snapshot | None = None


FOLLOWS = Override()
"""A date that is as the series is."""

Says = Override | None
"""One side of a date. None: this date is cancelled, and the series goes on."""


class DatePair(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What each side said of a date when they last agreed."""

    ours: Says = FOLLOWS
    theirs: Says = FOLLOWS


class DateOffer(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A write to one date: the offer, and what will be agreed of the date if it landed."""

    offer: Offer  # its own pair is empty: values of the master must not be taken for the date's own later
    pair: DatePair


class Date(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """All that is known of one date that is, or was, not simply as the series is."""

    day: date  # its original date, in the zone of the series
    ours: Says = FOLLOWS
    theirs: Says = FOLLOWS
    agreed: DatePair = DatePair()
    offers: tuple[DateOffer, ...] = ()
    parked: Parked | None = None
    number: int = 0
    must_look: bool = False
    put_backs: tuple[datetime, ...] = ()
    event_id: str = ""  # none until it was read by itself: a date that follows is known by its master and its day
    etag: str = ""
    modified: datetime | None = None
    marker: int | None = None
    is_absent: bool = False  # its absence was confirmed


class SeriesState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A series: the link of its master, and the dates that say something of their own, in order."""

    master: LinkState
    dates: tuple[Date, ...] = ()
    parked: Parked | None = None  # a question about the series as a whole
    remade: str = ""  # etag of the answer to our change of when it happens, until its dates were read


_series = msgspec.json.Decoder(SeriesState)


def decode_series(stored: bytes | str) -> SeriesState:
    """The series that `snapshot.encode` wrote."""
    return _series.decode(stored)


def pattern_of(master: LinkState) -> Pattern | None:
    """The pattern in force: the agreed one, else ours, else theirs."""
    return next((said.pattern for said in _voices(master) if said.pattern is not None), None)


def date_of(series: SeriesState, day: date) -> Date:
    """What is known of a date; a date that follows is as good as any."""
    return next((each for each in series.dates if each.day == day), Date(day=day))


def ground(series: SeriesState, day: date) -> Pair:
    """What both sides say of a date that follows, each in its own words: the master, told for that day.

    Taken from what was agreed, so that an edit of the master is never mistaken for an edit of its dates.
    """
    first, *rest = _voices(series.master)
    ours, theirs = series.master.agreed.ours or first, series.master.agreed.theirs or (rest[0] if rest else first)
    return Pair(on_day(ours, day), there_on_day(theirs, day))


def there_on_day(master: Snapshot, day: date) -> Snapshot:
    """Their master on one of its dates, told as their clocks tell it: on a day that skips its hour that is another."""
    said = on_day(master, day)
    return replace(said, when=times.canonical(said.when))


def on_day(master: Snapshot, day: date) -> Snapshot:
    """The master as it is on one of its dates."""
    return replace(master, when=recurrence.occurrence(master.when, day), pattern=None)


def override(base: Snapshot, said: Snapshot | None) -> Says:
    """What a date says otherwise than `base`."""
    if said is None:
        return None
    names = fields.changed(base, said, _OF_A_DATE)
    return Override(names, fields.take(_BLANK, said, names)) if names else FOLLOWS


def applied(base: Snapshot, says: Says) -> Snapshot | None:
    """A date in full: `base` with its own values."""
    if says is None:
        return None
    return base if says.said is None else fields.take(base, says.said, says.fields)


def link_of(series: SeriesState, day: date) -> LinkState:
    """One date laid out as a link."""
    held, base = date_of(series, day), _grounds(series, day)
    return LinkState(
        key=f"{series.master.key}@{day.isoformat()}",
        ours=applied(base[0], held.ours),
        theirs=_sight(series, held, applied(base[1], held.theirs)),
        agreed=_full(base, held.agreed),
        offers=tuple(replace(each.offer, pair=_full(base, each.pair)) for each in held.offers),
        parked=held.parked,
        number=held.number,
        generation=series.master.generation,
        must_look=held.must_look,
        known=(held.event_id,),
        absent=(held.event_id,) if held.is_absent else (),
        put_backs=held.put_backs,
    )


def with_link(series: SeriesState, day: date, link: LinkState) -> SeriesState:
    """The series after something happened to one date's link, which `link_of` laid out of this very series."""
    base, sight = _grounds(series, day), link.theirs
    assert sight is not None, "a date of a series always has its place there"
    ours = link.ours if isinstance(link.ours, Snapshot) else None
    made = Date(
        day=day,
        ours=override(base[0], ours),
        theirs=override(base[1], sight.said),
        agreed=_sparse(base, link.agreed),
        offers=tuple(DateOffer(replace(each, pair=NOTHING), _sparse(base, each.pair)) for each in link.offers),
        parked=link.parked,
        number=link.number,
        must_look=link.must_look,
        put_backs=link.put_backs,
        event_id=sight.event_id,
        etag=sight.etag,
        modified=sight.modified,
        marker=sight.marker,
        is_absent=sight.said is None and sight.event_id in link.absent,
    )
    return with_date(series, made)


def with_date(series: SeriesState, made: Date) -> SeriesState:
    """The series with this date; one that simply follows, and was never put back, leaves no trace."""
    others = [each for each in series.dates if each.day != made.day]
    if not _follows(made):
        others.append(made)
    return replace(series, dates=tuple(sorted(others, key=lambda each: each.day)))


def begun_anew(series: SeriesState, *, ours_stay: bool) -> SeriesState:
    """The series after both sides agreed on when it happens: no exception was agreed on since.

    A pattern that went out made Exchange forget its exceptions, so theirs are read again and ours are sent again. One
    that came in replaced ours, so theirs come in again.
    """
    pattern = pattern_of(series.master)
    kept = tuple(
        Date(day=each.day, ours=each.ours if ours_stay else FOLLOWS, theirs=FOLLOWS if ours_stay else each.theirs)
        for each in series.dates
        if pattern is not None and recurrence.has(pattern, each.day)
    )
    return replace(series, dates=tuple(each for each in kept if not _follows(each)))


def without_orphans(series: SeriesState) -> SeriesState:
    """The series without its dates once neither side says anything of it any more."""
    return series if _voices(series.master) or not series.dates else replace(series, dates=())


def series_fingerprints(series: SeriesState) -> tuple[str, str]:
    """What a question about the whole series remembers of both sides."""
    sight = series.master.theirs
    said = None if sight is None else (sight.said, sight.may_write)
    ours = (series.master.ours, tuple((each.day, each.ours) for each in series.dates if each.ours != FOLLOWS))
    theirs = tuple((each.day, each.theirs) for each in series.dates if each.theirs != FOLLOWS)
    return fingerprint(ours), fingerprint((said, theirs))


_BLANK = Snapshot(When(datetime(1, 1, 1), datetime(1, 1, 1)))  # noqa: DTZ001  wall time, as every When
"""Stands where an override says nothing."""


def _voices(master: LinkState) -> list[Snapshot]:
    """Everything that says what the master is, the most settled first."""
    sight = None if master.theirs is None else master.theirs.said
    ours = master.ours if isinstance(master.ours, Snapshot) else None
    return [said for said in (master.agreed.ours, master.agreed.theirs, ours, sight) if said is not None]


def _grounds(series: SeriesState, day: date) -> tuple[Snapshot, Snapshot]:
    base = ground(series, day)
    assert base.ours is not None, "a series says something as long as its dates are asked about"
    assert base.theirs is not None, "a series says something as long as its dates are asked about"
    return base.ours, base.theirs


def _full(base: tuple[Snapshot, Snapshot], pair: DatePair) -> Pair:
    return Pair(applied(base[0], pair.ours), applied(base[1], pair.theirs))


def _sparse(base: tuple[Snapshot, Snapshot], pair: Pair) -> DatePair:
    return DatePair(override(base[0], pair.ours), override(base[1], pair.theirs))


def _sight(series: SeriesState, held: Date, said: Snapshot | None) -> Sight:
    master = series.master.theirs
    return Sight(
        event_id=held.event_id,
        said=said,
        etag=held.etag,
        modified=held.modified,
        may_write=master is not None and master.may_write,
        marker=held.marker,
        online=master is not None and master.online,
        copied=master is not None and master.copied,
    )


def _follows(made: Date) -> bool:
    return (
        made.ours == made.theirs == FOLLOWS
        and made.agreed == DatePair()
        and not (made.offers or made.parked or made.must_look or made.put_backs)
    )
