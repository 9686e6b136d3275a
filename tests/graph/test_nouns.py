"""Calendars, events, rooms, people and subscriptions: what is asked, and what is made of the answer."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from msgspec import UNSET

from holdfast.graph import calendars, errors, events, limits, mailboxes, marks, places, subscriptions, users
from holdfast.graph.wire import (
    Attendee,
    Body,
    CalendarId,
    EmailAddress,
    EventDraft,
    EventId,
    ExtendedProperty,
    Location,
    Recurrence,
    RecurrencePattern,
    RecurrenceRange,
    SubscriptionDraft,
    SubscriptionId,
    WallTime,
)
from tests.graph.conversation import MONDAY, Microsoft, StillClock, event, graph_to, line_to, refuses, says

STANDUP = EventId("e1")


def directory_to(microsoft: Microsoft):
    return graph_to(microsoft, clock=StillClock()).directory()


def parameters(request: httpx.Request) -> httpx.QueryParams:
    return request.url.params


def test_a_draft_sends_its_fields_and_no_other():
    draft = EventDraft(subject="Stand-up", start=WallTime("2026-03-02T09:00:00", "FLE Standard Time"), show_as="busy")

    assert json.loads(events.body_of(draft)) == {
        "subject": "Stand-up",
        "start": {"dateTime": "2026-03-02T09:00:00", "timeZone": "FLE Standard Time"},
        "showAs": "busy",
    }


def test_a_draft_can_empty_a_field_and_end_a_recurrence():
    """Left out means untouched; what is emptied is said."""
    draft = EventDraft(subject="", attendees=(), recurrence=None, body=Body(""), location=Location(display_name=""))

    assert json.loads(events.body_of(draft)) == {
        "subject": "",
        "body": {"content": "", "contentType": "text"},
        "location": {"displayName": ""},
        "attendees": [],
        "recurrence": None,
    }


def test_a_recurring_draft_says_everything_its_pattern_needs():
    pattern = RecurrencePattern(type="weekly", interval=1, days_of_week=("monday",), first_day_of_week="monday")
    ends = RecurrenceRange(type="endDate", start_date="2026-03-02", end_date="2026-06-29")

    sent = json.loads(events.body_of(EventDraft(recurrence=Recurrence(pattern, ends))))["recurrence"]

    assert sent["pattern"] == {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday"}
    assert sent["range"] == {"type": "endDate", "startDate": "2026-03-02", "endDate": "2026-06-29"}


def test_people_are_sent_without_a_status_of_ours():
    draft = EventDraft(attendees=(Attendee(EmailAddress("ada@wharf.example", "Ada"), "optional"),))

    assert json.loads(events.body_of(draft))["attendees"] == [
        {"emailAddress": {"address": "ada@wharf.example", "name": "Ada"}, "type": "optional"}
    ]


def test_equal_drafts_give_equal_bytes():
    """A create whose answer was lost is sent again byte for byte."""

    def draft() -> EventDraft:
        return EventDraft(transaction_id="t1", subject="Stand-up", categories=("Holdfast",))

    assert events.body_of(draft()) == events.body_of(draft())


def test_our_marker_is_read_whatever_case_its_id_comes_back_in():
    carried = event(
        singleValueExtendedProperties=[{"id": marks.EVENT_MARK.replace("6f0c7d58", "6F0C7D58"), "value": "wharf/l1/7"}]
    )

    found = events.get(line_to(Microsoft(says(200, carried))), STANDUP, calendar=None)

    assert found.extended(marks.EVENT_MARK) == "wharf/l1/7"
    assert found.extended("String {0} Name Other") is None


def test_what_did_not_come_is_kept_apart_from_what_is_empty():
    found = events.get(line_to(Microsoft(says(200, {"id": "e1", "subject": None}))), STANDUP, calendar=None)

    assert found.subject is None
    assert found.body is UNSET
    assert found.attendees is UNSET
    assert found.extended(marks.EVENT_MARK) is None


def test_instants_are_aware_and_the_empty_time_of_exchange_is_read():
    answer = event(
        lastModifiedDateTime="2026-03-01T08:00:02.7654321Z",
        originalStart="2026-03-01T10:00:00+02:00",
        createdDateTime="0001-01-01T00:00:00Z",
    )

    found = events.get(line_to(Microsoft(says(200, answer))), STANDUP, calendar=None)

    assert found.last_modified_date_time == datetime(2026, 3, 1, 8, 0, 2, 765432, tzinfo=UTC)
    assert found.original_start == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def test_an_event_is_shown_without_its_title():
    found = events.get(line_to(Microsoft(says(200, event(subject="Salary talk")))), STANDUP, calendar=None)

    assert "Salary" not in repr(found)


def test_events_are_found_by_transaction_marker_and_meeting_with_quotes_kept_inside():
    microsoft = Microsoft(*[says(200, {"value": [event()]})] * 3)
    line = line_to(microsoft)

    events.with_transaction(line, "o'clock", calendar=None)
    events.with_mark(line, "wharf/l1/7", calendar=CalendarId("c1"))
    events.with_ical_uid(line, "0400", calendar=None)

    filters = [parameters(request)["$filter"] for request in microsoft.asked]
    assert filters == [
        "transactionId eq 'o''clock'",
        f"singleValueExtendedProperties/Any(ep: ep/id eq '{marks.EVENT_MARK}' and ep/value eq 'wharf/l1/7')",
        "iCalUId eq '0400'",
    ]
    assert microsoft.paths[1].startswith("/v1.0/users/aquarium@wharf.example/calendars/c1/events?")


def test_all_events_of_our_instance_are_found_by_the_beginning_of_the_marker():
    microsoft = Microsoft(says(200, {"value": [event()]}))

    (page,) = events.marked_by(line_to(microsoft), "wharf/", calendar=None)

    assert [item.id for item in page.items] == ["e1"]
    assert "startswith(ep/value, 'wharf/')" in parameters(microsoft.asked[0])["$filter"]


def test_a_decline_speaks_to_the_organiser_unless_told_not_to():
    microsoft = Microsoft(says(202), says(202), says(202))
    line = line_to(microsoft)

    events.decline(line, STANDUP, calendar=None, comment="Closed on Mondays")
    events.accept(line, STANDUP, calendar=None, tell=False)
    events.cancel(line, STANDUP, calendar=None, comment="Flooded")

    assert [json.loads(request.content) for request in microsoft.asked] == [
        {"comment": "Closed on Mondays", "sendResponse": True},
        {"comment": "", "sendResponse": False},
        {"comment": "Flooded"},
    ]
    assert [path.rsplit("/", 1)[1] for path in microsoft.paths] == ["decline", "accept", "cancel"]


def test_deleted_occurrences_are_asked_for_by_name():
    microsoft = Microsoft(
        says(200, {"id": "m1", "cancelledOccurrences": ["OID.m1.2026-03-09"]}), says(200, {"id": "m1"})
    )
    line = line_to(microsoft)

    assert events.cancelled_occurrences(line, EventId("m1"), calendar=None) == ("OID.m1.2026-03-09",)
    assert parameters(microsoft.asked[0])["$select"] == "id,cancelledOccurrences"
    with pytest.raises(errors.Unreadable):
        events.cancelled_occurrences(line, EventId("m1"), calendar=None)


def test_instances_of_a_series_are_read_in_a_span():
    microsoft = Microsoft(says(200, {"value": [event("o1", type="occurrence")]}))

    (page,) = events.instances(
        line_to(microsoft), EventId("m1"), calendar=None, since=MONDAY, until=MONDAY + timedelta(days=7)
    )

    assert page.items[0].type == "occurrence"
    assert "/events/m1/instances?startDateTime=2026-03-02T08:00:00Z&" in microsoft.paths[0]


def test_calendars_are_listed_made_and_found():
    calendar = {
        "id": "c1",
        "name": "Calendar",
        "isDefaultCalendar": True,
        "canEdit": True,
        "owner": {"name": "Aquarium", "address": "aquarium@wharf.example"},
    }
    microsoft = Microsoft(
        says(200, {"value": [calendar]}), says(200, calendar), says(201, {"id": "c2", "name": "Bookings"})
    )
    line = line_to(microsoft)

    assert [each.id for each in calendars.listed(line)] == ["c1"]
    assert calendars.default(line).is_default_calendar is True
    assert calendars.create(line, name="Bookings").id == "c2"


def test_the_mark_of_a_calendar_is_written_and_read():
    carried = {"id": "c1", "singleValueExtendedProperties": [{"id": marks.CALENDAR_MARK, "value": "wharf/3"}]}
    microsoft = Microsoft(says(200, {"id": "c1"}), says(200, {"id": "c1"}), says(200, carried))
    line = line_to(microsoft)

    assert calendars.mark(line, CalendarId("c1")) is None
    calendars.set_mark(line, CalendarId("c1"), "wharf/3")
    assert calendars.mark(line, CalendarId("c1")) == "wharf/3"
    assert json.loads(microsoft.asked[1].content) == {
        "singleValueExtendedProperties": [{"id": marks.CALENDAR_MARK, "value": "wharf/3"}]
    }
    assert "HoldfastInstance" in parameters(microsoft.asked[2])["$expand"]


def test_rooms_workspaces_and_lists_are_read_page_by_page():
    more = "https://graph.microsoft.com/v1.0/places/microsoft.graph.room?$top=100&$skip=100"
    room = {
        "id": "p1",
        "placeId": "p1",
        "displayName": "Aquarium",
        "emailAddress": "aquarium@wharf.example",
        "capacity": 8,
        "bookingType": "standard",
        "geoCoordinates": {"latitude": 42.7},
    }
    microsoft = Microsoft(
        says(200, {"value": [room], "@odata.nextLink": more}),
        says(200, {"value": [{**room, "id": "p2"}]}),
        *[says(200, {"value": []})] * 4,
    )
    line = directory_to(microsoft)

    assert [(place.id, place.capacity) for place in places.rooms(line)] == [("p1", 8), ("p2", 8)]
    assert places.workspaces(line) == places.room_lists(line) == []
    assert places.rooms_of(line, "hq@wharf.example") == places.workspaces_of(line, "hq@wharf.example") == []
    assert microsoft.paths[-1].startswith("/v1.0/places/hq@wharf.example/microsoft.graph.roomList/workspaces")


def test_an_uninitialised_places_store_is_an_error_and_not_an_empty_list():
    with pytest.raises(errors.NotFound):
        places.rooms(directory_to(Microsoft(refuses(404, "UnknownError", "invalid_place"))))


def test_people_are_read_by_id_by_address_and_all():
    ada = {
        "id": "u1",
        "displayName": "Ada",
        "mail": "ada@wharf.example",
        "accountEnabled": True,
        "proxyAddresses": ["SMTP:ada@wharf.example"],
    }
    microsoft = Microsoft(
        says(200, ada),
        says(200, {"value": []}),
        says(200, {"value": [ada]}),
        says(200, {"value": []}),
        says(200, {"value": []}),
        says(200, {"value": [ada]}),
        refuses(404, "Request_ResourceNotFound"),
    )
    line = directory_to(microsoft)

    assert users.get(line, "u1").display_name == "Ada"
    found = users.with_address(line, "o'ada@wharf.example")
    assert found is not None
    assert found.id == "u1"
    assert "smtp:o''ada@wharf.example" in parameters(microsoft.asked[2])["$filter"]
    assert users.with_address(line, "nobody@wharf.example") is None
    assert [user.id for page in users.listed(line) for user in page.items] == ["u1"]
    with pytest.raises(errors.NotFound) as caught:
        users.get(line, "u9")
    assert type(caught.value) is errors.NotFound


def test_settings_of_one_mailbox_tell_its_purpose_and_hours():
    answer = {
        "userPurpose": "equipment",
        "timeZone": "FLE Standard Time",
        "workingHours": {
            "daysOfWeek": ["monday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "FLE Standard Time"},
        },
    }

    found = mailboxes.settings(line_to(Microsoft(says(200, answer))))

    assert found.user_purpose == "equipment"
    assert found.working_hours is not None
    assert found.working_hours.time_zone is not None
    assert found.working_hours.time_zone.name == "FLE Standard Time"


def subscription(subscription_id: str = "s1") -> dict[str, object]:
    return {
        "id": subscription_id,
        "resource": "/users/u1/events",
        "changeType": "created,updated,deleted",
        "expirationDateTime": "2026-03-08T10:00:00.0000000Z",
        "clientState": None,
    }


def test_a_subscription_is_made_renewed_listed_and_ended():
    microsoft = Microsoft(
        says(201, subscription()),
        says(200, subscription()),
        says(200, {"value": [subscription()]}),
        says(200, subscription()),
        says(204),
        says(204),
    )
    line = directory_to(microsoft)
    until = MONDAY + limits.SUBSCRIPTION_LIFE_MAX - timedelta(hours=1)
    draft = SubscriptionDraft(
        change_type=subscriptions.CHANGES,
        notification_url="https://holdfast.example/doorbell",
        lifecycle_notification_url="https://holdfast.example/doorbell/life",
        resource=subscriptions.resource_of("u1"),
        expiration_date_time=until,
        client_state="hush",
    )

    made = subscriptions.create(line, draft)
    subscriptions.renew(line, made.id, until=until)
    assert [each.id for each in subscriptions.listed(line)] == ["s1"]
    assert subscriptions.get(line, made.id).expiration_date_time == datetime(2026, 3, 8, 10, tzinfo=UTC)
    subscriptions.reauthorize(line, made.id)
    subscriptions.delete(line, SubscriptionId("s1"))

    sent = json.loads(microsoft.asked[0].content)
    assert sent["expirationDateTime"] == "2026-03-09T07:00:00Z"
    assert sent["resource"] == "/users/u1/events"
    assert json.loads(microsoft.asked[1].content) == {"expirationDateTime": "2026-03-09T07:00:00Z"}
    assert 'IdType="ImmutableId"' in microsoft.asked[0].headers["Prefer"]


@pytest.mark.museum("Z-W07")
def test_a_subscription_that_exists_already_is_a_conflict():
    """Z-W07: it was treated as a failure, or duplicates piled up; who gets Conflict lists and adopts."""
    draft = SubscriptionDraft(
        change_type="updated",
        notification_url="https://h.example",
        resource="/users/u1/events",
        expiration_date_time=MONDAY,
        client_state="x",
    )
    with pytest.raises(errors.Conflict):
        subscriptions.create(directory_to(Microsoft(refuses(409, "Conflict"))), draft)


def test_a_client_state_that_is_too_long_is_a_mistake_of_ours():
    draft = SubscriptionDraft(
        change_type="updated",
        notification_url="https://h.example",
        resource="/users/u1/events",
        expiration_date_time=MONDAY,
        client_state="x" * 129,
    )
    with pytest.raises(AssertionError):
        subscriptions.create(directory_to(Microsoft()), draft)


def test_a_marked_draft_carries_its_mark():
    draft = EventDraft(extended_properties=(ExtendedProperty(marks.EVENT_MARK, "wharf/l1/8"),))

    assert json.loads(events.body_of(draft)) == {
        "singleValueExtendedProperties": [{"id": marks.EVENT_MARK, "value": "wharf/l1/8"}]
    }
