"""Listing events and calendar views: filters, order, pages, windows."""

from datetime import timedelta

import pytest

from tests.sim365.core.harbour import an_event

U = "/users/aquarium@harbour.test"
WEEK = "startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-09T00:00:00Z"


def hours(graph, *pairs):
    return [
        graph.post(
            f"{U}/events", an_event(f"{start}-{end}", f"2026-03-02T{start:02d}:00:00", f"2026-03-02T{end:02d}:00:00")
        )
        for start, end in pairs
    ]


def subjects(page):
    return [event["subject"] for event in page["value"]]


def test_a_page_holds_ten_events_unless_told(graph):
    hours(graph, *[(8, 9)] * 12)
    first = graph.get(f"{U}/events")
    second = graph.get(first["@odata.nextLink"])

    assert [len(first["value"]), len(second["value"])] == [10, 2]
    assert len(graph.get(f"{U}/events?$top=1000")["value"]) == 12


def test_events_are_counted_on_request(graph):
    hours(graph, (8, 9), (9, 10))

    page = graph.get(f"{U}/events?$count=true&$top=1")
    assert (page["@odata.count"], len(page["value"])) == (2, 1)


def test_events_are_sorted_on_request(graph):
    hours(graph, (9, 10), (8, 9), (11, 12))

    assert subjects(graph.get(f"{U}/events?$orderby=start/dateTime desc")) == ["11-12", "9-10", "8-9"]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("start/dateTime ge '2026-03-02T09:00:00Z'", ["9-10", "11-12"]),
        ("start/dateTime ge '2026-03-02T09:00' and end/dateTime lt '2026-03-02T12:00'", ["9-10"]),
        ("subject eq '8-9' or subject eq '11-12'", ["8-9", "11-12"]),
        ("not startswith(subject, '1')", ["8-9", "9-10"]),
        ("contains(subject,'-1')", ["9-10", "11-12"]),
        ("isAllDay eq true", []),
        ("(subject eq '8-9')", ["8-9"]),
    ],
)
def test_events_are_filtered(graph, clause, expected):
    hours(graph, (8, 9), (9, 10), (11, 12))

    assert expected == subjects(graph.get(f"{U}/events?$filter={clause}"))


def test_an_event_is_found_by_its_ical_uid(graph):
    first, _ = hours(graph, (8, 9), (9, 10))

    assert subjects(graph.get(f"{U}/events?$filter=iCalUId eq '{first['iCalUId']}'")) == ["8-9"]


def test_events_are_filtered_by_category(graph):
    graph.post(f"{U}/events", an_event("A", categories=["Blue category"]))
    graph.post(f"{U}/events", an_event("B"))

    assert subjects(graph.get(f"{U}/events?$filter=categories/any(c:c eq 'Blue category')")) == ["A"]


@pytest.mark.parametrize(
    "clause", ["subject", "subject eq", "subject like 'x'", "(subject eq 'x'", "subject eq 'x'x", "eq", "'"]
)
def test_a_filter_that_cannot_be_parsed_is_refused(graph, clause):
    assert graph.error("GET", f"{U}/events?$filter={clause}") == (400, "BadRequest")


@pytest.mark.parametrize(
    "query", ["$top=0", "$top=1001", "$top=x", "$skip=-1", "$colour=red", "$count=maybe", "$orderby=body"]
)
def test_a_query_option_that_makes_no_sense_is_refused(graph, query):
    assert graph.error("GET", f"{U}/events?{query}")[0] == 400


def test_a_view_shows_what_intersects_the_window(graph):
    hours(graph, (8, 10), (10, 12), (12, 14))
    window = "startDateTime=2026-03-02T09:00:00Z&endDateTime=2026-03-02T12:00:00Z"

    assert subjects(graph.get(f"{U}/calendarView?{window}")) == ["8-10", "10-12"]


def test_an_event_of_no_length_is_in_the_window_that_holds_it(graph):
    hours(graph, (9, 9))

    assert subjects(
        graph.get(f"{U}/calendarView?startDateTime=2026-03-02T09:00:00Z&endDateTime=2026-03-02T10:00:00Z")
    ) == ["9-9"]
    assert (
        subjects(graph.get(f"{U}/calendarView?startDateTime=2026-03-02T08:00:00Z&endDateTime=2026-03-02T09:00:00Z"))
        == []
    )


def test_a_window_without_an_offset_is_utc_and_with_one_is_honoured(graph):
    hours(graph, (9, 10))
    prefer = 'outlook.timezone="FLE Standard Time"'

    in_utc = graph.get(
        f"{U}/calendarView?startDateTime=2026-03-02T09:00:00&endDateTime=2026-03-02T10:00:00", Prefer=prefer
    )
    in_sofia = graph.get(
        f"{U}/calendarView?startDateTime=2026-03-02T11:00:00%2B02:00&endDateTime=2026-03-02T12:00:00%2B02:00"
    )
    assert ["9-10"] == subjects(in_utc) == subjects(in_sofia)


def test_a_view_is_sorted_by_start_and_paged(graph):
    hours(graph, (11, 12), (9, 10), (8, 9))
    first = graph.get(f"{U}/calendarView?{WEEK}&$top=2")

    assert subjects(first) == ["8-9", "9-10"]
    assert subjects(graph.get(first["@odata.nextLink"])) == ["11-12"]


def test_a_view_spans_at_most_1825_days(graph):
    assert graph("GET", f"{U}/calendarView?startDateTime=2026-01-01&endDateTime=2030-12-31").status_code == 200
    assert graph.error("GET", f"{U}/calendarView?startDateTime=2026-01-01&endDateTime=2031-01-01") == (
        400,
        "ErrorInvalidRequest",
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "startDateTime=2026-03-02",
        "startDateTime=x&endDateTime=y",
        "startDateTime=2026-03-03&endDateTime=2026-03-02",
    ],
)
def test_a_view_needs_a_window(graph, query):
    assert graph.error("GET", f"{U}/calendarView?{query}")[0] == 400


def test_a_view_of_one_calendar_does_not_show_another(graph, sim):
    room = sim.person("aquarium@harbour.test")
    archive = room.add_calendar("Archive")
    room.create_event("Filed", sim.clock.now() + timedelta(hours=1), calendar="Archive")

    assert subjects(graph.get(f"{U}/calendarView?{WEEK}")) == []
    assert subjects(graph.get(f"{U}/calendars/{archive}/calendarView?{WEEK}")) == ["Filed"]


def test_filtering_a_view_by_extended_property_fails_as_it_does_at_microsoft(graph, sim):
    """FACTS 3.10, 11: it works on /events only."""
    clause = "singleValueExtendedProperties/Any(ep: ep/id eq 'String {00020329-0000-0000-c000-000000000046} Name X' and ep/value eq '1')"

    assert graph.error("GET", f"{U}/calendarView?{WEEK}&$filter={clause}") == (500, "ErrorInternalServerError")
    sim.switch("extension_filter_on_view", value=True)
    assert graph.get(f"{U}/calendarView?{WEEK}&$filter={clause}")["value"] == []


def test_select_keeps_the_id_and_the_etag(graph):
    hours(graph, (8, 9))

    [event] = graph.get(f"{U}/calendarView?{WEEK}&$select=subject")["value"]
    assert {"id", "@odata.etag", "subject"} == set(event)
