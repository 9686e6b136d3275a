"""getSchedule: who is free when, as far as the caller may know."""

from datetime import UTC, datetime, timedelta

import pytest

from sim365.state import CalendarRole, DistributionGroup, Mailbox

ADA, BEN, ROOM = "ada@harbour.test", "ben@harbour.test", "aquarium@harbour.test"
PATH = f"/users/{ROOM}/calendar/getSchedule"


def asked(*addresses, start="2026-03-02T09:00:00", end="2026-03-02T18:00:00", interval=60, zone="UTC"):
    body = {
        "schedules": list(addresses),
        "startTime": {"dateTime": start, "timeZone": zone},
        "endTime": {"dateTime": end, "timeZone": zone},
    }
    return body if interval is ... else body | {"availabilityViewInterval": interval}


def at(hour, minute=0, day=2):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def put(sim, address, title, start, end, **more):
    return sim.person(address).create_event(title, start, end, **more)


def schedule(graph, *addresses, **more):
    return graph.post(PATH, asked(*addresses, **more), 200)["value"]


@pytest.mark.fact("schedule-view-digits")
def test_the_view_has_one_digit_for_each_hour(graph, sim):
    put(sim, ADA, "Lunch", at(12), at(14))

    [ada] = schedule(graph, ADA)

    assert ada["availabilityView"] == "000220000"
    assert ada["workingHours"]["timeZone"] == {"name": "FLE Standard Time"}


@pytest.mark.fact("schedule-view-digits")
def test_where_entries_overlap_the_stronger_status_is_the_digit(graph, sim):
    put(sim, ADA, "Perhaps", at(9), at(12), showAs="tentative")
    put(sim, ADA, "Certain", at(10), at(11))
    put(sim, ADA, "Elsewhere", at(13), at(16), showAs="workingElsewhere")
    put(sim, ADA, "Away", at(15), at(18), showAs="oof")
    put(sim, ADA, "Free", at(12), at(13), showAs="free")

    [ada] = schedule(graph, ADA)

    assert ada["availabilityView"] == "121044333"


def test_an_entry_that_begins_before_the_window_is_told_whole(graph, sim):
    put(sim, ADA, "Early", at(8, 30), at(9, 30))

    [ada] = schedule(graph, ADA)

    assert ada["availabilityView"] == "200000000"
    assert ada["scheduleItems"][0]["start"] == {"dateTime": "2026-03-02T08:30:00.0000000", "timeZone": "UTC"}


def test_an_entry_that_ends_when_the_window_begins_is_not_told(graph, sim):
    put(sim, ADA, "Before", at(8), at(9))

    assert schedule(graph, ADA)[0]["scheduleItems"] == []


def test_a_last_shorter_interval_has_a_digit_too(graph, sim):
    put(sim, ADA, "Late", at(17, 45), at(19))

    assert schedule(graph, ADA, interval=240)[0]["availabilityView"] == "002"


def test_every_occurrence_of_a_series_is_told(graph, sim):
    rule = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 5},
    }
    put(sim, ADA, "Stand-up", at(9), at(9, 15), recurrence=rule)

    [ada] = schedule(graph, ADA, end="2026-03-04T18:00:00", interval=1440)

    assert [item["start"]["dateTime"][:10] for item in ada["scheduleItems"]] == [
        "2026-03-02", "2026-03-03", "2026-03-04",
    ]  # fmt: skip
    assert ada["availabilityView"] == "222"


def test_only_the_default_calendar_counts(graph, sim):
    graph.post(f"/users/{ADA}/calendars", {"name": "Sailing"})
    put(sim, ADA, "Regatta", at(10), at(12), calendar="Sailing")

    assert schedule(graph, ADA)[0]["scheduleItems"] == []


@pytest.mark.fact("schedule-details-by-permission")
def test_others_learn_when_but_not_what(graph, sim):
    put(sim, ADA, "Salary talk", at(10), at(11))

    [item] = schedule(graph, ADA)[0]["scheduleItems"]

    assert set(item) == {"status", "start", "end"}


@pytest.mark.fact("schedule-details-by-permission")
def test_limited_details_for_the_organisation_show_title_and_place(graph, sim):
    put(sim, ROOM, "Budget", at(10), at(11), location={"displayName": "Aquarium"})
    sim.world.default_calendar(sim.person(ROOM).mailbox).organization_role = CalendarRole.LIMITED_READ

    [item] = schedule(graph, ROOM)[0]["scheduleItems"]

    assert (item["subject"], item["location"], item["isPrivate"]) == ("Budget", "Aquarium", False)


