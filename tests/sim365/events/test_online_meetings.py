"""Online meetings: the link, the block in the body, what ends one (FACTS 3.13)."""

import pytest

from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, BEN, ROOM, copy_in, invited, on, recurring

AGENDA = {"body": {"contentType": "html", "content": "<p>Agenda</p>"}}


def an_online_meeting(graph, **more):
    return graph.post(f"{ADA}/events", an_event(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness", **more))


@pytest.mark.fact("online-meeting-block")
def test_an_online_meeting_lives_in_its_body(graph):
    event = an_online_meeting(graph, **AGENDA)
    url = event["onlineMeeting"]["joinUrl"]

    assert url.startswith("https://teams.microsoft.com/l/meetup-join/")
    assert url in event["body"]["content"]
    assert "<p>Agenda</p>" in event["body"]["content"]
    assert event["onlineMeeting"]["conferenceId"].isdigit()
    assert (event["isOnlineMeeting"], event["onlineMeetingProvider"]) == (True, "teamsForBusiness")
    after = graph.patch(f"{ADA}/events/{event['id']}", AGENDA)
    assert (after["isOnlineMeeting"], after["onlineMeeting"], after["onlineMeetingProvider"]) == (
        False,
        None,
        "unknown",
    )


def test_a_body_that_keeps_the_block_keeps_the_meeting(graph):
    event = an_online_meeting(graph, **AGENDA)
    content = event["body"]["content"].replace("Agenda", "Minutes").replace("&", "&amp;")
    after = graph.patch(f"{ADA}/events/{event['id']}", {"body": {"contentType": "html", "content": content}})

    assert after["onlineMeeting"] == event["onlineMeeting"]


def test_a_body_without_the_block_ends_the_meeting_of_one_day_only(graph):
    an_online_meeting(graph, recurrence=recurring())
    day = on(graph, "2026-03-03")
    after = graph.patch(f"{ADA}/events/{day['id']}", AGENDA)

    assert (after["isOnlineMeeting"], on(graph, "2026-03-04")["isOnlineMeeting"]) == (False, True)


@pytest.mark.fact("online-meeting-stays")
def test_a_meeting_is_not_taken_offline_nor_given_another_provider(graph):
    event = an_online_meeting(graph)
    wanted = {"isOnlineMeeting": False, "onlineMeetingProvider": "skypeForBusiness"}
    after = graph.patch(f"{ADA}/events/{event['id']}", wanted)

    assert (after["isOnlineMeeting"], after["onlineMeetingProvider"]) == (True, "teamsForBusiness")
    assert after["onlineMeeting"] == event["onlineMeeting"]


def test_an_event_goes_online_once_by_a_change(graph):
    event = graph.post(f"{ADA}/events", an_event(**AGENDA))
    after = graph.patch(f"{ADA}/events/{event['id']}", {"isOnlineMeeting": True})

    assert (event["onlineMeeting"], after["onlineMeetingProvider"]) == (None, "teamsForBusiness")
    assert "<p>Agenda</p>" in after["body"]["content"]


@pytest.mark.fact("online-meeting-toggles")
def test_the_same_change_again_and_again_turns_the_meeting_on_and_off(graph):
    event = graph.post(f"{ADA}/events", an_event())
    states = [
        graph.patch(f"{ADA}/events/{event['id']}", AGENDA | {"isOnlineMeeting": True})["isOnlineMeeting"]
        for _ in range(4)
    ]

    assert states == [True, False, True, False]


def test_a_meeting_that_goes_online_again_has_another_link(graph):
    event = an_online_meeting(graph)
    graph.patch(f"{ADA}/events/{event['id']}", AGENDA)
    again = graph.patch(f"{ADA}/events/{event['id']}", {"isOnlineMeeting": True})

    assert again["onlineMeeting"]["joinUrl"] != event["onlineMeeting"]["joinUrl"]


@pytest.mark.fact("online-provider-allowed")
def test_a_room_hosts_no_online_meeting(graph, sim):
    online = an_event(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness")

    assert graph.get(f"{ROOM}/calendar")["allowedOnlineMeetingProviders"] == []
    assert graph.post(f"{ROOM}/events", online)["isOnlineMeeting"] is False
    sim.switch("online_provider_refused", value=True)
    assert graph.error("POST", f"{ROOM}/events", online) == (400, "ErrorInvalidRequest")


def test_ada_is_not_licensed_for_skype(graph):
    skype = an_event(isOnlineMeeting=True, onlineMeetingProvider="skypeForBusiness")

    assert graph.post(f"{ADA}/events", skype)["isOnlineMeeting"] is False


@pytest.mark.fact("join-url-late")
def test_by_switch_the_join_link_comes_with_the_next_read(graph, sim):
    sim.switch("join_url_late", value=True)
    event = an_online_meeting(graph)

    assert (event["isOnlineMeeting"], event["onlineMeeting"]["joinUrl"]) == (True, None)
    assert graph.get(f"{ADA}/events/{event['id']}")["onlineMeeting"]["joinUrl"].startswith("https://")


def test_attendees_get_the_link(graph, sim):
    event = an_online_meeting(graph, attendees=invited("ben@harbour.test"))
    sim.settle()

    assert copy_in(graph, BEN, event)["onlineMeeting"] == event["onlineMeeting"]
