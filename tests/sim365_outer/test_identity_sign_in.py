"""A person signs in: the authorization request, the pages, codes, refresh, devices, signing out (FACTS 1.1 to 1.6)."""

from __future__ import annotations

import base64
import json
from datetime import datetime

import jwt
import pytest

from sim365.identity.accounts import TEST_PASSWORD
from sim365.state.sign_ins import DeviceState
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
    Browser,
    authorize,
    code_for,
    later,
    post,
    redemption,
    refresh,
    simulated,
    tokens_for,
)


def claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.fact("authorization-code")
def test_ben_signs_in_consents_and_the_app_gets_his_tokens():
    sim = simulated()
    browser = authorize(Browser(sim))
    assert "Sign in" in browser.text
    browser.submit("account", username=BEN)
    assert f"so it is <code>{TEST_PASSWORD}</code>" in browser.text
    browser.submit("password", password=TEST_PASSWORD)
    assert "Read and change your calendars" in browser.text
    browser.submit("consent")

    assert set(browser.answer) == {"code", "state", "session_state"}
    tokens = post(sim, redemption(browser.answer["code"])).json
    access, about = claims(tokens["access_token"]), claims(tokens["id_token"])
    assert access["scp"] == "Calendars.ReadWrite User.Read openid profile"
    assert (access["upn"], access["oid"], access["idtyp"], access["amr"]) == (BEN, "ben-0", "user", ["pwd"])
    assert (about["aud"], about["nonce"], about["preferred_username"]) == (redemption("")["client_id"], "n-1", BEN)
    assert about["iss"] == f"{ROOT}/{FJORD}/v2.0"
    assert tokens["scope"] == "Calendars.ReadWrite User.Read openid profile"


@pytest.mark.fact("tokens-only-as-asked")
def test_without_offline_access_there_is_no_refresh_token_and_without_openid_no_id_token():
    sim = simulated()
    tokens = tokens_for(sim, scope="User.Read")

    assert set(tokens) == {"token_type", "scope", "expires_in", "ext_expires_in", "access_token"}


def test_a_scope_with_its_resource_is_answered_so():
    tokens = tokens_for(simulated(), scope="openid https://graph.microsoft.com/User.Read")

    assert tokens["scope"] == "https://graph.microsoft.com/User.Read openid"


def test_default_asks_for_everything_registered():
    tokens = tokens_for(simulated(), scope="openid https://graph.microsoft.com/.default")

    assert set(tokens["scope"].split()) == {
        "https://graph.microsoft.com/Calendars.ReadWrite",
        "https://graph.microsoft.com/User.Read",
        "openid",
    }


@pytest.mark.fact("consent-remembered")
def test_who_consented_once_is_not_asked_again_and_who_is_signed_in_not_at_all():
    sim = simulated()
    browser = authorize(Browser(sim)).sign_in().submit("consent")

    assert "code" in authorize(browser).answer
    assert "code" in authorize(browser, prompt="none").answer
    assert "code" in authorize(Browser(sim)).sign_in().answer


def test_an_administrator_may_consent_for_everybody():
    sim = simulated()
    browser = authorize(Browser(sim)).sign_in(ADA)
    assert "Consent for everybody at Fjord" in browser.text
    browser.submit("consent", for_all="yes")

    assert "code" in authorize(Browser(sim)).sign_in(BEN).answer


def test_nobody_else_can_consent_for_everybody():
    sim = simulated()
    authorize(Browser(sim)).sign_in(BEN).submit("consent", for_all="yes")

    assert authorize(Browser(sim)).sign_in(ADA).location == ""


@pytest.mark.fact("prompts")
@pytest.mark.parametrize(
    ("prompt", "heading"),
    [("login", "Sign in"), ("select_account", "Pick an account"), ("consent", "asks for permission")],
)
def test_a_prompt_shows_its_page_although_ben_is_signed_in(prompt, heading):
    browser = authorize(Browser(simulated())).sign_in().submit("consent")

    assert heading in authorize(browser, prompt=prompt).text


