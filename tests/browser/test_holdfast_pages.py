"""The product's pages in a real browser: by drag, by keys, by touch, without script, and while Outlook changes things.

Skipped with a sentence where no browser is found; in CI that is a failure.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from holdfast.ports import clock

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.database]
expect.set_options(timeout=20_000)  # a bound for a machine that is busy, never a wait

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
NOW = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)  # half past nine in Berlin
PASSWORD = "harbour lights at dawn"
THREADS = 4


class StillClock(clock.SystemClock):
    def now(self) -> datetime:
        return NOW


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's name
        return


class Pooled(WSGIServer):
    """Answers in a few threads, each with a database connection of its own that can be closed at the end."""

    request_queue_size = 64

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.pool = ThreadPoolExecutor(THREADS)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # without asking a name server who we are
        self.server_name, self.server_port = self.server_address[:2]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.pool.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # the browser went away in the middle
        finally:
            self.shutdown_request(request)

    def end(self) -> None:
        from django.db import connections

        everybody = threading.Barrier(THREADS)

        def close() -> None:
            everybody.wait()
            connections.close_all()

        for done in [self.pool.submit(close) for _ in range(THREADS)]:
            done.result()
        self.pool.shutdown()


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


@pytest.fixture
def cast(database: object, browser: Browser) -> Iterator["Cast"]:
    """The company at half past nine. Playwright keeps an event loop in this thread, which Django would take for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    before = clock.install(StillClock())
    from tests.cast import furnished

    yield furnished()
    clock.install(before)


