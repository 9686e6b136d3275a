"""Duplicates, echoes and loops: one booking is one event, whatever was lost, repeated, reassigned or tied twice."""

from contextlib import contextmanager
from datetime import datetime

import pytest

from holdfast.bookings.models import Booking, Conflict
from holdfast.bookings.orders import Advance, Cancel, Edit
from holdfast.bookings.states import State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.journal import reading
from holdfast.mirror import connections, mappings, sweep
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.errors import Refused as MappingRefused
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.models import Link, Mapping
from holdfast.mirror.preview import preview
from holdfast.reconcile.rules import Direction
from sim365.weather.faults import Fault
from tests.cast import at, furnished
from tests.mirror.harbour import CLIENT_ID, SECRET, utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

DAYS = (utc(0, day=-2), utc(0, day=20))


def titles(harbour, room="Aquarium"):
    return [event["subject"] for event in harbour.room(room).events()]


def journalled(cast, booked):
    with in_workspace(cast.workspace_id):
        return [told.verb for told in reading.story(cast.workspace_id, booked.id)]


@contextmanager
def at_the_first(harbour, passed, do, *, when):
    """Step in once: as soon as `when` says so, before a request leaves or after its answer came."""

    def step_in(name):
        if name == passed and when():
            harbour.around_requests = None
            do()

    harbour.around_requests = step_in
    yield
    harbour.around_requests = None


@pytest.mark.museum("Z-D01")
@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.RESET_AFTER, Fault.TIMEOUT_LATE])
def test_an_event_whose_create_was_never_answered_is_bound_when_the_calendar_shows_it(synced, cast, fault):
    """Z-D01: the worker dies with the answer; the next one finds the event in the delta and ties it to its booking."""
    synced.simulator.weather.next(fault, method="POST", path="/events")
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    synced.engine = synced.new_engine()
    settle(synced)

    assert titles(synced) == ["Harbour tour"]
    assert [each.id for each in bookings(cast)] == [booked.id]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D02")
