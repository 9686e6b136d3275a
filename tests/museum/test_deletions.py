"""Deletions: believed once they are confirmed, never read out of a failure, an emptiness, or an edge of a window."""

from datetime import timedelta

import pytest

from holdfast.bookings.models import Conflict
from holdfast.bookings.orders import Cancel, Edit, Restore
from holdfast.bookings.outcomes import Done, Refused
from holdfast.bookings.states import State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory.resources import retire_resource
from holdfast.mirror import mappings
from holdfast.mirror.conflicts import answer, questions
from holdfast.mirror.models import MailboxState
from holdfast.mirror.preview import preview
from holdfast.mirror.status import Stand, statuses
from holdfast.reconcile.choices import Choice
from holdfast.reconcile.link import Reason
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

DAYS = (utc(0, day=-2), utc(0, day=60))


def fill(harbour, count=24):
    """Two bookings a day from Outlook."""
    return [
        harbour.room().create_event(f"Walk-in {number:02}", utc(8 + number % 2 * 4, day=number // 2))
        for number in range(count)
    ]


def titles(harbour, room="Aquarium"):
    return [event["subject"] for event in harbour.room(room).events()]


def settle_in_bad_weather(harbour):
    for _ in range(4):
        harbour.pass_time(minutes=2)
        harbour.sync("Aquarium")


@pytest.mark.museum("Z-X01", "Z-X03")
@pytest.mark.invariant("I8")
@pytest.mark.parametrize(
    "fault",
    [Fault.RESET_AFTER, Fault.TRUNCATED, Fault.CUT_JSON, Fault.HTML_PAGE, Fault.UNAVAILABLE, Fault.GONE,
     Fault.INTERNAL_ERROR, Fault.EMPTY_PAGE],
)  # fmt: skip
def test_a_reading_that_breaks_off_in_the_middle_deletes_nothing(synced, cast, fault):
    """Z-X01, Z-X03: pages of five, the third breaks; what was not read is not gone, and the next reading is whole."""
    synced.simulator.switch("delta_page_size", value=5)
    fill(synced)
    synced.sync("Aquarium")
    known = [(each.id, each.version) for each in bookings(cast)]
    synced.simulator.forget_sync_states()
    synced.simulator.weather.next(fault, path="delta", after=2)
    synced.sync("Aquarium")
    assert len(standing(cast)) == 24
    settle(synced)

    assert [(each.id, each.version) for each in standing(cast)] == known
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X02")
@pytest.mark.invariant("I8")
@pytest.mark.parametrize("times", [1, 3, 12])
def test_a_calendar_that_suddenly_reads_empty_is_not_empty(synced, cast, times):
    """Z-X02: the listing is empty once or for an hour; both sides keep everything, and nothing is imported anew after."""
    fill(synced)
    for day in range(3):
        cast.book("Aquarium", at(18, day=day), title=f"Ours {day}")
    synced.sync("Aquarium")
    known = [each.id for each in bookings(cast)]
    writes = synced.writes()
    synced.simulator.forget_sync_states()
    synced.simulator.weather.next(Fault.EMPTY_LIST, times=times, path="delta")
    for _ in range(times):
        synced.pass_time(minutes=6)
        synced.sync("Aquarium")
    settle(synced)

    assert [each.id for each in standing(cast)] == known
    assert len(titles(synced)) == 27
    assert synced.writes() == writes
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X03")
def test_a_question_that_fails_is_asked_again_and_answers_nothing(synced, cast):
    """Z-X03: deleted or not is asked, the answer is an error: until somebody says "not found", the booking stands."""
    gone, *_ = fill(synced, 4)
    synced.sync("Aquarium")
    synced.room().delete_event(gone)
    synced.simulator.weather.add(Fault.INTERNAL_ERROR, method="GET", path="/events/")
    settle_in_bad_weather(synced)
    assert len(standing(cast)) == 4
    synced.simulator.weather.clear()
    settle(synced)

    assert [each.title for each in standing(cast)] == ["Walk-in 01", "Walk-in 02", "Walk-in 03"]
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X04")
@pytest.mark.parametrize("fault", [Fault.INTERNAL_ERROR, Fault.ACCESS_WITHDRAWN, Fault.MAILBOX_MISSING])
def test_one_calendar_that_cannot_be_read_keeps_its_bookings_and_stops_no_other(synced, cast, fault):
    """Z-X04: present but unreadable is kept; the others go on; and its page does not say "in step" meanwhile."""
    fill(synced, 6)
    synced.map("Boathouse")
    synced.sync("Aquarium")
    synced.simulator.weather.add(fault, mailbox="aquarium@example.org")
    synced.room("Boathouse").create_event("Regatta", utc(9, day=1))
    for _ in range(4):
        synced.pass_time(minutes=20)
        synced.sync("Aquarium")
        synced.sync("Boathouse")

    assert len(standing(cast, resource_id=cast.resource("Aquarium"))) == 6
    assert [each.title for each in standing(cast, resource_id=cast.resource("Boathouse"))] == ["Regatta"]
    stands = {status.address: (status.stand, status.mailbox_state) for status in statuses(cast.ada)}
    assert stands["aquarium@example.org"][0] in (Stand.WAITING, Stand.ASKS)
    assert stands["aquarium@example.org"][1] != MailboxState.WORKING
    assert stands["boathouse@example.org"] == (Stand.IN_STEP, MailboxState.WORKING)

    synced.simulator.weather.clear()
    settle(synced, rounds=2, minutes=31)
    assert len(standing(cast)) == 7
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X05")
@pytest.mark.parametrize("nth", range(1, 8))
def test_an_event_made_while_the_calendar_is_being_read_is_never_taken_for_a_missing_one(synced, cast, nth):
    """Z-X05: at every border of a full pass with work in both directions, somebody adds an event; it stays on both sides."""
    fill(synced, 4)
    synced.sync("Aquarium")
    synced.simulator.forget_sync_states()
    cast.book("Aquarium", at(18), title="Ours")
    passed = []

    def add_at_the_nth(name):
        passed.append(name)
        if len(passed) == nth:
            synced.room().create_event("Just now", utc(15))

    synced.around_requests = add_at_the_nth
    synced.sync("Aquarium")
    synced.around_requests = None
    settle(synced, rounds=2)

    expected = sorted(
        [*(f"Walk-in 0{number}" for number in range(4)), "Ours", *(["Just now"] if len(passed) >= nth else [])]
    )
    assert sorted(titles(synced)) == expected
    assert sorted(each.title for each in bookings(cast)) == expected
    assert synced.writes() == ["POST 201"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X06", "Z-X11")
def test_one_pass_carries_a_creation_a_change_and_a_deletion_in(synced, cast):
    """Z-X06, Z-X11: all three kinds, of both origins, arrive with the same reading; none needs a second."""
    moved, gone = fill(synced, 2)
    ours = cast.book("Aquarium", at(18), title="Ours")
    dropped = cast.book("Aquarium", at(20), title="Dropped")
    synced.sync("Aquarium")
    event_of = {event["subject"]: event for event in synced.room().events()}
    synced.room().move_event(moved, utc(15))
    synced.room().edit_event(event_of["Ours"], subject="Ours, renamed")
    synced.room().delete_event(gone)
    synced.room().delete_event(event_of["Dropped"])
    synced.room().create_event("New", utc(6))
    (_, *further) = synced.sync("Aquarium")

    assert further == []
    assert told(cast) == shown(synced, *DAYS)
    assert [each.title for each in standing(cast)] == ["New", "Walk-in 00", "Ours, renamed"]
    states = {each.id: each.state for each in bookings(cast)}
    assert (states[ours.id], states[dropped.id]) == (State.CONFIRMED, State.CANCELLED)
    assert synced.writes() == ["POST 201", "POST 201"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X08")
def test_a_meeting_called_off_by_somebody_outside_frees_the_room(synced, cast):
    """Z-X08: the organiser is nobody we know; the time is free again, and nothing of ours is sent or written."""
    ben = synced.simulator.person("ben@example.org")
    meeting = ben.create_event("Visit", utc(10), attendees=["aquarium@example.org"])
    synced.simulator.settle()
    synced.sync("Aquarium")
    assert isinstance(apply(cast.ben, [cast.make("Aquarium", at(11))])[0], Refused)
    ben.delete_event(meeting)
    synced.simulator.settle()
    synced.sync("Aquarium")

    assert standing(cast) == []
    cast.book("Aquarium", at(11), title="After all")
    synced.work()
    assert [each.title for each in standing(cast)] == ["After all"]
    assert synced.writes() == ["POST 201"]
    assert_at_rest(synced, cast, mails=len(synced.simulator.ledger.mails))


@pytest.mark.museum("Z-X09")
def test_a_cancelled_booking_is_out_of_outlook_within_one_pass(synced, cast):
    """Z-X09: of our own making and of Outlook's; also one that was cancelled before it was ever written."""
    fill(synced, 1)
    ours = cast.book("Aquarium", at(18), title="Ours")
    synced.sync("Aquarium")
    (walk_in,) = bookings(cast, title="Walk-in 00")
    never = cast.book("Aquarium", at(20), title="Never written")
    apply(cast.ada, [Cancel(booking_id=each) for each in (ours.id, walk_in.id, never.id)])
    synced.work()

    assert titles(synced) == []
    assert synced.writes() == ["POST 201", "DELETE 204", "DELETE 204"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X12")
def test_an_event_deleted_in_outlook_stops_nothing_that_comes_after_it(synced, cast):
    """Z-X12: our write finds it gone; the question is about that booking alone, the next ones are written."""
    first = cast.book("Aquarium", at(9), title="First")
    synced.work()
    (event,) = synced.room().events()
    synced.room().delete_event(event)
    apply(cast.ben, [Edit(booking_id=first.id, changes={"title": "First, edited"})])
    for hour in (11, 13, 15):
        cast.book("Aquarium", at(hour), title=f"At {hour}")
    settle(synced, rounds=2)

    assert titles(synced) == ["At 11", "At 13", "At 15"]
    assert [(each.reason, each.booking_id) for each in questions(cast.ada)] == [(Reason.DELETED_THERE, first.id)]
    assert [each for each in synced.writes() if each.startswith("POST")] == ["POST 201"] * 4


@pytest.mark.museum("Z-X14")
def test_a_retired_rooms_bookings_can_be_handed_over_or_cancelled_and_their_events_follow(synced, cast):
    """Z-X14: no event is left behind that nobody can remove: one moves to the Boathouse, one goes."""
    synced.map("Boathouse")
    handed = cast.book("Aquarium", at(9), title="Handed over")
    dropped = cast.book("Aquarium", at(11), title="Dropped")
    synced.work()
    retire_resource(cast.ada, cast.resource("Aquarium"))
    assert isinstance(apply(cast.ben, [cast.make("Aquarium", at(15))])[0], Refused)
    outcomes = apply(
        cast.ada,
        [
            Edit(booking_id=handed.id, changes={"resource_id": cast.resource("Boathouse")}),
            Cancel(booking_id=dropped.id),
        ],
    )
    assert [type(each) for each in outcomes] == [Done, Done]
    settle(synced, rounds=2)
    synced.sync("Boathouse")

    assert (titles(synced), titles(synced, "Boathouse")) == ([], ["Handed over"])
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X15")
def test_growing_older_than_the_look_back_deletes_nothing_on_either_side(harbour, cast):
    """Z-X15: day by day the window leaves an event behind, through full rounds too; both sides keep it."""
    harbour.map("Aquarium", days_back=2, days_ahead=20)
    harbour.room().create_event("Theirs", utc(9))
    cast.book("Aquarium", at(12), title="Ours")
    pattern = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 5},
    }
    harbour.room().create_event("Standup", utc(7), utc(7.5), recurrence=pattern)
    harbour.work()
    known = [(each.id, each.state) for each in bookings(cast)]
    assert len(known) == 7
    for day in range(40):
        harbour.pass_time(days=1)
        if day % 5 == 0:
            harbour.simulator.forget_sync_states()
        harbour.sync("Aquarium")

    assert [(each.id, each.state) for each in bookings(cast)] == known
    assert sorted(titles(harbour)) == ["Ours", "Standup", "Theirs"]
    assert harbour.writes() == ["POST 201"]


@pytest.mark.museum("Z-X16")
def test_cancelling_everything_goes_on_past_events_that_are_gone_already(synced, cast):
    """Z-X16: half of them were deleted in Outlook a moment before, and the worker is throttled: all are gone in the end."""
    made = [cast.book("Aquarium", at(9, day=day), title=f"Tour {day}") for day in range(10)]
    synced.work()
    for event in synced.room().events()[::2]:
        synced.room().delete_event(event)
    synced.simulator.weather.next(Fault.THROTTLED, method="DELETE", times=2, parameter=20)
    apply(cast.ben, [Cancel(booking_id=each.id) for each in made])
    synced.work()
    settle(synced)

    assert (titles(synced), standing(cast)) == ([], [])
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X20")
@pytest.mark.parametrize("born", ["here", "there"])
def test_what_was_deleted_and_is_restored_lives_again_once(synced, cast, born):
    """Z-X20: cancelled, settled, restored: one booking under its old id, one event; no error at any pass."""
    if born == "here":
        cast.book("Aquarium", at(9), title="Harbour tour", by=cast.ada)
        synced.work()
    else:
        synced.room().create_event("Harbour tour", utc(8))
        synced.sync("Aquarium")
    (booking,) = bookings(cast)
    for _ in range(2):
        apply(cast.ada, [Cancel(booking_id=booking.id)])
        settle(synced, rounds=2)
        assert titles(synced) == []
        (restored,) = apply(cast.ada, [Restore(booking_id=booking.id)])
        assert isinstance(restored, Done)
        settle(synced, rounds=2)
        assert titles(synced) == ["Harbour tour"]

    assert [(each.id, each.state) for each in bookings(cast)] == [(booking.id, State.CONFIRMED)]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X21")
@pytest.mark.invariant("I9")
@pytest.mark.parametrize("choice", [Choice.OURS, Choice.THEIRS])
def test_a_deletion_there_never_drops_an_edit_made_here(synced, cast, choice):
    """Z-X21: the booking is kept, somebody is asked once, and either answer brings both sides together."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()
    synced.room().delete_event(event)
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour", "when": at(19)})])
    settle(synced, rounds=4)

    (kept,) = standing(cast)
    assert (kept.title, kept.starts_at) == ("Night tour", utc(18))
    (asked,) = questions(cast.ada)
    assert (asked.reason, asked.ours.title) == (Reason.DELETED_THERE, "Night tour")
    with in_workspace(cast.workspace_id):
        assert Conflict.objects.filter(booking_id=booked.id, closed_at=None).count() <= 1
    answer(cast.ada, asked.link_id, choice, pair=asked.pair)
    settle(synced, rounds=2)

    assert told(cast) == shown(synced, *DAYS)
    assert titles(synced) == (["Night tour"] if choice is Choice.OURS else [])
    assert questions(cast.ada) == []
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X01", "Z-X02")
def test_many_deletions_at_once_wait_for_a_word_and_are_undone_by_putting_them_back(synced, cast):
    """Z-X01, Z-X02: emptied and restored before anybody answered: nothing was lost, and the brake lets go by itself or by word."""
    made = fill(synced)
    synced.sync("Aquarium")
    synced.room().empty_calendar()
    settle(synced, rounds=3)
    assert len(standing(cast)) == len(made)
    (status,) = statuses(cast.ada)
    assert (status.stand, status.brake_since is not None) == (Stand.ASKS, True)

    mappings.release_brake(cast.ada, synced.mapped["Aquarium"].id)
    settle(synced, rounds=2)
    assert standing(cast) == []
    counted = preview(cast.ada, synced.mapped["Aquarium"].id, engine=synced.engine)
    assert (counted.events, counted.create_there) == (0, 0)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-X15")
def test_an_event_dragged_out_of_the_window_and_back_is_the_same_booking(harbour, cast):
    """Z-X15: out by the far edge and back again: moved both times, never deleted."""
    harbour.map("Aquarium", days_back=2, days_ahead=20)
    event = harbour.room().create_event("Theirs", utc(9))
    harbour.work()
    (booking,) = bookings(cast)
    for day in (300, 5):
        harbour.room().move_event(event, utc(9, day=day))
        harbour.sync("Aquarium")
        (moved,) = bookings(cast)
        assert (moved.id, moved.state, moved.starts_at) == (booking.id, State.CONFIRMED, utc(9) + timedelta(days=day))
    assert_at_rest(harbour, cast)
