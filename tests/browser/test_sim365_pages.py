"""The simulator's pages in a real browser: dragging, keys, what others do, a phone, the operator.

Skipped with a sentence where no browser is found; in CI that is a failure.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from sim365.company import read_company
from sim365.serving import Plan, Station, free_port_pair

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a bound for a machine that is busy, never a wait

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
QUAY = """
company: {name: Quay, domain: quay.example, time_zone: Europe/Sofia}
people: [{name: Ada, admin: true, password: of-ada}, {name: Ben}]
rooms: [{name: Aquarium, capacity: 8, building: Tower}, {name: Boathouse, building: Tower}]
vehicles: [{name: Heron}]
apps:
  - {name: Holdfast, permissions: [Calendars.ReadWrite], consented: false, redirect_uris: [http://127.0.0.1:9/connected]}
"""
AQUARIUM, ADA = "aquarium@quay.example", "ada@quay.example"
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


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
def station(browser: Browser) -> Iterator[Station]:
    """A small company whose clock stands at nine on Monday the second of March, in Sofia."""
    made = Station(Plan(companies=(read_company(QUAY),), port=free_port_pair(), seed=3, follows_wall_clock=False))
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def empty(station: Station) -> None:
    for name in (AQUARIUM, ADA, "ben@quay.example", "boathouse@quay.example"):
        station.simulator.person(name).empty_calendar()
    station.simulator.settle()
    station.simulator.ledger.mails.clear()
    station.simulator.weather.clear()


@pytest.fixture
def page(browser: Browser, station: Station) -> Iterator[Page]:
    """A fresh page at the wide size; a complaint in its console fails the test."""
    context = browser.new_context(viewport=WIDE, base_url=station.graph_root, locale="en-GB")
    opened = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            complaints.append(message.text)

    opened.on("console", listen)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def book(station: Station, title: str, hour: int, *, box: str = AQUARIUM, **properties: Any) -> str:
    """An entry of an hour on Wednesday, at this hour in Sofia."""
    start = datetime(2026, 3, 4, hour - 2, 0, tzinfo=UTC)
    return station.simulator.person(box).create_event(title, start, start + timedelta(hours=1), **properties)["id"]


def entries(station: Station, box: str = AQUARIUM) -> list[tuple[str, str, str]]:
    """Title, start and end of what stands in a calendar, in Sofia's time."""
    found = station.simulator.person(box).events()
    return [(event["subject"], _local(event["start"]), _local(event["end"])) for event in found]


def _local(moment: dict[str, str]) -> str:
    at = datetime.fromisoformat(moment["dateTime"][:19]) + timedelta(hours=2)
    return at.strftime("%d %H:%M")


def entry(page: Page, title: str) -> Locator:
    return page.locator(".column .entry", has_text=title)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 3, start[1] + 6)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def place(page: Page, day: str, hour: float) -> tuple[float, float]:
    """Where an hour of a day stands on the screen."""
    box = page.locator(f'.column[data-day="{day}"]').bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * hour / 24


def turn(page: Page, key: str) -> None:
    """Press a key that leads to another page; the next key counts only when that page's script is there."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def test_dragging_over_empty_hours_makes_an_entry(page, station):
    page.goto(f"/calendar/{AQUARIUM}")
    drag(page, place(page, "2026-03-04", 10.02), place(page, "2026-03-04", 11.5))
    expect(page.locator("#title")).to_be_focused()
    page.keyboard.type("Design critique")
    page.get_by_role("button", name="Create").click()

    expect(entry(page, "Design critique")).to_be_visible()
    assert entries(station) == [("Design critique", "04 10:00", "04 11:30")]


def test_dragging_an_entry_moves_it_to_another_day(page, station):
    book(station, "Interview", 10)
    page.goto(f"/calendar/{AQUARIUM}")
    drag(page, place(page, "2026-03-04", 10.5), place(page, "2026-03-06", 13.5))

    expect(page.locator('.column[data-day="2026-03-06"] .entry')).to_contain_text("Interview")
    expect(page.locator("#said")).to_have_text("Moved to 13:00–14:00.")
    assert entries(station) == [("Interview", "06 13:00", "06 14:00")]


def test_dragging_the_lower_edge_changes_the_length(page, station):
    book(station, "Interview", 10)
    page.goto(f"/calendar/{AQUARIUM}")
    box = entry(page, "Interview").bounding_box()
    drag(page, (box["x"] + 20, box["y"] + box["height"] - 3), place(page, "2026-03-04", 12.25))

    expect(entry(page, "Interview")).to_contain_text("10:00–12:15")
    assert entries(station) == [("Interview", "04 10:00", "04 12:15")]


def test_what_others_do_appears_without_a_reload(page, station):
    page.goto(f"/calendar/{AQUARIUM}")
    expect(page.locator(".empty")).to_be_visible()
    page.evaluate("window.stayed = true")

    made = book(station, "Walk-in", 15)
    expect(entry(page, "Walk-in")).to_be_visible()
    station.simulator.person(AQUARIUM).edit_event(made, subject="Renamed by Ben")
    expect(entry(page, "Renamed by Ben")).to_be_visible()
    station.simulator.person(AQUARIUM).delete_event(made)
    expect(page.locator(".column .entry")).to_have_count(0)

    assert page.evaluate("window.stayed")


def test_an_entry_is_edited_in_the_drawer_and_the_address_names_it(page, station):
    book(station, "Interview", 10)
    page.goto(f"/calendar/{AQUARIUM}")
    entry(page, "Interview").click()
    expect(page.locator("#title")).to_have_value("Interview")
    assert "form=event" in page.url
    page.reload()
    page.locator("#title").fill("Second interview")
    page.locator("#show_as").select_option("tentative")
    page.locator("#sensitivity").select_option("private")
    page.get_by_text("Green", exact=True).click()
    page.get_by_role("button", name="Save").click()

    shown = entry(page, "Second interview")
    expect(shown).to_have_accessible_name("Second interview, 10:00–11:00, tentative, private, Green category")
    assert "form=" not in page.url
    page.go_back()
    expect(page.locator("#title")).to_have_value("Second interview")


def test_opening_another_entry_and_coming_back_shows_the_first_one_as_it_is(page, station):
    book(station, "Interview", 10)
    book(station, "Lunch", 12)
    page.goto(f"/calendar/{AQUARIUM}")
    for title in ("Interview", "Lunch", "Interview"):
        entry(page, title).click()
        expect(page.locator("#title")).to_have_value(title)
        page.locator("#title").fill("Not saved")
        page.keyboard.press("Escape")

    assert sorted(name for name, _, _ in entries(station)) == ["Interview", "Lunch"]


def test_a_room_is_invited_and_its_answer_is_shown(page, station):
    page.goto(f"/calendar/{ADA}")
    page.keyboard.press("n")
    expect(page.locator("#title")).to_be_focused()
    page.keyboard.type("Planning")
    page.locator("summary", has_text="Rooms in Tower").click()
    page.get_by_label("Aquarium").check()
    page.get_by_role("button", name="Create").click()
    expect(entry(page, "Planning")).to_be_visible()
    station.simulator.settle()
    entry(page, "Planning").click()

    expect(page.locator(".guests[open]")).to_contain_text("Aquarium for 8 accepted")
    assert [name for name, _, _ in entries(station)] == ["Ada"]


def test_deleting_asks_and_then_deletes(page, station):
    book(station, "Interview", 10)
    page.goto(f"/calendar/{AQUARIUM}")
    entry(page, "Interview").click()
    page.get_by_role("link", name="Delete…").click()
    expect(page.locator("#drawer")).to_contain_text("Nobody was invited, so nobody is told.")
    assert entries(station)
    page.get_by_role("button", name="Delete", exact=True).click()

    expect(page.locator(".column .entry")).to_have_count(0)
    assert entries(station) == []


def test_everything_is_done_by_keyboard(page, station):
    book(station, "Interview", 10)
    book(station, "Lunch", 12)
    page.goto(f"/calendar/{AQUARIUM}")
    page.keyboard.press("ArrowDown")
    expect(entry(page, "Interview")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(entry(page, "Lunch")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(entry(page, "Lunch")).to_contain_text("12:15–13:15")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator('.column[data-day="2026-03-05"] .entry')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_value("Lunch")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(entry(page, "Lunch")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#drawer")).to_contain_text("New entry")
    page.keyboard.press("Escape")
    turn(page, "j")
    expect(page.locator(".steps h2")).to_have_text("9–15 March 2026")
    turn(page, "t")
    expect(page.locator(".steps h2")).to_have_text("2–8 March 2026")
    turn(page, "d")
    expect(page.locator(".steps h2")).to_have_text("Monday 2 March 2026")

    assert entries(station) == [("Interview", "04 10:00", "04 11:00"), ("Lunch", "05 12:15", "05 13:15")]


def test_a_mailbox_is_found_by_its_name(page):
    page.goto(f"/calendar/{AQUARIUM}")
    page.keyboard.press("/")
    page.keyboard.type("hero")
    expect(page.locator(".rail li:visible")).to_have_text(["Heron"])
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Heron")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [f"/calendar/{AQUARIUM}", f"/calendar/{AQUARIUM}?view=day", f"/calendar/{AQUARIUM}?form=new", "/operator"]
)
def test_a_phone_shows_every_page_without_scrolling_sideways(page, station, path, scheme):
    book(station, "A title that is much longer than any phone is wide, and then some more of it", 10)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=scheme)
    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_phone_lists_the_week_by_time_with_all_day_entries(page, station):
    book(station, "Interview", 10)
    day = datetime(2026, 3, 4, tzinfo=UTC)
    station.simulator.person(AQUARIUM).create_event(
        "Painting", day.replace(tzinfo=None), day.replace(tzinfo=None) + timedelta(days=1), isAllDay=True
    )
    page.set_viewport_size(PHONE)
    page.goto(f"/calendar/{AQUARIUM}")

    expect(page.locator('.column[data-day="2026-03-04"] .entry:visible .title')).to_have_text(["Painting", "Interview"])


def test_the_operator_lets_time_pass_and_makes_weather(page, station):
    before = station.simulator.clock.now()
    page.goto("/operator")
    expect(page.locator(".time strong")).to_have_text(before.strftime("%H:%M:%S"))
    page.get_by_role("button", name="10 minutes").click()
    expect(page.locator(".time strong")).to_have_text((before + timedelta(minutes=10)).strftime("%H:%M:%S"))
    page.get_by_label("What goes wrong").select_option("throttled")
    page.get_by_label("How many times").fill("2")
    page.get_by_role("button", name="Make it so").click()
    expect(page.locator(".rules")).to_contain_text("Throttled: 429 with Retry-After every time, 2 more times")
    book(station, "Interview", 10, box=ADA, attendees=[AQUARIUM])
    expect(page.locator('[data-part="mails"]')).to_contain_text("invitation")
    page.get_by_role("button", name="Fair weather").click()
    expect(page.locator('[data-part="weather"]')).to_contain_text("Fair: nothing goes wrong.")

    assert station.simulator.clock.now() - before == timedelta(minutes=10)


def test_an_administrator_consents_and_returns_to_the_app(browser, station):
    (tenant,) = station.simulator.company.tenants
    (app,) = tenant.apps.values()
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body="Connected"))
    page.goto(f"{station.login_root}/{tenant.tenant_id}/adminconsent?client_id={app.app_id}&state=of-ada")
    page.get_by_label("E-mail or user name").fill(ADA)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Password", exact=True).fill("of-ada")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Holdfast asks for permission")
    page.get_by_role("button", name="Accept").click()

    expect(page.locator("body")).to_have_text("Connected")
    assert page.url == f"http://127.0.0.1:9/connected?admin_consent=True&tenant={tenant.tenant_id}&state=of-ada"
    assert app.permissions == {"Calendars.ReadWrite"}
    context.close()


def test_the_drawer_works_without_script(browser, station):
    """Every state has an address, and a form is a form."""
    context = browser.new_context(viewport=WIDE, base_url=station.graph_root, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/calendar/{AQUARIUM}")
    page.locator("#new").click()
    page.locator("#title").fill("By hand")
    page.get_by_role("button", name="Create").click()

    expect(entry(page, "By hand")).to_be_visible()
    context.close()
