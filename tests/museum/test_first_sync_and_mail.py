"""First syncs of full calendars, and mail: nobody gets a letter because two systems were tied together."""

import json
from datetime import datetime, timedelta

import pytest

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror import mappings
from holdfast.mirror.engine import Engine
from holdfast.mirror.preview import preview
from holdfast.mirror.verify import verify
from holdfast.ports import clock
from holdfast.reconcile.snapshot import Person
from sim365.weather.faults import Fault
from tests.cast import all_day, at
from tests.mirror.harbour import SimClock, Watched, utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

DAYS = (utc(0, day=-20), utc(0, day=60))


def mails(harbour):
    return len(harbour.simulator.ledger.mails)


def a_busy_calendar(harbour):
    """Three hundred entries: past and future, hours, whole days, several days, meetings with the room, private ones."""
    room, ada = harbour.room(), harbour.simulator.person("ada@example.org")
    for day in range(-20, 55):
        room.create_event(f"Morning {day}", utc(7, day=day), utc(8, day=day))
        room.create_event(f"Noon {day}", utc(11, day=day), utc(12.5, day=day), sensitivity="private")
        ada.create_event(f"Board {day}", utc(13, day=day), utc(14, day=day), attendees=["aquarium@example.org"])
        room.create_event(f"Evening {day}", utc(18, day=day), utc(19, day=day), showAs="tentative")
    for week in range(4):
        start = datetime(2026, 5, 4) + timedelta(weeks=week)
        room.create_event(f"Refit {week}", start, start + timedelta(days=1), isAllDay=True)
        room.create_event(f"Regatta {week}", start + timedelta(days=1), start + timedelta(days=4), isAllDay=True)
        room.create_event(f"Voyage {week}", start + timedelta(days=4, hours=9), start + timedelta(days=6, hours=15))
    harbour.simulator.settle(within=timedelta(minutes=10))


@pytest.mark.museum("Z-M01")
@pytest.mark.invariant("I16", "I17")
def test_the_first_sync_of_a_full_calendar_sends_no_mail_and_leaves_no_difference(harbour, cast):
    """Z-M01: three hundred events, forty bookings here, past ones too: the dry run says so, and then no mail is sent."""
    a_busy_calendar(harbour)
    for day in range(-20, 20):
        cast.book("Aquarium", at(20.5, hours=2, day=day), by=cast.system, title=f"Ours {day}")
    harbour.map("Aquarium", start=False)
    sent, there = mails(harbour), len(harbour.room().events())
    assert there >= 300
    counted = preview(cast.ada, harbour.mapped["Aquarium"].id, engine=harbour.engine)
    assert (counted.events, counted.create_here, counted.mails) == (there, there, 0)
    assert (harbour.writes(), mails(harbour)) == ([], sent)

    mappings.start(cast.ada, harbour.mapped["Aquarium"].id)
    harbour.work()
    settle(harbour, rounds=2)

    assert harbour.writes() == ["POST 201"] * counted.create_there
    assert counted.create_there == sum(1 for day in range(-20, 20) if utc(21.5, day=day) > utc(7, day=-1))
    (result,) = verify(cast.ada, engine=harbour.engine)
    assert (result.is_in_step, result.differences, result.parked) == (True, [], 0)
    assert_at_rest(harbour, cast, mails=sent)


@pytest.mark.museum("Z-M01")
def test_a_past_booking_is_never_written_also_not_when_it_is_edited_by_a_rule(synced, cast):
    """Z-M01: what is over has no event; what was over at the first sync gets none later."""
    past = cast.book("Aquarium", at(9, day=-3), title="Long ago", by=cast.system)
    apply(cast.system, [Edit(booking_id=past.id, changes={"note": "Minutes are in the drawer"})])
    settle(synced, rounds=2)

    assert (synced.room().events(), synced.writes()) == ([], [])
    assert_at_rest(synced, cast)


class Late(SimClock):
    """A machine whose clock runs some seconds before or behind Microsoft's."""

    def __init__(self, simulator, seconds):
        super().__init__(simulator)
        self.off = timedelta(seconds=seconds)

    def now(self):
        return super().now() + self.off


