"""A series on the wire: one request for all of it, the slower way for a service that refuses that, and its dates."""

from datetime import UTC, datetime

import pytest

from holdfast.graph import errors, events, marks, series
from holdfast.graph.wire import (
    EventDraft,
    EventId,
    ExtendedProperty,
    Recurrence,
    RecurrencePattern,
    RecurrenceRange,
    WallTime,
)
from sim365.weather.faults import Fault
from tests.graph.conversation import Microsoft, event, line_to, says
from tests.graph.wharf import AQUARIUM, Wharf

CHOIR = EventId("e1")
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
FOUR = Recurrence(
    RecurrencePattern("weekly", 1, days_of_week=("tuesday",)),
    RecurrenceRange("numbered", "2026-03-03", number_of_occurrences=4),
)


@pytest.fixture
def wharf():
    made = Wharf()
    yield made
    assert made.simulator.bugs == []
    assert made.simulator.conduct.offences == []


def choir(wharf):
    """Four Tuesdays with our marker; Dora renamed the second and deleted the third."""
    draft = EventDraft(
        subject="Choir",
        start=WallTime("2026-03-03T17:00:00"),
        end=WallTime("2026-03-03T18:00:00"),
        recurrence=FOUR,
        extended_properties=(ExtendedProperty(marks.EVENT_MARK, "wharf/l1/1"),),
    )
    made = events.create(wharf.line(), events.body_of(draft), calendar=None)
    dora = wharf.simulator.person(AQUARIUM)
    dates = [each for each in dora.events(SINCE, UNTIL) if each["seriesMasterId"]]
    dora.edit_event(dates[1], subject="Choir with Chidi")
    dora.delete_event(dates[2])
    return made


def test_one_request_brings_master_exceptions_deleted_dates_and_our_marker(wharf):
    made = choir(wharf)
    before = wharf.simulator.conduct.requests

    read = series.read(wharf.line(), made.id, calendar=None)

    assert wharf.simulator.conduct.requests == before + 1
    assert read.extended(marks.EVENT_MARK) == "wharf/l1/1"
    assert [each.subject for each in read.exceptions] == ["Choir with Chidi"]
    assert [each[-10:] for each in read.cancelled] == ["2026-03-17"]
    assert all(each.etag and each.original_start and each.last_modified_date_time for each in read.exceptions)


def test_asked_apart_it_says_the_same(wharf):
    made = choir(wharf)

    apart = series.read_apart(wharf.line(), made.id, calendar=None)

    assert apart == series.read(wharf.line(), made.id, calendar=None)


def test_two_versions_are_never_put_together():
    whole = event(type="seriesMaster", exceptionOccurrences=[], cancelledOccurrences=[])
    later = event(type="seriesMaster") | {"@odata.etag": 'W/"e1-2"'}

    with pytest.raises(errors.Unreadable, match="between"):
        series.read_apart(line_to(Microsoft(says(200, whole), says(200, later))), CHOIR, calendar=None)


@pytest.mark.parametrize("missing", ["exceptionOccurrences", "cancelledOccurrences"])
def test_what_was_asked_for_and_left_out_is_not_taken_for_none(missing):
    told = event(type="seriesMaster", exceptionOccurrences=[], cancelledOccurrences=[])
    del told[missing]

    with pytest.raises(errors.Unreadable, match="came without"):
        series.read(line_to(Microsoft(says(200, told))), CHOIR, calendar=None)


def test_exceptions_beyond_the_first_page_are_fetched():
    link = "https://graph.microsoft.com/v1.0/users/a/events/e1/exceptionOccurrences?$skip=1"
    told = event(
        type="seriesMaster",
        cancelledOccurrences=[],
        exceptionOccurrences=[event("x1", type="exception")],
        **{"exceptionOccurrences@odata.nextLink": link},
    )
    microsoft = Microsoft(says(200, told), says(200, {"value": [event("x2", type="exception")]}))

    read = series.read(line_to(microsoft), CHOIR, calendar=None)

    assert [each.id for each in read.exceptions] == ["x1", "x2"]
    assert microsoft.paths[1].endswith("/exceptionOccurrences?$skip=1")


def test_one_exception_that_cannot_be_read_spoils_the_series():
    """Left out it would count as a date that follows."""
    told = event(type="seriesMaster", cancelledOccurrences=[], exceptionOccurrences=[{"subject": "no id"}])

    with pytest.raises(errors.Unreadable):
        series.read(line_to(Microsoft(says(200, told))), CHOIR, calendar=None)


def test_a_master_that_was_made_a_single_event_answers_as_one():
    assert series.read(line_to(Microsoft(says(200, event()))), CHOIR, calendar=None).type == "singleInstance"


def test_a_series_that_is_gone_is_said_to_be(wharf):
    made = choir(wharf)
    wharf.simulator.person(AQUARIUM).delete_event(str(made.id))

    with pytest.raises(errors.ItemNotFound):
        series.read(wharf.line(), made.id, calendar=None)


def test_the_dates_of_a_span_come_whole_with_etags_of_their_own(wharf):
    made = choir(wharf)

    found = series.instances(wharf.line(), made.id, calendar=None, since=SINCE, until=UNTIL)

    assert [(each.type, each.subject) for each in found] == [
        ("occurrence", "Choir"),
        ("exception", "Choir with Chidi"),
        ("occurrence", "Choir"),
    ]
    assert all(each.etag and each.original_start and each.last_modified_date_time for each in found)


def test_a_date_moved_onto_its_neighbours_day_is_refused_by_name(wharf):
    made = choir(wharf)
    first, *_ = series.instances(wharf.line(), made.id, calendar=None, since=SINCE, until=UNTIL)
    onto = EventDraft(start=WallTime("2026-03-10T12:00:00"), end=WallTime("2026-03-10T13:00:00"))

    with pytest.raises(errors.CrossesNeighbour):
        events.patch(wharf.line(), first.id, events.body_of(onto), calendar=None, if_match=first.etag)


def test_the_marker_of_a_master_is_not_said_of_its_exceptions(wharf):
    """An `$expand` is of the entity that was asked for, not of those expanded beside it."""
    read = series.read(wharf.line(), choir(wharf).id, calendar=None)

    assert [each.extended(marks.EVENT_MARK) for each in read.exceptions] == [None]


def test_a_broken_body_is_unreadable_and_no_empty_series(wharf):
    made = choir(wharf)
    wharf.simulator.weather.next(Fault.CUT_JSON, method="GET", path="/events")

    with pytest.raises(errors.Unreadable):
        series.read(wharf.line(), made.id, calendar=None)
    assert len(series.read(wharf.line(), made.id, calendar=None).exceptions) == 1
