"""Time zones, all-day events, ids, etags and their headers (FACTS 0, 3.4, 3.8, 3.9, 3.12)."""

import urllib.parse
from datetime import datetime, timedelta

import pytest

from sim365.unusual import age
from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, BEN, WEEK, a_series, at, copy_in, invited, on

IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}


@pytest.mark.fact("zones-by-both-names")
@pytest.mark.parametrize(
    "zone", ["FLE Standard Time", "Europe/Sofia", "fle standard time", "Etc/GMT-2", "tzone://Microsoft/Utc"]
)
def test_a_zone_is_taken_by_either_name_and_shown_as_asked(graph, zone):
    hour = 9 if "Utc" in zone else 7
    event = graph.post(f"{ADA}/events", an_event(zone=zone))
    shown = graph.get(f"{ADA}/events/{event['id']}", Prefer=f'outlook.timezone="{zone}"')

    assert event["start"] == at(f"2026-03-02T{hour:02d}:00:00.0000000")
    assert event["originalStartTimeZone"] == zone
    assert shown["start"] == at("2026-03-02T09:00:00.0000000", zone)


def test_start_and_end_may_have_zones_of_their_own(graph):
    event = graph.post(
        f"{ADA}/events",
        {
            "subject": "Flight",
            "start": at("2026-03-02T09:00:00", "Europe/Sofia"),
            "end": at("2026-03-02T09:00:00", "UTC"),
        },
    )

    assert (event["start"]["dateTime"][11:16], event["end"]["dateTime"][11:16]) == ("07:00", "09:00")
    assert (event["originalStartTimeZone"], event["originalEndTimeZone"]) == ("Europe/Sofia", "UTC")


@pytest.mark.parametrize("text", ["2026-03-02T09:00", "2026-03-02T09:00:00.5", "2026-03-02T09:00:00.123456789"])
def test_fraction_digits_are_taken_in_any_number_and_shown_as_seven(graph, text):
    event = graph.post(f"{ADA}/events", an_event(start=text))

    assert len(event["start"]["dateTime"].partition(".")[2]) == 7


@pytest.mark.fact("offset-in-datetime")
@pytest.mark.parametrize("text", ["2026-03-02T09:00:00Z", "2026-03-02T11:00:00+02:00"])
def test_an_offset_names_the_instant_unless_switched(graph, sim, text):
    body = an_event() | {
        "start": at(text, "Tokyo Standard Time"),
        "end": at("2026-03-02T20:00:00", "Tokyo Standard Time"),
    }

    assert graph.post(f"{ADA}/events", body)["start"]["dateTime"][11:16] == "09:00"
    sim.switch("offset_in_datetime_counts", value=False)
    passed_over = graph.post(f"{ADA}/events", body)["start"]["dateTime"][11:16]
    assert passed_over == {"09": "00:00", "11": "02:00"}[text[11:13]]


@pytest.mark.fact("unknown-preferred-zone")
def test_an_unknown_zone_in_prefer_is_passed_over_unless_switched(graph, sim):
    event = graph.post(f"{ADA}/events", an_event())
    answer = graph("GET", f"{ADA}/events/{event['id']}", Prefer='outlook.timezone="Mars/Olympus"')

    assert answer.json()["start"]["timeZone"] == "UTC"
    assert "Preference-Applied" not in answer.headers
    sim.switch("unknown_preferred_zone_refused", value=True)
    refused = graph.error("GET", f"{ADA}/events/{event['id']}", Prefer='outlook.timezone="Mars/Olympus"')
    assert refused == (400, "TimeZoneNotSupportedException")


def test_preferences_that_are_honoured_are_named(graph):
    event = graph.post(f"{ADA}/events", an_event())
    prefer = 'outlook.timezone="Europe/Sofia", IdType="ImmutableId", outlook.body-content-type="text", respond-async'
    answer = graph("GET", f"{ADA}/events/{event['id']}", Prefer=prefer)

    named = 'outlook.timezone="Europe/Sofia", IdType="ImmutableId", outlook.body-content-type="text"'
    assert answer.headers["Preference-Applied"] == named


