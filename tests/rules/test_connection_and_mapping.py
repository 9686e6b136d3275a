"""What can be tied to what, who has to connect, and what follows from tying, without a choice and with one."""

import pytest

from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Refused
from holdfast.bookings.verbs import apply
from holdfast.directory import people
from holdfast.directory.roles import Role
from holdfast.mirror import connections, mappings
from holdfast.mirror.discovery import discover
from holdfast.mirror.errors import Refused as MappingRefused
from holdfast.mirror.manners import Settings
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.status import Stand, statuses
from holdfast.ports import ids
from holdfast.reconcile.rules import Direction
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

DAYS = (utc(0, day=-2), utc(0, day=20))


def titles(person, calendar=None):
    return sorted(event["subject"] for event in person.events(calendar=calendar))


TARGETS = {
    "a room's mailbox": ("Aquarium", "aquarium@example.org", None),
    "an equipment mailbox": ("Heron", "heron@example.org", None),
    "a calendar of an account": ("Boathouse", "ada@example.org", "The Boathouse"),
    "a person's own calendar": ("Crow's Nest", "ben@example.org", None),
}


@pytest.mark.rule("S024", "S139")
@pytest.mark.parametrize(("resource", "address", "calendar"), TARGETS.values(), ids=TARGETS)
def test_a_target_is_any_calendar_of_a_room_an_equipment_or_a_person(harbour, cast, resource, address, calendar):
    """S024, S139: whatever it is, a booking is an event there and an event a booking here, and no other calendar is touched."""
    owner = harbour.simulator.person(address)
    if calendar is not None:
        owner.add_calendar(calendar)
        owner.create_event("In the default calendar", utc(10))
    harbour.map(resource, address=address, calendar=calendar)
    harbour.work()
    cast.book(resource, at(9), title="Booked here")
    owner.create_event("Entered there", utc(12), calendar=calendar)
    harbour.sync(resource)

    assert titles(owner, calendar) == ["Booked here", "Entered there"]
    assert sorted(each.title for each in standing(cast)) == ["Booked here", "Entered there"]
    assert harbour.writes() == ["POST 201"]
    if calendar is not None:
        assert titles(owner) == ["In the default calendar"]


@pytest.mark.rule("S030", "S046")
def test_every_room_and_equipment_of_the_tenant_is_listed_and_recognised_by_name(harbour, cast):
    """S030, S046: all four of the tenant's, none of its people; the pair is recognised by address, else by name."""
    found = discover(cast.ada, harbour.connection.id, engine=harbour.engine)

    listed = {each.address: (each.name, each.purpose, each.matched_by) for each in found.candidates}
    assert listed == {
        "aquarium@example.org": ("Aquarium", "room", "address"),
        "boathouse@example.org": ("Boathouse", "room", "address"),
        "crows-nest@example.org": ("Crow's Nest", "room", "address"),
        "heron@example.org": ("Heron", "equipment", "name"),
    }
    assert {each.resource_id for each in found.candidates} == {
        cast.resource(name) for name in ("Aquarium", "Boathouse", "Crow's Nest", "Heron")
    }


@pytest.mark.rule("S023")
def test_only_a_resource_of_ours_can_be_mapped(harbour, cast):
    """S023: what is tied must stand in our own list first."""
    new = NewMapping(resource_id=ids.new(), connection_id=harbour.connection.id, address="aquarium@example.org")
    with pytest.raises(MappingRefused):
        mappings.plan_mapping(cast.ada, new, engine=harbour.engine)


@pytest.mark.rule("S029")
def test_people_who_book_connect_nothing(synced, cast):
    """S029: Ada connected once; Ben, who has no connection and may make none, books and sees what stands in Outlook."""
    synced.room().create_event("Walk-in", utc(12))
    synced.sync("Aquarium")
    cast.book("Aquarium", at(9), title="Ben's", by=cast.ben)
    synced.work()

    assert titles(synced.room()) == ["Ben's", "Walk-in"]
    assert len(connections.connections(cast.workspace_id)) == 1
    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(13))])
    assert isinstance(refused, Refused)


