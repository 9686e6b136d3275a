"""A rude client is named, a polite one is not: for every kind of misconduct that shows over several requests."""

from datetime import timedelta

import httpx
import pytest

from sim365.identity import Identity
from sim365.simulator import Simulator
from sim365.state import AppSecret
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, START, TENANT, a_company, an_event
from tests.sim365.tracking.bell import U, asking

WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
FIRST = f"{U}/calendarView/delta?{WINDOW}"
ADA = "/users/ada@harbour.test"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def kinds(sim):
    return [str(offence.kind) for offence in sim.conduct.offences]


def later(**delta):
    return {"expirationDateTime": (START + timedelta(**delta)).isoformat()}


@pytest.mark.fact("conduct-delta-restart")
def test_beginning_anew_again_and_again_is_noted_and_following_the_link_is_not(graph, sim):
    link = graph.get(FIRST)["@odata.deltaLink"]
    for _ in range(20):
        sim.advance(2 * MINUTE)
        link = graph.get(link)["@odata.deltaLink"]
    assert kinds(sim) == []

    for _ in range(13):
        sim.advance(3 * MINUTE)
        graph.get(FIRST)
    assert kinds(sim) == ["delta_restarted"]


@pytest.mark.fact("conduct-delta-restart")
def test_beginning_anew_after_each_410_or_once_in_a_while_is_right(graph, sim):
    for _ in range(20):
        link = graph.get(FIRST)["@odata.deltaLink"]
        sim.forget_sync_states()
        assert graph("GET", link).status_code == 410
    for _ in range(20):
        sim.advance(6 * MINUTE)
        graph.get(FIRST)

    assert kinds(sim) == []


@pytest.mark.fact("conduct-opaque-links")
@pytest.mark.parametrize("added", ["&$top=50", "&$select=subject", "&startDateTime=2026-03-01T00:00:00Z"])
def test_adding_to_a_link_is_noted(graph, sim, added):
    graph("GET", graph.get(FIRST)["@odata.deltaLink"] + added)

    assert kinds(sim) == ["handmade_link"]


@pytest.mark.fact("conduct-opaque-links")
def test_a_token_made_up_by_the_client_is_noted_and_an_old_one_is_not(graph, sim):
    graph("GET", f"{U}/calendarView/delta?$deltatoken=2026-03-02T07:00:00Z")
    assert kinds(sim) == ["handmade_link"]

    old = graph.get(FIRST)["@odata.deltaLink"]
    graph.get(old)
    graph.get(old)
    assert len(kinds(sim)) == 1


@pytest.mark.fact("conduct-recreate")
def test_deleting_a_good_subscription_to_make_it_anew_is_noted(graph, sim):
    made = graph.post("/subscriptions", asking())
    graph.delete(f"/subscriptions/{made['id']}")
    graph.post("/subscriptions", asking())

    assert kinds(sim) == ["subscription_recreated"]


@pytest.mark.fact("conduct-recreate")
def test_letting_it_run_out_each_time_is_noted(graph, sim):
    for number in range(1, 5):
        graph.post("/subscriptions", asking(**later(hours=number)))
        sim.advance(HOUR + timedelta(seconds=1) if number == 1 else HOUR)

    assert kinds(sim) == ["subscription_recreated"] * 2


@pytest.mark.fact("conduct-recreate")
def test_renewing_making_anew_what_was_lost_and_moving_the_address_are_right(graph, sim):
    made = graph.post("/subscriptions", asking())
    for days in (4, 5, 6):
        graph.patch(f"/subscriptions/{made['id']}", later(days=days))
    sim.weather.next("subscription_gone", method="PATCH")
    graph.error("PATCH", f"/subscriptions/{made['id']}", later(days=6))
    made = graph.post("/subscriptions", asking())
    sim.lifecycle("subscriptionRemoved")
    made = graph.post("/subscriptions", asking())
    graph.delete(f"/subscriptions/{made['id']}")
    graph.post("/subscriptions", asking(notificationUrl="https://booking.test/elsewhere"))

    assert kinds(sim) == []


@pytest.mark.fact("conduct-both")
def test_renewing_and_reauthorizing_together_is_noted_and_either_alone_is_not(graph, sim):
    made = graph.post("/subscriptions", asking())
    path = f"/subscriptions/{made['id']}"
    graph.patch(path, later(days=4))
    graph.patch(path, later(days=4))
    sim.advance(11 * MINUTE)
    graph("POST", f"{path}/reauthorize", status=204)
    assert kinds(sim) == []

    graph.patch(path, later(days=5))
    assert kinds(sim) == ["renewed_and_reauthorized"]


@pytest.mark.fact("conduct-online-body")
def test_writing_the_body_of_an_online_meeting_is_noted_and_of_another_is_not(graph, sim):
    online = graph.post(f"{ADA}/events", an_event(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness"))
    plain = graph.post(f"{ADA}/events", an_event())
    for event, change in ((plain, "body"), (online, "subject"), (online, "body")):
        value = {"contentType": "text", "content": "New"} if change == "body" else "New"
        now = graph.get(f"{ADA}/events/{event['id']}")
        graph.patch(f"{ADA}/events/{event['id']}", {change: value}, If_Match=now["@odata.etag"])

    assert kinds(sim) == ["body_patch_on_online_meeting"]


@pytest.mark.fact("conduct-tokens")
def test_fetching_a_token_for_every_request_is_noted_and_keeping_it_is_not():
    sim = Simulator(a_company(), seed=5, start=START)
    sim.attach_identity(Identity(sim))
    sim.company.tenants[0].apps[APP].secrets.append(AppSecret("secret"))
    form = {
        "grant_type": "client_credentials",
        "client_id": APP,
        "client_secret": "secret",
        "scope": "https://graph.microsoft.com/.default",
    }
    with httpx.Client(transport=SimTransport(sim)) as client:

        def fetch():
            url = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
            assert client.post(url, data=form).status_code == 200

        for _ in range(30):
            fetch()
            sim.advance(HOUR)
        assert kinds(sim) == []
        for _ in range(61):
            fetch()
        assert kinds(sim) == ["tokens_too_often"]
