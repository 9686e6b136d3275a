"""Several threads at one simulator, as a server has them."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from sim365.transport import SimTransport
from tests.sim365.core.harbour import Graph, an_event

U = "/users/aquarium@harbour.test"


def answers(sim, jobs):
    def one(job):
        with httpx.Client(transport=SimTransport(sim)) as client:
            return job(Graph(client, sim, {"Authorization": "Bearer good"}))

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(one, jobs))


def patiently(graph, method, path, body):
    """Ask again while four others are inside."""
    for _ in range(1000):
        answer = graph(method, path, body)
        if answer.status_code != 429:
            return answer
    raise AssertionError("never let in")


def test_one_create_repeated_by_many_makes_one_event(sim, graph):
    jobs = [lambda client: patiently(client, "POST", f"{U}/events", an_event(transactionId="one"))] * 40
    made = {answer.json()["id"] for answer in answers(sim, jobs)}

    assert len(made) == 1
    assert len(graph.get(f"{U}/events")["value"]) == 1


def test_of_many_changes_under_one_etag_one_wins(sim, graph):
    event = graph.post(f"{U}/events", an_event())
    path = f"{U}/events/{event['id']}"

    def change(client):
        for _ in range(1000):
            answer = client("PATCH", path, {"subject": "Mine"}, If_Match=event["@odata.etag"])
            if answer.status_code != 429:
                return answer.status_code
        raise AssertionError("never let in")

    statuses = sorted(answers(sim, [change] * 24))
    assert statuses == [200] + [412] * 23


def test_no_place_is_left_taken(sim):
    answers(sim, [lambda client: client("GET", f"{U}/events")] * 100)

    assert not sim.limits.inside
