"""What hangs on events survives a snapshot and the kept state, with drafts, old items and Deleted Items."""

import pytest

from sim365.serving.state_file import bring_back, kept_bytes
from sim365.unusual import age, deleted_events, save_draft
from tests.sim365.core.harbour import an_event
from tests.sim365.events.test_attachments import LINK, PLAN, REGATTA
from tests.sim365.events.test_extensions import REFERRAL, prop
from tests.sim365.events.words import ADA, BEN, a_series, at, copy_in, invited, on


@pytest.fixture
def furnished(graph, sim):
    """Ada's calendar with one of everything; answers how to read it all."""
    ada = sim.person("ada@harbour.test")
    several = {"id": "StringArray {66f5a359-4659-4830-9070-00047ec6ac6e} Name Crew", "value": ["Ada", "Ben"]}
    event = graph.post(
        f"{ADA}/events",
        an_event(
            attachments=[PLAN, LINK, REGATTA],
            extensions=[REFERRAL],
            singleValueExtendedProperties=[prop("Berth", "7")],
            multiValueExtendedProperties=[several],
            body={"contentType": "html", "content": "<p>Agenda</p><script>1</script>"},
            attendees=invited("ben@harbour.test"),
        ),
    )
    sim.settle()
    slot = {"start": at("2026-03-03T12:00:00"), "end": at("2026-03-03T13:00:00")}
    copy = copy_in(graph, BEN, event)
    graph("POST", f"{BEN}/events/{copy['id']}/tentativelyAccept", {"proposedNewTime": slot}, 202)
    master = a_series(graph, subject="Rounds")
    graph("POST", f"{ADA}/events/{on_rounds(graph)['id']}/dismissReminder", None, 200)
    age(ada, master, has_uid=False, zone="tzone://Microsoft/Custom", recurrence_zone="")
    save_draft(ada, an_event("Offsite", attendees=invited("ben@harbour.test")))
    gone = graph.post(f"{ADA}/events", an_event("Regatta"))
    graph.delete(f"{ADA}/events/{gone['id']}")
    sim.settle()

    def everything():
        expand = f"attachments,extensions,singleValueExtendedProperties($filter=id eq '{prop('Berth', '')['id']}')"
        asked = f"{ADA}/events?$top=100&$expand={expand}"
        whole = graph.get(asked, Prefer="outlook.allow-unsafe-html")["value"]
        return whole, deleted_events(sim.person("ada@harbour.test"))

    return everything


def on_rounds(graph):
    return on(graph, "2026-03-03")


def test_a_snapshot_brings_everything_back(graph, sim, furnished):
    before, saved = furnished(), sim.snapshot()
    for event in graph.get(f"{ADA}/events?$top=100")["value"]:
        graph.delete(f"{ADA}/events/{event['id']}")

    assert furnished() != before
    sim.restore(saved)
    assert furnished() == before


def test_the_kept_state_brings_everything_back(graph, sim, furnished):
    before, saved = furnished(), kept_bytes(sim)
    for event in graph.get(f"{ADA}/events?$top=100")["value"]:
        graph.delete(f"{ADA}/events/{event['id']}")

    bring_back(saved, sim, name="state")
    assert furnished() == before


def test_a_number_that_no_store_holds_is_refused(graph):
    event = graph.post(f"{ADA}/events", an_event())
    body = {"extensionName": "com.x", "deep": [{"number": 2**64}]}

    assert graph.error("POST", f"{ADA}/events/{event['id']}/extensions", body) == (400, "RequestBodyRead")
