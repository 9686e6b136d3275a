"""A mailbox as in Outlook on the web, and the operator's page, in a real browser: by mouse and by keyboard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from sim365.serving import Station
from sim365.state import CalendarColor
from tests.sim365_outer.chromium import (
    ADA,
    AQUARIUM,
    BEN,
    BOATHOUSE,
    PHONE,
    a_browser,
    a_page,
    a_station,
    book,
    book_days,
    drag,
    entry,
    shown,
    turn,
)

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a bound for a machine that is busy, never a wait

CHECKS = """
() => {
  const found = [];
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids.filter((id, at) => ids.indexOf(id) !== at)) found.push(`two elements are called ${id}`);
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const named = element.getAttribute("aria-label") || [...(element.labels ?? [])].some((label) => label.textContent.trim())
      || element.textContent.trim() && !element.matches("select, textarea");
    if (!named) found.push(`${element.outerHTML.slice(0, 80)} has no name`);
  }
  for (const image of document.querySelectorAll("img:not([alt])")) found.push(`${image.src} has no words`);
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const light = (colour, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(at);
      if (backgroundImage !== "none") return null;
      if (!/, 0\\)$|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return "Canvas";
  };
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.offsetParent === null || element.closest("[disabled], :disabled, [aria-hidden=true], option")) continue;
    const under = ground(element);
    if (under === null) continue;
    const [one, other] = [light(getComputedStyle(element).color, under), light(under, under)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) found.push(`"${element.textContent.trim().slice(0, 30)}" (${element.className}) has a contrast of ${ratio.toFixed(2)}`);
  }
  return found;
}
"""
"""What a checker of accessibility looks for first: unique ids, names of all controls, the contrast of text."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as running:
        yield running


@pytest.fixture(scope="module")
def station(browser: Browser) -> Iterator[Station]:
    with a_station() as made:
        yield made


@pytest.fixture(scope="module")
def untouched(station: Station) -> bytes:
    return station.simulator.snapshot()


@pytest.fixture
def page(browser: Browser, station: Station, untouched: bytes) -> Iterator[Page]:
    station.simulator.restore(untouched)
    with a_page(browser, station) as opened:
        yield opened
    assert station.simulator.bugs == []


def test_a_calendar_that_is_not_ticked_is_not_shown(page, station):
    rowing = station.simulator.person(ADA).add_calendar("Rowing", color=CalendarColor.LIGHT_TEAL)
    book(station, "Training", 18, calendar=rowing)
    book(station, "Interview", 10)
    page.goto(f"/calendar/{ADA}")
    expect(entry(page, "Training")).to_have_accessible_name("Training, 18:00–19:00, busy, in Rowing")

    tick = page.get_by_role("checkbox", name="Rowing")
    expect(tick).to_be_checked()
    tick.focus()
    turn(page, " ")
    expect(tick).not_to_be_checked()
    expect(tick).to_be_focused()
    expect(entry(page, "Training")).to_have_count(0)
    expect(entry(page, "Interview")).to_be_visible()
    tick.click()
    expect(entry(page, "Training")).to_be_visible()


def test_calendars_are_made_renamed_and_deleted(page, station):
    page.goto(f"/calendar/{ADA}")
    page.get_by_role("link", name="Calendars…").click()
    page.get_by_label("Name of the new calendar").fill("Rowing")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("checkbox", name="Rowing")).to_be_visible()
    page.get_by_label("Name of Rowing").fill("Calendar")
    page.get_by_role("button", name="Save").nth(1).click()
    expect(page.locator(".problem")).to_contain_text("A folder with the specified name already exists.")
    page.get_by_label("Colour of Rowing").select_option("lightPink")
    page.get_by_role("button", name="Save").nth(1).click()
    expect(page.locator(".ticks .hue-lightPink")).to_have_text("Rowing")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete “Rowing” and its 0 entries?").click()

    expect(page.get_by_role("checkbox", name="Rowing")).to_have_count(0)
    assert len(station.simulator.person(ADA).mailbox.calendars) == 1