@pytest.fixture
def site(cast: "Cast") -> Iterator[str]:
    """The product on a free port, with its own headers and static files."""
    from holdfast.host.wsgi import application

    server = Pooled(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.end()
    server.server_close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complains about (a broken policy, a missing file, a thrown error) fails the test."""
    found: list[str] = []
    yield found
    assert not found


@pytest.fixture
def enter(browser: Browser, cast: "Cast", site: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody who is signed in already."""
    from django.test import Client

    from holdfast.directory import people
    from holdfast.web import signin

    contexts: list[BrowserContext] = []

    def open_page(name: str, path: str = "/", **how: Any) -> Page:
        person = cast.people[name]
        account = people.make_account(person.email)
        people.admit(cast.system, person.id, account=account)
        client = Client()
        client.force_login(account)
        session = client.session
        session[signin.SIGNED_IN_AT] = session[signin.SEEN_AT] = NOW.isoformat()
        session.save()
        options = {"viewport": WIDE, "timezone_id": "Europe/Berlin", "locale": "en-GB", **how}
        context = browser.new_context(**options)
        contexts.append(context)
        context.clock.install(time=NOW)
        context.add_cookies([{"name": "holdfast", "value": session.session_key, "url": site}])
        page = context.new_page()
        listen(page, complaints)
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def listen(page: Page, complaints: list[str]) -> None:
    def heard(message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 4" in message.text  # a refusal is an answer, not a fault
        if message.type == "error" and not expected:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def block(page: Page, title: str) -> Locator:
    """A booking on the grid."""
    return page.locator(".ec-event", has_text=title)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=5)
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def when(hour: float, **more: Any) -> Any:
    from tests.cast import at

    return at(hour, **more)


def test_ada_signs_in_and_reads_three_answers(browser: Browser, cast: "Cast", site: str, complaints: list[str]) -> None:
    from holdfast.directory import people

    account = people.make_account("ada@example.org", password=PASSWORD)
    people.admit(cast.system, cast.people["Ada"].id, account=account)
    cast.book("Aquarium", when(9), title="Stand-up")
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Berlin", locale="en-GB")
    context.clock.install(time=NOW)
    page = context.new_page()
    listen(page, complaints)
    page.goto(site)
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Free now")).to_be_visible()
    expect(page.get_by_text("4 of 5")).to_be_visible()
    expect(page.get_by_text("1 booking", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="In step with Outlook")).to_be_visible()
    expect(block(page, "Stand-up")).to_be_visible()
    context.close()


def test_a_booking_is_made_by_keys_alone(cast: "Cast", enter: Callable[..., Page]) -> None:
    page = enter("Ben")
    expect(page.locator(".timeline[data-ready]")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.type("Stand-up")
    page.get_by_label("From", exact=True).fill("2026-03-03T11:00")
    page.get_by_label("To", exact=True).fill("2026-03-03T12:00")
    expect(page.locator(".check")).to_contain_text("Free.")
    page.get_by_label("Title", exact=True).press("Enter")
    expect(page.locator("#drawer")).to_contain_text("Booked.")
    expect(block(page, "Stand-up")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_empty()


def test_a_booking_is_moved_by_a_drag(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book("Aquarium", when(10), title="Stand-up", owner_id=cast.people["Ben"].id)
    page = enter("Ben")
    before = block(page, "Stand-up").bounding_box()
    assert before is not None
    middle = (before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    drag(page, middle, (middle[0] + 2 * before["width"], middle[1]))
    expect(page.locator("#drawer")).to_contain_text("Moved.")
    expect(page.locator("#drawer")).to_contain_text("12:00")


def test_a_drag_onto_taken_time_is_refused_with_words_and_springs_back(
    cast: "Cast", enter: Callable[..., Page]
) -> None:
    cast.book("Aquarium", when(10), title="Stand-up", owner_id=cast.people["Ben"].id)
    cast.book("Aquarium", when(12), title="Interview")
    page = enter("Ben")
    mine, other = block(page, "Stand-up").bounding_box(), block(page, "Interview").bounding_box()
    assert mine is not None
    assert other is not None
    drag(page, (mine["x"] + 20, mine["y"] + 8), (other["x"] + 20, other["y"] + 8))
    expect(page.locator("#drawer .error")).to_be_visible()
    expect(page.locator("#drawer")).to_contain_text("Free instead")
    expect(block(page, "Stand-up")).to_have_attribute(
        "aria-label", "Stand-up, Aquarium, 10:00 to 11:00, Ben; booked here, only here"
    )


def test_a_drag_over_free_time_opens_the_form_with_it(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book("Boathouse", when(13), title="Interview")
    page = enter("Ben")
    known = block(page, "Interview").bounding_box()
    assert known is not None
    y = known["y"] + known["height"] / 2
    drag(page, (known["x"] + known["width"] * 1.1, y), (known["x"] + known["width"] * 1.9, y))
    expect(page.get_by_label("What", exact=True)).to_have_value(str(cast.resource("Boathouse")))
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-03-03T14:00")


@pytest.mark.rule("S069", "S080")
def test_what_happens_in_outlook_shows_without_a_reload_in_grey(cast: "Cast", enter: Callable[..., Page]) -> None:
    """S069, S080."""
    from holdfast.bookings.verbs import apply

    page = enter("Ben")
    expect(page.locator(".timeline[data-ready]")).to_be_visible()
    apply(cast.outlook, [cast.make("Aquarium", when(11), title="From Outlook", organiser_name="Grace")])
    expect(block(page, "From Outlook")).to_be_visible()
    expect(block(page, "From Outlook")).to_have_class(re.compile("is-outlook"))


def test_the_open_details_have_an_address_and_the_back_button_closes_them(
    cast: "Cast", enter: Callable[..., Page]
) -> None:
    cast.book("Aquarium", when(10), title="Stand-up", owner_id=cast.people["Ben"].id)
    page = enter("Ben")
    block(page, "Stand-up").click()
    expect(page.locator("#drawer h2")).to_have_text("Stand-up")
    shared = page.url
    page.go_back()
    expect(page.locator("#drawer")).to_be_empty()
    page.goto(shared)
    expect(page.locator("#drawer h2")).to_have_text("Stand-up")


def test_the_story_is_told_in_plain_words(cast: "Cast", enter: Callable[..., Page]) -> None:
    booking = cast.book("Aquarium", when(10), title="Stand-up", owner_id=cast.people["Ben"].id)
    page = enter("Ben", f"/bookings/{booking.id}")
    expect(page.locator(".story")).to_contain_text("Saved by Ben.")
    sign = page.locator(".page .sign").first
    sign.focus()
    expect(sign.locator(".sign-note")).to_be_visible()
    expect(sign.locator(".sign-note")).to_contain_text("no calendar in Outlook is tied to it")


def test_keys_reach_search_help_and_the_neighbours(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book("Aquarium", when(10), title="First")
    cast.book("Aquarium", when(12), title="Second")
    cast.book("Boathouse", when(12), title="Below")
    page = enter("Ben")
    expect(block(page, "Below")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("n?")
    expect(page.locator("#drawer")).to_be_empty()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    expect(block(page, "First")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(block(page, "Second")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(block(page, "Below")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_have_text("Below")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#drawer")).to_contain_text("search")
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile("/day/2026-03-04"))
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


def test_a_cancellation_asks_with_counts_and_frees_the_time(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book("Aquarium", when(10), title="Stand-up", owner_id=cast.people["Ben"].id)
    page = enter("Ben")
    block(page, "Stand-up").click()
    page.get_by_role("link", name="Cancel…").click()
    expect(page.locator("#drawer")).to_contain_text("1 booking ends here.")
    page.get_by_role("button", name="Cancel 1 booking").click()
    expect(page.locator("#drawer")).to_contain_text("Cancelled. The time is free again.")
    expect(block(page, "Stand-up")).to_have_count(0)


def test_a_phone_gets_the_day_as_a_list_and_nothing_sticks_out(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book(
        "Aquarium", when(10), title="Stand-up with a rather long name that does not fit", owner_id=cast.people["Ben"].id
    )
    page = enter("Ben", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.locator(".timeline")).to_be_hidden()
    page.locator(".day-list").get_by_role("link", name="Stand-up").tap()
    expect(page.locator("#drawer h2")).to_be_visible()
    for path in ("/", "/bookings", "/resources", "/conflicts", "/sync", "/keys", "/bookings/new"):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


def test_without_script_the_day_is_a_list_and_a_booking_can_be_made(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book("Aquarium", when(10), title="Stand-up")
    page = enter("Ben", java_script_enabled=False)
    expect(page.locator(".day-list")).to_contain_text("Stand-up")
    page.locator("a.button.main").first.click()
    page.get_by_label("Title", exact=True).fill("Interview")
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", name="Interview")).to_be_visible()


def test_the_day_is_printed_as_a_list(cast: "Cast", enter: Callable[..., Page]) -> None:
    cast.book("Aquarium", when(10), title="Stand-up")
    page = enter("Ben")
    expect(block(page, "Stand-up")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".day-list")).to_be_visible()
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".timeline")).to_be_hidden()


def test_a_reader_elsewhere_sees_the_room_s_time_with_its_zone_named(cast: "Cast", enter: Callable[..., Page]) -> None:
    booking = cast.book("Aquarium", when(10), title="Stand-up", owner_id=cast.people["Ben"].id)
    page = enter("Ben", f"/bookings/{booking.id}", timezone_id="America/New_York", locale="en-US")
    expect(page.locator("time").first).to_contain_text("10:00")
    expect(page.locator("time").first).to_contain_text("GMT+1")


FAULTS = """
() => {
  const faults = [];
  const named = (element) => element.labels?.length || element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.title;
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!named(field)) faults.push("no label: " + field.name);
  for (const each of document.querySelectorAll("a[href], button")) if (!each.textContent.trim() && !named(each)) faults.push("no name: " + each.outerHTML.slice(0, 80));
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) faults.push("no alt: " + image.src);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) faults.push("id twice: " + id);
  for (const table of document.querySelectorAll("table")) if (!table.caption) faults.push("table without caption");
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if (!document.querySelector("h1, h2")) faults.push("no heading");
  return faults;
}
"""
UNSEEN = """
() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement !== document.body && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2);
}
"""


def test_every_page_names_its_fields_and_shows_where_the_focus_is(
    cast: "Cast", enter: Callable[..., Page], site: str
) -> None:
    from holdfast.bookings.verbs import apply

    cast.book("Aquarium", when(10), title="Stand-up")
    apply(cast.outlook, [cast.make("Aquarium", when(10.5), title="From Outlook")])
    page = enter("Ada")
    for path in (
        "/",
        "/calendar",
        "/bookings",
        "/conflicts",
        "/resources",
        "/sync",
        "/settings",
        "/keys",
        "/bookings/new",
        "/resources/new",
    ):
        page.goto(site + path)
        assert page.evaluate(FAULTS) == [], path
        for _ in range(12):
            page.keyboard.press("Tab")
            assert not page.evaluate(UNSEEN), (
                path,
                page.evaluate(
                    "document.activeElement.outerHTML.slice(0, 120) + getComputedStyle(document.activeElement).outline + document.activeElement.matches(':focus')"
                ),
            )
