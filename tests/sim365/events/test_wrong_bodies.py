"""What an event may not be, each wrong body with the code that answers it (FACTS 0.2, 3.2, 3.6, 3.12)."""

import pytest

from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, at, recurring, times

TYPE, VALUE, ZONE, REQUEST = (
    "RequestBodyRead",
    "ErrorPropertyValidationFailure",
    "TimeZoneNotSupportedException",
    "ErrorInvalidRequest",
)
NOON = at("2026-03-02T12:00:00")
WEEKLY = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}


def rule(pattern=None, range_=None):
    return {"recurrence": recurring(pattern, range_)}


WRONG = {
    "a property that events do not have": ({"colour": "red"}, TYPE),
    "a start of another type": ({"start": "2026-03-02"}, TYPE),
    "no start": ({"start": None}, VALUE),
    "a start without a time": ({"start": {"timeZone": "UTC"}}, TYPE),
    "a start with a word too many": ({"start": NOON | {"zone": "UTC"}}, TYPE),
    "a start that is no time": ({"start": at("noon")}, VALUE),
    "a month that there is not": ({"start": at("2026-13-02T12:00:00")}, VALUE),
    "a year that cannot be stored": ({"start": at("1600-03-02T12:00:00")}, VALUE),
    "a zone that nobody knows": ({"start": at("2026-03-02T09:00:00", "Mars/Olympus")}, ZONE),
    "the zone of legacy items": ({"start": at("2026-03-02T09:00:00", "Customized Time Zone")}, ZONE),
    "an end before the start": ({"end": at("2026-03-02T08:00:00")}, VALUE),
    "an all-day event that begins at nine": ({"isAllDay": True}, VALUE),
    "an all-day event in two zones": (
        {
            "isAllDay": True,
            "start": at("2026-03-02T00:00:00", "Europe/Sofia"),
            "end": at("2026-03-03T00:00:00", "Asia/Tokyo"),
        },
        VALUE,
    ),
    "an all-day event of no day": (
        {"isAllDay": True, "start": at("2026-03-02T00:00:00"), "end": at("2026-03-02T00:00:00")},
        VALUE,
    ),
    "a subject of 256 characters": ({"subject": "x" * 256}, VALUE),
    "a subject that is a number": ({"subject": 7}, TYPE),
    "a body that is a text": ({"body": "Agenda"}, TYPE),
    "a body of a third kind": ({"body": {"contentType": "markdown", "content": "x"}}, TYPE),
    "a body with a word too many": ({"body": {"contentType": "text", "content": "x", "size": 1}}, TYPE),
    "an importance that there is not": ({"importance": "urgent"}, TYPE),
    "a sensitivity that there is not": ({"sensitivity": "secret"}, TYPE),
    "a showAs that there is not": ({"showAs": "asleep"}, TYPE),
    "a flag as text": ({"isAllDay": "yes"}, TYPE),
    "a reminder as text": ({"reminderMinutesBeforeStart": "15"}, TYPE),
    "a reminder after the start": ({"reminderMinutesBeforeStart": -1}, VALUE),
    "categories as one text": ({"categories": "Blue"}, TYPE),
    "a category without a name": ({"categories": [""]}, VALUE),
    "a category of 256 characters": ({"categories": ["x" * 256]}, VALUE),
    "attendees that are no list": ({"attendees": {}}, TYPE),
    "an attendee without an address": ({"attendees": [{"type": "required"}]}, TYPE),
    "an attendee whose address is none": ({"attendees": [{"emailAddress": {"address": "ada"}}]}, VALUE),
    "an attendee of a fourth kind": (
        {"attendees": [{"type": "guest", "emailAddress": {"address": "ben@harbour.test"}}]},
        TYPE,
    ),
    "501 attendees": ({"attendees": [{"emailAddress": {"address": f"p{n}@x.test"}} for n in range(501)]}, VALUE),
    "a location with a word too many": ({"location": {"displayName": "Pier", "room": 1}}, TYPE),
    "a location of an unknown kind": ({"location": {"displayName": "Pier", "locationType": "harbour"}}, TYPE),
    "coordinates as text": ({"location": {"displayName": "Pier", "coordinates": {"latitude": "42"}}}, TYPE),
    "an online meeting elsewhere": ({"onlineMeetingProvider": "skype"}, TYPE),
    "a recurrence that is a text": ({"recurrence": "daily"}, TYPE),
    "a recurrence without a range": ({"recurrence": {"pattern": WEEKLY}}, TYPE),
    "an hourly pattern": (rule({"type": "hourly", "interval": 1}), TYPE),
    "an interval of nothing": (rule({"type": "daily", "interval": 0}), VALUE),
    "every thousandth day": (rule({"type": "daily", "interval": 1000}), VALUE),
    "every hundredth week": (rule(WEEKLY | {"interval": 100}), VALUE),
    "every second year": (rule({"type": "absoluteYearly", "interval": 2, "dayOfMonth": 2, "month": 3}), VALUE),
    "weekly on no day": (rule({"type": "weekly", "interval": 1}), VALUE),
    "weekly on a day that there is not": (rule(WEEKLY | {"daysOfWeek": ["caturday"]}), TYPE),
    "monthly on no date": (rule({"type": "absoluteMonthly", "interval": 1}), VALUE),
    "monthly on the 32nd": (rule({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 32}), VALUE),
    "monthly on no weekday": (rule({"type": "relativeMonthly", "interval": 1, "index": "first"}), VALUE),
    "yearly in no month": (rule({"type": "absoluteYearly", "interval": 1, "dayOfMonth": 2}), VALUE),
    "yearly in the 13th month": (
        rule({"type": "absoluteYearly", "interval": 1, "dayOfMonth": 2, "month": 13}),
        VALUE,
    ),
    "an irrelevant field with a wrong value": (rule({"type": "daily", "interval": 1, "dayOfMonth": 45}), VALUE),
    "a fifth week": (
        rule({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "fifth"}),
        TYPE,
    ),
    "a pattern with a word too many": (rule({"type": "daily", "interval": 1, "hours": [9]}), TYPE),
    "1000 occurrences": (rule(None, times(1000)), VALUE),
    "no occurrence": (rule(None, times(0)), VALUE),
    "1000 days until the end": (rule(None, {"type": "endDate", "endDate": "2028-11-26"}), VALUE),
    "an end date before the start": (rule(None, {"type": "endDate", "endDate": "2026-03-01"}), VALUE),
    "an end date that is missing": (rule(None, {"type": "endDate"}), TYPE),
    "a start date that is no date": (rule(None, {"startDate": "soon", **times(2)}), TYPE),
    "a start date that is not the event's": (rule(None, {"startDate": "2026-03-03", **times(2)}), VALUE),
    "a recurrence zone that nobody knows": (rule(None, {"recurrenceTimeZone": "Mars/Olympus", **times(2)}), ZONE),
    "extended properties that are no list": ({"singleValueExtendedProperties": {}}, TYPE),
    "an extended property without a name": ({"singleValueExtendedProperties": [{"id": "x", "value": "1"}]}, REQUEST),
    "an extension without a name": ({"extensions": [{"@odata.type": "microsoft.graph.openTypeExtension"}]}, TYPE),
    "an extension of another type": (
        {"extensions": [{"@odata.type": "microsoft.graph.message", "extensionName": "com.x"}]},
        TYPE,
    ),
    "an attachment without a type": ({"attachments": [{"name": "plan.txt", "contentBytes": "YQ=="}]}, TYPE),
    "an attachment that is no base64": (
        {"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "%%"}]},
        TYPE,
    ),
}


@pytest.mark.fact("wrong-bodies-by-code")
@pytest.mark.parametrize(("wrong", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_body_is_refused_with_its_code_and_leaves_nothing(graph, wrong, code):
    assert graph.error("POST", f"{ADA}/events", an_event() | wrong) == (400, code)
    assert graph.get(f"{ADA}/events")["value"] == []


@pytest.mark.parametrize(("wrong", "code"), list(WRONG.values())[:30], ids=list(WRONG)[:30])
def test_a_wrong_change_is_refused_with_the_same_code_and_changes_nothing(graph, wrong, code):
    before = graph.post(f"{ADA}/events", an_event())

    assert graph.error("PATCH", f"{ADA}/events/{before['id']}", wrong) == (400, code)
    assert graph.get(f"{ADA}/events/{before['id']}")["@odata.etag"] == before["@odata.etag"]


@pytest.mark.parametrize("body", ["[]", "7", "null", "{", "", "\xff"])
def test_what_is_no_json_object_is_refused(graph, body):
    answer = graph.client.post(
        f"https://graph.microsoft.com/v1.0{ADA}/events", content=body.encode("latin-1"), headers=graph.headers
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


@pytest.mark.fact("attendees-limit")
def test_by_switch_more_than_500_attendees_are_taken(graph, sim):
    sim.switch("attendees_max", value=5000)
    many = [{"emailAddress": {"address": f"p{number}@x.test"}} for number in range(501)]

    assert len(graph.post(f"{ADA}/events", an_event(attendees=many))["attendees"]) == 501


@pytest.mark.fact("interval-limits")
def test_by_switch_intervals_are_limited_by_one_number_only(graph, sim):
    sim.switch("strict_intervals", value=False)
    yearly = {"type": "absoluteYearly", "interval": 2, "dayOfMonth": 2, "month": 3}

    assert graph.post(f"{ADA}/events", an_event(recurrence=recurring(yearly)))["recurrence"]["pattern"]["interval"] == 2
