"""Meetings: invitations, the room's attendant, answers, cancellations, and the mails they cause."""

from datetime import timedelta

import pytest

from sim365.ledger import MailKind
from tests.sim365.core.harbour import START, an_event

ADA = "/users/ada@harbour.test"
ROOM = "/users/aquarium@harbour.test"
DAILY = {
    "pattern": {"type": "daily", "interval": 1},
    "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 4},
}


def inviting(*names, **more):
    attendees = [
        {
            "type": "resource" if name in {"aquarium", "boathouse"} else "required",
            "emailAddress": {"name": name.title(), "address": f"{name}@harbour.test"},
        }
        for name in names
    ]
    return an_event(**more) | {"attendees": attendees}


def status(graph, event, name):
    shown = graph.get(f"{ADA}/events/{event['id']}")
    [found] = [each for each in shown["attendees"] if each["emailAddress"]["address"].startswith(name)]
    return found["status"]["response"]


def copy_in(graph, name):
    found = graph.get(f"/users/{name}@harbour.test/events")["value"]
    assert len(found) == 1
    return found[0]


def mails(sim, kind):
    return [mail.recipient.split("@")[0] for mail in sim.ledger.mails if mail.kind is kind]


def test_a_direct_write_sends_no_mail(graph, sim):
    event = graph.post(f"{ROOM}/events", an_event())
    graph.patch(f"{ROOM}/events/{event['id']}", {"subject": "B"})
    graph.delete(f"{ROOM}/events/{event['id']}")

    assert len(sim.ledger) == 0


def test_a_direct_write_may_double_book_a_room(graph):
    graph.post(f"{ROOM}/events", an_event("First"))
    graph.post(f"{ROOM}/events", an_event("Second"))

    assert len(graph.get(f"{ROOM}/events")["value"]) == 2