@pytest.mark.museum("Z-M04", "Z-C02")
@pytest.mark.parametrize("seconds", [-400, -7, 7, 400])
def test_a_clock_that_is_off_makes_no_difference_and_no_mail(harbour, cast, seconds):
    """Z-M04, Z-C02: our clock and Microsoft's disagree; old meetings stay untouched, and the later edit is the one that holds."""
    clock.install(Late(harbour.simulator, seconds))
    ada = harbour.simulator.person("ada@example.org")
    for day in (-9, -3, 2):
        ada.create_event(f"Board {day}", utc(9, day=day), attendees=["aquarium@example.org", "ben@example.org"])
    harbour.simulator.settle()
    sent = mails(harbour)
    harbour.map("Aquarium")
    harbour.work()
    harbour.simulator.forget_sync_states()
    settle(harbour, rounds=3)
    assert (harbour.writes(), mails(harbour)) == ([], sent)

    booked = cast.book("Aquarium", at(15, day=4), title="Ours")
    settle(harbour, rounds=1)
    event = next(each for each in harbour.room().events() if each["subject"] == "Ours")
    harbour.room().edit_event(event, subject="Named there")
    harbour.sync("Aquarium")
    assert [each.title for each in standing(cast) if each.id == booked.id] == ["Named there"]
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Named here again"})])
    settle(harbour, rounds=2)
    assert harbour.room().event(event)["subject"] == "Named here again"
    assert_at_rest(harbour, cast, mails=sent)


@pytest.mark.museum("Z-M05")
def test_pausing_for_a_month_and_resuming_writes_only_what_was_changed(synced, cast):
    """Z-M05: thirty bookings stand; one was edited on each side meanwhile: one write, no mail, nothing else moves."""
    made = [cast.book("Aquarium", at(9, day=day), title=f"Tour {day}") for day in range(40, 70)]
    synced.work()
    settle(synced, rounds=1)
    writes = synced.writes()
    mappings.pause(cast.ada, synced.mapped["Aquarium"].id)
    apply(cast.ben, [Edit(booking_id=made[0].id, changes={"title": "Night tour"})])
    event = next(each for each in synced.room().events() if each["subject"] == "Tour 41")
    synced.room().move_event(event, utc(12, day=41))
    settle(synced, rounds=2, days=10)
    assert synced.writes() == writes

    mappings.resume(cast.ada, synced.mapped["Aquarium"].id)
    synced.work()
    assert synced.writes() == [*writes, "PATCH 200"]
    assert told(cast) == shown(synced, utc(0, day=30), utc(0, day=80))
    assert_at_rest(synced, cast)


class Listening(Watched):
    """Keeps the bodies that we send about events."""

    def __init__(self, harbour):
        super().__init__(harbour)
        self.bodies = []

    def handle_request(self, request):
        if request.method in ("POST", "PATCH") and "/events" in request.url.path:
            self.bodies.append(json.loads(request.read()))
        return super().handle_request(request)


@pytest.mark.museum("Z-M06")
def test_a_change_of_title_repeats_no_guest_list(synced, cast):
    """Z-M06: the room's own event has guests; our PATCH names the changed field and the marker, and no attendee."""
    synced.room().create_event("Open day", utc(10), utc(12), attendees=["ada@example.org", "guest@elsewhere.example"])
    synced.sync("Aquarium")
    listening = Listening(synced)
    synced.engine = Engine(transport_for=lambda _url: listening)
    (booking,) = bookings(cast)
    apply(cast.ada, [Edit(booking_id=booking.id, changes={"title": "Open afternoon"})])
    synced.work()

    assert [set(body) for body in listening.bodies] == [{"subject", "singleValueExtendedProperties"}]
    (event,) = synced.room().events()
    assert {each["emailAddress"]["address"] for each in event["attendees"]} == {
        "ada@example.org",
        "guest@elsewhere.example",
    }
    assert_at_rest(synced, cast, mails=mails(synced))


@pytest.mark.museum("Z-M10")
def test_removing_a_cancelled_meeting_from_the_rooms_calendar_tells_nobody(synced, cast):
    """Z-M10: Ada called it off, somebody tidies the room's calendar; from us no cancellation goes to anybody."""
    ada = synced.simulator.person("ada@example.org")
    meeting = ada.create_event("Board", utc(10), attendees=["aquarium@example.org", "ben@example.org"])
    synced.simulator.settle()
    synced.sync("Aquarium")
    ada.delete_event(meeting)
    synced.simulator.settle()
    sent = mails(synced)
    for left in synced.room().events():
        synced.room().delete_event(left)
    settle(synced, rounds=2)

    assert standing(cast) == []
    assert (synced.writes(), mails(synced)) == ([], sent)
    assert_at_rest(synced, cast, mails=sent)


