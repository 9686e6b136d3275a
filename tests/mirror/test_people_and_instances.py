"""Questions and answers, two instances, two companies, and what is told of it all."""

import pytest

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotAllowed
from holdfast.mirror import connections, mappings
from holdfast.mirror.conflicts import answer, leave, questions
from holdfast.mirror.connections import NewConnection
from holdfast.mirror.discovery import discover
from holdfast.mirror.errors import AnswerOutdated, NotReachable
from holdfast.mirror.mappings import NewMapping
from holdfast.mirror.models import Calendar, Connection, Instance, Link, Mailbox, MailboxState
from holdfast.mirror.status import Stand, statuses
from holdfast.mirror.story import Chapter, story
from holdfast.mirror.tend import tend
from holdfast.mirror.verify import verify
from holdfast.ports import ids
from holdfast.reconcile.choices import Choice
from holdfast.reconcile.link import Reason
from tests.cast import at, furnished
from tests.mirror.harbour import CLIENT_ID, SECRET, utc

pytestmark = pytest.mark.database


@pytest.fixture
def synced(harbour):
    harbour.map("Aquarium")
    harbour.work()
    return harbour


def deleted_there_edited_here(harbour, cast):
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()
    (event,) = harbour.room().events()
    harbour.room().delete_event(event)
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Night tour"})])
    harbour.sync("Aquarium")
    return booked


@pytest.mark.museum("Z-X21")
@pytest.mark.invariant("I9")
def test_deleted_there_and_edited_here_asks_and_keeps_the_booking(synced, cast):
    """Z-X21, I9: a human edit never loses silently to a deletion."""
    deleted_there_edited_here(synced, cast)

    (asked,) = questions(cast.ada)
    assert (asked.reason, asked.ours.title, asked.theirs) == (Reason.DELETED_THERE, "Night tour", None)
    (result,) = verify(cast.ada, engine=synced.engine)
    assert (result.parked, result.is_in_step) == (1, True)
    (status,) = statuses(cast.ada)
    assert status.stand is Stand.ASKS


def test_ours_makes_the_event_again(synced, cast):
    deleted_there_edited_here(synced, cast)
    (asked,) = questions(cast.ada)

    answer(cast.ada, asked.link_id, Choice.OURS, pair=asked.pair)
    synced.work()

    assert [event["subject"] for event in synced.room().events()] == ["Night tour"]
    assert questions(cast.ada) == []


def test_theirs_cancels_the_booking(synced, cast):
    booked = deleted_there_edited_here(synced, cast)
    (asked,) = questions(cast.ada)

    answer(cast.ada, asked.link_id, Choice.THEIRS, pair=asked.pair)
    synced.work()

    with in_workspace(cast.workspace_id):
        assert Booking.objects.get(id=booked.id).state == "cancelled"
    assert questions(cast.ada) == []


def test_an_answer_to_a_pair_that_moved_is_refused(synced, cast):
    booked = deleted_there_edited_here(synced, cast)
    (asked,) = questions(cast.ada)
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Late night tour"})])

    with pytest.raises(AnswerOutdated):
        answer(cast.ada, asked.link_id, Choice.THEIRS, pair=asked.pair)


def test_only_who_may_resolve_answers(synced, cast):
    deleted_there_edited_here(synced, cast)
    (asked,) = questions(cast.ada)
    with pytest.raises(NotAllowed):
        answer(cast.ben, asked.link_id, Choice.OURS, pair=asked.pair)


def test_left_as_it_is_a_link_is_closed_and_never_planned_again(synced, cast):
    deleted_there_edited_here(synced, cast)
    (asked,) = questions(cast.ada)
    leave(cast.ada, asked.link_id)
    synced.sync("Aquarium")

    assert synced.room().events() == []
    (result,) = verify(cast.ada, engine=synced.engine)
    assert result.is_in_step


@pytest.mark.museum("Z-X20")
@pytest.mark.invariant("I7")
def test_cancelled_here_and_edited_there_keeps_the_event_until_somebody_chooses(synced, cast):
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    (event,) = synced.room().events()
    synced.room().edit_event(event, subject="Night tour")
    apply(cast.ben, [Cancel(booking_id=booked.id)])
    synced.sync("Aquarium")

    (asked,) = questions(cast.ada)
    assert asked.reason is Reason.CANCELLED_HERE
    answer(cast.ada, asked.link_id, Choice.THEIRS, pair=asked.pair)
    synced.work()
    with in_workspace(cast.workspace_id):
        assert Booking.objects.get(id=booked.id).state == "confirmed"


