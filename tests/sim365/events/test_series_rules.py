"""Series: limits, what moves, what reads back, exceptions and holes, views over them (FACTS 3.6, 3.7, 3.12)."""

import pytest

from sim365.unusual import age
from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, FRIDAY, WEEK, a_series, at, invited, on, recurring, times

MONTHLY = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}


def instances(graph, master, *, start="2026-01-01", end="2029-12-31", more=""):
    path = f"{ADA}/events/{master['id']}/instances?startDateTime={start}&endDateTime={end}&$top=1000{more}"
    return graph.get(path)["value"]


def days(graph, master, **span):
    return [event["start"]["dateTime"][:10] for event in instances(graph, master, **span)]


@pytest.mark.fact("occurrence-limit")
def test_a_series_that_ends_has_at_most_999_occurrences(graph):
    longest = a_series(graph, recurrence=recurring(None, times(999)))

    assert len(instances(graph, longest)) == 999
    last = {"type": "endDate", "endDate": "2028-11-24"}
    assert len(instances(graph, a_series(graph, recurrence=recurring(None, last)))) == 999
    later = {"type": "endDate", "endDate": "2028-11-25"}
    wrong = an_event(recurrence=recurring(None, later))
    assert graph.error("POST", f"{ADA}/events", wrong) == (400, "ErrorPropertyValidationFailure")


@pytest.mark.fact("irrelevant-pattern-fields")
def test_fields_that_a_pattern_does_not_use_read_back_as_fillers(graph):
    pattern = {"type": "daily", "interval": 1, "dayOfMonth": 7, "month": 5, "daysOfWeek": ["friday"], "index": "last"}
    shown = a_series(graph, recurrence=recurring(pattern))["recurrence"]["pattern"]

    assert shown == {
        "type": "daily",
        "interval": 1,
        "month": 0,
        "dayOfMonth": 0,
        "daysOfWeek": [],
        "firstDayOfWeek": "sunday",
        "index": "first",
    }


@pytest.mark.fact("first-occurrence-moves")
def test_a_monday_that_is_no_friday_moves_to_the_friday(graph):
    master = a_series(graph, recurrence=recurring(FRIDAY, times(2)))

    assert (master["start"]["dateTime"][:10], days(graph, master)) == ("2026-03-06", ["2026-03-06", "2026-03-13"])


@pytest.mark.fact("last-day-fallback")
def test_the_31st_falls_on_the_last_day_of_a_shorter_month(graph):
    master = graph.post(
        f"{ADA}/events",
        an_event(
            start="2026-03-31T09:00:00",
            end="2026-03-31T10:00:00",
            recurrence=recurring(MONTHLY, times(3), "2026-03-31"),
        ),
    )

    assert days(graph, master) == ["2026-03-31", "2026-04-30", "2026-05-31"]


def test_several_days_of_a_relative_month_mean_the_first_that_matches(graph):
    pattern = {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["wednesday", "monday"], "index": "first"}
    master = a_series(graph, recurrence=recurring(pattern, times(3)))

    assert days(graph, master) == ["2026-03-02", "2026-04-01", "2026-05-04"]


@pytest.mark.fact("series-wall-clock")
@pytest.mark.parametrize(
    ("start", "hours"), [("2026-03-26", ["07:00"] * 3 + ["06:00"] * 2), ("2026-10-22", ["06:00"] * 3 + ["07:00"] * 2)]
)
def test_a_series_keeps_its_wall_clock_in_spring_and_autumn(graph, start, hours):
    master = graph.post(
        f"{ADA}/events",
        an_event(
            start=f"{start}T09:00:00",
            end=f"{start}T10:00:00",
            zone="Europe/Sofia",
            recurrence=recurring(None, times(5), start),
        ),
    )

    assert [event["start"]["dateTime"][11:16] for event in instances(graph, master)] == hours


def test_a_series_made_in_utc_drifts_for_people_in_sofia(graph):
    master = graph.post(
        f"{ADA}/events",
        an_event(
            start="2026-03-28T07:00:00", end="2026-03-28T08:00:00", recurrence=recurring(None, times(2), "2026-03-28")
        ),
    )
    path = f"{ADA}/events/{master['id']}/instances?startDateTime=2026-03-01&endDateTime=2026-04-30"
    shown = graph.get(path, Prefer='outlook.timezone="Europe/Sofia"')["value"]

    assert [event["start"]["dateTime"][11:16] for event in shown] == ["09:00", "10:00"]


