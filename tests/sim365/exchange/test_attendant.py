"""The room's attendant: each setting of Set-CalendarProcessing, and the order in which it judges."""

from datetime import timedelta

import pytest

from tests.sim365.exchange.harbourmaster import at_harbour


@pytest.mark.fact("attendant-none-leaves-requests-in-inbox")
def test_a_room_that_processes_nothing_leaves_the_request_in_its_inbox(harbour, nine):
    harbour.set("aquarium", automate_processing="None")
    event = harbour.invite("ada", nine, "aquarium")

    assert harbour.held("aquarium") == []
    assert harbour.status("ada", event, "aquarium") == "none"
    assert harbour.inbox("aquarium") == [("request", "Planning")]


@pytest.mark.fact("attendant-autoupdate-waits-for-a-person")
def test_a_room_on_autoupdate_holds_the_meeting_tentatively_until_a_person_answers(harbour, nine):
    harbour.set("aquarium", automate_processing="AutoUpdate", resource_delegates=(at_harbour("ben"),))
    event = harbour.invite("ada", nine, "aquarium")

    copy = harbour.copy("aquarium")
    assert (copy["showAs"], copy["subject"], harbour.status("ada", event, "aquarium")) == (
        "tentative",
        "Planning",
        "none",
    )
    assert harbour.mails("approval") == []
    harbour.sim.person(at_harbour("aquarium")).respond(copy, "accepted")
    harbour.sim.settle()
    assert harbour.status("ada", event, "aquarium") == "accepted"


@pytest.mark.fact("attendant-new-requests-tentative")
def test_a_room_that_adds_nothing_tentatively_shows_the_meeting_first_when_it_has_accepted(harbour, nine):
    harbour.set("aquarium", add_new_requests_tentatively=False)
    event = harbour.ask("ada", nine, "aquarium")
    harbour.sim.advance(harbour.sim.next_due() - harbour.sim.clock.now())
    assert harbour.held("aquarium") == []
    harbour.sim.settle()

    assert harbour.copy("aquarium")["responseStatus"]["response"] == "accepted"
    assert harbour.status("ada", event, "aquarium") == "accepted"


@pytest.mark.fact("attendant-shows-as-sent")
def test_an_accepted_meeting_is_shown_as_the_organiser_meant_it(harbour, nine):
    harbour.invite("ada", nine, "aquarium", showAs="free")

    assert harbour.copy("aquarium")["showAs"] == "free"


@pytest.mark.fact("attendant-window")
def test_the_booking_window_counts_whole_days_in_the_rooms_zone(harbour, nine):
    """Of 0 days it is today; nine in the evening UTC is tomorrow where the room stands (FACTS 9)."""
    harbour.set("aquarium", booking_window_in_days=0)
    today = harbour.invite("ada", nine + timedelta(hours=8), "aquarium")
    tomorrow = harbour.invite("ada", nine + timedelta(hours=14), "aquarium")

    assert harbour.status("ada", today, "aquarium") == "accepted"
    assert harbour.status("ada", tomorrow, "aquarium") == "declined"
    assert "0 days ahead, until 2026-03-02" in harbour.answer_text()


@pytest.mark.fact("attendant-horizon")
@pytest.mark.parametrize("times", [None, 40])
def test_a_series_that_runs_past_the_window_is_declined_or_cut_off_at_it(harbour, nine, times):
    harbour.set("aquarium", booking_window_in_days=10)
    declined = harbour.invite("ada", nine, "aquarium", times=times)
    harbour.set("aquarium", enforce_scheduling_horizon=False)
    cut = harbour.invite("ada", nine + timedelta(hours=2), "aquarium", times=times)

    assert harbour.status("ada", declined, "aquarium") == "declined"
    assert harbour.status("ada", cut, "aquarium") == "accepted"
    shown = harbour.shown("aquarium", nine, days=60)
    assert (len(shown), shown[-1]["start"]["dateTime"][:10]) == (11, "2026-03-12")


@pytest.mark.fact("attendant-recurring")
def test_a_room_that_takes_no_series_declines_them(harbour, nine):
    harbour.set("aquarium", allow_recurring_meetings=False)
    series = harbour.invite("ada", nine, "aquarium", times=3)
    single = harbour.invite("ada", nine, "aquarium")

    assert (harbour.status("ada", series, "aquarium"), harbour.status("ada", single, "aquarium")) == (
        "declined",
        "accepted",
    )


