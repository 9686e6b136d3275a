"""What no program should send: each is refused by name, with the field and the remedy, and nothing is stored."""

import pytest

pytestmark = pytest.mark.database
NINE, TEN = "2026-03-03T09:00:00", "2026-03-03T10:00:00"
DEEP = b"[" * 100_000 + b"]" * 100_000


def fields(cast, **more):
    return {"resource_id": str(cast.resource("Aquarium")), "title": "Stand-up", "start": NINE, "end": TEN, **more}


UNREADABLE = (
    # the attack it is, the body, how it is labelled, what is answered
    ("A-I11", b"{}", "text/plain", 415, "not_json"),
    ("A-I11", b"a=1", "application/x-www-form-urlencoded", 415, "not_json"),
    ("A-I7", b'{"title": "a", "title": "b"}', "application/json", 400, "duplicate_key"),
    ("A-I7", b'{"quantity": NaN}', "application/json", 400, "not_a_number"),
    ("A-I7", b'{"quantity": -Infinity}', "application/json", 400, "not_a_number"),
    ("A-I7", b'{"quantity": 1e400}', "application/json", 400, "not_a_number"),
    ("A-I7", b'{"quantity": 1000000000000000000000000000000}', "application/json", 400, "number_too_long"),
    ("A-I8", '{"title": "x"}'.encode("utf-16"), "application/json", 400, "not_utf8"),
    ("A-I8", '{"title": "x"}'.encode("utf-16-le"), "application/json", 400, "not_utf8"),
    ("A-I8", b'{"title": "\xff"}', "application/json", 400, "not_utf8"),
    ("A-I8", b"{}", "application/json; charset=utf-7", 400, "not_utf8"),
    ("A-I9", DEEP, "application/json", 400, "too_deep"),
    ("broken", b"{", "application/json", 400, "broken_json"),
    ("broken", b"{} {}", "application/json", 400, "broken_json"),
    ("not an object", b"[]", "application/json", 422, "invalid"),
    ("nothing", b"", "application/json", 422, "invalid"),
)


def test_a_body_that_can_be_read_two_ways_is_not_read(cast, ada, subtests):
    """A-I7, A-I8, A-I9, A-I11."""
    for name, raw, content_type, status, code in UNREADABLE:
        with subtests.test(name, raw=raw[:40]):
            answer = ada.send("POST", "/bookings", raw=raw, content_type=content_type)
            assert (answer.status_code, answer.json()["code"]) == (status, code), name
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["remedy"]


WRONG = (
    # the wish, the field that is named, the code
    ({"start": TEN, "end": NINE}, "end", "invalid"),
    ({"end": NINE}, "end", "invalid"),
    ({"end": "2036-03-03T10:00:00"}, "end", "invalid"),
    ({"start": "1601-01-01T00:00:00"}, "start", "invalid"),
    ({"end": "9999-12-31T00:00:00"}, "start", "invalid"),
    ({"start": "2026-03-03T09:00:00+25:99"}, "start", "invalid"),
    ({"start": "tomorrow"}, "start", "invalid"),
    ({"start": "2026-03-03"}, "start", "invalid"),
    ({"start": "2026-03-03T09:00:00+01:00"}, "end", "invalid"),
    ({"zone": "Atlantis/Harbour"}, "zone", "invalid"),
    ({"zone": "../../etc/passwd"}, "zone", "invalid"),
    ({"all_day": True}, "start", "invalid"),
    ({"title": "x" * 300}, "title", "invalid"),
    ({"title": "a\u0000b"}, "title", "invalid"),
    ({"title": "\ud800"}, "title", "invalid"),
    ({"note": "x" * 40_000}, "note", "invalid"),
    ({"quantity": 0}, "quantity", "invalid"),
    ({"quantity": "1'; DROP TABLE bookings_booking; --"}, "quantity", "invalid"),
    ({"people": [{"address": "x" * 400}]}, "people.0.address", "invalid"),
    ({"resource_id": "1 OR 1=1"}, "resource_id", "invalid"),
    ({"workspace_id": "0199d3a2-7c1e-7d3a-9a55-2f6f0a5b8c11"}, "workspace_id", "unknown_field"),
    ({"state": "confirmed"}, "state", "unknown_field"),
    ({"version": 7}, "version", "unknown_field"),
    ({"event_id": "AAMk"}, "event_id", "unknown_field"),
)


