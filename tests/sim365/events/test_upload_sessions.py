"""Files of 3 to 150 MB: a session, its ranges without a token, and the file on the event."""

from datetime import timedelta

import pytest

from sim365.serving.state_file import bring_back, kept_bytes
from sim365.simulator import Simulator
from tests.sim365.core.harbour import START, a_company, an_event
from tests.sim365.events.words import ADA, a_series

FILE = bytes(range(256)) * 15_625
"""4 MB."""
SIZE = len(FILE)
HALF = SIZE // 2


@pytest.fixture
def client(graph):
    """A client that shows no token."""
    return graph.client


@pytest.fixture
def event(graph):
    return graph.post(f"{ADA}/events", an_event())


def opened(graph, event, **changes):
    item = {"attachmentType": "file", "name": "plan.pdf", "size": len(FILE)} | changes
    path = f"{ADA}/events/{event['id']}/attachments/createUploadSession"
    return graph.post(path, {"AttachmentItem": item}, 201)


def put(client, session, first, last, *, size=SIZE, body=None, **headers):
    content = FILE[first : last + 1] if body is None else body
    marks = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Type": "application/octet-stream"}
    return client.put(session["uploadUrl"], content=content, headers=marks | headers)


@pytest.mark.fact("upload-session")
def test_a_large_file_comes_in_ranges_without_a_token(graph, client, event):
    session = opened(graph, event, contentType="application/pdf")
    before = graph.get(f"{ADA}/events/{event['id']}")["changeKey"]

    assert session["nextExpectedRanges"] == ["0-"]
    answer = put(client, session, 0, HALF - 1)
    assert (answer.status_code, answer.json()["nextExpectedRanges"]) == (200, [f"{HALF}-"])
    assert graph.get(f"{ADA}/events/{event['id']}/attachments")["value"] == []
    answer = put(client, session, HALF, len(FILE) - 1)

    assert (answer.status_code, answer.content) == (201, b"")
    [held] = graph.get(f"{ADA}/events/{event['id']}/attachments?$select=name,size,contentType")["value"]
    assert (held["name"], held["size"], held["contentType"]) == ("plan.pdf", len(FILE), "application/pdf")
    assert f"Attachments('{held['id']}')" in answer.headers["Location"]
    assert graph("GET", f"{ADA}/events/{event['id']}/attachments/{held['id']}/$value").content == FILE
    assert graph.get(f"{ADA}/events/{event['id']}")["changeKey"] != before
    assert put(client, session, 0, HALF - 1).status_code == 404


@pytest.mark.fact("upload-session")
def test_a_file_is_hung_on_one_day_of_a_series(graph, client):
    series = a_series(graph)
    days = f"{ADA}/events/{series['id']}/instances?startDateTime=2026-03-01&endDateTime=2026-03-09"
    second = graph.get(days)["value"][1]
    session = opened(graph, second)
    put(client, session, 0, HALF - 1)
    assert put(client, session, HALF, len(FILE) - 1).status_code == 201

    assert [day["hasAttachments"] for day in graph.get(days)["value"]] == [False, True, False]


@pytest.mark.fact("upload-session-refusals")
def test_a_range_must_be_the_next_one(graph, client, event):
    session = opened(graph, event)
    put(client, session, 0, HALF - 1)

    for first, last in ((0, HALF - 1), (HALF + 1, len(FILE) - 1)):
        answer = put(client, session, first, last)
        assert (answer.status_code, answer.json()["error"]["code"]) == (416, "ErrorInvalidRange")
    assert put(client, session, HALF, len(FILE) - 1).status_code == 201


@pytest.mark.fact("upload-session-refusals")
@pytest.mark.parametrize(
    ("first", "last", "more"),
    [
        (0, 99, {"size": 100}),
        (0, 99, {"body": b"short"}),
        (0, 99, {"Content-Range": "bytes 0-99"}),
        (0, 99, {"Content-Range": ""}),
        (99, 0, {"body": b"short"}),
    ],
)
def test_a_range_must_fit_its_bytes_and_the_file(graph, client, event, first, last, more):
    assert put(client, opened(graph, event), first, last, **more).status_code == 400


@pytest.mark.fact("upload-session-refusals")
def test_a_session_ends_after_an_hour(graph, client, sim, event):
    session = opened(graph, event)
    assert session["expirationDateTime"] == "2026-03-02T08:00:00.0000000Z"
    sim.advance(timedelta(hours=1))

    assert put(client, session, 0, HALF - 1).status_code == 404
    assert sim.world.uploads == {}


@pytest.mark.fact("upload-session-refusals")
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"size": 2_999_999}, 400),
        ({"size": 150 * 1024 * 1024 + 1}, 413),
        ({"size": "large"}, 400),
        ({"attachmentType": "item"}, 400),
        ({"name": " "}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_a_session_is_for_a_named_file_of_3_to_150_mb(graph, event, changes, status):
    item = {"attachmentType": "file", "name": "plan.pdf", "size": len(FILE)} | changes
    path = f"{ADA}/events/{event['id']}/attachments/createUploadSession"

    assert graph.error("POST", path, {"AttachmentItem": item})[0] == status
    assert graph.error("POST", path, {})[0] == 400


def test_nobody_fills_a_session_without_its_secret(graph, client, event):
    session = opened(graph, event)
    wrong = session | {"uploadUrl": session["uploadUrl"].replace("authtoken=", "authtoken=x")}

    assert put(client, wrong, 0, HALF - 1).status_code == 401
    for path in ("/api/v2.0", "/api/v2.0/Users('x')/AttachmentSessions('999')", "/api/v2.0/AttachmentSessions('²')"):
        assert client.put(f"https://graph.microsoft.com{path}").status_code == 404
    assert client.get(session["uploadUrl"]).status_code == 405


def test_a_session_is_given_up_by_delete(graph, client, event):
    session = opened(graph, event)

    assert client.delete(session["uploadUrl"]).status_code == 204
    assert put(client, session, 0, HALF - 1).status_code == 404


def test_the_event_may_be_gone_when_the_range_comes(graph, client, event):
    session = opened(graph, event)
    graph.delete(f"{ADA}/events/{event['id']}")

    assert put(client, session, 0, HALF - 1).status_code == 404


def test_half_a_file_survives_a_snapshot_and_the_kept_state(graph, client, sim, event):
    session = opened(graph, event)
    put(client, session, 0, HALF - 1)
    saved = sim.snapshot()
    put(client, session, HALF, len(FILE) - 1)
    other = Simulator(a_company(), seed=6, start=START)
    sim.restore(saved)
    bring_back(kept_bytes(sim), other, name="state")

    assert put(client, session, HALF, len(FILE) - 1).status_code == 201
    assert [each.received for each in other.world.uploads.values()] == [HALF]
