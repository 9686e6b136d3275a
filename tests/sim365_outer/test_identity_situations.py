"""Every AADSTS number of the collected facts, reached in its situation (FACTS 1.7).

A situation answers with the number and, where an app is told, the OAuth error word; "page" where only the person sees it.
"""

from __future__ import annotations

import re
from datetime import timedelta

import jwt
import pytest
from werkzeug.test import Client, TestResponse

from sim365.identity.people_catalogue import TRANSIENT
from sim365.state import AppSecret
from tests.sim365_outer.certificates import assertion, certificate
from tests.sim365_outer.two_companies import (
    ADA,
    BEN,
    CHIDI,
    FJORD,
    PHONE,
    QUAY,
    REDIRECT,
    ROOT,
    SECRET,
    SHARED,
    SPA,
    START,
    VERIFIER,
    WEB,
    Browser,
    authorize,
    challenge,
    code_for,
    later,
    post,
    redemption,
    refresh,
    simulated,
    tokens_for,
)

EXCHANGE = "https://outlook.office.com/Calendars.Read"


def told(answer: TestResponse) -> tuple[int, str]:
    """What a token request is answered."""
    assert answer.status_code >= 400
    return answer.json["error_codes"][0], answer.json["error"]


def sent_back(browser: Browser) -> tuple[int, str]:
    """What the app's redirect address is told."""
    assert browser.location.startswith((REDIRECT, "http://localhost", "https://wall.example/")), browser.text
    answer = browser.answer
    assert answer["state"] == "of-ben"
    return int(re.match(r"AADSTS(\d+): ", answer["error_description"])[1]), answer["error"]


def shown(browser: Browser) -> tuple[int, str]:
    """What only the page says."""
    assert browser.location == ""
    return int(re.search(r"AADSTS(\d+)", browser.text)[1]), "page"


def token(sim, authority: str = FJORD, **changes: str) -> TestResponse:
    form = {
        "grant_type": "client_credentials",
        "client_id": WEB,
        "client_secret": SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }
    return post(sim, {name: value for name, value in (form | changes).items() if value}, authority=authority)


def password(sim, name: str = BEN, secret: str = "sim365-password", **changes: str) -> TestResponse:
    form = {
        "grant_type": "password",
        "client_id": PHONE,
        "username": name,
        "password": secret,
        "scope": "openid User.Read",
    }
    return post(sim, form | changes, authority=changes.pop("authority", FJORD))


def admin(sim):
    return sim.identity.admin


def consented(sim):
    for app in ("Holdfast", "Pocket"):
        admin(sim).consent(app, "User.Read", "Calendars.ReadWrite")
    return sim


def refreshed_after(sim, change) -> tuple[int, str]:
    """Ben signs in, something happens, and the app's next refresh is refused."""
    held = tokens_for(sim)["refresh_token"]
    change(sim)
    return told(refresh(sim, held))


def silent(sim, change=None, **query: str) -> tuple[int, str]:
    """Ben signs in, something happens, and the app asks again without a page."""
    browser = authorize(Browser(sim)).sign_in().submit("consent")
    if change is not None:
        change(sim)
    return sent_back(authorize(browser, prompt="none", **query))


# ---------------------------------------------------------------- the request and the app
def unknown_tenant(sim):
    return told(token(sim, "elsewhere.example"))


def missing_tenant(sim):
    return told(Client(sim.identity.wsgi).post("/oauth2/v2.0/token"))


def unknown_app(sim):
    return shown(authorize(Browser(sim), client_id=FJORD))


def several_tenant_app_not_here(sim):
    return told(token(sim, client_id=SHARED))


def disabled_app(sim):
    admin(sim).disable_app("Holdfast")
    return told(token(sim))


def wrong_redirect(sim):
    return shown(authorize(Browser(sim), redirect_uri="https://thief.example/"))


def no_redirect(sim):
    admin(sim).app("Holdfast").redirect_uris.clear()
    return shown(authorize(Browser(sim), redirect_uri=""))


def other_redirect_at_redemption(sim):
    return told(post(sim, redemption(code_for(sim), redirect_uri="https://holdfast.example/other")))


