"""Delta, pages, windows: whatever the listing does, nothing is lost, doubled or deleted, and every loop ends."""

import pytest

from holdfast.bookings.orders import Cancel
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror import sweep
from holdfast.mirror.models import Calendar, Mailbox, MailboxState
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bend, bookings, settle, standing, titled

pytestmark = pytest.mark.database


def fill(harbour, *, first=8, last=14):
    return [harbour.room().create_event(f"Walk-in {hour}", utc(hour), utc(hour + 1)) for hour in range(first, last)]


def round_of(cast):
    """The number of the last full round."""
    with in_workspace(cast.workspace_id):
        return Calendar.objects.get().round


@pytest.mark.museum("Z-L01", "Z-L02")
@pytest.mark.invariant("I8")
@pytest.mark.parametrize("fault", [Fault.GONE, Fault.GONE_WITH_LOCATION, Fault.TOKEN_INVALID])
def test_a_token_that_dies_in_the_middle_of_a_round_starts_it_anew_and_deletes_nothing(synced, cast, fault):
    """Z-L01, Z-L02: the second page answers 410, or 400; what was not seen yet is not taken for deleted."""
    fill(synced, last=18)
    synced.sync("Aquarium")
    synced.simulator.switch("delta_page_size", value=3)
    synced.simulator.forget_sync_states()
    synced.room().create_event("Late", utc(20), utc(21))
    synced.simulator.weather.next(fault, path="delta", after=2)
    settle(synced, rounds=3)

    assert len(standing(cast)) == 11
    assert {booking.state for booking in bookings(cast)} == {"confirmed"}
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L01")
@pytest.mark.invariant("I22")
def test_a_token_that_dies_again_after_each_full_round_makes_no_loop(synced, cast):
    """Z-L01, I22: 410 again and again, also after the full resync (F20): one full round for each look, no more."""
    fill(synced)
    synced.sync("Aquarium")
    synced.simulator.weather.add(Fault.GONE, path="delta")
    for number in range(4):
        synced.room().create_event(f"Extra {number}", utc(14 + number), utc(15 + number))
        before = synced.requests()
        synced.sync("Aquarium")
        assert synced.requests() - before <= 4
        assert len(standing(cast)) == 7 + number
    assert {booking.state for booking in bookings(cast)} == {"confirmed"}
    settle(synced)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L04")
@pytest.mark.invariant("I22")
def test_pages_without_end_are_left_said_and_overcome(synced, cast):
    """Z-L04: ever new links to the same page; the worker stops, says so, deletes nothing, and goes on when it is over."""
    fill(synced)
    synced.sync("Aquarium")
    synced.simulator.forget_sync_states()
    synced.simulator.weather.add(Fault.ENDLESS_PAGES, path="delta")
    before = synced.requests()
    synced.sync("Aquarium")

    assert synced.requests() - before <= 20
    row = Mailbox.objects.get()
    assert row.state != MailboxState.WORKING
    assert "aquarium@example.org" in row.words
    assert len(standing(cast)) == 6
    settle(synced)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L07")
def test_the_newest_version_of_an_event_that_comes_twice_stands(synced, cast):
    """Z-L07: the older version arrives later, on another page and in a late copy; it is dropped."""
    event, *_ = fill(synced)
    synced.sync("Aquarium")
    synced.room().move_event(event, utc(15))
    synced.simulator.weather.add(Fault.PAGE_REPEATED, path="delta")
    synced.simulator.weather.add(Fault.PAGE_SHUFFLED, path="delta")
    synced.sync("Aquarium")
    synced.simulator.weather.next(Fault.STALE_READ, path="/events/", parameter=120)
    settle(synced, rounds=3)

    assert utc(15) in {booking.starts_at for booking in standing(cast)}
    assert utc(8) not in {booking.starts_at for booking in standing(cast)}
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L08")
def test_a_cancelled_meeting_that_stays_in_the_calendar_takes_no_time(synced, cast):
    """Z-L08: cancelled is a change, not a removal: the item stays in the delta, and the slot is free."""
    ada = synced.simulator.person("ada@example.org")
    meeting = ada.create_event("Board", utc(10), utc(11), attendees=["aquarium@example.org"])
    synced.simulator.settle()
    synced.sync("Aquarium")
    ada.delete_event(meeting)
    synced.simulator.settle()
    (left,) = synced.room().events()
    assert left["isCancelled"]
    synced.sync("Aquarium")

    cast.book("Aquarium", at(11), title="Instead")
    synced.work()
    assert [booking.title for booking in standing(cast)] == ["Instead"]
    assert_at_rest(synced, cast, mails=len(synced.simulator.ledger.mails))


