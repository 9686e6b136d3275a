"""A company in which each documented request has something to be about; what a path names is made when it is named."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from sim365.postman import HttpPostman
from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, START, TENANT, KnownTokens, a_company, an_event

V1 = "https://graph.microsoft.com/v1.0"
ADA, BEN = "ada@harbour.test", "ben@harbour.test"
TIDE = "String {5f0c0b2e-8a0a-4d8f-9a3a-1f2d3c4b5a69} Name Tide"
SCHEDULES_MAX = 100
PAGES_MAX = 20
SCOPES = frozenset(
    {
        "Calendars.ReadWrite", "Calendars.ReadWrite.Shared", "Calendars.Read", "Calendars.Read.Shared",
        "MailboxSettings.ReadWrite", "MailboxSettings.Read", "Place.Read.All", "Place.ReadWrite.All", "User.Read",
        "User.Read.All", "User.ReadWrite.All",
    }
)  # fmt: skip


def _webhook(request: httpx.Request) -> httpx.Response:
    """Answers handshakes; the one called silent never does."""
    if request.url.host == "silent.test":
        raise httpx.ReadTimeout("no answer", request=request)
    return httpx.Response(200, text=request.url.params.get("validationToken", ""))


class Scene:
    """Ada signed in to an app; Ben has given her the run of his calendar."""

    def __init__(self) -> None:
        company = a_company()
        self.postman = HttpPostman(httpx.Client(transport=httpx.MockTransport(_webhook)))
        self.tokens = KnownTokens()
        self.sim = Simulator(
            company, seed=5, start=START, identity=self.tokens, postman=self.postman, check_types=True
        )  # fmt: skip
        for name, address in (("ada", ADA), ("ben", BEN)):
            oid = self.sim.person(address).mailbox.oid
            self.tokens.issue(name, Principal(TENANT, APP, oid="sp-1", scopes=SCOPES, user_oid=oid))
        self.tokens.issue("app", Principal(TENANT, APP, SCOPES, "sp-1"))
        self.client = httpx.Client(transport=SimTransport(self.sim))
        self.named: dict[str, Any] = {}
        for day in range(2, 9):
            self.event(f"Watch {day}", start=f"2026-03-0{day}T18:00:00", end=f"2026-03-0{day}T19:00:00")
        self.settle()

    def close(self) -> None:
        self.client.close()
        self.postman.close()

    def ask(self, method: str, path: str, body: Any = None, *, who: str = "ada", **headers: str) -> httpx.Response:
        """One request to Graph; `path` may be a whole link."""
        url = path if path.startswith("https:") else f"{V1}{path}"
        sent = {"Authorization": f"Bearer {who}", **headers}
        return self.client.request(method, url, json=body, headers=sent)

    def filled(self, value: Any) -> Any:
        """A text, or what holds texts, with each `{name}` replaced by what it stands for."""
        if isinstance(value, dict):
            return {name: self.filled(held) for name, held in value.items()}
        if isinstance(value, list):
            return [self.filled(held) for held in value]
        if not isinstance(value, str):
            return value
        whole = re.fullmatch(r"\{([a-z' ]+)\}", value)
        if whole:
            return self._the(whole[1])
        return re.sub(r"\{([a-z' ]+)\}", lambda match: str(self._the(match[1])), value)

    def _the(self, name: str) -> Any:
        if name not in self.named:
            made: Callable[[Scene], Any] = _MAKERS[name]
            self.named[name] = made(self)
        return self.named[name]

    def made(self, path: str, body: Any, *, who: str = "ada", **headers: str) -> dict[str, Any]:
        """What a POST created."""
        answer = self.ask("POST", path, body, who=who, **headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def event(self, subject: str = "Planning", **more: Any) -> str:
        """The id of an event of Ada's, with Ben invited and something in each property."""
        guests = [{"type": "required", "emailAddress": {"address": BEN, "name": "Ben Okafor"}}]
        body = {
            "body": {"contentType": "html", "content": "<p>Bring the charts.</p>"},
            "location": {"displayName": "Boathouse"},
            "attendees": guests,
        }
        return self.made("/me/events", an_event(subject, **(body | more)))["id"]

    def pages(self) -> list[str]:
        """The links of a round of delta, two events to a page."""
        link = "/me/calendarView/delta?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-03-30T00:00:00Z"
        links: list[str] = []
        for _ in range(PAGES_MAX):
            page = self.ask("GET", link, Prefer="odata.maxpagesize=2").json()
            if "@odata.nextLink" not in page:
                return links
            link = page["@odata.nextLink"]
            links.append(link)
        raise AssertionError("the round of delta does not end")

    def settle(self) -> None:
        self.sim.settle(within=timedelta(minutes=5))


def _invitation(scene: Scene) -> str:
    ada = scene.sim.person(ADA).mailbox
    guests = [{"type": "required", "emailAddress": {"address": ADA, "name": ada.display_name}}]
    scene.made("/me/events", an_event("Oars", attendees=guests), who="ben")
    scene.settle()
    found = scene.ask("GET", "/me/events?$filter=subject eq 'Oars'").json()["value"]
    return found[0]["id"]


