"""The tenant on which the suite is tried: three test mailboxes that are empty ahead, and others that nobody may touch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from sim365.contract.checks import every_check
from sim365.contract.ground import Cast
from sim365.contract.running import Plan, Target
from sim365.directory.categories import categories_of
from sim365.http.routing import Reply
from sim365.simulator import Simulator
from sim365.state import (
    AppRegistration,
    AppSecret,
    Company,
    Mailbox,
    Place,
    Principal,
    Tenant,
    TokenRefused,
    UserPurpose,
)
from sim365.switches import Switches
from sim365.transport import SimTransport

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""A Monday."""
TENANT = "33333333-3333-4333-8333-333333333333"
APP = "44444444-4444-4444-8444-444444444444"
PERMISSIONS = {"Calendars.ReadWrite", "MailboxSettings.ReadWrite", "Place.Read.All", "User.Read.All"}
ADA, BEN, AQUARIUM, DORA = "ada@harbour.test", "ben@harbour.test", "aquarium@harbour.test", "dora@harbour.test"
MAILBOXES = (ADA, BEN, AQUARIUM)
WEBHOOK = "https://notices.harbour.test/here"
CAST = Cast(ADA, BEN, AQUARIUM, WEBHOOK, absent="nobody.sim365@harbour.test")


class OneToken:
    """An identity side with one good token."""

    @property
    def wsgi(self):
        raise AssertionError("nobody signs in here")

    def principal_of(self, authorization, now):
        if authorization != "Bearer good":
            raise TokenRefused("IDX14100: JWT is not well formed.", handmade=True)
        return Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1")


class SimWatch:
    """The simulator's clock, moved on by waiting."""

    def __init__(self, sim: Simulator):
        self._sim = sim

    def now(self) -> datetime:
        return self._sim.clock.now()

    def wait(self, seconds: float) -> None:
        self._sim.advance(timedelta(seconds=seconds))


def harbour(*, switches: Switches | None = None, postman=None, seed: int = 3, identity=None) -> Simulator:
    """The tenant; what Ada and the room had last week, and Dora's own calendar, are not the suite's business."""
    tenant = Tenant(TENANT, "Harbour", ["harbour.test"])
    secret = AppSecret("a-secret-of-ours", START + timedelta(days=300))
    tenant.add_app(
        AppRegistration(
            APP, "Contract", permissions=set(PERMISSIONS), requested=set(PERMISSIONS), secrets=[secret], oid="sp-1"
        )
    )
    people = [("Ada Lind", ADA), ("Ben Okafor", BEN), ("Dora Papadaki", DORA)]
    for number, (name, address) in enumerate(people):
        oid = f"a000000{number}-0000-4000-8000-000000000000"
        tenant.add_mailbox(Mailbox(oid, address, name, time_zone="Europe/Sofia"))
    room = Mailbox(
        "b0000000-0000-4000-8000-000000000000", AQUARIUM, "Aquarium", UserPurpose.ROOM, place=Place(capacity=8)
    )
    tenant.add_mailbox(room)
    sim = Simulator(
        Company([tenant]),
        seed=seed,
        start=START,
        identity=identity or OneToken(),
        switches=switches,
        postman=postman or echoing,
    )
    for mailbox in tenant.mailboxes.values():
        sim.world.default_calendar(mailbox)
        categories_of(mailbox)
    last_week = START - timedelta(days=5)
    sim.person(ADA).create_event("Last week", last_week, last_week + timedelta(hours=1), attendees=[AQUARIUM])
    sim.person(DORA).create_event("Boat trip", START + timedelta(days=20), START + timedelta(days=20, hours=3))
    sim.settle()
    sim.ledger.mails.clear()
    return sim


def echoing(url: str, body: bytes, content_type: str) -> Reply:
    """A webhook that answers every handshake, and takes every notice."""
    if not url.startswith(WEBHOOK):
        return Reply(0)
    token = parse_qs(urlsplit(url).query).get("validationToken", [""])[0]
    return Reply(200, token.encode(), "text/plain") if token else Reply(202)


def target_of(sim: Simulator, *, transport=None) -> Target:
    client = httpx.Client(transport=transport or SimTransport(sim))
    return Target("sim365", "https://graph.microsoft.com/v1.0", TENANT, client, lambda: "good", SimWatch(sim))


def plan_of(folder: Path, *, checks=None, cast: Cast = CAST, run: str = "0badcafe") -> Plan:
    return Plan(every_check() if checks is None else tuple(checks), cast, cast.mailboxes(), folder, run)


def calendars(sim: Simulator) -> dict:
    """Everything that lies in every mailbox's calendars, and the lists beside them; nothing that only counts up."""
    found = {}
    for tenant in sim.company.tenants:
        for mailbox in tenant.mailboxes.values():
            for calendar in mailbox.calendars.values():
                key = (mailbox.address, "default" if calendar.is_default else calendar.name)
                found[key] = {repr(event) for event in calendar.events.values()}
            found[(mailbox.address, "categories")] = {repr(each) for each in categories_of(mailbox).values()}
    found["subscriptions"] = sorted(sim.notices.subscriptions)
    return found
