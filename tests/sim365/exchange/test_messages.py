"""Meetings between mailboxes: copies, messages late, doubled and out of order, groups, outsiders, lost organisers."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from sim365.meetings.hand import MeetingMessage, ReplyArrives
from sim365.meetings.messages import message_arrives, reply_arrives
from tests.sim365.core.harbour import an_event
from tests.sim365.exchange.harbourmaster import at_harbour

BEN = "/users/ben@harbour.test/events"


def waiting(sim, kind):
    """The messages that are on their way, taken out of the post."""
    found = [task for _, _, task in sorted(sim.world.due, key=lambda each: each[:2]) if isinstance(task, kind)]
    sim.world.due[:] = [each for each in sim.world.due if not isinstance(each[2], kind)]
    return found


def said(event):
    """What a copy says of the meeting; not its ids, times of change or the attendee's own answer."""
    names = ("subject", "start", "end", "isCancelled", "iCalUId", "importance", "recurrence", "bodyPreview")
    return {name: event[name] for name in names}


@pytest.mark.fact("meeting-messages-in-any-order")
def test_messages_in_any_order_and_twice_leave_the_copy_as_the_newest_says(harbour, nine):
    """Four changes, all 120 orders of five messages, each message doubled: the attendee ends where the organiser is."""
    sim = harbour.sim
    ada = sim.person(at_harbour("ada"))
    event = harbour.ask("ada", nine, "ben")
    ada.edit_event(event, subject="A")
    ada.move_event(event, nine + timedelta(hours=1))
    ada.edit_event(event, importance="high")
    ada.move_event(event, nine + timedelta(hours=2))
    messages = waiting(sim, MeetingMessage)
    assert len(messages) == 5
    start = sim.snapshot()
    for order in itertools.permutations(messages):
        sim.restore(start)
        for message in (*order, *order):
            message_arrives(sim.world, message)
        copy = harbour.copy("ben")
        assert (said(copy), copy["responseStatus"]["response"]) == (said(ada.event(event)), "notResponded")


@pytest.mark.fact("meeting-messages-in-any-order")
@pytest.mark.parametrize("seed", range(6))
def test_a_series_with_changed_and_cancelled_days_survives_any_order(harbour, nine, seed):
    sim = harbour.sim
    ada = sim.person(at_harbour("ada"))
    harbour.ask("ada", nine, "ben", recurrence=_daily(5))
    days = harbour.shown("ada", nine)
    ada.move_event(days[1], nine + timedelta(days=1, hours=3))
    ada.edit_event(days[3], subject="Special")
    ada.delete_event(days[2])
    ada.edit_event(days[0]["seriesMasterId"], subject="Renamed")
    messages = waiting(sim, MeetingMessage)
    random.Random(seed).shuffle(messages)
    for message in (*messages, *messages):
        message_arrives(sim.world, message)

    mine, theirs = harbour.shown("ada", nine), harbour.shown("ben", nine)
    assert [(one["start"], one["subject"]) for one in mine] == [(one["start"], one["subject"]) for one in theirs]


@pytest.mark.fact("meeting-cancellation-overtakes")
def test_a_cancellation_that_overtakes_the_invitation_leaves_nothing(harbour, nine):
    event = harbour.ask("ada", nine, "ben")
    harbour.sim.person(at_harbour("ada")).delete_event(event)
    for message in sorted(waiting(harbour.sim, MeetingMessage), key=lambda message: message.kind):
        message_arrives(harbour.sim.world, message)

    assert harbour.held("ben") == []


@pytest.mark.fact("meeting-old-message-after-deletion")
def test_an_old_message_does_not_bring_a_deleted_copy_back(harbour, nine):
    harbour.ask("ada", nine, "ben")
    [invitation] = waiting(harbour.sim, MeetingMessage)
    message_arrives(harbour.sim.world, invitation)
    harbour.sim.person(at_harbour("ben")).delete_event(harbour.copy("ben"))
    message_arrives(harbour.sim.world, invitation)

    assert harbour.held("ben") == []