def test_a_recurrence_zone_of_its_own_decides_the_dates(graph):
    """08:00 in UTC is already the afternoon of the same day in Tokyo; 20:00 is the next day there."""
    late = an_event(start="2026-03-02T20:00:00", end="2026-03-02T21:00:00")
    body = late | {
        "recurrence": recurring(None, {"recurrenceTimeZone": "Tokyo Standard Time", **times(2)}, "2026-03-03")
    }
    master = graph.post(f"{ADA}/events", body)

    assert master["recurrence"]["range"]["recurrenceTimeZone"] == "Tokyo Standard Time"
    assert days(graph, master) == ["2026-03-02", "2026-03-03"]
    here = late | {"recurrence": recurring(None, {"recurrenceTimeZone": "Tokyo Standard Time", **times(2)})}
    assert graph.error("POST", f"{ADA}/events", here) == (400, "ErrorPropertyValidationFailure")


@pytest.mark.fact("legacy-zones")
def test_old_items_read_zones_that_nobody_knows_until_they_are_written_anew(graph, sim):
    master = a_series(graph)
    path = f"{ADA}/events/{master['id']}"
    age(sim.person("ada@harbour.test"), master, zone="tzone://Microsoft/Custom", recurrence_zone="Customized Time Zone")
    old = graph.get(path)

    assert old["originalStartTimeZone"] == old["originalEndTimeZone"] == "tzone://Microsoft/Custom"
    assert old["recurrence"]["range"]["recurrenceTimeZone"] == "Customized Time Zone"
    assert days(graph, master) == ["2026-03-02", "2026-03-03", "2026-03-04"]
    after = graph.patch(path, {"start": master["start"], "end": master["end"], "recurrence": master["recurrence"]})
    assert after["originalStartTimeZone"] == after["recurrence"]["range"]["recurrenceTimeZone"] == "UTC"


def test_an_old_all_day_series_may_have_an_empty_recurrence_zone(graph, sim):
    master = a_series(graph)
    age(sim.person("ada@harbour.test"), master, recurrence_zone="")

    assert graph.get(f"{ADA}/events/{master['id']}")["recurrence"]["range"]["recurrenceTimeZone"] == ""


@pytest.mark.fact("list-shows-masters")
def test_lists_show_masters_and_by_switch_their_exceptions(graph, sim):
    a_series(graph)
    graph.patch(f"{ADA}/events/{on(graph, '2026-03-03')['id']}", {"subject": "Roof"})

    assert [event["type"] for event in graph.get(f"{ADA}/events")["value"]] == ["seriesMaster"]
    sim.switch("exceptions_in_list", value=True)
    assert [event["type"] for event in graph.get(f"{ADA}/events")["value"]] == ["seriesMaster", "exception"]


@pytest.mark.fact("view-filters-instances")
@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("start/dateTime ge '2026-03-03T00:00:00Z'", ["2026-03-03", "2026-03-04"]),
        ("type eq 'exception'", ["2026-03-03"]),
        ("type eq 'occurrence' and end/dateTime lt '2026-03-03T00:00:00Z'", ["2026-03-02"]),
        ("subject eq 'Roof'", ["2026-03-03"]),
        ("type eq 'seriesMaster'", []),
    ],
)
def test_a_view_filters_occurrences_by_their_own_times(graph, clause, expected):
    master = a_series(graph)
    graph.patch(f"{ADA}/events/{on(graph, '2026-03-03')['id']}", {"subject": "Roof"})

    found = graph.get(f"{ADA}/calendarView?{WEEK}&$filter={clause}")["value"]
    assert [event["start"]["dateTime"][:10] for event in found] == expected
    assert days(graph, master, more=f"&$filter={clause}") == expected


def test_a_list_that_filters_by_start_misses_a_running_series(graph):
    a_series(graph)

    assert graph.get(f"{ADA}/events?$filter=start/dateTime ge '2026-03-03T00:00:00Z'")["value"] == []


def test_a_view_is_sorted_as_asked(graph):
    a_series(graph)
    found = graph.get(f"{ADA}/calendarView?{WEEK}&$orderby=start/dateTime desc")["value"]

    assert [event["start"]["dateTime"][8:10] for event in found] == ["04", "03", "02"]
    assert graph.error("GET", f"{ADA}/calendarView?{WEEK}&$orderby=body")[0] == 400


