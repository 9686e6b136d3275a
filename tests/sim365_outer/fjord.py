"""A small company for the identity tests, and a door for MSAL that leads straight into the WSGI application."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from werkzeug.test import Client, TestResponse

from sim365.identity import Identity, key_from_seed
from sim365.simulator import Simulator
from sim365.state import AppRegistration, AppSecret, Company, Mailbox, Tenant

TENANT_ID = "6f0c0d8e-0f0a-4b3e-8f7e-3f1d2c4b5a69"
APP_ID = "0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a21"
SECRET = "a-secret-of-ours"
START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
GRAPH_SCOPE = "https://graph.microsoft.com/.default"


def fjord(**changes: object) -> Company:
    """One tenant, Ada in it, and the app Holdfast; the changes are to the app."""
    tenant = Tenant(tenant_id=TENANT_ID, name="Fjord", domains=["fjord.example"])
    tenant.add_mailbox(Mailbox(oid="a" * 8, address="ada@fjord.example", display_name="Ada"))
    settings: dict[str, object] = {
        "app_id": APP_ID,
        "display_name": "Holdfast",
        "permissions": {"Calendars.ReadWrite", "Place.Read.All"},
        "requested": {"Calendars.ReadWrite", "Place.Read.All"},
        "secrets": [AppSecret(SECRET, START + timedelta(days=30))],
        "redirect_uris": ["https://holdfast.example/connected"],
    }
    tenant.add_app(AppRegistration(**(settings | changes)))  # type: ignore[arg-type]
    return Company(tenants=[tenant])


def simulator(**changes: object) -> Simulator:
    """The company under seed 7, with its identity side attached."""
    made = Simulator(fjord(**changes), seed=7, start=START)
    made.attach_identity(Identity(made, login_root="https://login.fjord.example", key=key_from_seed(7)))
    return made


def post_token(sim: Simulator, form: Mapping[str, str], *, tenant: str = TENANT_ID, **headers: str) -> TestResponse:
    """Post a form to the token endpoint."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(sim.identity.wsgi).post(f"/{tenant}/oauth2/v2.0/token", data=dict(form), headers=named)


def client_credentials(**changes: str) -> dict[str, str]:
    """The form of a good request; a change to the empty text leaves the field out."""
    form = {
        "grant_type": "client_credentials",
        "client_id": APP_ID,
        "client_secret": SECRET,
        "scope": GRAPH_SCOPE,
    } | changes
    return {name: value for name, value in form.items() if value}


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


@dataclass
class MsalAnswer:
    """The three things that MSAL reads from an answer."""

    status_code: int
    text: str
    headers: dict[str, str]

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise RuntimeError(f"the login host answered {self.status_code}: {self.text}")


@dataclass
class MsalDoor:
    """MSAL's `http_client`, with the login host's application behind it instead of a network."""

    sim: Simulator
    asked: list[str] = field(default_factory=list)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> MsalAnswer:
        return self._send("GET", url, params, headers, None)

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: object = None,
        **_: object,
    ) -> MsalAnswer:
        return self._send("POST", url, params, headers, data)

    def _send(
        self, method: str, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str] | None, data: object
    ) -> MsalAnswer:
        self.asked.append(f"{method} {urlsplit(url).path}")
        query = urlencode(params or {}) or urlsplit(url).query
        answer = Client(self.sim.identity.wsgi).open(
            urlsplit(url).path, method=method, query_string=query, headers=dict(headers or {}), data=data
        )
        return MsalAnswer(answer.status_code, answer.get_data(as_text=True), dict(answer.headers))