@pytest.mark.invariant("I28", "I29")
def test_a_second_instance_on_the_same_calendar_stops_and_asks(synced, cast):
    """I29, F73: a copy of production that is started beside it writes nothing."""
    Instance.objects.update(instance_id=ids.new())
    synced.engine = synced.new_engine()
    synced.pass_time(hours=2)
    cast.book("Aquarium", at(9))
    synced.work()

    assert synced.room().events() == []
    assert Mailbox.objects.get().state == MailboxState.STOPPED
    (status,) = statuses(cast.ada)
    assert (status.stand, "takeover" in status.words) == (Stand.ASKS, True)


@pytest.mark.invariant("I28")
def test_an_older_copy_of_this_instance_stops_and_asks(synced, cast):
    """I28, F72: a restored backup meets a calendar that was kept by a later self."""
    with in_workspace(cast.workspace_id):
        Calendar.objects.update(marker_epoch=0)
    synced.pass_time(hours=2)
    cast.book("Aquarium", at(9))
    synced.work()

    assert synced.room().events() == []
    assert Mailbox.objects.get().state == MailboxState.STOPPED


@pytest.mark.invariant("I28")
def test_a_restored_copy_writes_nothing_before_a_person_says_so(synced, cast):
    """I28: restored from a backup of this very state; it reads, and asks before its first write."""
    from holdfast.host.restored import mark_restored
    from holdfast.mirror.takeover import take_over

    mark_restored()
    synced.pass_time(hours=2)
    cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()

    assert synced.room().events() == []
    assert Mailbox.objects.get().state == MailboxState.STOPPED

    take_over(cast.ada, synced.mapped["Aquarium"].id, engine=synced.engine)
    synced.work()

    assert [event["subject"] for event in synced.room().events()] == ["Harbour tour"]


@pytest.mark.invariant("I28")
@pytest.mark.museum("Z-D14")
def test_after_a_lost_mirror_events_are_adopted_by_their_marker(synced, cast):
    """I28: the links are gone (a backup from before), the bookings are there, the events too; nothing is doubled."""
    cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()
    with in_workspace(cast.workspace_id):
        Link.objects.all().delete()
        mapping = synced.mapped["Aquarium"]
        type(mapping).objects.update(first_round=None, synced_at=None)
    (event,) = synced.room().events()
    synced.room().move_event(event, utc(15))

    synced.sync("Aquarium")

    assert len(synced.room().events()) == 1
    with in_workspace(cast.workspace_id):
        assert [booking.starts_at for booking in Booking.objects.all()] == [utc(15)]


@pytest.mark.invariant("I20")
def test_two_companies_in_one_installation_never_touch(harbour, cast):
    """I20: equal names and equal times; each has its own calendar at the same tenant."""
    other = furnished("Harbour Works Two")
    harbour.map("Aquarium")
    connection = connections.connect(
        other.ada, NewConnection(tenant=harbour.tenant, app_id=CLIENT_ID, secret=SECRET), engine=harbour.engine
    )
    new = NewMapping(
        resource_id=other.resource("Aquarium"), connection_id=connection.id, address="boathouse@example.org"
    )
    planned = mappings.plan_mapping(other.ada, new, engine=harbour.engine)
    mappings.start(other.ada, planned.mapping.id)
    harbour.work()

    cast.book("Aquarium", at(9), title="One")
    other.book("Aquarium", at(9), title="Two")
    harbour.work()

    assert [event["subject"] for event in harbour.room("Aquarium").events()] == ["One"]
    assert [event["subject"] for event in harbour.room("Boathouse").events()] == ["Two"]
    with in_workspace(other.workspace_id):
        assert Link.objects.count() == 1


def test_two_companies_on_one_mailbox_each_keep_their_own(harbour, cast):
    """The mailbox's pace and lease are shared, because Microsoft's limits are; what is stored is not."""
    other = furnished("Harbour Works Two")
    harbour.map("Aquarium")
    connection = connections.connect(
        other.ada, NewConnection(tenant=harbour.tenant, app_id=CLIENT_ID, secret=SECRET), engine=harbour.engine
    )
    new = NewMapping(
        resource_id=other.resource("Aquarium"), connection_id=connection.id, address="aquarium@example.org"
    )
    mappings.start(other.ada, mappings.plan_mapping(other.ada, new, engine=harbour.engine).mapping.id)
    harbour.work()
    harbour.room().create_event("Walk-in", utc(10), utc(11))
    harbour.sync("Aquarium")

    assert Mailbox.objects.count() == 1
    for each in (cast, other):
        with in_workspace(each.workspace_id):
            assert [booking.title for booking in Booking.objects.all()] == ["Walk-in"]


def test_a_booking_tells_its_story(synced, cast):
    booked = cast.book("Aquarium", at(9), title="Harbour tour")
    synced.pass_time(seconds=2)
    synced.work()

    told = story(cast.ben, booked.id)

    assert [line.chapter for line in told] == [Chapter.HERE, Chapter.SENT, Chapter.CONFIRMED, Chapter.IN_STEP]
    assert told[2].detail
    assert not any("Harbour tour" in line.words + line.detail for line in told)