@pytest.mark.fact("attendant-duration")
@pytest.mark.parametrize(("minutes", "answer"), [(60, "accepted"), (30, "declined"), (0, "accepted")])
def test_the_longest_reservation_counts_each_instance(harbour, nine, minutes, answer):
    harbour.set("aquarium", maximum_duration_in_minutes=minutes)

    assert answer == harbour.status("ada", harbour.invite("ada", nine, "aquarium", times=3), "aquarium")


@pytest.mark.fact("attendant-shortest-for-workspaces")
def test_a_shortest_reservation_is_asked_of_workspaces_only(harbour, nine):
    harbour.set("desk1", minimum_duration_in_minutes=120)
    harbour.set("aquarium", minimum_duration_in_minutes=120)

    assert harbour.status("ada", harbour.invite("ada", nine, "desk1"), "desk1") == "declined"
    assert harbour.status("ada", harbour.invite("ada", nine, "aquarium"), "aquarium") == "accepted"


@pytest.mark.fact("attendant-work-hours")
@pytest.mark.parametrize(
    ("hours", "answer"), [(0, "accepted"), (5.5, "declined"), (-4, "declined"), (24 * 5, "declined")]
)
def test_outside_working_hours_a_room_may_decline(harbour, nine, hours, answer):
    """Nine UTC is eleven in the room's zone; it closes at five there, and on Saturdays altogether."""
    harbour.set("aquarium", schedule_only_during_work_hours=True)
    event = harbour.invite("ada", nine + timedelta(hours=hours), "aquarium")

    assert answer == harbour.status("ada", event, "aquarium")


@pytest.mark.fact("attendant-booking-type")
def test_a_reserved_room_cannot_be_booked(harbour, nine):
    harbour.sim.powershell("Set-CalendarProcessing aquarium -BookingType Reserved")
    event = harbour.invite("ada", nine, "aquarium")

    assert harbour.status("ada", event, "aquarium") == "declined"
    assert harbour.answer_text() == "Your request was declined.\nThe resource cannot be booked."


@pytest.mark.fact("attendant-capacity")
def test_a_workspace_takes_people_side_by_side_up_to_its_capacity(harbour, nine):
    harbour.set("desk1", enforce_capacity=True)
    harbour.sim.person(at_harbour("desk1")).mailbox.place.capacity = 3
    pair = harbour.invite("ada", nine, "desk1", "chidi")
    one = harbour.invite("ben", nine + timedelta(minutes=30), "desk1")
    late = harbour.invite("chidi", nine + timedelta(minutes=45), "desk1")
    crowd = harbour.invite("ada", nine + timedelta(days=1), "desk1", "ben", "chidi", "guest@elsewhere.test")

    assert [
        harbour.status(who, event, "desk1")
        for who, event in (("ada", pair), ("ben", one), ("chidi", late), ("ada", crowd))
    ] == ["accepted", "accepted", "declined", "declined"]


@pytest.mark.fact("attendant-conflict")
def test_a_conflict_names_who_has_the_room_unless_that_is_kept_back(harbour, nine):
    harbour.invite("ben", nine, "aquarium")
    event = harbour.invite("ada", nine, "aquarium")

    assert harbour.status("ada", event, "aquarium") == "declined"
    assert harbour.answer_text().endswith("- 2026-03-02 11:00 to 2026-03-02 12:00 by Ben Okafor")
    harbour.set("aquarium", organizer_info=False)
    harbour.invite("ada", nine, "aquarium")
    assert harbour.answer_text().endswith("to 2026-03-02 12:00")
    harbour.set("aquarium", enable_response_details=False)
    harbour.invite("ada", nine, "aquarium")
    assert harbour.answer_text() == "Your request was declined."


@pytest.mark.fact("attendant-allow-conflicts")
def test_a_room_that_allows_conflicts_takes_everything(harbour, nine):
    harbour.set("aquarium", allow_conflicts=True)
    first, second = (harbour.invite(who, nine, "aquarium") for who in ("ada", "ben"))

    assert harbour.status("ada", first, "aquarium") == harbour.status("ben", second, "aquarium") == "accepted"