@pytest.mark.fact("meeting-answers-count-by-time")
def test_of_two_answers_the_later_one_counts_whichever_arrives_first(harbour, nine):
    event = harbour.invite("ada", nine, "ben")
    ben = harbour.sim.person(at_harbour("ben"))
    ben.respond(harbour.copy("ben"), "tentativelyAccepted")
    harbour.sim.clock.advance(timedelta(minutes=1))
    ben.respond(harbour.copy("ben"), "accepted")
    for answer in reversed(waiting(harbour.sim, ReplyArrives)):
        reply_arrives(harbour.sim.world, answer)

    assert harbour.status("ada", event, "ben") == "accepted"


@pytest.mark.fact("meeting-answer-to-an-old-asking")
def test_an_answer_to_the_old_time_does_not_count_for_the_new_one(harbour, nine):
    event = harbour.invite("ada", nine, "ben")
    harbour.sim.person(at_harbour("ben")).respond(harbour.copy("ben"), "accepted")
    harbour.sim.person(at_harbour("ada")).move_event(event, nine + timedelta(hours=1))
    harbour.sim.settle()

    assert harbour.status("ada", event, "ben") == "none"


@pytest.mark.fact("meeting-answer-survives-cosmetic-change")
def test_an_answer_on_its_way_counts_though_the_meeting_was_renamed_meanwhile(harbour, nine):
    event = harbour.invite("ada", nine, "ben")
    harbour.sim.person(at_harbour("ben")).respond(harbour.copy("ben"), "accepted")
    harbour.sim.person(at_harbour("ada")).edit_event(event, subject="Renamed")
    harbour.sim.settle()

    assert harbour.status("ada", event, "ben") == "accepted"
    assert (harbour.copy("ben")["responseStatus"]["response"], harbour.copy("ben")["subject"]) == (
        "accepted",
        "Renamed",
    )


@pytest.mark.fact("meeting-local-edits")
def test_an_attendees_own_day_of_a_series_follows_what_it_left_alone(harbour, nine):
    """A private title stays on that day; the organiser's new importance reaches it (FACTS 3.3)."""
    event = harbour.invite("ada", nine, "ben", times=3)
    ben = harbour.sim.person(at_harbour("ben"))
    ben.edit_event(harbour.shown("ben", nine)[1], subject="Dentist instead")
    harbour.sim.person(at_harbour("ada")).edit_event(event, importance="high")
    harbour.sim.settle()

    assert [(one["subject"], one["importance"]) for one in harbour.shown("ben", nine)] == [
        ("Planning", "high"),
        ("Dentist instead", "high"),
        ("Planning", "high"),
    ]
    assert {one["subject"] for one in harbour.shown("ada", nine)} == {"Planning"}


@pytest.mark.fact("meeting-local-deletion-of-a-day")
def test_a_day_that_an_attendee_deleted_stays_deleted_until_that_day_is_changed(harbour, nine):
    event = harbour.invite("ada", nine, "ben", times=3)
    ben = harbour.sim.person(at_harbour("ben"))
    ben.delete_event(harbour.shown("ben", nine)[1])
    ada = harbour.sim.person(at_harbour("ada"))
    ada.edit_event(event, subject="Renamed")
    harbour.sim.settle()
    assert len(harbour.shown("ben", nine)) == 2
    ada.move_event(harbour.shown("ada", nine)[1], nine + timedelta(days=1, hours=2))
    harbour.sim.settle()

    assert len(harbour.shown("ben", nine)) == 3


@pytest.mark.fact("meeting-exception-mails")
def test_a_change_to_a_series_mails_once_for_it_and_once_for_each_changed_day(harbour, nine):
    event = harbour.invite("ada", nine, "ben", times=5)
    ada = harbour.sim.person(at_harbour("ada"))
    for number in (1, 3):
        ada.edit_event(harbour.shown("ada", nine)[number], importance="low")
    harbour.sim.settle()
    harbour.sim.ledger.mails.clear()
    ada.edit_event(event, subject="Renamed")

    assert [mail.day for mail in harbour.mails("update", to="ben")] == [None, date(2026, 3, 3), date(2026, 3, 5)]
    assert harbour.sim.ledger.repeated() == []


