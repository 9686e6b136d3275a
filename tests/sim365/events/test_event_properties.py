"""The properties of an event: defaults, what is taken, what is ignored, how it is read back (FACTS 3.2)."""

import pytest

from sim365.unusual import deleted_events, restore_event, save_draft, send_draft
from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, BEN, ROOM, WEEK, at, copy_in, invited, on, recurring

IMMUTABLE = 'IdType="ImmutableId"'
DELTA = f"{ADA}/calendarView/delta?startDateTime=2026-03-01&endDateTime=2026-04-01"
HOSTILE = "<p>Agenda</p><script>alert(1)</script>"


@pytest.mark.fact("event-defaults")
def test_a_new_event_reads_back_with_every_property_and_its_default(graph):
    event = graph.post(f"{ADA}/events", an_event())

    fixed = {
        "categories": [],
        "transactionId": None,
        "originalStartTimeZone": "UTC",
        "originalEndTimeZone": "UTC",
        "reminderMinutesBeforeStart": 15,
        "isReminderOn": True,
        "hasAttachments": False,
        "bodyPreview": "",
        "importance": "normal",
        "sensitivity": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "responseRequested": True,
        "seriesMasterId": None,
        "showAs": "busy",
        "type": "singleInstance",
        "onlineMeetingUrl": None,
        "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown",
        "allowNewTimeProposals": True,
        "occurrenceId": None,
        "isDraft": False,
        "hideAttendees": False,
        "body": {"contentType": "html", "content": ""},
        "locations": [],
        "recurrence": None,
        "attendees": [],
        "organizer": {"emailAddress": {"name": "Ada Lind", "address": "ada@harbour.test"}},
        "onlineMeeting": None,
    }
    assert fixed == {name: event[name] for name in fixed}
    assert "originalStart" not in event
    assert "cancelledOccurrences" not in event


@pytest.mark.fact("null-resets")
def test_null_gives_a_property_its_default_back(graph):
    written = an_event(
        importance="high", sensitivity="private", showAs="oof", isReminderOn=False, reminderMinutesBeforeStart=5,
        hideAttendees=True, allowNewTimeProposals=False, responseRequested=False, location={"displayName": "Pier"},
    )  # fmt: skip
    names = [name for name in written if name not in {"subject", "start", "end"}]
    event = graph.post(f"{ADA}/events", written)
    plain = graph.post(f"{ADA}/events", an_event())
    after = graph.patch(f"{ADA}/events/{event['id']}", dict.fromkeys(names))

    assert {name: plain[name] for name in names} == {name: after[name] for name in names}


@pytest.mark.fact("read-only-ignored")
def test_an_event_as_it_was_read_can_be_written_back(graph):
    """Nothing in it changes but the etag and the time of the change."""
    event = graph.post(
        f"{ADA}/events",
        an_event(
            attendees=invited("ben@harbour.test"),
            locations=[{"displayName": "Pier"}, {"displayName": "Mole"}],
            body={"contentType": "html", "content": "<p>Agenda</p>"},
            isOnlineMeeting=True,
            categories=["Blue"],
        ),
    )
    after = graph.patch(f"{ADA}/events/{event['id']}", event)

    different = {name for name in event if event[name] != after[name]}
    assert different <= {"@odata.etag", "changeKey", "lastModifiedDateTime"}


@pytest.mark.parametrize("shown", ["free", "tentative", "busy", "oof", "workingElsewhere", "unknown"])
def test_each_kind_of_show_as_is_kept(graph, shown):
    assert graph.post(f"{ADA}/events", an_event(showAs=shown))["showAs"] == shown


def test_members_of_enumerations_are_taken_in_any_case_and_shown_in_their_own(graph):
    event = graph.post(f"{ADA}/events", an_event(importance="HIGH", showAs="WorkingElsewhere"))

    assert (event["importance"], event["showAs"]) == ("high", "workingElsewhere")


def test_categories_are_free_text_each_once(graph):
    event = graph.post(f"{ADA}/events", an_event(categories=["Tide", "Blue category", "Tide"]))

    assert event["categories"] == ["Tide", "Blue category"]


