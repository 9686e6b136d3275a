"""Out and in: what is made, changed and deleted on one side is so on the other, in time, once, and told apart."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.states import Origin, State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror import mappings, sweep
from tests.cast import all_day, at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

DAYS = (utc(0, day=-2), utc(0, day=40))


def titles(harbour, room="Aquarium"):
    return sorted(event["subject"] for event in harbour.room(room).events())


@pytest.mark.rule("S059", "S060", "S061", "S108")
@pytest.mark.parametrize("when", [at(9), at(22, hours=5), at(9, hours=51), all_day(day=1), all_day(day=1, days=3)])
def test_a_one_off_is_made_changed_and_taken_away_there_without_a_manual_step(synced, cast, when):
    """S059, S060, S061, S108: an hour, over midnight, over days, a whole day, several: always the same one event."""
    booked = cast.book("Aquarium", when, title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()
    assert told(cast) == shown(synced, *DAYS) or event["isAllDay"]
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour"})])
    synced.work()
    assert [(each["id"], each["subject"]) for each in synced.room().events()] == [(event["id"], "Night tour")]
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    synced.work()

    assert titles(synced) == []
    assert synced.writes() == ["POST 201", "PATCH 200", "DELETE 204"]
    assert_at_rest(synced, cast)


@pytest.mark.rule("S062")
def test_a_saved_booking_wakes_a_worker_in_its_own_transaction_and_is_there_within_seconds(synced, cast):
    """S062: by the virtual clock; a tending that is woken needs no other signal."""
    saved = synced.simulator.clock.now()
    cast.book("Aquarium", at(9), title="Harbour tour")
    assert synced.waiting.next() == synced.mailboxes["Aquarium"]
    synced.tend("Aquarium")

    (event,) = synced.room().events()
    created = datetime.fromisoformat(event["createdDateTime"])
    assert created - saved <= timedelta(seconds=5)


@pytest.mark.rule("S063", "S077", "S126")
def test_where_every_signal_is_lost_both_sides_still_follow_within_five_minutes(synced, cast):
    """S063, S077, S126: no notices, every wake-up thrown away, nobody presses anything: the sweep and the poll find it."""
    cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12))
    synced.waiting.clear()
    saved = synced.simulator.clock.now()
    while synced.simulator.clock.now() - saved < timedelta(minutes=5):
        synced.pass_time(seconds=sweep.PERIOD_S)
        sweep.run_once()
        synced.work()

    assert titles(synced) == ["Ours", "Theirs"]
    assert told(cast) == shown(synced, *DAYS)
    assert_at_rest(synced, cast)


@pytest.mark.rule("S064", "S089")
def test_a_slot_is_taken_from_the_moment_it_is_saved(synced, cast):
    """S064, S089: long before the other side knows, a second booking of it is refused and the first one named."""
    cast.book("Aquarium", at(9), title="First")
    (refused,) = apply(cast.ada, [cast.make("Aquarium", at(9.5))])

    assert isinstance(refused, Refused)
    assert (refused.code, [clash.title for clash in refused.clashes]) == (Code.TAKEN, ["First"])
    assert synced.writes() == []
    synced.work()
    assert titles(synced) == ["First"]
    assert_at_rest(synced, cast)


@pytest.mark.rule("S067")
@pytest.mark.parametrize("born", [Origin.HERE, Origin.OUTLOOK])
def test_what_is_deleted_here_goes_there_too_and_only_that(synced, cast, born):
    """S067: of either origin; it says so in the booking, which stays as cancelled, and its time is free on both sides."""
    cast.book("Aquarium", at(7), title="Stays")
    if born is Origin.HERE:
        cast.book("Aquarium", at(9), title="Goes")
    else:
        synced.room().create_event("Goes", utc(8))
    synced.sync("Aquarium")
    (booking,) = bookings(cast, title="Goes")
    apply(cast.ada, [Cancel(booking_id=booking.id)])
    synced.work()

    assert titles(synced) == ["Stays"]
    assert [(each.title, each.state, each.origin) for each in bookings(cast, id=booking.id)] == [
        ("Goes", State.CANCELLED, born)
    ]
    cast.book("Aquarium", at(9), title="Next")
    synced.work()
    assert titles(synced) == ["Next", "Stays"]
    assert_at_rest(synced, cast)


@pytest.mark.rule("S069", "S070", "S075", "S076")
def test_what_is_made_changed_and_deleted_in_outlook_is_a_booking_that_follows(synced, cast):
    """S069, S070, S075, S076: made there it is a booking; changed there it changes; deleted there it stays, cancelled."""
    event = synced.room().create_event("Walk-in", utc(12))
    synced.sync("Aquarium")
    (made,) = bookings(cast)
    assert (made.kind, made.origin, made.state) == ("booking", Origin.OUTLOOK, State.CONFIRMED)
    synced.room().edit_event(event, subject="Walk-in, long")
    synced.room().move_event(event, utc(13), utc(16))
    synced.sync("Aquarium")
    assert told(cast) == [("Walk-in, long", "2026-03-03T13:00", "2026-03-03T16:00")]
    synced.room().delete_event(event)
    synced.sync("Aquarium")

    assert [(each.id, each.title, each.state) for each in bookings(cast)] == [
        (made.id, "Walk-in, long", State.CANCELLED)
    ]
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.rule("S039", "S143", "S149")
@pytest.mark.parametrize(
    ("show_as", "blocks"),
    [("busy", True), ("tentative", True), ("oof", True), ("workingElsewhere", True), ("free", False)],
)
def test_shown_as_carries_over_and_busy_time_is_not_available(synced, cast, show_as, blocks):
    """S039, S143, S149: five words of Outlook's, in both directions; only what is free leaves the time free."""
    synced.room().create_event("Theirs", utc(12), showAs=show_as)
    synced.sync("Aquarium")
    assert [each.show_as for each in standing(cast)] == [show_as]
    (outcome,) = apply(cast.ben, [cast.make("Aquarium", at(13), title="Ours")])
    assert isinstance(outcome, Refused) is blocks

    cast.book("Aquarium", at(18), title="Shown", show_as=show_as)
    synced.work()
    assert [each["showAs"] for each in synced.room().events() if each["subject"] == "Shown"] == [show_as]
    assert_at_rest(synced, cast)


