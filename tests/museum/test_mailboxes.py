"""Sign-in, ids, mailboxes, calendars: what cannot be read is said and counts as busy, and comes back by itself."""

from datetime import timedelta

import pytest

from holdfast.bookings.orders import Edit
from holdfast.bookings.verbs import apply
from holdfast.mirror import connections, looks, mappings, sweep, unknown
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.models import Mailbox, MailboxState
from holdfast.mirror.status import Stand, statuses
from sim365.state import AppSecret
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import CLIENT_ID, SECRET, utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database


def registration(harbour):
    (app,) = harbour.simulator.company.tenants[0].apps.values()
    return app


@pytest.mark.museum("Z-A01", "Z-P05")
@pytest.mark.parametrize(
    "fault", [Fault.ACCESS_WITHDRAWN, Fault.MAILBOX_MISSING, Fault.CONNECT_REFUSED, Fault.HTML_PAGE]
)
def test_a_calendar_that_cannot_be_read_is_not_offered_as_free(synced, cast, fault):
    """Z-A01, Z-P05: no data is not "free": after twice the promised interval it is unknown, and each look says so."""
    synced.simulator.weather.add(fault)
    for _ in range(4):
        synced.pass_time(minutes=11)
        sweep.run_once()
        synced.work()

    assert cast.resource("Aquarium") in unknown.resources(cast.workspace_id)
    look = looks.look(cast.workspace_id, cast.resource("Aquarium"), at(9).instants(), engine=synced.engine)
    assert isinstance(look, looks.Unread)
    assert look.words
    (status,) = statuses(cast.ada)
    assert status.stand is not Stand.IN_STEP
    assert status.age > timedelta(minutes=40)