def _proposal(scene: Scene) -> str:
    event = scene.event("Low water")
    scene.settle()
    copies = scene.ask("GET", "/me/events?$filter=subject eq 'Low water'", who="ben").json()["value"]
    moment = {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"}
    later = {"dateTime": "2026-03-03T11:00:00", "timeZone": "UTC"}
    body = {"comment": "At high water?", "sendResponse": True, "proposedNewTime": {"start": moment, "end": later}}
    answer = scene.ask("POST", f"/me/events/{copies[0]['id']}/tentativelyAccept", body, who="ben")
    assert answer.status_code == 202, answer.text
    scene.settle()
    return event


def _series(scene: Scene) -> str:
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
    span = {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 6}
    return scene.event("Monday round", recurrence={"pattern": pattern, "range": span})


def _forgotten_token(scene: Scene) -> str:
    path = "/users/aquarium@harbour.test/calendarView/delta?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-03-08T00:00:00Z"
    link = scene.ask("GET", path, who="app").json()["@odata.deltaLink"]
    scene.sim.forget_sync_states("aquarium@harbour.test")
    return link.partition("$deltatoken=")[2]


def _file(scene: Scene) -> str:
    body = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "charts.txt", "contentBytes": "Y2hhcnRz"}
    return scene.made(f"/me/events/{scene._the('event with a file')}/attachments", body)["id"]


def _event_with_a_file(scene: Scene) -> str:
    scene.named["event with a file"] = scene.event("Charts")
    scene.named["file"] = _file(scene)
    return scene.named["event with a file"]


def _event_with_an_extension(scene: Scene) -> str:
    event = scene.event("High water")
    body = {"@odata.type": "#microsoft.graph.openTypeExtension", "extensionName": "Test.Harbour.Tide", "height": 2}
    scene.made(f"/me/events/{event}/extensions", body)
    return event


def _permission(scene: Scene) -> str:
    whom = {"name": "Ben Okafor", "address": BEN}
    body = {"emailAddress": whom, "isInsideOrganization": True, "isRemovable": True, "role": "read"}
    return scene.made("/me/calendar/calendarPermissions", body)["id"]


def _bens_event(scene: Scene) -> str:
    whom = {"name": "Ada Lind", "address": ADA}
    body = {"emailAddress": whom, "isInsideOrganization": True, "isRemovable": True, "role": "write"}
    scene.made("/me/calendar/calendarPermissions", body, who="ben")
    return scene.made("/me/events", an_event("Ben's own"), who="ben")["id"]


def _subscription(scene: Scene) -> str:
    body = {
        "changeType": "updated",
        "notificationUrl": "https://quay.test/notices",
        "resource": "me/events",
        "expirationDateTime": "2026-03-03T18:00:00Z",
        "clientState": "not-for-everybody",
    }
    return scene.made("/subscriptions", body)["id"]


def _shared_with_ada(scene: Scene) -> str:
    scene.named["bens event"] = _bens_event(scene)
    return BEN


def _default_group(scene: Scene) -> str:
    return scene.ask("GET", "/me/calendarGroups").json()["value"][0]["id"]


_MAKERS: dict[str, Callable[[Scene], Any]] = {
    "ada": lambda scene: ADA,
    "ben": _shared_with_ada,
    "aquarium": lambda scene: "aquarium@harbour.test",
    "bens event": _bens_event,
    "calendar": lambda scene: scene.made("/me/calendars", {"name": "Boats"})["id"],
    "event": lambda scene: scene.event(),
    "event in many places": lambda scene: scene.event(locations=[{"displayName": "Quay"}, {"displayName": "The Anchor"}]),
    "event with a proposal": _proposal,
    "event with a property": lambda scene: scene.event(singleValueExtendedProperties=[{"id": TIDE, "value": "High"}]),
    "event with a file": _event_with_a_file,
    "event with an extension": _event_with_an_extension,
    "file": lambda scene: scene.named["file"],
    "online meeting": lambda scene: scene.event(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness"),
    "invitation": _invitation,
    "series": _series,
    "second page": lambda scene: scene.pages()[0],
    "last page": lambda scene: scene.pages()[-1],
    "forgotten token": _forgotten_token,
    "default group": _default_group,
    "group": lambda scene: scene.made("/me/calendarGroups", {"name": "Clubs of old"})["id"],
    "permission": _permission,
    "category": lambda scene: scene.made("/me/outlook/masterCategories", {"displayName": "Fish", "color": "preset4"})["id"],
    "subscription": _subscription,
    "property": lambda scene: TIDE,
    "a hundred and one schedules": lambda scene: {
        "schedules": [f"boat{number}@harbour.test" for number in range(SCHEDULES_MAX + 1)],
        "startTime": {"dateTime": "2026-03-02T09:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-03-02T18:00:00", "timeZone": "UTC"},
    },
}  # fmt: skip
