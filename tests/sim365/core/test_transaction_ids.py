"""transactionId: a create that can be repeated (FACTS 3.5)."""

import pytest

from tests.sim365.core.harbour import an_event

U = "/users/aquarium@harbour.test"


@pytest.mark.fact("transaction-repeats")
def test_the_same_create_twice_makes_one_event(graph):
    first = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    second = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))

    assert first["id"] == second["id"]
    assert len(graph.get(f"{U}/events")["value"]) == 1


def test_the_repeat_answers_with_the_event_as_it_is_now(graph):
    event = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    graph.patch(f"{U}/events/{event['id']}", {"subject": "Renamed in Outlook"})

    assert graph.post(f"{U}/events", an_event(transactionId="link-7-1"))["subject"] == "Renamed in Outlook"


@pytest.mark.fact("transaction-of-another")
def test_another_event_under_a_used_transaction_id_is_refused(graph):
    graph.post(f"{U}/events", an_event(transactionId="link-7-1"))

    assert graph.error("POST", f"{U}/events", an_event("Something else", transactionId="link-7-1")) == (
        409,
        "ErrorDuplicateTransactionId",
    )


def test_a_transaction_id_belongs_to_its_mailbox(graph):
    first = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    second = graph.post("/users/boathouse@harbour.test/events", an_event(transactionId="link-7-1"))

    assert first["iCalUId"] != second["iCalUId"]


def test_a_transaction_id_cannot_be_changed(graph):
    event = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))

    assert graph.patch(f"{U}/events/{event['id']}", {"transactionId": "other"})["transactionId"] == "link-7-1"


@pytest.mark.fact("transaction-survives-deletion")
def test_a_transaction_id_survives_the_deletion_of_its_event(graph):
    event = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    graph.delete(f"{U}/events/{event['id']}")

    assert event["id"] == graph.post(f"{U}/events", an_event(transactionId="link-7-1"))["id"]
    assert graph.get(f"{U}/events")["value"] == []


def test_by_switch_a_transaction_id_is_free_again_after_deletion(graph, sim):
    sim.switch("transaction_survives_deletion", value=False)
    event = graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    graph.delete(f"{U}/events/{event['id']}")

    assert event["id"] != graph.post(f"{U}/events", an_event(transactionId="link-7-1"))["id"]


def test_the_transaction_id_is_shown_in_views_and_in_delta(graph):
    graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    window = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-03-08T00:00:00Z"

    for path in ("calendarView", "calendarView/delta"):
        assert [each["transactionId"] for each in graph.get(f"{U}/{path}?{window}")["value"]] == ["link-7-1"]


@pytest.mark.fact("transaction-filter")
def test_filtering_by_transaction_id_is_not_documented_and_stands_behind_a_switch(graph, sim):
    graph.post(f"{U}/events", an_event(transactionId="link-7-1"))
    path = f"{U}/events?$filter=transactionId eq 'link-7-1'"

    assert graph.error("GET", path)[0] == 400
    sim.switch("transaction_filter", value=True)
    assert len(graph.get(path)["value"]) == 1
