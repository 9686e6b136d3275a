"""Every fault: what the client sees, and whether the write was done (RELIABILITY section 3)."""

from datetime import timedelta
from unittest.mock import ANY

import httpx
import pytest

from sim365.simulator import Simulator
from sim365.transport import SimTransport
from sim365.weather import Fault
from tests.sim365.core.harbour import START, Graph, a_company, an_event

U = "/users/aquarium@harbour.test"
WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"


def held(graph):
    return [event["subject"] for event in graph.get(f"{U}/events")["value"]]


@pytest.mark.fact("fault-refusals")
@pytest.mark.parametrize(
    ("fault", "parameter", "status", "retry_after"),
    [
        ("throttled", 17, 429, "17"),
        ("throttled_bare", None, 429, None),
        ("throttled_odd", "Mon, 02 Mar 2026 07:00:10 GMT", 429, "Mon, 02 Mar 2026 07:00:10 GMT"),
        ("throttled_odd", "-5", 429, "-5"),
        ("gateway_throttled", 3, 429, "3"),
        ("unavailable", 4, 503, "4"),
        ("unavailable_bare", None, 503, None),
        ("internal_error", None, 500, None),
        ("mailbox_missing", None, 404, None),
        ("access_withdrawn", None, 403, None),
        ("token_refused", None, 401, None),
    ],
)
def test_a_refusal_by_weather_does_nothing(graph, sim, fault, parameter, status, retry_after):
    sim.weather.next(fault, parameter=parameter)
    answer = graph("POST", f"{U}/events", an_event())

    assert (status, retry_after) == (answer.status_code, answer.headers.get("Retry-After"))
    assert "error" in answer.json()
    assert held(graph) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [("connect_refused", httpx.ConnectError), ("reset_before", httpx.ReadError), ("timeout_before", httpx.ReadTimeout)],
)
def test_a_connection_that_breaks_before_does_nothing(graph, sim, fault, error):
    sim.weather.next(fault)
    with pytest.raises(error):
        graph("POST", f"{U}/events", an_event())

    assert held(graph) == []


@pytest.mark.fact("fault-after-commit")
@pytest.mark.parametrize(
    ("fault", "error"),
    [("reset_after", httpx.ReadError), ("timeout_after", httpx.ReadTimeout), ("truncated", httpx.RemoteProtocolError)],
)
def test_a_connection_that_breaks_after_has_done_it(graph, sim, fault, error):
    sim.weather.next(fault)
    with pytest.raises(error):
        graph("POST", f"{U}/events", an_event())

    assert held(graph) == ["Planning"]


@pytest.mark.fact("fault-after-commit")
@pytest.mark.parametrize(("fault", "status"), [("bad_gateway", 502), ("gateway_timeout", 504)])
def test_a_gateway_error_comes_after_the_commit(graph, sim, fault, status):
    sim.weather.next(fault)

    assert status == graph("POST", f"{U}/events", an_event()).status_code
    assert held(graph) == ["Planning"]


@pytest.mark.fact("fault-late-commit")
def test_a_write_that_timed_out_may_be_done_later(graph, sim):
    sim.weather.next("timeout_late", parameter=30)
    with pytest.raises(httpx.ReadTimeout):
        graph("POST", f"{U}/events", an_event())
    sim.advance(timedelta(seconds=29))
    assert held(graph) == []
    sim.advance(timedelta(seconds=1))

    assert held(graph) == ["Planning"]


def test_a_late_patch_meets_its_if_match(graph, sim):
    """A zombie's write arrives after somebody else's: the change key refuses it."""
    event = graph.post(f"{U}/events", an_event())
    path = f"{U}/events/{event['id']}"
    sim.weather.next("timeout_late")
    with pytest.raises(httpx.ReadTimeout):
        graph("PATCH", path, {"subject": "Zombie"}, If_Match=event["@odata.etag"])
    graph.patch(path, {"subject": "Alive"}, If_Match=event["@odata.etag"])
    sim.advance(timedelta(minutes=1))

    assert graph.get(path)["subject"] == "Alive"


@pytest.mark.fact("fault-odd-answers")
def test_half_an_answer_and_a_login_page_are_no_json(graph, sim):
    for fault in ("cut_json", "html_page"):
        sim.weather.next(fault)
        answer = graph("GET", f"{U}/events")
        assert answer.status_code == 200
        with pytest.raises(ValueError):
            answer.json()


@pytest.mark.fact("fault-odd-answers")
def test_unknown_properties_and_members_appear(graph, sim):
    event = graph.post(f"{U}/events", an_event())
    sim.weather.next("unknown_shape")
    strange = graph.get(f"{U}/events/{event['id']}")

    assert (strange["showAs"], "holographicPresence" in strange) == ("hibernating", True)
    assert graph.get(f"{U}/events/{event['id']}")["showAs"] == "busy"


