"""Discovery (FACTS 1.1) and admin consent (FACTS 1.6)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client

from sim365.simulator import Simulator
from tests.sim365_outer.fjord import APP_ID, GRAPH_SCOPE, START, TENANT_ID, client_credentials, post_token, simulator

REDIRECT = "https://holdfast.example/connected"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_discovery_by_domain_names_the_tenants_id():
    document = Client(simulator().identity.wsgi).get("/fjord.example/v2.0/.well-known/openid-configuration").json

    assert document["issuer"] == f"https://login.fjord.example/{TENANT_ID}/v2.0"
    assert document["token_endpoint"] == f"https://login.fjord.example/{TENANT_ID}/oauth2/v2.0/token"
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["token_endpoint_auth_methods_supported"] == [
        "client_secret_post",
        "private_key_jwt",
        "client_secret_basic",
    ]


def test_discovery_for_common_keeps_the_placeholder():
    document = Client(simulator().identity.wsgi).get("/common/v2.0/.well-known/openid-configuration").json

    assert document["issuer"] == "https://login.fjord.example/{tenantid}/v2.0"


def test_discovery_of_an_unknown_tenant_is_refused():
    answer = Client(simulator().identity.wsgi).get("/elsewhere.example/v2.0/.well-known/openid-configuration")

    assert (answer.status_code, answer.json["error_codes"]) == (400, [90002])


def unconsented() -> Simulator:
    """Whoever opens its page is its administrator; how one signs in before is shown where people sign in."""
    sim = simulator(permissions=set(), requested={"Calendars.ReadWrite", "User.Read.All"})
    sim.switch("admin_consent_signs_in", value=False)
    return sim


def consent_address(path: str = f"/{TENANT_ID}/v2.0/adminconsent", **changes: str) -> tuple[str, dict[str, str]]:
    query = {"client_id": APP_ID, "redirect_uri": REDIRECT, "state": "of-ada", "scope": GRAPH_SCOPE} | changes
    return path, {name: value for name, value in query.items() if value}


def answer_of(location: str) -> dict[str, str]:
    assert location.startswith(REDIRECT + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@pytest.mark.fact("admin-consent-sign-in")
def test_an_administrator_sees_what_is_asked_and_grants_it():
    sim = unconsented()
    path, query = consent_address()
    page = Client(sim.identity.wsgi).get(path, query_string=query, headers=BROWSER)
    assert page.status_code == 200
    assert "Calendars.ReadWrite" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    answered = Client(sim.identity.wsgi).post(path, query_string=query, data={"decision": "accept"})

    assert answered.status_code == 303
    assert answer_of(answered.headers["Location"]) == {
        "admin_consent": "True",
        "tenant": TENANT_ID,
        "scope": "https://graph.microsoft.com/Calendars.ReadWrite https://graph.microsoft.com/User.Read.All",
        "state": "of-ada",
    }
    token = post_token(sim, client_credentials()).json["access_token"]
    assert sim.identity.principal_of(f"Bearer {token}", START).roles == {"Calendars.ReadWrite", "User.Read.All"}


def test_the_older_path_grants_everything_registered():
    sim = unconsented()
    path, query = consent_address(f"/{TENANT_ID}/adminconsent", scope="")

    answered = Client(sim.identity.wsgi).post(path, query_string=query, data={"decision": "accept"})

    assert answer_of(answered.headers["Location"]) == {"admin_consent": "True", "tenant": TENANT_ID, "state": "of-ada"}
    assert sim.company.tenants[0].apps[APP_ID].permissions == {"Calendars.ReadWrite", "User.Read.All"}


@pytest.mark.parametrize(
    ("path", "scope", "error"),
    [("v2.0/adminconsent", GRAPH_SCOPE, "consent_required"), ("adminconsent", "", "permission_denied")],
)
def test_a_declined_consent_grants_nothing_and_tells_the_app(path, scope, error):
    sim = unconsented()
    path, query = consent_address(f"/{TENANT_ID}/{path}", scope=scope)

    answered = Client(sim.identity.wsgi).post(path, query_string=query, data={"decision": "cancel"})

    told = answer_of(answered.headers["Location"])
    assert (told["error"], told["state"]) == (error, "of-ada")
    assert told["error_description"].startswith("AADSTS65004")
    assert sim.company.tenants[0].apps[APP_ID].permissions == set()


@pytest.mark.parametrize(
    ("path", "changes", "number"),
    [
        (f"/{TENANT_ID}/v2.0/adminconsent", {"redirect_uri": "https://thief.example/"}, 50011),
        (f"/{TENANT_ID}/v2.0/adminconsent", {"client_id": TENANT_ID}, 700016),
        (f"/{TENANT_ID}/v2.0/adminconsent", {"scope": ""}, 900144),
        ("/elsewhere.example/v2.0/adminconsent", {}, 90002),
        ("/common/v2.0/adminconsent", {}, 90009),
    ],
)
def test_a_wrong_consent_request_is_shown_here_and_never_sent_on(path, changes, number):
    """FACTS 1.2: an error about the address or the app must not be redirected to it."""
    path, query = consent_address(path, **changes)

    page = Client(unconsented().identity.wsgi).get(path, query_string=query, headers=BROWSER)

    assert page.status_code == 400
    assert f"AADSTS{number}" in page.text
    assert "Location" not in page.headers


def test_consent_cannot_be_answered_from_another_sites_page():
    sim = unconsented()
    path, query = consent_address()

    answered = Client(sim.identity.wsgi).post(
        path, query_string=query, data={"decision": "accept"}, headers={"Origin": "https://thief.example"}
    )

    assert answered.status_code == 403
    assert sim.company.tenants[0].apps[APP_ID].permissions == set()


def test_what_an_app_writes_about_itself_is_text_on_the_consent_page():
    sim = simulator(display_name="<script>alert(1)</script>")
    path, query = consent_address()

    page = Client(sim.identity.wsgi).get(path, query_string=query, headers=BROWSER)

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
