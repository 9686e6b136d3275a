"""Mailbox settings, categories, time zones, reminders and ids in other formats."""

from datetime import UTC, datetime

import pytest

ADA = "/users/ada@harbour.test"
SETTINGS = f"{ADA}/mailboxSettings"


@pytest.mark.fact("settings-in-parts")
@pytest.mark.parametrize(
    ("part", "member"),
    [
        ("automaticRepliesSetting", "status"),
        ("language", "locale"),
        ("workingHours", "daysOfWeek"),
        ("timeZone", "value"),
        ("dateFormat", "value"),
        ("delegateMeetingMessageDeliveryOptions", "value"),
        ("userPurpose", "value"),
    ],
)
def test_each_part_of_the_settings_can_be_read_alone(graph, part, member):
    whole = graph.get(SETTINGS)[part]
    alone = graph.get(f"{SETTINGS}/{part}")

    assert alone[member] == (whole if member == "value" else whole[member])


@pytest.mark.fact("settings-in-parts")
def test_a_write_is_answered_with_what_was_written(graph):
    answer = graph.patch(SETTINGS, {"timeZone": "Europe/Oslo"})

    assert set(answer) == {"@odata.context", "timeZone"}
    assert graph.get(SETTINGS)["timeZone"] == answer["timeZone"] == "W. Europe Standard Time"


def test_the_working_hours_stay_in_their_zone_when_the_mailbox_moves_to_another(graph):
    graph.patch(SETTINGS, {"timeZone": "Pacific Standard Time"})

    assert graph.get(SETTINGS)["workingHours"]["timeZone"] == {"name": "FLE Standard Time"}


def test_working_hours_are_merged(graph):
    graph.patch(SETTINGS, {"workingHours": {"endTime": "18:30:00.0000000"}})
    graph.patch(SETTINGS, {"workingHours": {"daysOfWeek": ["Saturday", "Monday"], "timeZone": {"name": "UTC"}}})

    assert graph.get(SETTINGS)["workingHours"] == {
        "daysOfWeek": ["monday", "saturday"],
        "startTime": "08:00:00.0000000",
        "endTime": "18:30:00.0000000",
        "timeZone": {"name": "UTC"},
    }


def test_an_absence_is_planned(graph):
    absence = {
        "status": "Scheduled",
        "scheduledStartDateTime": {"dateTime": "2026-03-20T18:00:00.0000000", "timeZone": "FLE Standard Time"},
        "scheduledEndDateTime": {"dateTime": "2026-03-28T18:00:00.0000000", "timeZone": "UTC"},
        "internalReplyMessage": "Sailing.",
    }
    answer = graph.patch(SETTINGS, {"automaticRepliesSetting": absence})["automaticRepliesSetting"]

    assert answer["status"] == "scheduled"
    assert answer["scheduledStartDateTime"] == {"dateTime": "2026-03-20T16:00:00.0000000", "timeZone": "UTC"}
    assert (answer["internalReplyMessage"], answer["externalAudience"]) == ("Sailing.", "all")


def test_language_and_formats_are_written(graph):
    graph.patch(SETTINGS, {"language": {"locale": "BG-bg"}, "dateFormat": "dd.MM.yyyy", "timeFormat": "H:mm"})

    shown = graph.get(SETTINGS)
    assert shown["language"] == {"locale": "bg-BG", "displayName": "Bulgarian (Bulgaria)"}
    assert (shown["dateFormat"], shown["timeFormat"]) == ("dd.MM.yyyy", "H:mm")


