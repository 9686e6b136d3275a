"""What became of an order about a series, or would become of it. Values, never exceptions; refusals are `Refused`."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from holdfast.bookings.outcomes import Clash, Done, Refused
from holdfast.bookings.series.exceptions import Dropped
from holdfast.bookings.series.master import Master
from holdfast.timetable.when import When


@dataclass(frozen=True, slots=True)
class Skipped:
    """A date that was not done because its time is taken."""

    day: date
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class SeriesDone:
    """`before` is None for a new series; `begun` is the series that this and the following dates became.

    `dates` are those that were made or changed; one of them names in its `overlaps` what it now overlaps.
    """

    series: Master
    before: Master | None = None
    begun: Master | None = None
    dates: tuple[Done, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    cut: tuple[str, ...] = ()


SeriesOutcome = SeriesDone | Refused


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another resource of the same kind and place that is free at that time."""

    resource_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One date: when it would be, what stands in its way, and what is free instead."""

    day: date
    when: When
    clashes: tuple[Clash, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Foresight:
    """An order as it would go, before anything is written.

    `horizon` is the last day that was looked at; an endless series goes on behind it.
    """

    dates: tuple[Foreseen, ...]
    dropped: tuple[Dropped, ...]
    horizon: date
    is_endless: bool

    @property
    def clashing(self) -> tuple[Foreseen, ...]:
        return tuple(each for each in self.dates if each.clashes)
