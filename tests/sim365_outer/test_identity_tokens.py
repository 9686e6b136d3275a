"""The token endpoint and the reading of its tokens (FACTS 0.2, 1.4, 1.7, 1.8)."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from werkzeug.test import Client

from sim365.identity import key_from_seed
from sim365.identity.tokens import issuer_of
from sim365.state import AppSecret, TokenRefused
from tests.sim365_outer.fjord import (
    APP_ID,
    GRAPH_SCOPE,
    SECRET,
    START,
    TENANT_ID,
    basic,
    client_credentials,
    post_token,
    simulator,
)


def by_the_examples(**changes: object):
    """Tokens live as long as in the documentation's examples."""
    sim = simulator(**changes)
    sim.switch("token_lifetime_varies", value=False)
    return sim


@pytest.mark.fact("access-token-lifetime")
def test_access_tokens_live_an_hour_to_an_hour_and_a_half():
    sim = simulator()

    lives = {post_token(sim, client_credentials()).json["expires_in"] for _ in range(40)}

    assert all(3600 <= life <= 5400 for life in lives)
    assert len(lives) > 10


def bearer(sim, **changes: str) -> str:
    return "Bearer " + post_token(sim, client_credentials(**changes)).json["access_token"]


@pytest.mark.fact("client-credentials")
def test_by_switch_the_right_secret_gets_a_token_for_an_hour_less_a_second():
    answer = post_token(by_the_examples(), client_credentials())

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, no-cache"
    body = answer.json
    assert (body["token_type"], body["expires_in"], body["ext_expires_in"]) == ("Bearer", 3599, 3599)
    assert set(body) == {"token_type", "expires_in", "ext_expires_in", "access_token"}


def test_a_token_is_signed_by_the_published_key_and_carries_the_consented_permissions():
    sim = by_the_examples()
    token = bearer(sim).removeprefix("Bearer ")
    published = Client(sim.identity.wsgi).get(f"/{TENANT_ID}/discovery/v2.0/keys").json["keys"]
    header = jwt.get_unverified_header(token)
    key = next(jwt.PyJWK(one) for one in published if one["kid"] == header["kid"])

    claims = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
    )

    assert header["alg"] == "RS256"
    assert claims["roles"] == ["Calendars.ReadWrite", "Place.Read.All"]
    assert (claims["aud"], claims["iss"], claims["tid"]) == (
        "https://graph.microsoft.com",
        issuer_of(TENANT_ID),
        TENANT_ID,
    )
    assert (claims["appid"], claims["appidacr"], claims["idtyp"]) == (APP_ID, "1", "app")
    assert claims["iat"] == claims["nbf"] == int(START.timestamp())
    assert claims["exp"] == int(START.timestamp()) + 3599


def test_an_app_without_consent_gets_a_token_without_roles():
    """FACTS 1.4: the lack of consent shows as Graph's 403, never as a token error."""
    sim = simulator(permissions=set())

    assert sim.identity.principal_of(bearer(sim), START).roles == frozenset()


def test_the_secret_may_come_in_the_basic_header():
    form = client_credentials(client_id="", client_secret="")

    assert post_token(simulator(), form, Authorization=basic(APP_ID, SECRET)).status_code == 200


def test_the_tenant_may_be_named_by_its_domain():
    assert post_token(simulator(), client_credentials(), tenant="fjord.example").status_code == 200


