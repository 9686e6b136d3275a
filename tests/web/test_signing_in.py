"""Signing in and out: one answer for everything wrong, slowed when it is tried too often, over after a while."""

import pytest

pytestmark = pytest.mark.database
PASSWORD = "harbour lights at dawn"


@pytest.fixture(autouse=True)
def _quick_hashes():
    """The real hash is slow on purpose; how often it is asked is what these tests are about."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def account(cast):
    from holdfast.directory import people

    made = people.make_account("ada@example.org", password=PASSWORD)
    people.admit(cast.system, cast.people["Ada"].id, account=made)
    return made


@pytest.fixture
def browser():
    from django.test import Client

    return Client()


def enter(browser, address="ada@example.org", password=PASSWORD, **more):
    return browser.post("/sign-in", {"address": address, "password": password, **more})


def test_ada_signs_in_and_out(account, browser):
    assert enter(browser, "Ada@Example.org")["Location"] == "/"
    assert browser.get("/").status_code == 200
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/").status_code == 302


def test_an_unknown_address_is_answered_like_a_wrong_password(account, browser):
    """A-L8."""
    import re

    wrong, unknown = enter(browser, password="no"), enter(browser, "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    strip = lambda answer: re.sub(rb'value="[^"]*"|[A-Za-z0-9]{64}', b"", answer.content)  # noqa: E731  the form's token
    assert strip(wrong) == strip(unknown)


def test_a_session_from_before_is_worth_nothing_afterwards(account, browser):
    """A-L9."""
    browser.get("/sign-in")
    session = browser.session
    session["planted"] = True
    session.save()
    before = session.session_key
    browser.cookies["holdfast"] = before
    enter(browser)
    assert browser.cookies["holdfast"].value != before


def test_guessing_is_slowed_and_the_window_passes(account, browser, still):
    """A-L7: five wrong passwords, then even the right one must wait a quarter of an hour, not longer."""
    for _ in range(5):
        assert enter(browser, password="guess").status_code == 401
    told = enter(browser)
    assert told.status_code == 401
    assert "Too many attempts" in told.content.decode()
    still.move(minutes=15, seconds=1)
    assert enter(browser).status_code == 302


def test_an_attacker_elsewhere_does_not_lock_ada_out(account, browser):
    """A-L7."""
    for _ in range(6):
        browser.post("/sign-in", {"address": "ada@example.org", "password": "guess"}, REMOTE_ADDR="203.0.113.7")
    assert enter(browser).status_code == 302


def test_nobody_is_sent_to_another_site(account, browser):
    """A-O9."""
    for wanted in (
        "//evil.example",
        "https:evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "",
    ):
        assert enter(browser, next=wanted)["Location"] == "/", wanted


def test_a_switched_off_account_does_not_open(account, browser):
    account.is_active = False
    account.save()
    assert enter(browser).status_code == 401


def test_an_admin_s_session_ends_after_half_an_hour_without_use(account, browser, still):
    enter(browser)
    for _ in range(4):
        still.move(minutes=20)
        assert browser.get("/").status_code == 200
    for _ in range(2):
        still.move(minutes=20)
        answer = browser.get("/news")
    assert answer.status_code == 401, "a page that asks by itself does not keep a session alive"
    assert browser.get("/").status_code == 302


def test_a_long_password_or_a_nul_is_only_wrong(account, browser):
    for password in ("x" * 2_000, "a\0b"):
        assert enter(browser, password=password).status_code == 401


def test_somebody_with_two_workspaces_chooses(account, browser, cast, neighbours):
    from holdfast.directory import people

    people.admit(neighbours.system, neighbours.people["Ada"].id, account=account)
    enter(browser)
    page = browser.get("/workspaces").content.decode()
    assert "Harbour Works Two" in page
    browser.post(f"/workspaces/{neighbours.workspace_id}/entry")
    assert "Harbour Works Two" in browser.get("/").content.decode()
