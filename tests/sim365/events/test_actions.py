"""Actions on one event: proposing another time, forwarding, reminders, cancelling (FACTS 3.3)."""

import pytest

from sim365.ledger import MailKind
from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, BEN, a_series, at, copy_in, invited, on

CHIDI = "/users/chidi@harbour.test"
TUESDAY = {
    "start": at("2026-03-03T18:00:00", "FLE Standard Time"),
    "end": at("2026-03-03T19:00:00", "FLE Standard Time"),
}


def a_meeting(graph, sim, *, with_whom=("ben@harbour.test",), **more):
    """Ada's meeting and Ben's copy of it."""
    event = graph.post(f"{ADA}/events", an_event(attendees=invited(*with_whom), **more))
    sim.settle()
    return event, copy_in(graph, BEN, event)


def act(graph, mailbox, event, action, body=None, status=202):
    return graph("POST", f"{mailbox}/events/{event['id']}/{action}", body, status)


@pytest.mark.fact("new-time-proposals")
@pytest.mark.parametrize("action", ["tentativelyAccept", "decline"])
def test_another_time_that_ben_proposes_shows_on_adas_event(graph, sim, action):
    event, copy = a_meeting(graph, sim)
    act(graph, BEN, copy, action, {"comment": "Tuesday?", "sendResponse": True, "proposedNewTime": TUESDAY})
    sim.settle()

    [ben] = graph.get(f"{ADA}/events/{event['id']}", Prefer='outlook.timezone="FLE Standard Time"')["attendees"]
    assert ben["proposedNewTime"]["start"] == at("2026-03-03T18:00:00.0000000", "FLE Standard Time")
    assert ben["proposedNewTime"]["end"]["dateTime"] == "2026-03-03T19:00:00.0000000"


def test_an_attendee_without_a_proposal_shows_none(graph, sim):
    event, _ = a_meeting(graph, sim)

    assert "proposedNewTime" not in event["attendees"][0]


@pytest.mark.parametrize(
    ("action", "body", "meeting"),
    [
        ("accept", {"proposedNewTime": TUESDAY}, {}),
        ("decline", {"proposedNewTime": TUESDAY, "sendResponse": False}, {}),
        ("decline", {"proposedNewTime": TUESDAY}, {"allowNewTimeProposals": False}),
        ("decline", {"proposedNewTime": {"start": TUESDAY["start"]}}, {}),
        ("decline", {"proposedNewTime": {"start": TUESDAY["end"], "end": TUESDAY["start"]}}, {}),
        ("decline", {"proposedNewTime": "tomorrow"}, {}),
        ("decline", {"sendResponse": 1}, {}),
        ("decline", {"comment": 1}, {}),
    ],
)
def test_a_proposal_that_is_not_allowed_is_refused_and_nothing_is_answered(graph, sim, action, body, meeting):
    _, copy = a_meeting(graph, sim, **meeting)

    assert act(graph, BEN, copy, action, body, 400)
    assert graph.get(f"{BEN}/events/{copy['id']}")["responseStatus"]["response"] == "notResponded"


@pytest.mark.fact("action-parameters-any-case")
def test_parameters_are_taken_in_the_case_of_microsofts_own_example(graph, sim):
    event, copy = a_meeting(graph, sim)
    slot = {
        side.title(): {"DateTime": f"2026-03-03T1{n}:00:00", "TimeZone": "UTC"}
        for n, side in [(2, "start"), (4, "end")]
    }
    act(
        graph, BEN, copy, "tentativelyAccept", {"Comment": "Next day?", "SendResponse": "true", "ProposedNewTime": slot}
    )
    sim.settle()

    [ben] = graph.get(f"{ADA}/events/{event['id']}")["attendees"]
    assert ben["proposedNewTime"]["start"]["dateTime"] == "2026-03-03T12:00:00.0000000"


@pytest.mark.fact("forwarding")
def test_an_attendee_who_forwards_brings_another_in(graph, sim):
    event, copy = a_meeting(graph, sim)
    act(graph, BEN, copy, "forward", {"ToRecipients": invited("chidi@harbour.test"), "Comment": "Come along"})
    sim.settle()

    got = copy_in(graph, CHIDI, event)
    assert got["organizer"]["emailAddress"]["address"] == "ada@harbour.test"
    names = [each["emailAddress"]["address"] for each in graph.get(f"{ADA}/events/{event['id']}")["attendees"]]
    assert names == ["ben@harbour.test", "chidi@harbour.test"]
    kinds = [(mail.kind, mail.sender, mail.comment) for mail in sim.ledger.to("chidi@harbour.test")]
    assert kinds == [(MailKind.FORWARD, "ben@harbour.test", "Come along")]


def test_an_organiser_who_forwards_invites_without_telling_the_others(graph, sim):
    event, _ = a_meeting(graph, sim)
    act(graph, ADA, event, "forward", {"toRecipients": invited("chidi@harbour.test")})
    sim.settle()

    assert copy_in(graph, CHIDI, event)["isOrganizer"] is False
    assert [mail.kind for mail in sim.ledger.to("ben@harbour.test")] == [MailKind.INVITATION]


