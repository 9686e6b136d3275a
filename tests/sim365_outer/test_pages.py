"""The mailbox page and the operator's page, asked for as a browser does but without one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from werkzeug.test import Client, TestResponse

from sim365.company import read_company
from sim365.pages import Pages
from sim365.simulator import Simulator

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
QUAY = """
company: {name: Quay, domain: quay.example, time_zone: Europe/Sofia}
people: [{name: Ada}, {name: Ben}]
rooms: [{name: Aquarium, capacity: 8, building: Tower, floor: 2}, {name: Boathouse}]
desks: [{name: Desk 1}]
vehicles: [{name: Heron}]
"""
ADA, AQUARIUM = "ada@quay.example", "aquarium@quay.example"


class Visitor:
    """A browser at the pages of a small company."""

    def __init__(self) -> None:
        self.sim = Simulator(read_company(QUAY).company, seed=3, start=START)
        self._client = Client(Pages(self.sim).wsgi)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._client.get(path, base_url="http://127.0.0.1:8365", headers=_named(headers))

    def post(self, path: str, form: dict[str, object] | None = None, **headers: str) -> TestResponse:
        return self._client.post(path, data=form or {}, base_url="http://127.0.0.1:8365", headers=_named(headers))

    def events(self, box: str) -> list[dict[str, object]]:
        return self.sim.person(box).events(START - timedelta(days=30), START + timedelta(days=30))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def form(**changes: object) -> dict[str, object]:
    return {
        "title": "Planning", "start_day": "2026-03-04", "start_time": "14:00", "end_day": "2026-03-04", "end_time": "15:00",
        "show_as": "busy", "sensitivity": "normal", "note": "", "allows_proposals": "on", "tells": "on", "verb": "save",
    } | changes  # fmt: skip


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def booked(visitor: Visitor, box: str = AQUARIUM, **properties: object) -> str:
    start = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    return visitor.sim.person(box).create_event("Interview", start, start + timedelta(hours=1), **properties)["id"]


def test_the_first_page_is_a_rooms_week(visitor):
    landed = visitor.get("/")
    page = visitor.get(landed.headers["Location"])

    assert page.status_code == 200
    assert "Aquarium" in page.text
    assert "Room for 8 · Tower · floor 2 · aquarium@quay.example" in page.text
    assert "2–8 March 2026" in page.text
    assert "<option selected>Europe/Sofia</option>" in page.text


def test_an_entry_is_shown_in_the_mailboxes_zone(visitor):
    booked(visitor, showAs="tentative", sensitivity="private", categories=["Blue category"])

    page = visitor.get(f"/calendar/{AQUARIUM}")

    (label,) = re.findall(r'aria-label="(Interview[^"]*)"', page.text)
    assert label == "Interview, 14:00–15:00, tentative, private, Blue category"
    assert 'class="entry tentative hue-preset7 t168 b180 lane-0-1"' in page.text


def test_an_entry_made_by_the_form_stands_in_the_calendar(visitor):
    answer = visitor.post(
        f"/calendar/{AQUARIUM}/events?view=day&day=2026-03-04", form(categories=["Red category"], note="Bring chairs")
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/calendar/{AQUARIUM}?view=day&day=2026-03-04")
    (event,) = visitor.events(AQUARIUM)
    assert (event["subject"], event["start"]["dateTime"][:16], event["categories"]) == (
        "Planning",
        "2026-03-04T12:00",
        ["Red category"],
    )
    assert "Bring chairs" in event["body"]["content"]


def test_an_all_day_entry_ends_on_the_day_that_people_name(visitor):
    visitor.post(f"/calendar/{AQUARIUM}/events", form(all_day="on", end_day="2026-03-05"))

    (event,) = visitor.events(AQUARIUM)
    assert event["isAllDay"]
    assert event["end"]["dateTime"][:10] == "2026-03-06"
    drawer = visitor.get(f"/calendar/{AQUARIUM}?form=event&event={event['id']}", X_Part="drawer")
    assert 'name="end_day" value="2026-03-05"' in drawer.text


def test_a_room_that_is_invited_answers(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=[AQUARIUM, "ben@quay.example"]))
    visitor.sim.settle()

    (event,) = visitor.events(ADA)
    assert event["location"]["displayName"] == "Aquarium"
    drawer = visitor.get(f"/calendar/{ADA}?form=event&event={event['id']}", X_Part="drawer")
    assert re.search(r'Aquarium\s*<small>for 8</small> <small class="reply-word">accepted</small>', drawer.text)
    assert [str(mail.kind) for mail in visitor.sim.ledger.mails].count("invitation") == 2


def test_an_edit_sends_only_what_was_changed(visitor):
    """A field that is sent again unchanged would be a change to those invited, and a mail."""
    visitor.post(f"/calendar/{ADA}/events", form(invite=[AQUARIUM], note="One\nTwo"))
    visitor.sim.settle()
    (event,) = visitor.events(ADA)
    mails = len(visitor.sim.ledger)

    visitor.post(
        f"/calendar/{ADA}/events/{event['id']}",
        form(invite=[AQUARIUM], note="One\r\nTwo", categories=["Green category"]),
    )
    assert len(visitor.sim.ledger) == mails
    visitor.post(
        f"/calendar/{ADA}/events/{event['id']}",
        form(invite=[AQUARIUM], note="One\nTwo", categories=["Green category"], end_time="16:00"),
    )

    (event,) = visitor.events(ADA)
    assert (event["categories"], event["end"]["dateTime"][:16]) == (["Green category"], "2026-03-04T14:00")
    assert len(visitor.sim.ledger) > mails


def test_an_entry_saved_without_a_change_stays_what_it_was(visitor):
    event = booked(visitor)
    before = visitor.events(AQUARIUM)

    visitor.post(f"/calendar/{AQUARIUM}/events/{event}", form(title="Interview"))

    assert visitor.events(AQUARIUM) == before


def test_an_entry_is_moved_by_its_times(visitor):
    event = booked(visitor)

    answer = visitor.post(
        f"/calendar/{AQUARIUM}/events/{event}/time", {"start": "2026-03-05T09:15", "end": "2026-03-05T10:15"}
    )

    assert answer.status_code == 204
    (moved,) = visitor.events(AQUARIUM)
    assert moved["start"]["dateTime"][:16] == "2026-03-05T07:15"


@pytest.mark.parametrize(
    "times",
    [
        {},
        {"start": "x", "end": "y"},
        {"start": "2026-03-05T10:00", "end": "2026-03-05T09:00"},
        {"start": "2026-03-05T10:00+02:00", "end": "2026-03-05T11:00"},
    ],
)
def test_a_move_to_no_time_is_refused_with_a_sentence(visitor, times):
    event = booked(visitor)

    answer = visitor.post(f"/calendar/{AQUARIUM}/events/{event}/time", times)

    assert (answer.status_code, answer.text) == (400, "The new time is not one. The entry stays where it was.")


def test_deleting_asks_first_and_says_who_is_told(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=[AQUARIUM, "ben@quay.example"]))
    (event,) = visitor.events(ADA)
    question = visitor.get(f"/calendar/{ADA}?form=delete&event={event['id']}", X_Part="drawer")
    assert "2 mails go out to cancel it" in question.text
    assert visitor.events(ADA)

    assert visitor.post(f"/calendar/{ADA}/events/{event['id']}/deletion").status_code == 303

    assert visitor.events(ADA) == []


def test_an_invitation_is_answered_and_not_rewritten(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=["ben@quay.example"]))
    visitor.sim.settle()
    (event,) = visitor.events("ben@quay.example")
    drawer = visitor.get(f"/calendar/ben@quay.example?form=event&event={event['id']}", X_Part="drawer")
    assert "Ada organises this" in drawer.text

    visitor.post(f"/calendar/ben@quay.example/events/{event['id']}", form(title="Hijacked", verb="accept"))
    visitor.sim.settle()

    (event,) = visitor.events(ADA)
    assert (event["subject"], event["attendees"][0]["status"]["response"]) == ("Planning", "accepted")


def test_an_attendee_may_say_how_the_time_is_shown(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=["ben@quay.example"]))
    visitor.sim.settle()
    (event,) = visitor.events("ben@quay.example")

    visitor.post(
        f"/calendar/ben@quay.example/events/{event['id']}",
        form(title="Hijacked", show_as="oof", categories=["Red category"]),
    )

    (event,) = visitor.events("ben@quay.example")
    assert (event["subject"], event["showAs"], event["categories"]) == ("Planning", "oof", ["Red category"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end_time": "13:00"}, "It ends before it starts; choose a later end."),
        ({"all_day": "on", "end_day": "2026-03-01"}, "It ends before it starts; choose a later end."),
        ({"start_day": "yesterday"}, "Write the date as year-month-day"),
        ({"start_day": "0001-01-01"}, "Write the date as year-month-day"),
        ({"start_time": "noon"}, "Write the time as hours and minutes"),
        ({"title": "x" * 256}, "The title has 256 characters; 255 are allowed."),
        ({"title": "a\x00b"}, "The title holds a NUL character"),
        ({"show_as": "sleeping"}, "Choose one of: Busy"),
        ({"note": "x" * 20_001}, "The note is longer than"),
    ],
)
def test_a_form_with_a_wrong_field_comes_back_filled_in(visitor, changes, sentence):
    answer = visitor.post(f"/calendar/{AQUARIUM}/events", form(**{"title": "Kept words"} | changes))

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    if "title" not in changes:
        assert 'value="Kept words"' in answer.text
    assert visitor.events(AQUARIUM) == []


def test_what_people_write_is_shown_as_text(visitor):
    booked(
        visitor, categories=["<img src=x onerror=alert(1)>"], location={"displayName": '"><script>alert(2)</script>'}
    )
    visitor.post(f"/calendar/{AQUARIUM}/events", form(title="<script>alert(3)</script> \u202egnol"))

    page = visitor.get(f"/calendar/{AQUARIUM}").text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(3)" in page


def test_no_page_holds_script_or_style_in_itself(visitor):
    booked(visitor)
    event = visitor.events(AQUARIUM)[0]["id"]
    for path in (
        f"/calendar/{AQUARIUM}",
        f"/calendar/{AQUARIUM}?form=new",
        f"/calendar/{AQUARIUM}?form=event&event={event}",
        "/operator",
    ):
        page = visitor.get(path)

        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page.text)


def test_an_entry_that_is_gone_says_so(visitor):
    event = booked(visitor)
    visitor.sim.person(AQUARIUM).delete_event(event)

    assert "This entry is gone" in visitor.get(f"/calendar/{AQUARIUM}?form=event&event={event}").text
    answer = visitor.post(
        f"/calendar/{AQUARIUM}/events/{event}/time", {"start": "2026-03-05T09:15", "end": "2026-03-05T10:15"}
    )
    assert (answer.status_code, "The entry stays where it was" in answer.text) == (404, True)


def test_a_page_that_did_not_change_is_not_sent_again(visitor):
    first = visitor.get(f"/calendar/{AQUARIUM}", X_Part="grid")
    again = visitor.get(f"/calendar/{AQUARIUM}", X_Part="grid", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.text) == (304, "")

    booked(visitor)
    fresh = visitor.get(f"/calendar/{AQUARIUM}", X_Part="grid", If_None_Match=first.headers["ETag"])

    assert (fresh.status_code, "Interview" in fresh.text) == (200, True)


@pytest.mark.parametrize(
    "path", ["/calendar/nobody@quay.example", "/pages/secrets.txt", "/pages/..%2fapp.py", "/pages/nothing.css"]
)
def test_an_address_that_names_nothing_says_so(visitor, path):
    assert visitor.get(path).status_code == 404


def test_another_sites_page_can_change_nothing(visitor):
    for headers in (
        {"Origin": "https://thief.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "thief.example:8365"},
    ):
        answer = visitor.post(f"/calendar/{AQUARIUM}/events", form(), **headers)

        assert answer.status_code == 403
    assert visitor.events(AQUARIUM) == []


def test_a_strangers_name_for_this_machine_is_not_answered(visitor):
    """DNS rebinding: a page of thief.example whose name now points to 127.0.0.1 must not read a calendar."""
    assert visitor.get(f"/calendar/{AQUARIUM}", Host="thief.example:8365").status_code == 403


def test_the_operator_lets_time_pass(visitor):
    visitor.post("/operator/clock", {"seconds": "600"})

    assert visitor.sim.clock.now() == START + timedelta(minutes=10)
    assert "<strong>09:10:00</strong>" in visitor.get("/operator", X_Part="clock").text


@pytest.mark.parametrize("seconds", ["", "-5", "0", "nan", "1e12", "inf"])
def test_time_passes_only_forwards_and_within_reason(visitor, seconds):
    answer = visitor.post("/operator/clock", {"seconds": seconds})

    assert "Time can pass by 1 second to 400 days at once." in answer.text
    assert visitor.sim.clock.now() == START


def test_the_operator_makes_and_ends_weather(visitor):
    visitor.post(
        "/operator/weather", {"fault": "throttled", "rate": "0.5", "times": "3", "mailbox": AQUARIUM, "parameter": "30"}
    )
    (rule,) = visitor.sim.weather.rules
    assert (rule.fault, rule.rate, rule.times, rule.mailbox, rule.parameter) == ("throttled", 0.5, 3, AQUARIUM, 30.0)
    panel = visitor.get("/operator", X_Part="weather").text
    assert "Throttled: 429 with Retry-After" in panel
    assert "50% of the time, 3 more times, for aquarium@quay.example, with 30" in panel

    visitor.post("/operator/weather/0/removal")
    assert "Fair: nothing goes wrong." in visitor.get("/operator", X_Part="weather").text


@pytest.mark.parametrize(
    "wrong", [{"fault": "frogs"}, {"rate": "7"}, {"rate": "nan"}, {"times": "0"}, {"times": "some"}, {"times": "inf"}]
)
def test_weather_that_makes_no_sense_is_refused_with_a_sentence(visitor, wrong):
    answer = visitor.post("/operator/weather", {"fault": "throttled", "rate": "1"} | wrong)

    assert 'role="alert"' in answer.text
    assert visitor.sim.weather.rules == []


def test_the_operator_sees_traffic_and_mails(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=[AQUARIUM]))
    Client(visitor.sim.wsgi).get("/v1.0/users/nobody@quay.example/events")

    assert "/v1.0/users/nobody@quay.example/events" in visitor.get("/operator", X_Part="traffic").text
    mails = visitor.get("/operator", X_Part="mails").text
    assert "invitation" in mails
    assert "person:ada@quay.example" in mails


def test_snapshots_of_the_operator_and_of_tests_are_one_list(visitor):
    visitor.sim.open_control()
    control = Client(visitor.sim.wsgi)
    visitor.post("/operator/snapshots", {"name": "By hand"})
    booked(visitor, ADA)
    made = control.post("/_sim/snapshots", json={"name": "By a test"}, base_url="http://127.0.0.1:8365").json

    page = visitor.get("/operator").text
    assert page.index("By a test") < page.index("By hand")
    back = control.post("/_sim/snapshots/1/restore", base_url="http://127.0.0.1:8365")
    assert (back.status_code, visitor.events(ADA)) == (200, [])
    visitor.post(f"/operator/snapshots/{made['snapshot']}/restoration")
    assert len(visitor.events(ADA)) == 1


def test_nothing_that_a_visitor_did_was_a_fault_of_the_simulator(visitor):
    for path in (
        "/",
        "/operator",
        f"/calendar/{ADA}?view=day&day=0001-01-01",
        f"/calendar/{ADA}?view=week&day=9999-12-31",
        f"/calendar/{ADA}?form=new&start=x&end=9999-12-31T23:59",
        f"/calendar/{ADA}?form=event&event=%00",
    ):
        assert visitor.get(path).status_code < 500, path

    assert visitor.sim.bugs == []
