"""sim365 by itself: a simple request in process, over plain HTTP and over TLS, a delta page, the start, and memory.

A suite of tests lives on the first two; the others are what a developer of another product meets.
"""

import resource
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import process_time

import httpx

from bench import served
from bench.calendars import calendar
from bench.figures import Figure
from holdfast.host.postgres import EmbeddedPostgres
from sim365.company.reading import read_company
from sim365.simulator import DEFAULT_START, Simulator
from sim365.transport import SimTransport

EVENTS, PAGE = 2_000, 500
REQUESTS, TIMES, SERVED, STARTS = 500, 9, 2_000, 5
MAILBOXES, EVENTS_EACH = 1_000, 500
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
    return [*_in_process(), *_over_sockets(), _memory()]


def _in_process() -> list[Figure]:
    simulator = Simulator(read_company(_COMPANY).company)
    shift = DEFAULT_START - calendar(1)[0].starts
    room = simulator.person("quay@bench.test")
    for entry in calendar(EVENTS):
        room.create_event(entry.title, entry.starts + shift, entry.ends + shift)
    with httpx.Client(transport=SimTransport(simulator)) as client:
        root = "https://login.microsoftonline.com"
        client.headers["Authorization"] = f"Bearer {_token(client, simulator.company.tenants[0].tenant_id, root)}"
        one = _seconds(client, f"{_ROOM}/calendar", times=REQUESTS)
        span = {"startDateTime": DEFAULT_START, "endDateTime": DEFAULT_START + timedelta(days=370)}
        query = "&".join(f"{name}={at:%Y-%m-%dT%H:%M:%SZ}" for name, at in span.items())
        client.headers["Prefer"] = f"odata.maxpagesize={PAGE}"
        page = _seconds(client, f"{_ROOM}/calendarView/delta?{query}", times=TIMES, check=_is_full)
    return [
        Figure(
            "a simple request in process", one * 1e6, "µs", 1e6 / 2_000, f"GET of a calendar, {1 / one:,.0f} a second"
        ),
        Figure(f"delta page of {PAGE}", page * 1000, "ms", 20.0, f"{page / PAGE * 1e6:.0f} µs for each event"),
    ]


def _starts() -> Figure:
    """The middle one of several starts: one alone says more of the neighbours than of the simulator."""
    worked: list[float] = []
    by_the_clock: list[float] = []
    for _ in range(STARTS):
        with served.serving(_COMPANY) as server:
            worked.append(server.worked_s)
            by_the_clock.append(server.started_s)
    beside = f"of the processor, middle of {STARTS}; {median(by_the_clock):.2f} s by the clock, shared"
    return Figure("start", median(worked), "s", 1.0, beside)


def _over_sockets() -> list[Figure]:
    with served.serving(_COMPANY) as server:
        graph, login = f"http://127.0.0.1:{server.port}", f"https://localhost:{server.login_port}"
        with httpx.Client(verify=ssl.create_default_context(cafile=server.ca_file)) as client:
            tenant = client.get(f"{graph}/_sim/state").raise_for_status().json()["tenants"][0]["id"]
            token = _token(client, tenant, login, audience=graph)
        path = httpx.URL(f"{_ROOM}/calendar").path
        plain = served.rate(server, path, token, requests=SERVED, tls=False)
        tls = served.rate(server, path, token, requests=SERVED, tls=True)
    beside = f"one core, {served.CONNECTIONS} connections kept open"
    return [
        Figure("a request over plain HTTP", 1e6 / plain, "µs", 1e6 / 800, f"{plain:,.0f} a second, {beside}"),
        Figure("a request over TLS", 1e6 / tls, "µs", 1e6 / 400, f"{tls:,.0f} a second, {beside}"),
        _starts(),
    ]


def _memory() -> Figure:
    """The resident set that calendars add; every title and date is as different as in the other benches."""
    rooms = ", ".join(f"{{name: Room {number}, address: room{number}, building: Pier}}" for number in range(MAILBOXES))
    head = "company: {name: Bench, domain: bench.test, time_zone: UTC}"
    simulator = Simulator(read_company(f"{head}\nrooms: [{rooms}]\n").company)
    entries = calendar(EVENTS_EACH)
    shift = DEFAULT_START - entries[0].starts
    for number in range(MAILBOXES):
        room = simulator.person(f"room{number}@bench.test")
        for entry in entries:
            room.create_event(entry.title, entry.starts + shift, entry.ends + shift)
    held = _resident_mib()
    each = held * 1024 / (MAILBOXES * EVENTS_EACH)
    name = f"{MAILBOXES:,} mailboxes with {EVENTS_EACH} events"
    return Figure(name, held, "MiB", 1024.0, f"resident set of the whole process; {each:.2f} KiB for each event")


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _token(client: httpx.Client, tenant: str, root: str, *, audience: str = "https://graph.microsoft.com") -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "scope": f"{audience}/.default",
    }
    answer = client.post(f"{root}/{tenant}/oauth2/v2.0/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


def _is_full(answer: httpx.Response) -> bool:
    return len(answer.json()["value"]) == PAGE


def _seconds(
    client: httpx.Client, url: str, *, times: int, check: Callable[[httpx.Response], bool] = lambda _: True
) -> float:
    """The median of so many, the first not counted; of the processor, whose time others do not lengthen."""
    found: list[float] = []
    assert check(client.get(url).raise_for_status()), "the answer is not what was asked for"
    for _ in range(times):
        began = process_time()
        client.get(url).raise_for_status()
        found.append(process_time() - began)
    return median(found)
