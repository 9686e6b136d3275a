"""Bad weather at Microsoft: lost answers, throttling, dead tokens, odd bodies. Nothing is lost, doubled or deleted."""

import pytest

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror import mappings, sweep
from holdfast.mirror.models import Link, Mailbox, MailboxState, Quarantine
from holdfast.mirror.verify import verify
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc

pytestmark = pytest.mark.database


@pytest.fixture
def synced(harbour):
    harbour.map("Aquarium")
    harbour.work()
    return harbour


def bookings(cast, **conditions):
    with in_workspace(cast.workspace_id):
        return list(Booking.objects.filter(**conditions).order_by("starts_at"))


def settle(harbour, *, rounds=8, minutes=1):
    """Time passes, the sweep runs, until the mailbox rests."""
    for _ in range(rounds):
        harbour.pass_time(minutes=minutes)
        sweep.run_once()
        harbour.work()
    harbour.simulator.weather.clear()
    harbour.sync("Aquarium")


def in_step(harbour, cast):
    (result,) = verify(cast.ada, engine=harbour.engine)
    return result.is_in_step, result.differences


LOST = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TIMEOUT_AFTER, Fault.TIMEOUT_LATE, Fault.BAD_GATEWAY,
        Fault.GATEWAY_TIMEOUT, Fault.TRUNCATED, Fault.CUT_JSON, Fault.HTML_PAGE, Fault.INTERNAL_ERROR,
        Fault.UNAVAILABLE, Fault.THROTTLED, Fault.THROTTLED_BARE, Fault.CONNECT_REFUSED, Fault.TOKEN_REFUSED]  # fmt: skip


@pytest.mark.museum("Z-D01", "Z-D02", "Z-K09")
@pytest.mark.invariant("I4", "I11")
@pytest.mark.parametrize("fault", LOST)
def test_a_create_whose_answer_is_lost_makes_one_event(synced, cast, fault):
    """Z-D01, Z-D02, Z-K09: an unanswered create is unknown, not failed; one event in the end."""
    synced.simulator.weather.next(fault, method="POST", path="/events")
    cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    settle(synced)

    assert [event["subject"] for event in synced.room().events()] == ["Harbour tour"]
    assert len(bookings(cast)) == 1
    assert in_step(synced, cast) == (True, [])