def test_writes_answer_in_the_zone_that_prefer_names(graph):
    sofia = {"Prefer": 'outlook.timezone="Europe/Sofia"'}
    event = graph.post(f"{ADA}/events", an_event(), **sofia)

    assert event["start"] == at("2026-03-02T11:00:00.0000000", "Europe/Sofia")
    assert graph.patch(f"{ADA}/events/{event['id']}", {"subject": "A"}, **sofia)["start"] == event["start"]


@pytest.mark.fact("all-day-midnight")
def test_an_all_day_event_reads_midnight_everywhere_and_lies_at_its_instant(graph):
    day = {
        "start": at("2026-03-05T00:00:00", "Tokyo Standard Time"),
        "end": at("2026-03-06T00:00:00", "Tokyo Standard Time"),
    }
    graph.post(f"{ADA}/events", an_event(isAllDay=True) | day)

    def starts(window, zone="UTC"):
        found = graph.get(f"{ADA}/calendarView?{window}", Prefer=f'outlook.timezone="{zone}"')["value"]
        return [event["start"]["dateTime"][:16] for event in found]

    for zone in ("UTC", "Pacific Standard Time", "Tokyo Standard Time"):
        assert starts(WEEK, zone) == ["2026-03-05T00:00"]
    assert starts("startDateTime=2026-03-04T15:00:00Z&endDateTime=2026-03-04T16:00:00Z") == ["2026-03-05T00:00"]
    assert starts("startDateTime=2026-03-05T15:00:00Z&endDateTime=2026-03-05T23:00:00Z") == []


def test_an_event_becomes_all_day_only_with_midnights(graph):
    event = graph.post(f"{ADA}/events", an_event())
    path = f"{ADA}/events/{event['id']}"

    assert graph.error("PATCH", path, {"isAllDay": True}) == (400, "ErrorPropertyValidationFailure")
    day = {"isAllDay": True, "start": at("2026-03-02T00:00:00"), "end": at("2026-03-04T00:00:00")}
    assert graph.patch(path, day)["isAllDay"] is True


@pytest.mark.fact("ids-case-sensitive")
def test_an_id_in_another_case_names_nothing(graph):
    event = graph.post(f"{ADA}/events", an_event())

    assert graph.error("GET", f"{ADA}/events/{event['id'].swapcase()}") == (400, "ErrorInvalidIdMalformed")
    for wrong in ("x", event["id"][:-4], f"{event['id']}AAAA", "%20", "é"):
        assert graph.error("GET", f"{ADA}/events/{wrong}") == (400, "ErrorInvalidIdMalformed")


def test_an_id_is_percent_encoded_in_a_path(graph):
    event = graph.post(f"{ADA}/events", an_event())
    quoted = urllib.parse.quote(event["id"], safe="")

    assert graph.get(f"{ADA}/events/{quoted}")["id"] == event["id"]
    assert graph.get(f"{ADA}/events('{quoted}')")["id"] == event["id"]
    assert f"itemid={quoted}&" in event["webLink"]


@pytest.mark.fact("immutable-ids")
def test_immutable_ids_survive_a_move_with_all_that_hangs_below(graph, sim):
    master = a_series(graph, attachments=[{"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Chart"}])
    day, ordinary = on(graph, "2026-03-03", **IMMUTABLE), on(graph, "2026-03-03")
    graph.patch(f"{ADA}/events/{ordinary['id']}", {"subject": "Roof"})
    [chart] = graph.get(f"{ADA}/events/{day['id']}/attachments", **IMMUTABLE)["value"]
    ada = sim.person("ada@harbour.test")
    ada.add_calendar("Archive")
    ada.move_to_calendar(master["id"], "Archive")

    moved = graph.get(f"{ADA}/events/{day['id']}", **IMMUTABLE)
    assert (moved["id"], moved["subject"]) == (day["id"], "Roof")
    assert moved["seriesMasterId"] == day["seriesMasterId"]
    assert graph.get(f"{ADA}/events/{day['id']}/attachments/{chart['id']}", **IMMUTABLE)["id"] == chart["id"]
    assert graph.error("GET", f"{ADA}/events/{ordinary['id']}") == (404, "ErrorItemNotFound")


