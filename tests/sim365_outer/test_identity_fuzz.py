"""Whatever is sent to the login host, it answers and never fails (500 is for failures that were asked for)."""

from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from tests.sim365_outer.two_companies import (
    BEN,
    FJORD,
    PHONE,
    REDIRECT,
    ROOT,
    SECRET,
    WEB,
    Browser,
    authorize,
    authorize_query,
    simulated,
    tokens_for,
)

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PATHS = [
    "oauth2/v2.0/authorize",
    "oauth2/v2.0/token",
    "oauth2/v2.0/devicecode",
    "oauth2/deviceauth",
    "oauth2/v2.0/logout",
    "v2.0/adminconsent",
    "adminconsent",
    "discovery/v2.0/keys",
    "v2.0/.well-known/openid-configuration",
]
NAMES = [
    "client_id", "client_secret", "scope", "code", "redirect_uri", "response_type", "response_mode", "state", "prompt", "claims",
    "login_hint", "domain_hint", "code_challenge", "code_challenge_method", "code_verifier", "grant_type", "refresh_token",
    "client_assertion", "client_assertion_type", "device_code", "username", "password", "progress", "step", "otc", "oid", "decision",
    "post_logout_redirect_uri", "logout_hint",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=string.printable, max_size=80),
    st.sampled_from([
        WEB, PHONE, SECRET, REDIRECT, BEN, "common", "code", "none", "S256", "openid User.Read", "https://graph.microsoft.com/.default",
        "refresh_token", "authorization_code", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "a.b.c", "1.1.x", "{", '{"access_token": 1}', "http://[", "\x00", "é" * 50,
        "eyJhbGciOiJQUzI1NiIsIng1YyI6WzFdfQ.e30.x", "accept", "cancel", "account", "pick", "consent",
    ]),
)  # fmt: skip
FORMS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=9)
TENANTS = st.one_of(
    st.sampled_from([FJORD, "common", "organizations", "consumers", "fjord.example"]),
    st.text(alphabet=string.printable.replace("/", ""), min_size=1, max_size=12),
)


@pytest.fixture(scope="module")
def sim():
    return simulated()


def check(sim, answer) -> None:
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    assert sim.bugs == []


@FEW
@given(tenant=TENANTS, path=st.sampled_from(PATHS), query=FORMS, form=FORMS, posts=st.booleans())
def test_no_request_makes_the_login_host_fail(sim, tenant, path, query, form, posts):
    client = Client(sim.identity.wsgi)
    target = "/" + tenant.replace("?", "").replace("#", "") + "/" + path
    if posts:
        check(sim, client.post(target, query_string=query, data=form, base_url=ROOT))
    else:
        check(sim, client.get(target, query_string=query, base_url=ROOT, headers={"Accept": "text/html"}))


@FEW
@given(changes=FORMS)
def test_no_grant_makes_it_fail(sim, changes):
    held = {"grant_type": "refresh_token", "client_id": WEB, "client_secret": SECRET, "refresh_token": _token(sim)}

    check(sim, Client(sim.identity.wsgi).post(f"/{FJORD}/oauth2/v2.0/token", data=held | changes))


@FEW
@given(changes=FORMS)
def test_no_answer_to_a_page_makes_it_fail(sim, changes):
    browser = authorize(Browser(sim))
    form = browser.forms[0]

    check(sim, browser.client.post(form.action, data=form.fields | changes, base_url=ROOT))


@FEW
@given(changes=FORMS)
def test_no_authorization_request_makes_it_fail(sim, changes):
    check(
        sim,
        Client(sim.identity.wsgi).get(
            f"/{FJORD}/oauth2/v2.0/authorize", query_string=authorize_query() | changes, base_url=ROOT
        ),
    )


@FEW
@given(
    header=st.one_of(
        st.text(alphabet=string.printable.strip(), max_size=60),
        st.binary(max_size=40).map(lambda raw: "Basic " + raw.hex()),
    )
)
def test_no_authorization_header_makes_it_fail(sim, header):
    check(
        sim,
        Client(sim.identity.wsgi).post(
            f"/{FJORD}/oauth2/v2.0/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
        ),
    )


_HELD: dict[int, str] = {}


def _token(sim) -> str:
    if id(sim) not in _HELD:
        _HELD[id(sim)] = tokens_for(sim)["refresh_token"]
    return _HELD[id(sim)]
