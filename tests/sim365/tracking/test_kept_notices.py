"""What a served simulator keeps of notices, tokens and weather over a restart."""

from datetime import timedelta

import pytest

from sim365.serving.state_file import bring_back, kept_bytes
from sim365.simulator import Simulator
from tests.sim365.core.harbour import START, a_company, an_event
from tests.sim365.tracking.bell import U, asking

WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"


@pytest.fixture
def restarted(sim, tokens, bell):
    def restart():
        other = Simulator(a_company(), seed=99, start=START, identity=tokens, postman=bell)
        bring_back(kept_bytes(sim), other, name="kept")
        return other

    return restart


def test_notices_that_were_collected_set_out_after_a_restart(graph, bell, restarted):
    graph.post("/subscriptions", asking())
    for _ in range(2):
        graph.post(f"{U}/events", an_event())
    restarted().advance(timedelta(seconds=10))

    assert [len(value) for _, value in bell.posts] == [2]


def test_a_dropped_endpoint_is_told_what_it_missed_after_a_restart(graph, sim, bell, restarted):
    sim.switch("endpoint_judged_after", value=1)
    graph.post("/subscriptions", asking())
    bell.seconds = 11
    for _ in range(2):
        graph.post(f"{U}/events", an_event())
        sim.advance(timedelta(seconds=5))
    restarted().advance(timedelta(minutes=11))

    assert (len(bell.notices), bell.lifecycle) == (1, ["missed"])


def test_a_subscription_is_found_by_its_mailbox_after_a_restart(graph, bell, restarted):
    graph.post("/subscriptions", asking())
    other = restarted()
    other.person("aquarium@harbour.test").create_event("Afterwards", START)
    other.advance(timedelta(seconds=10))

    assert len(bell.notices) == 1


def test_latency_and_forgotten_tokens_are_kept(graph, sim, restarted):
    sim.weather.latency.set("*", 0.2, tail=5)
    graph.get(f"{U}/calendarView/delta?{WINDOW}")
    other = restarted()

    assert other.world.sync_states == sim.world.sync_states != {}
    assert [other.weather.latency.draw("x") for _ in range(5)] == [sim.weather.latency.draw("x") for _ in range(5)]