def test_an_entry_of_the_month_is_dragged_to_another_day_and_keeps_its_hour(page, station):
    book(station, "Interview", 10)
    book_days(station, "Trade fair", 9, 11)
    page.goto(f"/calendar/{ADA}?view=month&day=2026-03-02")
    drag(page, entry(page, "Interview"), page.locator('.cell[data-day="2026-03-19"]'))
    expect(page.locator("#said")).to_have_text("Moved to 10:00–11:00.")
    expect(entry(page, "Interview")).to_have_attribute("data-start", "2026-03-19T10:00")
    drag(page, entry(page, "Trade fair"), page.locator('.cell[data-day="2026-03-24"]'))
    expect(page.locator("#said")).to_have_text("Moved to 2026-03-24.")

    assert shown(station) == [("Interview", "19 10:00", "19 11:00"), ("Trade fair", "24 00:00", "27 00:00")]


def test_the_month_counts_what_it_cannot_show_and_leads_to_the_day(page, station):
    for hour in range(8, 14):
        book(station, f"Slot {hour}", hour)
    page.goto(f"/calendar/{ADA}?view=month&day=2026-03-02")
    expect(entry(page, "Slot")).to_have_count(3)
    page.get_by_role("link", name="3 more").click()

    expect(entry(page, "Slot")).to_have_count(6)
    expect(page.locator(".steps h2")).to_have_text("Wednesday 4 March 2026")


def test_bars_are_moved_by_keyboard_and_in_the_all_day_lane(page, station):
    book_days(station, "Trade fair", 3, 4)
    page.goto(f"/calendar/{ADA}")
    drag(page, entry(page, "Trade fair"), page.locator('.lane-cell[data-day="2026-03-05"]'))
    expect(entry(page, "Trade fair")).to_have_attribute("data-end", "2026-03-07T00:00")
    turn(page, "m")
    page.keyboard.press("ArrowDown")
    expect(entry(page, "Trade fair")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#said")).to_contain_text("Moved to")
    expect(entry(page, "Trade fair")).to_be_focused()

    (moved,) = shown(station)
    assert moved[0] == "Trade fair"
    assert datetime.strptime(moved[1], "%d %H:%M").day >= 11


def test_a_weekly_series_is_made_and_changed_in_part_and_as_a_whole(page, station):
    page.goto(f"/calendar/{ADA}?form=new&start=2026-03-03T09:00&end=2026-03-03T09:30")
    page.locator("#title").fill("Round")
    page.locator("#repeat").select_option("weekly")
    page.get_by_role("checkbox", name="Thursday").check(force=True)
    page.locator("#ends").select_option("count")
    page.locator("#times").fill("6")
    page.get_by_role("button", name="Create").click()
    expect(entry(page, "Round")).to_have_count(2)
    expect(entry(page, "Round").first).to_have_accessible_name("Round, 09:00–09:30, busy, repeats")

    page.locator('.column[data-day="2026-03-05"] .entry').click()
    page.locator("#title").fill("Long round")
    page.get_by_role("button", name="Save").click()
    expect(entry(page, "Long round")).to_have_accessible_name("Long round, 09:00–09:30, busy, changed day of a series")

    page.goto(f"/calendar/{ADA}?day=2026-03-10")
    page.locator('.column[data-day="2026-03-12"] .entry').click()
    page.get_by_role("link", name="This and following").click()
    expect(page.locator("#times")).to_have_value("3")
    page.locator("#start_time").fill("14:00")
    page.locator("#start_time").dispatch_event("change")
    expect(page.locator("#end_time")).to_have_value("14:30")
    page.get_by_role("button", name="Save").click()
    expect(page.locator('.column[data-day="2026-03-12"] .entry')).to_contain_text("14:00–14:30")

    assert shown(station) == [
        ("Round", "03 09:00", "03 09:30"),
        ("Long round", "05 09:00", "05 09:30"),
        ("Round", "10 09:00", "10 09:30"),
        ("Round", "12 14:00", "12 14:30"),
        ("Round", "17 14:00", "17 14:30"),
        ("Round", "19 14:00", "19 14:30"),
    ]


def test_a_series_is_deleted_from_a_day_on_and_then_as_a_whole(page, station):
    weekdays = {"type": "weekly", "interval": 1, "daysOfWeek": ["wednesday"], "firstDayOfWeek": "monday"}
    span = {"type": "numbered", "startDate": "2026-03-04", "numberOfOccurrences": 4}
    book(station, "Round", 9, recurrence={"pattern": weekdays, "range": span})
    station.simulator.person(ADA).delete_event(
        station.simulator.person(ADA).events(datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC))[0]
    )
    page.goto(f"/calendar/{ADA}?day=2026-03-18")
    entry(page, "Round").click()
    page.get_by_role("link", name="All").click()
    page.locator(".exceptional summary").click()
    expect(page.locator(".exceptional li")).to_have_text("Wed 11 Mar 2026 cancelled")
    page.keyboard.press("Escape")
    entry(page, "Round").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("link", name="This and following").click()
    page.get_by_role("button", name="Delete").click()
    expect(entry(page, "Round")).to_have_count(0)
    assert shown(station) == [("Round", "04 09:00", "04 10:00")]

    page.goto(f"/calendar/{ADA}")
    entry(page, "Round").focus()
    page.keyboard.press("Delete")
    page.get_by_role("link", name="All").click()
    page.get_by_role("button", name="Delete").click()
    expect(entry(page, "Round")).to_have_count(0)
    assert shown(station) == []


