"""Subscriptions and notices, over real HTTP semantics to a webhook of the test's own (FACTS 5)."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from sim365.postman import HttpPostman
from sim365.simulator import Simulator
from sim365.transport import SimTransport
from tests.sim365.core.harbour import START, Graph, a_company, an_event

U = "/users/aquarium@harbour.test"
URL = "https://booking.test/doorbell?x=1"
LIFECYCLE = "https://booking.test/lifecycle"


class Webhook:
    """A client's endpoint: shakes hands, keeps what it is told, and fails on demand."""

    def __init__(self):
        self.notices, self.lifecycle, self.handshakes = [], [], []
        self.failing = 0
        self.echo = lambda token: httpx.Response(200, text=token)

    def __call__(self, request):
        token = request.url.params.get("validationToken")
        if token is not None:
            self.handshakes.append(str(request.url))
            return self.echo(token)
        if self.failing:
            self.failing -= 1
            return httpx.Response(503)
        target = self.lifecycle if request.url.path == "/lifecycle" else self.notices
        target.extend(msgspec.json.decode(request.content)["value"])
        return httpx.Response(202)


@pytest.fixture
def webhook():
    return Webhook()


@pytest.fixture
def sim(tokens, webhook):
    postman = HttpPostman(httpx.Client(transport=httpx.MockTransport(webhook)))
    simulator = Simulator(a_company(), seed=5, start=START, identity=tokens, postman=postman)
    yield simulator
    assert simulator.bugs == []
    postman.close()


@pytest.fixture
def graph(sim):
    with httpx.Client(transport=SimTransport(sim)) as client:
        yield Graph(client, sim, {"Authorization": "Bearer good"})


def asking(**more):
    return {
        "changeType": "created,updated,deleted",
        "notificationUrl": URL,
        "resource": f"{U}/events",
        "expirationDateTime": (START + timedelta(days=3)).isoformat(),
        "clientState": "secret",
        **more,
    }


def told(webhook):
    return [notice["changeType"] for notice in webhook.notices]


@pytest.mark.fact("subscription-handshake")
@pytest.mark.fact("subscription-client-state")
def test_a_subscription_is_made_after_a_handshake(graph, webhook):
    made = graph.post("/subscriptions", asking())

    [handshake] = webhook.handshakes
    assert "x=1" in handshake
    assert ("secret", f"{U}/events", "sp-1") == (made["clientState"], made["resource"], made["creatorId"])
    assert graph.get(f"/subscriptions/{made['id']}")["clientState"] is None


@pytest.mark.fact("subscription-handshake")
def test_both_addresses_are_asked(graph, webhook):
    graph.post("/subscriptions", asking(lifecycleNotificationUrl=LIFECYCLE))

    assert len(webhook.handshakes) == 2


@pytest.mark.parametrize(
    "echo",
    [
        lambda token: httpx.Response(200, text="something else"),
        lambda token: httpx.Response(500, text=token),
        lambda token: httpx.Response(200, html=token),
    ],
)
def test_a_webhook_that_does_not_echo_gets_no_subscription(graph, webhook, echo):
    webhook.echo = echo

    assert graph.error("POST", "/subscriptions", asking()) == (400, "InvalidRequest")
    assert graph.get("/subscriptions")["value"] == []


@pytest.mark.fact("subscription-handshake")
def test_a_webhook_that_does_not_answer_times_out(graph, webhook):
    def silence(token):
        raise httpx.ReadTimeout("nothing")

    webhook.echo = silence
    answer = graph("POST", "/subscriptions", asking())

    assert (
        answer.status_code,
        answer.json()["error"]["message"],
    ) == (400, "Subscription validation request timed out.")


@pytest.mark.parametrize(
    "url", ["http://booking.test/", "http://127.0.0.1:8000/", "ftp://booking.test/", "booking", ""]
)
def test_only_https_webhooks_are_taken(graph, url):
    assert graph.error("POST", "/subscriptions", asking(notificationUrl=url)) == (400, "InvalidRequest")


@pytest.mark.fact("subscription-https")
def test_by_switch_plain_http_is_taken_on_loopback_only(graph, sim):
    sim.switch("loopback_webhooks", value=True)
    graph.post("/subscriptions", asking(notificationUrl="http://127.0.0.1:8000/doorbell"))

    assert graph.error("POST", "/subscriptions", asking(notificationUrl="http://10.0.0.1/")) == (400, "InvalidRequest")


