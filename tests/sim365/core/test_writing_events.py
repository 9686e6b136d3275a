"""Creating, changing and deleting single events."""

import pytest

from tests.sim365.core.harbour import an_event

U = "/users/aquarium@harbour.test"
MARK = "String {00020329-0000-0000-C000-000000000046} Name Holder"
EXPAND = f"$expand=singleValueExtendedProperties($filter=id eq '{MARK}')"


@pytest.mark.parametrize("base", ["/events", "/calendar/events", "/calendars/{id}/events"])
def test_an_event_is_created_under_every_alias(graph, base):
    calendar = graph.get(f"{U}/calendar")["id"]
    event = graph.post(U + base.replace("{id}", calendar), an_event())

    for alias in ("/events", "/calendar/events", f"/calendars/{calendar}/events"):
        assert event["id"] == graph.get(f"{U}{alias}/{event['id']}")["id"]


def test_a_new_event_has_the_documented_defaults(graph):
    event = graph.post(f"{U}/events", an_event())

    expected = {
        "importance": "normal",
        "sensitivity": "normal",
        "showAs": "busy",
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 15,
        "type": "singleInstance",
        "isOrganizer": True,
        "attendees": [],
        "transactionId": None,
        "seriesMasterId": None,
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
    }
    assert expected == {name: event[name] for name in expected}
    assert event["@odata.etag"] == f'W/"{event["changeKey"]}"'
    assert event["iCalUId"].startswith("040000008200E00074C5B7101A82E008")


def test_times_have_seven_fractional_digits_and_no_offset(graph):
    event = graph.post(f"{U}/events", an_event(start="2026-03-02T09:00:00.1234567", end="2026-03-02T10:00"))

    assert event["start"] == {"dateTime": "2026-03-02T09:00:00.1234560", "timeZone": "UTC"}
    assert event["end"] == {"dateTime": "2026-03-02T10:00:00.0000000", "timeZone": "UTC"}


@pytest.mark.parametrize("zone", ["FLE Standard Time", "Europe/Sofia"])
def test_times_are_understood_in_windows_and_iana_zones(graph, zone):
    event = graph.post(f"{U}/events", an_event(zone=zone))

    assert event["start"]["dateTime"] == "2026-03-02T07:00:00.0000000"
    assert zone == event["originalStartTimeZone"]


def test_times_are_shown_in_the_zone_that_prefer_names(graph):
    event = graph.post(f"{U}/events", an_event())
    answer = graph("GET", f"{U}/events/{event['id']}", Prefer='outlook.timezone="Nepal Standard Time"')

    assert answer.json()["start"] == {"dateTime": "2026-03-02T14:45:00.0000000", "timeZone": "Nepal Standard Time"}
    assert answer.headers["Preference-Applied"] == 'outlook.timezone="Nepal Standard Time"'


def test_an_unknown_zone_is_refused(graph):
    assert graph.error("POST", f"{U}/events", an_event(zone="Mars/Olympus")) == (400, "TimeZoneNotSupportedException")


def test_a_time_that_the_clocks_skip_moves_forward(graph):
    event = graph.post(
        f"{U}/events", an_event(start="2026-03-29T03:30:00", end="2026-03-29T05:00:00", zone="Europe/Sofia")
    )

    shown = graph.get(f"{U}/events/{event['id']}", Prefer='outlook.timezone="Europe/Sofia"')
    assert shown["start"]["dateTime"] == "2026-03-29T04:30:00.0000000"


def test_an_end_before_the_start_is_refused(graph):
    wrong = an_event(end="2026-03-02T08:00:00")

    assert graph.error("POST", f"{U}/events", wrong) == (400, "ErrorPropertyValidationFailure")


def test_an_event_without_a_start_is_refused(graph):
    assert graph.error("POST", f"{U}/events", {"subject": "When?"}) == (400, "ErrorPropertyValidationFailure")


def test_a_subject_is_trimmed(graph):
    assert graph.post(f"{U}/events", an_event("  Tide tables \r\n"))["subject"] == "Tide tables"


def test_a_subject_of_256_characters_is_refused(graph):
    assert len(graph.post(f"{U}/events", an_event("x" * 255))["subject"]) == 255
    assert graph.error("POST", f"{U}/events", an_event("x" * 256)) == (400, "ErrorPropertyValidationFailure")


def test_a_text_body_is_read_back_as_an_html_document(graph):
    event = graph.post(f"{U}/events", an_event(body={"contentType": "text", "content": "5 < 6\nyes"}))

    assert event["body"]["contentType"] == "html"
    assert event["body"]["content"].startswith("<html>")
    assert "5 &lt; 6" in event["body"]["content"]
    assert event["bodyPreview"] == "5 < 6\r\nyes"
    text = graph.get(f"{U}/events/{event['id']}", Prefer='outlook.body-content-type="text"')
    assert text["body"] == {"contentType": "text", "content": "5 < 6\nyes"}