def test_who_is_free_is_told_while_choosing(page, station):
    book(station, "Interview", 10, box=AQUARIUM)
    page.goto(f"/calendar/{ADA}?form=new&start=2026-03-04T10:00&end=2026-03-04T11:00")
    page.locator("summary", has_text="Rooms by the water").click()
    aquarium = page.get_by_role("checkbox", name="Aquarium, for 8")
    expect(aquarium).to_have_accessible_name("Aquarium, for 8, busy")
    page.locator("#start_time").fill("13:00")
    page.locator("#start_time").dispatch_event("change")
    expect(aquarium).to_have_accessible_name("Aquarium, for 8, free")
    aquarium.check()
    expect(page.locator(".strip-name")).to_have_text(["Ada", "Aquarium"])
    page.locator("summary", has_text="People").click()
    page.get_by_role("checkbox", name="Ben, free").check()
    page.get_by_role("checkbox", name="Ben is optional").check()
    page.locator("#outsiders").fill("mira@client.example, nobody")
    page.locator("#title").fill("Planning")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#outsiders-problem")).to_have_text(
        "“nobody” is no e-mail address; write it as name@place.example."
    )
    expect(page.locator("#title")).to_have_value("Planning")
    page.locator("#outsiders").fill("mira@client.example")
    page.get_by_role("button", name="Create").click()
    expect(entry(page, "Planning")).to_be_visible()

    event = station.simulator.person(ADA).events()[0]
    invited = {one["emailAddress"]["address"]: one["type"] for one in event["attendees"]}
    assert invited == {AQUARIUM: "resource", BEN: "optional", "mira@client.example": "required"}


def test_another_time_is_asked_for_and_taken(page, station):
    book(station, "Planning", 10, attendees=[BEN])
    station.simulator.settle()
    page.goto(f"/calendar/{BEN}?view=messages")
    page.get_by_role("link", name="Answer…").click()
    page.locator("#comment").fill("After lunch?")
    page.locator("#proposes").check()
    page.locator("#other_start_time").fill("14:00")
    page.locator("#other_end_time").fill("15:00")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".problem")).to_contain_text("Another time can be asked for with a tentative answer")
    page.locator("#proposes").check()
    page.locator("#other_start_time").fill("14:00")
    page.locator("#other_end_time").fill("15:00")
    page.get_by_role("button", name="Tentative").click()
    expect(page.locator(".messages .out")).to_contain_text("Tentative")
    station.simulator.settle()

    page.goto(f"/calendar/{ADA}")
    entry(page, "Planning").click()
    expect(page.locator(".note", has_text="asks for")).to_contain_text("Ben asks for Wed 4 Mar, 14:00–15:00.")
    page.get_by_role("link", name="Take this time…").click()
    expect(page.locator("#start_time")).to_have_value("14:00")
    page.get_by_role("button", name="Save").click()
    expect(entry(page, "Planning")).to_contain_text("14:00–15:00")