@pytest.mark.parametrize(
    ("changes", "tenant", "status", "number", "error"),
    [
        ({"client_secret": "wrong"}, TENANT_ID, 401, 7000215, "invalid_client"),
        ({"client_secret": ""}, TENANT_ID, 401, 7000218, "invalid_client"),
        ({"client_id": TENANT_ID}, TENANT_ID, 400, 700016, "unauthorized_client"),
        ({"client_id": ""}, TENANT_ID, 400, 900144, "invalid_request"),
        ({}, "elsewhere.example", 400, 90002, "invalid_request"),
        ({}, "common", 400, 9001023, "invalid_request"),
        ({}, "consumers", 400, 9001023, "invalid_request"),
        ({}, "organizations", 400, 50059, "invalid_request"),
        ({}, "not a name", 400, 50128, "invalid_request"),
        ({"scope": "https://graph.microsoft.com/Calendars.Read"}, TENANT_ID, 400, 70011, "invalid_scope"),
        ({"scope": "https://vault.example/.default"}, TENANT_ID, 400, 70011, "invalid_scope"),
        ({"scope": f"{GRAPH_SCOPE} {GRAPH_SCOPE}"}, TENANT_ID, 400, 70011, "invalid_scope"),
        ({"scope": ""}, TENANT_ID, 400, 900144, "invalid_request"),
        ({"grant_type": ""}, TENANT_ID, 400, 900144, "invalid_request"),
        ({"grant_type": "wishful"}, TENANT_ID, 400, 70003, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_is_refused_with_its_number(changes, tenant, status, number, error):
    answer = post_token(simulator(), client_credentials(**changes), tenant=tenant)

    body = answer.json
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert set(body) == {
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    }
    assert body["timestamp"] == "2026-03-02 07:00:00Z"


def test_a_refusal_repeats_the_callers_request_id():
    answer = post_token(simulator(), client_credentials(client_secret="wrong"), client_request_id="ada-7")

    assert answer.json["correlation_id"] == "ada-7"


def test_a_secret_that_ran_out_is_named_as_expired():
    sim = simulator()
    sim.advance(timedelta(days=30))

    assert post_token(sim, client_credentials()).json["error_codes"] == [7000222]
    assert post_token(sim, client_credentials(client_secret="wrong")).json["error_codes"] == [7000215]


def test_a_second_secret_carries_on_when_the_first_ran_out():
    sim = simulator(secrets=[AppSecret(SECRET, START), AppSecret("the-next-one")])

    assert post_token(sim, client_credentials()).json["error_codes"] == [7000222]
    assert post_token(sim, client_credentials(client_secret="the-next-one")).status_code == 200


def test_a_disabled_app_is_refused():
    assert post_token(simulator(enabled=False), client_credentials()).json["error_codes"] == [7000112]


@pytest.mark.parametrize(
    "grant", ["urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:saml2-bearer"]
)
def test_a_grant_that_is_not_modelled_says_so(grant):
    answer = post_token(simulator(), client_credentials(grant_type=grant))

    assert answer.status_code == 501
    assert "sim365 does not model the" in answer.json["error_description"]


@pytest.mark.parametrize(
    "path",
    ["oauth2/authorize", "oauth2/token", "oauth2/logout", ".well-known/openid-configuration"],
)
def test_an_endpoint_that_is_not_modelled_says_so(path):
    answer = Client(simulator().identity.wsgi).get(f"/{TENANT_ID}/{path}")

    assert answer.status_code == 501
    assert "does not model" in answer.json["error_description"]


def test_the_token_endpoint_takes_posts_only():
    answer = Client(simulator().identity.wsgi).get(f"/{TENANT_ID}/oauth2/v2.0/token")

    assert (answer.status_code, answer.json["error_codes"]) == (405, [900561])


def test_a_giant_form_is_refused():
    assert post_token(simulator(), client_credentials(padding="x" * 100_000)).status_code == 413


def test_graph_learns_who_calls():
    sim = simulator()

    principal = sim.identity.principal_of(bearer(sim), START)

    assert (principal.tenant_id, principal.app_id) == (TENANT_ID, APP_ID)
    assert principal.roles == {"Calendars.ReadWrite", "Place.Read.All"}
    assert principal.oid
    assert principal.user_oid is None


def test_a_token_lives_on_the_simulators_clock():
    sim = by_the_examples()
    header = bearer(sim)

    assert sim.identity.principal_of(header, START + timedelta(seconds=3598))
    with pytest.raises(TokenRefused, match="the token is expired"):
        sim.identity.principal_of(header, START + timedelta(seconds=3599))
    with pytest.raises(TokenRefused, match="not yet valid"):
        sim.identity.principal_of(header, START - timedelta(seconds=1))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc"])
def test_a_request_without_a_token_is_refused(header):
    with pytest.raises(TokenRefused, match="empty") as refused:
        simulator().identity.principal_of(header, START)
    assert not refused.value.handmade


@pytest.mark.parametrize("token", ["abc", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_is_none_is_refused_as_handmade(token):
    with pytest.raises(TokenRefused, match="not well formed") as refused:
        simulator().identity.principal_of(f"Bearer {token}", START)
    assert refused.value.handmade


def forged(key_seed: int = 7, **changes: object) -> str:
    claims = {
        "aud": "https://graph.microsoft.com",
        "iss": issuer_of(TENANT_ID),
        "tid": TENANT_ID,
        "appid": APP_ID,
        "oid": "x",
        "nbf": int(START.timestamp()),
        "exp": int(START.timestamp()) + 60,
    } | changes
    return "Bearer " + jwt.encode(claims, key_from_seed(key_seed).private, algorithm="RS256")


@pytest.mark.parametrize(
    ("token", "wording"),
    [
        (lambda: forged(key_seed=8), "Invalid signature"),
        (lambda: forged(aud="https://vault.example"), "Invalid audience"),
        (lambda: forged(iss="https://login.elsewhere.example/"), "Invalid issuer"),
        (lambda: forged(tid=APP_ID), "Invalid issuer"),
    ],
)
def test_a_token_of_another_maker_or_for_another_house_is_refused(token, wording):
    with pytest.raises(TokenRefused, match=wording):
        simulator().identity.principal_of(token(), START)


def test_a_changed_token_is_refused():
    sim = simulator()
    head, claims, signature = bearer(sim).split(".")
    other = bearer(sim, client_id=APP_ID).split(".")[1]

    assert claims != other
    with pytest.raises(TokenRefused, match="Invalid signature"):
        sim.identity.principal_of(f"{head}.{other}.{signature}", START)


def test_the_same_seed_signs_with_the_same_key():
    assert key_from_seed(7).id == key_from_seed(7).id
    assert key_from_seed(7).id != key_from_seed(8).id
    assert key_from_seed(7).private.key_size == 2048
