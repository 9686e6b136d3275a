"""The pages while Outlook is really there: sim365 beside the product, one worker run by hand."""

import pytest

from tests.cast import at

pytestmark = pytest.mark.database
PART = {"HX-Request": "true"}


@pytest.fixture
def harbour(cast):
    """Two rooms that can be mapped; looks before a yes go to the same simulator."""
    from holdfast.mirror import tasks
    from tests.mirror.harbour import Harbour

    made = Harbour(cast)
    before = tasks._engine
    tasks.install(made.engine)
    yield made
    tasks.install(before)
    made.close()
    assert made.simulator.bugs == []


@pytest.fixture
def enter(harbour, cast):
    """A browser that signed in by the harbour's clock."""
    from django.test import Client

    from holdfast.directory import people
    from holdfast.ports import clock
    from holdfast.web import signin

    def sign_in(name):
        person = cast.people[name]
        account = people.make_account(person.email)
        people.admit(cast.system, person.id, account=account)
        browser = Client()
        browser.force_login(account)
        session = browser.session
        session[signin.SIGNED_IN_AT] = session[signin.SEEN_AT] = clock.now().isoformat()
        session.save()
        return browser

    return sign_in


def wish(cast, start="09:00", end="10:00"):
    day = at(0).start.date()
    return {
        "resource": str(cast.resource("Aquarium")),
        "title": "Harbour tour",
        "start": f"{day}T{start}",
        "end": f"{day}T{end}",
    }


def booking_of(cast):
    from holdfast.bookings.models import Booking
    from holdfast.database.transactions import in_workspace

    with in_workspace(cast.workspace_id):
        return Booking.objects.get(title="Harbour tour")


@pytest.mark.rule("S059", "S061", "S062")
def test_a_booking_made_on_the_page_is_an_event_there_and_its_story_says_so(harbour, cast, enter):
    """S059, S061, S062: saved, sent, confirmed by Outlook, with times; the sign goes from on its way to in step."""
    harbour.map("Aquarium")
    harbour.work()
    ben = enter("Ben")
    saved = ben.post("/bookings/create", wish(cast), headers=PART).content.decode()
    assert "Outlook was asked a moment ago" in saved or "Outlook was read a moment ago" in saved
    assert "on its way" in saved
    harbour.work()
    booking = booking_of(cast)
    news = ben.get(f"/bookings/{booking.id}/story").content.decode()
    assert 'id="standing" hx-swap-oob="true"' in news, "the open details follow without a reload"
    assert "in step" in news
    page = ben.get(f"/bookings/{booking.id}").content.decode()
    for words in ("Saved by Ben.", "Sent to Outlook", "Confirmed by Outlook.", "in step", "In Outlook since"):
        assert words in page
    (event,) = harbour.room().events()
    assert event["subject"] == "Harbour tour"
    question = ben.get(f"/bookings/{booking.id}/cancel").content.decode()
    assert "1 event is deleted in Outlook." in question
    ben.post(f"/bookings/{booking.id}/cancellation", {"version": booking.version})
    harbour.work()
    assert harbour.room().events() == []


def test_what_outlook_just_got_is_seen_before_a_yes(harbour, cast, enter):
    """The look before yes: an event that has not arrived here yet is met, told and never double booked."""
    from tests.mirror.harbour import utc

    harbour.map("Aquarium")
    harbour.work()
    harbour.pass_time(seconds=30)
    harbour.room().create_event("Walk-in", utc(8), utc(9))
    answer = enter("Ben").post("/bookings/create", wish(cast), headers=PART)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Outlook has something in Aquarium at 09:00–10:00" in text
    assert "Free instead" in text


def test_an_unreadable_calendar_is_asked_about_before_the_yes(harbour, cast, enter):
    """Unknown is busy: a person may still book, after a sentence that says how old our knowledge is."""
    harbour.map("Aquarium")
    harbour.work()
    harbour.pass_time(hours=1)

    def silent(name):
        import httpx

        if name == "request":
            raise httpx.ConnectError("the line is dead")

    harbour.around_requests = silent
    ben = enter("Ben")
    asked = ben.post("/bookings/create", wish(cast), headers=PART)
    assert asked.status_code == 409
    assert "would stand unconfirmed" in asked.content.decode()
    taken = ben.post("/bookings/create", {**wish(cast), "anyway": "1"}, headers=PART)
    assert taken.status_code == 200
    assert "unconfirmed" in taken.content.decode()


@pytest.mark.rule("S024", "S030", "S032", "S124")
def test_rooms_are_found_mapped_previewed_and_started_from_the_page(harbour, cast, enter):
    """S024, S030, S032, S124."""
    from tests.mirror.harbour import utc

    harbour.room().create_event("Workshop", utc(8), utc(9))
    ada = enter("Ada")
    rooms = ada.get(f"/sync/connections/{harbour.connection.id}/rooms").content.decode()
    assert "aquarium@example.org" in rooms
    assert "boathouse@example.org" in rooms
    ada.post(
        f"/sync/connections/{harbour.connection.id}/mappings",
        {"resource:aquarium@example.org": str(cast.resource("Aquarium"))},
    )
    preview = ada.get("/sync/preview").content.decode()
    assert "nothing was written on either side" in preview
    assert "make 1 bookings here and 0 events in Outlook" in preview
    mapping = preview.split('name="mapping" value="')[1].split('"')[0]
    ada.post("/sync/starts", {"mapping": mapping})
    ada.post("/sync/runs")
    harbour.work()
    assert "Workshop" in ada.get("/day/2026-03-03").content.decode()
    assert "In step." in ada.get("/sync").content.decode()


def test_a_program_books_what_outlook_then_shows(harbour, cast):
    """The same by REST: the basis says that Outlook was asked, and the sync sign follows."""
    from django.test import Client

    from holdfast.directory import tokens
    from holdfast.directory.roles import Permission
    from tests.mirror.harbour import CLIENT_ID, SECRET

    harbour.map("Aquarium")
    harbour.work()
    harbour.pass_time(seconds=30)
    scopes = [Permission.VIEW, Permission.BOOK, Permission.MANAGE_SYNC]
    _, token = tokens.make_token(cast.system, name="script", scopes=scopes, person_id=cast.people["Ada"].id)
    headers = {"Authorization": f"Bearer {token}"}
    body = {
        "resource_id": str(cast.resource("Aquarium")),
        "title": "Harbour tour",
        "start": "2026-03-03T09:00:00",
        "end": "2026-03-03T10:00:00",
    }
    made = Client().post("/api/v1/bookings", body, content_type="application/json", headers=headers).json()
    assert made["basis"] == "looked"
    assert made["sync"]["state"] == "under_way"
    harbour.work()
    told = Client().get(f"/api/v1/bookings/{made['id']}", headers=headers).json()
    assert told["sync"]["state"] == "in_step"
    assert told["sync"]["event_id"]
    again = {"tenant": harbour.tenant, "app_id": CLIENT_ID, "secret": SECRET}
    kept = Client().post("/api/v1/connections", again, content_type="application/json", headers=headers)
    assert (kept.status_code, kept.json()["id"]) == (201, str(harbour.connection.id))
    assert SECRET not in kept.content.decode()
    status = Client().get("/api/v1/sync", headers=headers).json()
    assert (status["in_step"], status["asks"]) == (1, 0)