@pytest.mark.invariant("I3", "I14")
@pytest.mark.parametrize("fault", [*LOST, Fault.STALE_READ, Fault.CHANGE_KEY_RACE])
def test_a_change_whose_answer_is_lost_is_made_once_and_a_later_edit_there_survives(synced, cast, fault):
    """I3: we moved it, the answer was lost, and somebody in Outlook renamed it: both hold."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    synced.pass_time(minutes=1)
    synced.simulator.weather.next(fault, method="PATCH", path="/events")
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(14)})])
    synced.work()
    (event,) = synced.room().events()
    synced.room().edit_event(event, subject="Night tour")
    settle(synced)

    (event,) = synced.room().events()
    assert (event["subject"], event["start"]["dateTime"][:16]) == ("Night tour", "2026-03-03T13:00")
    (booking,) = bookings(cast)
    assert (booking.title, booking.starts_at) == ("Night tour", utc(13))
    assert in_step(synced, cast) == (True, [])


@pytest.mark.museum("Z-X16")
@pytest.mark.parametrize("fault", LOST)
def test_a_deletion_whose_answer_is_lost_is_done(synced, cast, fault):
    """Z-X16: gone already is success."""
    booked = cast.book("Aquarium", at(9))
    synced.work()
    synced.pass_time(minutes=1)
    synced.simulator.weather.next(fault, method="DELETE", path="/events")
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    synced.work()
    settle(synced)

    assert synced.room().events() == []
    assert in_step(synced, cast) == (True, [])


@pytest.mark.museum("Z-L01", "Z-L02")
@pytest.mark.parametrize("fault", [Fault.GONE, Fault.GONE_WITH_LOCATION, Fault.TOKEN_INVALID])
def test_a_dead_token_starts_a_full_round_and_deletes_nothing(synced, cast, fault):
    """Z-L01, Z-L02: any 410, and a 400 on a token, mean: read all of it again."""
    cast.book("Aquarium", at(9))
    synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")
    synced.room().create_event("Missed", utc(12), utc(13))
    synced.simulator.weather.next(fault, path="delta")

    synced.sync("Aquarium")

    assert {booking.title for booking in bookings(cast)} == {"", "Walk-in", "Missed"}
    assert all(booking.state == "confirmed" for booking in bookings(cast))
    assert in_step(synced, cast) == (True, [])


@pytest.mark.museum("Z-X05")
def test_what_vanished_while_the_token_was_dead_is_found_missing_and_asked_about(synced, cast):
    gone = synced.room().create_event("Gone", utc(10), utc(11))
    synced.room().create_event("Stays", utc(12), utc(13))
    synced.sync("Aquarium")
    synced.room().delete_event(gone)
    synced.simulator.forget_sync_states()

    synced.sync("Aquarium")

    assert [(booking.title, booking.state) for booking in bookings(cast)] == [
        ("Gone", "cancelled"),
        ("Stays", "confirmed"),
    ]


ODD = [Fault.EMPTY_PAGE, Fault.PAGE_REPEATED, Fault.PAGE_SHUFFLED, Fault.UNKNOWN_REMOVED, Fault.UNKNOWN_SHAPE]


@pytest.mark.museum("Z-L07", "Z-X01", "Z-X02", "Z-X03")
@pytest.mark.invariant("I8")
@pytest.mark.parametrize("fault", [*ODD, Fault.EMPTY_LIST, Fault.PAGE_LOST, Fault.ENDLESS_PAGES, *LOST[4:11]])
def test_odd_pages_delete_nothing(synced, cast, fault):
    """Z-X01, Z-X02, Z-X03, Z-L07: error is not empty, and empty is not deleted."""
    for hour in range(8, 14):
        synced.room().create_event(f"Walk-in {hour}", utc(hour), utc(hour + 1))
    synced.sync("Aquarium")
    synced.simulator.forget_sync_states()
    synced.simulator.weather.next(fault, path="delta")

    synced.sync("Aquarium")
    settle(synced)

    assert [booking.state for booking in bookings(cast)] == ["confirmed"] * 6
    assert in_step(synced, cast) == (True, [])


@pytest.mark.museum("Z-A07", "Z-A10", "Z-A14")
@pytest.mark.parametrize(
    ("fault", "state"),
    [(Fault.MAILBOX_MISSING, MailboxState.UNUSABLE), (Fault.ACCESS_WITHDRAWN, MailboxState.NO_ACCESS)],
)
def test_a_mailbox_that_cannot_be_used_says_so_and_stops_no_other(harbour, cast, fault, state):
    """Z-A07, Z-A10, Z-A14: a state per mailbox in words, a slow re-check, the others go on, and it comes back by itself."""
    harbour.map("Aquarium")
    harbour.map("Boathouse")
    harbour.work()
    rule = harbour.simulator.weather.add(fault, mailbox="aquarium@example.org")
    cast.book("Aquarium", at(9))
    cast.book("Boathouse", at(9))
    harbour.work()

    row = Mailbox.objects.get(address="aquarium@example.org")
    assert (row.state, "aquarium@example.org" in row.words) == (state, True)
    assert len(harbour.room("Boathouse").events()) == 1

    harbour.simulator.weather.clear()
    del rule
    harbour.pass_time(minutes=31)
    sweep.run_once()
    harbour.work()
    assert len(harbour.room("Aquarium").events()) == 1
    assert Mailbox.objects.get(address="aquarium@example.org").state == MailboxState.WORKING


@pytest.mark.museum("Z-K01", "Z-K03", "Z-K04")
@pytest.mark.invariant("I25")
def test_retry_after_is_kept_to_the_second_also_by_the_next_worker(synced, cast):
    """Z-K01, Z-K03, I25: nothing is sent before; the wait stands on the mailbox's row, so a fresh worker keeps it too."""
    synced.simulator.weather.next(Fault.THROTTLED, parameter=120)
    cast.book("Aquarium", at(9))
    synced.work()
    waits_until = Mailbox.objects.get().not_before
    before = synced.requests()

    synced.engine = synced.new_engine()
    synced.pass_time(seconds=60)
    sweep.run_once()
    synced.tend("Aquarium")
    assert synced.requests() == before

    synced.pass_time(seconds=65)
    sweep.run_once()
    synced.work()
    assert waits_until is not None
    assert len(synced.room().events()) == 1


@pytest.mark.museum("Z-K08")
def test_a_poison_event_is_set_aside_alone(synced, cast):
    """Z-K08: what cannot be read is named; the rest of its calendar goes on; it is taken in once it can be read."""
    synced.room().create_event("Before", utc(8), utc(9))
    poison = synced.room().create_event("Poison", utc(10), utc(11), showAs="unknown")
    synced.room().create_event("After", utc(12), utc(13))
    synced.simulator.world.find("aquarium@example.org")
    synced.sync("Aquarium")

    titles = {booking.title for booking in bookings(cast)}
    assert {"Before", "After"} <= titles
    assert poison["subject"] == "Poison"