def test_a_location_is_echoed_into_locations(graph):
    place = {
        "displayName": "Boathouse",
        "locationEmailAddress": "boathouse@harbour.test",
        "locationType": "conferenceRoom",
    }
    event = graph.post(f"{U}/events", an_event(location=place))

    assert "Boathouse" == event["location"]["displayName"] == event["locations"][0]["displayName"]
    assert event["location"]["locationUri"] == "boathouse@harbour.test"
    assert graph.patch(f"{U}/events/{event['id']}", {"locations": []})["locations"] == []


def test_an_event_without_a_location_shows_an_empty_one(graph):
    event = graph.post(f"{U}/events", an_event())

    assert (event["location"]["displayName"], event["locations"]) == ("", [])


def test_a_patch_changes_only_what_it_names(graph):
    before = graph.post(f"{U}/events", an_event(categories=["Blue"], sensitivity="private"))
    after = graph.patch(f"{U}/events/{before['id']}", {"showAs": "oof"})

    changed = {name for name in before if before[name] != after[name]}
    assert {"@odata.etag", "changeKey", "showAs"} == changed


def test_every_change_gives_a_new_etag(graph):
    event = graph.post(f"{U}/events", an_event())
    first = graph.patch(f"{U}/events/{event['id']}", {"subject": "A"})
    second = graph.patch(f"{U}/events/{event['id']}", {"subject": "A"})

    assert len({event["@odata.etag"], first["@odata.etag"], second["@odata.etag"]}) == 3


def test_a_stale_if_match_is_refused_and_changes_nothing(graph):
    event = graph.post(f"{U}/events", an_event())
    path = f"{U}/events/{event['id']}"
    graph.patch(path, {"subject": "Ada's"}, If_Match=event["@odata.etag"])

    assert graph.error("PATCH", path, {"subject": "Ben's"}, If_Match=event["@odata.etag"]) == (
        412,
        "ErrorIrresolvableConflict",
    )
    assert graph.error("DELETE", path, If_Match=event["@odata.etag"]) == (412, "ErrorIrresolvableConflict")
    assert graph.get(path)["subject"] == "Ada's"


def test_a_current_if_match_deletes(graph):
    event = graph.post(f"{U}/events", an_event())
    graph.delete(f"{U}/events/{event['id']}", If_Match=event["@odata.etag"])

    assert graph.error("GET", f"{U}/events/{event['id']}") == (404, "ErrorItemNotFound")
    assert graph.error("DELETE", f"{U}/events/{event['id']}") == (404, "ErrorItemNotFound")


def test_an_id_is_good_in_its_own_mailbox_only(graph):
    event = graph.post(f"{U}/events", an_event())

    assert graph.error("GET", f"/users/boathouse@harbour.test/events/{event['id']}") == (404, "ErrorItemNotFound")


def test_read_only_properties_are_taken_and_ignored(graph):
    event = graph.post(f"{U}/events", an_event(iCalUId="mine", isOrganizer=False, changeKey="x"))

    assert event["isOrganizer"] is True
    assert event["iCalUId"] != "mine"


def test_an_unknown_property_is_refused_by_name(graph):
    answer = graph("POST", f"{U}/events", an_event(colour="red"))

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "RequestBodyRead")
    assert "'colour'" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"showAs": "asleep"},
        {"isAllDay": "yes"},
        {"reminderMinutesBeforeStart": "15"},
        {"attendees": {}},
        {"start": "2026-03-02"},
        {"categories": [1]},
    ],
)
def test_values_of_the_wrong_type_are_refused(graph, wrong):
    assert graph.error("POST", f"{U}/events", an_event() | wrong)[0] == 400


def test_an_all_day_event_needs_midnights(graph):
    wrong = an_event(isAllDay=True)
    zero = an_event(isAllDay=True, start="2026-03-02T00:00:00", end="2026-03-02T00:00:00")

    assert graph.error("POST", f"{U}/events", wrong) == (400, "ErrorPropertyValidationFailure")
    assert graph.error("POST", f"{U}/events", zero) == (400, "ErrorPropertyValidationFailure")


def test_an_all_day_event_is_midnight_in_every_zone(graph):
    """FACTS 3.12: the stored instant is that of its own zone, the shown time is always midnight."""
    event = graph.post(
        f"{U}/events",
        an_event(isAllDay=True, start="2026-03-02T00:00:00", end="2026-03-04T00:00:00", zone="Europe/Sofia"),
    )

    shown = graph.get(f"{U}/events/{event['id']}", Prefer='outlook.timezone="Pacific Standard Time"')
    assert shown["start"] == {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "Pacific Standard Time"}
    assert shown["end"]["dateTime"] == "2026-03-04T00:00:00.0000000"
    assert shown["originalStartTimeZone"] == "Europe/Sofia"
    window = "startDateTime=2026-03-01T20:00:00Z&endDateTime=2026-03-01T23:00:00Z"
    assert [event["id"]] == [each["id"] for each in graph.get(f"{U}/calendarView?{window}")["value"]]


