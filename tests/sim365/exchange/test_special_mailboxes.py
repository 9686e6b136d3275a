"""Teams Rooms, Bookings businesses, shared mailboxes, room panels: mailboxes that are not quite like the others."""

from datetime import timedelta

import httpx
import pytest

from sim365.company import CompanyFileError, read_company
from sim365.control.app import ControlApp
from sim365.errors import SimulatorError
from sim365.simulator import Simulator
from tests.sim365.core.harbour import START
from tests.sim365.exchange.harbourmaster import at_harbour

QUAY = """
company: {name: Quay, domain: quay.example}
people: [{name: Ada}, {name: Ben}]
rooms:
  - {name: Aquarium, teams: true}
  - {name: Boathouse, teams: true, processing: {DeleteComments: true, ResourceDelegates: [Ben], BookingType: Reserved}}
shared: [{name: Front desk}]
bookings: [{name: Harbour tours, address: tours}]
groups:
  - {name: Crew, members: [Ben], security: true}
  - {name: Everybody, members: [Ada, Crew]}
"""


@pytest.fixture
def quay():
    simulator = Simulator(read_company(QUAY).company, seed=4, start=START)
    yield simulator
    assert simulator.bugs == []


@pytest.mark.fact("teams-room-settings")
def test_a_teams_room_keeps_what_its_device_must_read(quay, nine):
    """FACTS 10: title, body and privacy stay; outsiders may invite it."""
    guest = quay.outsider("guest@elsewhere.test", "Guest")
    guest.invites(
        "Review",
        nine,
        attendees=["aquarium@quay.example"],
        body={"contentType": "text", "content": "Join by link"},
        sensitivity="private",
    )
    quay.settle()

    [copy] = quay.person("aquarium@quay.example").events()
    assert (copy["subject"], copy["bodyPreview"], copy["sensitivity"]) == ("Review", "Join by link", "private")
    assert copy["responseStatus"]["response"] == "accepted"
    boathouse = quay.person("boathouse@quay.example").mailbox
    assert (boathouse.place.teams_enabled_state, boathouse.processing.delete_comments) == ("enabled", True)
    assert boathouse.processing.resource_delegates == ("ben@quay.example",)


@pytest.mark.fact("panel-reservation")
def test_a_reservation_at_the_panel_stands_in_the_rooms_own_calendar(harbour, nine):
    """FACTS 10: the room organises it, no mail goes out, and a request for the same time is declined."""
    panel = harbour.sim.panel(at_harbour("aquarium"))
    panel.reserve(45)
    event = harbour.invite("ada", harbour.sim.clock.now() + timedelta(minutes=10), "aquarium")

    copy = harbour.copy("aquarium")
    assert (copy["subject"], copy["isOrganizer"], copy["end"]["dateTime"][11:16]) == ("Reserved", True, "07:45")
    assert harbour.status("ada", event, "aquarium") == "declined"
    with pytest.raises(SimulatorError, match="taken"):
        panel.reserve(15)
    with pytest.raises(SimulatorError, match="between 1"):
        panel.reserve(0)


@pytest.mark.fact("attendant-check-in")
def test_there_must_be_something_to_check_in_to(harbour):
    with pytest.raises(SimulatorError, match="no reservation"):
        harbour.sim.panel(at_harbour("aquarium")).check_in()


@pytest.mark.fact("bookings-appointment")
def test_an_appointment_shows_nothing_of_its_customer(quay, nine):
    tours = quay.bookings("tours@quay.example")
    appointment = tours.appoint("Sunset tour", nine, customer="Dora Ruiz", staff=["ada@quay.example"])
    quay.settle()

    [event] = quay.person("tours@quay.example").events()
    [copy] = quay.person("ada@quay.example").events()
    for shown in (event, copy):
        assert shown["subject"] == "Sunset tour"
        assert "Dora" not in str({name: value for name, value in shown.items() if "Extended" not in name})
    assert [each["emailAddress"]["name"] for each in event["attendees"]] == ["Ada"]
    assert copy["organizer"]["emailAddress"]["address"] == "tours@quay.example"
    held = quay.world.find("tours@quay.example")
    stored = held.calendars[held.default_calendar].events[held.by_uid[appointment]]
    assert list(stored.properties.values()) == ["Dora Ruiz"]
    assert held.purpose == "others"
    tours.call_off(appointment)
    quay.settle()
    assert quay.person("tours@quay.example").events() == []
    assert quay.person("ada@quay.example").events()[0]["isCancelled"] is True


