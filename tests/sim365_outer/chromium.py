"""A browser and a small served company for the tests of the pages: Debian's chromium, a clock that stands still."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from sim365.company import read_company
from sim365.serving import Plan, Station, free_port_pair

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=en-GB",
]  # fmt: skip
QUAY = """
company: {name: Quay, domain: quay.example, time_zone: Europe/Sofia}
people: [{name: Ada}, {name: Ben}, {name: Chidi}]
rooms: [{name: Aquarium, capacity: 8, building: Tower}, {name: Boathouse, building: Tower}]
room_lists: [{name: Rooms by the water, address: water, members: [Aquarium, Boathouse]}]
vehicles: [{name: Heron}]
"""
AQUARIUM, BOATHOUSE = "aquarium@quay.example", "boathouse@quay.example"
ADA, BEN = "ada@quay.example", "ben@quay.example"
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped, and fails in CI."""
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


@contextmanager
def a_station() -> Iterator[Station]:
    """A small company whose clock stands at nine on Monday the second of March, in Sofia."""
    company = read_company(QUAY)
    made = Station(Plan((company,), port=free_port_pair(), seed=3, follows_wall_clock=False, checks_types=True))
    yield made
    made.stop()


@contextmanager
def a_page(browser: Browser, station: Station) -> Iterator[Page]:
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


def book(station: Station, title: str, hour: float, *, day: int = 4, box: str = ADA, **properties: Any) -> str:
    """An entry of an hour in March, at this hour in Sofia."""
    start = datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour - 2)
    return station.simulator.person(box).create_event(title, start, start + timedelta(hours=1), **properties)["id"]


def book_days(station: Station, title: str, first: int, last: int, *, box: str = ADA, **properties: Any) -> str:
    """An all-day entry in March, both days included."""
    start, end = datetime(2026, 3, first), datetime(2026, 3, last) + timedelta(days=1)
    return station.simulator.person(box).create_event(title, start, end, isAllDay=True, **properties)["id"]


def shown(
    station: Station, box: str = ADA, *, days: int = 30, calendar: str | None = None
) -> list[tuple[str, str, str]]:
    """Title, start and end of what a calendar shows from Monday on, in Sofia's time."""
    begins = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(hours=2)
    found = station.simulator.person(box).events(begins, begins + timedelta(days=days), calendar=calendar)
    return [(event["subject"], _local(event, "start"), _local(event, "end")) for event in found]


def _local(event: dict[str, Any], name: str) -> str:
    at = datetime.fromisoformat(event[name]["dateTime"][:19])
    return (at if event["isAllDay"] else at + timedelta(hours=2)).strftime("%d %H:%M")


def entry(page: Page, title: str) -> Locator:
    """An entry among the hours, in the lane above them or in the month."""
    return page.locator(".entry:visible", has_text=title)


def drag(page: Page, what: Locator, where: Locator) -> None:
    """From the middle of one thing to the middle of another."""
    begin, end = what.bounding_box(), where.bounding_box()
    assert begin is not None
    assert end is not None
    x, y = begin["x"] + min(begin["width"] / 2, 30), begin["y"] + begin["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()


def turn(page: Page, key: str) -> None:
    """Press a key that leads to another page; the next key counts only when that page's script is there."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)
