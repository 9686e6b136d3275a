"""MSAL for Python over real sockets and TLS, told the authority and whom to trust."""

import httpx
import msal
import pytest
import requests

from tests.compat.conftest import APP, SECRET

SCOPES = ["https://graph.microsoft.com/.default"]


@pytest.fixture
def door(quay):
    with requests.Session() as session:
        session.trust_env = False
        session.verify = quay.ca
        yield session


def application(quay, door, secret=SECRET):
    return msal.ConfidentialClientApplication(
        APP, client_credential=secret, authority=quay.authority, instance_discovery=False, http_client=door
    )


def test_it_gets_a_token_that_graph_takes(quay, door):
    token = application(quay, door).acquire_token_for_client(SCOPES)

    answer = httpx.get(f"{quay.graph}/users", headers={"Authorization": f"Bearer {token['access_token']}"})

    assert (token["token_type"], answer.status_code) == ("Bearer", 200)
    assert len(answer.json()["value"]) >= 2


def test_the_same_token_is_good_over_tls(quay, door):
    token = application(quay, door).acquire_token_for_client(SCOPES)

    answer = door.get(
        f"{quay.served.login_root}/v1.0/users", headers={"Authorization": f"Bearer {token['access_token']}"}
    )

    assert answer.json()["@odata.context"] == f"{quay.served.login_root}/v1.0/$metadata#users"


def test_it_keeps_the_token_and_asks_once(quay, door):
    app = application(quay, door)
    first, second = (app.acquire_token_for_client(SCOPES) for _ in range(2))

    assert (first["token_source"], second["token_source"]) == ("identity_provider", "cache")


def test_it_passes_on_what_is_wrong_with_a_secret(quay, door):
    refused = application(quay, door, secret="guessed").acquire_token_for_client(SCOPES)

    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [7000215])
