"""Fjord and Quay in one simulator, apps of every kind, and a person at a browser who fills forms in."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.test import Client, TestResponse

from sim365.identity import Identity, key_from_seed
from sim365.identity.accounts import TEST_PASSWORD
from sim365.simulator import Simulator
from sim365.state import AppRegistration, AppSecret, Company, Mailbox, Tenant, UserPurpose

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
FJORD, QUAY = "6f0c0d8e-0f0a-4b3e-8f7e-3f1d2c4b5a69", "7a1c0d8e-0f0a-4b3e-8f7e-3f1d2c4b5a70"
WEB, PHONE, SPA, SHARED = (f"0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a2{number}" for number in range(1, 5))
SECRET = "a-secret-of-ours"
REDIRECT = "https://holdfast.example/signed-in"
ADA, BEN, CHIDI = "ada@fjord.example", "ben@fjord.example", "chidi@quay.example"
SCOPE = "openid profile offline_access User.Read Calendars.ReadWrite"
ROOT = "https://login.fjord.example"
VERIFIER = "v" * 43


def challenge(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def companies() -> Company:
    """Fjord with a web app, a phone app and a single-page app of its own; Quay has one that both may use."""
    fjord, quay = Tenant(FJORD, "Fjord", ["fjord.example"]), Tenant(QUAY, "Quay", ["quay.example"])
    fjord.add_mailbox(Mailbox("ada-0", ADA, "Ada", is_admin=True))
    fjord.add_mailbox(Mailbox("ben-0", BEN, "Ben"))
    fjord.add_mailbox(Mailbox("aquarium-0", "aquarium@fjord.example", "Aquarium", UserPurpose.ROOM))
    quay.add_mailbox(Mailbox("chidi-0", CHIDI, "Chidi", is_admin=True))
    quay.add_mailbox(Mailbox("dora-0", "dora@quay.example", "Dora"))
    asked = {"User.Read", "Calendars.ReadWrite"}
    fjord.add_app(
        AppRegistration(
            WEB,
            "Holdfast",
            delegated=set(asked),
            secrets=[AppSecret(SECRET)],
            redirect_uris=[REDIRECT],
            requested={"Calendars.Read"},
        )
    )
    fjord.add_app(
        AppRegistration(PHONE, "Pocket", delegated=set(asked), allows_public=True, redirect_uris=["http://localhost"])
    )
    fjord.add_app(AppRegistration(SPA, "Wall", delegated=set(asked), spa_redirect_uris=["https://wall.example/"]))
    quay.add_app(
        AppRegistration(
            SHARED,
            "Harbour",
            delegated=set(asked),
            secrets=[AppSecret(SECRET)],
            redirect_uris=[REDIRECT],
            multi_tenant=True,
            allows_public=True,
            requested={"Calendars.Read"},
        )
    )
    return Company([fjord, quay])


def simulated(**switches: Any) -> Simulator:
    made = Simulator(companies(), seed=7, start=START)
    made.attach_identity(Identity(made, login_root=ROOT, key=key_from_seed(7)))
    for name, value in switches.items():
        made.switch(name, value=value)
    return made


@dataclass
class Form:
    """One form of a page."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif self.forms and tag in {"input", "textarea"} and given.get("name") and given.get("type") != "checkbox":
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif self.forms and tag == "button":
            self.forms[-1].buttons.append((given.get("name", ""), given.get("value", "")))


class Browser:
    """A person at the login host's pages: no script, but cookies and forms."""

    def __init__(self, sim: Simulator) -> None:
        self.client = Client(sim.identity.wsgi)
        self.page: TestResponse | None = None

    def open(self, path: str, parameters: dict[str, str] | None = None) -> Browser:
        self.page = self.client.get(
            path, query_string=urlencode(parameters or {}), base_url=ROOT, headers={"Accept": "text/html"}
        )
        return self

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def location(self) -> str:
        assert self.page is not None
        return self.page.headers.get("Location", "")

    @property
    def answer(self) -> dict[str, str]:
        """What the app receives."""
        parts = urlsplit(self.location)
        return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}

    @property
    def forms(self) -> list[Form]:
        return Forms(self.text).forms

    def submit(self, step: str, **filled: str) -> Browser:
        """Fill in and send the form of this step."""
        for form in self.forms:
            offered = {"step": form.fields.get("step", "")} | dict(form.buttons)
            if offered["step"] == step:
                sent = form.fields | {"step": step} | filled
                self.page = self.client.post(form.action, data=sent, base_url=ROOT, headers={"Accept": "text/html"})
                return self
        raise AssertionError(f"no form for {step} on this page:\n{self.text}")

    def sign_in(self, name: str = BEN, password: str = TEST_PASSWORD) -> Browser:
        return self.submit("account", username=name).submit("password", password=password)

    def cookie(self) -> str:
        held = self.client.get_cookie("sim365_sign_in", domain="login.fjord.example")
        return "" if held is None else held.value


def authorize_query(**changes: str) -> dict[str, str]:
    query = {
        "client_id": WEB, "response_type": "code", "redirect_uri": REDIRECT, "scope": SCOPE, "state": "of-ben",
        "code_challenge": challenge(), "code_challenge_method": "S256", "nonce": "n-1",
    } | changes  # fmt: skip
    return {name: value for name, value in query.items() if value}


def authorize(browser: Browser, authority: str = FJORD, **changes: str) -> Browser:
    return browser.open(f"/{authority}/oauth2/v2.0/authorize", authorize_query(**changes))


def code_for(sim: Simulator, name: str = BEN, **changes: str) -> str:
    """A code by way of the pages, with the person's own consent."""
    browser = authorize(Browser(sim), **changes).sign_in(name)
    if not browser.location:
        browser.submit("consent")
    return browser.answer["code"]


def post(
    sim: Simulator, form: dict[str, str], *, authority: str = FJORD, path: str = "oauth2/v2.0/token"
) -> TestResponse:
    return Client(sim.identity.wsgi).post(
        f"/{authority}/{path}", data={name: value for name, value in form.items() if value is not None}
    )


def redemption(code: str, **changes: str) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code", "client_id": WEB, "client_secret": SECRET, "code": code, "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    } | changes  # fmt: skip
    return {name: value for name, value in form.items() if value}


def tokens_for(sim: Simulator, name: str = BEN, **changes: str) -> dict[str, Any]:
    """Tokens of a person at the web app."""
    answer = post(sim, redemption(code_for(sim, name, **changes)))
    assert answer.status_code == 200, answer.text
    return answer.json


def refresh(sim: Simulator, token: str, *, authority: str = FJORD, **changes: str) -> TestResponse:
    form = {"grant_type": "refresh_token", "client_id": WEB, "client_secret": SECRET, "refresh_token": token} | changes
    return post(sim, {name: value for name, value in form.items() if value}, authority=authority)


def later(sim: Simulator, **span: float) -> None:
    sim.advance(timedelta(**span))