def several_resources(sim):
    admin(sim).app("Holdfast").delegated.add(EXCHANGE)
    code = code_for(sim, scope=f"openid User.Read {EXCHANGE}")
    return told(post(sim, redemption(code, scope=f"User.Read {EXCHANGE}")))


def scope_not_agreed(sim):
    return told(post(sim, redemption(code_for(sim), scope=EXCHANGE)))


def empty_scope(sim):
    return told(post(sim, redemption(code_for(sim)) | {"scope": ""}))


def code_used_twice(sim):
    code = code_for(sim)
    post(sim, redemption(code))
    return told(post(sim, redemption(code)))


def code_too_old(sim):
    code = code_for(sim)
    later(sim, minutes=10)
    return told(post(sim, redemption(code)))


def code_at_another_tenant(sim):
    code = code_for(sim, CHIDI, client_id=SHARED, authority="common")
    return told(post(sim, redemption(code, client_id=SHARED), authority=FJORD))


def wrong_verifier(sim):
    return told(post(sim, redemption(code_for(sim), code_verifier="w" * 43)))


def verifier_missing(sim):
    return told(post(sim, redemption(code_for(sim), code_verifier="")))


def verifier_too_short(sim):
    return told(post(sim, redemption(code_for(sim), code_verifier="short")))


def challenge_too_short(sim):
    return sent_back(authorize(Browser(sim), code_challenge="short"))


def nothing_registered(sim):
    app = admin(sim).app("Holdfast")
    app.delegated.clear()
    app.requested.clear()
    return shown(authorize(Browser(sim), scope="https://graph.microsoft.com/.default").sign_in())


def resource_not_registered(sim):
    return shown(authorize(Browser(sim), scope=EXCHANGE).sign_in())


def unknown_permission_registered(sim):
    admin(sim).app("Holdfast").delegated.add("Calendars.Reed")
    return shown(authorize(Browser(sim), scope="https://graph.microsoft.com/.default").sign_in())


def not_subscribed(sim):
    return refreshed_after(sim, lambda sim: admin(sim).unsubscribe(tenant=FJORD))


def looping(sim):
    held = tokens_for(sim)["refresh_token"]
    for _ in range(20):
        assert refresh(sim, held).status_code == 200
    return told(refresh(sim, held))


# ---------------------------------------------------------------- secrets, certificates
def expired_secret(sim):
    admin(sim).expire_secret("Holdfast")
    return told(token(sim))


def public_sends_secret(sim):
    code = code_for(sim, client_id=PHONE, redirect_uri="http://localhost")
    return told(post(sim, redemption(code, client_id=PHONE, redirect_uri="http://localhost")))


def with_assertion(sim, signed: str) -> tuple[int, str]:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return told(token(sim, client_secret="", client_assertion=signed, client_assertion_type=kind))


AUDIENCE = f"{ROOT}/{FJORD}/oauth2/v2.0/token"


def strange_certificate(sim):
    return with_assertion(sim, assertion(certificate("Stranger"), WEB, AUDIENCE, START))


def expired_certificate(sim):
    held = certificate("Holdfast", until=START - timedelta(days=1))
    admin(sim).add_certificate("Holdfast", held.pem)
    return with_assertion(sim, assertion(held, WEB, AUDIENCE, START))


def strange_subject(sim):
    return with_assertion(sim, assertion(certificate("Stranger"), WEB, AUDIENCE, START, brings_chain=True))


def late_assertion(sim):
    held = certificate("Holdfast")
    admin(sim).add_certificate("Holdfast", held.pem)
    return with_assertion(sim, assertion(held, WEB, AUDIENCE, START - timedelta(hours=1)))


# ---------------------------------------------------------------- people
def locked(sim):
    for _ in range(10):
        password(sim, secret="wrong")
    return told(password(sim))


def state_of_password(state: str):
    def situation(sim):
        admin(sim).set_password_state(BEN, state)
        return told(password(sim))

    return situation