@pytest.mark.fact("meeting-exception-answers")
def test_a_material_change_of_the_series_asks_anew_on_the_changed_days_too(harbour, nine):
    event = harbour.invite("ada", nine, "ben", times=3)
    ada, ben = harbour.sim.person(at_harbour("ada")), harbour.sim.person(at_harbour("ben"))
    ada.edit_event(harbour.shown("ada", nine)[1], subject="Special")
    harbour.sim.settle()
    ben.respond(harbour.held("ben")[0], "accepted")
    harbour.sim.settle()
    before = [one["attendees"][0]["status"]["response"] for one in harbour.shown("ada", nine)]
    ada.edit_event(event, location={"displayName": "Quay"})
    harbour.sim.settle()

    after = [one["attendees"][0]["status"]["response"] for one in harbour.shown("ada", nine)]
    assert (before[0], after) == ("accepted", ["none", "none", "none"])
    assert {one["responseStatus"]["response"] for one in harbour.shown("ben", nine)} == {"notResponded"}
    assert [one["subject"] for one in harbour.shown("ben", nine)] == ["Planning", "Special", "Planning"]


@pytest.mark.fact("meeting-one-day-guest")
def test_a_guest_of_one_day_gets_that_day_alone(harbour, nine):
    harbour.invite("ada", nine, "ben", times=3)
    second = harbour.shown("ada", nine)[1]
    guests = [{"emailAddress": {"address": at_harbour(name)}} for name in ("ben", "chidi")]
    harbour.sim.person(at_harbour("ada")).edit_event(second, attendees=guests)
    harbour.sim.settle()

    assert [(one["type"], one["start"]["dateTime"][:10]) for one in harbour.held("chidi")] == [
        ("singleInstance", "2026-03-03")
    ]
    assert [mail.day for mail in harbour.mails("invitation", to="chidi")] == [date(2026, 3, 3)]
    assert len(harbour.shown("ben", nine)) == 3


@pytest.mark.fact("meeting-inbox")
def test_an_invitation_lies_in_the_inbox_until_it_is_answered(harbour, nine):
    harbour.invite("ada", nine, "ben")
    assert harbour.inbox("ben") == [("request", "Planning")]
    harbour.graph.post(f"{BEN}/{harbour.copy('ben')['id']}/accept", {"sendResponse": False}, status=202)

    assert harbour.inbox("ben") == []


@pytest.mark.fact("meeting-groups")
def test_an_invited_group_invites_its_members_and_whoever_answers_joins_the_list(harbour, nine):
    """Members of groups in groups too; somebody invited by name as well gets one mail."""
    harbour.sim.powershell(
        "New-DistributionGroup Crew -Members ben,aquarium\nNew-DistributionGroup All -Members chidi,crew,ada"
    )
    event = harbour.invite("ada", nine, "all", "ben")

    assert sorted(mail.recipient.split("@")[0] for mail in harbour.mails("invitation")) == ["aquarium", "ben", "chidi"]
    attendees = harbour.sim.person(at_harbour("ada")).event(event)["attendees"]
    assert [(each["emailAddress"]["address"].split("@")[0], each["status"]["response"]) for each in attendees] == [
        ("all", "none"),
        ("ben", "none"),
        ("aquarium", "accepted"),
    ]


@pytest.mark.fact("meeting-groups")
def test_who_is_invited_by_name_too_is_not_uninvited_with_the_group(harbour, nine):
    harbour.sim.powershell("New-DistributionGroup Crew -Members ben,chidi")
    event = harbour.invite("ada", nine, "crew", "ben")
    guests = [{"emailAddress": {"address": at_harbour("ben")}}]
    harbour.sim.person(at_harbour("ada")).edit_event(event, attendees=guests)
    harbour.sim.settle()

    assert [mail.recipient for mail in harbour.mails("cancellation")] == [at_harbour("chidi")]


