"""MSAL for Python drives the login host unmodified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msal
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from sim365.identity.discovery import instance_document
from sim365.simulator import Simulator
from tests.sim365_outer.fjord import APP_ID, GRAPH_SCOPE, SECRET, START, TENANT_ID, MsalDoor, simulator


def application(
    sim: Simulator, credential: object = SECRET, tenant: str = TENANT_ID
) -> tuple[msal.ConfidentialClientApplication, MsalDoor]:
    door = MsalDoor(sim)
    made = msal.ConfidentialClientApplication(
        APP_ID,
        client_credential=credential,
        authority=f"https://login.fjord.example/{tenant}",
        instance_discovery=False,
        http_client=door,
    )
    return made, door


def test_msal_gets_a_token_with_a_secret():
    sim = simulator()
    app, door = application(sim)

    answer = app.acquire_token_for_client([GRAPH_SCOPE])

    assert sim.identity.principal_of("Bearer " + answer["access_token"], START).app_id == APP_ID
    assert door.asked == [
        f"GET /{TENANT_ID}/v2.0/.well-known/openid-configuration",
        f"POST /{TENANT_ID}/oauth2/v2.0/token",
    ]


def test_msal_keeps_the_token_and_asks_once():
    app, door = application(simulator())
    app.acquire_token_for_client([GRAPH_SCOPE])
    asked = len(door.asked)

    assert app.acquire_token_for_client([GRAPH_SCOPE])["token_source"] == "cache"
    assert len(door.asked) == asked


def test_msal_passes_on_the_refusal_of_a_wrong_secret():
    app, _ = application(simulator(), credential="wrong")

    answer = app.acquire_token_for_client([GRAPH_SCOPE])

    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])


def test_msal_is_told_of_an_unknown_tenant_when_it_starts():
    with pytest.raises(ValueError, match="Unable to get authority"):
        application(simulator(), tenant="elsewhere.example")[0].acquire_token_for_client([GRAPH_SCOPE])


def certificate(name: str) -> tuple[str, str, str]:
    """A private key, its certificate and its SHA-1 thumbprint, as an administrator would make them."""
    key = rsa.generate_private_key(65537, 2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (
        private.decode(),
        made.public_bytes(serialization.Encoding.PEM).decode(),
        made.fingerprint(hashes.SHA1()).hex(),
    )


def at_the_wall_clock(**changes: object) -> Simulator:
    """MSAL stamps its assertions with the machine's own clock, so the simulator stands at the same time."""
    sim = simulator(**changes)
    sim.clock.set_to(datetime.now(UTC))
    return sim


@pytest.mark.parametrize("form", ["thumbprint", "public certificate"])
def test_msal_gets_a_token_with_a_certificate(form):
    private, public, thumbprint = certificate("Holdfast")
    sim = at_the_wall_clock(certificates=[public], secrets=[])
    credential = (
        {"private_key": private, "thumbprint": thumbprint}
        if form == "thumbprint"
        else {"private_key": private, "public_certificate": public}
    )
    app, _ = application(sim, credential)

    answer = app.acquire_token_for_client([GRAPH_SCOPE])

    assert "access_token" in answer, answer
    assert sim.identity.principal_of("Bearer " + answer["access_token"], sim.clock.now()).app_id == APP_ID


def test_a_certificate_that_is_not_registered_is_refused():
    _, registered, _ = certificate("Holdfast")
    private, _, thumbprint = certificate("Stranger")
    app, _ = application(
        at_the_wall_clock(certificates=[registered]), {"private_key": private, "thumbprint": thumbprint}
    )

    assert app.acquire_token_for_client([GRAPH_SCOPE])["error_codes"] == [700027]


def test_a_strangers_signature_under_a_registered_thumbprint_is_refused():
    _, registered, thumbprint = certificate("Holdfast")
    private, _, _ = certificate("Stranger")
    app, _ = application(
        at_the_wall_clock(certificates=[registered]), {"private_key": private, "thumbprint": thumbprint}
    )

    assert app.acquire_token_for_client([GRAPH_SCOPE])["error_codes"] == [700027]


def test_an_assertion_outside_its_time_is_refused():
    private, public, thumbprint = certificate("Holdfast")
    sim = at_the_wall_clock(certificates=[public])
    sim.advance(timedelta(hours=1))
    app, _ = application(sim, {"private_key": private, "thumbprint": thumbprint})

    assert app.acquire_token_for_client([GRAPH_SCOPE])["error_codes"] == [700024]


def test_a_refused_sign_in_leads_msal_to_the_instances_of_the_cloud():
    """MSAL asks which hosts stand for one cloud after a refusal, also with instance discovery off."""
    document = instance_document(root="https://login.microsoftonline.com", tenant="common")

    assert document["metadata"][0]["aliases"] == ["login.microsoftonline.com"]
