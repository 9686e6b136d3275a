"""Half-open spans of instants.

This module decides what it means for spans to touch, overlap and cover each other: a span has its start and lacks its
end, everywhere in the project, so two bookings that follow each other never overlap and the edge of a window is asked
by one rule only. It must not know zones or wall times: `when` turns those into spans.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from holdfast.timetable.errors import ImpossibleTime


class Span(NamedTuple):
    """The instants from `start` up to and without `end`; both aware."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def is_empty(self) -> bool:
        return self.end <= self.start

    def overlaps(self, other: "Span") -> bool:
        """True where one instant lies in both. An empty span overlaps nothing."""
        if self.is_empty or other.is_empty:
            return False
        return self.start < other.end and other.start < self.end

    def covers(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def common(self, other: "Span") -> "Span | None":
        """What both cover, or None."""
        if not self.overlaps(other):
            return None
        return Span(max(self.start, other.start), min(self.end, other.end))

    def widened(self, *, end: timedelta) -> "Span":
        """The span with a buffer: buffers widen the end only, so that two neighbours do not count one gap twice."""
        return Span(self.start, self.end + end)


def span(start: datetime, end: datetime) -> Span:
    """A checked span: aware and not inverted."""
    if start.tzinfo is None or end.tzinfo is None:
        message = "start and end of a span need a time zone"
        raise ImpossibleTime(message)
    if end < start:
        message = f"the end {end.isoformat()} lies before the start {start.isoformat()}"
        raise ImpossibleTime(message)
    return Span(start, end)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same instants as few spans as possible, in order; spans that touch become one."""
    result: list[Span] = []
    for each in sorted(one for one in spans if not one.is_empty):
        if result and each.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, each.end))
        else:
            result.append(each)
    return result


def without(whole: Span, taken: Iterable[Span]) -> list[Span]:
    """What is left of `whole` when the taken spans are cut out, in order."""
    left: list[Span] = []
    at = whole.start
    for each in joined(taken):
        if each.end <= at or each.start >= whole.end:
            continue
        if each.start > at:
            left.append(Span(at, each.start))
        at = max(at, each.end)
    if at < whole.end:
        left.append(Span(at, whole.end))
    return left
