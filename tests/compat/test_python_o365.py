"""python-O365, told nothing but another address; its MSAL is told the authority and whom to trust."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msal
import pytest
from O365 import Account, MSGraphProtocol
from O365.calendar import EventResponse, EventShowAs, EventType
from O365.utils.token import MemoryTokenBackend
from requests.exceptions import HTTPError

from tests.compat.conftest import ADA, APP, AQUARIUM, BEN, SECRET

SOFIA = ZoneInfo("Europe/Sofia")
SCOPE = "https://graph.microsoft.com/.default"


def at(hour, day=3):
    return datetime(2026, 3, day, hour, tzinfo=SOFIA)


@pytest.fixture
def account(quay):
    protocol = MSGraphProtocol(timezone=SOFIA)
    protocol.protocol_url, protocol.service_url = f"{quay.served.root}/", f"{quay.graph}/"
    made = Account(
        (APP, SECRET), protocol=protocol, auth_flow_type="credentials", tenant_id=quay.tenant,
        token_backend=MemoryTokenBackend(), requests_delay=0,
    )  # fmt: skip
    made.connection._msal_client = msal.ConfidentialClientApplication(
        APP, client_credential=SECRET, authority=quay.authority, instance_discovery=False, verify=quay.ca,
        token_cache=made.connection.token_backend,
    )  # fmt: skip
    assert made.authenticate(requested_scopes=[SCOPE])
    yield made
    made.connection.session.close()
    made.connection._msal_client.http_client.close()


@pytest.fixture
def ada(account):
    """Ada's calendars."""
    return account.schedule(resource=ADA)


def a_meeting(schedule, subject="Tides", *guests):
    event = schedule.get_default_calendar().new_event(subject)
    event.start, event.end = at(9), at(10)
    event.attendees.add(list(guests))
    return event


def test_it_signs_in_and_lists_calendars(ada):
    [calendar] = ada.list_calendars()

    assert (calendar.name, calendar.owner.address) == ("Calendar", ADA)


def test_it_makes_renames_and_deletes_a_calendar(ada):
    boats = ada.new_calendar("Boats")
    boats.name = "Ships"

    assert boats.update()
    assert [each.name for each in ada.list_calendars()] == ["Calendar", "Ships"]
    assert boats.delete()
    assert [each.name for each in ada.list_calendars()] == ["Calendar"]


def test_it_creates_reads_changes_and_deletes_an_event(ada):
    event = a_meeting(ada)
    assert event.save()
    event.subject = "Tides and winds"
    event.show_as = EventShowAs.Tentative
    assert event.save()
    seen = ada.get_default_calendar().get_event(event.object_id)

    assert (seen.subject, seen.show_as, seen.start) == ("Tides and winds", EventShowAs.Tentative, at(9))
    assert seen.delete()
    with pytest.raises(HTTPError, match="404"):
        ada.get_default_calendar().get_event(event.object_id)


def test_a_guest_accepts_and_the_organiser_sees_it(account, ada, quay):
    event = a_meeting(ada, "Oars", BEN, AQUARIUM)
    event.save()
    quay.pass_time()
    calendar = account.schedule(resource=BEN).get_default_calendar()
    [invitation] = calendar.get_events(query="subject eq 'Oars'", include_recurring=False)

    assert invitation.accept_event("I bring mine.")
    quay.pass_time()
    answers = {
        each.address: each.response_status.status
        for each in ada.get_default_calendar().get_event(event.object_id).attendees
    }

    assert answers == {BEN: EventResponse.Accepted, AQUARIUM: EventResponse.Accepted}


def test_an_organiser_cancels_and_the_guest_sees_it_cancelled(account, ada, quay):
    event = a_meeting(ada, "Oars", BEN)
    event.save()
    quay.pass_time()

    assert event.cancel_event("Too windy.")
    quay.pass_time()
    left = account.schedule(resource=BEN).get_default_calendar().get_events(include_recurring=False)

    assert [each.subject for each in left] in ([], ["Canceled: Oars"])