@pytest.mark.fact("fault-stale-reads")
def test_reads_after_a_write_may_be_stale_for_a_while(graph, sim):
    event = graph.post(f"{U}/events", an_event("Old"))
    path = f"{U}/events/{event['id']}"
    sim.weather.next("stale_read", parameter=20)

    assert graph.patch(path, {"subject": "New"})["subject"] == "Old"
    assert graph.get(path)["subject"] == "Old"
    assert [each["subject"] for each in graph.get(f"{U}/calendarView?{WINDOW}")["value"]] == ["Old"]
    sim.advance(timedelta(seconds=20))
    assert graph.get(path)["subject"] == "New"


@pytest.mark.fact("fault-empty-list")
def test_a_listing_may_be_empty_although_the_calendar_is_not(graph, sim):
    graph.post(f"{U}/events", an_event())
    for path in ("events", f"calendarView?{WINDOW}"):
        sim.weather.next("empty_list")
        assert graph.get(f"{U}/{path}")["value"] == []
        assert len(graph.get(f"{U}/{path}")["value"]) == 1


@pytest.mark.fact("fault-change-key-race")
def test_a_change_key_may_race_without_a_stale_if_match(graph, sim):
    event = graph.post(f"{U}/events", an_event())
    sim.weather.next("change_key_race")
    path = f"{U}/events/{event['id']}"

    assert graph.error("PATCH", path, {"subject": "B"}, If_Match=event["@odata.etag"]) == (
        412,
        "ErrorIrresolvableConflict",
    )
    graph.patch(path, {"subject": "B"}, If_Match=event["@odata.etag"])


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("gone", 410, "SyncStateNotFound"), ("token_invalid", 400, "InvalidDeltaToken")]
)
def test_a_good_token_may_be_refused(graph, sim, fault, status, code):
    link = graph.get(f"{U}/calendarView/delta?{WINDOW}")["@odata.deltaLink"]
    sim.weather.next(fault)

    assert (status, code) == graph.error("GET", link)


def test_gone_strikes_tokens_only_and_may_carry_a_location(graph, sim):
    sim.weather.next("gone_with_location")
    link = graph.get(f"{U}/calendarView/delta?{WINDOW}")["@odata.deltaLink"]
    sim.weather.next("gone_with_location")
    answer = graph("GET", link)

    assert answer.status_code == 410
    assert "$skiptoken" in answer.headers["Location"]


def delta_page(graph, sim, fault, link=None, **settings):
    sim.weather.next(fault, **settings)
    return graph.get(link or f"{U}/calendarView/delta?{WINDOW}", Prefer="odata.maxpagesize=2")


@pytest.mark.fact("delta-empty-pages")
def test_delta_pages_may_be_empty_first(graph, sim):
    graph.post(f"{U}/events", an_event())
    page = delta_page(graph, sim, "empty_page")

    assert page["value"] == []
    assert [item["subject"] for item in graph.get(page["@odata.nextLink"])["value"]] == ["Planning"]


def test_delta_pages_may_never_end(graph, sim):
    graph.post(f"{U}/events", an_event())
    rule = sim.weather.add("endless_pages")
    page, links = graph.get(f"{U}/calendarView/delta?{WINDOW}"), set()
    for _ in range(5):
        links.add(page["@odata.nextLink"])
        page = graph.get(page["@odata.nextLink"])
    assert len(links) == 5

    sim.weather.rules.remove(rule)
    assert "@odata.deltaLink" in graph.get(page["@odata.nextLink"])


def test_delta_items_may_be_lost_repeated_or_shuffled(graph, sim):
    for number in range(2):
        graph.post(f"{U}/events", an_event(f"E{number}"))

    assert delta_page(graph, sim, "page_lost")["value"] == []
    assert [item["subject"] for item in delta_page(graph, sim, "page_repeated")["value"]] == ["E0", "E1", "E0", "E1"]
    assert {"E0", "E1"} == {item["subject"] for item in delta_page(graph, sim, "page_shuffled")["value"]}


def test_delta_may_remove_what_never_was(graph, sim):
    [item] = delta_page(graph, sim, "unknown_removed", parameter="changed")["value"]

    assert item["@removed"] == {"reason": "changed"}
    assert graph.error("GET", f"{U}/events/{item['id']}") == (404, "ErrorItemNotFound")


@pytest.mark.fact("fault-same-seed")
def test_a_rule_strikes_the_mailbox_and_the_method_it_names(graph, sim):
    sim.weather.add("internal_error", mailbox="Aquarium@harbour.test", method="post")

    assert graph("POST", f"{U}/events", an_event()).status_code == 500
    assert (
        graph("POST", f"/users/{sim.person('aquarium@harbour.test').mailbox.oid}/events", an_event()).status_code == 500
    )
    graph.get(f"{U}/events")
    graph.post("/users/boathouse@harbour.test/events", an_event())


def test_a_rule_holds_for_its_time_span(graph, sim):
    sim.weather.add("internal_error", since=START + timedelta(minutes=1), until=START + timedelta(minutes=2))
    statuses = []
    for _ in range(3):
        statuses.append(graph("GET", f"{U}/events").status_code)
        sim.advance(timedelta(minutes=1))

    assert statuses == [200, 500, 200]