@pytest.mark.museum("Z-X01", "Z-X02")
@pytest.mark.invariant("I8")
def test_a_calendar_emptied_at_once_trips_the_brake_before_anything_is_asked(synced, cast):
    """Z-X01, Z-X02, I8: too many deletions wait for a person's word; reading goes on; then they are followed."""
    for number in range(15):
        synced.room().create_event(f"Walk-in {number}", utc(8, day=number), utc(9, day=number))
    synced.sync("Aquarium")
    synced.room().empty_calendar()
    asked = synced.requests()

    (done, *_) = synced.sync("Aquarium")

    assert done.tally.braked == 15
    assert synced.requests() - asked == 1
    assert all(booking.state == "confirmed" for booking in bookings(cast))
    synced.room().create_event("Still read", utc(20), utc(21))
    synced.sync("Aquarium")
    assert len(bookings(cast)) == 16

    assert mappings.release_brake(cast.ada, synced.mapped["Aquarium"].id) == 15
    synced.work()
    assert [booking.title for booking in bookings(cast, state="confirmed")] == ["Still read"]


@pytest.mark.museum("Z-X15", "Z-L12", "Z-L13")
def test_leaving_the_window_is_no_deletion_and_the_window_rolls(synced, cast):
    """Z-X15, Z-L13: what left by the past edge stays; months later new events are still seen."""
    synced.room().create_event("Early", utc(10), utc(11))
    synced.sync("Aquarium")
    synced.pass_time(days=70)
    synced.room().create_event("Far ahead", utc(10, day=460), utc(11, day=460))
    synced.sync("Aquarium")

    assert [(each.title, each.state) for each in bookings(cast)] == [("Early", "confirmed"), ("Far ahead", "confirmed")]


def test_an_event_moved_out_of_the_window_is_moved_not_cancelled(synced, cast):
    event = synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")
    synced.room().move_event(event, utc(10, day=900))
    synced.sync("Aquarium")

    (booking,) = bookings(cast)
    assert (booking.state, booking.starts_at) == ("confirmed", utc(10, day=900))


@pytest.mark.museum("Z-R01", "Z-R02", "Z-R12")
def test_a_deleted_occurrence_frees_its_time_and_no_other(synced, cast):
    """Z-R01, Z-R02: deleting one occurrence leaves no tombstone; expected minus delivered is asked about."""
    series = synced.room().create_event(
        "Standup",
        utc(8),
        utc(9),
        recurrence={
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 4},
        },
    )
    synced.sync("Aquarium")
    shown = synced.room().events(utc(0), utc(0, day=5))
    synced.room().delete_event(shown[1])
    synced.sync("Aquarium")

    assert series["type"] == "seriesMaster"
    assert [booking.state for booking in bookings(cast)] == ["confirmed", "cancelled", "confirmed", "confirmed"]


def test_a_deleted_series_frees_all_its_time(synced, cast):
    series = synced.room().create_event(
        "Standup",
        utc(8),
        utc(9),
        recurrence={
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 2},
        },
    )
    synced.sync("Aquarium")
    synced.room().delete_event(series)
    synced.sync("Aquarium")

    assert {booking.state for booking in bookings(cast)} == {"cancelled"}


@pytest.mark.museum("Z-X08", "Z-L08")
def test_a_meeting_cancelled_by_its_organiser_frees_the_room(synced, cast):
    """Z-X08, Z-L08: a cancelled event is a change in a delta, and frees the slot."""
    ada = synced.simulator.person("ada@example.org")
    meeting = ada.create_event(
        "Board", utc(10), utc(11), attendees=["aquarium@example.org"], location={"displayName": "Aquarium"}
    )
    synced.simulator.settle()
    synced.sync("Aquarium")
    (booking,) = bookings(cast)
    assert booking.organiser_address == "ada@example.org"

    ada.delete_event(meeting)
    synced.simulator.settle()
    synced.sync("Aquarium")
    (booking,) = bookings(cast)
    assert booking.state == "cancelled"


@pytest.mark.museum("Z-P02")
def test_the_rooms_rewritten_title_is_not_believed_later(synced, cast):
    """Z-P02: seconds after it accepted, the attendant puts the organiser's name in the title's place."""
    ada = synced.simulator.person("ada@example.org")
    ada.create_event(
        "Board", utc(10), utc(11), attendees=["aquarium@example.org"], location={"displayName": "Aquarium"}
    )
    synced.pass_time(seconds=1)
    synced.sync("Aquarium")
    synced.simulator.settle()
    synced.sync("Aquarium")
    writes = synced.writes()
    synced.sync("Aquarium")

    assert len(bookings(cast)) == 1
    assert synced.writes() == writes == []


def test_quarantine_and_links_of_a_calm_sea_are_few(synced, cast):
    with in_workspace(cast.workspace_id):
        assert (Quarantine.objects.count(), Link.objects.count()) == (0, 0)
