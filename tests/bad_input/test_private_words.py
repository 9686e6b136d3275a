"""A marker word in every private field, and a look through every door for it, by people whom it does not concern."""

import logging

import pytest
from django.test import Client

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory import people, tokens
from holdfast.directory.roles import Permission
from holdfast.mirror.preview import preview
from holdfast.mirror.story import story
from holdfast.mirror.verify import verify
from holdfast.reconcile.snapshot import Sensitivity
from holdfast.web import signin
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import bend, settle, titled

pytestmark = pytest.mark.database

MARK = "Zanzibar"
READERS = ("Ben", "Dora")


@pytest.fixture
def secrets(synced, cast, caplog):
    """Private words on both sides, in every state they can be in: in step, disputed, refused, withheld, cancelled."""
    with caplog.at_level(logging.DEBUG):
        _happen(synced, cast)
    return synced


def _happen(synced, cast):
    room, private = synced.room(), {"sensitivity": "private", "location": {"displayName": f"{MARK} clinic"}}
    cast.book("Aquarium", at(9), by=cast.ada, title=f"{MARK} ours", note=f"{MARK} note", place=f"{MARK} place",
              owner_id=cast.people["Ada"].id, sensitivity=Sensitivity.PRIVATE)  # fmt: skip
    body = {"contentType": "text", "content": f"{MARK} body"}
    room.create_event(f"{MARK} theirs", utc(10), utc(11), body=body, **private)
    gone = room.create_event(f"{MARK} gone", utc(5), utc(6), body=body, **private)
    disputed = room.create_event(f"{MARK} disputed", utc(12), utc(13), body=body, **private)
    room.create_event(f"{MARK} odd", utc(14), utc(15), body=body, **private)
    bend(synced, titled(f"{MARK} odd", lambda item: item.update(showAs="onTheMoon")))
    synced.sync("Aquarium")
    with in_workspace(cast.workspace_id):
        booking, left = (Booking.objects.get(title=f"{MARK} {word}").id for word in ("disputed", "gone"))
    apply(cast.ada, [Edit(booking_id=booking, changes={"title": f"{MARK} here"})])
    apply(cast.ada, [Edit(booking_id=left, changes={"title": f"{MARK} gone and kept"})])
    room.delete_event(gone)
    room.edit_event(disputed, subject=f"{MARK} there")
    synced.pass_time(minutes=5)
    room.create_event(f"{MARK} clash", utc(8), utc(9), body=body, **private)
    synced.sync("Aquarium")
    for fault in (Fault.CUT_JSON, Fault.UNKNOWN_SHAPE, Fault.TRUNCATED, Fault.HTML_PAGE):
        synced.simulator.weather.next(fault)
        room.create_event(f"{MARK} in the storm", utc(16), utc(16.1), body=body, **private)
        settle(synced, rounds=1)


def enter(cast, name, now):
    person = cast.people[name]
    account = people.make_account(person.email)
    people.admit(cast.system, person.id, account=account)
    client = Client()
    client.force_login(account)
    session = client.session
    session[signin.SIGNED_IN_AT] = session[signin.SEEN_AT] = now.isoformat()
    session.save()
    return client


def ids(cast):
    with in_workspace(cast.workspace_id):
        return list(Booking.objects.values_list("id", flat=True))


@pytest.mark.museum("Z-P08")
@pytest.mark.invariant("I21")
def test_no_page_shows_a_private_word_to_others(secrets, cast):
    """A-T14, I21: timeline, lists, search, details, story, conflicts, sync pages, files; for a member and an auditor."""
    found = ids(cast)
    assert len(found) >= 4
    aquarium = cast.resource("Aquarium")
    pages = ["/", "/day/2026-03-03", "/day/2026-03-03/spans", "/day/2026-03-03/list", "/day/2026-03-03/answers",
             "/news", "/calendar", f"/calendar/{aquarium}", f"/calendar/{aquarium}/spans", "/bookings", "/bookings?after=",
             f"/bookings?q={MARK[1:-1]}&after=", "/bookings/export.csv?after=", "/conflicts", "/resources", "/sync", "/settings",
             f"/bookings/check?resource={aquarium}&start=2026-03-03T09:00&end=2026-03-03T10:00"]  # fmt: skip
    for booking in found:
        pages += [f"/bookings/{booking}", f"/bookings/{booking}/story", f"/bookings/{booking}/edit"]
    for name in READERS:
        reader = enter(cast, name, secrets.simulator.clock.now())
        for page in pages:
            text = reader.get(page).content.decode()
            assert MARK not in text, (name, page)
    assert MARK in enter(cast, "Ada", secrets.simulator.clock.now()).get("/day/2026-03-03/list").content.decode()


@pytest.mark.museum("Z-P08")
@pytest.mark.invariant("I21")
def test_no_answer_of_the_interface_holds_a_private_word_for_others(secrets, cast):
    """A-T14, I21: every list and every single thing, with every scope that the reader's role can have."""
    paths = ["/bookings", "/resources", "/availability?start=2026-03-03T00:00:00Z&end=2026-03-04T00:00:00Z", "/conflicts",
             "/questions", "/changes", "/connections", "/calendars", "/mappings", "/sync"]  # fmt: skip
    paths += [f"/bookings/{each}{tail}" for each in ids(cast) for tail in ("", "/story")]
    for name in READERS:
        scopes = [scope for scope in Permission if scope is not Permission.VIEW_PRIVATE]
        _, secret = tokens.make_token(cast.system, name=name, scopes=scopes, person_id=cast.people[name].id)
        seen = 0
        for path in paths:
            answer = Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})
            assert MARK not in answer.content.decode(), (name, path)
            seen += answer.status_code == 200
        assert seen >= len(paths) // 2
    _, secret = tokens.make_token(cast.system, name="Ada", scopes=list(Permission), person_id=cast.people["Ada"].id)
    asked = Client().get("/api/v1/questions", headers={"Authorization": f"Bearer {secret}"})
    assert MARK in asked.content.decode(), "there is a question about a private booking, for whom it concerns"


@pytest.mark.invariant("I21")
def test_no_log_story_preview_or_comparison_holds_a_private_word(secrets, cast, caplog):
    """A-L1, I21: nothing that is written for operators quotes what people wrote, whatever went wrong."""
    with caplog.at_level(logging.DEBUG):
        shown = preview(cast.ada, secrets.mapped["Aquarium"].id, engine=secrets.engine)
        told = [story(cast.ada, each) for each in ids(cast)]
        compared = verify(cast.ada, engine=secrets.engine)
    everything = f"{shown!r}{told!r}{compared!r}{caplog.text}"
    assert MARK not in everything
    assert "tide-table" not in everything
