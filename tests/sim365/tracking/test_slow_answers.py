"""Answers that take their time: latency by operation, late headers, bodies that drip (RELIABILITY F10)."""

import random

import httpx
import pytest

from sim365.http.requests import Answer
from sim365.http.wsgi import GraphApp
from sim365.simulator import Simulator
from sim365.transport import SimTransport
from sim365.weather import Latency, Spread
from tests.sim365.core.harbour import START, Graph, a_company, an_event

U = "/users/aquarium@harbour.test"


def a_client(sim, *, patience, waited):
    client = httpx.Client(transport=SimTransport(sim, wait=waited.append), timeout=patience)
    return Graph(client, sim, {"Authorization": "Bearer good"})


def held(graph):
    return [event["subject"] for event in graph.get(f"{U}/events")["value"]]


@pytest.mark.fact("fault-slow")
@pytest.mark.parametrize("fault", ["slow_answer", "slow_body"])
def test_an_answer_slower_than_its_clients_patience_never_comes_but_the_write_is_done(sim, graph, fault):
    waited = []
    impatient = a_client(sim, patience=5, waited=waited)
    sim.weather.next(fault, parameter=6)
    with pytest.raises(httpx.ReadTimeout):
        impatient("POST", f"{U}/events", an_event())

    assert waited == [5]
    assert held(graph) == ["Planning"]


@pytest.mark.fact("fault-slow")
def test_a_late_answer_reaches_who_waits_for_it(sim):
    waited = []
    patient = a_client(sim, patience=60, waited=waited)
    sim.weather.next("slow_answer")
    patient.post(f"{U}/events", an_event())

    assert waited == [30]
    assert [entry.delay_s for entry in sim.conduct.entries] == [30]


@pytest.mark.fact("fault-slow")
def test_a_body_that_drips_never_exceeds_a_read_timeout_and_takes_very_long(sim):
    """The trap: a timeout between bytes never strikes, so only a limit on the whole helps."""
    waited = []
    graph = a_client(sim, patience=5, waited=waited)
    sim.weather.next("slow_body")
    made = graph.post(f"{U}/events", an_event())

    assert made["subject"] == "Planning"
    assert sum(waited) == len(waited) > 500


@pytest.mark.fact("fault-slow")
def test_served_a_slow_body_comes_byte_by_byte():
    class Dripping:
        def exchange(self, request):
            return Answer(200, raw=b"slow", gap_s=0.5, delay_s=2)

    waited, statuses = [], []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1.0/users", "HTTP_HOST": "graph", "wsgi.input": None}
    app = GraphApp(Dripping(), wait=waited.append)
    parts = list(app(environ, lambda status, headers: statuses.append(status)))

    assert (parts, statuses, waited) == ([b"s", b"l", b"o", b"w"], ["200 OK"], [2, 0.5, 0.5, 0.5, 0.5])


@pytest.mark.fact("latency")
def test_each_operation_takes_as_long_as_was_set(sim, graph):
    sim.weather.latency.set("event create", 0.4)
    sim.weather.latency.set("*", 0.1)
    graph.post(f"{U}/events", an_event())
    graph.get(f"{U}/events")
    sim.weather.latency.clear()
    graph.get(f"{U}/events")

    assert [entry.delay_s for entry in sim.conduct.entries] == [0.4, 0.1, 0]


@pytest.mark.fact("latency")
def test_on_a_virtual_clock_nobody_waits(sim, graph):
    sim.weather.latency.set("*", 3.0)
    graph.get(f"{U}/events")

    assert sim.clock.now() == START


@pytest.mark.fact("latency")
def test_latency_is_the_same_for_the_same_seed_and_after_a_snapshot(tokens):
    def delays(seed, *, restored=False):
        simulator = Simulator(a_company(), seed=seed, start=START, identity=tokens)
        simulator.weather.latency.set("*", 0.2, tail=10)
        with httpx.Client(transport=SimTransport(simulator)) as client:
            graph = Graph(client, simulator, {"Authorization": "Bearer good"})
            for number in range(20):
                if restored and number == 10:
                    simulator.restore(simulator.snapshot())
                graph.get(f"{U}/events")
        return [entry.delay_s for entry in simulator.conduct.entries]

    assert delays(1) == delays(1, restored=True) != delays(2)


def test_one_answer_in_a_hundred_takes_the_tail_times_the_median():
    latency = Latency(random.Random(3))
    latency.set("*", 0.1, tail=20, max_s=5)
    drawn = sorted(latency.draw("anything") for _ in range(5000))

    assert 0.09 < drawn[2500] < 0.11
    assert 1.5 < drawn[4950] < 2.6
    assert max(drawn) <= 5


@pytest.mark.parametrize("wrong", [{"median_s": -1}, {"median_s": 1e9}, {"median_s": 1, "tail": 0.5}])
def test_a_spread_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="a spread needs"):
        Spread(**wrong)
