"""MSAL for Python signs people in over TLS, unmodified: codes, refresh, devices, passwords, several tenants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

import msal
import pytest
import requests

from sim365.company import read_company
from sim365.identity.accounts import TEST_PASSWORD
from sim365.serving import Plan, Station, free_port_pair
from tests.sim365_outer.fjord import MsalDoor
from tests.sim365_outer.two_companies import FJORD, Forms, simulated
from tests.sim365_outer.two_companies import PHONE as POCKET

QUAY = """
company: {name: Quay, domain: quay.example}
people: [{name: Ada, admin: true}, {name: Ben}]
rooms: [{name: Aquarium}]
apps:
  - name: Holdfast
    client_id: 0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a21
    permissions: [Calendars.ReadWrite]
    delegated: [User.Read, Calendars.ReadWrite]
    consented: false
    secrets: [{value: not-so-secret}]
    redirect_uris: [https://holdfast.example/signed-in]
    multi_tenant: true
  - {name: Pocket, client_id: 0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a22, delegated: [User.Read], public: true, redirect_uris: ["http://localhost"]}
"""
WEB, PHONE = "0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a21", "0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a22"
BEN = "ben@quay.example"
SCOPES = ["User.Read"]


@pytest.fixture(scope="module")
def station() -> Iterator[Station]:
    made = Station(Plan(companies=(read_company(QUAY),), port=free_port_pair(), seed=3, checks_types=True))
    yield made
    assert made.simulator.bugs == []
    made.stop()


@pytest.fixture
def http(station) -> Iterator[requests.Session]:
    """What MSAL speaks through: the trusted CA is all that differs from Microsoft."""
    with _session(station) as session:
        yield session


def _session(station: Station) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(station.ca_file)
    return session


def web(
    station: Station, http: requests.Session, authority: str = "", **settings: object
) -> msal.ConfidentialClientApplication:
    at = authority or station.simulator.company.tenants[0].tenant_id
    return msal.ConfidentialClientApplication(
        WEB,
        client_credential="not-so-secret",
        authority=f"{station.login_root}/{at}",
        instance_discovery=False,
        http_client=http,
        **settings,
    )


def phone(station: Station, http: requests.Session) -> msal.PublicClientApplication:
    at = station.simulator.company.tenants[0].tenant_id
    return msal.PublicClientApplication(
        PHONE, authority=f"{station.login_root}/{at}", instance_discovery=False, http_client=http
    )


def through_the_pages(station: Station, address: str, name: str = BEN) -> dict[str, str]:
    """A person's browser: fills in what the pages ask, until the app's own address or an end is reached."""
    with _session(station) as browser:
        answer = browser.get(address, allow_redirects=False)
        for _ in range(6):
            forms = Forms(answer.text).forms
            if forms and "code" in forms[0].fields:
                return forms[0].fields
            asked = [form for form in forms if form.fields.get("step") in {"account", "password", "consent", "confirm"}]
            if not asked:
                return {"page": answer.text}
            filled = asked[0].fields | {"username": name, "password": TEST_PASSWORD}
            answer = browser.post(urljoin(address, asked[0].action), data=filled, allow_redirects=False)
        raise AssertionError(answer.text)


@pytest.mark.parametrize("authority", ["", "common", "organizations", "quay.example"])
def test_msal_signs_a_person_in_by_code_and_pkce_and_refreshes(station, http, authority):
    app = web(station, http, authority)
    flow = app.initiate_auth_code_flow(
        SCOPES, redirect_uri="https://holdfast.example/signed-in", response_mode="form_post"
    )

    result = app.acquire_token_by_auth_code_flow(flow, through_the_pages(station, flow["auth_uri"]))

    assert "access_token" in result, result
    assert result["id_token_claims"]["preferred_username"] == BEN
    (account,) = app.get_accounts()
    assert account["username"] == BEN
    assert app.acquire_token_silent(SCOPES, account)["token_source"] == "cache"
    again = app.acquire_token_silent(SCOPES, account, force_refresh=True)
    assert again["token_source"] == "identity_provider", again
    me = http.get(f"{station.graph_root}/v1.0/me", headers={"Authorization": f"Bearer {again['access_token']}"}).json()
    assert me["userPrincipalName"] == BEN


def test_msal_signs_a_public_client_in_without_a_broker(station, http):
    app = phone(station, http)
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri="http://localhost:49152", response_mode="form_post")

    result = app.acquire_token_by_auth_code_flow(flow, through_the_pages(station, flow["auth_uri"]))

    assert "access_token" in result, result


def test_msal_signs_a_device_in(station, http):
    app = phone(station, http)
    waiting, flow = app.initiate_device_flow(SCOPES), app.initiate_device_flow(SCOPES)
    assert flow["user_code"] in flow["message"]
    pending = app.acquire_token_by_device_flow(waiting, exit_condition=lambda _: True)
    assert pending["error"] == "authorization_pending"

    shown = through_the_pages(station, f"{flow['verification_uri']}?otc={flow['user_code']}")

    assert "signed in to Pocket on your device" in shown["page"]
    result = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert result["id_token_claims"]["preferred_username"] == BEN, result


def test_msal_signs_in_with_a_password():
    """Not served: MSAL asks for the user's realm at the authority's host without its port."""
    sim = simulated()
    sim.identity.admin.consent("Pocket", "User.Read")
    app = msal.PublicClientApplication(
        POCKET, authority=f"https://login.fjord.example/{FJORD}", instance_discovery=False, http_client=MsalDoor(sim)
    )

    with pytest.warns(DeprecationWarning, match="deprecated for public client"):
        granted = app.acquire_token_by_username_password("ben@fjord.example", TEST_PASSWORD, SCOPES)
    with pytest.warns(DeprecationWarning, match="deprecated for public client"):
        refused = app.acquire_token_by_username_password("ben@fjord.example", "not-it", SCOPES)

    assert granted["scope"] == "User.Read openid profile", granted
    assert refused["error_codes"] == [50126]


def test_msal_gets_a_token_for_the_app_itself_over_tls(station, http):
    app = web(station, http)

    assert "access_token" in app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    assert app.acquire_token_for_client(["https://graph.microsoft.com/.default"])["token_source"] == "cache"


def test_msal_passes_a_revocation_on_and_signs_in_anew(station, http):
    app = web(station, http)
    flow = app.initiate_auth_code_flow(
        SCOPES, redirect_uri="https://holdfast.example/signed-in", response_mode="form_post"
    )
    app.acquire_token_by_auth_code_flow(flow, through_the_pages(station, flow["auth_uri"]))
    (account,) = app.get_accounts()
    station.simulator.advance(timedelta(seconds=1))
    station.simulator.identity.admin.revoke_sessions(BEN)

    refused = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)

    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [50173])


def test_msal_declares_that_it_can_be_challenged_and_answers_a_challenge(station, http):
    app = web(station, http, client_capabilities=["cp1"])
    flow = app.initiate_auth_code_flow(
        SCOPES, redirect_uri="https://holdfast.example/signed-in", response_mode="form_post"
    )
    result = app.acquire_token_by_auth_code_flow(flow, through_the_pages(station, flow["auth_uri"]))

    assert result["expires_in"] == 28 * 3600
    (account,) = app.get_accounts()
    again = app.acquire_token_silent(
        SCOPES, account, claims_challenge='{"access_token": {"nbf": {"essential": true, "value": "1"}}}'
    )
    assert again["token_source"] == "identity_provider", again
