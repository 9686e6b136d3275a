"""Recurring events: patterns, occurrences, exceptions (FACTS 3.6, 3.7)."""

import pytest

from tests.sim365.core.harbour import an_event

U = "/users/aquarium@harbour.test"


def series(graph, pattern, range_=None, **event):
    recurrence = {"pattern": pattern, "range": {"startDate": "2026-03-02", "type": "noEnd", **(range_ or {})}}
    return graph.post(f"{U}/events", an_event(**event) | {"recurrence": recurrence})


def dates(graph, master, until="2026-12-31", start="2026-01-01"):
    path = f"{U}/events/{master['id']}/instances?startDateTime={start}&endDateTime={until}&$top=1000"
    return [event["start"]["dateTime"][:10] for event in graph.get(path)["value"]]


def count(number):
    return {"type": "numbered", "numberOfOccurrences": number}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"type": "daily", "interval": 2}, ["2026-03-02", "2026-03-04", "2026-03-06"]),
        (
            {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "thursday"]},
            ["2026-03-02", "2026-03-05", "2026-03-09"],
        ),
        (
            {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "sunday"], "firstDayOfWeek": "monday"},
            ["2026-03-02", "2026-03-08", "2026-03-16"],
        ),
        ({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 2}, ["2026-03-02", "2026-04-02", "2026-05-02"]),
        (
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "first"},
            ["2026-03-02", "2026-04-06", "2026-05-04"],
        ),
        (
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
            ["2026-03-27", "2026-04-24", "2026-05-29"],
        ),
        (
            {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["monday"], "index": "first", "month": 3},
            ["2026-03-02", "2027-03-01", "2028-03-06"],
        ),
        (
            {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 2, "month": 3},
            ["2026-03-02", "2027-03-02", "2028-03-02"],
        ),
    ],
)
def test_patterns_give_their_dates(graph, pattern, expected):
    assert expected == dates(graph, series(graph, pattern, count(3)), until="2030-01-01")