@pytest.mark.fact("attendant-series-conflicts")
@pytest.mark.parametrize(
    ("percent", "instances", "either", "answer"),
    [
        (0, 0, True, "declined"),
        (25, 1, True, "accepted"),
        (24, 1, True, "declined"),
        (25, 0, True, "declined"),
        (24, 1, False, "accepted"),
        (0, 0, False, "declined"),
    ],
)
def test_a_series_with_few_conflicts_is_accepted_but_for_them(harbour, nine, percent, instances, either, answer):
    """One of four dates is taken; both limits count, or with the switch off the kinder of them (FACTS 9)."""
    harbour.sim.switch("conflict_limits_either", value=either)
    harbour.set("aquarium", conflict_percentage_allowed=percent, maximum_conflict_instances=instances)
    harbour.invite("ben", nine + timedelta(days=2), "aquarium")
    series = harbour.invite("ada", nine, "aquarium", times=4)

    assert answer == harbour.status("ada", series, "aquarium")


@pytest.mark.fact("attendant-declines-single-dates")
def test_the_conflicting_date_of_an_accepted_series_is_declined_by_itself(harbour, nine):
    harbour.set("aquarium", conflict_percentage_allowed=50, maximum_conflict_instances=3)
    harbour.invite("ben", nine + timedelta(days=2), "aquarium")
    harbour.sim.ledger.mails.clear()
    harbour.invite("ada", nine, "aquarium", times=4)

    shown = [event for event in harbour.shown("ada", nine) if event["subject"] == "Planning"]
    answers = [[each["status"]["response"] for each in event["attendees"]] for event in shown]
    assert answers == [["accepted"], ["accepted"], ["declined"], ["accepted"]]
    assert len(harbour.shown("aquarium", nine)) == 4
    assert [(mail.response, str(mail.day)) for mail in harbour.mails("response", to="ada")] == [
        ("accepted", "None"),
        ("declined", "2026-03-04"),
    ]


@pytest.mark.fact("attendant-long-series")
def test_a_long_series_in_a_full_calendar_is_judged_in_one_walk(harbour, nine):
    """180 dates against 180 meetings: each conflict is found, and declined in one answer that names all of them."""
    harbour.set("aquarium", conflict_percentage_allowed=90, maximum_conflict_instances=500)
    room = harbour.sim.person(at_harbour("aquarium"))
    for day in range(0, 170, 2):
        room.create_event(f"Taken {day}", nine + timedelta(days=day))
    event = harbour.invite("ada", nine, "aquarium", times=170)

    assert harbour.status("ada", event, "aquarium") == "accepted"
    assert sum(mail.response == "declined" for mail in harbour.mails("response")) == 85
    shown = harbour.shown("aquarium", nine, days=200)
    assert len(shown) == len({one["start"]["dateTime"] for one in shown}) == 170


@pytest.mark.fact("attendant-waiting-requests-take-no-time")
def test_of_two_requests_that_wait_together_one_is_accepted(harbour, nine):
    first, second = harbour.ask("ada", nine, "aquarium"), harbour.ask("ben", nine, "aquarium")
    harbour.sim.settle()

    answers = [harbour.status("ada", first, "aquarium"), harbour.status("ben", second, "aquarium")]
    assert sorted(answers) == ["accepted", "declined"]


@pytest.mark.fact("attendant-right-to-book")
@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({}, "declined"),
        ({"book_in_policy": ("ada@harbour.test",)}, "accepted"),
        ({"book_in_policy": ("staff@harbour.test",)}, "accepted"),
        ({"book_in_policy": ("ben@harbour.test",)}, "declined"),
        ({"all_request_in_policy": True}, "tentativelyAccepted"),
        ({"request_in_policy": ("staff@harbour.test",)}, "tentativelyAccepted"),
    ],
)
def test_who_may_book_is_said_by_the_lists(harbour, nine, settings, answer):
    harbour.sim.powershell("New-DistributionGroup Staff -Members ada")
    harbour.set("aquarium", all_book_in_policy=False, **settings)
    event = harbour.invite("ada", nine, "aquarium")

    assert answer == harbour.status("ada", event, "aquarium")


@pytest.mark.fact("attendant-out-of-policy-requests")
@pytest.mark.parametrize(
    "settings", [{"all_request_out_of_policy": True}, {"request_out_of_policy": ("ada@harbour.test",)}]
)
def test_a_request_out_of_policy_may_be_put_to_a_delegate(harbour, nine, settings):
    harbour.set("aquarium", maximum_duration_in_minutes=30, resource_delegates=("ben@harbour.test",), **settings)
    event = harbour.invite("ada", nine, "aquarium")

    assert harbour.status("ada", event, "aquarium") == "tentativelyAccepted"
    assert harbour.inbox("ben") == [("approval", "Planning")]


