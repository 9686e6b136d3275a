"""Booking, moving and cancelling through the pages, with and without script."""

import pytest

from tests.cast import at

pytestmark = pytest.mark.database
PART = {"HX-Request": "true"}


def form(cast, room="Aquarium", **more):
    return {
        "resource": str(cast.resource(room)),
        "title": "Stand-up",
        "start": "2026-03-03T11:00",
        "end": "2026-03-03T12:00",
        **more,
    }


def test_ben_books_a_room_and_reads_on_what_the_yes_rests(cast, visitor):
    ben = visitor("Ben")
    answer = ben.post("/bookings/create", form(cast), headers=PART)
    assert answer.status_code == 200
    assert "Booked. No calendar in Outlook is tied to this resource" in answer.content.decode()
    assert answer["HX-Trigger"] == "holdfast:changed"
    assert "Stand-up" in ben.get("/").content.decode()


def test_without_script_the_same_form_leads_to_the_booking(cast, visitor):
    answer = visitor("Ben").post("/bookings/create", form(cast), follow=True)
    assert answer.redirect_chain[0][0].startswith("/bookings/")
    assert "Saved" in answer.content.decode()


@pytest.mark.rule("S089")
def test_a_taken_time_is_refused_with_free_alternatives(cast, visitor):
    """S089."""
    cast.book("Aquarium", at(11), title="Interview")
    answer = visitor("Ben").post("/bookings/create", form(cast), headers=PART)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Free instead" in text
    assert "Boathouse" in text
    assert 'value="Stand-up"' in text, "what was typed is kept"


def test_the_form_says_what_is_in_the_way_before_anybody_says_yes(cast, visitor):
    cast.book("Aquarium", at(11), title="Interview")
    ben = visitor("Ben")
    assert "Interview" in ben.get("/bookings/check", form(cast)).content.decode()
    assert "Free." in ben.get("/bookings/check", form(cast, "Boathouse")).content.decode()


WRONG = (
    ({"end": "2026-03-03T10:00"}, "The end lies before the start"),
    ({"start": "2026-03-29T02:30", "end": "2026-03-29T04:00"}, "The clocks go forward"),
    ({"start": "x"}, "no date with a time"),
    ({"title": "x" * 300}, "longer than 255"),
    ({"title": "a\0b"}, "cannot be stored"),
    ({"resource": "1 OR 1=1"}, "Choose what to book"),
    ({"quantity": "-1"}, "Say how many"),
    ({"all_day": "1", "first": "2026-03-05", "last": "2026-03-04"}, "The last day lies before the first"),
)


def test_what_cannot_be_booked_is_said_beside_the_form(cast, visitor, subtests):
    """A-I1, A-I2, A-I3, A-I6."""
    ben = visitor("Ben")
    for more, words in WRONG:
        with subtests.test(words):
            answer = ben.post("/bookings/create", form(cast, **more), headers=PART)
            assert answer.status_code == 422
            assert words in answer.content.decode()


def test_a_whole_day_is_booked_by_its_dates(cast, visitor):
    from holdfast.bookings.models import Booking
    from holdfast.database.transactions import in_workspace

    visitor("Ben").post("/bookings/create", form(cast, all_day="1", first="2026-03-05", last="2026-03-06"))
    with in_workspace(cast.workspace_id):
        booking = Booking.objects.get()
    assert (booking.all_day, booking.wall_start.isoformat(), booking.wall_end.isoformat()) == (
        True,
        "2026-03-05T00:00:00",
        "2026-03-07T00:00:00",
    )


def test_a_drag_moves_a_booking_to_another_room_and_time(cast, visitor):
    booking = cast.book("Aquarium", at(9), owner_id=cast.people["Ben"].id, title="Stand-up")
    moved = visitor("Ben").post(
        f"/bookings/{booking.id}/moves",
        {
            "resource": cast.resource("Boathouse"),
            "start": "2026-03-03T14:00",
            "end": "2026-03-03T15:00",
            "version": booking.version,
        },
        headers=PART,
    )
    assert "Moved." in moved.content.decode()
    assert "Boathouse" in moved.content.decode()