@pytest.mark.fact("bookings-appointment")
def test_appointments_do_not_look_at_the_staffs_calendars(quay, nine):
    tours = quay.bookings("tours@quay.example")
    for service in ("Sunset tour", "Whale watch"):
        tours.appoint(service, nine, customer="Dora", staff=["ada@quay.example"])
    quay.settle()

    assert len(quay.person("ada@quay.example").events()) == 2
    with pytest.raises(SimulatorError, match="no booking business"):
        quay.bookings("ada@quay.example").appoint("Tour", nine, customer="Dora")


def test_a_company_file_describes_groups_with_groups_in_them(quay, nine):
    quay.person("ada@quay.example").create_event("All", nine, attendees=["everybody@quay.example"])
    quay.settle()

    assert [mail.recipient for mail in quay.ledger.mails] == ["ben@quay.example"]
    assert quay.company.tenants[0].groups["crew@quay.example"].is_security is True


def test_a_group_that_takes_a_persons_address_is_a_problem():
    with pytest.raises(CompanyFileError, match="used twice"):
        read_company(QUAY.replace("name: Crew,", "name: Ben,"))


def test_the_control_api_reaches_outsiders_inboxes_panels_and_bookings(quay):
    client = httpx.Client(transport=httpx.WSGITransport(ControlApp(quay)), base_url="http://sim/_sim")
    times = {"start": "2026-03-02T09:00:00", "end": "2026-03-02T10:00:00"}
    outside = "/outside/guest@elsewhere.test"
    invited = client.post(
        f"{outside}/meetings", json={"subject": "Visit", "attendees": ["ben@quay.example"], **times}
    ).json()["meeting"]
    quay.settle()
    [item] = client.get("/people/ben@quay.example/inbox").json()["items"]
    assert (item["kind"], item["from"], item["meeting"]) == ("request", "guest@elsewhere.test", invited)
    answer = client.post(f"/people/ben@quay.example/inbox/{item['number']}", json={"response": "accepted"})
    assert answer.json() == {"items": []}
    quay.settle()
    assert client.get(f"{outside}/meetings/{invited}").json()["answers"] == {"ben@quay.example": "accepted"}
    client.patch(f"{outside}/meetings/{invited}", json={"subject": "Long visit"}).raise_for_status()
    client.delete(f"{outside}/meetings/{invited}").raise_for_status()
    quay.settle()
    assert quay.person("ben@quay.example").events()[0]["subject"] == "Canceled: Long visit"
    mail = {"to": "boathouse@quay.example", "subject": "Hello"}
    assert client.post(f"{outside}/mails", json=mail).json() == {"kept": False}
    assert client.post("/rooms/aquarium@quay.example/reserve", json={"minutes": 20}).status_code == 200
    assert client.post("/rooms/aquarium@quay.example/check-in").json() == {"checkedIn": "Reserved"}
    made = client.post("/bookings/tours@quay.example/appointments", json={"service": "Tour", "customer": "D", **times})
    assert client.delete(f"/bookings/tours@quay.example/appointments/{made.json()['appointment']}").status_code == 200
    for path, body in (
        ("/outside/g@e.test/meetings/none/respond", {"response": "perhaps"}),
        ("/people/ben@quay.example/inbox/1", {"response": "accepted"}),
        ("/rooms/ada@quay.example/reserve", {}),
        ("/rooms/aquarium@quay.example/reserve", {"minutes": "many"}),
        (f"{outside}/meetings", {"subject": "Visit"}),
    ):
        assert client.post(path, json=body).status_code in {400, 404}