@pytest.mark.fact("view-span-limit")
@pytest.mark.parametrize("path", ["calendarView", "events/{id}/instances"])
def test_a_span_has_at_most_1825_days(graph, path):
    master = a_series(graph)
    asked = f"{ADA}/{path.replace('{id}', master['id'])}?startDateTime=2026-01-01"

    assert graph("GET", f"{asked}&endDateTime=2030-12-31").status_code == 200
    assert graph.error("GET", f"{asked}&endDateTime=2031-01-01") == (400, "ErrorInvalidRequest")


@pytest.mark.fact("view-without-stamps")
def test_a_view_gives_its_stamps_without_select_only(graph, sim):
    graph.post(f"{ADA}/events", an_event())
    asked = f"{ADA}/calendarView?{WEEK}&$select=subject,createdDateTime"

    assert "createdDateTime" in graph.get(f"{ADA}/calendarView?{WEEK}")["value"][0]
    assert "createdDateTime" not in graph.get(asked)["value"][0]
    sim.switch("view_selects_stamps", value=True)
    assert "createdDateTime" in graph.get(asked)["value"][0]


@pytest.mark.fact("occurrence-patched")
def test_a_changed_occurrence_keeps_its_id_and_leaves_the_others(graph):
    a_series(graph)
    before = on(graph, "2026-03-03")
    after = graph.patch(f"{ADA}/events/{before['id']}", {"showAs": "free"})

    assert (after["type"], after["id"]) == ("exception", before["id"])
    assert after["occurrenceId"] == before["occurrenceId"]
    assert on(graph, "2026-03-04")["showAs"] == "busy"


@pytest.mark.fact("occurrence-deleted")
def test_a_deleted_occurrence_remains_in_the_master_only(graph):
    master = a_series(graph)
    gone = on(graph, "2026-03-03")
    graph.delete(f"{ADA}/events/{gone['id']}")
    after = graph.get(f"{ADA}/events/{master['id']}?$select=cancelledOccurrences")

    for method in ("GET", "DELETE"):
        assert graph.error(method, f"{ADA}/events/{gone['id']}") == (404, "ErrorItemNotFound")
    assert after["cancelledOccurrences"] == [f"OID.{master['id']}.2026-03-03"]
    assert after["@odata.etag"] != master["@odata.etag"]


def test_an_exception_that_is_deleted_is_no_exception_any_more(graph):
    master = a_series(graph)
    changed = on(graph, "2026-03-03")
    graph.patch(f"{ADA}/events/{changed['id']}", {"subject": "Roof"})
    graph.delete(f"{ADA}/events/{changed['id']}")
    after = graph.get(f"{ADA}/events/{master['id']}?$expand=exceptionOccurrences")

    assert (after["exceptionOccurrences"], days(graph, master)) == ([], ["2026-03-02", "2026-03-04"])


@pytest.mark.fact("occurrence-crossing")
@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02", "2026-03-04", "2026-03-09"])
def test_an_occurrence_does_not_move_onto_or_past_its_neighbours(graph, day):
    a_series(graph)
    path = f"{ADA}/events/{on(graph, '2026-03-03')['id']}"
    moved = {"start": at(f"{day}T15:00:00"), "end": at(f"{day}T16:00:00")}

    assert graph.error("PATCH", path, moved) == (400, "ErrorOccurrenceCrossingBoundary")
    assert on(graph, "2026-03-03")["type"] == "occurrence"


@pytest.mark.fact("master-change-drops-exceptions")
@pytest.mark.parametrize(("keeps", "types"), [(False, ["occurrence"] * 3), (True, ["exception", "occurrence"])])
def test_a_new_time_for_a_series_drops_exceptions_and_holes_unless_switched(graph, sim, keeps, types):
    sim.switch("master_change_keeps_exceptions", value=keeps)
    master = a_series(graph)
    graph.patch(f"{ADA}/events/{on(graph, '2026-03-02')['id']}", {"subject": "Roof"})
    graph.delete(f"{ADA}/events/{on(graph, '2026-03-03')['id']}")
    later = {"start": at("2026-03-02T15:00:00"), "end": at("2026-03-02T16:00:00")}
    graph.patch(f"{ADA}/events/{master['id']}", later)

    assert [event["type"] for event in instances(graph, master)] == types


