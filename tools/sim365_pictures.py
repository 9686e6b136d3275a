"""The pictures of the simulator, taken anew: a mailbox, a room, and the operator's page of the sample company.

    .venv/bin/python -m tools.sim365_pictures

Decides what is to be seen in them; the clock stands still and the seed is fixed, so the same code gives the same
picture. It needs Debian's chromium.
"""

import os
import shutil
import ssl
import sys
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from playwright.sync_api import ViewportSize, sync_playwright

from sim365.company import sample_company
from sim365.serving import Plan, Station, free_port_pair
from sim365.state import CalendarColor

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SEED = 7
SIZE: ViewportSize = {"width": 1560, "height": 800}
ADA, AQUARIUM = "ada@fjord.example", "aquarium@fjord.example"
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--lang=en-GB"]
HOLDFAST = "5ca1ab1e-0365-4a11-8d0c-c0ffee000365"


def main() -> int:
    """Take the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("No chromium on this machine.", file=sys.stderr)
        return 1
    plan = Plan((sample_company(SEED),), port=free_port_pair(), seed=SEED, follows_wall_clock=False)
    station = Station(plan)
    try:
        meeting = _fill(station)
        _ask(station)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=BROWSER_ARGUMENTS, env={**os.environ, "LANGUAGE": "en_GB"}
            )
            page = browser.new_page(viewport=SIZE, base_url=station.graph_root, locale="en-GB")
            page.goto(f"/calendar/{ADA}?form=event&event={meeting}")
            page.locator("#title").blur()
            page.screenshot(path=PICTURES / "sim365-mailbox.png")
            page.goto(f"/calendar/{AQUARIUM}")
            page.screenshot(path=PICTURES / "outlook.png")
            page.goto("/operator")
            page.screenshot(path=PICTURES / "sim365-operator.png")
            browser.close()
    finally:
        station.stop()
    return 0


def _fill(station: Station) -> str:
    """A week with everything that a week can hold; answers the id of the meeting that stands open."""
    simulator = station.simulator
    simulator.advance(timedelta(hours=3))
    ada = simulator.person(ADA)
    laboratory = ada.add_calendar("Laboratory", color=CalendarColor.LIGHT_TEAL)
    family = ada.add_calendar("Family", color=CalendarColor.LIGHT_PINK)

    def at(day: int, hour: float) -> datetime:
        return datetime(2026, 3, day) + timedelta(hours=hour)  # noqa: DTZ001  Ada's wall clock

    ada.create_event("Regatta", at(4, 0), at(6, 0), isAllDay=True, showAs="oof", categories=["Purple category"])
    ada.create_event("Sports day", at(6, 0), at(7, 0), isAllDay=True, showAs="free", calendar=family)
    ada.create_event("Microscope", at(3, 9.5), at(3, 11), calendar=laboratory)
    ada.create_event("Dentist", at(2, 9.5), at(2, 10.5), sensitivity="private")
    ada.create_event("Write proposal", at(4, 13), at(4, 15), showAs="workingElsewhere", categories=["Green category"])
    ada.create_event("Focus time", at(2, 13), at(2, 14.5), showAs="free", categories=["Orange category"])
    guests = [AQUARIUM, "ben@fjord.example"]
    made = ada.create_event("Summer regatta", at(6, 10), at(6, 11), attendees=guests, isOnlineMeeting=True)
    simulator.person(AQUARIUM).create_event("Customer visit", at(4, 11), at(4, 12.5), categories=["Holdfast"])
    simulator.settle()
    return made["id"]


def _ask(station: Station) -> None:
    """A client's requests in bad weather, so that there is traffic to see."""
    simulator = station.simulator
    simulator.weather.add("throttled", rate=0.5, times=20, mailbox=AQUARIUM)
    simulator.weather.add("notice_late", rate=0.1, until=simulator.clock.now() + timedelta(hours=2))
    (tenant,) = simulator.company.tenants
    with httpx.Client(trust_env=False, verify=ssl.create_default_context(cafile=station.ca_file)) as client:
        answer = client.post(
            f"{station.login_root}/{tenant.tenant_id}/oauth2/v2.0/token",
            data={
                "client_id": HOLDFAST,
                "client_secret": tenant.apps[HOLDFAST].secrets[0].value,
                "scope": "https://graph.microsoft.com/.default",
                "grant_type": "client_credentials",
            },
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        root = f"{station.graph_root}/v1.0"
        client.get(f"{root}/places/microsoft.graph.room")
        span = "startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-09T00:00:00Z"
        for mailbox in ("boathouse", "aquarium", "aquarium", "crowsnest"):
            client.get(f"{root}/users/{mailbox}@fjord.example/calendarView/delta?{span}")
            simulator.advance(timedelta(seconds=2))
        client.get(f"{root}/users/nobody@fjord.example/events")


if __name__ == "__main__":
    sys.exit(main())
