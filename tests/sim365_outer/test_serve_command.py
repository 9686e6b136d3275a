"""`sim365 serve` as others use it: a process, two ports, a CA file, a clean end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import msal
import pytest

GRAPH_SCOPE = "https://graph.microsoft.com/.default"
STOP_WITHIN_S = 20
PROGRAM = (sys.executable, "-c", "from sim365.cli import main; main()")


@contextmanager
def served(*options: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A server on ports of its own, until the block ends; each of its answers must fit Microsoft's types."""
    command = [*PROGRAM, "serve", "--port", "0", "--json", "--check-types", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            board = json.loads(line)
            yield board, process
            if process.poll() is None:
                assert bugs(board) == []
        finally:
            process.terminate()
            process.wait(STOP_WITHIN_S)


def bugs(board: dict[str, Any]) -> list[str]:
    with httpx.Client(trust_env=False) as client:
        return client.get(f"{board['control']}/conduct").raise_for_status().json()["bugs"]


def token(board: dict[str, Any]) -> str:
    """What MSAL gets over real TLS, trusting only the printed CA file."""
    (tenant,) = board["tenants"]
    (app,) = tenant["apps"]
    with _Session(board["ca_file"]) as session:
        client = msal.ConfidentialClientApplication(
            app["client_id"], client_credential=app["client_secret"], authority=tenant["authority"],
            instance_discovery=False, http_client=session,
        )  # fmt: skip
        answer = client.acquire_token_for_client([GRAPH_SCOPE])
    assert "access_token" in answer, answer
    return answer["access_token"]


class _Session:
    """An httpx client in the shape that MSAL asks for."""

    def __init__(self, ca_file: str) -> None:
        import ssl

        self._client = httpx.Client(verify=ssl.create_default_context(cafile=ca_file), trust_env=False)

    def get(self, url: str, **more: Any) -> httpx.Response:
        return self._client.get(url, params=more.get("params"), headers=more.get("headers"))

    def post(self, url: str, **more: Any) -> httpx.Response:
        return self._client.post(url, params=more.get("params"), headers=more.get("headers"), data=more.get("data"))

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def graph(board: dict[str, Any], held: str, path: str) -> Any:
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {held}"}) as client:
        return client.get(board["graph_root"] + path).raise_for_status().json()


@pytest.fixture(scope="module")
def fjord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with served("--state", str(tmp_path_factory.mktemp("fjord"))) as (board, _):
        yield board


def test_msal_signs_in_over_tls_and_graph_answers_on_the_plain_port(fjord):
    rooms = graph(fjord, token(fjord), "/places/microsoft.graph.room")["value"]

    assert len(rooms) == 12
    assert "Aquarium" in {room["displayName"] for room in rooms}


def test_the_discovery_document_names_the_address_it_was_fetched_from(fjord):
    authority = fjord["tenants"][0]["authority"]
    with _Session(fjord["ca_file"]) as session:
        document = session.get(f"{authority}/v2.0/.well-known/openid-configuration").json()

    assert document["issuer"] == f"{authority}/v2.0"
    assert document["token_endpoint"] == f"{authority}/oauth2/v2.0/token"
    assert document["jwks_uri"].startswith(authority.rpartition("/")[0])


def test_pages_and_control_stand_on_the_plain_port(fjord):
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        page = client.get(fjord["mailboxes"])
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert client.get(fjord["operator"]).status_code == 200
        assert client.get(fjord["graph_root"] + "/users").status_code == 401


def test_ports_that_are_taken_are_refused_with_the_remedy(fjord):
    port = fjord["graph_root"].split(":")[2].partition("/")[0]
    command = [sys.executable, "-c", "from sim365.cli import main; main()", "serve", "--port", port]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=STOP_WITHIN_S, check=False)

    assert ended.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken" in ended.stderr
    assert "choose another --port" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_restart_keeps_calendars_tokens_and_the_authority(tmp_path, number):
    state = str(tmp_path / "state")
    with served("--state", state, "--clock", "virtual") as (board, process):
        held = token(board)
        before = graph(board, held, "/users/boathouse@fjord.example/events?$top=500")["value"]
        trusted = Path(board["ca_file"]).read_bytes()
        process.send_signal(number)
        assert process.wait(STOP_WITHIN_S) == 0

    with served("--state", state, "--clock", "virtual") as (board, _):
        after = graph(board, held, "/users/boathouse@fjord.example/events?$top=500")["value"]
        assert Path(board["ca_file"]).read_bytes() == trusted

    assert before
    assert after == before


def test_a_company_file_with_problems_is_refused_before_anything_starts(tmp_path):
    broken = tmp_path / "quay.yaml"
    broken.write_text("company: {name: Quay}\nrooms: [{name: Aquarium, capacity: many}]\n")
    command = [
        sys.executable,
        "-c",
        "from sim365.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--company",
        str(broken),
    ]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=STOP_WITHIN_S, check=False)

    assert ended.returncode == 2
    assert "'domain' is missing" in ended.stderr
    assert "line 2, rooms[1].capacity: must be a whole number." in ended.stderr


def test_a_kept_company_is_not_silently_replaced_by_another(tmp_path):
    state = str(tmp_path / "state")
    with served("--state", state) as (board, _):
        assert not board["continues"]
    other = tmp_path / "quay.yaml"
    other.write_text("company: {name: Quay, domain: quay.example}\n")
    command = [
        sys.executable,
        "-c",
        "from sim365.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--state",
        state,
        "--company",
        str(other),
    ]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=STOP_WITHIN_S, check=False)

    assert ended.returncode == 1
    assert "keeps another company: Fjord. Choose another --state" in ended.stderr


def test_check_counts_what_a_company_file_describes(tmp_path):
    good = tmp_path / "quay.yaml"
    good.write_text("company: {name: Quay, domain: quay.example}\nrooms: [{name: Aquarium}]\n")
    command = [sys.executable, "-c", "from sim365.cli import main; main()", "check", "--json", str(good)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=STOP_WITHIN_S, check=True)

    assert json.loads(ended.stdout) == {
        "company": "Quay",
        "mailboxes": 1,
        "apps": 0,
        "planned entries": 0,
        "problems": [],
    }