@pytest.mark.museum("Z-L09")
@pytest.mark.parametrize("lacking", ["showAs", "end", "start", "type", "subject", "originalStartTimeZone"])
def test_an_item_that_lacks_a_field_harms_no_other_and_loses_nothing(synced, cast, lacking):
    """Z-L09: a partial object is read where it can be, set aside where not, and whole again once it comes whole."""
    fill(synced, last=10)
    synced.sync("Aquarium")
    odd = synced.room().create_event("Partial", utc(12), utc(13))
    bend(synced, titled("Partial", lambda item: item.pop(lacking, None)))
    synced.sync("Aquarium")
    settle(synced, rounds=2)
    assert {"Walk-in 8", "Walk-in 9"} <= {booking.title for booking in standing(cast)}
    assert {booking.state for booking in bookings(cast)} == {"confirmed"}

    bend(synced, None)
    synced.room().edit_event(odd, subject="Whole")
    synced.sync("Aquarium")
    assert [booking.title for booking in standing(cast)] == ["Walk-in 8", "Walk-in 9", "Whole"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L11", "Z-K03")
@pytest.mark.parametrize(
    "fault", [Fault.UNAVAILABLE, Fault.UNAVAILABLE_BARE, Fault.GATEWAY_TIMEOUT, Fault.INTERNAL_ERROR]
)
def test_an_outage_is_waited_for_and_the_delta_goes_on_where_it_was(synced, cast, fault):
    """Z-L11, Z-K03: no full resync for a 503 or 504: the round's number stays."""
    fill(synced)
    synced.sync("Aquarium")
    number = round_of(cast)
    synced.room().create_event("During", utc(16), utc(17))
    synced.simulator.weather.add(fault, path="delta")
    synced.sync("Aquarium")
    for _ in range(5):
        synced.pass_time(minutes=2)
        sweep.run_once()
        synced.work()
    synced.simulator.weather.clear()
    settle(synced, minutes=5, rounds=4)

    assert "During" in {booking.title for booking in standing(cast)}
    assert round_of(cast) == number
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L12")
def test_what_lies_outside_the_window_starts_no_round(synced, cast):
    """Z-L12: an event of next year's next year, and removals of ids never seen, are looked past; no loop of full rounds."""
    fill(synced)
    synced.sync("Aquarium")
    number = round_of(cast)
    for day in (900, 1200):
        event = synced.room().create_event("Far away", utc(8, day=day), utc(9, day=day))
        synced.sync("Aquarium")
        synced.room().edit_event(event, subject="Farther")
        synced.sync("Aquarium")

    assert round_of(cast) == number
    assert len(standing(cast)) == 6
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-L13", "Z-X15")
def test_months_later_the_window_has_rolled_without_any_effect_of_an_import(synced, cast):
    """Z-L13: a year of quiet; what is new beyond the first window is seen, what is old is neither gone nor made again."""
    events = fill(synced)
    booked = cast.book("Aquarium", at(20), title="Ours")
    synced.sync("Aquarium")
    known = {booking.id for booking in bookings(cast)}
    for _ in range(6):
        synced.pass_time(days=62)
        synced.sync("Aquarium")
    synced.room().create_event("A year on", utc(8, day=700), utc(9, day=700))
    synced.sync("Aquarium")

    assert [booking.title for booking in bookings(cast) if booking.id not in known] == ["A year on"]
    assert {booking.state for booking in bookings(cast)} == {"confirmed"}
    assert len(synced.room().events()) == len(events) + 2
    assert synced.writes() == ["POST 201"]
    (cancelled,) = apply(cast.system, [Cancel(booking_id=booked.id)])
    assert cancelled.booking.state.value == "cancelled"
    assert_at_rest(synced, cast)