def test_a_rule_strikes_so_many_times_after_letting_some_pass(graph, sim):
    sim.weather.next("internal_error", times=2, after=1)

    assert [graph("GET", f"{U}/events").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert sim.weather.struck == {"internal_error": 2}


@pytest.mark.fact("fault-same-seed")
def test_chance_is_the_same_for_the_same_seed(tokens):
    def statuses(seed):
        simulator = Simulator(a_company(), seed=seed, start=START, identity=tokens)
        simulator.weather.add("internal_error", rate=0.5)
        with httpx.Client(transport=SimTransport(simulator)) as client:
            graph = Graph(client, simulator, {"Authorization": "Bearer good"})
            return [graph("GET", f"{U}/events").status_code for _ in range(30)]

    assert statuses(1) == statuses(1) != statuses(2)


def test_faults_in_the_record_are_named(graph, sim):
    sim.weather.next("bad_gateway")
    graph("GET", f"{U}/events")

    assert [entry.faults for entry in sim.conduct.entries] == [("bad_gateway",)]


@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_brings_the_simulator_down(graph, sim, fault):
    """Whatever strikes, the next request in fair weather works and no bug is recorded."""
    sim.weather.add(fault)
    event = {"id": "x"}
    for method, path, body in (
        ("POST", f"{U}/events", an_event()),
        ("GET", f"{U}/calendarView/delta?{WINDOW}", None),
        ("PATCH", f"{U}/events/{event['id']}", {"subject": "B"}),
        ("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": f"{U}/events"}]}),
    ):
        try:
            graph(method, path, body)
        except httpx.TransportError:
            continue
    sim.weather.clear()
    sim.advance(timedelta(hours=1))

    graph.get(f"{U}/events")
    assert sim.bugs == []


@pytest.mark.fact("fault-read-lag")
def test_a_new_event_may_not_be_readable_yet(graph, sim):
    """FACTS 11, quirk 13: the create was answered, the read is not there yet."""
    sim.weather.next("read_lags", parameter=5)
    event = graph.post(f"{U}/events", an_event())

    assert graph.error("GET", f"{U}/events/{event['id']}") == (404, "ErrorItemNotFound")
    assert graph.get(f"{U}/events")["value"] == graph.get(f"{U}/calendarView?{WINDOW}")["value"] == []
    sim.advance(timedelta(seconds=5))
    assert graph.get(f"{U}/events/{event['id']}")["id"] == event["id"]


@pytest.mark.fact("fault-odd-answers")
def test_an_answer_may_be_json_that_is_nothing_of_graphs(graph, sim):
    sim.weather.next("other_shape")
    answer = graph("GET", f"{U}/events")

    assert (answer.status_code, "value" in answer.json()) == (200, False)


@pytest.mark.fact("fault-odd-answers")
@pytest.mark.parametrize(("fault", "subject"), [("fields_missing", "absent"), ("fields_null", None)])
def test_what_is_optional_may_be_absent_or_null(graph, sim, fault, subject):
    event = graph.post(f"{U}/events", an_event())
    sim.weather.next(fault, times=2)
    [listed] = graph.get(f"{U}/events")["value"]
    single = graph.get(f"{U}/events/{event['id']}")

    assert subject == listed.get("subject", "absent") == single.get("subject", "absent")
    assert event["id"] == listed["id"] == single["id"]
    assert graph.get(f"{U}/events/{event['id']}") == {**event, "@odata.context": ANY}


@pytest.mark.fact("fault-retention")
def test_a_retention_policy_purges_what_ended_long_ago(graph, sim):
    graph.post(f"{U}/events", an_event("Old", "2024-01-01T09:00:00", "2024-01-01T10:00:00"))
    recent = graph.post(f"{U}/events", an_event("Recent", "2026-02-20T09:00:00", "2026-02-20T10:00:00"))
    for name, kind in (("Ended", {"type": "numbered", "numberOfOccurrences": 3}), ("Endless", {"type": "noEnd"})):
        recurrence = {
            "pattern": {"type": "daily", "interval": 1},
            "range": {"startDate": "2024-01-01", **kind},
        }
        graph.post(f"{U}/events", an_event(name, "2024-01-01T09:00:00", "2024-01-01T10:00:00", recurrence=recurrence))
    sim.weather.next("retention", parameter=30)

    assert held(graph) == ["Recent", "Endless"]
    assert graph.get(f"{U}/events/{recent['id']}")["subject"] == "Recent"
    assert sim.ledger.mails == []


def test_what_retention_purged_is_told_by_delta_and_by_nothing_else(graph, sim):
    old = graph.post(f"{U}/events", an_event("Old", "2026-01-01T09:00:00", "2026-01-01T10:00:00"))
    window = "startDateTime=2025-12-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
    link = graph.get(f"{U}/calendarView/delta?{window}")["@odata.deltaLink"]
    sim.weather.next("retention", parameter=30)

    assert [item["id"] for item in graph.get(link)["value"] if "@removed" in item] == [old["id"]]
