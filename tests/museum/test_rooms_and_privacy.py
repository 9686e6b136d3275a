"""Rooms, people, privacy: what a room's copy says, what blocks, whose words are whose, and who may read them."""

import pytest

from holdfast.bookings import reading
from holdfast.bookings.models import Conflict
from holdfast.bookings.orders import Edit
from holdfast.bookings.outcomes import Done, Refused
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.reconcile.snapshot import Sensitivity, ShowAs
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bend, settle, standing, titled

pytestmark = pytest.mark.database


def invite(harbour, title, start, end, **more):
    ada = harbour.simulator.person("ada@example.org")
    meeting = ada.create_event(title, start, end, attendees=["aquarium@example.org"], **more)
    return ada, meeting


def seen_by(actor):
    """Everything that somebody is shown of the bookings."""
    with in_workspace(actor.workspace_id):
        return reading.page(actor)


@pytest.mark.museum("Z-O16")
@pytest.mark.parametrize("show_as", ["free", "workingElsewhere", "tentative", "busy", "oof"])
def test_what_is_shown_as_free_is_in_nobodys_way(synced, cast, show_as):
    """Z-O16, Z-P14: free takes no time; the other four do, tentative among them."""
    synced.room().create_event("Shown", utc(10), utc(11), showAs=show_as)
    synced.sync("Aquarium")

    (answer,) = apply(cast.ben, [cast.make("Aquarium", at(11))])
    assert isinstance(answer, Done if show_as == "free" else Refused)
    assert [booking.show_as for booking in standing(cast, title="Shown")] == [show_as]
    synced.work()
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-O16")
def test_what_the_room_declined_takes_no_time(synced, cast):
    """Z-O16: somebody at the room's mailbox declines a meeting that was in step here; its time is free again."""
    _, _ = invite(synced, "Board", utc(10), utc(11))
    synced.simulator.settle()
    synced.sync("Aquarium")
    assert len(standing(cast)) == 1
    (copy,) = synced.room().events()
    synced.room().respond(copy, "declined")
    synced.simulator.settle()
    synced.sync("Aquarium")
    settle(synced, rounds=2)

    cast.book("Aquarium", at(11), title="Instead")
    synced.work()
    assert [booking.title for booking in standing(cast)] == ["Instead"]


@pytest.mark.museum("Z-P14", "Z-P08")
@pytest.mark.invariant("I17")
def test_the_five_kinds_of_busy_and_four_of_private_are_kept_both_ways(synced, cast):
    """Z-P14, Z-P08: nothing is turned into busy or normal on its way, in either direction, also after a change."""
    made = {}
    for number, show_as in enumerate(each for each in ShowAs if each is not ShowAs.UNKNOWN):
        made[show_as] = cast.book("Aquarium", at(6 + number), title=f"here {show_as.value}", show_as=show_as)
    for number, sensitivity in enumerate(Sensitivity):
        cast.book("Aquarium", at(12 + number), title=f"here {sensitivity.value}", sensitivity=sensitivity)
    for number, show_as in enumerate(["free", "tentative", "busy", "oof", "workingElsewhere"]):
        synced.room().create_event(f"there {show_as}", utc(5 + number, day=1), utc(6 + number, day=1), showAs=show_as)
    for number, sensitivity in enumerate(["normal", "personal", "private", "confidential"]):
        start, end = utc(12 + number, day=1), utc(13 + number, day=1)
        synced.room().create_event(f"there {sensitivity}", start, end, sensitivity=sensitivity)
    synced.sync("Aquarium")

    for event in synced.room().events():
        side, _, word = event["subject"].partition(" ")
        assert word in (event["showAs"], event["sensitivity"]), (side, word)
    for booking in standing(cast):
        assert booking.title.partition(" ")[2] in (booking.show_as, booking.sensitivity), booking.title
    apply(cast.ben, [Edit(booking_id=made[ShowAs.AWAY].id, changes={"title": "here oof"})])
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-P10")
def test_an_event_that_says_nothing_of_its_privacy_is_a_normal_one(synced, cast):
    """Z-P10: the field is missing in an old item: it is taken in, as normal."""
    synced.room().create_event("Old item", utc(10), utc(11))
    bend(synced, titled("Old item", lambda item: item.pop("sensitivity", None)))
    synced.sync("Aquarium")

    assert [(booking.title, booking.sensitivity) for booking in standing(cast)] == [("Old item", "normal")]
    bend(synced, None)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-P02")
def test_the_organisers_name_in_the_rooms_title_reaches_neither_the_booking_nor_the_organiser(synced, cast):
    """Z-P02: read before and after the attendant rewrote subject, body and privacy: ours keeps what was meant."""
    _, meeting = invite(
        synced, "Board", utc(10), utc(11), sensitivity="private", body={"contentType": "text", "content": "Agenda"}
    )
    synced.pass_time(milliseconds=3100)
    synced.sync("Aquarium")
    first = [(booking.title, booking.sensitivity) for booking in standing(cast)]
    synced.simulator.settle()
    synced.sync("Aquarium")
    (copy,) = synced.room().events()
    assert copy["subject"] == "Ada"

    assert [(booking.title, booking.sensitivity) for booking in standing(cast)] == first or first == []
    assert synced.writes() == []
    assert synced.simulator.person("ada@example.org").event(meeting)["subject"] == "Board"
    assert_at_rest(synced, cast, mails=len(synced.simulator.ledger.mails))


@pytest.mark.museum("Z-P03", "Z-P04", "Z-C13")
@pytest.mark.invariant("I1")
def test_a_taken_time_is_taken_on_every_path(synced, cast):
    """Z-P03, Z-P04: form and batch are refused, a move is refused, what arrives from Outlook is answered by the rule."""
    cast.book("Aquarium", at(9), title="First")
    other = cast.book("Aquarium", at(12), title="Other")
    synced.sync("Aquarium")
    for outcome in apply(
        cast.ben, [cast.make("Aquarium", at(9.5)), Edit(booking_id=other.id, changes={"when": at(9)})]
    ):
        assert isinstance(outcome, Refused)
    synced.pass_time(minutes=5)
    synced.room().create_event("Back door", utc(8), utc(9))
    theirs = next(event for event in synced.room().events() if event["subject"] == "Other")
    synced.room().move_event(theirs, utc(8.5))
    synced.sync("Aquarium")
    settle(synced, rounds=2)

    assert [(booking.title, booking.starts_at) for booking in standing(cast)] == [("First", utc(8)), ("Other", utc(11))]
    assert sorted(event["subject"] for event in synced.room().events()) == ["First", "Other"]
    with in_workspace(cast.workspace_id):
        assert Conflict.objects.filter(kind="refused").count() >= 2
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-P08")
@pytest.mark.invariant("I21")
def test_a_private_event_of_outlook_is_only_time_to_others(synced, cast):
    """Z-P08: private there is private here, from the first reading on and after a change of mind."""
    secret = synced.room().create_event(
        "Doctor", utc(10), utc(11), sensitivity="private", location={"displayName": "Clinic"}
    )
    opened = synced.room().create_event("Open", utc(12), utc(13))
    synced.sync("Aquarium")
    synced.room().edit_event(opened, sensitivity="confidential", subject="Closed now")
    synced.sync("Aquarium")

    for actor in (cast.ben, cast.actor("Dora")):
        said = repr(seen_by(actor))
        assert not any(word in said for word in ("Doctor", "Clinic", "Closed now", "Open")), said
    synced.room().edit_event(secret, sensitivity="normal")
    synced.sync("Aquarium")
    assert "Doctor" in repr(seen_by(cast.ben))
