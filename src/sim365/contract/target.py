"""The two services that can be asked: Microsoft's, in real time, and a served sim365, whose clock is moved on instead.

A served sim365 is known by the line that `sim365 serve --json` printed; only one on this machine is accepted.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from sim365.contract.access import LOGIN, ROOT, Credentials, bearer_of, check_tenant
from sim365.contract.errors import RefusedError
from sim365.contract.pace import WallWatch
from sim365.contract.running import Target

TIMEOUT_S = 60.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
AGENT = "sim365-contract/1"


def microsoft(tenant: str, credentials: Credentials) -> Target:
    """A real tenant; nothing is sent yet."""
    bearer = bearer_of(credentials, authority=f"{LOGIN}/{check_tenant(tenant)}")
    client = httpx.Client(timeout=TIMEOUT_S, headers={"User-Agent": AGENT}, follow_redirects=False)
    return Target("Microsoft", ROOT, tenant.lower(), client, bearer, WallWatch())


def served(board_file: Path) -> Target:
    """A sim365 that was started on this machine with `--clock virtual --json`."""
    board = _read_board(board_file)
    try:
        tenant = board["tenants"][0]
        app = tenant["apps"][0]
        root, control = str(board["graph_root"]), str(board["control"])
        credentials = Credentials(str(app["client_id"]), str(app["client_secret"]))
        addresses = (root, control, str(tenant["authority"]))
        trust = ssl.create_default_context(cafile=str(board["ca_file"]))
    except (KeyError, IndexError, TypeError, OSError) as error:
        message = f"{board_file} does not hold the line that `sim365 serve --json` prints."
        raise RefusedError(message) from error
    if any(urlsplit(address).hostname not in LOOPBACK for address in addresses):
        message = "Only a sim365 on this machine can be asked."
        raise RefusedError(message)
    client = httpx.Client(timeout=TIMEOUT_S, verify=trust, trust_env=False, headers={"User-Agent": AGENT})
    bearer = bearer_of(credentials, authority=str(tenant["authority"]), http=_MsalClient(client), discovery=False)
    return Target("sim365", root, str(tenant["id"]), client, bearer, ServedWatch(client, control))


@dataclass(frozen=True, slots=True)
class ServedWatch:
    """The clock of a served sim365, which waiting moves on."""

    client: httpx.Client
    control: str

    def now(self) -> datetime:
        """What its clock says."""
        told = self._answer(self.client.get(f"{self.control}/clock"))
        return datetime.fromisoformat(str(told["now"])).astimezone(UTC)

    def wait(self, seconds: float) -> None:
        """Let its time pass; what falls due on the way happens."""
        if seconds > 0:
            self._answer(self.client.post(f"{self.control}/clock/advance", json={"seconds": seconds}))

    def _answer(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code != 200:
            message = f"sim365's clock answered {answer.status_code}: start it with --clock virtual."
            raise RefusedError(message)
        return cast("dict[str, Any]", answer.json())


@dataclass(frozen=True, slots=True)
class _MsalClient:
    """An httpx client as MSAL wants it."""

    client: httpx.Client

    def get(self, url: str, **more: Any) -> httpx.Response:
        return self.client.get(url, params=more.get("params"), headers=more.get("headers"))

    def post(self, url: str, **more: Any) -> httpx.Response:
        return self.client.post(url, params=more.get("params"), headers=more.get("headers"), data=more.get("data"))

    def close(self) -> None:
        """The client is its owner's."""


def _read_board(board_file: Path) -> dict[str, Any]:
    try:
        held: object = json.loads(board_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{board_file} cannot be read as JSON ({type(error).__name__})."
        raise RefusedError(message) from error
    if not isinstance(held, dict):
        message = f"{board_file} does not hold the line that `sim365 serve --json` prints."
        raise RefusedError(message)
    return cast("dict[str, Any]", held)