@pytest.mark.fact("location-and-locations")
def test_location_echoes_the_first_of_locations(graph):
    event = graph.post(f"{ADA}/events", an_event(locations=[{"displayName": "Pier"}, {"displayName": "Mole"}]))

    assert event["location"]["displayName"] == "Pier"
    assert [place["displayName"] for place in event["locations"]] == ["Pier", "Mole"]


def test_a_location_beside_locations_is_what_they_are_called_together(graph):
    """As in the documented example of a picnic in three places."""
    both = {"location": {"displayName": "Harbour"}, "locations": [{"displayName": "Pier"}, {"displayName": "Mole"}]}
    event = graph.post(f"{ADA}/events", an_event(**both))

    assert (event["location"]["displayName"], len(event["locations"])) == ("Harbour", 2)


def test_by_switch_location_is_called_by_all_names(graph, sim):
    sim.switch("locations_joined", value=True)
    event = graph.post(f"{ADA}/events", an_event(locations=[{"displayName": "Pier"}, {"displayName": "Mole"}]))

    assert event["location"]["displayName"] == "Pier; Mole"


def test_a_location_alone_replaces_all_locations(graph):
    event = graph.post(f"{ADA}/events", an_event(locations=[{"displayName": "Pier"}, {"displayName": "Mole"}]))
    after = graph.patch(f"{ADA}/events/{event['id']}", {"location": {"displayName": "Boathouse"}})

    assert [place["displayName"] for place in after["locations"]] == ["Boathouse"]


def test_a_place_keeps_its_address_and_coordinates(graph):
    place = {
        "displayName": "Pier",
        "address": {"street": "1 Quay", "city": "Varna"},
        "coordinates": {"latitude": 43.2, "longitude": 27.9},
    }
    event = graph.post(f"{ADA}/events", an_event(location=place))

    assert event["location"]["address"] == place["address"]
    assert event["locations"][0]["coordinates"] == place["coordinates"]


@pytest.mark.fact("hidden-attendees")
def test_hidden_attendees_see_only_themselves(graph, sim):
    both = invited("ben@harbour.test", "chidi@harbour.test")
    event = graph.post(f"{ADA}/events", an_event(attendees=both, hideAttendees=True))
    sim.settle()

    copy = copy_in(graph, BEN, event)
    assert [each["emailAddress"]["address"] for each in copy["attendees"]] == ["ben@harbour.test"]
    assert len(graph.get(f"{ADA}/events/{event['id']}")["attendees"]) == 2


@pytest.mark.fact("all-day-reminder")
def test_an_all_day_event_reminds_the_evening_before_unless_told(graph):
    day = {"isAllDay": True, "start": at("2026-03-02T00:00:00"), "end": at("2026-03-03T00:00:00")}

    assert graph.post(f"{ADA}/events", an_event() | day)["reminderMinutesBeforeStart"] == 1080
    told = an_event(reminderMinutesBeforeStart=30) | day
    assert graph.post(f"{ADA}/events", told)["reminderMinutesBeforeStart"] == 30


@pytest.mark.fact("body-is-a-document")
def test_a_body_is_a_document_without_scripts(graph):
    event = graph.post(f"{ADA}/events", an_event(body={"contentType": "html", "content": HOSTILE}))

    assert "<p>Agenda</p>" in event["body"]["content"]
    assert "script" not in event["body"]["content"]
    assert event["body"]["content"].startswith("<html>")


@pytest.mark.fact("unsafe-html")
def test_an_unsafe_body_is_shown_to_those_who_ask(graph):
    event = graph.post(f"{ADA}/events", an_event(body={"contentType": "html", "content": HOSTILE}))
    path = f"{ADA}/events/{event['id']}"
    answer = graph("GET", path, Prefer="outlook.allow-unsafe-html")

    assert "<script>" in answer.json()["body"]["content"]
    assert answer.headers["Preference-Applied"] == "outlook.allow-unsafe-html"
    graph.patch(path, {"body": {"contentType": "text", "content": "Minutes"}})
    assert "Minutes" in graph.get(path, Prefer="outlook.allow-unsafe-html")["body"]["content"]


