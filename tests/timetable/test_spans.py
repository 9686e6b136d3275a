"""Half-open spans."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.timetable.errors import ImpossibleTime
from holdfast.timetable.spans import Span, joined, span, without

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)


def hours(start: float, end: float) -> Span:
    return Span(NINE + timedelta(hours=start), NINE + timedelta(hours=end))


spans = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda ends: hours(min(ends), max(ends)))


@pytest.mark.museum("Z-T11", "Z-T17")
def test_neighbours_do_not_overlap():
    """Z-T11, Z-T17: one half-open rule everywhere."""
    assert not hours(0, 1).overlaps(hours(1, 2))
    assert hours(0, 1).overlaps(hours(0.5, 2))
    assert not hours(1, 1).overlaps(hours(0, 2))
    assert not hours(0, 2).overlaps(hours(1, 1))
    assert hours(0, 2).covers(NINE)
    assert not hours(0, 2).covers(NINE + timedelta(hours=2))


def test_what_two_spans_share():
    assert hours(0, 2).common(hours(1, 3)) == hours(1, 2)
    assert hours(0, 1).common(hours(1, 3)) is None
    assert hours(0, 4).contains(hours(0, 4))
    assert not hours(0, 4).contains(hours(1, 5))


def test_buffers_widen_the_end_only():
    assert hours(0, 1).widened(end=timedelta(minutes=30)) == hours(0, 1.5)


def test_a_span_is_checked_where_it_enters():
    assert span(NINE, NINE).is_empty
    with pytest.raises(ImpossibleTime, match="before"):
        span(NINE, NINE - timedelta(seconds=1))
    with pytest.raises(ImpossibleTime, match="time zone"):
        span(NINE.replace(tzinfo=None), NINE.replace(tzinfo=None))


@given(spans, spans)
def test_overlap_is_symmetric_and_means_a_common_part(one, other):
    assert one.overlaps(other) == other.overlaps(one)
    shared = one.common(other)
    assert (shared is not None) == one.overlaps(other)
    if shared is not None:
        assert one.contains(shared)
        assert other.contains(shared)


@given(st.lists(spans, max_size=6))
def test_joining_keeps_every_instant_once(many):
    few = joined(many)
    assert all(left.end < right.start for left, right in itertools.pairwise(few))
    for half in range(26):
        moment = NINE + timedelta(minutes=30 * half)
        assert any(one.covers(moment) for one in many) == any(one.covers(moment) for one in few)


@given(spans, st.lists(spans, max_size=6))
def test_what_is_left_is_what_is_not_taken(whole, taken):
    left = without(whole, taken)
    for half in range(26):
        moment = NINE + timedelta(minutes=30 * half)
        free = whole.covers(moment) and not any(one.covers(moment) for one in taken)
        assert free == any(one.covers(moment) for one in left)