@pytest.mark.fact("schedule-private-hidden")
@pytest.mark.parametrize("sensitivity", ["private", "confidential"])
def test_a_private_entry_shows_no_title_to_others(graph, sim, sensitivity):
    put(sim, ADA, "Doctor", at(10), at(11), sensitivity=sensitivity)
    sim.world.default_calendar(sim.person(ADA).mailbox).organization_role = CalendarRole.READ

    [item] = schedule(graph, ADA)[0]["scheduleItems"]

    assert "subject" not in item
    assert item["isPrivate"] is (sensitivity == "private")


def test_ada_sees_her_own_private_entries(sim, sign_in):
    put(sim, ADA, "Doctor", at(10), at(11), sensitivity="private")

    answer = sign_in("ada").post("/me/calendar/getSchedule", asked(ADA), 200)

    assert answer["value"][0]["scheduleItems"][0]["subject"] == "Doctor"


@pytest.mark.fact("schedule-on-any-path")
@pytest.mark.parametrize("scope", ["Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"])
@pytest.mark.parametrize("whose", ["/me/calendar", f"/users/{ADA}/calendar", f"/users/{ROOM}/calendar"])
def test_ben_asks_on_anybodys_path_without_a_shared_scope(sim, sign_in, scope, whose):
    put(sim, ADA, "Salary talk", at(10), at(11))

    [ada] = sign_in("ben", {scope}).post(f"{whose}/getSchedule", asked(ADA), 200)["value"]

    assert ada["availabilityView"] == "020000000"
    assert set(ada["scheduleItems"][0]) == {"status", "start", "end"}


@pytest.mark.fact("schedule-on-any-path")
@pytest.mark.parametrize("scope", ["Calendars.Read.Shared", "Calendars.ReadWrite.Shared", "User.Read"])
def test_other_scopes_do_not_suffice_for_a_schedule(sign_in, scope):
    assert sign_in("ben", {scope}).error("POST", "/me/calendar/getSchedule", asked(ADA)) == (403, "ErrorAccessDenied")


@pytest.mark.fact("schedule-no-access")
def test_who_hides_even_the_free_times_is_an_error_in_the_entry(graph, sim):
    sim.world.default_calendar(sim.person(ADA).mailbox).organization_role = CalendarRole.NONE

    ada, ben = schedule(graph, ADA, BEN)

    assert set(ada) == {"scheduleId", "error"}
    assert ada["error"]["responseCode"] == "5016"
    assert ben["availabilityView"] == "000000000"


@pytest.mark.fact("schedule-error-per-entry")
@pytest.mark.parametrize("address", ["nobody@harbour.test", "ghost@harbour.test", "not an address"])
def test_an_unknown_address_is_an_error_in_its_entry(graph, address):
    unknown, ada = schedule(graph, address, ADA)

    assert unknown["scheduleId"] == address
    assert unknown["error"]["responseCode"] == "5009"
    assert "error" not in ada


@pytest.mark.fact("schedule-group-view")
def test_a_room_list_answers_with_the_view_of_all_its_rooms(graph, sim):
    put(sim, ROOM, "One", at(9), at(10))
    put(sim, "boathouse@harbour.test", "Two", at(10), at(11))

    [rooms] = schedule(graph, "rooms@harbour.test")

    assert rooms["availabilityView"] == "220000000"
    assert rooms["scheduleItems"] == []


@pytest.mark.fact("schedule-group-view")
def test_by_switch_a_room_list_tells_when_its_rooms_are_taken(graph, sim):
    put(sim, ROOM, "One", at(9), at(10))
    put(sim, "boathouse@harbour.test", "Two", at(8), at(11))
    sim.switch("group_entries_told", value=True)

    [rooms] = schedule(graph, "rooms@harbour.test")

    assert [item["start"]["dateTime"][11:16] for item in rooms["scheduleItems"]] == ["08:00", "09:00"]
    assert all(set(item) == {"status", "start", "end"} for item in rooms["scheduleItems"])


@pytest.mark.fact("schedule-group-too-large")
def test_a_group_of_more_than_a_hundred_is_an_error_in_its_entry(graph, sim):
    [tenant] = sim.company.tenants
    crowd = []
    for number in range(101):
        one = Mailbox(oid=f"00000000-0000-4000-8000-{number:012}", address=f"m{number}@harbour.test", display_name="M")
        tenant.add_mailbox(one)
        crowd.append(one.address)
    for size in (100, 101):
        tenant.groups["crowd@harbour.test"] = DistributionGroup("crowd@harbour.test", "Crowd", "g-crowd", crowd[:size])
        [answer] = schedule(graph, "crowd@harbour.test")
        assert answer.get("error", {}).get("responseCode") == (None if size == 100 else "5007")