@pytest.mark.fact("subscription-lifetime")
def test_a_subscription_lives_at_most_seven_days_and_at_least_45_minutes(graph):
    long = asking(expirationDateTime=(START + timedelta(minutes=10_081)).isoformat())
    short = asking(expirationDateTime=(START + timedelta(minutes=1)).isoformat())

    assert graph.error("POST", "/subscriptions", long) == (400, "InvalidRequest")
    assert graph.post("/subscriptions", short)["expirationDateTime"] == "2026-03-02T07:45:00.0000000Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"changeType": "exploded"},
        {"changeType": None},
        {"clientState": "x" * 129},
        {"expirationDateTime": "tomorrow"},
        {"expirationDateTime": "2020-01-01T00:00:00Z"},
        {"colour": "red"},
        {"resource": "/users/nobody@harbour.test/events"},
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(graph, wrong):
    assert graph.error("POST", "/subscriptions", asking(**wrong))[0] in {400, 404}


def test_rich_notices_and_other_resources_are_named_gaps(graph):
    for wrong in ({"includeResourceData": True}, {"resource": f"{U}/messages"}):
        assert graph("POST", "/subscriptions", asking(**wrong)).status_code == 501


@pytest.mark.fact("subscription-duplicate")
def test_a_duplicate_is_refused_or_by_switch_silently_doubled(graph, sim, webhook):
    graph.post("/subscriptions", asking())
    assert graph.error("POST", "/subscriptions", asking())[0] == 409

    sim.switch("duplicate_subscription_conflict", value=False)
    graph.post("/subscriptions", asking())
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=10))
    assert told(webhook) == ["created", "created"]


@pytest.mark.fact("notice-payload")
@pytest.mark.fact("notice-user-guid")
def test_changes_are_told_with_id_etag_and_state(graph, sim, webhook):
    made = graph.post("/subscriptions", asking())
    event = graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=10))

    [notice] = webhook.notices
    assert (made["id"], "created", "secret", event["id"], event["@odata.etag"]) == (
        notice["subscriptionId"],
        notice["changeType"],
        notice["clientState"],
        notice["resourceData"]["id"],
        notice["resourceData"]["@odata.etag"],
    )
    oid = sim.person("aquarium@harbour.test").mailbox.oid
    assert f"Users/{oid}/Events/{event['id']}" == notice["resource"]


def test_each_kind_of_change_is_told(graph, sim, webhook):
    graph.post("/subscriptions", asking())
    event = graph.post(f"{U}/events", an_event())
    graph.patch(f"{U}/events/{event['id']}", {"subject": "B"})
    graph.delete(f"{U}/events/{event['id']}")
    sim.advance(timedelta(seconds=10))

    assert sorted(told(webhook)) == ["created", "deleted", "updated"]


def test_only_the_kinds_asked_for_are_told(graph, sim, webhook):
    graph.post("/subscriptions", asking(changeType="deleted"))
    event = graph.post(f"{U}/events", an_event())
    graph.delete(f"{U}/events/{event['id']}")
    sim.advance(timedelta(seconds=10))

    assert told(webhook) == ["deleted"]


def test_another_mailbox_is_not_told_of(graph, sim, webhook):
    graph.post("/subscriptions", asking())
    graph.post("/users/boathouse@harbour.test/events", an_event())
    sim.advance(timedelta(seconds=10))

    assert webhook.notices == []


@pytest.mark.fact("subscription-calendar")
def test_one_calendar_can_be_watched_alone(graph, sim, webhook):
    room = sim.person("aquarium@harbour.test")
    archive = room.add_calendar("Archive")
    graph.post("/subscriptions", asking(resource=f"{U}/calendars/{archive}/events"))
    room.create_event("Here", START)
    room.create_event("There", START, calendar="Archive")
    sim.advance(timedelta(seconds=10))

    assert told(webhook) == ["created"]


@pytest.mark.fact("notice-id-format")
def test_the_header_at_creation_decides_the_format_of_ids_for_life(graph, sim, webhook):
    graph.post("/subscriptions", asking(), Prefer='IdType="ImmutableId"')
    event = graph.post(f"{U}/events", an_event(), Prefer='IdType="ImmutableId"')
    sim.advance(timedelta(seconds=10))

    assert [event["id"]] == [notice["resourceData"]["id"] for notice in webhook.notices]