@pytest.mark.rule("S140", "S141")
def test_who_connected_is_not_needed_afterwards_and_stands_on_no_booking(synced, cast):
    """S140, S141: Ada leaves here and there; the sync goes on, and events are organised by the room, never by her."""
    people.change_person(cast.system, cast.people["Chidi"].id, role=Role.ADMIN)
    people.change_person(cast.system, cast.people["Ada"].id, active=False)
    tenant = synced.simulator.company.tenants[0]
    del tenant.mailboxes[synced.simulator.person("ada@example.org").oid]
    synced.engine = synced.new_engine()
    cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12))
    synced.sync("Aquarium")

    assert titles(synced.room()) == ["Ours", "Theirs"]
    assert told(cast) == shown(synced, *DAYS)
    organisers = {event["organizer"]["emailAddress"]["address"] for event in synced.room().events()}
    assert organisers == {"aquarium@example.org"}


@pytest.mark.rule("S095")
def test_what_lies_beyond_the_window_comes_in_once_somebody_moves_it_inside(harbour, cast):
    """S095: too far ahead to be watched; dragged nearer, it is a booking here."""
    harbour.map("Aquarium", days_back=5, days_ahead=60)
    event = harbour.room().create_event("Far ahead", utc(12, day=300))
    harbour.work()
    assert bookings(cast) == []
    harbour.room().move_event(event, utc(12, day=3))
    harbour.sync("Aquarium")

    assert told(cast) == [("Far ahead", "2026-03-06T12:00", "2026-03-06T13:00")]
    assert_at_rest(harbour, cast)


@pytest.mark.rule("S098")
def test_a_longer_look_back_brings_the_last_three_months_in_with_the_next_sync(synced, cast):
    """S098: thirty days back without a choice; ninety-five chosen, and Sync pressed: the past is here, nothing is doubled."""
    synced.room().create_event("In December", utc(12, day=-80))
    synced.room().create_event("Tomorrow", utc(12))
    synced.sync("Aquarium")
    assert [each.title for each in bookings(cast)] == ["Tomorrow"]
    mappings.change_settings(cast.ada, synced.mapped["Aquarium"].id, Settings(days_back=95))
    synced.sync("Aquarium")

    assert [each.title for each in standing(cast)] == ["In December", "Tomorrow"]
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.rule("S031", "S068")
@pytest.mark.parametrize("chosen", [("Aquarium",), ("Aquarium", "Boathouse"), ("Crow's Nest",)])
def test_only_the_chosen_resources_are_written_and_read(harbour, cast, chosen):
    """S031, S068: three rooms are booked and have entries in Outlook; nothing flows for those that are not mapped."""
    rooms = ("Aquarium", "Boathouse", "Crow's Nest")
    for room in chosen:
        harbour.map(room)
    harbour.work()
    for room in rooms:
        cast.book(room, at(9), title="Ours")
        harbour.room(room).create_event("Theirs", utc(12))
    for room in chosen:
        harbour.sync(room)

    for room in rooms:
        both = ["Ours", "Theirs"]
        assert titles(harbour.room(room)) == (both if room in chosen else ["Theirs"])
        here = sorted(each.title for each in standing(cast, resource_id=cast.resource(room)))
        assert here == (both if room in chosen else ["Ours"])
    assert harbour.writes() == ["POST 201"] * len(chosen)


@pytest.mark.rule("S032", "S102")
def test_starting_a_mapping_completes_the_integration_and_its_first_sync_runs_by_itself(harbour, cast):
    """S032, S102: planned, nothing flows; started, both sides are in step without another act."""
    cast.book("Aquarium", at(9), title="Ours")
    harbour.room().create_event("Theirs", utc(12))
    planned = harbour.map("Aquarium", start=False)
    harbour.work()
    assert ([each.title for each in bookings(cast)], harbour.writes()) == (["Ours"], [])

    mappings.start(cast.ada, planned.mapping.id)
    harbour.work()

    assert told(cast) == shown(harbour, *DAYS)
    assert titles(harbour.room()) == ["Ours", "Theirs"]
    assert [status.stand for status in statuses(cast.ada)] == [Stand.IN_STEP]
    assert_at_rest(harbour, cast)