def test_one_day_of_a_series_is_forwarded_alone(graph, sim):
    a_series(graph, attendees=invited("ben@harbour.test"))
    sim.settle()
    act(graph, BEN, on(graph, "2026-03-03", owner=BEN), "forward", {"toRecipients": invited("chidi@harbour.test")})
    sim.settle()

    assert [each["start"]["dateTime"][:10] for each in graph.get(f"{CHIDI}/events")["value"]] == ["2026-03-03"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "ErrorInvalidRecipients"),
        ({"toRecipients": []}, "ErrorInvalidRecipients"),
        ({"toRecipients": [{"emailAddress": {"address": "nobody"}}]}, "ErrorPropertyValidationFailure"),
        ({"toRecipients": ["ben@harbour.test"]}, "RequestBodyRead"),
    ],
)
def test_forwarding_to_nobody_is_refused(graph, sim, body, code):
    event, _ = a_meeting(graph, sim)

    assert graph.error("POST", f"{ADA}/events/{event['id']}/forward", body) == (400, code)


def test_only_an_attendee_answers_and_only_the_organiser_cancels(graph, sim):
    event, copy = a_meeting(graph, sim)

    assert graph.error("POST", f"{ADA}/events/{event['id']}/accept", {}) == (400, "ErrorInvalidRequest")
    assert graph.error("POST", f"{BEN}/events/{copy['id']}/cancel", {}) == (400, "ErrorInvalidRequest")


@pytest.mark.fact("organizer-errors")
def test_by_switch_the_code_says_whose_action_it_is(graph, sim):
    event, copy = a_meeting(graph, sim)
    sim.switch("organizer_errors_by_name", value=True)
    codes = [
        graph.error("POST", f"{ADA}/events/{event['id']}/{action}", {})[1]
        for action in ("accept", "tentativelyAccept", "decline")
    ]

    assert codes == [f"ErrorCalendarIsOrganizerFor{verb}" for verb in ("Accept", "Tentative", "Decline")]
    assert graph.error("POST", f"{BEN}/events/{copy['id']}/cancel", {}) == (400, "ErrorCalendarIsNotOrganizer")


def test_a_declined_meeting_is_gone_and_cannot_be_accepted_any_more(graph, sim):
    _, copy = a_meeting(graph, sim)
    act(graph, BEN, copy, "decline")

    assert graph.error("GET", f"{BEN}/events/{copy['id']}") == (404, "ErrorItemNotFound")
    assert graph.error("POST", f"{BEN}/events/{copy['id']}/accept", {}) == (404, "ErrorItemNotFound")


def reminders(graph, *, start="2026-03-01", end="2026-03-09"):
    path = f"{ADA}/reminderView(startDateTime='{start}T00:00:00',endDateTime='{end}T00:00:00')"
    return [each["reminderFireTime"]["dateTime"][:16] for each in graph.get(path)["value"]]


@pytest.mark.fact("reminder-view-default-span")
def test_reminders_are_told_a_year_ahead(graph):
    near, far = at("2027-02-20T09:00:00"), at("2027-03-10T09:00:00")
    for start in (near, far):
        graph.post(f"{ADA}/events", an_event() | {"start": start, "end": start})

    shown = graph.get(f"{ADA}/reminderView(startDateTime='2026-03-01T00:00:00')")["value"]

    assert [each["eventStartTime"]["dateTime"][:10] for each in shown] == ["2027-02-20"]


@pytest.mark.fact("reminder-actions")
def test_a_reminder_is_put_off_and_dismissed(graph):
    event = graph.post(f"{ADA}/events", an_event())

    assert reminders(graph) == ["2026-03-02T08:45"]
    act(graph, ADA, event, "snoozeReminder", {"newReminderTime": at("2026-03-02T10:55:00", "Europe/Sofia")}, 200)
    assert reminders(graph) == ["2026-03-02T08:55"]
    act(graph, ADA, event, "dismissReminder", None, 200)
    assert reminders(graph) == []
    assert graph.get(f"{ADA}/events/{event['id']}")["isReminderOn"] is False


def test_dismissing_an_occurrences_reminder_spares_the_later_ones_and_makes_no_exception(graph):
    a_series(graph)
    act(graph, ADA, on(graph, "2026-03-03"), "dismissReminder", None, 200)

    assert reminders(graph) == ["2026-03-04T08:45"]
    assert on(graph, "2026-03-03")["type"] == "occurrence"


def test_a_reminder_is_each_copys_own(graph, sim):
    event, _ = a_meeting(graph, sim)
    act(graph, ADA, event, "dismissReminder", None, 200)
    sim.settle()

    assert [mail.kind for mail in sim.ledger.to("ben@harbour.test")] == [MailKind.INVITATION]


def test_by_switch_reminder_actions_answer_202(graph, sim):
    sim.switch("reminder_actions_accepted", value=True)
    event = graph.post(f"{ADA}/events", an_event())

    act(graph, ADA, event, "dismissReminder", None, 202)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "RequestBodyRead"),
        ({"newReminderTime": "soon"}, "RequestBodyRead"),
        ({"newReminderTime": at("soon")}, "ErrorPropertyValidationFailure"),
        ({"newReminderTime": at("2026-03-02T09:00:00", "Mars/Olympus")}, "TimeZoneNotSupportedException"),
    ],
)
def test_a_reminder_is_not_put_off_to_no_time(graph, body, code):
    event = graph.post(f"{ADA}/events", an_event())

    assert graph.error("POST", f"{ADA}/events/{event['id']}/snoozeReminder", body) == (400, code)
