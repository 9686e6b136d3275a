"""Handshakes, and how notices are delivered to endpoints that are quick, slow, broken or many (FACTS 5.2 to 5.4)."""

import html
import threading
import urllib.parse
from datetime import timedelta

import pytest

from sim365.http.routing import Reply
from sim365.simulator import Simulator
from tests.sim365.core.harbour import START, an_event
from tests.sim365.tracking.bell import LIFECYCLE, URL, U, asking

MINUTE = timedelta(minutes=1)


def ring(graph, sim, times, **advance):
    """So many changes, each delivered before the next."""
    for _ in range(times):
        graph.post(f"{U}/events", an_event())
        sim.advance(timedelta(**(advance or {"seconds": 5})))


@pytest.mark.fact("subscription-handshake")
def test_the_address_keeps_its_own_query_in_the_handshake(graph, bell):
    graph.post("/subscriptions", asking(notificationUrl=f"{URL}?tenant=harbour"))

    assert bell.handshakes[0].startswith(f"{URL}?tenant=harbour&validationToken=Validation%3A%20Testing")


@pytest.mark.fact("subscription-handshake-exact")
@pytest.mark.parametrize(
    "wrong",
    [
        html.escape,
        lambda token: urllib.parse.quote(token, safe=""),
        urllib.parse.quote_plus,
        lambda token: token + "\n",
        lambda token: f'"{token}"',
        urllib.parse.unquote_plus,
        str.lower,
    ],
)
def test_an_echo_that_is_not_the_token_is_refused(graph, sim, bell, wrong):
    bell.echo = lambda token: Reply(200, wrong(token).encode(), "text/plain")
    sim.weather.next("handshake_odd")

    assert graph.error("POST", "/subscriptions", asking()) == (400, "InvalidRequest")


@pytest.mark.fact("subscription-handshake-exact")
@pytest.mark.parametrize("kind", ["text/plain", "text/plain; charset=utf-8", "TEXT/PLAIN;charset=US-ASCII"])
def test_odd_signs_decoded_once_are_a_good_echo(graph, sim, bell, kind):
    bell.echo = lambda token: Reply(200, token.encode(), kind)
    sim.weather.next("handshake_odd")

    assert graph.post("/subscriptions", asking())["id"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"", "text/plain"),
        Reply(202, b"", "text/plain"),
        Reply(301),
        Reply(200, b"\xff\xfe", "text/plain"),
        Reply(0, seconds=10),
    ],
)
def test_what_is_no_handshake_leaves_no_subscription(graph, bell, reply):
    bell.echo = lambda token: reply

    assert graph.error("POST", "/subscriptions", asking()) == (400, "InvalidRequest")
    assert graph.get("/subscriptions")["value"] == []


@pytest.mark.parametrize(
    "url",
    ["https://booking.test:99999/", "https://[::1/bell", "https://", "//booking.test", "https://b.test/" + "x" * 2048],
)
def test_an_address_that_is_none_is_refused(graph, url):
    assert graph.error("POST", "/subscriptions", asking(notificationUrl=url)) == (400, "InvalidRequest")
    assert graph.error("POST", "/subscriptions", asking(lifecycleNotificationUrl=url)) == (400, "InvalidRequest")


@pytest.mark.fact("notice-bundle")
def test_notices_of_the_same_moments_come_in_one_post(graph, sim, bell):
    graph.post("/subscriptions", asking())
    graph.post("/subscriptions", asking(resource="/users/boathouse@harbour.test/events"))
    for name in ("aquarium", "boathouse", "aquarium"):
        graph.post(f"/users/{name}@harbour.test/events", an_event())
    sim.advance(timedelta(seconds=10))

    [(_, value)] = bell.posts
    assert len(value) == 3
    assert len({notice["subscriptionId"] for notice in value}) == 2