@pytest.mark.museum("Z-M10")
def test_a_copy_that_the_room_lost_cancels_no_meeting_of_its_organiser(synced, cast):
    """Z-M10: the room's copy alone is deleted; the booking here ends, Ada's meeting and Ben's stay."""
    ada = synced.simulator.person("ada@example.org")
    meeting = ada.create_event("Board", utc(10), attendees=["aquarium@example.org", "ben@example.org"])
    synced.simulator.settle()
    synced.sync("Aquarium")
    sent = mails(synced)
    (copy,) = synced.room().events()
    synced.room().delete_event(copy)
    by_the_room = mails(synced) - sent
    settle(synced, rounds=2)

    assert standing(cast) == []
    assert ada.event(meeting) is not None
    assert len(synced.simulator.person("ben@example.org").events()) == 1
    assert (synced.writes(), mails(synced)) == ([], sent + by_the_room)


@pytest.mark.museum("Z-M11")
def test_what_is_edited_in_outlook_makes_no_mail_of_ours_however_many_it_touches(synced, cast):
    """Z-M11: a daily series with guests is moved as a whole; Exchange tells its guests, we write and send nothing."""
    ada = synced.simulator.person("ada@example.org")
    pattern = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-03-04", "numberOfOccurrences": 10},
    }
    series = ada.create_event(
        "Standup",
        utc(8, day=1),
        utc(8.5, day=1),
        attendees=["aquarium@example.org", "ben@example.org"],
        recurrence=pattern,
    )
    synced.simulator.settle()
    synced.sync("Aquarium")
    ada.move_event(series, utc(9, day=1))
    synced.simulator.settle()
    sent = mails(synced)
    settle(synced, rounds=3)

    assert [each.starts_at for each in standing(cast)] == [utc(9, day=day) for day in range(1, 11)]
    assert (synced.writes(), mails(synced)) == ([], sent)
    assert {mail.cause for mail in synced.simulator.ledger.mails} <= {"person:ada@example.org", "attendant"}
    assert_at_rest(synced, cast, mails=sent)


@pytest.mark.museum("Z-M12")
def test_guests_of_a_booking_are_not_invited_in_the_rooms_name(synced, cast):
    """Z-M12: people on a booking made here are ours to tell: the event has no attendees, also after staff touch it."""
    guest = Person("customer@elsewhere.example", "A customer")
    booked = cast.book("Aquarium", at(9), title="Harbour tour", people=(guest,))
    synced.work()
    (event,) = synced.room().events()
    assert event["attendees"] == []
    synced.room().edit_event(event, subject="Harbour tour, confirmed")
    synced.sync("Aquarium")
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(11)})])
    settle(synced, rounds=2)
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    settle(synced, rounds=2)

    with in_workspace(cast.workspace_id):
        assert guest.address in str(Booking.objects.get(id=booked.id).people)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-M13")
def test_a_copy_of_ours_that_got_guests_meanwhile_is_shown_and_not_cancelled(synced, cast):
    """Z-M13: our late create lands beside its repeat; somebody invited guests to it: it is left to a person, no mail."""
    synced.simulator.switch("transaction_survives_deletion", value=False)
    synced.simulator.weather.next(Fault.TIMEOUT_LATE, method="POST", path="/events", parameter=300)
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    synced.work()
    synced.pass_time(seconds=301)
    late = synced.room().events()
    assert len(late) == 1
    for event in late:
        synced.room().edit_event(
            event, attendees=[{"type": "required", "emailAddress": {"address": "guest@elsewhere.example"}}]
        )
    sent = mails(synced)
    settle(synced)

    assert [event["subject"] for event in synced.room().events()] == [event["subject"] for event in late]
    assert mails(synced) == sent


@pytest.mark.museum("Z-M01")
def test_whole_days_and_voyages_of_both_sides_meet_without_mail(harbour, cast):
    """Z-M01: several days and whole days, of both origins, tied where equal."""
    cast.book("Aquarium", all_day(day=5, days=2), title="Refit")
    cast.book("Aquarium", at(9, hours=49, day=9), title="Voyage")
    harbour.room().create_event("Refit", datetime(2026, 3, 8), datetime(2026, 3, 10), isAllDay=True)
    harbour.room().create_event("Voyage", utc(8, day=9), utc(57, day=9))
    harbour.map("Aquarium")
    harbour.work()

    assert harbour.writes() == []
    assert len(bookings(cast)) == 2
    assert len(shown(harbour, *DAYS)) == 2
    assert_at_rest(harbour, cast)
