"""Who sees which page, and what of another's: sign-in, roles, workspaces, private bookings."""

import re

import pytest

from tests.cast import at

pytestmark = pytest.mark.database
NOWHERE = "0199d3a2-7c1e-7d3a-9a55-2f6f0a5b8c11"
SECRET = "Dismissal of Erik"


def addresses():
    """Every address of the pages with the names in it."""
    from holdfast.web.urls import urlpatterns

    for pattern in urlpatterns:
        yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{pattern.pattern}")


def test_nobody_gets_in_without_signing_in(cast):
    from django.test import Client

    for address in addresses():
        if address in {"/sign-in", "/sign-out"}:
            continue
        filled = address.replace("{day}", "2026-03-03")
        filled = re.sub(r"\{\w+\}", NOWHERE, filled)
        for answer in (Client().get(filled), Client().post(filled)):
            assert answer.status_code in {302, 401, 405}, (address, answer.status_code)
            if answer.status_code == 302:
                assert answer["Location"].startswith("/sign-in")


def test_ids_of_another_workspace_are_ids_of_nothing(cast, neighbours, visitor):
    """A-T1: over the whole map of addresses, the same body as for an id that never was."""
    theirs = neighbours.book("Aquarium", at(9), title="Theirs")
    ids = {
        "booking_id": theirs.id,
        "resource_id": neighbours.resource("Aquarium"),
        "person_id": neighbours.people["Ben"].id,
        "workspace_id": neighbours.workspace_id,
    }
    ada = visitor("Ada")
    checked = 0
    for address in addresses():
        names = re.findall(r"\{(\w+)\}", address)
        if not names or names == ["day"]:
            continue
        foreign = address.replace(f"{{{names[0]}}}", str(ids.get(names[0], NOWHERE)))
        missing = address.replace(f"{{{names[0]}}}", NOWHERE)
        form = {"choice": "seen", "role": "member", "resource": NOWHERE}
        for method in ("GET", "POST"):
            one, other = (
                ada.generic(method, where) if method == "GET" else ada.post(where, form) for where in (foreign, missing)
            )
            assert one.status_code == other.status_code, (address, one.status_code, other.status_code)
            assert one.status_code in {404, 405}, (address, one.status_code)
            assert b"Theirs" not in one.content
            checked += 1
    assert checked > 30


def test_a_private_booking_is_only_time_to_others(cast, visitor):
    """A-T14: not on any page, in any file, in any part, nor found by its words."""
    from holdfast.reconcile.snapshot import Sensitivity

    booking = cast.book(
        "Aquarium",
        at(9),
        by=cast.ada,
        title=SECRET,
        note="tell nobody",
        owner_id=cast.people["Ada"].id,
        sensitivity=Sensitivity.PRIVATE,
    )
    pages = ["/", "/day/2026-03-03/spans", "/day/2026-03-03/list", "/day/2026-03-03/answers", "/bookings?after=", f"/bookings/{booking.id}",
             f"/bookings/{booking.id}/story", f"/calendar/{cast.resource('Aquarium')}/spans", "/bookings?q=Dismissal", "/conflicts",
             f"/bookings/check?resource={cast.resource('Aquarium')}&start=2026-03-03T09:00&end=2026-03-03T10:00"]  # fmt: skip
    ben, dora = visitor("Ben"), visitor("Dora")
    for page in pages:
        for reader in (ben, dora):
            text = reader.get(page).content.decode()
            assert SECRET not in text, page
            assert "tell nobody" not in text, page
    assert "Private" in ben.get("/").content.decode()
    assert SECRET not in dora.get("/bookings/export.csv?after=").content.decode()
    assert SECRET in visitor("Ada").get("/").content.decode()


def test_a_member_cannot_change_what_is_not_theirs(cast, visitor):
    booking = cast.book("Aquarium", at(9), by=cast.ada, title="Board", owner_id=cast.people["Ada"].id)
    ben = visitor("Ben")
    assert "Cancel…" not in ben.get(f"/bookings/{booking.id}").content.decode()
    assert ben.post(f"/bookings/{booking.id}/cancellation").status_code == 403
    moved = ben.post(
        f"/bookings/{booking.id}/moves",
        {"resource": cast.resource("Boathouse"), "start": "2026-03-03T11:00", "end": "2026-03-03T12:00"},
    )
    assert moved.status_code == 403


@pytest.mark.parametrize("name", ["Ben", "Dora"])
def test_what_only_administrators_do_is_refused_to_others(cast, visitor, name):
    reader = visitor(name)
    for address in ("/settings", "/resources/new", "/sync/preview"):
        assert reader.get(address).status_code == 403, address
    for address in (
        "/settings/people",
        "/settings/tokens",
        "/resources/create",
        "/sync/runs",
        "/sync/connections",
        "/sync/starts",
    ):
        assert reader.post(address, {}).status_code == 403, address
    assert "Settings" not in reader.get("/").content.decode()


def test_a_role_that_is_taken_away_is_gone_with_the_next_click(cast, visitor):
    """A-T13."""
    from holdfast.directory import people
    from holdfast.directory.roles import Role

    chidi = visitor("Chidi")
    assert chidi.get("/resources/new").status_code == 200
    people.change_person(cast.system, cast.people["Chidi"].id, role=Role.MEMBER)
    assert chidi.get("/resources/new").status_code == 403
    people.change_person(cast.system, cast.people["Chidi"].id, active=False)
    assert chidi.get("/").status_code == 403


def test_a_form_from_another_site_is_refused(cast, visitor):
    """A-T18."""
    from django.test import Client

    booking = cast.book("Aquarium", at(9), by=cast.ada, owner_id=cast.people["Ada"].id)
    ada = Client(enforce_csrf_checks=True)
    ada.cookies = visitor("Ada").cookies
    assert ada.post(f"/bookings/{booking.id}/cancellation").status_code == 403
    assert ada.post("/sign-out").status_code == 403


def test_html_in_a_title_is_text(cast, visitor):
    """A-H1, A-H5."""
    title = "<img src=x onerror=alert(1)>{{7*7}}"
    booking = cast.book("Aquarium", at(9), title=title)
    ada = visitor("Ada")
    for page in ("/", "/bookings?after=", f"/bookings/{booking.id}", "/conflicts"):
        text = ada.get(page).content.decode()
        assert "<img src=x" not in text
        assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", text)


def test_the_pages_say_what_may_be_loaded(cast, visitor):
    answer = visitor("Ada").get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert answer["Cache-Control"] == "no-store"
