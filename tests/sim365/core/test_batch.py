"""`$batch`: many requests in one (FACTS 7)."""

import base64

import msgspec
import pytest

from sim365.state import Principal
from tests.sim365.core.harbour import APP, TENANT, an_event

U = "/users/aquarium@harbour.test"
JSON = {"Content-Type": "application/json"}


def run(graph, *items, status=200):
    requests = [{"id": str(number), "method": "GET", **item} for number, item in enumerate(items, 1)]
    answer = graph("POST", "/$batch", {"requests": requests}, status)
    return {each["id"]: each for each in answer.json()["responses"]} if status == 200 else answer.json()


@pytest.mark.fact("batch-items")
def test_each_item_has_an_answer_of_its_own(graph):
    event = graph.post(f"{U}/events", an_event())
    answers = run(
        graph,
        {"url": f"{U}/events/{event['id']}"},
        {"url": f"{U}/events/{event['id'][:-8]}"},
        {"url": "/users/nobody@harbour.test/events"},
        {"url": f"{U}/events", "method": "POST", "body": an_event("New"), "headers": JSON},
        {"url": f"{U}/events/{event['id']}", "method": "DELETE"},
    )

    assert {name: each["status"] for name, each in answers.items()} == {
        "1": 200,
        "2": 400,
        "3": 404,
        "4": 201,
        "5": 204,
    }
    assert (answers["4"]["body"]["subject"], answers["3"]["body"]["error"]["code"]) == ("New", "ErrorInvalidUser")


def test_items_carry_their_own_headers(graph):
    event = graph.post(f"{U}/events", an_event())
    prefer = {"Prefer": 'IdType="ImmutableId", outlook.timezone="FLE Standard Time"'}
    answers = run(graph, {"url": f"{U}/events/{event['id']}", "headers": prefer})

    assert event["id"] != answers["1"]["body"]["id"]
    assert answers["1"]["body"]["start"]["timeZone"] == "FLE Standard Time"


def test_queries_in_items_are_understood(graph):
    graph.post(f"{U}/events", an_event())
    query = "startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-03T00:00:00Z&$select=subject"

    assert run(graph, {"url": f"{U}/calendarView?{query}"})["1"]["body"]["value"][0]["subject"] == "Planning"


@pytest.mark.fact("batch-depends")
def test_a_failed_dependency_fails_what_depends_on_it(graph):
    answers = run(
        graph,
        {"url": "/users/nobody@harbour.test/events"},
        {"url": f"{U}/events", "dependsOn": ["1"]},
        {"url": f"{U}/events", "dependsOn": ["2"]},
        {"url": f"{U}/events"},
    )

    assert [answers[name]["status"] for name in "1234"] == [404, 424, 424, 200]


@pytest.mark.fact("batch-depends")
def test_items_run_in_the_order_of_their_dependencies(graph):
    answers = run(
        graph,
        {"url": f"{U}/events", "dependsOn": ["2"]},
        {"url": f"{U}/events", "method": "POST", "body": an_event("First"), "headers": JSON},
    )

    assert [event["subject"] for event in answers["1"]["body"]["value"]] == ["First"]


@pytest.mark.fact("batch-malformed")
@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"url": "/users"}] * 21,
        [{"url": "/users", "id": "a"}, {"url": "/users", "id": "a"}],
        [{"url": "https://graph.microsoft.com/v1.0/users"}],
        [{"url": "/$batch", "method": "POST", "body": {}, "headers": JSON}],
        [{"url": "/users", "dependsOn": ["9"]}],
        [{"url": "/users", "dependsOn": ["2"]}, {"url": "/users", "dependsOn": ["1"]}],
        [{"url": "/users", "method": "POST", "body": {}}],
        [{"url": "/users", "method": "BREW"}],
        ["not an item"],
    ],
)
def test_a_malformed_batch_is_refused_as_a_whole(graph, items):
    requests = [
        {"id": str(number), "method": "GET", **item} if isinstance(item, dict) else item
        for number, item in enumerate(items, 1)
    ]

    assert graph.error("POST", "/$batch", {"requests": requests})[0] == 400


@pytest.mark.fact("batch-throttled")
def test_weather_strikes_single_items(graph, sim):
    sim.weather.next("throttled", path="boathouse", parameter=7)
    answers = run(graph, {"url": f"{U}/events"}, {"url": "/users/boathouse@harbour.test/events"})

    assert [answers[name]["status"] for name in "12"] == [200, 429]
    assert answers["2"]["headers"]["Retry-After"] == "7"