@pytest.mark.fact("text-bodies")
def test_lists_give_html_only_and_views_give_text_on_request(graph, sim):
    graph.post(f"{ADA}/events", an_event(body={"contentType": "text", "content": "Agenda"}))
    text = {"Prefer": 'outlook.body-content-type="text"'}

    [listed] = graph.get(f"{ADA}/events", **text)["value"]
    [viewed] = graph.get(f"{ADA}/calendarView?{WEEK}", **text)["value"]
    assert (listed["body"]["contentType"], viewed["body"]) == ("html", {"contentType": "text", "content": "Agenda"})
    sim.switch("list_bodies_html", value=False)
    assert graph.get(f"{ADA}/events", **text)["value"][0]["body"]["contentType"] == "text"


def test_the_preview_is_the_first_255_characters(graph):
    event = graph.post(f"{ADA}/events", an_event(body={"contentType": "text", "content": "tide " * 100}))

    assert len(event["bodyPreview"]) == 255


@pytest.mark.fact("draft-meetings")
def test_a_saved_meeting_is_a_draft_until_it_is_sent(graph, sim):
    ada = sim.person("ada@harbour.test")
    draft = save_draft(ada, an_event("Offsite", attendees=invited("ben@harbour.test")))
    graph.patch(f"{ADA}/events/{draft['id']}", {"subject": "Offsite in May"})
    sim.settle()

    assert graph.get(f"{ADA}/events/{draft['id']}")["isDraft"] is True
    assert (graph.get(f"{BEN}/events")["value"], len(sim.ledger)) == ([], 0)
    send_draft(ada, draft)
    sim.settle()
    assert graph.get(f"{ADA}/events/{draft['id']}")["isDraft"] is False
    assert copy_in(graph, BEN, draft)["subject"] == "Offsite in May"


def test_deleting_a_draft_tells_nobody(graph, sim):
    draft = save_draft(sim.person("ada@harbour.test"), an_event(attendees=invited("ben@harbour.test")))
    graph.delete(f"{ADA}/events/{draft['id']}")

    assert len(sim.ledger) == 0


@pytest.mark.fact("invitations-held-back")
def test_by_switch_an_apps_meeting_stays_a_draft(graph, sim):
    sim.switch("invitations_held_back", value=True)
    event = graph.post(f"{ADA}/events", an_event(attendees=invited("ben@harbour.test")))
    sim.settle()

    assert (event["isDraft"], graph.get(f"{BEN}/events")["value"]) == (True, [])


@pytest.mark.fact("rapid-twins")
def test_by_switch_equal_creates_in_quick_succession_share_an_id(graph, sim):
    different = {graph.post(f"{ADA}/events", an_event("Apart"))["id"] for _ in range(2)}
    sim.switch("rapid_twins_share_id", value=True)
    same = {graph.post(f"{ADA}/events", an_event("Twin"))["id"] for _ in range(2)}

    assert (len(different), len(same)) == (2, 1)
    assert len(graph.get(f"{ADA}/events")["value"]) == 4


@pytest.mark.fact("deleted-items")
def test_a_deleted_event_can_be_brought_back_by_hand(graph, sim):
    event = graph.post(f"{ADA}/events", an_event("Regatta"))
    graph.delete(f"{ADA}/events/{event['id']}")
    ada = sim.person("ada@harbour.test")

    assert graph.error("GET", f"{ADA}/events/{event['id']}") == (404, "ErrorItemNotFound")
    assert [each["subject"] for each in deleted_events(ada)] == ["Regatta"]
    restore_event(ada, deleted_events(ada)[0])
    assert on(graph, "2026-03-02")["iCalUId"] == event["iCalUId"]
    assert deleted_events(ada) == []


def brought_back(graph, sim):
    """Ada's regatta, deleted and dragged back: as it was, and as it is."""
    event = graph.post(f"{ADA}/events", an_event("Regatta") | {"transactionId": "t-1"})
    lasting = graph.get(f"{ADA}/events/{event['id']}", Prefer=IMMUTABLE)["id"]
    graph.delete(f"{ADA}/events/{event['id']}")
    ada = sim.person("ada@harbour.test")
    return event, lasting, restore_event(ada, deleted_events(ada)[0])


