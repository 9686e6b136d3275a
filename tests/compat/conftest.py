"""Sim365 served on real sockets, with a webhook beside it, for clients that were written for Microsoft's service."""

import json
import logging
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sim365.company import read_company
from sim365.simulator import Simulator
from sim365.testing import Served

COMPANY = Path(__file__).with_name("company.yaml")
APP = "0c0ffee0-1111-4222-8333-444455556666"
SECRET = "a-secret-for-real-clients"
PATIENCE_S = 20
"""How long a notice may take on a busy machine before the test gives up."""
ADA, BEN, AQUARIUM = "ada@quay.example", "ben@quay.example", "aquarium@quay.example"


@dataclass(frozen=True)
class Quay:
    """Where everything stands that a client must be told."""

    served: Served

    @property
    def graph(self) -> str:
        return f"{self.served.root}/v1.0"

    @property
    def authority(self) -> str:
        return f"{self.served.login_root}/{self.tenant}"

    @property
    def tenant(self) -> str:
        return self.served.tenant_id

    @property
    def ca(self) -> str:
        return self.served.ca_file

    @property
    def sim(self) -> Simulator:
        return self.served.simulator

    def pass_time(self) -> None:
        """Let ten minutes pass: messages travel, the room answers, notices are delivered."""
        self.sim.advance(timedelta(minutes=10))


@pytest.fixture(autouse=True)
def quiet():
    """The clients' own chatter would bury what a failing test says."""
    for name in ("azure", "httpx", "O365"):
        logging.getLogger(name).setLevel(logging.WARNING)


@pytest.fixture(scope="module")
def _served() -> Iterator[Served]:
    with Served(read_company(COMPANY.read_text(encoding="utf-8"), name=COMPANY.name), checks_types=True) as served:
        yield served


@pytest.fixture
def quay(_served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quay]:
    """The company as on its first morning; neither a proxy nor another trust of this machine stands between."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    _served.start_over()
    yield Quay(_served)
    assert _served.bugs() == []


@dataclass
class Webhook:
    """A client's endpoint on this machine: shakes hands, and keeps what it is told."""

    url: str = ""
    handshakes: int = 0
    told: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)

    def hears(self) -> dict[str, Any]:
        """The next notice; it comes by a thread of the service's own."""
        return self.told.get(timeout=PATIENCE_S)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    kept = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = parse_qs(urlsplit(self.path).query).get("validationToken", [""])[0]
            if token:
                kept.handshakes += 1
            else:
                for notice in json.loads(body)["value"]:
                    kept.told.put(notice)
            answer = token.encode()
            self.send_response(200 if token else 202)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """The test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="webhook")
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/doorbell"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()
