"""sim365 by itself, in process: how many simple requests a second, and what a delta page of five hundred takes.

A suite of tests lives on these two: no limit, but a figure that must not fall unseen.
"""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

import httpx

from bench.calendars import calendar
from bench.figures import Figure
from holdfast.host.postgres import EmbeddedPostgres
from sim365.company.reading import read_company
from sim365.simulator import DEFAULT_START, Simulator
from sim365.transport import SimTransport

EVENTS, PAGE = 2_000, 500
REQUESTS, TIMES = 500, 9
_CLIENT, _SECRET = "11111111-2222-4333-8444-555555555555", "bench-only"
_COMPANY = f"""
company: {{name: Bench, domain: bench.test, time_zone: UTC}}
rooms: [{{name: Quay, address: quay, building: Pier, floor: 0, capacity: 8}}]
apps:
  - name: Holdfast
    client_id: {_CLIENT}
    permissions: [Calendars.ReadWrite]
    secrets: [{{value: {_SECRET}, expires: 2036-01-01}}]
"""
_ROOM = "https://graph.microsoft.com/v1.0/users/quay@bench.test"


def measure(_cluster: EmbeddedPostgres) -> list[Figure]:
    simulator = Simulator(read_company(_COMPANY).company)
    shift = DEFAULT_START - calendar(1)[0].starts
    room = simulator.person("quay@bench.test")
    for entry in calendar(EVENTS):
        room.create_event(entry.title, entry.starts + shift, entry.ends + shift)
    with httpx.Client(transport=SimTransport(simulator)) as client:
        client.headers["Authorization"] = f"Bearer {_token(client, simulator)}"
        one = _seconds(client, f"{_ROOM}/calendar", times=REQUESTS)
        span = {"startDateTime": DEFAULT_START, "endDateTime": DEFAULT_START + timedelta(days=370)}
        query = "&".join(f"{name}={at:%Y-%m-%dT%H:%M:%SZ}" for name, at in span.items())
        client.headers["Prefer"] = f"odata.maxpagesize={PAGE}"
        page = _seconds(client, f"{_ROOM}/calendarView/delta?{query}", times=TIMES, check=_is_full)
    return [
        Figure("simple requests in process", 1 / one, "a second", beside=f"GET of a calendar, {one * 1e6:.0f} µs each"),
        Figure(f"delta page of {PAGE}", page * 1000, "ms", beside=f"{page / PAGE * 1e6:.0f} µs for each event"),
    ]


def _token(client: httpx.Client, simulator: Simulator) -> str:
    tenant = simulator.company.tenants[0].tenant_id
    form = {
        "grant_type": "client_credentials",
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }
    answer = client.post(f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


def _is_full(answer: httpx.Response) -> bool:
    return len(answer.json()["value"]) == PAGE


def _seconds(
    client: httpx.Client, url: str, *, times: int, check: Callable[[httpx.Response], bool] = lambda _: True
) -> float:
    """The median of so many; the first is not counted."""
    found: list[float] = []
    assert check(client.get(url).raise_for_status()), "the answer is not what was asked for"
    for _ in range(times):
        began = perf_counter()
        client.get(url).raise_for_status()
        found.append(perf_counter() - began)
    return median(found)