def test_of_two_people_signed_in_one_is_picked():
    sim = simulated()
    browser = authorize(Browser(sim)).sign_in(BEN).submit("consent")
    authorize(browser, prompt="login").sign_in(ADA).submit("consent")
    assert "Pick an account" in authorize(browser).text

    browser.submit("pick", oid="ben-0")

    assert claims(post(sim, redemption(browser.answer["code"])).json["id_token"])["preferred_username"] == BEN


@pytest.mark.fact("login-hint")
def test_a_login_hint_leads_to_the_password_and_chooses_among_the_signed_in():
    sim = simulated()
    assert "Enter your password" in authorize(Browser(sim), login_hint=BEN).text
    browser = authorize(Browser(sim)).sign_in(BEN).submit("consent")

    assert "code" in authorize(browser, login_hint=BEN).answer
    assert "Enter your password" in authorize(browser, login_hint=ADA).text
    assert authorize(browser, login_hint=ADA, prompt="none").answer["error"] == "login_required"


def test_a_domain_hint_completes_a_bare_name():
    browser = authorize(Browser(simulated()), domain_hint="fjord.example").submit("account", username="ben")

    assert BEN in browser.text


@pytest.mark.fact("response-modes")
def test_the_answer_travels_as_the_app_asked():
    sim = simulated()
    assert authorize(Browser(sim)).sign_in().submit("consent").location.startswith(REDIRECT + "?code=")
    assert authorize(Browser(sim), response_mode="fragment").sign_in().location.startswith(REDIRECT + "#code=")

    browser = authorize(Browser(sim), response_mode="form_post").sign_in()

    assert (browser.forms[0].action, browser.forms[0].method) == (REDIRECT, "post")
    assert set(browser.forms[0].fields) == {"code", "state", "session_state"}
    assert "script-src 'sha256-" in browser.page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_request"),
        ({"scope": "Calendars.Reed"}, "invalid_request"),
        ({"prompt": "perhaps"}, "invalid_request"),
        ({"response_mode": "pigeon"}, "invalid_request"),
        ({"code_challenge_method": "S1"}, "invalid_request"),
    ],
)
@pytest.mark.fact("errors-reach-the-app")
def test_a_mistake_in_the_request_reaches_the_app(changes, error):
    answer = authorize(Browser(simulated()), **changes).answer

    assert (answer["error"], answer["state"]) == (error, "of-ben")
    assert answer["error_description"].startswith("AADSTS")


@pytest.mark.fact("errors-shown-only")
def test_an_address_that_is_not_registered_is_never_redirected_to():
    for changes in ({"redirect_uri": "https://thief.example/"}, {"client_id": FJORD}):
        browser = authorize(Browser(simulated()), **changes)

        assert (browser.page.status_code, browser.location) == (400, "")


def test_a_native_app_may_listen_on_any_port_of_localhost():
    address = "http://localhost:49152"
    code = code_for(simulated(), client_id=PHONE, redirect_uri=address)

    assert code
    assert (
        authorize(Browser(simulated()), client_id=PHONE, redirect_uri="http://localhost:1/other").page.status_code
        == 400
    )


@pytest.mark.fact("refresh-rotates")
def test_every_refresh_brings_a_new_token_and_the_old_one_stays_good():
    sim = simulated()
    first = tokens_for(sim)["refresh_token"]
    later(sim, days=80)
    second = refresh(sim, first).json["refresh_token"]
    later(sim, days=80)

    assert first != second
    assert refresh(sim, second).status_code == 200
    assert refresh(sim, first).json["error_codes"] == [700082]


@pytest.mark.fact("refresh-bound-to-app")
def test_a_refresh_token_is_for_its_app_alone_and_for_no_tenant():
    sim = simulated()
    held = tokens_for(sim)["refresh_token"]

    assert refresh(sim, held, client_id=PHONE, client_secret="").json["error_codes"] == [70000]
    shared = post(
        sim,
        redemption(code_for(sim, CHIDI, client_id=SHARED, authority="common"), client_id=SHARED),
        authority="common",
    ).json
    for authority in ("common", "organizations", QUAY, "quay.example"):
        assert refresh(sim, shared["refresh_token"], client_id=SHARED, authority=authority).status_code == 200