def test_a_broken_connection_behind_the_batch_shows_as_504_after_the_commit(graph, sim):
    sim.weather.next("reset_after", method="POST", path="/events")
    answers = run(graph, {"url": f"{U}/events", "method": "POST", "body": an_event(), "headers": JSON})

    assert answers["1"]["status"] == 504
    assert len(graph.get(f"{U}/events")["value"]) == 1


@pytest.mark.fact("batch-order")
def test_answers_may_be_shuffled_and_one_may_be_missing(graph, sim):
    sim.weather.next("answers_shuffled")
    sim.weather.next("answer_missing")
    answers = run(graph, *[{"url": f"{U}/events"}] * 8)

    assert len(answers) == 7


@pytest.mark.fact("batch-surplus")
def test_by_switch_more_than_four_items_for_one_mailbox_are_throttled(graph, sim):
    sim.switch("batch_surplus_throttled", value=True)
    answers = run(graph, *[{"url": f"{U}/events"}] * 6, {"url": "/users/ada@harbour.test/events"})

    assert [answers[str(number)]["status"] for number in range(1, 8)] == [200] * 4 + [429] * 2 + [200]


@pytest.mark.fact("batch-throttled")
def test_items_count_as_requests(graph, sim):
    run(graph, *[{"url": f"{U}/events"}] * 5)

    assert sim.conduct.requests == 6
    assert sum(entry.in_batch for entry in sim.conduct.entries) == 5


def test_the_items_of_one_batch_are_no_early_retries_of_each_other(graph, sim):
    """One item is told to wait; those that came with it could not know. A later request could."""
    sim.weather.next("throttled", path="/events", parameter=30)
    answers = run(graph, *[{"url": f"{U}/events"}] * 3)
    assert sorted(answer["status"] for answer in answers.values()) == [200, 200, 429]
    assert sim.conduct.offences == []

    graph.get(f"{U}/events")
    assert [offence.kind for offence in sim.conduct.offences] == ["retry_before_retry_after"]


@pytest.mark.fact("batch-no-transaction")
def test_an_atomicity_group_is_ignored(graph):
    answers = run(
        graph,
        {"url": f"{U}/events", "method": "POST", "body": an_event(), "headers": JSON, "atomicityGroup": "one"},
        {"url": "/users/nobody@harbour.test/events", "atomicityGroup": "one"},
    )

    assert [answers[name]["status"] for name in "12"] == [201, 404]
    assert len(graph.get(f"{U}/events")["value"]) == 1


@pytest.mark.fact("batch-base64")
def test_a_body_that_is_not_json_travels_as_base64_there_and_back(graph, sim):
    event = base64.b64encode(msgspec.json.encode(an_event("Packed"))).decode()
    item = {"url": f"{U}/events", "method": "POST", "body": event, "headers": {"Content-Type": "text/plain"}}
    assert run(graph, item)["1"]["body"]["subject"] == "Packed"

    sim.weather.next("html_page", path="/events")
    answer = run(graph, {"url": f"{U}/events"})["1"]
    assert answer["headers"]["Content-Type"].startswith("text/html")
    assert base64.b64decode(answer["body"]).startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("body", ["not base64!", {"an": "object"}, 7])
def test_a_body_that_is_neither_json_nor_base64_is_refused(graph, body):
    item = {"url": f"{U}/events", "method": "POST", "body": body, "headers": {"Content-Type": "text/plain"}}

    assert run(graph, item, status=400)["error"]["message"]


@pytest.mark.fact("batch-items")
def test_a_persons_own_calendar_is_reached_from_a_batch(graph, sim, tokens):
    ada = sim.person("ada@harbour.test").mailbox.oid
    tokens.issue("ada", Principal(TENANT, APP, scopes=frozenset({"Calendars.ReadWrite"}), user_oid=ada))
    graph.headers = {"Authorization": "Bearer ada"}
    answers = run(graph, {"url": "me/events"}, {"url": "/ME/calendar"})

    assert [answers[name]["status"] for name in "12"] == [200, 200]


def test_a_whole_batch_may_be_throttled(graph, sim):
    """RELIABILITY F22."""
    sim.weather.next("throttled", path="$batch", parameter=9)
    answer = graph("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": f"{U}/events"}]})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "9")
