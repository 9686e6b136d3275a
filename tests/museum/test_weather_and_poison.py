"""Throttling, time-outs, poison, and two at once: waits are kept, one bad item stays alone, one path leads in."""

import pytest

from holdfast.bookings.orders import Edit
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory import tokens
from holdfast.directory.roles import Permission
from holdfast.mirror import sweep, tasks
from holdfast.mirror.models import Mailbox, MailboxState, Quarantine
from holdfast.mirror.status import statuses
from holdfast.mirror.verify import verify
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bend, bookings, settle, standing, titled

pytestmark = pytest.mark.database


@pytest.mark.museum("Z-K01", "Z-K03")
@pytest.mark.invariant("I25")
def test_a_first_import_that_is_throttled_waits_and_goes_on_where_it_was(harbour, cast):
    """Z-K01, Z-K03: every third request of a long first read is refused for a while; the import is never begun anew."""
    for day in range(30):
        harbour.room().create_event(f"Day {day:02}", utc(8, day=day), utc(9, day=day))
    harbour.simulator.switch("delta_page_size", value=5)
    for after in (3, 5, 7):
        harbour.simulator.weather.next(Fault.THROTTLED, path="delta", after=after, parameter=40)
    harbour.simulator.weather.next(Fault.GATEWAY_THROTTLED, path="delta", after=9)
    harbour.map("Aquarium")
    harbour.work()
    settle(harbour)

    assert [booking.title for booking in standing(cast)] == [f"Day {day:02}" for day in range(30)]
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-K04")
@pytest.mark.invariant("I25")
@pytest.mark.parametrize("said", ["0", "-5", "soon", "1", "99999999999", "Tue, 03 Mar 2099 00:00:00 GMT", ""])
def test_an_odd_retry_after_neither_hammers_nor_sleeps_for_ever(synced, cast, said):
    """Z-K04, F3: the referee sees no request before its time; within a day the booking has gone out."""
    synced.simulator.weather.add(Fault.THROTTLED_ODD, parameter=said)
    cast.book("Aquarium", at(9, day=3), title="Harbour tour")
    asked = synced.requests()
    synced.work()
    for _ in range(10):
        synced.pass_time(seconds=30)
        sweep.run_once()
        synced.work()
    assert synced.requests() - asked <= 30
    synced.simulator.weather.clear()
    settle(synced, hours=3, rounds=8)

    assert [event["subject"] for event in synced.room().events()] == ["Harbour tour"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-K06")
@pytest.mark.parametrize("fault", [Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.TIMEOUT_LATE])
def test_requests_that_hang_end_and_the_worker_goes_on(synced, cast, fault):
    """Z-K06: each request has its deadline, each tending its end; nothing is doubled when the late write lands."""
    synced.simulator.weather.add(fault, method="POST", path="/events")
    synced.simulator.weather.next(Fault.TIMEOUT_BEFORE, path="delta", times=3)
    cast.book("Aquarium", at(9), title="Harbour tour")
    started = synced.simulator.clock.now()
    synced.work()
    assert (synced.simulator.clock.now() - started).total_seconds() <= 300
    settle(synced, rounds=3)
    settle(synced, rounds=12)

    assert [event["subject"] for event in synced.room().events()] == ["Harbour tour"]
    assert_at_rest(synced, cast)


POISON = {
    "an unknown word": {"showAs": "onTheMoon"},
    "another unknown word": {"sensitivity": "telepathic"},
    "a time that is text": {"start": "tomorrow"},
    "no json type for it": {"subject": {"text": "?"}},
    "a list of nothing": {"attendees": "everybody"},
    "a half character": {"subject": "half \ud83d"},
    "a character that is none": {"subject": "nul \x00 here"},
}


@pytest.mark.museum("Z-K08")
@pytest.mark.invariant("I22")
@pytest.mark.parametrize("changes", POISON.values(), ids=POISON.keys())
def test_a_poison_event_is_set_aside_alone_and_read_again_when_it_changes(synced, cast, changes):
    """Z-K08: its neighbours go on, its own booking stays as it was, the count is shown; mended, it is followed again."""
    odd = synced.room().create_event("Odd", utc(10), utc(11))
    synced.sync("Aquarium")
    bend(synced, titled("Odd", lambda item: item.update(changes)))
    synced.room().move_event(odd, utc(15))
    synced.room().create_event("After", utc(12), utc(13))
    cast.book("Aquarium", at(20), title="Ours")
    synced.sync("Aquarium")
    settle(synced, rounds=2)

    titles = [booking.title for booking in standing(cast)]
    assert {"After", "Ours"} <= set(titles)
    assert len(titles) == 3
    assert {"After", "Ours", "Odd"} == {event["subject"] for event in synced.room().events()}

    bend(synced, None)
    synced.room().edit_event(odd, subject="Mended")
    synced.sync("Aquarium")
    assert [booking.title for booking in standing(cast)] == ["After", "Mended", "Ours"]
    assert standing(cast, title="Mended")[0].starts_at == utc(15)
    assert_at_rest(synced, cast)
    (status,) = statuses(cast.ada)
    assert status.quarantined == 0


@pytest.mark.museum("Z-K08")
def test_a_poison_event_that_is_deleted_is_not_counted_any_more(synced, cast):
    """Z-K08: what was set aside and is gone asks nobody for anything."""
    odd = synced.room().create_event("Odd", utc(10), utc(11))
    bend(synced, titled("Odd", lambda item: item.update(showAs="onTheMoon")))
    synced.sync("Aquarium")
    with in_workspace(cast.workspace_id):
        assert Quarantine.objects.count() == 1
    synced.room().delete_event(odd)
    synced.sync("Aquarium")

    with in_workspace(cast.workspace_id):
        assert Quarantine.objects.count() == 0
    assert bookings(cast) == []


@pytest.mark.museum("Z-K09")
@pytest.mark.parametrize("fault", [Fault.HTML_PAGE, Fault.BAD_GATEWAY, Fault.CUT_JSON, Fault.TRUNCATED])
def test_an_answer_that_is_no_json_hides_neither_its_status_nor_the_calendar(synced, cast, fault):
    """Z-K09: a gateway's page in place of a delta page: waited for, said in words, nothing deleted."""
    synced.room().create_event("Walk-in", utc(10), utc(11))
    synced.sync("Aquarium")
    synced.simulator.weather.add(fault, path="delta")
    synced.sync("Aquarium")

    row = Mailbox.objects.get()
    assert row.state in (MailboxState.WAITING, MailboxState.PUZZLED)
    assert "aquarium@example.org" in row.words
    settle(synced, minutes=11, rounds=2)
    assert [booking.title for booking in standing(cast)] == ["Walk-in"]
    assert Mailbox.objects.get().state == MailboxState.WORKING


@pytest.mark.museum("Z-K10")
@pytest.mark.invariant("I11", "I29")
@pytest.mark.parametrize("where", range(1, 9))
def test_the_button_pressed_in_the_middle_of_a_pass_doubles_nothing(synced, cast, where):
    """Z-K10: at any request of the running pass somebody presses sync, and a second worker is there to obey."""
    booked = cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12), utc(13))
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Ours, again"})])
    count = 0

    def pressed(_name):
        nonlocal count
        count += 1
        if count == where:
            first, synced.engine = synced.engine, synced.new_engine()
            synced.sync("Aquarium")
            synced.engine = first

    synced.around_requests = pressed
    synced.sync("Aquarium")
    synced.around_requests = None
    settle(synced, rounds=2)

    assert sorted(event["subject"] for event in synced.room().events()) == ["Ours, again", "Theirs"]
    assert [booking.title for booking in standing(cast)] == ["Ours, again", "Theirs"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-K14")
def test_a_token_that_ends_in_the_middle_is_renewed_with_no_transaction_open(synced, cast):
    """Z-K14: the harbour's wire asserts for each request, sign-ins too, that no transaction is open."""
    for day in range(1, 6):
        cast.book("Aquarium", at(9, day=day), title=f"Day {day}")
    synced.simulator.weather.next(Fault.TOKEN_REFUSED, after=1)
    synced.pass_time(hours=2)
    synced.sync("Aquarium")
    settle(synced, rounds=2)

    assert len(synced.room().events()) == 5
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-K15", "Z-P04")
def test_a_booking_made_by_the_api_goes_out_as_every_other(synced, cast):
    """Z-K15, Z-P04: one way in: the program's booking is an event, and a taken time is refused to programs too."""
    from django.test import Client

    tasks.install(synced.engine)
    scopes = [Permission.VIEW, Permission.BOOK]
    _, secret = tokens.make_token(cast.system, name="door display", scopes=scopes, person_id=cast.people["Ben"].id)
    body = {"resource_id": str(cast.resource("Aquarium")), "title": "By program", "zone": "Europe/Berlin",
            "start": "2026-03-03T09:00:00", "end": "2026-03-03T10:00:00"}  # fmt: skip

    def send():
        headers = {"Authorization": f"Bearer {secret}"}
        return Client().post("/api/v1/bookings", body, content_type="application/json", headers=headers)

    assert send().status_code == 201
    synced.work()
    assert [event["subject"] for event in synced.room().events()] == ["By program"]
    assert send().status_code == 409

    synced.pass_time(seconds=10)
    synced.room().create_event("Unread yet", utc(12), utc(13))
    body.update(start="2026-03-03T13:00:00", end="2026-03-03T14:00:00")
    assert send().status_code == 409
    synced.work()
    settle(synced, rounds=2)
    (result,) = verify(cast.ada, engine=synced.engine)
    assert (result.is_in_step, len(standing(cast))) == (True, 2)
