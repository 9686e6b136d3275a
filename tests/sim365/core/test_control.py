"""The control API, and people at Outlook."""

from datetime import timedelta

import httpx
import pytest

from sim365.errors import SimulatorError
from tests.sim365.core.harbour import START, an_event

U = "/users/aquarium@harbour.test"


@pytest.fixture
def control(sim):
    sim.open_control()
    with httpx.Client(transport=httpx.WSGITransport(sim.wsgi), base_url="http://127.0.0.1:8365/_sim") as client:
        yield client


def test_the_clock_is_read_and_advanced(control):
    assert control.get("/clock").json()["now"] == "2026-03-02T07:00:00Z"
    assert control.post("/clock/advance", json={"seconds": 90}).json()["now"] == "2026-03-02T07:01:30Z"


def test_weather_is_made_and_cleared(control, graph):
    control.post("/weather", json={"fault": "internal_error", "mailbox": "aquarium@harbour.test"})
    assert graph("GET", f"{U}/events").status_code == 500
    assert control.get("/weather").json()["struck"] == {"internal_error": 1}
    control.delete("/weather")

    assert graph("GET", f"{U}/events").status_code == 200


def test_switches_are_read_and_turned(control, sim):
    assert control.get("/switches").json()["transaction_filter"] is False
    control.post("/switches", json={"transaction_filter": True})

    assert sim.switches.transaction_filter is True
    assert control.post("/switches", json={"gravity": False}).status_code == 404


def test_a_person_acts_through_the_control_api(control, graph):
    made = control.post(
        "/people/ada@harbour.test/events",
        json={"subject": "Planning", "start": "2026-03-02T09:00:00Z", "attendees": ["aquarium@harbour.test"]},
    ).json()
    control.post("/settle")
    path = f"/people/ada@harbour.test/events/{made['id']}"
    moved = control.post(f"{path}/move", json={"start": "2026-03-02T12:00:00Z"}).json()
    edited = control.patch(path, json={"subject": "Moved"}).json()

    assert (
        moved["start"]["dateTime"],
        moved["end"]["dateTime"],
    ) == ("2026-03-02T12:00:00.0000000", "2026-03-02T13:00:00.0000000")
    assert edited["subject"] == "Moved"
    assert [mail["kind"] for mail in control.get("/ledger").json()["mails"]] == [
        "invitation",
        "response",
        "update",
        "update",
    ]
    assert {"deleted": made["id"]} == control.delete(path).json()
    assert control.delete(path).status_code == 404
    assert graph.get("/users/ada@harbour.test/events")["value"] == []


def test_a_person_answers_through_the_control_api(control, sim, graph):
    event = sim.person("ada@harbour.test").create_event("Planning", START, attendees=["ben@harbour.test"])
    sim.settle()
    [copy] = control.get("/people/ben@harbour.test/events").json()["value"]
    control.post(f"/people/ben@harbour.test/events/{copy['id']}/respond", json={"response": "declined"})
    sim.settle()

    [attendee] = graph.get(f"/users/ada@harbour.test/events/{event['id']}")["attendees"]
    assert attendee["status"]["response"] == "declined"


def test_people_at_outlook_are_no_clients(control, sim):
    control.post("/people/ada@harbour.test/events", json={"subject": "Planning", "start": "2026-03-02T09:00:00Z"})

    assert control.get("/conduct").json()["requests"] == 0


def test_snapshots_bring_everything_back(control, graph, sim):
    event = graph.post(f"{U}/events", an_event("Kept"))
    link = graph.get(f"{U}/calendarView/delta?startDateTime=2026-03-01&endDateTime=2026-04-01")["@odata.deltaLink"]
    name = control.post("/snapshots").json()["snapshot"]
    before = control.get("/state").json()
    graph.delete(f"{U}/events/{event['id']}")
    graph.post(f"{U}/events", an_event("Lost"))
    sim.advance(timedelta(days=1))
    control.post(f"/snapshots/{name}/restore")

    assert before == control.get("/state").json()
    assert [each["subject"] for each in graph.get(f"{U}/events")["value"]] == ["Kept"]
    assert graph.get(link)["value"] == []
    assert control.post("/snapshots/99/restore").status_code == 404


def test_the_state_counts_events(control, graph):
    graph.post(f"{U}/events", an_event())
    [room] = [
        box for box in control.get("/state").json()["tenants"][0]["mailboxes"] if box["address"].startswith("aqua")
    ]

    assert [calendar["events"] for calendar in room["calendars"]] == [1]