@pytest.mark.fact("what-survives-a-password-change")
def test_a_web_app_survives_a_new_password_and_a_public_client_does_not():
    sim = simulated()
    phone = {"client_id": PHONE, "redirect_uri": "http://localhost"}
    web = tokens_for(sim)["refresh_token"]
    public = post(sim, redemption(code_for(sim, **phone), client_secret="", **phone)).json["refresh_token"]
    sim.identity.admin.change_password(BEN, "another-password")
    sim.identity.admin.expire_password(BEN)

    assert refresh(sim, web).status_code == 200
    assert refresh(sim, public, client_id=PHONE, client_secret="").json["error"] == "invalid_grant"


@pytest.mark.fact("what-a-revocation-ends")
@pytest.mark.parametrize("order", ["revoke_sessions", "reset_password"])
def test_a_revocation_or_a_reset_by_an_administrator_ends_web_apps_too(order):
    sim = simulated()
    held = tokens_for(sim)["refresh_token"]
    getattr(sim.identity.admin, order)(
        *(
            [BEN]
            if order == "revoke_sessions"
            else [
                BEN,
                "set-by-ada",
            ]
        )
    )

    assert refresh(sim, held).json["error_codes"] == [50173]


def test_signing_in_again_works_at_the_very_instant_of_a_revocation():
    sim = simulated()
    tokens_for(sim)
    sim.identity.admin.revoke_sessions(BEN)

    assert refresh(sim, tokens_for(sim)["refresh_token"]).status_code == 200


@pytest.mark.fact("spa-tokens")
def test_a_single_page_app_must_use_pkce_and_its_refresh_tokens_live_a_day():
    sim = simulated()
    query = {"client_id": SPA, "redirect_uri": "https://wall.example/"}
    bare = code_for(sim, **query, code_challenge="", code_challenge_method="")
    assert post(sim, redemption(bare, client_secret="", code_verifier="", **query)).json["error_codes"] == [50147]

    answer = post(sim, redemption(code_for(sim, **query), client_secret="", **query))

    assert answer.json["refresh_token_expires_in"] == 24 * 3600
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.fact("password-must-change")
def test_an_expired_password_is_changed_on_the_page():
    sim = simulated()
    sim.identity.admin.expire_password(BEN)
    browser = authorize(Browser(sim)).sign_in()
    assert "Choose a new password" in browser.text
    assert "not the same" in browser.submit("new_password", new="harbour-lights", again="harbour-light").text
    assert "8 to 256" in browser.submit("new_password", new="short", again="short").text
    assert "not used before" in browser.submit("new_password", new=TEST_PASSWORD, again=TEST_PASSWORD).text
    browser.submit("new_password", new="harbour-lights", again="harbour-lights").submit("consent")

    assert browser.answer["code"]
    assert "AADSTS50126" in authorize(Browser(sim)).sign_in(BEN, TEST_PASSWORD).text
    assert "code" in authorize(Browser(sim)).sign_in(BEN, "harbour-lights").answer


def test_a_session_from_before_does_not_slip_past_a_password_that_must_change():
    sim = simulated()
    browser = authorize(Browser(sim)).sign_in().submit("consent")
    sim.identity.admin.set_password_state(BEN, "mustChange")

    assert "Enter your password" in authorize(browser).text


@pytest.mark.fact("second-factor")
def test_a_second_factor_is_enrolled_once_and_the_tokens_say_so():
    sim = simulated()
    sim.identity.admin.require_mfa(BEN) if len(sim.company.tenants) == 1 else sim.identity.admin.require(
        "mfa", people=[BEN], tenant=FJORD
    )
    browser = authorize(Browser(sim)).sign_in()
    assert "More information required" in browser.text
    browser.submit("second_factor", code="123456").submit("consent")

    assert claims(post(sim, redemption(browser.answer["code"])).json["access_token"])["amr"] == ["pwd", "mfa"]
    assert "Verify your identity" in authorize(Browser(sim)).sign_in().text