def pending_guest(sim):
    admin(sim).invite_guest(CHIDI, FJORD)
    browser = authorize(Browser(sim))
    return shown(browser.submit("account", username=CHIDI))


def foreign_user(sim):
    return shown(authorize(Browser(sim)).submit("account", username=CHIDI))


def unknown_user(sim):
    return shown(authorize(Browser(sim)).submit("account", username="nobody@fjord.example"))


def disabled(sim):
    return refreshed_after(sim, lambda sim: admin(sim).disable_account(BEN))


def deleted_since_the_session(sim):
    return silent(sim, lambda sim: admin(sim).delete_account(BEN))


def not_assigned(sim):
    return refreshed_after(sim, lambda sim: admin(sim).require_assignment("Holdfast"))


def session_revoked(sim):
    return silent(sim, lambda sim: admin(sim).revoke_sessions(BEN))


def password_changed(sim):
    query = {"client_id": PHONE, "redirect_uri": "http://localhost"}
    held = post(sim, redemption(code_for(sim, **query), client_secret="", **query)).json["refresh_token"]
    admin(sim).change_password(BEN, "another-password")
    return told(refresh(sim, held, client_id=PHONE, client_secret=""))


def page_left_open(sim):
    browser = authorize(Browser(sim))
    later(sim, hours=2)
    return shown(browser.submit("account", username=BEN))


def inactive(sim):
    return refreshed_after(sim, lambda sim: later(sim, days=90))


def spa_day(sim):
    query = {"client_id": SPA, "redirect_uri": "https://wall.example/"}
    held = post(sim, redemption(code_for(sim, **query), client_secret="", **query)).json["refresh_token"]
    later(sim, hours=23)
    held = refresh(sim, held, client_id=SPA, client_secret="").json["refresh_token"]
    later(sim, hours=1)
    return told(refresh(sim, held, client_id=SPA, client_secret=""))


def not_signed_in(sim):
    return sent_back(authorize(Browser(sim), prompt="none"))


# ---------------------------------------------------------------- conditional access
def demanded(demand: str, **settings):
    return lambda sim: refreshed_after(sim, lambda sim: admin(sim).require(demand, tenant=FJORD, **settings))


def mfa_enrolled(sim):
    admin(sim).enrol_second_factor(BEN)
    return demanded("mfa")(sim)


def mfa_enrol_silently(sim):
    return silent(sim, lambda sim: admin(sim).require("mfa", tenant=FJORD))


def mfa_too_old(sim):
    admin(sim).require("mfa", hours=1, tenant=FJORD)
    browser = authorize(Browser(sim)).sign_in().submit("second_factor", code="123456").submit("consent")
    held = post(sim, redemption(browser.answer["code"])).json["refresh_token"]
    later(sim, hours=2)
    return told(refresh(sim, held))


def mfa_wrong_code(sim):
    admin(sim).require("mfa", tenant=FJORD)
    return shown(authorize(Browser(sim)).sign_in().submit("second_factor", code="000000"))


def signed_in_too_long_ago(sim):
    def wait(sim):
        admin(sim).require("signInFrequency", hours=1, tenant=FJORD)
        later(sim, hours=2)

    return refreshed_after(sim, wait)


# ---------------------------------------------------------------- consent
def consent_missing(sim):
    return refreshed_after(sim, lambda sim: admin(sim).withdraw_consent("Holdfast"))


def consent_missing_silently(sim):
    return silent(sim, scope="openid MailboxSettings.Read")


def declined(sim):
    return sent_back(authorize(Browser(sim)).sign_in().submit("cancel"))


def admin_only(sim):
    return shown(authorize(Browser(sim), scope="openid Place.Read.All").sign_in())


def admin_only_and_back(sim):
    return sent_back(authorize(Browser(sim), scope="openid Place.Read.All").sign_in().submit("cancel"))


def admin_only_with_workflow(sim):
    admin(sim).use_consent_workflow(tenant=FJORD)
    return shown(authorize(Browser(sim), scope="openid Place.Read.All").sign_in())


def risky_app(sim):
    admin(sim).mark_risky("Holdfast")
    return shown(authorize(Browser(sim)).sign_in())