@pytest.mark.fact("attendant-forwards-to-delegates")
def test_a_delegate_accepts_with_the_own_hand(harbour, nine):
    harbour.set(
        "aquarium", all_book_in_policy=False, all_request_in_policy=True, resource_delegates=("ben@harbour.test",)
    )
    event = harbour.invite("ada", nine, "aquarium")
    assert (harbour.copy("aquarium")["showAs"], harbour.copy("aquarium")["subject"]) == ("tentative", "Planning")
    assert [mail.recipient for mail in harbour.mails("approval")] == ["ben@harbour.test"]
    [item] = harbour.sim.inbox(at_harbour("ben")).items()
    harbour.sim.inbox(at_harbour("ben")).answers(item.number, "accepted", comment="Enjoy")
    harbour.sim.settle()

    assert harbour.status("ada", event, "aquarium") == "accepted"
    assert (harbour.copy("aquarium")["showAs"], harbour.copy("aquarium")["subject"]) == ("busy", "Ada Lind")
    assert (harbour.mails("response")[-1].comment, harbour.inbox("ben")) == ("Enjoy", [])


@pytest.mark.fact("attendant-delegate-through-graph")
@pytest.mark.parametrize(("action", "answer", "left"), [("accept", "accepted", 1), ("decline", "declined", 0)])
def test_a_delegate_decides_through_graph_in_the_rooms_calendar(harbour, nine, action, answer, left):
    harbour.set(
        "aquarium", all_book_in_policy=False, all_request_in_policy=True, resource_delegates=("ben@harbour.test",)
    )
    event = harbour.invite("ada", nine, "aquarium")
    room = "/users/aquarium@harbour.test/events"
    harbour.graph.post(f"{room}/{harbour.copy('aquarium')['id']}/{action}", {}, status=202)
    harbour.sim.settle()

    assert answer == harbour.status("ada", event, "aquarium")
    assert (len(harbour.held("aquarium")), harbour.inbox("ben")) == (left, [])


@pytest.mark.fact("attendant-pending-shown-free")
def test_a_pending_request_shows_free_where_the_room_says_so_and_then_takes_no_time(harbour, nine):
    harbour.set(
        "aquarium", all_book_in_policy=False, all_request_in_policy=True, book_in_policy=("ben@harbour.test",),
        tentative_pending_approval=False, forward_requests_to_delegates=False,
        resource_delegates=("chidi@harbour.test",),
    )  # fmt: skip
    harbour.invite("ada", nine, "aquarium")
    assert (harbour.copy("aquarium")["showAs"], harbour.inbox("chidi")) == ("free", [])
    event = harbour.invite("ben", nine, "aquarium")

    assert harbour.status("ben", event, "aquarium") == "accepted"


@pytest.mark.fact("attendant-pending-answer")
def test_while_a_delegate_decides_the_organiser_may_hear_nothing(harbour, nine):
    harbour.sim.switch("pending_answered", value=False)
    harbour.set("aquarium", all_book_in_policy=False, all_request_in_policy=True)

    assert harbour.status("ada", harbour.invite("ada", nine, "aquarium"), "aquarium") == "none"


@pytest.mark.fact("attendant-rewrites")
@pytest.mark.parametrize(
    ("settings", "subject", "body", "sensitivity"),
    [
        ({}, "Ada Lind", "", "normal"),
        ({"delete_subject": False}, "Ada Lind Planning", "", "normal"),
        ({"add_organizer_to_subject": False}, "", "", "normal"),
        (
            {"delete_subject": False, "add_organizer_to_subject": False, "delete_comments": False},
            "Planning",
            "Bring figures",
            "normal",
        ),
        ({"remove_private_property": False}, "Ada Lind", "", "private"),
    ],
)
def test_title_body_and_privacy_are_rewritten_by_the_settings(harbour, nine, settings, subject, body, sensitivity):
    harbour.set("aquarium", **settings)
    harbour.invite(
        "ada", nine, "aquarium", body={"contentType": "text", "content": "Bring figures"}, sensitivity="private"
    )

    copy = harbour.copy("aquarium")
    assert (subject, body, sensitivity) == (copy["subject"], copy["bodyPreview"], copy["sensitivity"])


@pytest.mark.fact("attendant-rewrites-later")
def test_the_title_is_rewritten_seconds_after_the_room_has_accepted(harbour, nine):
    harbour.ask("ada", nine, "aquarium")
    seen = []
    for _ in range(20):
        harbour.sim.advance(timedelta(seconds=1))
        seen.extend((one["responseStatus"]["response"], one["subject"]) for one in harbour.held("aquarium"))

    assert list(dict.fromkeys(seen)) == [
        ("notResponded", "Planning"),
        ("accepted", "Planning"),
        ("accepted", "Ada Lind"),
    ]