def test_conduct_and_requests_are_shown(control, graph):
    event = graph.post(f"{U}/events", an_event())
    graph.delete(f"{U}/events/{event['id']}")
    conduct = control.get("/conduct").json()

    assert (
        conduct["requests"],
        [each["kind"] for each in conduct["offences"]],
        conduct["bugs"],
    ) == (2, ["missing_if_match"], [])
    assert [entry["method"] for entry in control.get("/requests?last=1").json()["requests"]] == ["DELETE"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("DELETE", "/clock", None, 405),
        ("POST", "/weather", {"fault": "plague"}, 400),
        ("POST", "/weather", {}, 400),
        ("POST", "/clock/advance", {}, 400),
        ("POST", "/clock/advance", {"seconds": 1e300}, 400),
        ("POST", "/clock/advance", {"seconds": -1}, 400),
        ("GET", "/people/nobody@harbour.test/events", None, 404),
        ("POST", "/people/ada@harbour.test/events", {"subject": "x"}, 400),
        ("POST", "/people/ada@harbour.test/events", {"subject": "x", "start": "2026-03-02", "showAs": "asleep"}, 400),
    ],
)
def test_orders_that_make_no_sense_are_refused(control, method, path, body, status):
    answer = control.request(method, path, json=body)

    assert status == answer.status_code
    assert answer.json()["error"]


def test_every_route_is_listed_in_the_documentation(control):
    import sim365.control

    documented = " ".join(sim365.control.__doc__.split())
    for route in control.get("/").json()["routes"]:
        method, path = route.split()
        plain = path.replace("<event>", "{id}").replace("<meeting>", "{id}").replace("<appointment>", "{id}")
        plain = plain.replace("<", "{").replace(">", "}")
        assert f"{method} {plain}" in documented


def test_a_person_empties_a_calendar(sim, graph):
    room = sim.person("aquarium@harbour.test")
    for number in range(3):
        room.create_event(f"E{number}", START)

    assert room.empty_calendar() == 3
    assert graph.get(f"{U}/events")["value"] == []


def test_a_person_sees_what_a_calendar_view_shows(sim, graph):
    room = sim.person("aquarium@harbour.test")
    room.create_event("Today", START)
    room.create_event("Tomorrow", START + timedelta(days=1))

    assert [event["subject"] for event in room.events(START, START + timedelta(hours=1))] == ["Today"]
    assert [event["subject"] for event in room.events()] == ["Today", "Tomorrow"]
    assert room.event("nonsense") is None


def test_nobody_is_no_person(sim):
    with pytest.raises(SimulatorError):
        sim.person("nobody@harbour.test")
    with pytest.raises(SimulatorError):
        sim.person("ghost@harbour.test")


def test_a_person_keeps_the_zone_of_the_mailbox(sim):
    event = sim.person("ada@harbour.test").create_event("Planning", START)

    assert event["originalStartTimeZone"] == "Europe/Sofia"


def test_the_clock_never_runs_backwards(sim):
    with pytest.raises(ValueError):
        sim.clock.advance(timedelta(seconds=-1))


def test_a_renamed_mailbox_keeps_its_object_id(sim, graph):
    before = graph.get("/users/ada@harbour.test")
    sim.rename("ada@harbour.test", "ada.lind@harbour.test")

    assert graph.get("/users/ada.lind@harbour.test")["id"] == before["id"]
    assert graph.error("GET", "/users/ada@harbour.test") == (404, "Request_ResourceNotFound")
    with pytest.raises(SimulatorError):
        sim.rename("ben@harbour.test", "ada.lind@harbour.test")


def test_a_migrated_mailbox_has_new_ids_for_the_same_events(sim, graph):
    event = graph.post(f"{U}/events", an_event(), Prefer='IdType="ImmutableId"')
    sim.migrate("aquarium@harbour.test")

    assert graph.error("GET", f"{U}/events/{event['id']}") == (404, "ErrorItemNotFound")
    [after] = graph.get(f"{U}/events", Prefer='IdType="ImmutableId"')["value"]
    assert after["id"] != event["id"]
    assert after["iCalUId"] == event["iCalUId"]


def test_a_person_sees_the_restored_state_after_a_snapshot(sim):
    ada = sim.person("ada@harbour.test")
    ada.create_event("Kept", START)
    saved = sim.snapshot()
    ada.create_event("Lost", START)
    sim.restore(saved)

    assert [event["subject"] for event in ada.events()] == ["Kept"]


def test_a_person_deletes_a_calendar_with_what_is_in_it(sim):
    room = sim.person("aquarium@harbour.test")
    room.add_calendar("Archive")
    event = room.create_event("Filed", START, calendar="Archive")
    room.delete_calendar("Archive")

    assert room.event(event) is None
    with pytest.raises(SimulatorError):
        room.delete_calendar("Calendar")
