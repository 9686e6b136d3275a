"""What clients do on the wire that no library above says: bodies in chunks, kept connections, foreign methods."""

import http.client
import json
import ssl
from urllib.parse import urlsplit

import httpx
import pytest

from tests.compat.conftest import ADA, APP, SECRET

TIDES = {
    "subject": "Tides",
    "start": {"dateTime": "2026-03-03T09:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"},
}


@pytest.fixture
def bearer(quay):
    form = {
        "grant_type": "client_credentials", "client_id": APP, "client_secret": SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }  # fmt: skip
    with httpx.Client(verify=ssl.create_default_context(cafile=quay.ca), trust_env=False) as client:
        token = client.post(f"{quay.authority}/oauth2/v2.0/token", data=form).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


@pytest.fixture
def wire(quay):
    connection = http.client.HTTPConnection(urlsplit(quay.graph).netloc, timeout=20)
    yield connection
    connection.close()


def test_a_body_in_chunks_is_read_whole(wire, bearer):
    content = json.dumps(TIDES).encode()
    wire.request("POST", f"/v1.0/users/{ADA}/events", iter([content[:20], content[20:]]), bearer, encode_chunked=True)
    answer = wire.getresponse()

    assert (answer.status, json.loads(answer.read())["subject"]) == (201, "Tides")


def test_one_connection_serves_many_requests(wire, bearer):
    told = []
    for number in range(5):
        wire.request("POST", f"/v1.0/users/{ADA}/events", json.dumps(TIDES | {"subject": f"Watch {number}"}), bearer)
        answer = wire.getresponse()
        told.append(json.loads(answer.read())["subject"])

    assert told == [f"Watch {number}" for number in range(5)]


def test_a_method_that_graph_does_not_know_is_refused_with_those_it_knows(wire, bearer):
    wire.request("BREW", f"/v1.0/users/{ADA}/events", headers=bearer)
    answer = wire.getresponse()

    assert (answer.status, json.loads(answer.read())["error"]["code"]) == (405, "UnsupportedMethod")
    assert "GET" in answer.headers["Allow"]
