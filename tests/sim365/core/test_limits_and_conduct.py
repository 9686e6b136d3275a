"""Throttling, permissions, and the record of how a client behaves (FACTS 8, 1.9)."""

from datetime import timedelta

import pytest

from sim365.limits import CONCURRENT_MAX, Limits
from sim365.limits.throttle import REQUESTS_MAX
from sim365.state import Principal
from tests.sim365.core.harbour import APP, START, TENANT, an_event

U = "/users/aquarium@harbour.test"


def kinds(sim):
    return [str(offence.kind) for offence in sim.conduct.offences]


def oid(sim):
    return sim.person("aquarium@harbour.test").mailbox.oid


@pytest.mark.fact("limit-concurrency")
@pytest.mark.fact("conduct-fifth-request")
def test_a_fifth_request_at_once_is_throttled_and_noted(graph, sim):
    for _ in range(CONCURRENT_MAX):
        sim.limits.enter(APP, oid(sim), sim.clock.now())
    answer = graph("GET", f"{U}/events")

    assert (
        answer.status_code,
        answer.json()["error"]["code"],
        answer.headers["Retry-After"],
    ) == (429, "ApplicationThrottled", "1")
    assert kinds(sim) == ["fifth_request_in_flight"]
    assert graph("GET", "/users/boathouse@harbour.test/events").status_code == 200


def test_a_place_is_given_back_when_a_request_ends(graph, sim):
    for _ in range(CONCURRENT_MAX + 2):
        graph.get(f"{U}/events")
        graph.error("GET", f"{U}/events/x")

    assert sim.limits.in_flight(APP, oid(sim)) == 0


@pytest.mark.fact("limit-concurrency")
def test_by_switch_concurrency_counts_across_mailboxes(graph, sim):
    sim.switch("concurrency_per_mailbox", value=False)
    sim.limits.per_mailbox = False
    for number in range(CONCURRENT_MAX):
        sim.limits.enter(APP, f"mailbox {number}", sim.clock.now())

    assert graph("GET", f"{U}/events").status_code == 429


@pytest.mark.fact("limit-requests")
def test_ten_thousand_requests_in_ten_minutes_are_the_limit():
    limits = Limits()
    for _ in range(REQUESTS_MAX):
        limits.enter("app", "room", START)
        limits.leave("app", "room")

    with pytest.raises(Exception, match="RequestCount") as caught:
        limits.enter("app", "room", START + timedelta(minutes=4))
    assert caught.value.headers["Retry-After"] == "360"
    limits.leave("app", "room")
    limits.enter("app", "room", START + timedelta(minutes=10))


@pytest.mark.fact("conduct-retry-after")
def test_a_retry_before_the_time_is_noted_and_one_after_it_is_not(graph, sim):
    sim.weather.next("throttled", parameter=10)
    assert graph("GET", f"{U}/events").status_code == 429
    sim.advance(timedelta(seconds=9))
    graph.get(f"{U}/events")
    assert kinds(sim) == ["retry_before_retry_after"]

    sim.advance(timedelta(seconds=1))
    graph.get(f"{U}/events")
    assert kinds(sim) == ["retry_before_retry_after"]


def test_waiting_for_one_mailbox_does_not_hold_up_another(graph, sim):
    sim.weather.next("throttled", parameter=10)
    graph("GET", f"{U}/events")
    graph.get("/users/boathouse@harbour.test/events")

    assert kinds(sim) == []


@pytest.mark.fact("conduct-handmade-token")
def test_a_token_made_by_hand_is_refused_and_noted(graph, sim):
    graph.headers = {"Authorization": "Bearer eyJ.fake.token"}
    answer = graph("GET", f"{U}/events")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert kinds(sim) == ["handmade_token"]


def test_no_token_is_refused(graph, sim):
    graph.headers = {}

    assert graph.error("GET", f"{U}/events") == (401, "InvalidAuthenticationToken")
    assert kinds(sim) == []


@pytest.mark.fact("conduct-if-match")
def test_changes_without_if_match_are_noted(graph, sim):
    event = graph.post(f"{U}/events", an_event())
    graph.patch(f"{U}/events/{event['id']}", {"subject": "B"})
    graph.delete(f"{U}/events/{event['id']}")

    assert kinds(sim) == ["missing_if_match"] * 2


@pytest.mark.fact("conduct-if-match")
def test_changes_under_an_etag_are_polite(graph, sim):
    event = graph.post(f"{U}/events", an_event())
    changed = graph.patch(f"{U}/events/{event['id']}", {"subject": "B"}, If_Match=event["@odata.etag"])
    graph.delete(f"{U}/events/{event['id']}", If_Match=changed["@odata.etag"])

    assert kinds(sim) == []