def test_an_invited_room_accepts_and_the_organiser_learns_of_it(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    assert status(graph, event, "aquarium") == "none"
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"
    copy = copy_in(graph, "aquarium")
    assert (event["iCalUId"], False, "accepted", "busy") == (
        copy["iCalUId"],
        copy["isOrganizer"],
        copy["responseStatus"]["response"],
        copy["showAs"],
    )
    assert copy["id"] != event["id"]
    assert copy["organizer"]["emailAddress"]["name"] == "Ada Lind"


def test_the_room_first_holds_the_meeting_tentatively(graph, sim):
    graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.advance(sim.next_due() - sim.clock.now())

    copy = copy_in(graph, "aquarium")
    assert (
        copy["showAs"],
        copy["responseStatus"]["response"],
        copy["subject"],
    ) == ("tentative", "notResponded", "Planning")


def test_the_attendant_replaces_title_and_body_seconds_later(graph, sim):
    graph.post(
        f"{ADA}/events",
        inviting("aquarium") | {"body": {"contentType": "text", "content": "Bring figures"}, "sensitivity": "private"},
    )
    sim.settle()

    copy = copy_in(graph, "aquarium")
    assert (copy["subject"], copy["bodyPreview"], copy["sensitivity"]) == ("Ada Lind", "", "normal")


def test_a_room_told_to_keep_titles_keeps_them(graph, sim):
    processing = sim.person("aquarium@harbour.test").mailbox.processing
    processing.delete_subject = processing.add_organizer_to_subject = processing.delete_comments = False
    graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()

    assert copy_in(graph, "aquarium")["subject"] == "Planning"


def test_a_room_that_is_taken_declines_and_drops_its_copy(graph, sim):
    taken = graph.post(f"{ROOM}/events", an_event("Taken", "2026-03-02T09:30:00", "2026-03-02T11:00:00"))
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()

    assert status(graph, event, "aquarium") == "declined"
    assert taken["id"] == copy_in(graph, "aquarium")["id"]
    assert [
        (mail.sender.split("@")[0], mail.response) for mail in sim.ledger.mails if mail.kind is MailKind.RESPONSE
    ] == [("aquarium", "declined")]


def test_a_free_entry_does_not_take_the_room(graph, sim):
    graph.post(f"{ROOM}/events", an_event("Note", showAs="free"))
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"


@pytest.mark.parametrize(
    "meeting",
    [
        {"start": "2026-10-02T09:00:00", "end": "2026-10-02T10:00:00"},
        {"start": "2026-03-02T09:00:00", "end": "2026-03-03T10:00:00"},
        {
            "recurrence": {
                "pattern": {"type": "daily", "interval": 1},
                "range": {"type": "noEnd", "startDate": "2026-03-02"},
            }
        },
    ],
)
def test_a_room_declines_what_its_policy_does_not_allow(graph, sim, meeting):
    """Beyond the booking window, longer than a day, or running past the horizon (FACTS 9)."""
    event = graph.post(f"{ADA}/events", inviting("aquarium", **meeting))
    sim.settle()

    assert status(graph, event, "aquarium") == "declined"


def test_of_two_meetings_for_one_slot_the_room_takes_exactly_one(graph, sim):
    first = graph.post(f"{ADA}/events", inviting("aquarium"))
    second = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()

    assert sorted([status(graph, first, "aquarium"), status(graph, second, "aquarium")]) == ["accepted", "declined"]


def test_a_moved_meeting_asks_the_room_again(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()
    room_id = copy_in(graph, "aquarium")["id"]
    later = an_event(start="2026-03-02T14:00:00", end="2026-03-02T15:00:00")
    graph.patch(f"{ADA}/events/{event['id']}", {"start": later["start"], "end": later["end"]})
    assert status(graph, event, "aquarium") == "none"
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"
    copy = copy_in(graph, "aquarium")
    assert (room_id, "2026-03-02T14:00:00.0000000") == (copy["id"], copy["start"]["dateTime"])


def test_a_renamed_meeting_asks_nobody_again(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium", "ben"))
    sim.settle()
    graph.patch(f"{ADA}/events/{event['id']}", {"subject": "Renamed"})
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"
    assert sum(mail.kind is MailKind.RESPONSE for mail in sim.ledger.mails) == 1
    assert (copy_in(graph, "ben")["subject"], copy_in(graph, "aquarium")["subject"]) == ("Renamed", "Ada Lind")


def test_every_change_mails_every_attendee_once(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium", "ben"))
    graph.patch(f"{ADA}/events/{event['id']}", {"subject": "Renamed"})

    assert ["aquarium", "ben"] == mails(sim, MailKind.INVITATION) == mails(sim, MailKind.UPDATE)
    assert sim.ledger.repeated() == []


def test_a_private_change_of_the_organisers_mails_nobody(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium", "ben"))
    mark = {"id": "String {00020329-0000-0000-c000-000000000046} Name X", "value": "1"}
    for change in (
        {"categories": ["Red"]},
        {"showAs": "free"},
        {"isReminderOn": False},
        {"singleValueExtendedProperties": [mark]},
    ):
        graph.patch(f"{ADA}/events/{event['id']}", change)

    assert mails(sim, MailKind.UPDATE) == []


def test_leaving_an_attendee_out_cancels_the_meeting_for_it(graph, sim):
    """FACTS 3.3: attendees are replaced as a whole."""
    event = graph.post(f"{ADA}/events", inviting("aquarium", "ben"))
    sim.settle()
    graph.patch(f"{ADA}/events/{event['id']}", {"attendees": inviting("ben")["attendees"]})
    sim.settle()

    assert mails(sim, MailKind.CANCELLATION) == ["aquarium"]
    assert copy_in(graph, "aquarium")["isCancelled"] is True


def test_a_new_attendee_gets_an_invitation_and_the_others_an_update(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()
    graph.patch(f"{ADA}/events/{event['id']}", {"attendees": inviting("ben", "chidi")["attendees"]})

    assert mails(sim, MailKind.INVITATION) == ["ben", "chidi"]
    assert mails(sim, MailKind.UPDATE) == ["ben"]


@pytest.mark.parametrize("how", ["delete", "cancel"])
def test_cancelling_leaves_a_cancelled_copy_with_attendees(graph, sim, how):
    event = graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()
    if how == "delete":
        graph.delete(f"{ADA}/events/{event['id']}")
    else:
        graph.post(f"{ADA}/events/{event['id']}/cancel", {"Comment": "Storm"}, status=202)
    sim.settle()

    copy = copy_in(graph, "ben")
    assert (copy["isCancelled"], copy["subject"], copy["showAs"]) == (True, "Canceled: Planning", "free")
    assert graph.error("GET", f"{ADA}/events/{event['id']}") == (404, "ErrorItemNotFound")
    assert ["Storm" if how == "cancel" else ""] == [
        mail.comment for mail in sim.ledger.mails if mail.kind is MailKind.CANCELLATION
    ]


def test_a_room_may_remove_cancelled_meetings(graph, sim):
    sim.person("aquarium@harbour.test").mailbox.processing.remove_canceled_meetings = True
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()
    graph.delete(f"{ADA}/events/{event['id']}")
    sim.settle()

    assert graph.get(f"{ROOM}/events")["value"] == []


def test_a_room_that_declines_by_itself_tells_the_organiser_and_loses_its_copy(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()
    copy = copy_in(graph, "aquarium")
    graph.post(f"{ROOM}/events/{copy['id']}/decline", {"comment": "Painters", "sendResponse": True}, status=202)
    sim.settle()

    assert status(graph, event, "aquarium") == "declined"
    assert graph.error("GET", f"{ROOM}/events/{copy['id']}") == (404, "ErrorItemNotFound")
    assert sim.ledger.mails[-1].comment == "Painters"


def test_deleting_a_rooms_copy_tells_nobody(graph, sim):
    """FACTS 3.14: the ghost booking."""
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()
    before = len(sim.ledger)
    graph.delete(f"{ROOM}/events/{copy_in(graph, 'aquarium')['id']}")
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"
    assert before == len(sim.ledger)


def test_an_answer_without_a_response_stays_unknown(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()
    copy = copy_in(graph, "ben")
    graph.post(f"/users/ben@harbour.test/events/{copy['id']}/accept", {"sendResponse": False}, status=202)
    sim.settle()

    assert status(graph, event, "ben") == "none"
    assert copy_in(graph, "ben")["responseStatus"]["response"] == "accepted"


@pytest.mark.parametrize(("action", "expected"), [("accept", "accepted"), ("tentativelyAccept", "tentativelyAccepted")])
def test_a_person_answers(graph, sim, action, expected):
    event = graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()
    graph.post(f"/users/ben@harbour.test/events/{copy_in(graph, 'ben')['id']}/{action}", {}, status=202)
    sim.settle()

    assert expected == status(graph, event, "ben")


def test_the_organiser_cannot_answer_and_an_attendee_cannot_cancel(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()

    assert graph.error("POST", f"{ADA}/events/{event['id']}/accept", {}) == (400, "ErrorInvalidRequest")
    copy = copy_in(graph, "ben")
    assert graph.error("POST", f"/users/ben@harbour.test/events/{copy['id']}/cancel", {}) == (
        400,
        "ErrorInvalidRequest",
    )


def test_proposing_a_new_time_needs_a_response(graph, sim):
    graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()
    path = f"/users/ben@harbour.test/events/{copy_in(graph, 'ben')['id']}"
    time = {"start": an_event()["start"], "end": an_event()["end"]}

    assert graph.error("POST", f"{path}/accept", {"proposedNewTime": time})[0] == 400
    assert graph.error("POST", f"{path}/decline", {"proposedNewTime": time, "sendResponse": False})[0] == 400
    graph.post(f"{path}/decline", {"proposedNewTime": time, "sendResponse": True}, status=202)


def test_a_change_to_an_attendees_copy_stays_there(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("ben"))
    sim.settle()
    before = len(sim.ledger)
    graph.patch(f"/users/ben@harbour.test/events/{copy_in(graph, 'ben')['id']}", {"subject": "Mine"})
    sim.settle()

    assert ("Planning", before) == (graph.get(f"{ADA}/events/{event['id']}")["subject"], len(sim.ledger))


def test_a_room_accepts_a_series_as_a_whole(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium", recurrence=DAILY))
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"
    view = graph.get(f"{ROOM}/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-31")["value"]
    assert len(view) == 4


def test_a_room_declines_a_series_with_one_conflict(graph, sim):
    graph.post(f"{ROOM}/events", an_event("Taken", "2026-03-04T09:00:00", "2026-03-04T10:00:00"))
    event = graph.post(f"{ADA}/events", inviting("aquarium", recurrence=DAILY))
    sim.settle()

    assert status(graph, event, "aquarium") == "declined"


def test_a_cancelled_occurrence_disappears_from_the_room(graph, sim):
    graph.post(f"{ADA}/events", inviting("aquarium", recurrence=DAILY))
    sim.settle()
    window = "calendarView?startDateTime=2026-03-03&endDateTime=2026-03-04"
    [mine] = graph.get(f"{ADA}/{window}")["value"]
    graph.delete(f"{ADA}/events/{mine['id']}")
    sim.settle()

    assert graph.get(f"{ROOM}/{window}")["value"] == []
    assert len(mails(sim, MailKind.CANCELLATION)) == 1


def test_a_moved_occurrence_moves_in_the_room(graph, sim):
    graph.post(f"{ADA}/events", inviting("aquarium", recurrence=DAILY))
    sim.settle()
    window = "calendarView?startDateTime=2026-03-03&endDateTime=2026-03-04"
    [mine] = graph.get(f"{ADA}/{window}")["value"]
    later = an_event(start="2026-03-03T15:00:00", end="2026-03-03T16:00:00")
    graph.patch(f"{ADA}/events/{mine['id']}", {"start": later["start"], "end": later["end"]})
    sim.settle()

    [theirs] = graph.get(f"{ROOM}/{window}")["value"]
    assert (theirs["type"], theirs["start"]["dateTime"]) == ("exception", "2026-03-03T15:00:00.0000000")
    assert theirs["responseStatus"]["response"] == "accepted"


def test_a_room_declining_one_occurrence_leaves_the_rest(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("aquarium", recurrence=DAILY))
    sim.settle()
    [theirs] = graph.get(f"{ROOM}/calendarView?startDateTime=2026-03-03&endDateTime=2026-03-04")["value"]
    graph.post(f"{ROOM}/events/{theirs['id']}/decline", {"comment": "Cleaning"}, status=202)
    sim.settle()

    [mine] = graph.get(f"{ADA}/calendarView?startDateTime=2026-03-03&endDateTime=2026-03-04")["value"]
    assert [each["status"]["response"] for each in mine["attendees"]] == ["declined"]
    assert status(graph, event, "aquarium") == "accepted"
    assert len(graph.get(f"{ROOM}/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-31")["value"]) == 3


def test_an_attendee_outside_gets_a_mail_and_nothing_else(graph, sim):
    outside = {"attendees": [{"emailAddress": {"address": "guest@elsewhere.test"}}]}
    graph.post(f"{ADA}/events", an_event() | outside)
    sim.settle()

    assert mails(sim, MailKind.INVITATION) == ["guest"]


def test_a_person_at_outlook_invites_a_room_like_the_api_does(graph, sim):
    event = sim.person("ada@harbour.test").create_event(
        "Planning", START + timedelta(hours=3), attendees=["aquarium@harbour.test"]
    )
    sim.settle()

    assert status(graph, event, "aquarium") == "accepted"
    assert [mail.cause for mail in sim.ledger.mails] == ["person:ada@harbour.test", "attendant"]


def test_messages_delivered_late_agree_in_the_end(graph, sim):
    """Three changes before the first message arrives: the copy shows the last."""
    event = graph.post(f"{ADA}/events", inviting("ben"))
    for name in ("A", "B", "C"):
        graph.patch(f"{ADA}/events/{event['id']}", {"subject": name})
    sim.settle()

    assert copy_in(graph, "ben")["subject"] == "C"


def test_a_later_update_brings_a_deleted_room_copy_back_under_a_new_id(graph, sim):
    """FACTS 3.14: the iCalUId stays, the id does not."""
    event = graph.post(f"{ADA}/events", inviting("aquarium"))
    sim.settle()
    before = copy_in(graph, "aquarium")
    graph.delete(f"{ROOM}/events/{before['id']}")
    graph.patch(f"{ADA}/events/{event['id']}", {"subject": "Renamed"})
    sim.settle()

    after = copy_in(graph, "aquarium")
    assert after["id"] != before["id"]
    assert after["iCalUId"] == before["iCalUId"] == event["iCalUId"]


def test_the_organiser_is_not_mailed_about_the_organisers_own_meeting(graph, sim):
    event = graph.post(f"{ADA}/events", inviting("ada", "ben"))
    graph.patch(f"{ADA}/events/{event['id']}", {"subject": "Renamed"})
    graph.delete(f"{ADA}/events/{event['id']}")

    assert {mail.recipient for mail in sim.ledger.mails} == {"ben@harbour.test"}


def test_an_organiser_of_another_company_is_declined_unless_the_room_takes_strangers(graph, sim):
    from sim365.state import Mailbox, Tenant

    other = sim.company.tenants
    other.append(Tenant("99999999-9999-4999-8999-999999999999", "Elsewhere"))
    other[-1].add_mailbox(Mailbox("e-1", "guest@elsewhere.test", "Guest"))
    guest, room = sim.person("guest@elsewhere.test"), sim.person("aquarium@harbour.test")
    guest.create_event("Visit", START, attendees=["aquarium@harbour.test"])
    sim.settle()
    assert room.events() == []

    room.mailbox.processing.process_external_meeting_messages = True
    guest.create_event("Visit again", START, attendees=["aquarium@harbour.test"])
    sim.settle()
    assert [event["subject"] for event in room.events()] == ["Guest"]
