"""What the gateway and a mailbox count besides concurrency (FACTS 8)."""

from datetime import timedelta

import pytest

from sim365.limits import Gateway
from sim365.limits.gateway import Allowance, Caller
from tests.sim365.core.harbour import APP, START, an_event
from tests.sim365.tracking.bell import U, asking

SECOND = timedelta(seconds=1)


def lowered(sim, **allowances):
    for name, (units, seconds) in allowances.items():
        setattr(sim.limits.gateway.allowances, name, Allowance(units, timedelta(seconds=seconds)))


def status(graph, path):
    return graph("GET", path).status_code


@pytest.mark.fact("limit-app")
def test_an_app_altogether_is_throttled_by_the_gateway(graph, sim):
    lowered(sim, app=(3, 10))
    paths = (f"{U}/events", "/users/boathouse@harbour.test/events", "/users", f"{U}/events")

    assert [status(graph, path) for path in paths] == [200, 200, 200, 429]
    answer = graph("GET", f"{U}/events")
    assert (answer.json()["error"]["code"], answer.headers["Retry-After"]) == ("TooManyRequests", "10")
    sim.advance(10 * SECOND)
    assert status(graph, f"{U}/events") == 200


@pytest.mark.fact("limit-app")
def test_by_switch_an_app_has_two_thousand_requests_a_second():
    gateway = Gateway(is_older=True)
    for _ in range(2000):
        gateway.admit(Caller("app", "harbour"), START)
    gateway.admit(Caller("another app", "harbour"), START)
    with pytest.raises(Exception, match="TooManyRequests"):
        gateway.admit(Caller("app", "harbour"), START)
    gateway.admit(Caller("app", "harbour"), START + SECOND)


@pytest.mark.fact("limit-retry-after")
def test_the_seconds_to_wait_may_be_fractional_or_missing(graph, sim):
    lowered(sim, app=(1, 10))
    graph.get(f"{U}/events")
    sim.advance(timedelta(seconds=7.872))
    assert graph("GET", f"{U}/events").headers["Retry-After"] == "2.128"

    sim.switch("retry_after_given", value=False)
    answer = graph("GET", f"{U}/events")
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)


@pytest.mark.fact("limit-subscriptions")
def test_requests_to_subscriptions_are_counted_by_app_and_by_tenant(graph, sim):
    lowered(sim, subscriptions_of_app=(2, 20))
    assert [status(graph, "/subscriptions") for _ in range(3)] == [200, 200, 429]
    assert status(graph, f"{U}/events") == 200

    sim.advance(20 * SECOND)
    lowered(sim, subscriptions_of_app=(100, 20), subscriptions_of_tenant=(1, 20))
    assert graph("POST", "/subscriptions", asking()).status_code == 201
    assert graph("POST", "/subscriptions", asking(changeType="created")).status_code == 429


@pytest.mark.fact("limit-directory")
def test_the_directory_tells_what_an_answer_cost_and_how_near_the_limit_is(graph, sim):
    lowered(sim, directory_small=(10, 10))
    answers = [graph("GET", "/users") for _ in range(4)] + [graph("GET", "/users/ada@harbour.test")]

    assert [answer.headers["x-ms-resource-unit"] for answer in answers] == ["2", "2", "2", "2", "1"]
    near = [answer.headers.get("x-ms-throttle-limit-percentage") for answer in answers]
    assert near == [None, None, None, "0.8", "0.9"]
    refused = graph("GET", "/users")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "TooManyRequests")
    assert APP in refused.headers["x-ms-throttle-scope"]
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert status(graph, f"{U}/events") == 200


@pytest.mark.fact("limit-directory")
@pytest.mark.parametrize(("people", "units"), [(49, 3500), (50, 5000), (500, 5000), (501, 8000)])
def test_a_larger_tenant_has_a_larger_budget(people, units):
    assert Gateway().allowances.directory(people).units == units


@pytest.mark.fact("limit-requests")
def test_throttled_requests_count_as_well(graph, sim):
    sim.limits.requests_max = 2
    assert [status(graph, f"{U}/events") for _ in range(4)] == [200, 200, 429, 429]
    sim.advance(timedelta(minutes=9))
    assert status(graph, f"{U}/events") == 429
    sim.advance(timedelta(minutes=1, seconds=1))
    assert status(graph, f"{U}/events") == 200


@pytest.mark.fact("limit-upload")
def test_what_is_written_to_a_mailbox_is_counted_in_bytes(graph, sim):
    sim.limits.upload_bytes_max = 3000
    large = an_event(body={"contentType": "text", "content": "x" * 1800})
    graph.post(f"{U}/events", large)
    answer = graph("POST", f"{U}/events", large)

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "ApplicationThrottled")
    assert "RequestUpload" in answer.json()["error"]["message"]
    assert status(graph, f"{U}/events") == 200
    graph.post("/users/boathouse@harbour.test/events", large)
    sim.advance(timedelta(minutes=5))
    graph.post(f"{U}/events", large)


def test_what_was_counted_can_be_forgotten(graph, sim):
    lowered(sim, app=(1, 10))
    sim.limits.requests_max = 1
    graph.get(f"{U}/events")
    assert status(graph, f"{U}/events") == 429
    sim.forget_clients()

    assert status(graph, f"{U}/events") == 200