def test_the_31st_falls_back_to_the_last_day_of_a_shorter_month(graph):
    master = series(
        graph,
        {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
        {"startDate": "2026-01-31", **count(4)},
        start="2026-01-31T09:00:00",
        end="2026-01-31T10:00:00",
    )

    assert dates(graph, master) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_start_that_does_not_fit_moves_to_the_first_date_that_does(graph):
    master = series(graph, {"type": "weekly", "interval": 1, "daysOfWeek": ["friday"]}, count(2))

    assert master["start"]["dateTime"] == "2026-03-06T09:00:00.0000000"
    assert dates(graph, master) == ["2026-03-06", "2026-03-13"]


def test_a_series_follows_the_wall_clock_of_its_zone(graph):
    """09:00 in Sofia is 07:00 UTC in winter and 06:00 in summer."""
    master = series(graph, {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}, count(5), zone="Europe/Sofia")
    path = f"{U}/events/{master['id']}/instances?startDateTime=2026-01-01&endDateTime=2026-12-31"

    assert [event["start"]["dateTime"][11:16] for event in graph.get(path)["value"]] == ["07:00"] * 4 + ["06:00"]


def test_a_recurrence_reads_back_with_every_field(graph):
    master = series(graph, {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}, zone="FLE Standard Time")

    assert master["recurrence"] == {
        "pattern": {
            "type": "weekly",
            "interval": 1,
            "month": 0,
            "dayOfMonth": 0,
            "daysOfWeek": ["monday"],
            "firstDayOfWeek": "sunday",
            "index": "first",
        },
        "range": {
            "type": "noEnd",
            "startDate": "2026-03-02",
            "endDate": "0001-01-01",
            "recurrenceTimeZone": "FLE Standard Time",
            "numberOfOccurrences": 0,
        },
    }


@pytest.mark.parametrize(
    ("pattern", "range_"),
    [
        ({"type": "weekly", "interval": 1}, {}),
        ({"type": "daily", "interval": 0}, {}),
        ({"type": "hourly", "interval": 1}, {}),
        ({"type": "absoluteMonthly", "interval": 1}, {}),
        ({"type": "daily", "interval": 1}, {"startDate": "2026-03-03"}),
        ({"type": "daily", "interval": 1}, count(1000)),
        ({"type": "daily", "interval": 1}, {"type": "endDate", "endDate": "2026-03-01"}),
        ({"type": "daily", "interval": 1}, {"type": "endDate", "endDate": "2030-03-01"}),
    ],
)
def test_a_recurrence_that_exchange_would_not_take_is_refused(graph, pattern, range_):
    body = an_event(recurrence={"pattern": pattern, "range": {"startDate": "2026-03-02", "type": "noEnd", **range_}})

    assert graph.error("POST", f"{U}/events", body)[0] == 400


def test_the_list_shows_masters_and_the_view_shows_occurrences(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(3))
    view = graph.get(f"{U}/calendarView?startDateTime=2026-03-03&endDateTime=2026-03-09")["value"]

    assert [event["type"] for event in graph.get(f"{U}/events")["value"]] == ["seriesMaster"]
    assert [event["type"] for event in view] == ["occurrence", "occurrence"]
    assert {master["id"]} == {event["seriesMasterId"] for event in view}
    assert f"OID.{master['id']}.2026-03-03" == view[0]["occurrenceId"]


def test_an_occurrence_can_be_read_by_its_id(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(3))
    shown = graph.get(f"{U}/calendarView?startDateTime=2026-03-03&endDateTime=2026-03-04")["value"][0]

    assert shown["start"] == graph.get(f"{U}/events/{shown['id']}")["start"]
    assert shown["originalStart"] == "2026-03-03T09:00:00Z"
    assert master["iCalUId"] == shown["iCalUId"]


def test_by_switch_each_occurrence_has_an_ical_uid_of_its_own(graph, sim):
    sim.switch("uid_per_occurrence", value=True)
    series(graph, {"type": "daily", "interval": 1}, count(3))
    view = graph.get(f"{U}/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-09")["value"]

    assert len({event["iCalUId"] for event in view}) == 3


def occurrence(graph, day):
    path = f"{U}/calendarView?startDateTime={day}T00:00:00&endDateTime={day}T23:59:00"
    [found] = graph.get(path)["value"]
    return found


def test_a_changed_occurrence_becomes_an_exception_with_the_same_id(graph):
    series(graph, {"type": "daily", "interval": 1}, count(3))
    before = occurrence(graph, "2026-03-03")
    after = graph.patch(f"{U}/events/{before['id']}", {"subject": "Moved to the roof"})

    assert ("exception", before["id"], "Moved to the roof") == (after["type"], after["id"], after["subject"])
    assert occurrence(graph, "2026-03-04")["subject"] == "Planning"


def test_a_moved_occurrence_keeps_its_original_start(graph):
    series(graph, {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}, count(3))
    before = occurrence(graph, "2026-03-09")
    later = an_event(start="2026-03-10T15:00:00", end="2026-03-10T16:00:00")
    after = graph.patch(f"{U}/events/{before['id']}", {"start": later["start"], "end": later["end"]})

    assert (
        after["start"]["dateTime"],
        after["originalStart"],
    ) == ("2026-03-10T15:00:00.0000000", "2026-03-09T09:00:00Z")
    assert before["id"] == occurrence(graph, "2026-03-10")["id"]


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-04", "2026-03-20"])
def test_an_occurrence_cannot_cross_its_neighbours(graph, day):
    series(graph, {"type": "daily", "interval": 1}, count(3))
    wrong = an_event(start=f"{day}T15:00:00", end=f"{day}T16:00:00")
    path = f"{U}/events/{occurrence(graph, '2026-03-03')['id']}"

    assert graph.error("PATCH", path, {"start": wrong["start"], "end": wrong["end"]}) == (
        400,
        "ErrorOccurrenceCrossingBoundary",
    )


def test_a_deleted_occurrence_leaves_a_hole(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(3))
    gone = occurrence(graph, "2026-03-03")
    graph.delete(f"{U}/events/{gone['id']}")

    assert dates(graph, master) == ["2026-03-02", "2026-03-04"]
    assert graph.error("GET", f"{U}/events/{gone['id']}") == (404, "ErrorItemNotFound")
    after = graph.get(f"{U}/events/{master['id']}?$select=cancelledOccurrences")
    assert [f"OID.{master['id']}.2026-03-03"] == after["cancelledOccurrences"]
    assert after["@odata.etag"] != master["@odata.etag"]
    assert "cancelledOccurrences" not in graph.get(f"{U}/events/{master['id']}")


def test_exceptions_are_expanded_on_request(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(3))
    graph.patch(f"{U}/events/{occurrence(graph, '2026-03-03')['id']}", {"subject": "Roof"})

    shown = graph.get(f"{U}/events/{master['id']}?$expand=exceptionOccurrences")
    assert [event["subject"] for event in shown["exceptionOccurrences"]] == ["Roof"]


def test_a_new_time_for_the_series_drops_its_exceptions_and_holes(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(4))
    graph.patch(f"{U}/events/{occurrence(graph, '2026-03-03')['id']}", {"subject": "Roof"})
    graph.delete(f"{U}/events/{occurrence(graph, '2026-03-04')['id']}")
    later = an_event(start="2026-03-02T15:00:00", end="2026-03-02T16:00:00")
    graph.patch(f"{U}/events/{master['id']}", {"start": later["start"], "end": later["end"]})

    view = graph.get(f"{U}/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-09")["value"]
    assert [event["type"] for event in view] == ["occurrence"] * 4
    assert {"15:00"} == {event["start"]["dateTime"][11:16] for event in view}


def test_a_new_title_for_the_series_spares_the_exception_that_has_its_own(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(4))
    graph.patch(f"{U}/events/{occurrence(graph, '2026-03-03')['id']}", {"subject": "Roof"})
    graph.patch(f"{U}/events/{occurrence(graph, '2026-03-04')['id']}", {"showAs": "free"})
    graph.patch(f"{U}/events/{master['id']}", {"subject": "Renamed"})

    view = graph.get(f"{U}/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-09")["value"]
    assert [event["subject"] for event in view] == ["Renamed", "Roof", "Renamed", "Renamed"]


def test_ending_a_series_earlier_is_a_change_of_its_range(graph):
    master = series(graph, {"type": "daily", "interval": 1})
    recurrence = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "endDate", "startDate": "2026-03-02", "endDate": "2026-03-04"},
    }
    graph.patch(f"{U}/events/{master['id']}", {"recurrence": recurrence})

    assert dates(graph, master) == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_an_all_day_series_is_midnight_every_day(graph):
    master = series(
        graph,
        {"type": "daily", "interval": 1},
        count(3),
        isAllDay=True,
        start="2026-03-02T00:00:00",
        end="2026-03-03T00:00:00",
        zone="Europe/Sofia",
    )

    assert dates(graph, master) == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_a_series_without_end_is_shown_far_ahead(graph):
    series(graph, {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]})

    assert occurrence(graph, "2030-12-30")["subject"] == "Planning"


