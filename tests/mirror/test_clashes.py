"""Two claims on one time, on two sides: found, resolved by the declared rule, and shown with it."""

import pytest

from holdfast.bookings.models import Booking, Conflict
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror.looks import Fresh, Looked, NotTied, Unread, is_unknown, look
from holdfast.mirror.manners import WhenUnread
from holdfast.mirror.verify import verify
from holdfast.reconcile.rules import ClashWinner
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc

pytestmark = pytest.mark.database


def rows(cast, model=Booking, **conditions):
    with in_workspace(cast.workspace_id):
        return list(model.objects.filter(**conditions).order_by("pk"))


def taken_on_both_sides(harbour, cast, **settings):
    """Ben books here while somebody writes into the room's calendar there."""
    harbour.map("Aquarium", **settings)
    harbour.work()
    harbour.pass_time(minutes=5)
    cast.book("Aquarium", at(9), title="Ben's")
    harbour.pass_time(minutes=3)
    harbour.room().create_event("Theirs", utc(8.5), utc(9.5))
    harbour.sync("Aquarium")


@pytest.mark.rule("S064", "S088")
@pytest.mark.invariant("I1", "I3")
def test_who_booked_first_here_stays_and_the_event_is_taken_away_with_its_content_kept(harbour, cast):
    """S064, S088: the slot is taken from the moment it is saved, and no overlap stays."""
    taken_on_both_sides(harbour, cast)

    assert [event["subject"] for event in harbour.room().events()] == ["Ben's"]
    assert {(each.title, each.state) for each in rows(cast)} == {("Ben's", "confirmed"), ("Theirs", "cancelled")}
    (kept,) = rows(cast, Conflict, kind="refused")
    assert kept.content["theirs"][1] == "Theirs"
    assert rows(cast, Conflict, closed_at=None) == []
    (result,) = verify(cast.ada, engine=harbour.engine)
    assert result.is_in_step


def test_where_outlook_wins_the_booking_here_gives_way(harbour, cast):
    taken_on_both_sides(harbour, cast, clash_winner=ClashWinner.OUTLOOK)

    assert [event["subject"] for event in harbour.room().events()] == ["Theirs"]
    assert {(each.title, each.state) for each in rows(cast)} == {("Ben's", "cancelled"), ("Theirs", "confirmed")}


def test_where_the_mapping_asks_both_stay_and_a_person_is_asked(harbour, cast):
    taken_on_both_sides(harbour, cast, clash_winner=ClashWinner.ASK)

    assert {event["subject"] for event in harbour.room().events()} == {"Ben's", "Theirs"}
    assert len(rows(cast, Conflict, kind="overlap", closed_at=None)) == 1


def test_claims_less_than_two_minutes_apart_are_shown_as_a_tie_with_the_rule(harbour, cast):
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9), title="Ben's")
    harbour.room().create_event("Theirs", utc(8.5), utc(9.5))
    harbour.sync("Aquarium")

    (kept,) = rows(cast, Conflict, kind="refused")
    assert "tie" in kept.content["reason"]


@pytest.mark.museum("Z-C13", "Z-P03")
def test_an_event_dragged_onto_taken_time_is_put_back(harbour, cast):
    """Z-C13, Z-P03: every change is a new check; the room's time goes back, the rename stays."""
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9), title="Ben's")
    event = harbour.room().create_event("Theirs", utc(12), utc(13))
    harbour.sync("Aquarium")
    harbour.pass_time(minutes=5)

    harbour.room().edit_event(event, subject="Theirs, renamed")
    harbour.room().move_event(event, utc(8))
    harbour.sync("Aquarium")

    shown = {each["subject"]: each["start"]["dateTime"][:16] for each in harbour.room().events()}
    assert shown == {"Ben's": "2026-03-03T08:00", "Theirs, renamed": "2026-03-03T12:00"}


def test_somebody_who_insists_is_put_back_three_times_and_then_shown(harbour, cast):
    harbour.map("Aquarium")
    harbour.work()
    cast.book("Aquarium", at(9), title="Ben's")
    event = harbour.room().create_event("Theirs", utc(12), utc(13))
    harbour.sync("Aquarium")
    for _ in range(5):
        harbour.pass_time(minutes=3)
        harbour.room().move_event(event, utc(8))
        harbour.sync("Aquarium")

    assert sum(each.startswith("PATCH") for each in harbour.writes()) == 3
    assert len(rows(cast, Conflict, kind="overlap", closed_at=None)) == 1


@pytest.mark.museum("Z-P05")
def test_before_a_yes_microsoft_is_asked_once(harbour, cast):
    """Z-P05: the look finds what no notice has told yet."""
    harbour.map("Aquarium")
    harbour.work()
    harbour.pass_time(minutes=1)
    harbour.room().create_event("Just now", utc(8.5), utc(9.5))
    before = harbour.requests()

    seen = look(cast.workspace_id, cast.resource("Aquarium"), at(9).instants(), engine=harbour.engine)

    assert isinstance(seen, Looked)
    assert [(span.start, span.end) for span in seen.busy] == [(utc(8.5), utc(9.5))]
    assert harbour.requests() == before + 1
    harbour.work()
    assert [each.title for each in rows(cast)] == ["Just now"]


def test_a_young_reading_is_enough_and_an_untied_room_needs_none(harbour, cast):
    harbour.map("Aquarium")
    harbour.work()

    assert isinstance(
        look(cast.workspace_id, cast.resource("Aquarium"), at(9).instants(), engine=harbour.engine), Fresh
    )
    assert isinstance(
        look(cast.workspace_id, cast.resource("Boathouse"), at(9).instants(), engine=harbour.engine), NotTied
    )


@pytest.mark.museum("Z-A01")
def test_what_cannot_be_read_is_said_and_becomes_unknown(harbour, cast):
    """Z-A01: unreadable is never free."""
    harbour.map("Aquarium", when_unread=WhenUnread.REFUSE)
    harbour.work()
    harbour.pass_time(minutes=1)
    harbour.simulator.weather.add(Fault.INTERNAL_ERROR)

    seen = look(cast.workspace_id, cast.resource("Aquarium"), at(9).instants(), engine=harbour.engine)
    assert isinstance(seen, Unread)
    assert (seen.when_unread, seen.read_at is not None) == (WhenUnread.REFUSE, True)
    assert not is_unknown(cast.workspace_id, cast.resource("Aquarium"))

    harbour.pass_time(minutes=30)
    assert is_unknown(cast.workspace_id, cast.resource("Aquarium"))


@pytest.mark.rule("S089")
def test_the_second_booking_is_refused_whichever_side_the_first_came_from(harbour, cast):
    """S089."""
    harbour.map("Aquarium")
    harbour.work()
    harbour.room().create_event("Walk-in", utc(8), utc(9))
    harbour.sync("Aquarium")

    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(9))])
    assert refused.code == "taken"