def test_a_drag_is_refused_where_somebody_was_faster(cast, visitor):
    from holdfast.bookings.orders import Edit
    from holdfast.bookings.verbs import apply

    booking = cast.book("Aquarium", at(9), owner_id=cast.people["Ben"].id)
    apply(cast.ada, [Edit(booking_id=booking.id, changes={"title": "Renamed"})])
    late = visitor("Ben").post(
        f"/bookings/{booking.id}/moves",
        {
            "resource": cast.resource("Boathouse"),
            "start": "2026-03-03T14:00",
            "end": "2026-03-03T15:00",
            "version": booking.version,
        },
        headers=PART,
    )
    assert late.status_code == 409


def test_only_what_was_changed_in_the_form_is_changed(cast, visitor):
    """Somebody's rename is not undone by a form that was opened before it."""
    from holdfast.bookings.orders import Edit
    from holdfast.bookings.verbs import apply

    booking = cast.book("Aquarium", at(9), owner_id=cast.people["Ben"].id, title="Stand-up")
    ben = visitor("Ben")
    apply(cast.ada, [Edit(booking_id=booking.id, changes={"note": "Bring the model."})])
    ben.post(
        f"/bookings/{booking.id}/update",
        {
            "resource": cast.resource("Aquarium"),
            "title": "Later",
            "start": "2026-03-03T09:00",
            "end": "2026-03-03T10:00",
            "note": "Bring the model.",
            "version": "",
        },
    )
    text = ben.get(f"/bookings/{booking.id}").content.decode()
    assert "Later" in text
    assert "Bring the model." in text


def test_before_a_cancellation_the_counts_are_shown_then_the_verb(cast, visitor):
    booking = cast.book("Aquarium", at(9), owner_id=cast.people["Ben"].id, title="Stand-up")
    ben = visitor("Ben")
    question = ben.get(f"/bookings/{booking.id}/cancel").content.decode()
    assert "1 booking ends here" in question
    assert "Nobody gets a mail" in question
    assert "Cancel 1 booking" in question
    done = ben.post(f"/bookings/{booking.id}/cancellation", {"version": booking.version}, headers=PART)
    assert "Cancelled" in done.content.decode()
    assert "Stand-up" not in ben.get("/").content.decode()
    assert "Take the cancellation back" in ben.get(f"/bookings/{booking.id}").content.decode()
    ben.post(f"/bookings/{booking.id}/restoration")
    assert "Stand-up" in ben.get("/").content.decode()


def test_an_overlap_waits_in_the_inbox_and_is_answered(cast, visitor):
    from holdfast.bookings.conflicts import queue
    from holdfast.bookings.verbs import apply
    from holdfast.database.transactions import in_workspace

    cast.book("Aquarium", at(9), title="Here first")
    apply(cast.outlook, [cast.make("Aquarium", at(9.5), title="From Outlook")])
    chidi = visitor("Chidi")
    inbox = chidi.get("/conflicts").content.decode()
    assert "Here first" in inbox
    assert "From Outlook" in inbox
    with in_workspace(cast.workspace_id):
        (conflict,), _ = queue(cast.ada)
    assert visitor("Ben").post(f"/conflicts/{conflict.id}/answer", {"choice": "keep_this"}).status_code == 403
    chidi.post(f"/conflicts/{conflict.id}/answer", {"choice": "keep_this"})
    assert "Nothing waits for an answer" in chidi.get("/conflicts").content.decode()


def test_a_csv_file_holds_no_formulas(cast, visitor):
    """A-H12: what a spreadsheet would compute is shown as text; a plain -5 stays what it is."""
    from holdfast.web.listing import guarded

    for title in ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1"):
        assert guarded(title).startswith("'"), title
    assert guarded("-5") == "-5"
    cast.book("Aquarium", at(9), title="=1+1")
    file = visitor("Ada").get("/bookings/export.csv")
    assert file["Content-Disposition"] == 'attachment; filename="bookings.csv"'
    assert ",=" not in file.content.decode()
    assert "'=1+1" in file.content.decode()


def test_no_filter_reaches_the_database_as_it_is(cast, visitor):
    """A-I1, A-T11."""
    ben = visitor("Ben")
    for query in (
        "q=%27%3B+DROP+TABLE+x%3B--",
        "sort=owner__password",
        "sort=-starts_at%3B",
        "page=99999999999",
        "resource=x",
        "after=31.12.",
        "state=%00",
        "q=%00",
    ):
        assert ben.get(f"/bookings?{query}").status_code == 200, query