@pytest.mark.museum("Z-A02")
def test_a_sign_in_that_is_refused_is_said_with_its_remedy_and_ends_with_a_new_secret(synced, cast):
    """Z-A02: the secret ran out: a state in words, the age of what we know; nothing is lost; the new secret is used at once."""
    elsewhere = synced.simulator.identity.login_root = "https://login.sim365.test"
    old = NewConnection(tenant=synced.tenant, app_id=CLIENT_ID, secret=SECRET, authority_url=elsewhere)
    connections.connect(cast.ada, old, engine=synced.engine)
    synced.room().create_event("Before", utc(8), utc(9))
    synced.sync("Aquarium")
    app = registration(synced)
    app.secrets[0].expires = synced.simulator.clock.now()
    synced.pass_time(hours=2)
    cast.book("Aquarium", at(12), title="Meanwhile")
    sweep.run_once()
    synced.work()

    row = Mailbox.objects.get()
    assert (row.state, "secret" in row.words) == (MailboxState.SIGNED_OUT, True)
    (status,) = statuses(cast.ada)
    assert (status.stand, status.words) == (Stand.ASKS, row.words)
    assert status.age >= timedelta(hours=2)
    asked = synced.requests()
    for _ in range(6):
        synced.pass_time(minutes=5)
        sweep.run_once()
        synced.work()
    assert synced.requests() - asked <= 3, "no storm of sign-ins"

    app.secrets[:] = [AppSecret("a-new-tide")]
    new = NewConnection(tenant=synced.tenant, app_id=CLIENT_ID, secret="a-new-tide", authority_url=elsewhere)
    assert connections.connect(cast.ada, new, engine=synced.engine).id == synced.connection.id
    sweep.run_once()
    synced.work()
    assert Mailbox.objects.get().state == MailboxState.WORKING
    assert sorted(event["subject"] for event in synced.room().events()) == ["Before", "Meanwhile"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-A07", "Z-K08")
@pytest.mark.invariant("I23")
def test_one_mailbox_in_trouble_costs_the_others_nothing(harbour, cast):
    """Z-A07: three rooms, one of which answers nonsense for ever; the two others are kept in step at once."""
    for room in ("Aquarium", "Boathouse", "Crow's Nest"):
        harbour.map(room)
    harbour.work()
    harbour.simulator.weather.add(Fault.HTML_PAGE, mailbox="boathouse@example.org")
    for room in ("Aquarium", "Boathouse", "Crow's Nest"):
        cast.book(room, at(9), title=f"In the {room}")
    harbour.work()
    assert [len(harbour.room(room).events()) for room in ("Aquarium", "Crow's Nest")] == [1, 1]

    harbour.simulator.weather.clear()
    settle(harbour, minutes=11, rounds=2, room="Boathouse")
    assert [event["subject"] for event in harbour.room("Boathouse").events()] == ["In the Boathouse"]
    assert_at_rest(harbour, cast, room="Boathouse")


@pytest.mark.museum("Z-A09", "Z-D14")
def test_a_calendar_whose_ids_all_changed_is_said_and_adopted_when_it_is_mapped_again(synced, cast):
    """Z-A09, F34: the mailbox was moved to other servers: calendar and events have new ids. Nothing is doubled or lost.

    No id that we hold leads anywhere, so nothing is believed gone on its word; a person maps the calendar again.
    """
    cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12), utc(13))
    synced.sync("Aquarium")
    known = {booking.id for booking in bookings(cast)}
    synced.simulator.migrate("aquarium@example.org")
    synced.simulator.weather.clear()
    for _ in range(3):
        synced.pass_time(minutes=31)
        sweep.run_once()
        synced.work()
    row = Mailbox.objects.get()
    assert (row.state, "aquarium@example.org" in row.words) == (MailboxState.UNUSABLE, True)
    assert [booking.title for booking in standing(cast)] == ["Ours", "Theirs"]

    mappings.end(cast.ada, synced.mapped["Aquarium"].id)
    synced.pass_time(minutes=31)
    synced.engine = synced.new_engine()
    synced.map("Aquarium")
    synced.work()
    assert sorted(event["subject"] for event in synced.room().events()) == ["Ours", "Theirs"]
    assert {booking.id for booking in standing(cast)} == known
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-A09")
def test_a_renamed_mailbox_is_the_same_mailbox(synced, cast):
    """Z-A09, F44: another address and another sign-in name; the object id holds them together."""
    booked = cast.book("Aquarium", at(9), title="Ours")
    synced.work()
    synced.simulator.rename("aquarium@example.org", "fishtank@example.org")
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Ours still"})])
    synced.simulator.person("fishtank@example.org").create_event("Theirs", utc(12), utc(13))
    synced.sync("Aquarium")

    there = synced.simulator.person("fishtank@example.org").events()
    assert sorted(event["subject"] for event in there) == ["Ours still", "Theirs"]
    assert [booking.title for booking in standing(cast)] == ["Ours still", "Theirs"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-A10", "Z-A14")
@pytest.mark.parametrize(
    ("fault", "state"),
    [(Fault.MAILBOX_MISSING, MailboxState.UNUSABLE), (Fault.ACCESS_WITHDRAWN, MailboxState.NO_ACCESS)],
)
def test_a_mailbox_that_is_back_goes_on_where_it_was(synced, cast, fault, state):
    """Z-A10, Z-A14: no licence for a day: asked slowly, nothing deleted; then all that happened on both sides is settled."""
    booked = cast.book("Aquarium", at(9, day=5), title="Ours")
    event = synced.room().create_event("Theirs", utc(12, day=5), utc(13, day=5))
    synced.sync("Aquarium")
    synced.simulator.weather.add(fault)
    asked = synced.requests()
    for _ in range(24):
        synced.pass_time(hours=1)
        sweep.run_once()
        synced.work()
    assert synced.requests() - asked <= 24 * 3
    assert Mailbox.objects.get().state == state
    assert [booking.state for booking in bookings(cast)] == ["confirmed"] * 2

    apply(cast.ben, [Edit(booking_id=booked.id, changes={"when": at(15, day=5)})])
    synced.room().move_event(event, utc(16, day=5))
    synced.simulator.weather.clear()
    settle(synced, minutes=31, rounds=2)
    assert told(cast) == shown(synced, utc(0), utc(0, day=20))
    assert Mailbox.objects.get().state == MailboxState.WORKING
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-A12", "Z-O07")
def test_an_event_goes_to_the_mailbox_that_was_named_and_is_organised_by_it(harbour, cast):
    """Z-A12, Z-O07: the target is explicit, shown, and probed; whoever connected is no organiser of anything."""
    planned = harbour.map("Aquarium", address="boathouse@example.org")
    harbour.work()
    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()

    (status,) = statuses(cast.ada)
    (probe,) = connections.probe(cast.ada, harbour.connection.id, ["boathouse@example.org"], engine=harbour.engine)
    assert status.address == probe.address == planned.mapping.calendar.mailbox.address == "boathouse@example.org"
    assert probe.works
    (event,) = harbour.room("Boathouse").events()
    assert event["organizer"]["emailAddress"]["address"] == "boathouse@example.org"
    assert [len(harbour.simulator.person(who).events()) for who in ("ada@example.org", "aquarium@example.org")] == [
        0,
        0,
    ]
    mappings.end(cast.ada, planned.mapping.id)