@pytest.mark.rule("S143")
def test_private_entries_stay_private_on_both_sides(synced, cast):
    """S143: private there is private here, for everybody but those who may see it; and the other way round."""
    synced.room().create_event("Doctor", utc(12), sensitivity="private")
    cast.book("Aquarium", at(9), title="Salary", sensitivity="private")
    synced.sync("Aquarium")

    assert {each.title: each.sensitivity for each in standing(cast)} == {"Doctor": "private", "Salary": "private"}
    assert {each["subject"]: each["sensitivity"] for each in synced.room().events()} == {
        "Doctor": "private",
        "Salary": "private",
    }
    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(13))])
    assert isinstance(refused, Refused)
    assert "Doctor" not in f"{refused.sentence} {[clash.title for clash in refused.clashes]}"
    assert_at_rest(synced, cast)


@pytest.mark.rule("S144")
def test_an_organiser_whom_nobody_here_knows_is_named_and_the_booking_has_no_owner(synced, cast):
    """S144: the entry is kept under the name and address that Outlook gives; nobody here is made its owner."""
    ben = synced.simulator.person("ben@example.org")
    ben.create_event("Visit", utc(12), attendees=["aquarium@example.org"])
    synced.simulator.settle()
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    assert (booking.organiser_name, booking.organiser_address, booking.owner_id) == ("Ben", "ben@example.org", None)