def test_extended_properties_are_shown_by_expand_only(graph):
    event = graph.post(f"{U}/events", an_event(singleValueExtendedProperties=[{"id": MARK, "value": "booking 7"}]))

    assert "singleValueExtendedProperties" not in event
    shown = graph.get(f"{U}/events/{event['id']}?{EXPAND}")
    assert [each["value"] for each in shown["singleValueExtendedProperties"]] == ["booking 7"]


def test_extended_properties_merge_by_id(graph):
    other = MARK.replace("Holder", "Other")
    event = graph.post(f"{U}/events", an_event(singleValueExtendedProperties=[{"id": MARK, "value": "1"}]))
    graph.patch(f"{U}/events/{event['id']}", {"singleValueExtendedProperties": [{"id": other, "value": "2"}]})

    both = f"$expand=singleValueExtendedProperties($filter=id eq '{MARK}' or id eq '{other}')"
    shown = graph.get(f"{U}/events/{event['id']}?{both}")["singleValueExtendedProperties"]
    assert sorted(each["value"] for each in shown) == ["1", "2"]


def test_the_name_of_an_extended_property_is_case_sensitive_and_its_guid_is_not(graph):
    graph.post(f"{U}/events", an_event(singleValueExtendedProperties=[{"id": MARK, "value": "Booking 7"}]))

    def found(name):
        clause = f"singleValueExtendedProperties/Any(ep: ep/id eq '{name}' and ep/value eq 'booking 7')"
        return len(graph.get(f"{U}/events?$filter={clause}")["value"])

    assert (found(MARK), found(MARK.replace("-C000-", "-c000-")), found(MARK.replace("Holder", "holder"))) == (1, 1, 0)


def test_a_malformed_extended_property_id_is_refused(graph):
    wrong = an_event(singleValueExtendedProperties=[{"id": "Holder", "value": "1"}])

    assert graph.error("POST", f"{U}/events", wrong) == (400, "ErrorInvalidRequest")


def test_an_immutable_id_survives_a_move_between_calendars_and_the_ordinary_one_does_not(graph, sim):
    immutable = {"Prefer": 'IdType="ImmutableId"'}
    event = graph.post(f"{U}/events", an_event(), **immutable)
    ordinary = graph.get(f"{U}/events/{event['id']}")["id"]
    room = sim.person("aquarium@harbour.test")
    room.add_calendar("Archive")
    room.move_to_calendar(event["id"], "Archive")

    assert event["id"] != ordinary
    assert event["id"] == graph.get(f"{U}/events/{event['id']}", **immutable)["id"]
    assert graph.error("GET", f"{U}/events/{ordinary}") == (404, "ErrorItemNotFound")


def test_an_online_meeting_loses_its_link_when_its_body_is_overwritten(graph, sim):
    """FACTS 3.13: the meeting lives in the body; the record names the mistake."""
    event = graph.post("/users/ada@harbour.test/events", an_event(isOnlineMeeting=True))
    path = f"/users/ada@harbour.test/events/{event['id']}"

    assert event["onlineMeeting"]["joinUrl"] in event["body"]["content"]
    after = graph.patch(path, {"body": {"contentType": "text", "content": "Agenda"}})
    assert (after["isOnlineMeeting"], after["onlineMeeting"]) == (False, None)
    assert [each.kind for each in sim.conduct.offences if "body" in each.kind] == ["body_patch_on_online_meeting"]


def test_an_online_meeting_keeps_its_link_when_the_body_carries_it(graph):
    event = graph.post("/users/ada@harbour.test/events", an_event(isOnlineMeeting=True))
    body = {"contentType": "html", "content": event["body"]["content"].replace("Join", "Come and join")}

    assert graph.patch(f"/users/ada@harbour.test/events/{event['id']}", {"body": body})["isOnlineMeeting"] is True


@pytest.mark.parametrize("year", ["0001", "1600", "4501", "9999"])
def test_years_that_exchange_cannot_store_are_refused(graph, year):
    wrong = an_event(start=f"{year}-01-01T00:00:00", end=f"{year}-01-01T01:00:00", zone="Tokyo Standard Time")
    window = f"startDateTime={year}-01-01T00:00:00&endDateTime={year}-02-01T00:00:00"

    assert graph.error("POST", f"{U}/events", wrong) == (400, "ErrorPropertyValidationFailure")
    assert graph.error("GET", f"{U}/calendarView?{window}")[0] == 400
