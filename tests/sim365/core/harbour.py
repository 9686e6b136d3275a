"""A small company and a client of it, in the words of the tests of the simulator's core."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from sim365.simulator import Simulator
from sim365.state import (
    AppRegistration,
    Company,
    Mailbox,
    Place,
    PlaceKind,
    RoomList,
    Tenant,
    TokenRefused,
    UserPurpose,
)

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""A Monday."""
TENANT = "11111111-1111-4111-8111-111111111111"
APP = "22222222-2222-4222-8222-222222222222"
PERMISSIONS = {
    "Calendars.ReadWrite",
    "Calendars.Read",
    "MailboxSettings.Read",
    "Place.Read.All",
    "User.Read.All",
}


class KnownTokens:
    """An identity side that knows its tokens by name, so that these tests do not depend on the real one."""

    def __init__(self):
        self.principals = {}

    def issue(self, name, principal):
        self.principals[f"Bearer {name}"] = principal
        return name

    @property
    def wsgi(self):
        raise AssertionError("nobody signs in here")

    def principal_of(self, authorization, now):
        if authorization is None:
            raise TokenRefused("Access token is empty.")
        if authorization not in self.principals:
            raise TokenRefused("IDX14100: JWT is not well formed.", handmade=True)
        return self.principals[authorization]


def a_company():
    tenant = Tenant(TENANT, "Harbour", ["harbour.test"])
    tenant.add_app(AppRegistration(APP, "Booking system", permissions=set(PERMISSIONS), oid="sp-1"))
    for number, (name, job) in enumerate([("Ada Lind", "Researcher"), ("Ben Okafor", "Manager"), ("Chidi Eze", None)]):
        address = f"{name.split()[0].lower()}@harbour.test"
        tenant.add_mailbox(
            Mailbox(
                f"a000000{number}-0000-4000-8000-000000000000", address, name, job_title=job, time_zone="Europe/Sofia"
            )
        )
    for number, (name, capacity) in enumerate([("Aquarium", 8), ("Boathouse", 20), ("Crow's Nest", 4)]):
        address = f"{name.lower().replace(chr(39), '').replace(' ', '')}@harbour.test"
        tenant.add_mailbox(
            Mailbox(
                f"b000000{number}-0000-4000-8000-000000000000",
                address,
                name,
                UserPurpose.ROOM,
                time_zone="FLE Standard Time",
                place=Place(capacity=capacity, building="Harbour House", floor_number=number),
            )
        )
    tenant.add_mailbox(
        Mailbox("c0000000-0000-4000-8000-000000000000", "heron@harbour.test", "Heron", UserPurpose.EQUIPMENT)
    )
    tenant.add_mailbox(
        Mailbox(
            "d0000000-0000-4000-8000-000000000000",
            "desk1@harbour.test",
            "Desk 1",
            UserPurpose.ROOM,
            place=Place(kind=PlaceKind.WORKSPACE, capacity=1),
        )
    )
    tenant.add_mailbox(
        Mailbox("e0000000-0000-4000-8000-000000000000", "ghost@harbour.test", "Ghost", has_mailbox=False)
    )
    tenant.add_room_list(
        RoomList(
            "rooms@harbour.test",
            "All rooms",
            "f-1",
            ["aquarium@harbour.test", "boathouse@harbour.test", "desk1@harbour.test"],
        )
    )
    return Company([tenant])


@dataclass
class Graph:
    """A client of the simulated Graph, with the paths that tests use."""

    client: httpx.Client
    sim: Simulator
    headers: dict = field(default_factory=dict)

    def __call__(self, method, path, json=None, status=None, **headers):
        url = path if path.startswith("http") else f"https://graph.microsoft.com/v1.0{path}"
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = self.client.request(method, url, json=json, headers=sent)
        if status is not None:
            assert status == answer.status_code, answer.text
        return answer

    def get(self, path, status=200, **headers):
        return self("GET", path, None, status, **headers).json()

    def post(self, path, json, status=201, **headers):
        answer = self("POST", path, json, status, **headers)
        return answer.json() if answer.content else None

    def patch(self, path, json, status=200, **headers):
        return self("PATCH", path, json, status, **headers).json()

    def delete(self, path, status=204, **headers):
        return self("DELETE", path, None, status, **headers)

    def error(self, method, path, json=None, **headers):
        answer = self(method, path, json, None, **headers)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]


def an_event(subject="Planning", start="2026-03-02T09:00:00", end="2026-03-02T10:00:00", zone="UTC", **more):
    return {
        "subject": subject,
        "start": {"dateTime": start, "timeZone": zone},
        "end": {"dateTime": end, "timeZone": zone},
        **more,
    }