def test_a_second_factor_cannot_be_skipped_by_sending_the_next_pages_form():
    sim = simulated()
    sim.identity.admin.require("mfa", tenant=FJORD)
    browser = authorize(Browser(sim)).sign_in()
    form = browser.forms[0]
    browser.page = browser.client.post(
        form.action, data=form.fields | {"step": "consent"}, base_url=ROOT, headers={"Accept": "text/html"}
    )

    assert browser.location == ""
    assert "More information required" in browser.text


@pytest.mark.parametrize("step", ["consent", "second_factor", "new_password", "confirm", "request", "dance"])
def test_a_form_without_a_sign_in_gets_nowhere(step):
    sim = simulated()
    browser = authorize(Browser(sim))
    form = browser.forms[0]
    answered = browser.client.post(
        form.action, data=form.fields | {"step": step}, base_url=ROOT, headers={"Accept": "text/html"}
    )

    assert (answered.status_code, "Location" in answered.headers) == (400, False)


@pytest.mark.fact("forms-bound-to-browser")
def test_a_form_is_good_only_in_the_browser_and_for_the_request_that_it_was_shown_for():
    sim = simulated()
    shown = authorize(Browser(sim)).sign_in()
    form, stranger = shown.forms[0], authorize(Browser(sim))

    elsewhere = stranger.client.post(form.action, data=form.fields, base_url=ROOT, headers={"Accept": "text/html"})
    other = shown.client.post(
        form.action.replace("User.Read", "User.ReadBasic.All"),
        data=form.fields,
        base_url=ROOT,
        headers={"Accept": "text/html"},
    )

    assert (elsewhere.status_code, other.status_code) == (400, 400)


def test_the_password_of_the_company_file_counts():
    sim = simulated()
    sim.company.tenants[0].find(BEN).password = "written-down"

    browser = authorize(Browser(sim)).submit("account", username=BEN)
    assert TEST_PASSWORD not in browser.text

    assert "asks for permission" in browser.submit("password", password="written-down").text


@pytest.mark.fact("several-tenants")
def test_at_common_the_persons_tenant_decides_and_the_first_consent_settles_the_app_there():
    sim = simulated()
    fjord = sim.company.tenants[0]
    assert SHARED not in fjord.apps

    browser = authorize(Browser(sim), "common", client_id=SHARED).sign_in(BEN).submit("consent")
    tokens = post(sim, redemption(browser.answer["code"], client_id=SHARED), authority="organizations").json

    assert claims(tokens["id_token"])["tid"] == FJORD
    assert fjord.apps[SHARED].home_tenant == QUAY
    assert fjord.apps[SHARED].permissions == set()
    assert fjord.apps[SHARED].secrets == []


def test_a_secret_expires_in_every_tenant_at_once():
    sim = simulated()
    code = code_for(sim, BEN, client_id=SHARED, authority="common")
    sim.identity.admin.expire_secret("Harbour")

    assert post(sim, redemption(code, client_id=SHARED), authority="common").json["error_codes"] == [7000222]


@pytest.mark.fact("property-lock")
def test_the_property_lock_keeps_other_tenants_from_adding_a_secret():
    sim = simulated()
    admin = sim.identity.admin
    admin.app("Harbour").locks_properties = True
    code_for(sim, BEN, client_id=SHARED, authority="common")

    with pytest.raises(Exception, match="property lock"):
        admin.add_secret("Harbour", "our-own", tenant=FJORD)
    admin.add_secret("Harbour", "the-next", tenant=QUAY)


def device(sim, **changes: str) -> dict:
    return post(
        sim, {"client_id": PHONE, "scope": "openid offline_access User.Read"} | changes, path="oauth2/v2.0/devicecode"
    ).json


