"""The first sync: previewed by the code that runs it, ties what is one already, mails nobody."""

import pytest

from holdfast.bookings.models import Booking, Conflict
from holdfast.bookings.states import BookingKind
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror import first, mappings
from holdfast.mirror.models import Link
from holdfast.mirror.preview import preview
from holdfast.mirror.verify import verify
from tests.cast import at
from tests.mirror.harbour import utc

pytestmark = pytest.mark.database


def count(cast, model=Booking, **conditions):
    with in_workspace(cast.workspace_id):
        return model.objects.filter(**conditions).count()


@pytest.fixture
def busy(harbour, cast):
    """Both sides full before they meet: one equal pair, two strangers there, a series of three, one booking here."""
    cast.book("Aquarium", at(9), title="Regatta meeting")
    cast.book("Aquarium", at(18), title="Only here")
    room = harbour.room()
    room.create_event("Regatta meeting", utc(8), utc(9))
    room.create_event("Stranger", utc(10), utc(11))
    room.create_event("Another", utc(12), utc(13))
    room.create_event(
        "Standup",
        utc(6),
        utc(6.5),
        recurrence={
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 3},
        },
    )
    harbour.map("Aquarium", start=False)
    return harbour


@pytest.mark.museum("Z-M01")
def test_the_preview_counts_what_will_happen_and_writes_nothing(busy, cast):
    """Z-M01: the dry run is shown first, and it is the same code that then runs."""
    before = (count(cast), count(cast, Link), busy.writes())

    shown = preview(cast.ada, busy.mapped["Aquarium"].id, engine=busy.engine)

    assert (shown.link, shown.create_here, shown.create_there, shown.block, shown.refuse) == (1, 2, 1, 3, 0)
    assert (shown.events, shown.mails) == (6, 0)
    assert (count(cast), count(cast, Link), busy.writes()) == before


@pytest.mark.museum("Z-M01", "Z-D14", "Z-D19", "Z-R12")
@pytest.mark.invariant("I4", "I16")
def test_the_first_sync_does_what_was_shown_and_mails_nobody(busy, cast):
    """Z-D14, Z-D19: an equal pair is tied, not doubled; Z-R12: occurrences take the rest from their master."""
    mappings.start(cast.ada, busy.mapped["Aquarium"].id)
    busy.work()

    assert count(cast) == 7
    assert count(cast, kind=BookingKind.BLOCKER) == 3
    assert count(cast, title="Standup") == 3
    assert busy.writes() == ["POST 201"]
    assert busy.simulator.ledger.mails == []
    (result,) = verify(cast.ada, engine=busy.engine)
    assert (result.is_in_step, result.differences) == (True, [])


def test_events_that_overlap_bookings_before_the_first_sync_are_kept_and_shown(harbour, cast):
    """What was there before us is never deleted or declined for our rules' sake."""
    cast.book("Aquarium", at(9), title="Ours")
    harbour.room().create_event("Theirs", utc(8.5), utc(9.5))
    harbour.map("Aquarium")
    harbour.work()

    assert {event["subject"] for event in harbour.room().events()} == {"Ours", "Theirs"}
    assert count(cast, Conflict, closed_at=None, kind="overlap") == 1


@pytest.mark.museum("Z-M01")
def test_past_bookings_are_never_written(harbour, cast):
    cast.book("Aquarium", at(9, day=-3), title="Long ago", by=cast.system)
    harbour.map("Aquarium")
    harbour.work()

    assert harbour.room().events() == []


@pytest.mark.museum("Z-D14")
def test_after_unmapping_and_mapping_again_nothing_is_doubled(harbour, cast):
    """Z-D14: reconnecting adopts what carries our marker, also where it was changed meanwhile."""
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()
    mappings.end(cast.ada, harbour.mapped["Aquarium"].id)
    (event,) = harbour.room().events()
    harbour.room().edit_event(event, subject="Renamed meanwhile")

    harbour.map("Aquarium")
    harbour.work()

    assert [event["subject"] for event in harbour.room().events()] == ["Renamed meanwhile"]
    assert count(cast) == 1
    assert harbour.writes() == ["POST 201"]


@pytest.mark.rule("S031")
def test_what_is_not_mapped_does_not_sync(harbour, cast):
    """S031: mapping is optional per resource."""
    harbour.map("Aquarium")
    harbour.work()

    cast.book("Boathouse", at(9))
    harbour.room("Boathouse").create_event("Elsewhere", utc(12), utc(13))
    harbour.sync("Aquarium")

    assert count(cast) == 1
    assert len(harbour.room("Boathouse").events()) == 1


@pytest.mark.rule("S033")
def test_rooms_with_calendars_of_their_own_are_booked_at_the_same_time(harbour, cast):
    """S033: each resource has its own calendar."""
    harbour.map("Aquarium")
    harbour.map("Boathouse")
    harbour.work()

    cast.book("Aquarium", at(9))
    cast.book("Boathouse", at(9))
    harbour.work()

    assert [len(harbour.room(room).events()) for room in ("Aquarium", "Boathouse")] == [1, 1]


@pytest.mark.rule("S034", "S035")
def test_rooms_that_share_a_calendar_take_each_others_time(harbour, cast):
    """S034, S035: a booking of one makes the time unavailable on the other, and mapping says so beforehand."""
    harbour.map("Aquarium")
    planned = harbour.map("Boathouse", address="aquarium@example.org")
    harbour.work()

    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()
    harbour.pass_time(minutes=10)
    harbour.sync("Aquarium")

    assert "unavailable" in planned.advice[0]
    with in_workspace(cast.workspace_id):
        (other,) = Booking.objects.filter(resource_id=cast.resource("Boathouse"))
    assert (other.kind, other.starts_at) == (BookingKind.BLOCKER, booked.starts_at)
    assert len(harbour.room().events()) == 1


@pytest.mark.museum("Z-M05")
def test_pausing_and_resuming_loses_and_repeats_nothing(harbour, cast):
    """Z-M05: what changed meanwhile is settled then, from what was agreed; nothing else moves."""
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9), title="Before")
    harbour.work()
    mappings.pause(cast.ada, harbour.mapped["Aquarium"].id)
    cast.book("Aquarium", at(11), title="Meanwhile here")
    harbour.room().create_event("Meanwhile there", utc(14), utc(15))
    harbour.sync("Aquarium")
    assert harbour.writes() == ["POST 201"]

    mappings.resume(cast.ada, harbour.mapped["Aquarium"].id)
    harbour.work()

    assert count(cast) == 3
    assert len(harbour.room().events()) == 3
    assert harbour.writes() == ["POST 201", "POST 201"]


def test_many_bookings_become_events_without_a_second_call(harbour, cast):
    """More than are tied at once: the worker goes on by itself until each has its event."""
    count = first.TIED_AT_ONCE + 50
    apply(cast.system, [cast.make("Aquarium", at(n / 2, hours=0.5)) for n in range(48, 48 + count)])

    harbour.map("Aquarium")
    harbour.work()

    assert len(harbour.room().events()) == count
