"""The Python client of the control API, and a simulator served inside a test."""

import ssl
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from sim365.company import CompanyFileError, read_company
from sim365.conformity import kept_apart
from sim365.testing import ControlRefused, Served

PORT_TOWN = """
company: {name: Port Town, domain: port.example, time_zone: Europe/Lisbon}
people: [{name: Ada, address: ada}, {name: Ben, address: ben}]
rooms: [{name: Aquarium, capacity: 8}]
apps:
  - {name: Watcher, permissions: [Calendars.Read, User.Read.All], secrets: [{value: lighthouse, expires: 2036-01-01}]}
"""
HILL_TOWN = "company: {name: Hill Town, domain: hill.example}\npeople: [{name: Chidi, address: chidi}]\n"
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def served():
    with Served(read_company(PORT_TOWN), read_company(HILL_TOWN), checks_types=True) as made:
        yield made
        assert made.bugs() == []


def test_a_person_invites_a_room_and_the_mails_are_told(served):
    ada = served.control.person("ada@port.example")

    event = ada.create_event("Charts", NOON, NOON + timedelta(hours=1), attendees=["aquarium@port.example"])
    served.control.settle()

    (in_the_room,) = served.control.person("aquarium@port.example").events()
    assert (in_the_room["subject"].strip(), in_the_room["iCalUId"]) == ("Ada", event["iCalUId"])
    assert ada.events(NOON, NOON + timedelta(hours=2))[0]["id"] == event["id"]
    assert [mail["sender"] for mail in served.control.mails(to="ada@port.example")] == ["aquarium@port.example"]


def test_what_a_person_wrote_can_be_edited_moved_and_deleted(served):
    ben = served.control.person("ben@port.example")
    event = ben.create_event("Tide", NOON, sensitivity="private")["id"]

    ben.edit_event(event, subject="High tide")
    ben.move_event(event, NOON + timedelta(hours=3))

    (shown,) = ben.events()
    assert (shown["subject"], shown["sensitivity"]) == ("High tide", "private")
    assert shown["start"]["dateTime"].startswith("2026-03-03T15:00")
    ben.delete_event(shown["id"])
    assert ben.events() == []


def test_time_passes_only_when_told(served):
    before = served.control.now()

    assert served.control.now() == before
    assert served.control.advance(90) == before + timedelta(seconds=90)


def test_weather_strikes_as_often_as_asked_and_is_noted(served):
    served.control.add_weather("throttled", times=1, since=served.control.now() - timedelta(hours=1))

    with httpx.Client(base_url=f"{served.root}/v1.0", headers=authorized(served), trust_env=False) as client:
        statuses = [client.get("/users/ada@port.example/events").status_code for _ in range(2)]

    assert statuses == [429, 200]
    assert [entry["status"] for entry in served.control.requests(last=2)] == statuses
    served.control.forget_conduct()
    assert served.control.conduct()["requests"] == 0


def test_a_snapshot_is_gone_back_to(served):
    ada = served.control.person("ada@port.example")
    saved = served.control.snapshot()
    ada.create_event("Forgotten soon", NOON)

    served.control.restore(saved)

    assert ada.events() == []


def test_starting_over_forgets_events_weather_switches_and_clients(served):
    ada = served.control.person("ada@port.example")
    ada.create_event("Forgotten soon", NOON)
    served.control.add_weather("throttled")
    served.control.switch(gone_with_location=True)

    served.start_over()

    assert ada.events() == []
    assert served.control.ask("GET", "weather")["rules"] == []
    assert served.control.switches()["gone_with_location"] is False
    assert served.control.conduct()["requests"] == 0


def test_the_state_can_be_told_with_every_event(served):
    served.control.person("ada@port.example").create_event("Charts", NOON)

    port, hill = served.control.state(events=True)["tenants"]

    (ada,) = [box for box in port["mailboxes"] if box["address"] == "ada@port.example"]
    assert [event["subject"] for event in ada["calendars"][0]["events"]] == ["Charts"]
    assert hill["name"] == "Hill Town"


def test_a_refusal_says_what_is_wrong(served):
    with pytest.raises(ControlRefused, match=r"nobody here has a mailbox called eve@port\.example"):
        served.control.person("eve@port.example").events()
    with pytest.raises(ControlRefused, match="there is no switch wind"):
        served.control.switch(wind=True)


def test_two_files_of_one_domain_are_refused():
    with pytest.raises(CompanyFileError, match="a tenant can be served once"):
        Served(read_company(PORT_TOWN), read_company(PORT_TOWN))


def test_where_types_are_checked_an_answer_that_breaks_them_is_a_bug():
    """Ada's event was spoilt by hand: no request could bring the service to say that she is asleep."""
    with kept_apart(), Served(read_company(PORT_TOWN), checks_types=True) as served:
        served.control.person("ada@port.example").create_event("Charts", NOON)
        calendar = served.simulator.world.default_calendar(served.simulator.person("ada@port.example").mailbox)
        (event,) = calendar.events.values()
        calendar.put(msgspec.structs.replace(event, show_as="asleep"))

        events = f"{served.root}/v1.0/users/ada@port.example/events"
        assert httpx.get(events, headers=authorized(served), trust_env=False).status_code == 200

        (bug,) = served.bugs()
        assert "asleep" in bug


def authorized(served):
    """Headers with a token of the app Watcher."""
    app = next(iter(served.simulator.company.tenants[0].apps.values()))
    form = {
        "grant_type": "client_credentials",
        "client_id": app.app_id,
        "client_secret": "lighthouse",
        "scope": "https://graph.microsoft.com/.default",
    }
    with httpx.Client(verify=ssl.create_default_context(cafile=served.ca_file), trust_env=False) as client:
        told = client.post(f"{served.login_root}/{served.tenant_id}/oauth2/v2.0/token", data=form).json()
    return {"Authorization": f"Bearer {told['access_token']}"}