# ---------------------------------------------------------------- devices
def device(sim, **changes: str) -> str:
    return post(sim, {"client_id": PHONE, "scope": "openid User.Read"} | changes, path="oauth2/v2.0/devicecode").json[
        "device_code"
    ]


def poll(sim, code: str, **changes: str) -> tuple[int, str]:
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    return told(post(sim, {"grant_type": grant, "client_id": PHONE, "device_code": code} | changes))


def device_expired(sim):
    code = device(sim)
    later(sim, minutes=15)
    return poll(sim, code)


def device_of_a_confidential_app(sim):
    return poll(sim, device(sim, client_id=WEB), client_id=WEB)


SITUATIONS = [
    # situation, number, error
    (consent_missing, 65001, "invalid_grant"),
    (consent_missing_silently, 65001, "consent_required"),
    (declined, 65004, "access_denied"),
    (admin_only, 90094, "page"),
    (admin_only_and_back, 65004, "access_denied"),
    (admin_only_with_workflow, 90095, "page"),
    (risky_app, 900941, "page"),
    (nothing_registered, 650056, "page"),
    (resource_not_registered, 650057, "page"),
    (unknown_permission_registered, 65005, "page"),
    (not_subscribed, 650052, "invalid_client"),
    (lambda sim: told(password(sim, secret="wrong")), 50126, "invalid_grant"),
    (lambda sim: shown(authorize(Browser(sim)).sign_in(password="wrong")), 50126, "page"),
    (state_of_password("none"), 50056, "invalid_grant"),
    (state_of_password("unverifiable"), 50064, "invalid_grant"),
    (state_of_password("expired"), 50055, "invalid_grant"),
    (state_of_password("mustChange"), 50055, "invalid_grant"),
    (state_of_password("expiredOnPremises"), 50144, "invalid_grant"),
    (locked, 50053, "invalid_grant"),
    (disabled, 50057, "invalid_grant"),
    (lambda sim: told(password(sim, "aquarium@fjord.example")), 50057, "invalid_grant"),
    (unknown_user, 50034, "page"),
    (lambda sim: refreshed_after(sim, lambda sim: admin(sim).delete_account(BEN)), 50034, "invalid_grant"),
    (foreign_user, 50020, "page"),
    (deleted_since_the_session, 51004, "interaction_required"),
    (pending_guest, 50014, "page"),
    (not_signed_in, 50058, "login_required"),
    (lambda sim: refreshed_after(sim, lambda sim: admin(sim).revoke_sessions(BEN)), 50173, "invalid_grant"),
    (lambda sim: refreshed_after(sim, lambda sim: admin(sim).revoke_all(FJORD)), 50173, "invalid_grant"),
    (
        lambda sim: refreshed_after(sim, lambda sim: admin(sim).reset_password(BEN, "set-by-ada")),
        50173,
        "invalid_grant",
    ),
    (session_revoked, 50132, "login_required"),
    (password_changed, 50133, "invalid_grant"),
    (page_left_open, 50089, "page"),
    (lambda sim: told(refresh(sim, "1.1.made-by-hand")), 70000, "invalid_grant"),
    (inactive, 700082, "invalid_grant"),
    (spa_day, 700084, "invalid_grant"),
    (signed_in_too_long_ago, 70043, "invalid_grant"),
    (mfa_enrolled, 50076, "interaction_required"),
    (demanded("mfa"), 50079, "interaction_required"),
    (mfa_enrol_silently, 50072, "interaction_required"),
    (mfa_too_old, 50078, "interaction_required"),
    (mfa_wrong_code, 50074, "page"),
    (demanded("block"), 53003, "access_denied"),
    (demanded("compliantDevice"), 53000, "interaction_required"),
    (demanded("joinedDevice"), 53001, "interaction_required"),
    (demanded("approvedApp"), 53002, "interaction_required"),
    (demanded("genericBlock"), 50131, "access_denied"),
    (demanded("tenantBlock"), 530032, "access_denied"),
    (demanded("securityDefaults"), 530035, "access_denied"),
    (lambda sim: told(token(sim, client_secret="wrong")), 7000215, "invalid_client"),
    (expired_secret, 7000222, "invalid_client"),
    (lambda sim: told(token(sim, client_secret="")), 7000218, "invalid_client"),
    (device_of_a_confidential_app, 7000218, "invalid_client"),
    (public_sends_secret, 700025, "invalid_client"),
    (strange_certificate, 700027, "invalid_client"),
    (expired_certificate, 700027, "invalid_client"),
    (strange_subject, 700030, "invalid_client"),
    (late_assertion, 700024, "invalid_client"),
    (wrong_redirect, 50011, "page"),
    (other_redirect_at_redemption, 70004, "invalid_request"),
    (no_redirect, 900971, "page"),
    (unknown_app, 700016, "page"),
    (lambda sim: told(token(sim, QUAY)), 700016, "unauthorized_client"),
    (several_tenant_app_not_here, 700011, "unauthorized_client"),
    (disabled_app, 7000112, "unauthorized_client"),
    (unknown_tenant, 90002, "invalid_request"),
    (lambda sim: told(token(sim, "organizations")), 50059, "invalid_request"),
    (missing_tenant, 90019, "invalid_request"),
    (lambda sim: told(token(sim, "not a name")), 50128, "invalid_request"),
    (lambda sim: shown(authorize(Browser(sim), "common")), 50194, "page"),
    (lambda sim: shown(authorize(Browser(sim), "consumers", client_id=SHARED)), 9002346, "page"),
    (lambda sim: told(token(sim, "common")), 9001023, "invalid_request"),
    (lambda sim: told(token(sim, "consumers")), 9001023, "invalid_request"),
    (lambda sim: told(token(sim, scope="Calendars.Reed")), 70011, "invalid_scope"),
    (several_resources, 700022, "invalid_scope"),
    (scope_not_agreed, 28002, "invalid_scope"),
    (empty_scope, 28003, "invalid_scope"),
    (code_used_twice, 54005, "invalid_grant"),
    (code_too_old, 70008, "invalid_grant"),
    (code_at_another_tenant, 700005, "invalid_grant"),
    (wrong_verifier, 501481, "invalid_grant"),
    (verifier_missing, 50147, "invalid_grant"),
    (verifier_too_short, 501491, "invalid_request"),
    (challenge_too_short, 501491, "invalid_request"),
    (lambda sim: poll(sim, device(sim)), 70016, "authorization_pending"),
    (lambda sim: poll(sim, "made-by-hand"), 70018, "bad_verification_code"),
    (device_expired, 70019, "expired_token"),
    (not_assigned, 50105, "access_denied"),
    (looping, 50196, "invalid_grant"),
]

