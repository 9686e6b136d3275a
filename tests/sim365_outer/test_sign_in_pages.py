"""The sign-in pages in a real browser, by keyboard alone, without scripts, in the dark and on a phone.

Skipped with a sentence where no browser is found; in CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from sim365.company import read_company
from sim365.identity.accounts import TEST_PASSWORD
from sim365.serving import Plan, Station, free_port_pair

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a bound for a machine that is busy, never a wait

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
APP = "0d5b6a1c-7a54-4c0e-9b1d-5b0f3d7e8a21"
BACK = "http://127.0.0.1:9/signed-in"
QUAY = f"""
company: {{name: Quay, domain: quay.example}}
people: [{{name: Ada, admin: true}}, {{name: Ben}}]
rooms: [{{name: Aquarium}}]
apps:
  - name: Holdfast
    client_id: {APP}
    delegated: [User.Read, Calendars.ReadWrite, Place.Read.All]
    consented: false
    public: true
    redirect_uris: [{BACK}]
"""
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        sentence = "No Chromium on this machine: install Debian's chromium to run the browser tests."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def served(browser: Browser) -> Iterator[Station]:
    made = Station(Plan(companies=(read_company(QUAY),), port=free_port_pair(), seed=3, follows_wall_clock=False))
    yield made
    made.stop()


@pytest.fixture
def station(served: Station) -> Station:
    """As it was at its start, whatever the test before did."""
    tenant = served.simulator.company.tenants[0]
    tenant.accounts.clear()
    tenant.sign_in_policies.clear()
    tenant.has_consent_workflow = False
    tenant.apps[APP].consents.clear()
    served.simulator.company.sign_ins.sessions.clear()
    return served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(ignore_https_errors=True, locale="en-GB")
    made.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body="Back at the app"))
    yield made
    made.close()


def address(station: Station, **changes: str) -> str:
    query = {
        "client_id": APP,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid User.Read Calendars.ReadWrite",
        "state": "of-ben",
    }
    return f"{station.login_root}/quay.example/oauth2/v2.0/authorize?{urlencode(query | changes)}"


def sign_in(page: Page, name: str = "ben@quay.example", password: str = TEST_PASSWORD) -> None:
    page.get_by_label("E-mail or user name").fill(name)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_ben_signs_in_by_keyboard_alone(context, station):
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.goto(address(station))
    expect(page.get_by_label("E-mail or user name")).to_be_focused()
    page.keyboard.type("ben@quay.example")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(TEST_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Accept")).to_be_focused()
    expect(page.locator(".permissions")).to_contain_text("Read and change your calendars")
    page.keyboard.press("Enter")

    expect(page.locator("body")).to_have_text("Back at the app")
    answer = parse_qs(urlsplit(page.url).query)
    assert answer["state"] == ["of-ben"]
    assert answer["code"][0]
    assert [text for text in complaints if "favicon" not in text and "status of 4" not in text] == []


def test_a_wrong_password_is_told_beside_the_field(context, station):
    page = context.new_page()
    page.goto(address(station))
    sign_in(page, password="wrong")

    expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".small")).to_contain_text(TEST_PASSWORD)


def test_the_answer_is_posted_to_an_app_that_asked_for_it(context, station):
    page = context.new_page()
    posted: list[str] = []
    context.route(
        "http://127.0.0.1:9/**",
        lambda route: (posted.append(route.request.post_data or ""), route.fulfill(body="Back at the app")),
    )
    page.goto(address(station, response_mode="form_post"))
    sign_in(page)
    page.get_by_role("button", name="Accept").click()

    expect(page.locator("body")).to_have_text("Back at the app")
    assert parse_qs(posted[-1])["state"] == ["of-ben"]


def test_an_account_is_picked_among_those_signed_in(context, station):
    page = context.new_page()
    page.goto(address(station))
    sign_in(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("body")).to_have_text("Back at the app")
    page.goto(address(station, prompt="select_account"))
    expect(page.get_by_role("button", name="Ben")).to_be_visible()
    page.get_by_role("button", name="Use another account").click()
    sign_in(page, "ada@quay.example")
    expect(page.get_by_label("Consent for everybody at Quay")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("body")).to_have_text("Back at the app")
    assert parse_qs(urlsplit(page.url).query)["error"] == ["access_denied"]


def test_without_scripts_on_a_phone_in_the_dark_everything_works(browser, station):
    context = browser.new_context(
        ignore_https_errors=True, java_script_enabled=False, viewport=PHONE, color_scheme="dark"
    )
    context.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body="Back at the app"))
    station.simulator.identity.admin.require_mfa()
    station.simulator.identity.admin.expire_password("ben@quay.example")
    page = context.new_page()
    page.goto(address(station, response_mode="form_post"))
    sign_in(page)
    page.get_by_label("New password").fill("harbour-lights")
    page.get_by_label("The same once more").fill("harbour-lights")
    page.get_by_role("button", name="Save and sign in").click()
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Continue").click()

    expect(page.locator("body")).to_have_text("Back at the app")
    context.close()


def test_a_person_asks_the_administrators_and_goes_back(context, station):
    station.simulator.identity.admin.use_consent_workflow()
    page = context.new_page()
    page.goto(address(station, scope="openid Place.Read.All"))
    sign_in(page)
    page.get_by_label("Why do you need this app?").fill("For the wall display")
    page.get_by_role("button", name="Request approval").click()
    expect(page.locator("h1")).to_have_text("Request sent")
    page.get_by_role("button", name="Return to the app without consent").click()

    expect(page.locator("body")).to_have_text("Back at the app")


def test_a_device_is_signed_in_by_typing_its_code(context, station):
    page = context.new_page()
    shown = context.request.post(
        f"{station.login_root}/quay.example/oauth2/v2.0/devicecode",
        form={"client_id": APP, "scope": "openid User.Read"},
    ).json()
    page.goto(shown["verification_uri"])
    page.get_by_label("Code").fill(shown["user_code"].lower())
    page.get_by_role("button", name="Next").click()
    sign_in(page)
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Continue").click()

    expect(page.locator("h1")).to_have_text("You are signed in to Holdfast on your device")