@pytest.mark.fact("notice-bundle")
def test_by_switch_each_notice_travels_alone(graph, sim, bell):
    sim.switch("notices_bundled", value=False)
    graph.post("/subscriptions", asking())
    for _ in range(3):
        graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=10))

    assert [len(value) for _, value in bell.posts] == [1, 1, 1]


def test_a_burst_comes_in_posts_of_a_hundred(graph, sim, bell):
    graph.post("/subscriptions", asking())
    room = sim.person("aquarium@harbour.test")
    for _ in range(250):
        room.create_event("One of many", START)
    sim.advance(timedelta(seconds=10))

    assert sorted(len(value) for _, value in bell.posts) == [50, 100, 100]


def test_collected_notices_survive_a_snapshot(graph, sim, bell):
    graph.post("/subscriptions", asking())
    graph.post(f"{U}/events", an_event())
    saved = sim.snapshot()
    sim.advance(timedelta(seconds=10))
    sim.restore(saved)
    sim.advance(timedelta(seconds=10))

    first, second = bell.posts
    assert first == second


@pytest.mark.fact("notice-slow-endpoint")
def test_a_slow_endpoint_gets_its_notices_ten_seconds_later(graph, sim, bell):
    sim.switch("endpoint_judged_after", value=8)
    graph.post("/subscriptions", asking())
    ring(graph, sim, 7)
    bell.seconds = 11
    ring(graph, sim, 1)
    bell.seconds = 0.1
    assert len(bell.notices) == 8

    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=9))
    assert len(bell.notices) == 8
    sim.advance(timedelta(seconds=5))
    assert len(bell.notices) == 9


@pytest.mark.fact("notice-dropped-endpoint")
def test_a_very_slow_endpoint_gets_nothing_until_the_ten_minutes_are_over(graph, sim, bell):
    sim.switch("endpoint_judged_after", value=8)
    made = graph.post("/subscriptions", asking())
    ring(graph, sim, 6)
    bell.seconds = 11
    ring(graph, sim, 2)
    bell.seconds = 0.1
    ring(graph, sim, 3)
    assert (len(bell.notices), sim.notices.dropped, bell.lifecycle) == (8, 3, [])

    sim.advance(11 * MINUTE)
    assert bell.lifecycle == ["missed"]
    assert {notice["subscriptionId"] for _, value in bell.posts for notice in value} == {made["id"]}
    ring(graph, sim, 1)
    assert len(bell.notices) == 9


def test_one_slow_answer_among_a_few_says_nothing(graph, sim, bell):
    """A hundred answers are needed before an endpoint is judged."""
    graph.post("/subscriptions", asking())
    bell.seconds = 11
    ring(graph, sim, 20)

    assert len(bell.notices) == 20


@pytest.mark.fact("notice-slow-endpoint")
def test_by_the_rules_of_2023_three_seconds_are_slow_and_cost_ten_minutes(graph, sim, bell):
    sim.switch("endpoint_rules_of_2023", value=True)
    sim.switch("endpoint_judged_after", value=10)
    graph.post("/subscriptions", asking())
    ring(graph, sim, 9)
    bell.seconds = 3
    ring(graph, sim, 1)
    bell.seconds = 0.1
    graph.post(f"{U}/events", an_event())
    sim.advance(9 * MINUTE)
    assert len(bell.notices) == 10

    sim.advance(2 * MINUTE)
    assert len(bell.notices) == 11


def test_another_host_is_not_judged_by_it(graph, sim, bell):
    sim.switch("endpoint_judged_after", value=1)
    graph.post("/subscriptions", asking())
    other = "https://other.test/bell"
    bell.seconds = 11
    ring(graph, sim, 1)
    bell.seconds = 0.1
    graph.post("/subscriptions", asking(resource="/users/boathouse@harbour.test/events", notificationUrl=other))
    graph.post("/users/boathouse@harbour.test/events", an_event())
    sim.advance(timedelta(seconds=5))

    assert [url for url, _ in bell.posts] == [URL, other]


