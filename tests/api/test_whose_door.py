"""Who gets in, and what they find: tokens, scopes, and the wall between two workspaces."""

import re
from datetime import timedelta

import pytest

from tests.api.test_bookings_over_the_wire import wish
from tests.cast import at

pytestmark = pytest.mark.database
NOWHERE = "0199d3a2-7c1e-7d3a-9a55-2f6f0a5b8c11"


def operations():
    """Every operation of the interface, from what is served."""
    from holdfast.api import urls  # noqa: F401
    from holdfast.api.reference import schema

    for path, methods in schema()["paths"].items():
        for method in methods:
            yield method.upper(), path.removeprefix("/api/v1")


def test_without_a_token_nothing_opens(cast, program):
    nobody = program()
    nobody.token = ""
    for header in ("", "Bearer", "Bearer x", "Basic YTpi", "Bearer hf_" + "A" * 65):
        answer = nobody.get("/bookings", **({"Authorization": header} if header else {}))
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised"), header
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_the_pages_means_nothing_here(cast):
    """A token is never taken from a cookie, so no other site can use one (A-T18)."""
    from django.test import Client

    from holdfast.directory import people

    account = people.make_account("ada@example.org")
    people.admit(cast.system, cast.people["Ada"].id, account=account)
    browser = Client()
    browser.force_login(account)
    assert browser.get("/api/v1/bookings").status_code == 401


def test_every_address_is_closed_without_a_token(cast, program):
    nobody = program()
    nobody.token = ""
    for method, path in operations():
        answer = nobody.send(method, re.sub(r"\{\w+\}", NOWHERE, path), {})
        assert answer.status_code == 401, (method, path)


def test_a_revoked_or_ended_token_opens_nothing(cast, program, still):
    """A-T13."""
    from holdfast.directory import tokens
    from holdfast.directory.roles import Permission

    row, text = tokens.make_token(
        cast.system, name="short", scopes=[Permission.VIEW], expires_at=still.now() + timedelta(hours=1)
    )
    mine = program()
    mine.token = text
    assert mine.get("/bookings").status_code == 200
    still.move(hours=1)
    assert mine.get("/bookings").status_code == 401
    row, mine.token = tokens.make_token(cast.system, name="other", scopes=[Permission.VIEW])
    tokens.revoke_token(cast.system, row.id)
    assert mine.get("/bookings").status_code == 401


def test_a_person_who_has_left_takes_their_tokens_along(cast, program):
    """A-T13."""
    from holdfast.directory import people

    ben = program("Ben", "view")
    people.change_person(cast.system, cast.people["Ben"].id, active=False)
    assert ben.get("/bookings").status_code in {401, 403}


def test_a_token_that_may_only_look_changes_nothing(cast, program):
    """A-T2, A-T17: every operation that writes is refused to a token that may only view."""
    booking = cast.book("Aquarium", at(9))
    ids = {"booking_id": booking.id, "resource_id": cast.resource("Aquarium")}
    viewer = program("Ben", "view")
    for method, path in operations():
        if method == "GET":
            continue
        filled = re.sub(r"\{(\w+)\}", lambda found: str(ids.get(found.group(1), NOWHERE)), path)
        answer = viewer.send(
            method,
            filled,
            {"title": "x"}
            if method == "PATCH" and "bookings" in path
            else wish(cast, "Boathouse")
            if path == "/bookings"
            else {},
            If_Match="*",
        )
        assert answer.status_code in {403, 404, 409, 422}, (method, path, answer.content)
    assert len(program("Ada").get("/bookings").json()["items"]) == 1


def test_ids_of_another_workspace_are_ids_of_nothing(cast, neighbours, program):
    """A-T1: over the whole interface, the same body as for an id that never was."""
    theirs = neighbours.book("Aquarium", at(9), title="Theirs")
    ids = {"booking_id": theirs.id, "resource_id": neighbours.resource("Aquarium")}
    ada = program("Ada")
    checked = 0
    for method, path in operations():
        name = next(iter(re.findall(r"\{(\w+)\}", path)), None)
        if name is None:
            continue
        body = (
            None
            if method == "GET"
            else {"choice": "ours" if "questions" in path else "seen"}
            if path.endswith("/answer")
            else {}
        )
        foreign = ada.send(method, path.replace(f"{{{name}}}", str(ids.get(name, NOWHERE))), body, If_Match="*")
        missing = ada.send(method, path.replace(f"{{{name}}}", NOWHERE), body, If_Match="*")
        assert foreign.status_code == missing.status_code == 404, (method, path, foreign.content)
        assert foreign.content == missing.content
        checked += 1
    assert checked > 10


def test_a_booking_cannot_be_made_in_another_workspace_s_room(cast, neighbours, program):
    """A-T3."""
    foreign = str(neighbours.resource("Aquarium"))
    ada = program("Ada")
    assert ada.post("/bookings", wish(cast) | {"resource_id": foreign}).status_code == 404
    mine = ada.post("/bookings", wish(cast)).json()
    assert ada.patch(f"/bookings/{mine['id']}", {"resource_id": foreign}, If_Match="*").status_code == 404
    assert ada.post("/resources", {"name": "Annex", "kind": "room", "parent_id": foreign}).status_code == 422


def test_lists_hold_only_one_s_own(cast, neighbours, program):
    neighbours.book("Aquarium", at(9), title="Theirs")
    ada = program("Ada")
    for path in (
        "/bookings",
        "/resources",
        "/changes",
        "/conflicts",
        "/mappings",
        "/sync",
        "/connections",
        "/calendars",
    ):
        answer = ada.get(path)
        assert answer.status_code == 200, path
        assert "Theirs" not in answer.content.decode()
        assert str(neighbours.resource("Aquarium")) not in answer.content.decode()
    spans = ada.get(
        f"/availability?start=2026-03-03T00:00:00Z&end=2026-03-04T00:00:00Z&resource_id={neighbours.resource('Aquarium')}"
    )
    assert spans.json()["items"] == []