def test_a_wrong_field_is_named_with_its_remedy(cast, ada, subtests):
    """A-I1, A-I2, A-I6, A-T12."""
    for more, field, code in WRONG:
        with subtests.test(field, more=str(more)[:60]):
            answer = ada.post("/bookings", fields(cast, **more))
            told = answer.json()
            assert (answer.status_code, told["code"], told.get("field")) == (422, code, field), told
            assert told["detail"]
            assert told["remedy"]
    assert ada.get("/bookings").json()["items"] == []


@pytest.mark.parametrize(
    ("start", "choices"), [("2026-03-29T02:30:00", ["01:30", "03:30"]), ("2026-10-25T02:30:00", ["02:30", "02:30"])]
)
def test_a_time_on_the_day_the_clocks_change_is_asked_about(cast, ada, start, choices):
    """A-I3: the answer holds the two moments that could be meant; sent with its offset, the time is taken."""
    answer = ada.post("/bookings", fields(cast, start=start, end=start[:11] + "05:00:00"))
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (422, "doubtful_time", "start")
    assert sorted(choice[11:16] for choice in told["choices"]) == choices
    meant = ada.post("/bookings", fields(cast, start=told["choices"][1], end=start[:11] + "06:00:00+02:00"))
    assert meant.status_code == 201


def test_half_a_million_people_are_too_many(cast, ada):
    """A-I5."""
    crowd = [{"address": "a@b.c"}] * 20_000
    assert ada.post("/bookings", fields(cast, people=crowd)).status_code in {413, 422}
    assert ada.send("POST", "/bookings", raw=b" " * (2 << 20)).status_code == 413


def test_a_compressed_body_is_not_unpacked(cast, ada):
    """A-I10."""
    assert ada.send("POST", "/bookings", raw=b"\x1f\x8b", Content_Encoding="gzip").status_code == 415


def test_text_that_turns_direction_comes_back_as_it_went(cast, ada):
    """A-I6, A-H1, A-H5: stored as it is; showing it safely is the page's part."""
    for title in (
        "\u202egnp.exe",
        "zero\u200bwidth",
        "<img src=x onerror=alert(1)>",
        "{{7*7}}",
        "𝔘𝔫𝔦",
        "'; DROP TABLE x; --",
    ):
        made = ada.post("/bookings", fields(cast, title=title)).json()
        assert made["title"] == title
        ada.post(f"/bookings/{made['id']}/cancellation", {})


def test_a_cursor_nobody_gave_is_refused(cast, ada):
    for path in (
        "/bookings?cursor=x",
        "/bookings?cursor=%00",
        "/bookings?cursor=YWJj",
        "/conflicts?cursor=x",
        "/changes?after=x",
        "/resources?cursor=x",
    ):
        answer = ada.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid"), path


def test_what_cannot_be_sorted_or_filtered_by_is_refused_or_ignored(cast, ada):
    """A-T11: there is no free order or filter, so nothing can be asked about a field that is not shown."""
    assert ada.get("/bookings?state=anything").status_code == 422
    assert ada.get("/bookings?order_by=owner__password&owner__password__startswith=a").status_code == 200


def test_an_unknown_address_and_a_wrong_method_are_problems_too(cast, ada):
    """A-T19."""
    assert ada.get("/nothing").json()["code"] == "not_found"
    assert ada.send("DELETE", "/bookings").status_code == 405
    assert ada.send("GET", "/bookings", X_HTTP_Method_Override="POST").status_code == 200