@pytest.mark.fact("ical-uid-format")
def test_an_ical_uid_is_a_global_object_id(graph, sim):
    uid = graph.post(f"{ADA}/events", an_event())["iCalUId"]
    ticks = int.from_bytes(bytes.fromhex(uid[40:56]), "little")

    assert uid.startswith("040000008200E00074C5B7101A82E008")
    assert (uid[32:40], uid[56:72], uid[72:80], len(uid)) == ("00000000", "0" * 16, "10000000", 112)
    assert datetime(1601, 1, 1, tzinfo=sim.clock.now().tzinfo) + timedelta(microseconds=ticks / 10) == sim.clock.now()


@pytest.mark.fact("ical-uid-per-occurrence")
def test_occurrences_share_their_masters_ical_uid_unless_switched(graph, sim):
    master = a_series(graph)

    assert on(graph, "2026-03-03")["iCalUId"] == master["iCalUId"]
    sim.switch("uid_per_occurrence", value=True)
    uid = on(graph, "2026-03-03")["iCalUId"]
    assert (uid[32:40], uid[40:]) == ("07EA0303", master["iCalUId"][40:])
    found = graph.get(f"{ADA}/calendarView?{WEEK}&$filter=iCalUId eq '{uid}'")["value"]
    assert [event["start"]["dateTime"][:10] for event in found] == ["2026-03-03"]


@pytest.mark.fact("ical-uid-null")
def test_a_malformed_old_item_has_no_ical_uid_and_its_copies_still_follow(graph, sim):
    event = graph.post(f"{ADA}/events", an_event("Old", attendees=invited("ben@harbour.test")))
    age(sim.person("ada@harbour.test"), event, has_uid=False)
    graph.patch(f"{ADA}/events/{event['id']}", {"subject": "Older"})
    sim.settle()

    assert graph.get(f"{ADA}/events/{event['id']}")["iCalUId"] is None
    assert graph.get(f"{ADA}/events?$filter=iCalUId eq '{event['iCalUId']}'")["value"] == []
    assert [each["iCalUId"] for each in graph.get(f"{ADA}/calendarView?{WEEK}")["value"]] == [None]
    assert copy_in(graph, BEN, event)["subject"] == "Older"


@pytest.mark.fact("etag-with-select")
@pytest.mark.parametrize("path", ["events?", f"calendarView?{WEEK}&"])
def test_the_etag_comes_whatever_is_selected(graph, path):
    event = graph.post(f"{ADA}/events", an_event())

    [shown] = graph.get(f"{ADA}/{path}$select=subject")["value"]
    assert shown["@odata.etag"] == f'W/"{event["changeKey"]}"'
    assert set(shown) == {"@odata.etag", "id", "subject"}


@pytest.mark.fact("if-match")
def test_a_stale_if_match_changes_nothing_and_the_current_one_does(graph):
    event = graph.post(f"{ADA}/events", an_event())
    path = f"{ADA}/events/{event['id']}"
    after = graph.patch(path, {"subject": "B"}, If_Match=event["@odata.etag"])

    for method in ("PATCH", "DELETE"):
        refused = graph.error(method, path, {"subject": "C"}, If_Match=event["@odata.etag"])
        assert refused == (412, "ErrorIrresolvableConflict")
    assert graph.get(path)["subject"] == "B"
    assert graph.patch(path, {"subject": "D"}, If_Match="*")["subject"] == "D"
    assert graph.error("PATCH", path, {"subject": "E"}, If_Match=after["@odata.etag"])[0] == 412


def test_an_occurrences_etag_is_its_masters_until_it_is_changed(graph):
    master = a_series(graph)
    day = on(graph, "2026-03-03")
    path = f"{ADA}/events/{day['id']}"

    assert day["@odata.etag"] == master["@odata.etag"]
    changed = graph.patch(path, {"subject": "Roof"}, If_Match=day["@odata.etag"])
    assert graph.error("PATCH", path, {"subject": "Attic"}, If_Match=day["@odata.etag"])[0] == 412
    assert graph.patch(path, {"subject": "Attic"}, If_Match=changed["@odata.etag"])["subject"] == "Attic"


def test_the_context_names_what_was_selected(graph):
    event = graph.post(f"{ADA}/events", an_event())
    shown = graph.get(f"{ADA}/events/{event['id']}?$select=subject")

    assert shown["@odata.context"].endswith("/events(subject)/$entity")
