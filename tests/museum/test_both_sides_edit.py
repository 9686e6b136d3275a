"""Conflicts, lost updates and fields: who edits what on which side holds, and what nobody edited is left alone."""

import pytest

from holdfast.bookings.models import Conflict
from holdfast.bookings.orders import Edit
from holdfast.bookings.outcomes import Done
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.mirror.conflicts import questions
from holdfast.reconcile.rules import Direction, Winner
from holdfast.reconcile.snapshot import ShowAs
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

DAYS = (utc(0, day=-2), utc(0, day=20))


def kept(cast):
    """What was overwritten or refused, with its content."""
    with in_workspace(cast.workspace_id):
        return list(Conflict.objects.order_by("opened_at", "id"))


@pytest.fixture
def agreed(synced, cast):
    """A booking that stands on both sides, a minute ago."""
    booked = cast.book("Aquarium", at(9), title="Harbour tour", note="Bring boots")
    synced.work()
    synced.pass_time(minutes=1)
    synced.sync("Aquarium")
    (event,) = synced.room().events()
    return booked, event


@pytest.mark.museum("Z-C03")
@pytest.mark.parametrize("first", ["here", "there"])
def test_edits_of_different_fields_on_both_sides_both_hold(synced, cast, agreed, first):
    """Z-C03: ours the title and the note, theirs time and shown-as, in either order; nothing is lost and nobody is asked."""
    booked, event = agreed

    def here():
        apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour", "note": "Bring lamps"})])

    def there():
        synced.room().move_event(event, utc(15))
        synced.room().edit_event(event, showAs="tentative")

    for edit in (here, there) if first == "here" else (there, here):
        edit()
        synced.pass_time(seconds=5)
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    seen = synced.room().event(event)
    assert (booking.title, booking.note, booking.starts_at, booking.show_as) == (
        "Night tour",
        "Bring lamps",
        utc(15),
        "tentative",
    )
    assert (seen["subject"], seen["showAs"], seen["start"]["dateTime"][:16]) == (
        "Night tour",
        "tentative",
        "2026-03-03T15:00",
    )
    assert "Bring lamps" in seen["body"]["content"]
    assert (synced.writes(), kept(cast), questions(cast.ada)) == (["POST 201", "PATCH 200"], [], [])
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C03")
@pytest.mark.parametrize(
    ("winner", "title"),
    [(Winner.TABLE, "Theirs"), (Winner.OUTLOOK, "Theirs"), (Winner.OURS, "Ours")],
)
def test_of_two_edits_of_one_field_the_declared_one_stands_and_the_other_is_kept(harbour, cast, winner, title):
    """Z-C03: the same field on both sides: the mapping's rule decides, and the loser's value can be read afterwards."""
    harbour.map("Aquarium", both_edited=winner)
    harbour.work()
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()
    harbour.pass_time(minutes=1)
    (event,) = harbour.room().events()
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Ours"})])
    harbour.room().edit_event(event, subject="Theirs")
    settle(harbour, rounds=2)

    assert [each.title for each in standing(cast)] == [title]
    assert harbour.room().event(event)["subject"] == title
    (conflict,) = kept(cast)
    values = (conflict.content["field"], conflict.content["ours"][1], conflict.content["theirs"][1])
    assert values == ("title", "Ours", "Theirs")
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-C03")
def test_the_same_edit_on_both_sides_is_no_conflict_and_no_write(synced, cast, agreed):
    """Z-C03: two people fix the same slip; nothing is to be settled."""
    booked, event = agreed
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour", "when": at(16)})])
    synced.room().edit_event(event, subject="Night tour")
    synced.room().move_event(event, utc(15))
    settle(synced, rounds=2)

    assert (synced.writes(), kept(cast)) == (["POST 201"], [])
    assert told(cast) == shown(synced, *DAYS) == [("Night tour", "2026-03-03T15:00", "2026-03-03T16:00")]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C02")