def test_who_hears_of_meetings_when_there_is_a_delegate_is_written(graph):
    graph.patch(SETTINGS, {"delegateMeetingMessageDeliveryOptions": "sendToDelegateAndPrincipal"})

    assert graph.get(SETTINGS)["delegateMeetingMessageDeliveryOptions"] == "sendToDelegateAndPrincipal"


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeZone": "Middle Earth"},
        {"timeZone": 7},
        {"language": {"locale": "tlh"}},
        {"dateFormat": ""},
        {"workingHours": {"startTime": "25:00"}},
        {"workingHours": {"endTime": "07:00:00.0000000"}},
        {"workingHours": {"daysOfWeek": ["caturday"]}},
        {"workingHours": {"lunch": "12:00"}},
        {"automaticRepliesSetting": {"status": "sometimes"}},
        {"automaticRepliesSetting": {"status": "scheduled"}},
        {"userPurpose": "room"},
        {"shoeSize": 44},
    ],
)
def test_a_setting_that_makes_no_sense_changes_nothing(graph, wrong):
    before = graph.get(SETTINGS)

    assert graph.error("PATCH", SETTINGS, {"timeFormat": "H:mm", **wrong})[0] == 400
    assert before == graph.get(SETTINGS)


def test_reading_settings_does_not_allow_to_write_them(sign_in):
    ada = sign_in("ada", {"MailboxSettings.Read"})

    ada.get("/me/mailboxSettings")
    assert ada.error("PATCH", "/me/mailboxSettings", {"timeFormat": "H:mm"}) == (403, "ErrorAccessDenied")


def test_a_person_reads_nobody_elses_settings(sign_in):
    assert sign_in("ben").error("GET", SETTINGS) == (403, "ErrorAccessDenied")


CATEGORIES = f"{ADA}/outlook/masterCategories"


def test_a_new_mailbox_has_six_categories(graph):
    shown = [(each["displayName"], each["color"]) for each in graph.get(CATEGORIES)["value"]]

    assert shown[0] == ("Red category", "preset0")
    assert len(shown) == 6


@pytest.mark.fact("category-name-fixed")
def test_a_category_is_made_recoloured_and_deleted_but_never_renamed(graph):
    made = graph.post(CATEGORIES, {"displayName": "Project expenses", "color": "preset9"})
    path = f"{CATEGORIES}/{made['id']}"

    assert graph.patch(path, {"color": "None"})["color"] == "none"
    assert graph.error("PATCH", path, {"displayName": "Fun"})[0] == 400
    assert graph.get(path)["displayName"] == "Project expenses"
    graph.delete(path)
    assert graph.error("GET", path) == (404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"displayName": "RED category"}, 409),
        ({"displayName": ""}, 400),
        ({"displayName": "a,b"}, 400),
        ({"displayName": "x", "color": "preset25"}, 400),
        ({"color": "preset1"}, 400),
        ({"displayName": "x", "shape": "round"}, 400),
    ],
)
def test_a_category_that_makes_no_sense_is_refused(graph, wrong, status):
    assert graph("POST", CATEGORIES, wrong).status_code == status


@pytest.mark.fact("supported-zones-listed")
def test_time_zones_are_listed_by_both_names(graph):
    windows = {each["alias"]: each["displayName"] for each in graph.get(f"{ADA}/outlook/supportedTimeZones")["value"]}
    call = "supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')"
    iana = {each["alias"]: each["displayName"] for each in graph.get(f"{ADA}/outlook/{call}")["value"]}

    assert windows["FLE Standard Time"].startswith("(UTC+02:00) ")
    assert iana["Europe/Sofia"] == "Europe/Sofia"
    assert iana["Etc/GMT+12"] == "Etc/GMT+12"


def test_an_unknown_standard_of_zone_names_is_refused(graph):
    call = "supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Lunar')"

    assert graph.error("GET", f"{ADA}/outlook/{call}")[0] == 400


def test_languages_are_listed(graph):
    shown = {each["locale"]: each["displayName"] for each in graph.get(f"{ADA}/outlook/supportedLanguages")["value"]}

    assert shown["en-GB"] == "English (United Kingdom)"