@pytest.mark.fact("notice-room-steps")
def test_inviting_a_room_gives_one_created_and_several_updated(graph, sim, webhook):
    """FACTS 5.4: attendants write in steps."""
    graph.post("/subscriptions", asking())
    sim.person("ada@harbour.test").create_event("Planning", START, attendees=["aquarium@harbour.test"])
    sim.advance(timedelta(minutes=3))

    assert sorted(told(webhook)) == ["created", "updated", "updated"]


@pytest.mark.fact("notice-occurrence")
def test_deleting_an_occurrence_tells_of_the_master_only(graph, sim, webhook):
    recurrence = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 3},
    }
    master = graph.post(f"{U}/events", an_event(recurrence=recurrence))
    graph.post("/subscriptions", asking())
    [occurrence] = graph.get(f"{U}/calendarView?startDateTime=2026-03-03&endDateTime=2026-03-04")["value"]
    graph.delete(f"{U}/events/{occurrence['id']}")
    sim.advance(timedelta(seconds=10))

    assert [("updated", master["id"])] == [(each["changeType"], each["resourceData"]["id"]) for each in webhook.notices]


@pytest.mark.fact("notice-retry")
def test_a_failed_delivery_is_tried_again(graph, sim, webhook):
    graph.post("/subscriptions", asking())
    webhook.failing = 3
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(minutes=5))

    assert (told(webhook), sim.notices.attempts) == (["created"], 4)


@pytest.mark.fact("notice-retry")
def test_after_four_hours_a_notice_is_dropped(graph, sim, webhook):
    graph.post("/subscriptions", asking())
    webhook.failing = 10_000
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(hours=5))
    webhook.failing = 0
    sim.advance(timedelta(hours=5))

    assert (webhook.notices, sim.notices.dropped) == ([], 1)


@pytest.mark.fact("subscription-renewal")
def test_a_renewed_subscription_lives_on(graph, sim):
    made = graph.post("/subscriptions", asking())
    later = (START + timedelta(days=6)).isoformat()
    renewed = graph.patch(f"/subscriptions/{made['id']}", {"expirationDateTime": later})
    sim.advance(timedelta(days=5))

    assert renewed["expirationDateTime"] == "2026-03-08T07:00:00.0000000Z"
    assert [made["id"]] == [each["id"] for each in graph.get("/subscriptions")["value"]]


@pytest.mark.fact("subscription-renewal")
def test_by_switch_a_renewal_shakes_hands_again_and_can_fail(graph, sim, webhook):
    made = graph.post("/subscriptions", asking())
    sim.switch("renewal_shakes_hands", value=True)
    webhook.echo = lambda token: httpx.Response(500)
    later = (START + timedelta(days=6)).isoformat()

    assert graph.error("PATCH", f"/subscriptions/{made['id']}", {"expirationDateTime": later})[0] == 400


@pytest.mark.fact("subscription-expired")
def test_an_expired_subscription_is_gone_and_silent(graph, sim, webhook):
    made = graph.post("/subscriptions", asking())
    sim.advance(timedelta(days=4))
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(minutes=1))

    assert graph.error("GET", f"/subscriptions/{made['id']}")[0] == 404
    assert (
        graph.error("PATCH", f"/subscriptions/{made['id']}", {"expirationDateTime": "2026-03-09T00:00:00Z"})[0] == 404
    )
    assert webhook.notices == []


def test_a_deleted_subscription_is_silent(graph, sim, webhook):
    made = graph.post("/subscriptions", asking())
    graph.delete(f"/subscriptions/{made['id']}")
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(minutes=1))

    assert webhook.notices == []


@pytest.mark.fact("subscription-own-only")
def test_another_apps_subscription_is_not_to_be_seen(graph, tokens):
    from sim365.state import Principal
    from tests.sim365.core.harbour import PERMISSIONS, TENANT

    made = graph.post("/subscriptions", asking())
    tokens.issue("other", Principal(TENANT, "another-app", frozenset(PERMISSIONS), "sp-2"))
    graph.headers = {"Authorization": "Bearer other"}

    assert graph.get("/subscriptions")["value"] == []
    assert graph.error("DELETE", f"/subscriptions/{made['id']}")[0] == 404