@pytest.mark.fact("schedule-thousand-items")
def test_more_than_a_thousand_entries_are_an_error_in_the_entry(graph, sim):
    ada = sim.person(ADA)
    for minute in range(1001):
        ada.create_event("Tick", at(9) + timedelta(seconds=minute), at(9) + timedelta(seconds=minute + 1))

    assert schedule(graph, ADA)[0]["error"]["responseCode"] == "5006"


def test_times_are_told_in_the_preferred_zone(graph, sim):
    put(sim, ADA, "Lunch", at(12), at(14))
    body = asked(ADA, start="2026-03-02T11:00:00", end="2026-03-02T20:00:00", zone="FLE Standard Time")

    answer = graph("POST", PATH, body, 200, Prefer='outlook.timezone="FLE Standard Time"')

    [item] = answer.json()["value"][0]["scheduleItems"]
    assert item["start"] == {"dateTime": "2026-03-02T14:00:00.0000000", "timeZone": "FLE Standard Time"}
    assert answer.headers["Preference-Applied"] == 'outlook.timezone="FLE Standard Time"'


def test_parameters_may_be_written_with_capitals_and_the_interval_as_text(graph):
    body = {name[0].upper() + name[1:]: value for name, value in asked(ADA, interval="15").items()}

    assert len(graph.post(PATH, body, 200)["value"][0]["availabilityView"]) == 36


def test_the_interval_is_half_an_hour_unless_said(graph):
    assert len(schedule(graph, ADA, interval=...)[0]["availabilityView"]) == 18


@pytest.mark.fact("schedule-interval-limits")
@pytest.mark.parametrize("interval", [0, 4, 1441, 600, -30])
def test_an_interval_must_fit_the_window_and_the_limits(graph, interval):
    assert graph.error("POST", PATH, asked(ADA, interval=interval)) == (400, "ErrorInvalidMergedFreeBusyInterval")


@pytest.mark.fact("schedule-interval-limits")
def test_an_interval_of_null_is_an_internal_error(graph):
    assert graph.error("POST", PATH, asked(ADA, interval=None)) == (500, "ErrorInternalServerError")


@pytest.mark.fact("schedule-window-limit")
def test_a_window_has_at_most_six_weeks_unless_the_switch_allows_more(graph, sim):
    long = asked(ADA, end="2026-04-20T09:00:00")

    assert graph.error("POST", PATH, long) == (400, "ErrorInvalidTimeInterval")
    sim.switch("schedule_window_classic", value=True)
    graph.post(PATH, long, 200)


@pytest.mark.parametrize("end", ["2026-03-02T09:00:00", "2026-03-01T09:00:00"])
def test_a_window_must_have_a_length(graph, end):
    assert graph.error("POST", PATH, asked(ADA, end=end)) == (400, "ErrorInvalidTimeInterval")


@pytest.mark.fact("schedule-hundred-addresses")
def test_a_hundred_addresses_are_the_most(graph):
    graph.post(PATH, asked(*[ADA] * 100), 200)

    answer = graph("POST", PATH, asked(*[ADA] * 101), 400)

    assert answer.json()["error"]["code"] == "ErrorMailboxDataArrayTooBig"
    assert "The allowed size = 100; the actual size = 101." in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"schedules": "ada"},
        asked(ADA) | {"startTime": None},
        asked(ADA) | {"startTime": {"dateTime": "noon", "timeZone": "UTC"}},
        asked(ADA) | {"startTime": {"dateTime": "2026-03-02T09:00:00", "timeZone": "Middle Earth"}},
        asked(ADA, interval=[5]),
        asked(),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(graph, broken):
    assert graph.error("POST", PATH, broken)[0] == 400


def test_a_mail_group_answers_for_everybody_in_it_and_in_its_groups(graph, sim):
    tenant = sim.world.company.tenants[0]
    for name, members in (("crew", [ADA, "mates@harbour.test"]), ("mates", [BEN, "crew@harbour.test"])):
        address = f"{name}@harbour.test"
        tenant.groups[address] = DistributionGroup(address, name, f"g-{name}", members)
    put(sim, ADA, "One", at(9), at(10))
    put(sim, BEN, "Two", at(10), at(11), showAs="tentative")

    assert schedule(graph, "crew@harbour.test")[0]["availabilityView"] == "210000000"