def test_it_makes_a_series_and_moves_one_of_its_occurrences(ada):
    event = a_meeting(ada, "Round")
    event.recurrence.set_weekly(
        1, days_of_week=["tuesday"], first_day_of_week="monday", start=at(9).date(), occurrences=3
    )
    event.save()
    series = ada.get_default_calendar().get_event(event.object_id)
    span = {"start": datetime(2026, 3, 1, tzinfo=UTC), "end": datetime(2026, 4, 1, tzinfo=UTC)}
    second = list(series.get_occurrences(**span))[1]
    second.start, second.end = at(14, 10), at(15, 10)
    second.save()
    occurrences = list(series.get_occurrences(**span))

    assert series.event_type == EventType.SeriesMaster
    assert [each.start for each in occurrences] == [at(9), at(14, 10), at(9, 17)]
    assert [each.event_type for each in occurrences] == [
        EventType.Occurrence, EventType.Exception, EventType.Occurrence
    ]  # fmt: skip


def test_it_pages_through_a_view_in_batches(ada, quay):
    for number in range(7):
        quay.sim.person(ADA).create_event(f"Watch {number}", datetime(2026, 3, 4, 8 + number, tzinfo=UTC))

    found = ada.get_default_calendar().get_events(
        limit=None, batch=3, start_recurring="2026-03-01T00:00:00Z", end_recurring="2026-03-31T00:00:00Z"
    )  # fmt: skip

    assert [each.subject for each in found] == [f"Watch {number}" for number in range(7)]


def test_it_asks_by_its_own_query(ada, quay):
    for subject in ("Low tide", "High tide"):
        quay.sim.person(ADA).create_event(subject, datetime(2026, 3, 4, 8, tzinfo=UTC))
    calendar = ada.get_default_calendar()
    query = calendar.q().contains("subject", "high")

    assert [each.subject for each in calendar.get_events(query=query, include_recurring=False)] == ["High tide"]


def test_it_asks_for_availability(ada, quay):
    quay.sim.person(AQUARIUM).create_event("Walk-in", datetime(2026, 3, 3, 8, tzinfo=UTC))

    [aquarium] = ada.get_availability([AQUARIUM], at(9), at(12))

    assert aquarium["availabilityView"] == ["free", "busy", "free"]
    assert [item["start"] for item in aquarium["scheduleItems"]] == [at(10)]


def test_it_subscribes_renews_and_hears_of_a_change(account, quay, webhook):
    subscriptions = account.subscriptions()
    made = subscriptions.create_subscription(
        webhook.url,
        f"users/{AQUARIUM}/events",
        ["created", "updated"],
        expiration_datetime=quay.sim.clock.now() + timedelta(hours=2),
        client_state="not-for-everybody",
    )
    renewed = subscriptions.renew_subscription(
        made["id"], expiration_datetime=quay.sim.clock.now() + timedelta(days=1)
    )  # fmt: skip
    quay.sim.person(AQUARIUM).create_event("Walk-in", datetime(2026, 3, 4, 8, tzinfo=UTC))
    quay.pass_time()

    assert renewed["expirationDateTime"] > made["expirationDateTime"]
    assert webhook.hears()["subscriptionId"] == made["id"]
    assert [each["id"] for each in subscriptions.list_subscriptions()] == [made["id"]]
    assert subscriptions.delete_subscription(made["id"])


def test_its_connection_follows_delta_and_sends_a_batch(account, quay):
    """It has no words of its own for either: its users ask by its connection."""
    graph = account.connection
    quay.sim.person(ADA).create_event("Tides", datetime(2026, 3, 4, 8, tzinfo=UTC))
    window = {"startDateTime": "2026-03-01T00:00:00Z", "endDateTime": "2026-04-01T00:00:00Z"}
    first = graph.get(f"{quay.graph}/users/{ADA}/calendarView/delta", params=window).json()
    quay.sim.person(ADA).create_event("Storm", datetime(2026, 3, 5, 8, tzinfo=UTC))
    second = graph.get(first["@odata.deltaLink"]).json()
    items = [{"id": name, "method": "GET", "url": f"/users/{name}/calendar"} for name in (ADA, "nobody@quay.example")]
    batch = graph.post(f"{quay.graph}/$batch", data={"requests": items}).json()

    assert [[event["subject"] for event in page["value"]] for page in (first, second)] == [["Tides"], ["Storm"]]
    assert {item["id"]: item["status"] for item in batch["responses"]} == {ADA: 200, "nobody@quay.example": 404}


def test_it_finds_people_in_the_directory(account):
    found = account.directory().get_users(limit=10)

    assert {"Ada Lindqvist", "Ben Okafor"} <= {person.display_name for person in found}
