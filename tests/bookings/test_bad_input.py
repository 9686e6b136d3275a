"""What cannot be kept is refused by field, with a remedy; nothing of it reaches the record."""

from datetime import datetime

import pytest

from holdfast.bookings.errors import TooMany
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Edit
from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.verbs import BATCH_MAX, apply
from holdfast.database.transactions import in_workspace
from holdfast.ports import ids
from holdfast.reconcile.snapshot import Person
from holdfast.timetable.when import When
from tests.cast import TUESDAY, at

pytestmark = pytest.mark.database

NOON = datetime(2026, 3, 3, 12)


def count(cast):
    with in_workspace(cast.workspace_id):
        return Booking.objects.count()


@pytest.mark.parametrize(
    "when",
    [
        When(NOON, TUESDAY, "UTC"),
        When(NOON, NOON, "UTC"),
        When(NOON, NOON.replace(year=2036), "UTC"),
        When(NOON, NOON.replace(hour=13), "Middle/Earth"),
        When(NOON, NOON.replace(hour=13), "UTC\x00"),
        When(NOON.replace(year=1601), NOON.replace(year=1601, hour=13), "UTC"),
        When(NOON, NOON.replace(year=9999), "UTC"),
        When(NOON, NOON.replace(day=4), "UTC", all_day=True),
        When(datetime.min, datetime.max, "Pacific/Apia"),
    ],
    ids=["inverted", "empty", "ten years", "no zone", "nul zone", "1601", "9999", "no midnight", "everything"],
)
def test_a_time_that_cannot_be_is_refused(cast, when):
    (refused,) = apply(cast.ben, [cast.make("Aquarium", when)])

    assert isinstance(refused, Refused)
    assert (refused.code, refused.fields) == (Code.INVALID, ("when",))
    assert refused.sentence
    assert refused.remedy
    assert count(cast) == 0


def test_an_entry_of_no_length_is_kept_for_outlook_and_takes_no_time(cast):
    (kept,) = apply(cast.outlook, [cast.make("Aquarium", When(NOON, NOON, "UTC"))])
    cast.book("Aquarium", When(NOON.replace(hour=11), NOON.replace(hour=13), "UTC"))

    assert isinstance(kept, Done)
    assert not kept.booking.takes_time


@pytest.mark.parametrize("field", ["title", "note", "place", "organiser_name", "organiser_address"])
@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d"])
def test_characters_that_are_none_are_refused_from_everybody(cast, field, text):
    for actor in (cast.ben, cast.outlook):
        (refused,) = apply(actor, [cast.make("Aquarium", at(9), **{field: text})])

        assert isinstance(refused, Refused)
        assert refused.fields == (field,)
    assert count(cast) == 0


def test_right_to_left_and_control_characters_are_kept_as_they_are(cast):
    title = "\u202egnp.exe \u2067\x07 \u0645\u0631\u062d\u0628\u0627"

    assert cast.book("Aquarium", at(9), title=title).title == title


def test_a_title_of_300_characters_is_refused_here_and_cut_from_outlook(cast):
    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(9), title="x" * 300)])
    (cut,) = apply(cast.outlook, [cast.make("Aquarium", at(9), title="x" * 300)])
    (cut_again,) = apply(cast.outlook, [Edit(booking_id=cut.booking.id, changes={"title": "y" * 300})])

    assert isinstance(refused, Refused)
    assert refused.fields == ("title",)
    assert cut.booking.title == "x" * 255
    assert cut_again.booking.title == "y" * 255
    assert cut_again.cut == ("title",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"claim": 1}, "claim"),
        ({"show_as": "sleeping"}, "show_as"),
        ({"when": "tomorrow"}, "when"),
        ({"title": 7}, "title"),
        ({"quantity": 0}, "quantity"),
        ({"people": tuple(Person(f"{n}@example.org") for n in range(501))}, "people"),
    ],
)
def test_a_change_that_makes_no_sense_names_its_field(cast, changes, field):
    booked = cast.book("Aquarium", at(9))

    (refused,) = apply(cast.ben, [Edit(booking_id=booked.id, changes=changes)])

    assert isinstance(refused, Refused)
    assert (refused.code, refused.fields) == (Code.INVALID, (field,))


def test_a_room_that_does_not_exist_is_not_found(cast):
    order = cast.make("Aquarium", at(9))

    (refused,) = apply(cast.ben, [type(order)(resource_id=ids.new(), when=at(9))])

    assert isinstance(refused, Refused)
    assert refused.code is Code.NOT_FOUND


def test_an_edit_of_nothing_is_not_found_and_the_rest_of_the_batch_is_done(cast):
    gone, kept = apply(cast.ben, [Edit(booking_id=ids.new(), changes={"title": "x"}), cast.make("Aquarium", at(9))])

    assert isinstance(gone, Refused)
    assert isinstance(kept, Done)


def test_too_large_a_batch_is_refused_whole(cast):
    with pytest.raises(TooMany):
        apply(cast.ben, [cast.make("Aquarium", at(9))] * (BATCH_MAX + 1))