@pytest.mark.fact("meeting-room-list")
def test_an_invited_room_list_asks_every_room_on_it(harbour, nine):
    harbour.invite("ada", nine, "rooms")

    assert {name: len(harbour.held(name)) for name in ("aquarium", "boathouse", "desk1", "heron")} == {
        "aquarium": 1,
        "boathouse": 1,
        "desk1": 1,
        "heron": 0,
    }


@pytest.mark.fact("meeting-forwarded")
def test_the_organiser_learns_of_a_forwarded_invitation_and_the_guest_can_answer(harbour, nine):
    event = harbour.invite("ada", nine, "ben")
    body = {"toRecipients": [{"emailAddress": {"name": "Chidi", "address": "chidi@harbour.test"}}]}
    harbour.graph.post(f"{BEN}/{harbour.copy('ben')['id']}/forward", body, status=202)
    harbour.sim.settle()
    assert harbour.copy("chidi")["organizer"]["emailAddress"]["name"] == "Ada Lind"
    assert harbour.inbox("ada") == [("forwarded", "Planning")]
    harbour.sim.person(at_harbour("chidi")).respond(harbour.copy("chidi"), "accepted")
    harbour.sim.settle()

    assert harbour.status("ada", event, "chidi") == "accepted"


@pytest.mark.fact("meeting-organiser-gone")
@pytest.mark.parametrize("how", ["deleted", "unlicensed"])
def test_a_meeting_outlives_its_organiser_and_answers_to_it_go_nowhere(harbour, nine, how):
    harbour.invite("ada", nine, "aquarium", "ben")
    if how == "deleted":
        assert harbour.sim.powershell("Remove-Mailbox ada -Confirm:$false").errors == []
    else:
        harbour.sim.person(at_harbour("ada")).mailbox.has_mailbox = False
    copy = harbour.copy("ben")
    harbour.graph.post(f"{BEN}/{copy['id']}/accept", {}, status=202)
    harbour.sim.settle()

    assert (harbour.copy("ben")["responseStatus"]["response"], len(harbour.held("aquarium"))) == ("accepted", 1)
    assert harbour.copy("aquarium")["organizer"]["emailAddress"]["address"] == "ada@harbour.test"


@pytest.mark.fact("meeting-organiser-gone")
def test_an_update_on_its_way_arrives_though_its_organiser_is_deleted(harbour, nine):
    harbour.ask("ada", nine, "ben")
    harbour.sim.powershell("Remove-Mailbox ada")
    harbour.sim.settle()

    assert harbour.copy("ben")["subject"] == "Planning"


@pytest.mark.fact("meeting-outside-organiser")
def test_a_room_refuses_outsiders_before_anything_shows_in_its_calendar(harbour, nine):
    guest = harbour.sim.outsider("guest@elsewhere.test", "Guest")
    meeting = guest.invites("Visit", nine, attendees=["aquarium@harbour.test"])
    harbour.sim.settle()

    assert guest.answers_to(meeting) == {"aquarium@harbour.test": "declined"}
    assert harbour.held("aquarium") == harbour.shown("aquarium", nine) == []
    assert "outside the organisation" in harbour.answer_text()


@pytest.mark.fact("meeting-outside-copies")
def test_a_meeting_from_outside_is_followed_without_a_mailbox_to_read(harbour, nine):
    harbour.set("aquarium", process_external_meeting_messages=True)
    guest = harbour.sim.outsider("guest@elsewhere.test", "Guest")
    meeting = guest.invites("Visit", nine, attendees=["ben@harbour.test", "aquarium@harbour.test"])
    harbour.sim.settle()
    harbour.sim.person(at_harbour("ben")).respond(harbour.copy("ben"), "accepted")
    harbour.sim.settle()
    assert guest.answers_to(meeting) == {"ben@harbour.test": "accepted", "aquarium@harbour.test": "accepted"}
    assert harbour.copy("aquarium")["subject"] == "Guest"
    later = {"dateTime": "2026-03-02T14:00:00", "timeZone": "UTC"}
    guest.changes(meeting, start=later, end=later | {"dateTime": "2026-03-02T15:00:00"})
    harbour.sim.settle()
    assert harbour.copy("ben")["responseStatus"]["response"] == "notResponded"
    assert guest.answers_to(meeting) == {"ben@harbour.test": "none", "aquarium@harbour.test": "accepted"}
    guest.changes(meeting, attendees=["ben@harbour.test"])
    guest.cancels(meeting)
    harbour.sim.settle()

    assert [harbour.copy(who)["isCancelled"] for who in ("ben", "aquarium")] == [True, True]