def poll(sim, code: str):
    return post(
        sim, {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": PHONE, "device_code": code}
    )


@pytest.mark.fact("device-code")
def test_a_device_is_signed_in_by_its_code():
    sim = simulated()
    shown = device(sim)
    assert set(shown) == {"user_code", "device_code", "verification_uri", "expires_in", "interval", "message"}
    assert (shown["expires_in"], shown["interval"]) == (900, 5)
    assert poll(sim, shown["device_code"]).json["error"] == "authorization_pending"

    browser = (
        Browser(sim).open("/common/oauth2/deviceauth", {"otc": shown["user_code"].lower()}).sign_in().submit("consent")
    )
    assert "Are you trying to sign in to Pocket?" in browser.text
    assert "signed in to Pocket on your device" in browser.submit("confirm").text

    tokens = poll(sim, shown["device_code"]).json
    assert claims(tokens["id_token"])["preferred_username"] == BEN
    assert tokens["refresh_token"]
    assert poll(sim, shown["device_code"]).json["error"] == "bad_verification_code"


@pytest.mark.fact("device-code-declined")
def test_a_device_that_somebody_turns_away_is_told():
    sim = simulated()
    shown = device(sim)
    browser = Browser(sim).open("/common/oauth2/deviceauth", {"otc": shown["user_code"]}).sign_in().submit("consent")
    assert "was not signed in" in browser.submit("cancel").text

    assert poll(sim, shown["device_code"]).json["error"] == "authorization_declined"


def test_a_code_that_no_device_shows_is_asked_for_again():
    sim = simulated()
    shown = device(sim)
    assert "did not work" in Browser(sim).open("/common/oauth2/deviceauth", {"otc": "NOTACODE"}).text
    later(sim, minutes=15)

    assert "did not work" in Browser(sim).open("/common/oauth2/deviceauth", {"otc": shown["user_code"]}).text
    assert "nine letters" in Browser(sim).open("/common/oauth2/deviceauth").text


@pytest.mark.fact("sign-out")
def test_signing_out_ends_the_browsers_session_and_no_tokens():
    sim = simulated()
    browser = authorize(Browser(sim)).sign_in().submit("consent")
    held = post(sim, redemption(browser.answer["code"])).json["refresh_token"]

    assert "You signed out" in browser.open("/common/oauth2/v2.0/logout").text
    assert authorize(browser, prompt="none").answer["error"] == "login_required"
    assert refresh(sim, held).status_code == 200


def test_after_signing_out_only_a_registered_address_is_returned_to():
    sim = simulated()

    assert (
        Browser(sim).open("/common/oauth2/v2.0/logout", {"post_logout_redirect_uri": REDIRECT, "state": "x"}).location
        == f"{REDIRECT}?state=x"
    )
    assert (
        Browser(sim).open("/common/oauth2/v2.0/logout", {"post_logout_redirect_uri": "https://thief.example/"}).location
        == ""
    )


@pytest.mark.fact("consent-workflow")
def test_where_the_tenant_has_a_workflow_approval_can_be_asked_for():
    sim = simulated()
    sim.identity.admin.use_consent_workflow(tenant=FJORD)
    browser = authorize(Browser(sim), scope="openid Place.Read.All").sign_in()

    assert "Request sent" in browser.submit("request", reason="For the wall display").text
    (waiting,) = sim.company.tenants[0].consent_requests
    assert (waiting.oid, waiting.reason) == ("ben-0", "For the wall display")


def administrator_accepts(sim, path, query):
    """Ada signs in, comes back to the page, and accepts."""
    browser = Browser(sim).open(path, query).sign_in(ADA).open(path, query)
    browser.page = browser.client.post(path, query_string=query, data={"decision": "accept"}, base_url=ROOT)
    return browser


@pytest.mark.fact("admin-consent-delegated")
def test_an_administrator_consents_to_single_delegated_permissions_for_everybody():
    sim = simulated()
    query = {
        "client_id": redemption("")["client_id"],
        "redirect_uri": REDIRECT,
        "state": "s",
        "scope": "https://graph.microsoft.com/Calendars.ReadWrite User.Read",
    }
    browser = administrator_accepts(sim, f"/{FJORD}/v2.0/adminconsent", query)

    assert (
        browser.answer["scope"]
        == "https://graph.microsoft.com/Calendars.ReadWrite https://graph.microsoft.com/User.Read"
    )
    assert "code" in authorize(Browser(sim)).sign_in(BEN).answer
    assert sim.identity.admin.app("Holdfast").permissions == set()


@pytest.mark.fact("admin-consent-sign-in")
def test_an_administrator_signs_in_before_consenting():
    sim = simulated()
    query = {"client_id": redemption("")["client_id"], "redirect_uri": REDIRECT}
    path = f"/{FJORD}/adminconsent"
    assert "Enter your password" in Browser(sim).open(path, query).submit("account", username=BEN).text
    refused = Browser(sim).open(path, query).sign_in(BEN)
    assert refused.page.status_code == 303
    assert "AADSTS90094" in refused.open(path, query).text

    browser = administrator_accepts(sim, path, query)

    assert browser.answer["admin_consent"] == "True"
    assert sim.identity.admin.app("Holdfast").permissions == {"Calendars.Read"}


def test_at_organizations_the_administrator_who_signs_in_names_the_tenant():
    sim = simulated()
    query = {"client_id": SHARED, "redirect_uri": REDIRECT}
    path = "/common/adminconsent"
    browser = administrator_accepts(sim, path, query)

    assert browser.answer["tenant"] == FJORD
    assert sim.company.tenants[0].apps[SHARED].permissions == {"Calendars.Read"}


@pytest.mark.fact("consent-propagates")
def test_by_switch_a_consent_takes_a_while_to_reach_tokens():
    sim = simulated(consent_delay_max_s=300.0)
    query = {"client_id": redemption("")["client_id"], "redirect_uri": REDIRECT}
    administrator_accepts(sim, f"/{FJORD}/adminconsent", query)

    def roles() -> list[str]:
        form = {
            "grant_type": "client_credentials",
            "client_id": redemption("")["client_id"],
            "client_secret": SECRET,
            "scope": "https://graph.microsoft.com/.default",
        }
        return claims(post(sim, form).json["access_token"]).get("roles", [])

    assert roles() == []
    later(sim, minutes=5)
    assert roles() == ["Calendars.Read"]


def test_what_msal_knows_an_account_by():
    sim = simulated()
    tokens = post(sim, redemption(code_for(sim), client_info="1")).json
    text = tokens["client_info"]

    assert json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == {"uid": "ben-0", "utid": FJORD}


@pytest.mark.fact("sign-ins-are-kept")
def test_a_snapshot_holds_sessions_codes_and_what_was_revoked():
    sim = simulated()
    browser = authorize(Browser(sim)).sign_in().submit("consent")
    code, saved = browser.answer["code"], sim.snapshot()
    held = post(sim, redemption(code)).json["refresh_token"]
    sim.identity.admin.revoke_sessions(BEN)
    sim.restore(saved)

    assert "code" in authorize(browser, prompt="none").answer
    assert post(sim, redemption(code)).status_code == 200
    assert refresh(sim, held).status_code == 200


def test_the_kept_state_holds_them_too():
    from sim365.serving.state_file import bring_back, kept_bytes

    sim = simulated()
    shown = device(sim)
    browser = authorize(Browser(sim)).sign_in().submit("consent")
    sim.identity.admin.require("mfa", people=[ADA], tenant=FJORD)
    other = simulated()
    bring_back(kept_bytes(sim), other, name="state")

    assert post(other, redemption(browser.answer["code"])).status_code == 200
    assert other.company.sign_ins.devices[shown["device_code"]].state is DeviceState.PENDING
    assert [policy.people for policy in other.company.tenants[0].sign_in_policies.values()] == [{"ada-0"}]


def test_sessions_and_codes_are_times_of_the_simulator():
    sim = simulated()
    code = code_for(sim)

    assert isinstance(sim.company.sign_ins.codes[code].issued, datetime)
    assert sim.company.sign_ins.codes[code].issued == sim.clock.now()