def test_an_entry_is_copied_and_pasted_by_keyboard(page, station):
    book(station, "Interview", 10, categories=["Green category"], attendees=[BOATHOUSE])
    page.goto(f"/calendar/{ADA}")
    entry(page, "Interview").focus()
    page.keyboard.press("Control+c")
    expect(page.locator("#said")).to_contain_text("Copied.")
    page.keyboard.press("Control+v")
    expect(page.locator("#title")).to_have_value("Interview")
    expect(page.locator("#start_day")).to_have_value("2026-03-05")
    assert len(shown(station)) == 1
    page.get_by_role("button", name="Create").click()
    expect(page.locator('.column[data-day="2026-03-05"] .entry')).to_contain_text("Interview")

    assert [(event["categories"], len(event["attendees"])) for event in station.simulator.person(ADA).events()] == [
        (["Green category"], 1),
        (["Green category"], 1),
    ]


def test_the_length_changes_by_keyboard(page, station):
    book(station, "Interview", 10)
    page.goto(f"/calendar/{ADA}")
    page.keyboard.press("ArrowDown")
    expect(entry(page, "Interview")).to_be_focused()
    page.keyboard.press("Alt+Shift+ArrowDown")
    expect(entry(page, "Interview")).to_contain_text("10:00–11:15")

    assert shown(station) == [("Interview", "04 10:00", "04 11:15")]


def test_another_zone_shows_and_keeps_its_own_times(page, station):
    book(station, "Interview", 10)
    page.goto(f"/calendar/{ADA}")
    page.locator("#zone").select_option("Asia/Tokyo")
    expect(entry(page, "Interview")).to_contain_text("17:00–18:00")
    entry(page, "Interview").click()
    page.locator("#start_time").fill("18:00")
    page.locator("#start_time").dispatch_event("change")
    page.get_by_role("button", name="Save").click()
    expect(entry(page, "Interview")).to_contain_text("18:00–19:00")

    assert shown(station) == [("Interview", "04 11:00", "04 12:00")]


def test_a_deleted_entry_is_put_back(page, station):
    station.simulator.person(ADA).delete_event(book(station, "Interview", 10))
    page.goto(f"/calendar/{ADA}")
    turn(page, "x")
    page.get_by_role("button", name="Restore Interview").click()
    expect(page.locator(".empty")).to_contain_text("Nothing was deleted here.")

    assert shown(station) == [("Interview", "04 10:00", "04 11:00")]


