"""Forms that no page lists as such, but that Microsoft's own examples and real clients send or expect."""

import pytest

from tests.sim365.core.harbour import an_event

ADA = "/users/ada@harbour.test"
TIDE = "String {5f0c0b2e-8a0a-4d8f-9a3a-1f2d3c4b5a69} Name Tide"


@pytest.mark.fact("cast-by-alias")
def test_a_cast_by_the_namespaces_alias_is_the_same_cast(graph):
    short, long = graph.get("/places/graph.room"), graph.get("/places/microsoft.graph.room")

    assert [room["displayName"] for room in short["value"]] == [room["displayName"] for room in long["value"]]


@pytest.mark.fact("flags-as-text")
def test_a_flag_may_come_as_text(graph):
    body = an_event(isAllDay="False", isReminderOn="true", responseRequested=False)

    made = graph.post(f"{ADA}/events", body)

    assert (made["isAllDay"], made["isReminderOn"], made["responseRequested"]) == (False, True, False)
    assert graph.error("POST", f"{ADA}/events", an_event(isAllDay="perhaps")) == (400, "RequestBodyRead")


@pytest.mark.fact("expanded-contexts")
def test_what_is_expanded_names_its_own_context(graph):
    made = graph.post(f"{ADA}/events", an_event(singleValueExtendedProperties=[{"id": TIDE, "value": "High"}]))
    expand = f"$expand=singleValueExtendedProperties($filter=id eq '{TIDE}')"

    seen = graph.get(f"{ADA}/events/{made['id']}?$select=subject&{expand}")

    assert seen["singleValueExtendedProperties@odata.context"].endswith("/singleValueExtendedProperties")
    assert "singleValueExtendedProperties@odata.context" not in graph.get(f"{ADA}/events/{made['id']}")


@pytest.mark.fact("preferences-without-value")
def test_a_preference_may_have_no_value(graph):
    graph.post(f"{ADA}/events", an_event())

    assert graph("GET", f"{ADA}/events", Prefer="outlook.allow-unsafe-html, respond-async").status_code == 200