@pytest.mark.invariant("I30")
def test_in_step_is_said_only_while_it_is_true(synced, cast):
    """I30."""
    assert statuses(cast.ada)[0].stand is Stand.IN_STEP
    cast.book("Aquarium", at(9))
    assert statuses(cast.ada)[0].stand is Stand.ON_ITS_WAY
    synced.work()
    assert statuses(cast.ada)[0].stand is Stand.IN_STEP
    synced.pass_time(hours=1)
    assert statuses(cast.ada)[0].stand is Stand.WAITING


@pytest.mark.rule("S032")
def test_rooms_and_equipment_are_found_and_matched(harbour, cast):
    """S032: the picker offers Microsoft's calendars for our resources."""
    found = discover(cast.ada, harbour.connection.id, engine=harbour.engine)

    assert found.problems == []
    matched = {each.name: (each.purpose, each.matched_by) for each in found.candidates}
    assert matched["Aquarium"] == ("room", "address")
    assert matched["Heron"] == ("equipment", "name")


def test_a_connection_that_does_not_work_is_not_stored_and_its_secret_is_never_said(harbour, cast):
    with pytest.raises(NotReachable) as refused:
        connections.connect(
            cast.ada,
            NewConnection(tenant=harbour.tenant, app_id=CLIENT_ID, secret="wrong-tide"),
            engine=harbour.new_engine(),
        )

    assert "wrong-tide" not in str(refused.value)
    with in_workspace(cast.workspace_id):
        (stored,) = Connection.objects.all()
    assert SECRET.encode() not in bytes(stored.sealed_secret)


@pytest.mark.museum("Z-D15")
def test_connecting_twice_is_one_connection(harbour, cast):
    """Z-D15."""
    again = connections.connect(
        cast.ada, NewConnection(tenant=harbour.tenant, app_id=CLIENT_ID, secret=SECRET), engine=harbour.engine
    )
    assert again.id == harbour.connection.id


def test_a_probe_says_for_each_mailbox_whether_it_can_be_reached(harbour, cast):
    works, fails = connections.probe(
        cast.ada, harbour.connection.id, ["aquarium@example.org", "nobody@example.org"], engine=harbour.engine
    )
    assert (works.works, fails.works) == (True, False)
    assert "nobody@example.org" in fails.words


def test_members_may_not_map(harbour, cast):
    with pytest.raises(NotAllowed):
        mappings.plan_mapping(
            cast.ben,
            NewMapping(resource_id=cast.resource("Aquarium"), connection_id=harbour.connection.id, address="x@y"),
            engine=harbour.engine,
        )


@pytest.mark.rule("S124")
def test_sync_now_starts_at_once(synced, cast):
    """S124: the button rings, and a worker reads."""
    synced.room().create_event("Walk-in", utc(10), utc(11))
    mailbox = mappings.ring(cast.workspace_id, synced.mapped["Aquarium"].id)
    assert synced.waiting.next() == mailbox

    tend(synced.engine, mailbox)

    with in_workspace(cast.workspace_id):
        assert Booking.objects.count() == 1


@pytest.mark.rule("S080", "S090")
def test_what_came_from_outlook_is_told_apart_and_series_take_their_time(synced, cast):
    """S080: bookings from Outlook carry their origin; S090: what cannot be edited here still makes the time unavailable."""
    synced.room().create_event(
        "Standup",
        utc(8),
        utc(9),
        recurrence={
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 2},
        },
    )
    synced.sync("Aquarium")

    with in_workspace(cast.workspace_id):
        assert set(Booking.objects.values_list("kind", "origin")) == {("blocker", "outlook")}
    (refused,) = apply(cast.ben, [cast.make("Aquarium", at(9))])
    assert refused.code == "taken"


def test_a_person_may_say_that_this_instance_is_the_right_one(synced, cast):
    from holdfast.mirror.takeover import take_over

    Instance.objects.update(instance_id=ids.new())
    synced.engine = synced.new_engine()
    synced.pass_time(hours=2)
    cast.book("Aquarium", at(9), title="Harbour tour")
    synced.work()

    take_over(cast.ada, synced.mapped["Aquarium"].id, engine=synced.engine)
    synced.work()

    assert [event["subject"] for event in synced.room().events()] == ["Harbour tour"]
    assert Mailbox.objects.get().state == MailboxState.WORKING


def test_a_connection_in_use_is_not_ended_and_an_ended_one_keeps_no_secret(synced, cast):
    from holdfast.mirror.errors import Refused

    with pytest.raises(Refused):
        connections.disconnect(cast.ada, synced.connection.id)
    mappings.end(cast.ada, synced.mapped["Aquarium"].id)

    connections.disconnect(cast.ada, synced.connection.id)

    with in_workspace(cast.workspace_id):
        assert bytes(Connection.objects.get().sealed_secret) == b""