@pytest.mark.fact("restored-event-id")
def test_what_is_brought_back_has_a_new_id_and_its_old_immutable_one(graph, sim):
    event, lasting, back = brought_back(graph, sim)

    assert back["id"] != event["id"]
    assert graph.error("GET", f"{ADA}/events/{event['id']}") == (404, "ErrorItemNotFound")
    assert graph.get(f"{ADA}/events/{back['id']}", Prefer=IMMUTABLE)["id"] == lasting
    assert graph.get(f"{ADA}/events/{lasting}")["id"] == back["id"]
    for source, target, given, wanted in (
        ("restId", "restImmutableEntryId", back["id"], lasting),
        ("restImmutableEntryId", "restId", lasting, back["id"]),
    ):
        body = {"inputIds": [given], "sourceIdType": source, "targetIdType": target}
        assert graph.post(f"{ADA}/translateExchangeIds", body, 200)["value"][0]["targetId"] == wanted
    assert graph.post(f"{ADA}/events", an_event("Regatta") | {"transactionId": "t-1"})["id"] == back["id"]
    ada = sim.person("ada@harbour.test")
    ada.delete_event(back)
    assert restore_event(ada, deleted_events(ada)[0])["id"] not in {event["id"], back["id"]}
    assert graph.get(f"{ADA}/events/{lasting}")["subject"] == "Regatta"


@pytest.mark.fact("restored-event-id")
def test_by_switch_what_is_brought_back_has_its_old_id(graph, sim):
    sim.switch("restored_keeps_id", value=True)
    event, _, back = brought_back(graph, sim)

    assert back["id"] == event["id"]
    assert deleted_events(sim.person("ada@harbour.test")) == []


@pytest.mark.fact("restored-event-id")
@pytest.mark.parametrize("prefer", ["", IMMUTABLE])
def test_delta_tells_the_old_id_as_removed_and_the_new_one_in_full(graph, sim, prefer):
    """Under the immutable id it is one and the same event, and nothing is removed."""
    headers = {"Prefer": prefer} if prefer else {}
    first = graph.post(f"{ADA}/events", an_event("Regatta"))
    link = graph.get(DELTA, **headers)["@odata.deltaLink"]
    graph.delete(f"{ADA}/events/{first['id']}")
    ada = sim.person("ada@harbour.test")
    restore_event(ada, deleted_events(ada)[0])

    items = graph.get(link, **headers)["value"]

    assert [item["id"] == first["id"] for item in items if "@removed" in item] == ([] if prefer else [True])
    assert [item["subject"] for item in items if "@removed" not in item] == ["Regatta"]


def test_a_series_comes_back_with_its_changed_days(graph, sim):
    series = graph.post(f"{ADA}/events", an_event("Rowing") | {"recurrence": recurring()})
    days = f"{ADA}/events/{{}}/instances?startDateTime=2026-03-01&endDateTime=2026-03-09"
    [_, second, *_] = graph.get(days.format(series["id"]))["value"]
    graph.patch(f"{ADA}/events/{second['id']}", {"subject": "Rowing far"})
    graph.delete(f"{ADA}/events/{series['id']}")
    ada = sim.person("ada@harbour.test")

    back = restore_event(ada, deleted_events(ada)[0])

    shown = graph.get(days.format(back["id"]))["value"]
    assert [each["subject"] for each in shown][:2] == ["Rowing", "Rowing far"]
    assert graph.get(f"{ADA}/events/{shown[1]['id']}")["subject"] == "Rowing far"


def test_what_is_deleted_permanently_cannot_be_brought_back(graph, sim):
    event = graph.post(f"{ADA}/events", an_event())
    graph.post(f"{ADA}/events/{event['id']}/permanentDelete", None, status=204)

    assert graph.error("GET", f"{ADA}/events/{event['id']}") == (404, "ErrorItemNotFound")
    assert deleted_events(sim.person("ada@harbour.test")) == []


@pytest.mark.fact("event-calendar")
def test_the_calendar_of_an_event_is_read_below_it_and_expanded(graph):
    event = graph.post(f"{ROOM}/events", an_event())
    calendar = graph.get(f"{ROOM}/calendar")

    assert graph.get(f"{ROOM}/events/{event['id']}/calendar")["id"] == calendar["id"]
    assert graph.get(f"{ROOM}/events/{event['id']}?$expand=calendar")["calendar"]["id"] == calendar["id"]
    assert graph.get(f"{ROOM}/events?$expand=calendar")["value"][0]["calendar"]["name"] == calendar["name"]


def test_expanding_what_events_do_not_have_is_refused(graph):
    assert graph.error("GET", f"{ADA}/events?$expand=messages") == (400, "RequestBroker--ParseUri")