def test_reminders_ring_before_what_begins_in_the_span(graph, sim):
    ada = sim.person("ada@harbour.test")
    ada.create_event("Picnic", datetime(2026, 3, 9, 18, tzinfo=UTC), reminderMinutesBeforeStart=30)
    ada.create_event("Silent", datetime(2026, 3, 9, 19, tzinfo=UTC), isReminderOn=False)
    ada.create_event("Later", datetime(2026, 4, 9, 18, tzinfo=UTC))

    [picnic] = graph.get(
        f"{ADA}/reminderView(startDateTime='2026-03-05T10:00:00.0000000',endDateTime='2026-03-11T11:00:00.0000000')"
    )["value"]

    assert picnic["eventSubject"] == "Picnic"
    assert picnic["reminderFireTime"] == {"dateTime": "2026-03-09T17:30:00.0000000", "timeZone": "UTC"}
    assert graph.get(f"{ADA}/events/{picnic['eventId']}")["subject"] == "Picnic"


def test_each_occurrence_has_a_reminder_of_its_own(graph, sim):
    rule = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-09", "numberOfOccurrences": 3},
    }
    sim.person("ada@harbour.test").create_event("Stand-up", datetime(2026, 3, 9, 9, tzinfo=UTC), recurrence=rule)

    shown = graph.get(f"{ADA}/reminderView?startDateTime=2026-03-09T00:00:00&endDateTime=2026-03-20T00:00:00")["value"]

    assert len({each["eventId"] for each in shown}) == 3
    assert graph.get(f"{ADA}/events/{shown[1]['eventId']}")["type"] == "occurrence"


@pytest.mark.parametrize(
    "arguments",
    [
        "(startDateTime='x',endDateTime='y')",
        "",
        "(startDateTime='2026-03-09T00:00:00',endDateTime='2020-01-01T00:00:00')",
    ],
)
def test_a_span_of_reminders_that_makes_no_sense_is_refused(graph, arguments):
    assert graph.error("GET", f"{ADA}/reminderView{arguments}")[0] == 400


def translated(graph, names, source, target):
    body = {"inputIds": names, "sourceIdType": source, "targetIdType": target}
    return graph.post(f"{ADA}/translateExchangeIds", body, 200)["value"]


@pytest.mark.fact("ids-translated")
def test_an_id_is_translated_into_its_immutable_form_and_back(graph, sim):
    event = sim.person("ada@harbour.test").create_event("Planning", sim.clock.now())
    immutable = graph.get(f"{ADA}/events/{event['id']}", Prefer='IdType="ImmutableId"')["id"]

    assert translated(graph, [event["id"]], "restId", "restImmutableEntryId") == [
        {"sourceId": event["id"], "targetId": immutable}
    ]
    assert translated(graph, [immutable], "restImmutableEntryId", "restId")[0]["targetId"] == event["id"]


@pytest.mark.parametrize("kind", ["entryId", "ewsId", "immutableEntryId", "restImmutableEntryId"])
def test_every_format_leads_back(graph, sim, kind):
    event = sim.person("ada@harbour.test").create_event("Planning", sim.clock.now())

    [there] = translated(graph, [event["id"]], "restId", kind)
    [back] = translated(graph, [there["targetId"]], kind, "restId")

    assert back["targetId"] == event["id"]


@pytest.mark.fact("ids-translated")
def test_what_is_no_id_is_an_error_in_its_own_entry(graph):
    [result] = translated(graph, ["nonsense"], "restId", "restImmutableEntryId")

    assert (result["targetId"], result["errorDetails"]["code"]) == (None, "ErrorInvalidIdMalformed")


@pytest.mark.fact("ids-translated")
@pytest.mark.parametrize(
    "wrong",
    [
        {"inputIds": ["x"] * 1001, "sourceIdType": "restId", "targetIdType": "ewsId"},
        {"inputIds": ["x"], "sourceIdType": "restId"},
        {"inputIds": ["x"], "sourceIdType": "paper", "targetIdType": "ewsId"},
        {"inputIds": "x", "sourceIdType": "restId", "targetIdType": "ewsId"},
    ],
)
def test_a_translation_that_makes_no_sense_is_refused(graph, wrong):
    assert graph.error("POST", f"{ADA}/translateExchangeIds", wrong)[0] == 400
