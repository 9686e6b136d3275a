"""findMeetingTimes: when those who matter are free."""

from datetime import UTC, datetime

import pytest

from sim365.state import CalendarRole

ADA, BEN, CHIDI, ROOM = "ada@harbour.test", "ben@harbour.test", "chidi@harbour.test", "aquarium@harbour.test"
PATH = "/me/findMeetingTimes"


def at(hour, minute=0, day=2):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def slot(start="2026-03-02T08:00:00", end="2026-03-02T12:00:00"):
    return {"start": {"dateTime": start, "timeZone": "UTC"}, "end": {"dateTime": end, "timeZone": "UTC"}}


def invite(*addresses, kind="required"):
    return [{"type": kind, "emailAddress": {"address": address}} for address in addresses]


def wanted(*addresses, domain="unrestricted", slots=None, **more):
    constraint = {"activityDomain": domain, "timeSlots": slots or [slot()]}
    return {"attendees": invite(*addresses), "timeConstraint": constraint, "meetingDuration": "PT1H", **more}


@pytest.fixture
def ask(sign_in):
    ada = sign_in("ada")

    def asking(body, **headers):
        return ada("POST", PATH, body, 200, **headers).json()

    return asking


def starts(answer):
    return [each["meetingTimeSlot"]["start"]["dateTime"][11:16] for each in answer["meetingTimeSuggestions"]]


@pytest.mark.fact("meeting-times-for-people")
def test_an_app_by_itself_is_refused(graph):
    assert graph.error("POST", f"/users/{ADA}/findMeetingTimes", wanted(BEN)) == (403, "ErrorAccessDenied")


@pytest.mark.fact("meeting-times-for-people")
def test_a_person_needs_a_shared_scope(sign_in):
    assert sign_in("ada", {"Calendars.ReadWrite"}).error("POST", PATH, wanted(BEN)) == (403, "ErrorAccessDenied")


def test_the_earliest_times_at_which_everybody_is_free_come_first(sim, ask):
    sim.person(BEN).create_event("Lunch", at(8), at(9, 30))
    sim.person(ADA).create_event("Interview", at(10, 30), at(11))

    answer = ask(wanted(BEN))

    assert starts(answer) == ["09:30", "11:00"]
    first = answer["meetingTimeSuggestions"][0]
    assert (first["confidence"], first["order"], first["organizerAvailability"]) == (100.0, 1, "free")
    assert first["attendeeAvailability"] == [
        {"availability": "free", "attendee": {"type": "required", "emailAddress": {"address": BEN}}}
    ]
    assert answer["emptySuggestionsReason"] == ""


@pytest.mark.fact("meeting-times-confidence")
def test_confidence_is_the_mean_of_what_is_known_of_each(sim, ask):
    sim.person(CHIDI).create_event("Busy", at(8), at(12))

    [first, *_] = ask(wanted(BEN, "guest@elsewhere.test"))["meetingTimeSuggestions"]
    [second, *_] = ask(wanted(BEN, CHIDI))["meetingTimeSuggestions"]

    assert (first["confidence"], second["confidence"]) == (74.5, 50.0)


def test_better_times_come_before_earlier_ones(sim, ask):
    sim.person(BEN).create_event("Busy", at(8), at(11))

    assert starts(ask(wanted(BEN, CHIDI)))[0] == "11:00"


@pytest.mark.fact("meeting-times-confidence")
def test_who_hides_free_times_is_unknown(sim, ask):
    sim.world.default_calendar(sim.person(BEN).mailbox).organization_role = CalendarRole.NONE

    answer = ask(wanted(BEN, minimumAttendeePercentage=40))

    assert answer["meetingTimeSuggestions"][0]["confidence"] == 49.0


@pytest.mark.fact("meeting-times-empty-reason")
@pytest.mark.parametrize(
    ("busy", "more", "reason"),
    [
        (BEN, {}, "attendeesUnavailable"),
        (ADA, {}, "organizerUnavailable"),
        (
            ROOM,
            {
                "locationConstraint": {
                    "isRequired": True,
                    "locations": [{"resolveAvailability": True, "locationEmailAddress": ROOM}],
                }
            },
            "locationsUnavailable",
        ),
    ],
)
def test_where_there_is_no_time_the_reason_is_told(sim, ask, busy, more, reason):
    sim.person(busy).create_event("All day long", at(7), at(13))

    answer = ask(wanted(BEN, **more))

    assert (answer["meetingTimeSuggestions"], answer["emptySuggestionsReason"]) == ([], reason)


@pytest.mark.fact("meeting-times-empty-reason")
def test_of_somebody_outside_too_little_is_known(ask):
    assert ask(wanted("guest@elsewhere.test"))["emptySuggestionsReason"] == "attendeesUnavailableOrUnknown"