def test_deleting_the_master_deletes_everything(graph):
    master = series(graph, {"type": "daily", "interval": 1}, count(3))
    graph.delete(f"{U}/events/{master['id']}")

    assert graph.get(f"{U}/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-09")["value"] == []


def test_a_pattern_alone_can_be_changed_after_the_start_has_moved_to_fit(graph):
    """The range may still name the date that the client first gave."""
    friday = {"type": "weekly", "interval": 1, "daysOfWeek": ["friday"]}
    master = series(graph, friday, count(3))
    recurrence = {"pattern": friday, "range": {"startDate": "2026-03-02", **count(2)}}
    graph.patch(f"{U}/events/{master['id']}", {"recurrence": recurrence})

    assert dates(graph, master) == ["2026-03-06", "2026-03-13"]


def test_select_refuses_a_property_that_events_do_not_have(graph):
    assert graph.error("GET", f"{U}/events?$select=colour") == (400, "RequestBroker--ParseUri")


def test_a_series_that_began_four_centuries_ago_is_refused_or_bounded(graph):
    old = an_event(start="1602-01-01T09:00:00", end="1602-01-01T10:00:00")
    recurrence = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "noEnd", "startDate": "1602-01-01"}}
    graph.post(f"{U}/events", old | {"recurrence": recurrence})

    assert len(graph.get(f"{U}/calendarView?startDateTime=2026-03-02&endDateTime=2026-03-04")["value"]) == 2