def test_an_event_that_was_stored_in_spite_of_errors_stays_the_only_one_through_later_edits(synced, cast):
    """Z-D02: three times an error, the event kept all the same; each edit meanwhile changes that one."""
    synced.simulator.weather.next(Fault.BAD_GATEWAY, times=3, method="POST", path="/events")
    booked = cast.book("Aquarium", at(9), title="Tour 0")
    for number in range(1, 5):
        synced.work()
        synced.pass_time(seconds=30)
        apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": f"Tour {number}"})])
        sweep.run_once()
    settle(synced)

    assert titles(synced) == ["Tour 4"]
    assert len(bookings(cast)) == 1
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D04")
def test_a_repeated_create_answers_with_the_event_that_is_there_and_its_id_is_kept(synced, cast):
    """Z-D04: the repeat carries the same transactionId; afterwards an edit is a PATCH, never a second create."""
    synced.simulator.weather.next(Fault.RESET_AFTER, method="POST", path="/events")
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    settle(synced)
    assert titles(synced) == ["Harbour tour"]
    with in_workspace(cast.workspace_id):
        assert all(Link.objects.filter(booking_id=booked.id).values_list("event_id", flat=True))

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour"})])
    synced.work()
    assert titles(synced) == ["Night tour"]
    assert [each for each in synced.writes() if each.startswith("PATCH")] == ["PATCH 200"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D05")
@pytest.mark.parametrize("passed", ["request", "answer"])
def test_a_booking_handed_to_another_room_while_its_create_is_under_way_stands_in_that_room_alone(synced, cast, passed):
    """Z-D05: reassigned before the first create had ended; one event in the Boathouse, none in the Aquarium."""
    synced.map("Boathouse")
    synced.work()
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    change = Edit(booking_id=booked.id, changes={"resource_id": cast.resource("Boathouse")})
    first_write = (lambda: True) if passed == "request" else (lambda: bool(synced.writes()))
    with at_the_first(synced, passed, lambda: apply(cast.ada, [change]), when=first_write):
        synced.work()
    settle(synced)
    synced.sync("Boathouse")

    assert (titles(synced), titles(synced, "Boathouse")) == ([], ["Harbour tour"])
    assert len(bookings(cast)) == 1
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D07", "Z-D08")
@pytest.mark.invariant("I5")
def test_what_we_wrote_comes_back_without_a_new_booking_or_a_word_in_its_history(synced, cast):
    """Z-D07, Z-D08: read again in full by a worker that remembers nothing: no booking, no journal entry, no write."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour", note="Bring boots")
    synced.work()
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(11)})])
    synced.work()
    before = journalled(cast, booked)

    synced.engine = synced.new_engine()
    synced.simulator.forget_sync_states()
    synced.sync("Aquarium")

    assert journalled(cast, booked) == before
    assert [each.id for each in bookings(cast)] == [booked.id]
    assert synced.writes() == ["POST 201", "PATCH 200"]
    assert_at_rest(synced, cast)


@pytest.fixture
def two_companies(synced, cast):
    """A second company in the same installation ties its own Aquarium to the very same calendar."""
    other = furnished("Harbour Works Two")
    connection = connections.connect(
        other.ada, NewConnection(tenant=synced.tenant, app_id=CLIENT_ID, secret=SECRET), engine=synced.engine
    )
    new = NewMapping(
        resource_id=other.resource("Aquarium"), connection_id=connection.id, address="aquarium@example.org"
    )
    mappings.start(other.ada, mappings.plan_mapping(other.ada, new, engine=synced.engine).mapping.id)
    synced.work()
    return synced, other


@pytest.mark.museum("Z-D10")
def test_two_pairs_that_meet_in_one_calendar_start_no_growth(two_companies, cast):
    """Z-D10: what one pair wrote is not exported again by the other; a move and a deletion go through and come to rest."""
    harbour, other = two_companies
    booked = cast.book("Aquarium", at(9), title="Ours")
    theirs = other.book("Aquarium", at(12), title="Theirs")
    settle(harbour, rounds=4)
    assert sorted(titles(harbour)) == ["Ours", "Theirs"]
    for company in (cast, other):
        assert [each.title for each in standing(company)] == ["Ours", "Theirs"]

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(15)})])
    apply(other.ben, [Cancel(booking_id=theirs.id)])
    settle(harbour, rounds=4)
    assert shown(harbour, *DAYS) == [("Ours", "2026-03-03T14:00", "2026-03-03T15:00")]
    assert told(cast) == told(other) == shown(harbour, *DAYS)
    assert sorted(harbour.writes()) == ["DELETE 204", "PATCH 200", "POST 201", "POST 201"]
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-D10")
def test_two_resources_on_one_calendar_do_not_copy_each_other_round_and_round(harbour, cast):
    """Z-D10: the other resource's entry only takes time; it is never written back as a booking of its own."""
    harbour.map("Aquarium")
    harbour.map("Boathouse", address="aquarium@example.org")
    harbour.work()
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    settle(harbour, rounds=4)
    assert titles(harbour) == ["Harbour tour"]

    apply(cast.ben, [Cancel(booking_id=booked.id)])
    settle(harbour, rounds=4)
    assert (titles(harbour), standing(cast)) == ([], [])
    assert harbour.writes() == ["POST 201", "DELETE 204"]
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-D11")
def test_a_burst_of_signals_for_one_booking_is_one_create(synced, cast):
    """Z-D11: fifty changes, fifty rings, two workers at once; one event is made, once."""
    booked = cast.book("Aquarium", at(9), title="Tour")
    for number in range(50):
        apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": f"Tour {number}"})])
        mappings.ring(cast.workspace_id, synced.mapped["Aquarium"].id)
    with at_the_first(synced, "request", lambda: synced.tend("Aquarium"), when=lambda: True):
        synced.work()

    assert titles(synced) == ["Tour 49"]
    assert synced.writes() == ["POST 201"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D14")
def test_untied_and_tied_again_every_event_finds_its_booking(synced, cast):
    """Z-D14: of both origins, changed meanwhile on either side, nothing is made anew and nobody is told anything."""
    ours = cast.book("Aquarium", at(9), title="Harbour tour")
    walk_in = synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")
    mappings.end(cast.ada, synced.mapped["Aquarium"].id)
    apply(cast.ben, [Edit(booking_id=ours.id, changes={"note": "Bring boots"})])
    synced.room().edit_event(walk_in, categories=["Red category"])

    planned = synced.map("Aquarium", start=False)
    counted = preview(cast.ada, planned.mapping.id, engine=synced.engine)
    assert (counted.link, counted.create_here, counted.create_there) == (2, 0, 0)
    mappings.start(cast.ada, planned.mapping.id)
    synced.work()

    assert sorted(titles(synced)) == ["Harbour tour", "Walk-in"]
    assert len(bookings(cast)) == 2
    assert [each for each in synced.writes() if each.startswith(("POST", "DELETE"))] == ["POST 201"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D15")
def test_mapping_the_same_calendar_again_is_the_same_mapping(synced, cast):
    """Z-D15: connecting and mapping are idempotent for one resource and one calendar."""
    again = connections.connect(
        cast.ada, NewConnection(tenant=synced.tenant, app_id=CLIENT_ID, secret=SECRET), engine=synced.engine
    )
    known = synced.mapped["Aquarium"].id
    new = NewMapping(resource_id=cast.resource("Aquarium"), connection_id=again.id, address="AQUARIUM@example.org")
    for _ in range(3):
        planned = mappings.plan_mapping(cast.ada, new, engine=synced.engine)
        assert planned.mapping.calendar.mailbox.address == "aquarium@example.org"
        assert mappings.start(cast.ada, planned.mapping.id).id == known
    synced.work()

    assert again.id == synced.connection.id
    with in_workspace(cast.workspace_id):
        assert Mapping.objects.count() == 1
    cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    assert titles(synced) == ["Harbour tour"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D15")
def test_mapping_again_keeps_the_settings_that_are_in_force(harbour, cast):
    """Z-D15: a second plan without settings changes none; one with other settings is refused, and says what to do."""
    harbour.map("Aquarium", direction=Direction.DOWN)
    harbour.work()
    mapping = harbour.mapped["Aquarium"]
    assert harbour.map("Aquarium").mapping.id == mapping.id
    with pytest.raises(MappingRefused, match="change the settings"):
        harbour.map("Aquarium", direction=Direction.UP)

    with in_workspace(cast.workspace_id):
        assert [each.settings for each in Mapping.objects.all()] == [{"direction": "down"}]


@pytest.mark.museum("Z-D16", "Z-M02", "Z-M09")
@pytest.mark.parametrize("order", [("Aquarium", "Boathouse"), ("Boathouse", "Aquarium")])
def test_a_meeting_that_two_mapped_rooms_attend_takes_each_room_once(harbour, cast, order):
    """Z-D16, Z-M02, Z-M09: whichever room is tied first, the other adds its own time and makes nothing at Microsoft."""
    ada = harbour.simulator.person("ada@example.org")
    rooms = ["aquarium@example.org", "boathouse@example.org"]
    ada.create_event("Board", utc(10), utc(11), attendees=[*rooms, "ben@example.org"])
    harbour.simulator.settle()
    sent = len(harbour.simulator.ledger.mails)
    for room in order:
        harbour.map(room)
        harbour.work()
    settle(harbour, rounds=3)

    with in_workspace(cast.workspace_id):
        found = sorted(Booking.objects.filter(state="confirmed").values_list("resource_id", "starts_at"))
    assert found == sorted((cast.resource(room), utc(10)) for room in order)
    assert harbour.writes() == []
    assert [len(harbour.room(room).events()) for room in order] == [1, 1]
    assert_at_rest(harbour, cast, mails=sent)


@pytest.mark.museum("Z-D17")
def test_a_calendar_full_of_equal_copies_is_read_on_and_its_copies_are_shown(harbour, cast):
    """Z-D17: thirty byte-equal copies stop nothing: each is known, one takes the time, the others are shown as overlaps."""
    for _ in range(30):
        harbour.room().create_event("Copied", utc(10), utc(11))
    harbour.room().create_event("Lone", utc(14), utc(15))
    harbour.map("Aquarium")
    harbour.work()

    assert [len(standing(cast, title=title)) for title in ("Copied", "Lone")] == [30, 1]
    with in_workspace(cast.workspace_id):
        shown_in_conflicts = {
            each
            for pair in Conflict.objects.filter(kind="overlap", closed_at=None).values_list("booking_id", "other_id")
            for each in pair
        }
    assert shown_in_conflicts == {each.id for each in standing(cast, title="Copied")}
    assert harbour.writes() == []
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-D18")
def test_each_further_press_of_sync_costs_a_read_and_writes_nothing(synced, cast):
    """Z-D18: past ones, whole days and future ones; ten presses, zero writes on either side."""
    cast.book("Aquarium", at(9, day=-2), by=cast.system, title="Yesterday")
    cast.book("Aquarium", at(9, day=1), title="Tomorrow")
    synced.room().create_event("Long ago", utc(9, day=-9), utc(10, day=-9))
    synced.room().create_event("Refit", datetime(2026, 3, 9), datetime(2026, 3, 10), isAllDay=True)
    synced.sync("Aquarium")
    writes, known, there = synced.writes(), [(each.id, each.version) for each in bookings(cast)], titles(synced)

    for _ in range(10):
        synced.pass_time(seconds=40)
        synced.sync("Aquarium")

    assert synced.writes() == writes == ["POST 201"]
    assert [(each.id, each.version) for each in bookings(cast)] == known
    assert titles(synced) == there
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D19")
def test_the_same_meeting_entered_by_hand_on_both_sides_before_the_first_sync_is_one(harbour, cast):
    """Z-D19: no deletion, no second entry, no mail; afterwards an edit on either side reaches the other."""
    booked = cast.book("Aquarium", at(9), title="Regatta meeting")
    event = harbour.room().create_event("Regatta meeting", utc(8), utc(9))
    harbour.map("Aquarium")
    harbour.work()
    assert harbour.writes() == []

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"note": "Bring boots"})])
    harbour.work()
    harbour.room().move_event(event, utc(12))
    harbour.sync("Aquarium")
    (only,) = bookings(cast)
    (there,) = harbour.room().events()
    assert (only.id, only.starts_at, there["id"]) == (booked.id, utc(12), event["id"])
    assert "Bring boots" in there["body"]["content"]
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-D20")
def test_a_booking_that_waits_for_approval_and_is_moved_has_one_event_at_every_moment(synced, cast):
    """Z-D20: asked for, moved, approved, moved again: the same event, or none; never two."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour", state=State.HOLDING)
    seen = []

    def look():
        synced.work()
        seen.append([(event["id"], event["showAs"]) for event in synced.room().events()])

    look()
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(11)})])
    look()
    apply(cast.ada, [Advance(booking_id=booked.id, state=State.CONFIRMED)])
    look()
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(13)})])
    look()

    assert [len(each) for each in seen] == [1, 1, 1, 1]
    assert len({event_id for each in seen for event_id, _ in each}) == 1
    assert [show_as for each in seen for _, show_as in each] == ["tentative", "tentative", "busy", "busy"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D22")
def test_updates_are_made_in_place_also_after_every_token_died(synced, cast):
    """Z-D22: times, title, whole days, shown as; through full rounds: the same event id, and PATCHes only."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()
    for number in range(6):
        synced.simulator.forget_sync_states()
        synced.engine = synced.new_engine()
        changes = {"when": at(9 + number, day=number), "title": f"Tour {number}"}
        apply(cast.ben, [Edit(booking_id=booked.id, changes=changes)])
        synced.pass_time(minutes=1)
        synced.sync("Aquarium")

    assert [each["id"] for each in synced.room().events()] == [event["id"]]
    assert synced.writes() == ["POST 201", *["PATCH 200"] * 6]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-D19")
def test_the_same_meeting_entered_by_hand_on_both_sides_at_once_is_one_entry_and_the_other_is_kept_to_be_read(
    synced, cast
):
    """Z-D19: once in step, equal words are no proof that two people meant one meeting, so the declared rule answers, as
    for any clash: one entry on each side, the other's content in the queue as a tie, no dance and no mail.
    """
    booked = cast.book("Aquarium", at(9), title="Regatta meeting")
    synced.room().create_event("Regatta meeting", utc(8), utc(9))
    settle(synced, rounds=3)

    assert titles(synced) == ["Regatta meeting"]
    assert [(each.id, each.title) for each in standing(cast)] == [(booked.id, "Regatta meeting")]
    assert sorted(synced.writes()) == ["DELETE 204", "POST 201"]
    with in_workspace(cast.workspace_id):
        (kept,) = Conflict.objects.filter(kind="refused")
    assert (kept.content["theirs"][1], kept.content["reason"]) == ("Regatta meeting", "clash, tie")
    assert_at_rest(synced, cast)