@pytest.mark.fact("conduct-lacking-permission")
@pytest.mark.parametrize(
    ("roles", "method", "path", "code"),
    [
        ({"Calendars.Read"}, "POST", f"{U}/events", "ErrorAccessDenied"),
        ({"Calendars.ReadBasic.All"}, "PATCH", f"{U}/calendar", "ErrorAccessDenied"),
        (set(), "GET", f"{U}/events", "ErrorAccessDenied"),
        ({"Calendars.ReadWrite"}, "GET", f"{U}/mailboxSettings", "ErrorAccessDenied"),
        ({"Calendars.ReadWrite"}, "GET", "/users", "Authorization_RequestDenied"),
        ({"Calendars.ReadWrite"}, "GET", "/places/microsoft.graph.room", "Authorization_RequestDenied"),
    ],
)
def test_an_operation_needs_its_permission(graph, sim, tokens, roles, method, path, code):
    tokens.issue("weak", Principal(TENANT, APP, frozenset(roles), "sp-1"))
    graph.headers = {"Authorization": "Bearer weak"}

    assert (403, code) == graph.error(method, path, {} if method != "GET" else None)
    assert kinds(sim) == ["unknown_permission_use"]


def test_read_basic_hides_the_body(graph, tokens):
    event = graph.post(f"{U}/events", an_event(body={"contentType": "text", "content": "secret"}))
    tokens.issue("basic", Principal(TENANT, APP, frozenset({"Calendars.ReadBasic.All"}), "sp-1"))
    graph.headers = {"Authorization": "Bearer basic"}

    assert not {"body", "bodyPreview"} & set(graph.get(f"{U}/events/{event['id']}"))


def test_an_access_policy_confines_an_app(graph, sim):
    app = sim.company.tenants[0].apps[APP]
    app.allowed_mailboxes = {sim.person("boathouse@harbour.test").mailbox.oid}
    answer = graph("GET", f"{U}/events")

    assert answer.status_code == 403
    assert "RAOP" in answer.json()["error"]["message"]
    graph.get("/users/boathouse@harbour.test/events")


def test_me_needs_a_person(graph, tokens, sim):
    assert graph.error("GET", "/me/events") == (400, "BadRequest")

    ada = sim.person("ada@harbour.test").mailbox.oid
    tokens.issue("ada", Principal(TENANT, APP, scopes=frozenset({"Calendars.ReadWrite"}), user_oid=ada))
    graph.headers = {"Authorization": "Bearer ada"}
    made = graph.post("/me/events", an_event())
    assert [made["id"]] == [event["id"] for event in graph.get("/users/ada@harbour.test/events")["value"]]
    assert graph.error("GET", f"{U}/events") == (403, "ErrorAccessDenied")


@pytest.mark.fact("conduct-unused-permission")
def test_unused_permissions_are_known(graph, sim):
    graph.get(f"{U}/mailboxSettings")
    held = sim.company.tenants[0].apps[APP].permissions

    assert "MailboxSettings.Read" not in sim.conduct.unused(APP, held)
    assert "Place.Read.All" in sim.conduct.unused(APP, held)


def test_requests_are_recorded_and_counted(graph, sim):
    graph.get(f"{U}/events")
    graph.error("GET", f"{U}/events/x")

    assert [(entry.status, entry.method) for entry in sim.conduct.entries] == [(200, "GET"), (400, "GET")]
    assert sim.conduct.counts["GET events list"] == 1


@pytest.mark.parametrize(("fault", "status"), [("throttled", 429), ("token_refused", 401), ("internal_error", 500)])
@pytest.mark.parametrize(
    ("path", "operation"), [(f"{U}/events", "events list"), ("/places/nothing/at/all", "unknown path")]
)
def test_the_record_names_app_and_operation_of_what_the_weather_ended(graph, sim, fault, status, path, operation):
    sim.weather.add(fault)

    assert graph("GET", path).status_code == status
    assert (sim.conduct.entries[-1].status, sim.conduct.entries[-1].app_id) == (status, APP)
    assert sim.conduct.counts == {f"GET {operation}": 1}


def test_the_record_names_the_operation_of_who_comes_without_a_token(graph, sim):
    for path in (f"{U}/calendarView", "/me/calendar", "/nowhere"):
        assert graph("GET", path, None, Authorization="Bearer forged").status_code == 401

    assert [entry.app_id for entry in sim.conduct.entries] == ["", "", ""]
    assert sim.conduct.counts == {"GET calendarView": 1, "GET calendar get": 1, "GET unknown path": 1}