@pytest.mark.rule("S145")
def test_of_two_edits_of_one_field_outlooks_stands_and_ours_is_kept_to_be_read(synced, cast):
    """S145: without another choice the field table says who wins; different fields both hold."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Ours", "note": "Bring boots"})])
    synced.room().edit_event(event, subject="Theirs")
    settle(synced, rounds=2)

    assert [(each.title, each.note) for each in standing(cast)] == [("Theirs", "Bring boots")]
    assert synced.room().event(event)["subject"] == "Theirs"
    assert_at_rest(synced, cast)


@pytest.mark.rule("S079")
def test_inviting_the_room_in_outlook_goes_on_working(synced, cast):
    """S079: Ada invites the room as ever, its attendant accepts; we follow, and write and send nothing."""
    ada = synced.simulator.person("ada@example.org")
    meeting = ada.create_event("Board", utc(12), attendees=["aquarium@example.org", "ben@example.org"])
    synced.simulator.settle()
    sent = len(synced.simulator.ledger.mails)
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    assert (booking.starts_at, booking.organiser_address) == (utc(12), "ada@example.org")
    answers = {each["emailAddress"]["address"]: each["status"]["response"] for each in ada.event(meeting)["attendees"]}
    assert answers["aquarium@example.org"] == "accepted"
    assert synced.writes() == []
    assert_at_rest(synced, cast, mails=sent)


@pytest.mark.rule("S088")
@pytest.mark.invariant("I1")
def test_after_the_first_sync_no_two_entries_of_a_room_overlap_on_either_side(synced, cast):
    """S088: an afternoon of clashes from both sides; what is left stands alone in its time, here and there."""
    for number in range(6):
        synced.pass_time(minutes=5)
        cast.book("Aquarium", at(9 + number), title=f"Ours {number}")
        synced.room().create_event(f"Theirs {number}", utc(8.5 + number), utc(9 + number))
        synced.sync("Aquarium")
    settle(synced, rounds=2)

    for spans in (told(cast), shown(synced, *DAYS)):
        ordered = sorted((start, end) for _, start, end in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(ordered))
    assert told(cast) == shown(synced, *DAYS)
    assert len(standing(cast)) == 6
    assert_at_rest(synced, cast)


@pytest.mark.rule("S091", "S092", "S124")
@pytest.mark.invariant("I5", "I6")
def test_sync_now_starts_at_once_and_pressed_again_makes_no_second_copy(synced, cast):
    """S091, S092, S124: what we wrote comes back and is recognised; both buttons read at once, the second finds nothing."""
    cast.book("Aquarium", at(9), title="Ours")
    synced.work()
    synced.room().create_event("Theirs", utc(12))
    assert mappings.ring(cast.workspace_id, synced.mapped["Aquarium"].id) == synced.waiting.next()
    done = synced.tend("Aquarium")
    assert (done.taken, titles(synced)) == (True, ["Ours", "Theirs"])
    assert len(bookings(cast)) == 2
    for _ in range(3):
        synced.sync("Aquarium")

    assert len(bookings(cast)) == 2
    assert synced.writes() == ["POST 201"]
    assert_at_rest(synced, cast)


@pytest.mark.rule("S096")
def test_the_window_rolls_and_what_enters_it_is_picked_up(harbour, cast):
    """S096: too far ahead today, there a month before it begins; and nothing is made twice by the rolling."""
    harbour.map("Aquarium", days_back=5, days_ahead=60)
    harbour.room().create_event("Soon", utc(12, day=10))
    harbour.room().create_event("Far ahead", utc(12, day=120))
    harbour.work()
    assert [each.title for each in bookings(cast)] == ["Soon"]
    for _ in range(9):
        harbour.pass_time(days=10)
        sweep.run_once()
        harbour.work()

    assert [(each.title, each.state) for each in bookings(cast)] == [("Soon", "confirmed"), ("Far ahead", "confirmed")]
    assert harbour.writes() == []
    assert_at_rest(harbour, cast)


@pytest.mark.rule("S080")
def test_the_record_tells_both_origins_apart(synced, cast):
    """S080: what a page colours by: ours dark blue, Outlook's grey; an edit on the other side changes no origin."""
    ours = cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12))
    synced.sync("Aquarium")
    for event in synced.room().events():
        synced.room().edit_event(event, categories=[*event["categories"], "Seen"], subject=f"{event['subject']}, seen")
    synced.sync("Aquarium")

    with in_workspace(cast.workspace_id):
        origins = dict(Booking.objects.values_list("title", "origin"))
    assert origins == {"Ours, seen": Origin.HERE, "Theirs, seen": Origin.OUTLOOK}
    assert ours.origin is Origin.HERE