@pytest.mark.fact("notice-several-updates")
def test_one_edit_may_tell_three_updates(graph, sim, bell):
    event = graph.post(f"{U}/events", an_event())
    graph.post("/subscriptions", asking())
    sim.switch("notices_per_update", value=3)
    graph.patch(f"{U}/events/{event['id']}", {"subject": "Changed"})
    sim.advance(timedelta(seconds=10))

    assert [notice["changeType"] for notice in bell.notices] == ["updated"] * 3


@pytest.mark.fact("notice-trouble")
def test_a_notice_may_name_an_event_that_never_was(graph, sim, bell):
    graph.post("/subscriptions", asking())
    sim.weather.next("notice_phantom")
    event = graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=10))
    [phantom] = {notice["resourceData"]["id"] for notice in bell.notices} - {event["id"]}

    assert graph.error("GET", f"{U}/events/{phantom}") == (404, "ErrorItemNotFound")


@pytest.mark.fact("notice-trouble")
def test_a_notice_may_overtake_the_one_before(graph, sim, bell):
    graph.post("/subscriptions", asking())
    event = graph.post(f"{U}/events", an_event())
    sim.weather.next("notice_late", parameter=60)
    graph.patch(f"{U}/events/{event['id']}", {"subject": "Changed"})
    graph.delete(f"{U}/events/{event['id']}")
    sim.advance(2 * MINUTE)

    assert [notice["changeType"] for notice in bell.notices] == ["created", "deleted", "updated"]


@pytest.mark.fact("notice-apart")
def test_a_webhook_that_hangs_delays_nobody_else(graph, sim, bell):
    """As served: couriers deliver side by side. Nothing here waits for the clock."""
    graph.post("/subscriptions", asking())
    quick = "https://quick.test/bell"
    graph.post("/subscriptions", asking(resource="/users/boathouse@harbour.test/events", notificationUrl=quick))
    bell.held_up["booking.test"] = threading.Event()
    sim.open_couriers()
    for _ in range(40):
        sim.person("aquarium@harbour.test").create_event("Hangs", START)
        sim.advance(timedelta(seconds=5))
    sim.person("boathouse@harbour.test").create_event("Quick", START)
    sim.advance(timedelta(seconds=5))

    assert bell.rung.wait(timeout=20)
    assert [url for url, _ in bell.posts] == [quick]
    bell.held_up["booking.test"].set()
    sim.close_couriers()
    sim.deliver_due()
    assert len(bell.notices) == 41


def test_what_a_courier_held_is_sent_again_after_a_restart(graph, sim, bell):
    """Delivery is at least once: the kept state knows what was under way."""
    graph.post("/subscriptions", asking())
    bell.held_up["booking.test"] = threading.Event()
    sim.open_couriers()
    graph.post(f"{U}/events", an_event())
    sim.advance(timedelta(seconds=5))
    assert bell.entered.wait(timeout=20)
    saved = sim.snapshot()
    bell.held_up["booking.test"].set()
    sim.close_couriers()

    after = Simulator(sim.company, start=START, identity=sim.identity, postman=bell)
    after.restore(saved)
    after.deliver_due()
    assert len(bell.notices) == 2


def test_a_webhook_that_breaks_the_postman_is_a_bug_of_ours_and_stops_nobody(graph, sim, bell):
    graph.post("/subscriptions", asking(lifecycleNotificationUrl=None))
    graph.post("/subscriptions", asking(resource="/users/boathouse@harbour.test/events", notificationUrl=LIFECYCLE))
    bell.status = "not a number"
    sim.open_couriers()
    graph.post(f"{U}/events", an_event())
    graph.post("/users/boathouse@harbour.test/events", an_event())
    sim.advance(timedelta(seconds=5))
    sim.close_couriers()

    assert len(bell.notices) == 2
    assert len(sim.bugs) == 1
    sim.bugs.clear()