def test_a_new_title_for_a_series_keeps_exceptions_with_what_is_their_own(graph):
    master = a_series(graph)
    graph.patch(f"{ADA}/events/{on(graph, '2026-03-03')['id']}", {"showAs": "free"})
    graph.patch(f"{ADA}/events/{master['id']}", {"subject": "Renamed"})

    changed = on(graph, "2026-03-03")
    assert (changed["type"], changed["subject"], changed["showAs"]) == ("exception", "Renamed", "free")


def test_a_series_whose_recurrence_is_taken_away_is_a_single_event(graph):
    master = a_series(graph)
    after = graph.patch(f"{ADA}/events/{master['id']}", {"recurrence": None})

    assert (after["type"], after["recurrence"]) == ("singleInstance", None)
    assert len(graph.get(f"{ADA}/calendarView?{WEEK}")["value"]) == 1


def test_a_single_event_becomes_a_series_by_a_recurrence(graph):
    event = graph.post(f"{ADA}/events", an_event())
    after = graph.patch(f"{ADA}/events/{event['id']}", {"recurrence": recurring()})

    assert (after["type"], len(instances(graph, after))) == ("seriesMaster", 3)


@pytest.mark.fact("recurrence-null-on-occurrence")
def test_an_occurrence_takes_null_as_its_recurrence_and_nothing_else(graph):
    a_series(graph)
    path = f"{ADA}/events/{on(graph, '2026-03-03')['id']}"

    assert graph.patch(path, {"recurrence": None, "subject": "Roof"})["recurrence"] is None
    assert graph.error("PATCH", path, {"recurrence": recurring()}) == (400, "ErrorInvalidRequest")


@pytest.mark.fact("original-start")
def test_original_start_is_what_the_pattern_gave(graph, sim):
    master = a_series(graph)
    moved = graph.patch(
        f"{ADA}/events/{on(graph, '2026-03-04')['id']}",
        {"start": at("2026-03-05T15:00:00"), "end": at("2026-03-05T16:00:00")},
    )

    assert moved["originalStart"] == "2026-03-04T09:00:00Z"
    assert "originalStart" not in graph.get(f"{ADA}/events/{master['id']}")
    sim.switch("original_start_with_offset", value=True)
    shown = graph.get(f"{ADA}/events/{moved['id']}", Prefer='outlook.timezone="Europe/Sofia"')
    assert shown["originalStart"] == "2026-03-04T11:00:00+02:00"
    assert graph.get(f"{ADA}/events/{moved['id']}")["originalStart"] == "2026-03-04T09:00:00Z"


def test_original_start_of_an_all_day_series_is_midnight_of_its_zone(graph):
    graph.post(
        f"{ADA}/events",
        an_event(
            isAllDay=True,
            start="2026-03-02T00:00:00",
            end="2026-03-03T00:00:00",
            zone="Europe/Sofia",
            recurrence=recurring(),
        ),
    )
    path = f"{ADA}/calendarView?startDateTime=2026-03-03T06:00:00&endDateTime=2026-03-03T07:00:00"
    [shown] = graph.get(path)["value"]

    assert (shown["start"]["dateTime"][:16], shown["originalStart"]) == ("2026-03-03T00:00", "2026-03-02T22:00:00Z")


def test_instances_are_asked_of_a_master(graph):
    a_series(graph)
    single = graph.post(f"{ADA}/events", an_event())
    span = "startDateTime=2026-03-01&endDateTime=2026-03-09"

    for event in (single, on(graph, "2026-03-03")):
        asked = f"{ADA}/events/{event['id']}/instances?{span}"
        assert graph.error("GET", asked) == (400, "ErrorInvalidRequest")
    assert graph.error("GET", f"{ADA}/events/{single['id']}/instances")[0] == 400


def test_a_change_of_a_master_with_exceptions_mails_once_for_each(graph, sim):
    master = a_series(graph, attendees=invited("ben@harbour.test"))
    graph.patch(f"{ADA}/events/{on(graph, '2026-03-03')['id']}", {"subject": "Roof"})
    before = len(sim.ledger)
    graph.patch(f"{ADA}/events/{master['id']}", {"importance": "high"})

    assert len(sim.ledger) - before == 2