@pytest.mark.fact("meeting-outside-attendee")
def test_somebody_outside_answers_by_mail(harbour, nine):
    event = harbour.invite("ada", nine, "guest@elsewhere.test")
    harbour.sim.outsider("guest@elsewhere.test").answers(event["iCalUId"], "tentativelyAccepted")
    harbour.sim.settle()

    assert harbour.status("ada", event, "guest@elsewhere.test") == "tentativelyAccepted"


@pytest.mark.fact("meeting-delegate-writes")
def test_what_a_delegate_writes_goes_out_in_the_owners_name(harbour, nine):
    """The ledger keeps who did it apart from whose meeting it is (FACTS 3.3)."""
    event = harbour.graph.post("/users/ada@harbour.test/calendar/events", _inviting_ben())
    harbour.sim.settle()

    assert (event["isOrganizer"], event["organizer"]["emailAddress"]["address"]) == (True, "ada@harbour.test")
    [mail] = harbour.mails("invitation")
    assert (mail.sender, mail.cause.partition(":")[0]) == ("ada@harbour.test", "app")
    assert harbour.copy("ben")["organizer"]["emailAddress"]["name"] == "Ada Lind"


@pytest.mark.fact("meeting-delegates-inbox")
@pytest.mark.parametrize(("delivery", "principals"), [("sendToDelegateOnly", 0), ("sendToDelegateAndPrincipal", 1)])
def test_a_delegate_gets_the_invitation_and_answers_in_the_principals_name(harbour, nine, delivery, principals):
    rights = "-User chidi -AccessRights Editor -SharingPermissionFlags Delegate"
    assert harbour.sim.powershell(rf"Add-MailboxFolderPermission ben:\Calendar {rights}").errors == []
    harbour.sim.person(at_harbour("ben")).mailbox.delegate_delivery = delivery
    event = harbour.invite("ada", nine, "ben")
    assert principals == len(harbour.inbox("ben"))
    [item] = harbour.sim.inbox(at_harbour("chidi")).items()
    harbour.sim.inbox(at_harbour("chidi")).answers(item.number, "accepted")
    harbour.sim.settle()

    assert harbour.status("ada", event, "ben") == "accepted"
    assert (harbour.copy("ben")["showAs"], harbour.held("chidi")) == ("busy", [])
    assert harbour.inbox("ben") == harbour.inbox("chidi") == []
    assert harbour.mails("response")[-1].sender == at_harbour("ben")


@pytest.mark.fact("meeting-location-books-nothing")
def test_a_rooms_name_as_location_books_nothing(harbour, nine):
    harbour.invite("ada", nine, location={"displayName": "Aquarium", "locationEmailAddress": "aquarium@harbour.test"})

    assert harbour.held("aquarium") == []


@pytest.mark.fact("meeting-same-run")
def test_the_same_seed_makes_the_same_mails_at_the_same_moments(harbour, nine):
    def run():
        harbour.sim.restore(start)
        for name in ("aquarium", "boathouse"):
            harbour.invite("ada", nine, name, "ben", "chidi", times=3)
        return [(mail.at, mail.recipient, mail.kind, mail.text) for mail in harbour.sim.ledger.mails]

    start = harbour.sim.snapshot()
    assert run() == run()


def _daily(times):
    return {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": times},
    }


def _inviting_ben():
    return an_event(attendees=[{"emailAddress": {"name": "Ben", "address": "ben@harbour.test"}}])


def test_the_first_day_is_a_monday(nine):
    assert nine == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
