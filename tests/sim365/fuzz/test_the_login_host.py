"""Whatever is sent to the login host, it answers, and never with a failure of its own."""

import urllib.parse

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from sim365.identity import Identity
from tests.sim365.core.harbour import APP, TENANT
from tests.sim365.fuzz.wild import Sea, fuzzed, odd_texts

PLACES = [
    "oauth2/v2.0/token", "oauth2/v2.0/authorize", "oauth2/v2.0/devicecode", "oauth2/v2.0/logout", "adminconsent",
    "v2.0/adminconsent", "v2.0/.well-known/openid-configuration", "discovery/v2.0/keys", "discovery/instance",
]  # fmt: skip
NAMES = [
    "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "code", "redirect_uri",
    "code_verifier", "refresh_token", "device_code", "response_type", "response_mode", "state", "prompt", "login_hint",
    "code_challenge", "code_challenge_method", "username", "password", "claims", "nonce",
]  # fmt: skip
VALUES = [
    APP, "client_credentials", "authorization_code", "refresh_token", "password", "code", "https://graph.microsoft.com/.default",
    "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "a.b.c",
    "eyJhbGciOiJub25lIn0.e30.", "openid profile offline_access", "form_post", "none", '{"access_token":{}}', "S256",
]  # fmt: skip
forms = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), odd_texts), st.one_of(st.sampled_from(VALUES), odd_texts), max_size=8
)  # fmt: skip


def encoded(form):
    return urllib.parse.urlencode(form, errors="replace")


@fuzzed
@given(
    tenant=st.one_of(st.sampled_from([TENANT, "common", "organizations", "harbour.test"]), odd_texts),
    place=st.one_of(st.sampled_from(PLACES), odd_texts),
    form=forms,
    authorization=odd_texts.filter(lambda text: text.isprintable() and text.isascii()),
)
def test_odd_forms_and_questions(tenant, place, form, authorization):
    sea = Sea()
    sea.sim.attach_identity(Identity(sea.sim))
    door = Client(sea.sim.identity.wsgi)
    path = f"/{urllib.parse.quote(tenant, errors='replace')}/{urllib.parse.quote(place, errors='replace')}"

    asked = door.get(path, query_string=encoded(form))
    posted = door.post(
        path, data=encoded(form), content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Basic {authorization}"},
    )  # fmt: skip

    assert asked.status_code < 500 or asked.status_code == 501, asked.get_data(as_text=True)
    assert posted.status_code < 500 or posted.status_code == 501, posted.get_data(as_text=True)
    assert sea.sim.bugs == []