#: Numbers of FACTS 1.7 that stand for the same situation as another one: shown below under their switch.
OLDER = {70002, 70008, 50012, 70001, 500133}
#: FACTS 1.7 once more, to see that none is left out; the transient ones have a test of their own.
ALL = {
    65001, 65004, 90094, 90095, 900941, 650056, 650057, 65005, 650052, 50126, 50056, 50064, 50053, 50055, 50144, 50057,
    50034, 50020, 51004, 50014, 50058, 50173, 50132, 50133, 50089, 70000, 700082, 70008, 700084, 70043, 50076, 50079, 50072,
    50078, 50074, 53003, 53000, 53001, 53002, 50131, 530032, 530035, 7000215, 7000222, 70002, 7000218, 700025, 700027, 50012,
    700030, 700024, 500133, 50011, 70004, 900971, 700016, 7000112, 70001, 700011, 90002, 50059, 90019, 50128, 50194, 9001023,
    70011, 700022, 28002, 28003, 54005, 700005, 501481, 50147, 501491, 70016, 70018, 70019, 50105, 50196,
}  # fmt: skip


@pytest.mark.fact("aadsts-situations")
@pytest.mark.parametrize(
    ("situation", "number", "error"),
    [
        pytest.param(*row, id=f"{row[1]}-{getattr(row[0], '__name__', '').strip('<>')}-{row[2]}-{place}")
        for place, row in enumerate(SITUATIONS)
    ],
)
def test_each_situation_has_its_number(situation, number, error):
    sim = simulated()

    assert situation(sim) == (number, error)
    assert sim.bugs == []