@pytest.mark.fact("attendant-settings-count-from-then-on")
def test_settings_count_for_what_is_processed_after_them(harbour, nine):
    """FACTS 9.2: old meetings keep the organiser's name until the organiser sends an update."""
    event = harbour.invite("ada", nine, "aquarium")
    harbour.set("aquarium", delete_subject=False, add_organizer_to_subject=False)
    assert harbour.copy("aquarium")["subject"] == "Ada Lind"
    harbour.sim.person(at_harbour("ada")).edit_event(event, importance="high")
    harbour.sim.settle()

    assert harbour.copy("aquarium")["subject"] == "Planning"


@pytest.mark.fact("attendant-rewrites-updates")
def test_a_renamed_meeting_names_the_organiser_once_in_the_room(harbour, nine):
    harbour.set("aquarium", delete_subject=False)
    event = harbour.invite("ada", nine, "aquarium")
    harbour.sim.person(at_harbour("ada")).edit_event(event, subject="Plan B")
    harbour.sim.settle()

    assert harbour.copy("aquarium")["subject"] == "Ada Lind Plan B"


@pytest.mark.fact("attendant-attachments")
@pytest.mark.parametrize("deletes", [True, False])
def test_attachments_of_an_invitation_are_dropped_unless_the_room_keeps_them(harbour, nine, deletes):
    harbour.set("aquarium", delete_attachments=deletes)
    event = harbour.ask("ada", nine)
    path = f"/users/ada@harbour.test/events/{event['id']}"
    harbour.graph.post(
        f"{path}/attachments",
        {"@odata.type": "#microsoft.graph.fileAttachment", "name": "plan.txt", "contentBytes": "cGxhbg=="},
    )
    room = {"type": "resource", "emailAddress": {"name": "Aquarium", "address": "aquarium@harbour.test"}}
    harbour.graph.patch(path, {"attendees": [room]})
    harbour.sim.settle()

    assert harbour.copy("aquarium")["hasAttachments"] is not deletes


@pytest.mark.fact("attendant-additional-response")
def test_a_room_adds_its_own_words_where_it_is_told_to(harbour, nine):
    harbour.set("aquarium", additional_response="Leave it tidy.")
    harbour.invite("ada", nine, "aquarium")
    assert harbour.answer_text() == "Your request was accepted."
    harbour.set("aquarium", add_additional_response=True)
    harbour.invite("ada", nine + timedelta(hours=3), "aquarium")

    assert harbour.answer_text() == "Your request was accepted.\nLeave it tidy."


@pytest.mark.fact("attendant-cancelled-meetings")
@pytest.mark.parametrize("removes", [True, False])
def test_a_cancelled_meeting_is_removed_or_kept_as_cancelled(harbour, nine, removes):
    harbour.set("aquarium", remove_canceled_meetings=removes)
    event = harbour.invite("ada", nine, "aquarium")
    harbour.sim.person(at_harbour("ada")).delete_event(event)
    harbour.sim.settle()

    kept = [(one["isCancelled"], one["showAs"]) for one in harbour.held("aquarium")]
    assert kept == ([] if removes else [(True, "free")])


@pytest.mark.fact("attendant-old-messages")
@pytest.mark.parametrize(("removes", "left"), [(True, 0), (False, 2)])
def test_answered_requests_leave_the_inbox_or_stay(harbour, nine, removes, left):
    harbour.set("aquarium", remove_old_meeting_messages=removes)
    event = harbour.invite("ada", nine, "aquarium")
    harbour.sim.person(at_harbour("ada")).move_event(event, nine + timedelta(hours=2))
    harbour.sim.settle()

    assert left == len(harbour.inbox("aquarium"))
    assert harbour.status("ada", event, "aquarium") == "accepted"


@pytest.mark.fact("attendant-other-mail")
@pytest.mark.parametrize("deletes", [True, False])
def test_mail_about_no_meeting_is_deleted_from_a_rooms_inbox(harbour, deletes):
    harbour.set("aquarium", delete_non_calendar_items=deletes)
    outsider = harbour.sim.outsider("guest@elsewhere.test", "Guest")

    assert outsider.writes("aquarium@harbour.test", "Lost umbrella?") is not deletes
    assert harbour.inbox("aquarium") == ([] if deletes else [("mail", "Lost umbrella?")])


