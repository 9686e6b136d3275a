"""Bookings by REST: made, read, changed, cancelled; once for each key; only the version that was meant."""

import pytest

from tests.cast import at

pytestmark = pytest.mark.database
NINE = {"start": "2026-03-03T09:00:00", "end": "2026-03-03T10:00:00"}


def wish(cast, room="Aquarium", **more):
    return {"resource_id": str(cast.resource(room)), "title": "Stand-up", **NINE, **more}


@pytest.mark.rule("S064")
def test_a_program_books_a_room_and_the_slot_is_taken_from_then_on(cast, ada):
    """S064."""
    made = ada.post("/bookings", wish(cast))
    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/bookings/{made.json()['id']}"
    assert made.json()["starts_at"] == "2026-03-03T08:00:00Z"
    again = ada.post("/bookings", wish(cast, title="Interview"))
    assert again.status_code == 409
    problem = again.json()
    assert again["Content-Type"] == "application/problem+json"
    assert problem["code"] == "taken"
    assert problem["clashes"][0]["title"] == "Stand-up"
    assert problem["alternatives"]


def test_the_same_wish_with_the_same_key_is_done_once(cast, ada):
    first = ada.post("/bookings", wish(cast), Idempotency_Key="monday-1")
    second = ada.post("/bookings", wish(cast), Idempotency_Key="monday-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second["Idempotency-Replayed"] == "true"
    assert len(ada.get("/bookings").json()["items"]) == 1


def test_a_key_with_another_wish_is_refused(cast, ada):
    ada.post("/bookings", wish(cast), Idempotency_Key="monday-1")
    other = ada.post("/bookings", wish(cast, "Boathouse"), Idempotency_Key="monday-1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_keys_of_two_programs_do_not_meet(cast, ada, program):
    ada.post("/bookings", wish(cast), Idempotency_Key="1")
    assert program("Ben").post("/bookings", wish(cast, "Boathouse"), Idempotency_Key="1").status_code == 201


def test_a_key_is_forgotten_after_a_day(cast, ada, still):
    ada.post("/bookings", wish(cast), Idempotency_Key="1")
    still.move(hours=24, seconds=1)
    assert ada.post("/bookings", wish(cast, "Boathouse"), Idempotency_Key="1").status_code == 201


def test_a_refusal_is_not_kept_so_the_next_try_may_succeed(cast, ada):
    standing = cast.book("Aquarium", at(9))
    assert ada.post("/bookings", wish(cast), Idempotency_Key="1").status_code == 409
    ada.post(f"/bookings/{standing.id}/cancellation", {})
    assert ada.post("/bookings", wish(cast), Idempotency_Key="1").status_code == 201


def test_a_key_that_cannot_be_kept_is_refused(cast, ada):
    """A-I14."""
    for key in ("", "x" * 256, "x" * 10_240, "é"):
        answer = ada.post("/bookings", wish(cast), Idempotency_Key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "key_too_long"), key[:20]


def test_a_change_names_the_version_it_means(cast, ada):
    made = ada.post("/bookings", wish(cast)).json()
    path = f"/bookings/{made['id']}"
    tag = ada.get(path)["ETag"]
    assert ada.patch(path, {"title": "Later"}).status_code == 428
    moved = ada.patch(path, {"title": "Later"}, If_Match=tag)
    assert (moved.status_code, moved.json()["title"]) == (200, "Later")
    stale = ada.patch(path, {"title": "Too late"}, If_Match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    assert ada.patch(path, {"title": "Weak"}, If_Match=f"W/{moved['ETag']}").status_code == 412
    assert ada.patch(path, {"title": "Any"}, If_Match="*").status_code == 200


def test_only_the_fields_that_are_sent_change(cast, ada):
    made = ada.post("/bookings", wish(cast, note="Bring the model.")).json()
    moved = ada.patch(
        f"/bookings/{made['id']}", {"start": "2026-03-03T11:00:00", "end": "2026-03-03T12:00:00"}, If_Match="*"
    ).json()
    assert (moved["title"], moved["note"], moved["start"]) == ("Stand-up", "Bring the model.", "2026-03-03T11:00:00")


def test_a_cancelled_booking_gives_its_time_back_and_may_return(cast, ada):
    made = ada.post("/bookings", wish(cast)).json()
    gone = ada.post(f"/bookings/{made['id']}/cancellation", {"reason": "The guests are ill."})
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert ada.post(f"/bookings/{made['id']}/cancellation", {}).json()["state"] == "cancelled"
    assert ada.post(f"/bookings/{made['id']}/restoration").json()["state"] == "confirmed"


def test_pages_follow_each_other_by_an_opaque_cursor(cast, ada):
    for day in range(5):
        cast.book("Aquarium", at(9, day=day))
    seen, cursor = [], ""
    while cursor is not None:
        page = ada.get(f"/bookings?limit=2&cursor={cursor}").json()
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_a_page_size_out_of_reach_is_clamped(cast, ada):
    """A-I12."""
    cast.book("Aquarium", at(9))
    for limit in ("-1", "0", "1000000000"):
        assert ada.get(f"/bookings?limit={limit}").status_code == 200


def test_a_private_booking_is_only_time_to_others(cast, ada, program):
    """A-T14."""
    made = ada.post("/bookings", wish(cast, title="Dismissal", note="secret", sensitivity="private")).json()
    ben = program("Ben", "view", "book")
    for path in (f"/bookings/{made['id']}", "/bookings", f"/bookings/{made['id']}/story", "/changes", "/conflicts"):
        assert "Dismissal" not in ben.get(path).content.decode()
        assert "secret" not in ben.get(path).content.decode()
    clash = ben.post("/bookings", wish(cast))
    assert "Dismissal" not in clash.content.decode()


def test_the_journal_is_read_by_a_cursor_without_gaps(cast, ada):
    first = ada.get("/changes?limit=200").json()
    ada.post("/bookings", wish(cast))
    news = ada.get(f"/changes?after={first['next']}").json()
    assert [one["verb"] for one in news["items"]] == ["made"]
    rest = ada.get(f"/changes?after={news['next']}")
    assert rest.json()["items"] == []
    assert ada.get(f"/changes?after={news['next']}", If_None_Match=rest["ETag"]).status_code == 304


def test_free_rooms_are_found_in_one_question(cast, ada):
    cast.book("Aquarium", at(9))
    answer = ada.get("/availability?start=2026-03-03T08:00:00Z&end=2026-03-03T09:00:00Z&minutes=60").json()
    free = {room["resource_id"] for room in answer["rooms"]}
    assert str(cast.resource("Aquarium")) not in free
    assert str(cast.resource("Boathouse")) in free


def test_an_overlap_is_answered_by_keeping_one_side(cast, ada):
    from holdfast.bookings.verbs import apply

    cast.book("Aquarium", at(9), title="Here first")
    apply(cast.outlook, [cast.make("Aquarium", at(9.5), title="From Outlook")])
    (conflict,) = ada.get("/conflicts").json()["items"]
    assert conflict["choices"] == ["keep_this", "keep_other"]
    answer = ada.post(f"/conflicts/{conflict['id']}/answer", {"choice": "keep_this"})
    assert answer.status_code == 200
    assert ada.get("/conflicts").json()["items"] == []
    assert ada.post(f"/conflicts/{conflict['id']}/answer", {"choice": "keep_this"}).json()["code"] == "over"