@pytest.mark.fact("meeting-times-empty-reason")
def test_a_slot_too_short_for_the_meeting_has_an_unknown_reason(ask):
    assert ask(wanted(BEN, meetingDuration="PT5H"))["emptySuggestionsReason"] == "unknown"


def test_an_optional_organiser_may_be_busy(sim, ask):
    sim.person(ADA).create_event("Busy", at(8), at(12))

    answer = ask(wanted(BEN, isOrganizerOptional=True))

    assert answer["meetingTimeSuggestions"][0]["organizerAvailability"] == "busy"


def test_reasons_are_given_where_they_are_asked_for(ask):
    plain, reasoned = ask(wanted(BEN)), ask(wanted(BEN, returnSuggestionReasons=True))

    assert "suggestionReason" not in plain["meetingTimeSuggestions"][0]
    assert "all attendees" in reasoned["meetingTimeSuggestions"][0]["suggestionReason"]


def test_no_more_candidates_than_wanted(ask):
    assert starts(ask(wanted(BEN, maxCandidates=2))) == ["08:00", "08:30"]


@pytest.mark.fact("meeting-times-work-hours")
def test_work_is_done_in_the_organisers_working_hours(ask):
    """08:00 to 17:00 in Sofia is 06:00 to 15:00 UTC; 7 March 2026 is a Saturday."""
    days = [slot("2026-03-06T13:00:00", "2026-03-08T08:00:00")]

    assert starts(ask(wanted(BEN, domain="work", slots=days))) == ["13:00", "13:30", "14:00"]


@pytest.mark.fact("meeting-times-work-hours")
def test_private_life_includes_the_weekend(ask):
    saturday = [slot("2026-03-07T05:00:00", "2026-03-07T08:00:00")]

    assert starts(ask(wanted(BEN, domain="personal", slots=saturday))) == ["06:00", "06:30", "07:00"]


def test_a_named_place_is_repeated_and_a_taken_one_left_out(sim, ask):
    sim.person(ROOM).create_event("Taken", at(8), at(9))
    places = [
        {"displayName": "Hood", "resolveAvailability": False},
        {"displayName": "Aquarium", "locationEmailAddress": ROOM, "resolveAvailability": True},
    ]

    answer = ask(wanted(BEN, locationConstraint={"locations": places}, slots=[slot(end="2026-03-02T10:00:00")]))

    shown = [[place["displayName"] for place in each["locations"]] for each in answer["meetingTimeSuggestions"]]
    assert shown == [["Hood"], ["Hood"], ["Hood", "Aquarium"]]


@pytest.mark.fact("meeting-times-rooms-suggested")
def test_free_rooms_that_are_large_enough_are_suggested(sim, ask):
    sim.person(ROOM).create_event("Taken", at(8), at(12))

    [first, *_] = ask(wanted(BEN, CHIDI, locationConstraint={"suggestLocation": True}))["meetingTimeSuggestions"]

    assert [place["displayName"] for place in first["locations"]] == ["Boathouse", "Crow's Nest"]


def test_times_are_shown_in_the_preferred_zone(ask):
    answer = ask(wanted(BEN), Prefer='outlook.timezone="FLE Standard Time"')

    assert answer["meetingTimeSuggestions"][0]["meetingTimeSlot"]["start"] == {
        "dateTime": "2026-03-02T10:00:00.0000000",
        "timeZone": "FLE Standard Time",
    }


@pytest.mark.fact("meeting-times-default-window")
def test_without_a_time_constraint_it_looks_a_week_ahead(sim, sign_in):
    ada = sim.person(ADA)
    for day in range(2, 10):
        ada.create_event("Away", at(6, day=day), at(20, day=day))
    me = sign_in("ada")

    assert me.post(PATH, {}, 200)["meetingTimeSuggestions"] == []
    sim.switch("meeting_times_days", value=14)
    assert me.post(PATH, {}, 200)["meetingTimeSuggestions"]


def test_a_question_without_a_body_looks_for_half_an_hour_at_work(sign_in):
    answer = sign_in("ada")("POST", PATH, None, 200).json()

    assert starts(answer)[0] == "07:00"
    assert len(answer["meetingTimeSuggestions"]) == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"meetingDuration": "an hour"},
        {"meetingDuration": "PT0S"},
        {"meetingDuration": "P2D"},
        {"maxCandidates": 0},
        {"minimumAttendeePercentage": 101},
        {"attendees": [{"emailAddress": {}}]},
        {"attendees": "ben"},
        {"timeConstraint": {"activityDomain": "leisure"}},
        {"timeConstraint": {"timeSlots": [slot(end="2026-03-02T07:00:00")]}},
        {"timeConstraint": {"timeSlots": [slot(end="2027-03-02T07:00:00")]}},
        {"shoeSize": 44},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(sign_in, wrong):
    assert sign_in("ada").error("POST", PATH, wrong)[0] == 400