def test_the_drawer_of_a_phone_keeps_the_focus_inside(page, station):
    book(station, "Interview", 10)
    page.set_viewport_size(PHONE)
    page.goto(f"/calendar/{ADA}")
    entry(page, "Interview").click()
    expect(page.locator("#title")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.getElementById('drawer').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(entry(page, "Interview")).to_be_focused()


def test_a_phones_month_leads_to_the_day(page, station):
    book(station, "Interview", 10)
    page.set_viewport_size(PHONE)
    page.goto(f"/calendar/{ADA}?view=month&day=2026-03-02")
    page.get_by_role("link", name="Wednesday 4 March, 1 entry").click()
    expect(entry(page, "Interview")).to_be_visible()


def test_the_operator_turns_switches_and_goes_back_to_a_snapshot(page, station):
    page.goto("/operator")
    page.get_by_label("Name of the snapshot").fill("Before")
    page.get_by_role("button", name="Take one").click()
    expect(page.locator("#snapshots li").first).to_contain_text("Before")
    page.get_by_label("Find a switch").fill("gone with")
    flag = page.get_by_role("switch", name="gone with location")
    expect(page.locator("#switch-list li:visible")).to_have_count(1)
    flag.click()
    expect(page.get_by_role("switch", name="gone with location")).to_be_checked()
    assert station.simulator.switches.gone_with_location
    page.get_by_role("switch", name="gone with location").click()
    expect(page.get_by_role("switch", name="gone with location")).not_to_be_checked()

    book(station, "Interview", 10)
    page.get_by_role("button", name="Go back to it").first.click()
    expect(page.locator("#snapshots li").first).to_be_visible()
    assert shown(station) == []


def test_the_operator_types_powershell(page, station):
    page.goto("/operator")
    page.locator("#lines").fill("Set-CalendarProcessing -Identity aquarium -AllowConflicts $true\nGet-Nonsense")
    page.get_by_role("button", name="Carry it out").click()
    expect(page.locator(".output.problem")).to_contain_text("Get-Nonsense")
    expect(page.locator("#lines")).to_have_value(
        "Set-CalendarProcessing -Identity aquarium -AllowConflicts $true\nGet-Nonsense"
    )

    assert station.simulator.person(AQUARIUM).mailbox.processing.allow_conflicts


def test_weather_that_was_refused_keeps_what_was_typed(page, station):
    page.goto("/operator")
    page.get_by_label("What goes wrong").select_option("timeout_late")
    page.locator("summary", has_text="Span, path, value").click()
    page.get_by_label("Part of the path").fill("calendarView")
    page.get_by_label("Lasts, minutes").fill("9999999")
    page.get_by_role("button", name="Make it so").click()
    expect(page.locator("#lasts-problem")).to_be_visible()
    expect(page.get_by_label("Part of the path")).to_have_value("calendarView")
    page.get_by_label("Lasts, minutes").fill("30")
    page.get_by_role("button", name="Make it so").click()
    expect(page.locator("#weather .rules")).to_contain_text("on any method calendarView, until 07:30:00")

    (rule,) = station.simulator.weather.rules
    assert (rule.fault, rule.until) == ("timeout_late", station.simulator.clock.now() + timedelta(minutes=30))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_read_and_named(page, station, scheme):
    """Unique ids, names for all controls, and text with a contrast of 4.5 to 1."""
    rowing = station.simulator.person(ADA).add_calendar("Rowing", color=CalendarColor.LIGHT_YELLOW)
    for hour, (show_as, category) in enumerate(
        [("free", "Yellow category"), ("busy", "Orange category"), ("oof", "Red category"), ("workingElsewhere", "Unknown")], 9
    ):  # fmt: skip
        book(station, "Interview", hour, showAs=show_as, categories=[category])
    book_days(station, "Trade fair", 3, 4, calendar=rowing, sensitivity="private")
    meeting = book(station, "Planning", 14, box=BEN, attendees=[ADA, AQUARIUM])
    station.simulator.settle()
    invitation = station.simulator.person(ADA).events(
        datetime(2026, 3, 4, 12, tzinfo=UTC), datetime(2026, 3, 4, 13, tzinfo=UTC)
    )
    page.emulate_media(color_scheme=scheme)
    for path in (
        f"/calendar/{ADA}",
        f"/calendar/{ADA}?view=month&day=2026-03-02",
        f"/calendar/{ADA}?form=new",
        f"/calendar/{ADA}?form=event&event={invitation[0]['id']}",
        f"/calendar/{BEN}?form=event&event={meeting}",
        f"/calendar/{BEN}?form=delete&event={meeting}",
        f"/calendar/{ADA}?form=calendar",
        f"/calendar/{ADA}?view=messages",
        f"/calendar/{ADA}?view=deleted",
        "/operator",
    ):
        page.goto(path)
        found = page.evaluate(CHECKS)
        assert found == [], f"{path}: {found}"