@pytest.mark.fact("attendant-forward-notices")
@pytest.mark.parametrize("removes", [True, False])
def test_notifications_of_forwarded_meetings_stay_in_a_rooms_inbox_unless_removed(harbour, nine, removes):
    harbour.set("aquarium", remove_forwarded_meeting_notifications=removes)
    harbour.invite("aquarium", nine, "ben")
    event = harbour.copy("ben")
    body = {"toRecipients": [{"emailAddress": {"address": "chidi@harbour.test"}}]}
    harbour.graph.post(f"/users/ben@harbour.test/events/{event['id']}/forward", body, status=202)
    harbour.sim.settle()

    assert harbour.inbox("aquarium") == ([] if removes else [("forwarded", "Planning")])


@pytest.mark.fact("attendant-auto-release")
def test_a_room_that_nobody_checks_in_to_is_given_free(harbour, nine):
    harbour.set("aquarium", enable_auto_release=True, post_reservation_max_claim_time_in_minutes=10)
    event = harbour.invite("ada", nine, "aquarium")
    harbour.sim.advance(nine - harbour.sim.clock.now() + timedelta(minutes=9))
    assert len(harbour.held("aquarium")) == 1
    harbour.sim.advance(timedelta(minutes=2))

    assert harbour.held("aquarium") == []
    harbour.sim.settle()
    assert harbour.status("ada", event, "aquarium") == "declined"
    assert "within 10 minutes" in harbour.answer_text()


@pytest.mark.fact("attendant-check-in")
def test_a_claimed_reservation_stays_and_each_day_of_a_series_is_claimed_by_itself(harbour, nine):
    harbour.set("aquarium", enable_auto_release=True)
    harbour.invite("ada", nine, "aquarium", times=3)
    harbour.sim.advance(nine - harbour.sim.clock.now())
    assert harbour.sim.panel(at_harbour("aquarium")).check_in() == "Ada Lind"
    harbour.sim.advance(timedelta(days=1, minutes=30))

    days = [one["start"]["dateTime"][:10] for one in harbour.shown("aquarium", nine)]
    assert days == ["2026-03-02", "2026-03-04"]
    assert [str(mail.day) for mail in harbour.mails("response") if mail.response == "declined"] == ["2026-03-03"]


@pytest.mark.fact("attendant-judges-anew")
def test_a_meeting_moved_onto_a_taken_slot_loses_the_room(harbour, nine):
    harbour.invite("ben", nine + timedelta(hours=3), "aquarium")
    event = harbour.invite("ada", nine, "aquarium")
    harbour.sim.person(at_harbour("ada")).move_event(event, nine + timedelta(hours=3))
    harbour.sim.settle()

    assert harbour.status("ada", event, "aquarium") == "declined"
    assert [one["subject"] for one in harbour.held("aquarium")] == ["Ben Okafor"]


@pytest.mark.fact("attendant-judges-one-date")
def test_one_date_moved_onto_a_taken_slot_is_declined_and_the_series_stays(harbour, nine):
    harbour.invite("ben", nine + timedelta(days=1, hours=4), "aquarium")
    event = harbour.invite("ada", nine, "aquarium", times=3)
    second = next(one for one in harbour.shown("ada", nine) if one["start"]["dateTime"].startswith("2026-03-03"))
    harbour.sim.person(at_harbour("ada")).move_event(second, nine + timedelta(days=1, hours=4))
    harbour.sim.settle()

    assert harbour.status("ada", event, "aquarium") == "accepted"
    moved = harbour.sim.person(at_harbour("ada")).event(second)
    assert [each["status"]["response"] for each in moved["attendees"]] == ["declined"]
    assert [one["start"]["dateTime"][:10] for one in harbour.shown("aquarium", nine)] == [
        "2026-03-02",
        "2026-03-03",
        "2026-03-04",
    ]


@pytest.mark.fact("attendant-ignores-direct-writes")
def test_a_direct_write_is_neither_judged_nor_rewritten(harbour, nine):
    harbour.set("aquarium", all_book_in_policy=False)
    room = harbour.sim.person(at_harbour("aquarium"))
    for _ in range(2):
        room.create_event("Painters", nine, sensitivity="private")
    harbour.sim.settle()

    assert [(one["subject"], one["sensitivity"]) for one in room.events()] == [("Painters", "private")] * 2