def test_an_edit_survives_whichever_clock_says_it_is_older(synced, cast, agreed):
    """Z-C02: ours is an hour younger by the clock, theirs is not yet read: no side wins by its date, both edits hold."""
    booked, event = agreed
    synced.room().edit_event(event, subject="Named there")
    synced.pass_time(hours=1)
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"note": "Bring lamps"})])
    settle(synced, rounds=2)

    (booking,) = standing(cast)
    assert (booking.title, booking.note) == ("Named there", "Bring lamps")
    assert synced.room().event(event)["subject"] == "Named there"
    assert_at_rest(synced, cast)


PAGE = """<html><head><style>p {color: red}</style><script>alert(1)</script></head><body>
<p>Bring <b>boots</b> &amp; lamps.</p><div>Second&nbsp;line</div><img src="x" onerror="alert(2)"><ul><li>rope</li></ul>
</body></html>"""


@pytest.mark.museum("Z-C06")
def test_a_note_written_as_a_web_page_arrives_as_text(synced, cast):
    """Z-C06: no tags, no styles, no scripts, entities resolved; and it is not sent back for having been read."""
    synced.room().create_event("Walk-in", utc(10), body={"contentType": "html", "content": PAGE})
    synced.sync("Aquarium")

    (booking,) = bookings(cast)
    assert [line for line in booking.note.splitlines() if line] == ["Bring boots & lamps.", "Second line", "rope"]
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C07")
@pytest.mark.parametrize(
    "note",
    ["Two\r\nlines", "  spaces   inside  and at the end   ", "\n\nfirst\n\n\n\nlast\n", "<b>not markup</b> & more",
     "Ünïcode 🚢 – “quotes”", "tab\there", "1 < 2 > 0"],
)  # fmt: skip
def test_a_note_that_exchange_writes_differently_is_no_change(synced, cast, note):
    """Z-C07: what we send comes back as HTML with other blanks; it is compared in read-back form, so it rests at once."""
    booked = cast.book("Aquarium", at(9), title="  Harbour   tour ", note=note)
    synced.work()
    before = [each.note for each in bookings(cast)]
    settle(synced, rounds=3)
    synced.simulator.forget_sync_states()
    settle(synced, rounds=1)

    assert synced.writes() == ["POST 201"]
    assert [each.note for each in bookings(cast)] == before
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour"})])
    synced.work()
    assert [each.note for each in bookings(cast)] == before
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C08")
def test_an_online_meetings_link_is_the_same_after_ten_edits_from_here(synced, cast):
    """Z-C08: title, time and shown-as are written, the body never: everybody still meets at the same place."""
    event = synced.room().create_event(
        "Call", utc(10), isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness", body={"contentType": "text", "content": "Agenda"}
    )  # fmt: skip
    link, body = event["onlineMeeting"]["joinUrl"], event["body"]["content"]
    synced.sync("Aquarium")
    (booking,) = bookings(cast)
    for number in range(10):
        changes = {"title": f"Call {number}", "when": at(9 + number % 3, day=number), "note": f"Agenda {number}"}
        (done,) = apply(cast.ada, [Edit(booking_id=booking.id, changes=changes)])
        assert isinstance(done, Done)
        synced.work()
        synced.pass_time(seconds=40)
        synced.sync("Aquarium")

    seen = synced.room().event(event)
    assert (seen["subject"], seen["onlineMeeting"]["joinUrl"], seen["body"]["content"]) == ("Call 9", link, body)
    assert synced.writes() == ["PATCH 200"] * 10
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C09")
def test_personal_touches_in_outlook_outlive_our_writes(synced, cast, agreed):
    """Z-C09: reminder, colour, importance and a category of one's own stay as they were set; ours stays beside them."""
    booked, event = agreed
    touches = {"reminderMinutesBeforeStart": 45, "isReminderOn": True, "importance": "high"}
    synced.room().edit_event(event, **touches, categories=[*event["categories"], "Red category"], showAs="oof")
    synced.sync("Aquarium")
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour", "when": at(15)})])
    settle(synced, rounds=2)

    seen = synced.room().event(event)
    assert {name: seen[name] for name in touches} == touches
    assert (set(seen["categories"]), seen["showAs"]) == ({"Holdfast", "Red category"}, "oof")
    assert [each.show_as for each in standing(cast)] == ["oof"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C10")
@pytest.mark.parametrize(
    ("theirs", "field", "value"),
    [
        ({"subject": "Renamed"}, "title", "Renamed"),
        ({"body": {"contentType": "text", "content": "Other note"}}, "note", "Other note"),
        ({"showAs": "workingElsewhere"}, "show_as", "workingElsewhere"),
        ({"sensitivity": "private"}, "sensitivity", "private"),
        ({"location": {"displayName": "By the slipway"}}, "place", "By the slipway"),
    ],
)
def test_every_owned_field_that_changes_there_changes_here(synced, cast, agreed, theirs, field, value):
    """Z-C10: not the times only."""
    _, event = agreed
    synced.room().edit_event(event, **theirs)
    synced.sync("Aquarium")

    assert [getattr(each, field).strip() for each in standing(cast)] == [value]
    assert synced.writes() == ["POST 201"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C10")
@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"title": "Renamed"}, "subject", "Renamed"),
        ({"show_as": ShowAs.TENTATIVE}, "showAs", "tentative"),
        ({"title": ""}, "subject", ""),
    ],
)
def test_every_owned_field_that_changes_here_changes_there(synced, cast, agreed, changes, name, value):
    """Z-C10: the other way round, also to nothing."""
    booked, event = agreed
    apply(cast.ben, [Edit(booking_id=booked.id, changes=changes)])
    synced.work()

    assert synced.room().event(event)[name] == value
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C13")
def test_an_event_dragged_onto_a_taken_slot_goes_back_and_says_why_in_the_queue(synced, cast):
    """Z-C13: refused and put back, with what was wanted kept; the rest of the same edit stands."""
    cast.book("Aquarium", at(9), title="Ben's")
    event = synced.room().create_event("Theirs", utc(12))
    synced.sync("Aquarium")
    synced.pass_time(minutes=5)
    synced.room().edit_event(event, subject="Theirs, longer")
    synced.room().move_event(event, utc(8.5), utc(9.5))
    settle(synced, rounds=2)

    assert shown(synced, *DAYS) == told(cast) == [
        ("Ben's", "2026-03-03T08:00", "2026-03-03T09:00"),
        ("Theirs, longer", "2026-03-03T12:00", "2026-03-03T13:00"),
    ]  # fmt: skip
    (conflict,) = [each for each in kept(cast) if each.kind == "refused"]
    assert (conflict.content["theirs"][0][0], conflict.content["kept"]) == ("2026-03-03T09:30:00", "ours")
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-C14")
def test_where_only_our_side_counts_an_edit_in_outlook_is_found_and_put_back(harbour, cast):
    """Z-C14: one way only, yet somebody edits and moves the copy in Outlook: it is repaired within one pass, the word kept."""
    harbour.map("Aquarium", direction=Direction.UP)
    harbour.work()
    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()
    harbour.pass_time(minutes=1)
    (event,) = harbour.room().events()
    harbour.room().edit_event(event, subject="Do not edit in Outlook", showAs="free")
    harbour.room().move_event(event, utc(15))
    settle(harbour, rounds=2)

    assert told(cast) == shown(harbour, *DAYS) == [("Harbour tour", "2026-03-03T08:00", "2026-03-03T09:00")]
    assert harbour.room().event(event)["showAs"] == "busy"
    assert harbour.writes() == ["POST 201", "PATCH 200"]
    assert_at_rest(harbour, cast)