@pytest.mark.fact("lifecycle-reauthorize")
def test_reauthorization_is_asked_for_in_the_last_hour(graph, sim, webhook):
    graph.post("/subscriptions", asking(lifecycleNotificationUrl=LIFECYCLE))
    sim.advance(timedelta(days=3) - timedelta(minutes=1))

    assert {"reauthorizationRequired"} == {each["lifecycleEvent"] for each in webhook.lifecycle}
    assert len(webhook.lifecycle) == 4


@pytest.mark.parametrize("event", ["missed", "subscriptionRemoved"])
def test_lifecycle_notices_are_sent_on_demand(graph, sim, webhook, event):
    made = graph.post("/subscriptions", asking(lifecycleNotificationUrl=LIFECYCLE))

    assert sim.lifecycle(event) == 1
    sim.advance(timedelta(seconds=5))
    assert [(made["id"], event, "secret")] == [
        (each["subscriptionId"], each["lifecycleEvent"], each["clientState"]) for each in webhook.lifecycle
    ]
    assert (event == "subscriptionRemoved") == (graph.get("/subscriptions")["value"] == [])


@pytest.mark.fact("lifecycle-reauthorize")
def test_unanswered_reauthorization_pauses_delivery_until_it_comes(graph, sim, webhook):
    made = graph.post("/subscriptions", asking(lifecycleNotificationUrl=LIFECYCLE))
    sim.lifecycle("reauthorizationRequired")
    graph.post(f"{U}/events", an_event("Lost"))
    graph("POST", f"/subscriptions/{made['id']}/reauthorize", status=204)
    graph.post(f"{U}/events", an_event("Told"))
    sim.advance(timedelta(seconds=10))

    assert told(webhook) == ["created"]


def test_a_webhook_may_call_back_while_it_is_told(graph, sim, webhook):
    """The simulator holds no lock while it talks to others."""
    seen = []

    def calls_back(token):
        seen.append(graph.get(f"{U}/events")["value"])
        return httpx.Response(200, text=token)

    webhook.echo = calls_back
    graph.post("/subscriptions", asking())

    assert seen == [[]]


@pytest.mark.parametrize(
    ("fault", "parameter", "expected"),
    [("notice_lost", None, 0), ("notice_doubled", None, 2), ("notice_doubled", 10, 10)],
)
def test_notices_are_lost_and_doubled_by_weather(graph, sim, webhook, fault, parameter, expected):
    graph.post("/subscriptions", asking())
    sim.weather.next(fault, parameter=parameter)
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=30))

    assert expected == len(webhook.notices)


@pytest.mark.fact("notice-trouble")
def test_notices_come_late_by_weather(graph, sim, webhook):
    graph.post("/subscriptions", asking())
    sim.weather.next("notice_late", parameter=3600)
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(minutes=59))
    assert webhook.notices == []
    sim.advance(timedelta(minutes=2))

    assert told(webhook) == ["created"]


@pytest.mark.fact("notice-trouble")
def test_notices_carry_a_wrong_state_or_an_unknown_subscription_by_weather(graph, sim, webhook):
    made = graph.post("/subscriptions", asking())
    sim.weather.next("notice_wrong_state")
    graph.post(f"{U}/events", an_event())
    sim.weather.next("notice_unknown")
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=30))

    assert sum(each["clientState"] != "secret" for each in webhook.notices) == 1
    assert sum(each["subscriptionId"] != made["id"] for each in webhook.notices) == 1


@pytest.mark.fact("lifecycle-missed")
def test_a_dropped_notice_is_told_of_as_missed(graph, sim, webhook):
    graph.post("/subscriptions", asking(lifecycleNotificationUrl=LIFECYCLE))
    webhook.failing = 20
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(hours=10))

    assert [each["lifecycleEvent"] for each in webhook.lifecycle] == ["missed"]


def test_a_renewed_subscription_is_asked_for_reauthorization_no_more_often(graph, sim, webhook):
    made = graph.post("/subscriptions", asking(lifecycleNotificationUrl=LIFECYCLE))
    for days in (4, 5):
        graph.patch(f"/subscriptions/{made['id']}", {"expirationDateTime": (START + timedelta(days=days)).isoformat()})
    sim.advance(timedelta(days=5))

    assert [each["lifecycleEvent"] for each in webhook.lifecycle] == ["reauthorizationRequired"] * 4
