"""The door: headers, envelopes, versions, and inputs that nobody should send."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from sim365.http.requests import Answer, Request
from sim365.simulator import Simulator
from tests.sim365.core.harbour import APP, START, TENANT, KnownTokens, a_company, an_event

U = "/users/aquarium@harbour.test"


def test_every_answer_carries_its_headers(graph):
    answer = graph("GET", f"{U}/events", client_request_id="mine-1")

    assert answer.headers["client-request-id"] == "mine-1"
    assert answer.headers["Date"] == "Mon, 02 Mar 2026 07:00:00 GMT"
    assert answer.headers["request-id"]
    assert "ServerInfo" in answer.headers["x-ms-ags-diagnostic"]
    assert answer.headers["Content-Type"].startswith("application/json")


def test_every_refusal_has_the_envelope(graph):
    answer = graph("GET", f"{U}/events/x", client_request_id="mine-2")
    error = answer.json()["error"]

    assert {"code", "message", "innerError"} == set(error)
    assert {
        "date": "2026-03-02T07:00:00",
        "request-id": answer.headers["request-id"],
        "client-request-id": "mine-2",
    } == error["innerError"]


def test_request_ids_differ(graph):
    assert graph("GET", f"{U}/events").headers["request-id"] != graph("GET", f"{U}/events").headers["request-id"]


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff\xfe", b"", b'{"a":' * 2000])
def test_a_malformed_body_is_refused(graph, body):
    answer = graph.client.post(f"https://graph.microsoft.com/v1.0{U}/events", content=body, headers=graph.headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_a_giant_body_is_refused(graph):
    body = b'{"subject":"' + b"x" * (4 * 1024 * 1024) + b'"}'
    answer = graph.client.post(f"https://graph.microsoft.com/v1.0{U}/events", content=body, headers=graph.headers)

    assert answer.status_code == 413


def test_an_unknown_segment_is_refused_by_name(graph):
    answer = graph("GET", f"{U}/bookingz")

    assert (
        answer.status_code,
        answer.json()["error"]["message"],
    ) == (400, "Resource not found for the segment 'bookingz'.")


def test_a_method_that_a_path_does_not_have_is_refused(graph):
    answer = graph("PUT", f"{U}/events")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


def test_beta_is_a_named_gap_and_other_versions_do_not_exist(graph):
    assert graph("GET", f"https://graph.microsoft.com/beta{U}/events").status_code == 501
    assert graph("GET", f"https://graph.microsoft.com/v9{U}/events").status_code == 400


def test_segments_in_key_form_and_in_any_case_are_understood(graph):
    event = graph.post(f"{U}/events", an_event())

    assert event["id"] == graph.get(f"/Users('aquarium@harbour.test')/Events('{event['id']}')")["id"]


def test_an_unknown_host_is_no_host(graph):
    with pytest.raises(httpx.ConnectError):
        graph("GET", "https://example.test/")


def test_the_same_seed_gives_the_same_run():
    def run():
        tokens = KnownTokens()
        simulator = Simulator(a_company(), seed=9, start=START, identity=tokens)
        ada = simulator.person("ada@harbour.test")
        ada.create_event("Planning", START, attendees=["aquarium@harbour.test", "ben@harbour.test"])
        simulator.advance(timedelta(minutes=5))
        return simulator.person("aquarium@harbour.test").events(), [mail.at for mail in simulator.ledger.mails]

    assert run() == run()


def test_a_wsgi_server_gets_the_same_answers(sim):
    with httpx.Client(transport=httpx.WSGITransport(sim.wsgi), base_url="http://127.0.0.1:8365") as client:
        headers = {"Authorization": "Bearer good"}
        made = client.post(f"/v1.0{U}/events", json=an_event("Grüße"), headers=headers)
        page = client.get(f"/v1.0{U}/events", params={"$top": 1, "$filter": "subject eq 'Grüße'"}, headers=headers)
        view = client.get(
            f"/v1.0{U}/calendarView/delta?startDateTime=2026-03-01&endDateTime=2026-03-09", headers=headers
        )

    assert made.status_code == 201
    assert [event["subject"] for event in page.json()["value"]] == ["Grüße"]
    assert view.json()["@odata.deltaLink"].startswith("http://127.0.0.1:8365/v1.0/users/")


def test_over_wsgi_a_broken_connection_is_an_answer_cut_short(sim):
    sim.weather.next("truncated")
    with httpx.Client(transport=httpx.WSGITransport(sim.wsgi), base_url="http://127.0.0.1:8365") as client:
        answer = client.get(f"/v1.0{U}/events", headers={"Authorization": "Bearer good"})

    assert len(answer.content) < int(answer.headers["Content-Length"])


def test_a_bug_of_the_simulator_is_answered_and_kept(tokens):
    class Broken(KnownTokens):
        def principal_of(self, authorization, now):
            raise ZeroDivisionError

    simulator = Simulator(a_company(), start=START, identity=Broken())
    outcome = simulator.exchange(Request("GET", f"/v1.0{U}/events"))

    assert isinstance(outcome, Answer)
    assert (outcome.status, len(simulator.bugs)) == (500, 1)
    assert "ZeroDivisionError" in simulator.bugs[0]


_words = some.sampled_from(
    ["users", "aquarium@harbour.test", "calendar", "calendars", "events", "calendarView", "delta", "instances", "places",
     "microsoft.graph.room", "subscriptions", "$batch", "mailboxSettings", "accept", "cancel", "x", "", "..", "%", "é"]
)  # fmt: skip
_queries = some.lists(
    some.tuples(
        some.sampled_from(["$top", "$skip", "$filter", "$select", "$expand", "$orderby", "$skiptoken", "$deltatoken",
                           "startDateTime", "endDateTime", "$search"]),
        some.one_of(some.text(max_size=12), some.sampled_from(["2026-03-01", "2026-04-01", "5", "subject eq 'x'"])),
    ),
    max_size=4,
)  # fmt: skip
_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3)
    | some.dictionaries(
        some.sampled_from(["subject", "start", "end", "dateTime", "timeZone", "attendees", "recurrence", "pattern", "range",
                           "type", "interval", "requests", "id", "url", "method", "body", "location", "name",
                           "changeType", "resource", "notificationUrl", "expirationDateTime", "categories"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def fuzzed():
    from sim365.state import Principal
    from tests.sim365.core.harbour import PERMISSIONS

    tokens = KnownTokens()
    tokens.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    return Simulator(a_company(), start=START, identity=tokens)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    method=some.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    words=some.lists(_words, max_size=6),
    query=_queries,
    body=_json,
)
def test_nothing_that_a_client_sends_is_a_bug(fuzzed, method, words, query, body):
    import urllib.parse

    import msgspec

    request = Request(
        method,
        "/v1.0/" + "/".join(words),
        urllib.parse.urlencode(query),
        {"authorization": "Bearer good"},
        msgspec.json.encode(body),
    )
    outcome = fuzzed.exchange(request)

    assert fuzzed.bugs == []
    assert isinstance(outcome, Answer)
    assert outcome.status != 500 or "expand" in request.query


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    change=some.dictionaries(
        some.sampled_from(["subject", "start", "end", "attendees", "recurrence", "location", "locations", "body", "isAllDay",
                           "categories", "showAs", "singleValueExtendedProperties", "reminderMinutesBeforeStart"]),
        _json, max_size=3,
    )
)  # fmt: skip
def test_no_event_body_is_a_bug(fuzzed, change):
    import msgspec

    body = msgspec.json.encode(an_event() | change)
    outcome = fuzzed.exchange(Request("POST", f"/v1.0{U}/events", "", {"authorization": "Bearer good"}, body))

    assert fuzzed.bugs == []
    assert isinstance(outcome, Answer)
    assert outcome.status in {201, 400, 501}