def test_no_number_of_the_facts_is_left_out():
    assert ALL - OLDER - {number for _, number, _ in SITUATIONS} == set()


@pytest.mark.fact("aadsts-older-numbers")
@pytest.mark.parametrize(
    ("situation", "number"),
    [
        (lambda sim: told(token(sim, client_secret="wrong")), 70002),
        (strange_certificate, 50012),
        (late_assertion, 500133),
        (disabled_app, 70001),
        (inactive, 70008),
    ],
    ids=["70002", "50012", "500133", "70001", "70008"],
)
def test_by_switch_the_older_number_is_told(situation, number):
    assert situation(simulated(older_aadsts_numbers=True))[0] == number


@pytest.mark.fact("aadsts-transient")
@pytest.mark.parametrize("number", sorted(TRANSIENT))
def test_a_passing_failure_goes_away_when_asked_again(number):
    sim = simulated()
    admin(sim).trouble(number)

    answer = token(sim)

    assert answer.status_code >= 500
    assert answer.json["error"] in {"temporarily_unavailable", "server_error"}
    assert answer.json["error_codes"] == [number]
    assert token(sim).status_code == 200


@pytest.mark.fact("claims-challenge")
@pytest.mark.parametrize(("demand", "suberror"), [("mfa", "basic_action"), ("block", "message_only")])
def test_a_policy_tells_which_claims_the_next_sign_in_must_bring(demand, suberror):
    sim = simulated()
    held = tokens_for(sim)["refresh_token"]
    policy = admin(sim).require(demand, tenant=FJORD)

    refused = refresh(sim, held).json

    assert refused["suberror"] == suberror
    assert refused["claims"] == f'{{"access_token": {{"capolids": {{"essential": true, "values": ["{policy}"]}}}}}}'


def test_a_missing_consent_says_so_to_the_library():
    sim = simulated()
    held = tokens_for(sim)["refresh_token"]

    assert refresh(sim, held, scope="MailboxSettings.Read").json["suberror"] == "consent_required"


def test_a_policy_for_apps_stops_an_app_and_no_person():
    sim = simulated()
    admin(sim).require("block", binds_apps=True, tenant=FJORD)

    assert told(token(sim))[0] == 53003
    assert tokens_for(sim)["access_token"]


def test_a_policy_for_some_people_or_apps_leaves_the_others_alone():
    sim = consented(simulated())
    admin(sim).require("block", people=[ADA], apps=["Pocket"], tenant=FJORD)

    assert told(password(sim, ADA))[0] == 53003
    assert password(sim, BEN).status_code == 200
    assert tokens_for(sim, ADA)["access_token"]


def test_a_dropped_policy_stops_nobody():
    sim = consented(simulated())
    policy = admin(sim).require("block", tenant=FJORD)
    admin(sim).drop_policy(policy, tenant=FJORD)

    assert password(sim).status_code == 200


def test_a_lock_ends_by_itself():
    sim = consented(simulated())
    assert locked(sim)[0] == 50053
    later(sim, minutes=1)

    assert password(sim).status_code == 200


def test_a_password_alone_gets_tokens_where_nothing_stands_in_the_way():
    sim = consented(simulated())

    assert jwt.decode(password(sim).json["access_token"], options={"verify_signature": False})["upn"] == BEN


def test_a_second_secret_works_beside_an_expired_one():
    sim = simulated()
    admin(sim).app("Holdfast").secrets.insert(0, AppSecret("old", START))

    assert token(sim).status_code == 200
    assert told(token(sim, client_secret="old"))[0] == 7000222


def test_the_challenge_is_checked_by_either_method():
    sim = simulated()
    plain = (
        authorize(Browser(sim), code_challenge=VERIFIER, code_challenge_method="")
        .sign_in()
        .submit("consent")
        .answer["code"]
    )

    assert post(sim, redemption(plain)).status_code == 200
    assert challenge() != VERIFIER
