"""A booking made on either side holds on both: create, move, rename, cancel, from here and from there."""

import pytest

from holdfast.bookings import scene
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.states import Origin, State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from tests.cast import at
from tests.mirror.harbour import utc

pytestmark = pytest.mark.database


def bookings(cast, **conditions):
    with in_workspace(cast.workspace_id):
        return list(Booking.objects.filter(**conditions).order_by("starts_at"))


def stored(cast, record):
    with in_workspace(cast.workspace_id):
        return scene.records(cast.workspace_id, [record.id])[record.id]


@pytest.mark.rule("S059", "S108")
def test_a_booking_made_here_is_an_event_there(harbour, cast):
    """S059, S108: a one-off booking of a mapped resource appears in its calendar without a manual step."""
    harbour.map("Aquarium")
    harbour.work()

    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()

    (event,) = harbour.room().events()
    assert event["subject"] == "Harbour tour"
    assert event["start"]["dateTime"].startswith("2026-03-03T08:00")
    assert event["categories"] == ["Holdfast"]


@pytest.mark.rule("S069", "S070")
def test_an_event_made_there_is_a_booking_here(harbour, cast):
    """S069, S070: what is created in Outlook appears here, as a booking."""
    harbour.map("Aquarium")
    harbour.work()

    harbour.room().create_event("Walk-in", utc(10), utc(11))
    harbour.sync("Aquarium")

    (booking,) = bookings(cast)
    assert (booking.title, booking.origin, booking.starts_at) == ("Walk-in", Origin.OUTLOOK, utc(10))


@pytest.fixture
def synced(harbour):
    """The Aquarium, synced and quiet."""
    harbour.map("Aquarium")
    harbour.work()
    return harbour


@pytest.mark.rule("S060")
def test_a_booking_moved_and_renamed_here_changes_the_same_event(synced, cast):
    """S060: when the booking is changed, the same event is changed, and only what changed is written."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (before,) = synced.room().events()

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(14), "title": "Night tour"})])
    synced.work()

    (event,) = synced.room().events()
    assert event["id"] == before["id"]
    assert (event["subject"], event["start"]["dateTime"][:16]) == ("Night tour", "2026-03-03T13:00")
    assert synced.writes() == ["POST 201", "PATCH 200"]


@pytest.mark.rule("S061")
@pytest.mark.museum("Z-X09")
def test_a_booking_cancelled_here_is_gone_there(synced, cast):
    """S061, Z-X09: a cancelled booking does not stay in Outlook."""
    booked = cast.book("Aquarium", at(9))
    synced.work()

    apply(cast.ben, [Cancel(booking_id=booked.id)])
    synced.work()

    assert synced.room().events() == []


@pytest.mark.rule("S075")
@pytest.mark.museum("Z-C10")
def test_an_event_moved_and_renamed_there_changes_the_booking(synced, cast):
    """S075, Z-C10: every field both sides own is compared, not only the times."""
    event = synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")

    synced.room().move_event(event, utc(15))
    synced.room().edit_event(event, subject="Walk-in, long", showAs="tentative")
    synced.sync("Aquarium")

    (booking,) = bookings(cast)
    assert (booking.title, booking.starts_at, booking.show_as) == ("Walk-in, long", utc(15), "tentative")


@pytest.mark.rule("S076")
def test_an_event_deleted_there_leaves_a_cancelled_booking(synced, cast):
    """S076: the booking stays, cancelled."""
    event = synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")

    synced.room().delete_event(event)
    synced.sync("Aquarium")

    (booking,) = bookings(cast)
    assert booking.state == State.CANCELLED


def test_our_event_moved_and_deleted_there_moves_and_cancels_the_booking(synced, cast):
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()

    synced.room().move_event(event, utc(15))
    synced.sync("Aquarium")
    assert stored(cast, booked).starts_at == utc(15)

    synced.room().delete_event(event)
    synced.sync("Aquarium")
    assert stored(cast, booked).state is State.CANCELLED


def test_a_booking_born_in_outlook_is_changed_and_cancelled_from_here(synced, cast):
    synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")
    (booking,) = bookings(cast)

    apply(cast.ada, [Edit(booking_id=booking.id, changes={"title": "Ada's walk-in"})])
    synced.work()
    (event,) = synced.room().events()
    assert event["subject"] == "Ada's walk-in"

    apply(cast.ada, [Cancel(booking_id=booking.id)])
    synced.work()
    assert synced.room().events() == []


@pytest.mark.rule("S092")
@pytest.mark.museum("Z-D07", "Z-D08")
@pytest.mark.invariant("I5")
def test_our_own_write_coming_back_causes_nothing(synced, cast):
    """S092, Z-D07, Z-D08, I5: what we wrote is recognised when it returns: no write, no booking, no journal entry."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    writes = synced.writes()

    synced.pass_time(seconds=10)
    done = synced.sync("Aquarium")

    assert synced.writes() == writes
    assert stored(cast, booked).version == booked.version
    assert len(bookings(cast)) == 1
    assert sum(each.tally.unchanged for each in done) == 1


@pytest.mark.rule("S091")
@pytest.mark.museum("Z-D18")
@pytest.mark.invariant("I5", "I6")
def test_a_second_sync_writes_nothing_and_makes_no_second_copy(synced, cast):
    """S091, Z-D18, I5, I6: a second press right after the first makes zero writes."""
    cast.book("Aquarium", at(9))
    synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")
    writes = synced.writes()

    synced.sync("Aquarium")

    assert synced.writes() == writes
    assert (len(bookings(cast)), len(synced.room().events())) == (2, 2)


@pytest.mark.invariant("I16", "I17")
def test_nobody_gets_a_mail_from_all_of_this(synced, cast):
    """I16: bookings made here go into the room's own calendar and invite nobody."""
    booked = cast.book("Aquarium", at(9))
    synced.work()
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(11)})])
    synced.work()
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    synced.work()

    assert synced.simulator.ledger.mails == []


def test_both_sides_edit_different_fields_and_both_edits_hold(synced, cast):
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour"})])
    synced.room().move_event(event, utc(15))
    synced.sync("Aquarium")

    (event,) = synced.room().events()
    assert (event["subject"], event["start"]["dateTime"][:16]) == ("Night tour", "2026-03-03T15:00")
    assert (stored(cast, booked).title, stored(cast, booked).starts_at) == ("Night tour", utc(15))


@pytest.mark.invariant("I18")
def test_days_and_nights_keep_their_meaning(synced, cast):
    """I18: an all-day booking is midnight to midnight in the room's zone, on both sides."""
    from tests.cast import all_day

    cast.book("Aquarium", all_day(days=2), title="Regatta")
    synced.room().create_event(
        "Refit", utc(0, day=4).replace(tzinfo=None), utc(0, day=6).replace(tzinfo=None), isAllDay=True
    )
    synced.sync("Aquarium")

    regatta = next(event for event in synced.room().events() if event["subject"] == "Regatta")
    assert (regatta["isAllDay"], regatta["start"]["dateTime"][:16]) == (True, "2026-03-03T00:00")
    (refit,) = bookings(cast, title="Refit")
    assert (refit.all_day, refit.zone, refit.starts_at) == (True, "Europe/Berlin", utc(-1, day=4))