@pytest.mark.rule("S052")
def test_without_a_choice_the_sync_is_two_way(synced, cast):
    """S052: nobody chose a direction; making, changing and cancelling go both ways."""
    assert Settings().direction is Direction.BOTH
    ours = cast.book("Aquarium", at(9), title="Ours")
    theirs = synced.room().create_event("Theirs", utc(12))
    synced.sync("Aquarium")
    assert told(cast) == shown(synced, *DAYS)

    apply(cast.ben, [Edit(booking_id=ours.id, changes={"title": "Ours, renamed"})])
    synced.room().edit_event(theirs, subject="Theirs, renamed")
    synced.sync("Aquarium")
    assert told(cast) == shown(synced, *DAYS)
    assert titles(synced.room()) == ["Ours, renamed", "Theirs, renamed"]

    apply(cast.ben, [Cancel(booking_id=ours.id)])
    synced.room().delete_event(theirs)
    synced.sync("Aquarium")
    assert (standing(cast), titles(synced.room())) == ([], [])
    assert_at_rest(synced, cast)


@pytest.mark.rule("S047")
def test_downwards_everything_comes_in_and_nothing_is_written_back(harbour, cast):
    """S047: also no edit and no cancellation of what came in."""
    harbour.map("Aquarium", direction=Direction.DOWN)
    harbour.room().create_event("Theirs", utc(12))
    harbour.work()
    cast.book("Aquarium", at(9), title="Ours")
    (theirs,) = bookings(cast, title="Theirs")
    apply(cast.ada, [Edit(booking_id=theirs.id, changes={"title": "Named here"})])
    settle(harbour, rounds=2)

    assert harbour.writes() == []
    assert titles(harbour.room()) == ["Theirs"]
    assert sorted(each.starts_at for each in standing(cast)) == [utc(8), utc(12)]


@pytest.mark.rule("S048")
def test_upwards_everything_goes_out_and_nothing_comes_in(harbour, cast):
    """S048: what stands in Outlook makes no booking and takes no time here."""
    harbour.map("Aquarium", direction=Direction.UP)
    harbour.room().create_event("Theirs", utc(12))
    harbour.work()
    cast.book("Aquarium", at(9), title="Ours")
    settle(harbour, rounds=2)

    assert titles(harbour.room()) == ["Ours", "Theirs"]
    assert [each.title for each in bookings(cast)] == ["Ours"]
    cast.book("Aquarium", at(13), title="At the same time")


@pytest.mark.rule("S050")
@pytest.mark.parametrize("how", ["paused", "no direction"])
def test_paused_nothing_flows_and_the_mapping_stays_listed(synced, cast, how):
    """S050: nothing out, nothing in, and the line is still there to be resumed."""
    mapping = synced.mapped["Aquarium"]
    if how == "paused":
        mappings.pause(cast.ada, mapping.id)
    else:
        mappings.change_settings(cast.ada, mapping.id, Settings(direction=Direction.NONE))
    cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12))
    settle(synced, rounds=2)

    assert (synced.writes(), titles(synced.room())) == ([], ["Theirs"])
    assert [each.title for each in standing(cast)] == ["Ours"]
    assert [each.mapping_id for each in statuses(cast.ada)] == [mapping.id]


@pytest.mark.rule("S113")
def test_a_mapping_that_ended_moves_nothing_and_takes_nothing_away(synced, cast):
    """S113: deactivated, what stands stays on both sides, and what is changed on one stays there."""
    ours = cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12))
    synced.sync("Aquarium")
    mappings.end(cast.ada, synced.mapped["Aquarium"].id)
    writes = synced.writes()
    apply(cast.ben, [Edit(booking_id=ours.id, changes={"title": "Changed here"})])
    synced.pass_time(minutes=30)
    synced.tend("Aquarium", forced=True)

    assert titles(synced.room()) == ["Ours", "Theirs"]
    assert [each.title for each in standing(cast)] == ["Changed here", "Theirs"]
    assert synced.writes() == writes


@pytest.mark.rule("S033", "S034")
def test_a_shared_calendar_blocks_all_of_its_resources_and_others_not(harbour, cast):
    """S033, S034: the Aquarium's entry takes the Boathouse's time, which shares its calendar, and not the Crow's Nest's."""
    harbour.map("Aquarium")
    harbour.map("Boathouse", address="aquarium@example.org")
    harbour.map("Crow's Nest")
    harbour.work()
    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()
    harbour.pass_time(minutes=10)
    harbour.sync("Aquarium")

    (refused,) = apply(cast.ben, [cast.make("Boathouse", at(9))])
    assert isinstance(refused, Refused)
    cast.book("Crow's Nest", at(9))
