"""Subscriptions: they end, vanish, are doubled and lied about; nothing is ever missed for it, and nobody is asked twice."""

from datetime import timedelta

import httpx
import pytest

from holdfast.bookings.orders import Edit
from holdfast.bookings.verbs import apply
from holdfast.mirror import sweep
from holdfast.mirror.engine import Engine
from holdfast.mirror.models import Mailbox
from sim365.postman import Reply
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import Watched, utc
from tests.mirror.test_doorbell import PUBLIC
from tests.mirror.test_doorbell import bell as bell  # noqa: PLC0414  the fixture
from tests.museum.shore import assert_at_rest, bookings, settle, standing

pytestmark = pytest.mark.database


class Killed(BaseException):
    """The process ends here."""


def about(harbour, method):
    """How often Microsoft was asked about subscriptions."""
    return sum("/subscriptions" in each.path and each.method == method for each in harbour.simulator.conduct.entries)


def heard(harbour, **by):
    harbour.pass_time(**(by or {"seconds": 10}))
    sweep.run_once()
    return harbour.work()


@pytest.mark.museum("Z-W01")
def test_a_life_is_long_and_renewed_long_before_its_end(bell):
    """Z-W01, Z-W13: seven days less a little; renewed with two left; a sleeping weekend loses no notice."""
    row = Mailbox.objects.get()
    left = row.subscription_expires_at - bell.simulator.clock.now()
    assert left > timedelta(days=6, hours=23)
    assert row.subscription_expires_at - row.subscription_due_at >= timedelta(days=2)


@pytest.mark.museum("Z-W06")
@pytest.mark.parametrize("event", ["missed", "subscriptionRemoved", "reauthorizationRequired"])
def test_each_lifecycle_notice_leads_to_a_look_and_to_notices_that_come_again(bell, cast, event):
    """Z-W06: what came while nothing was delivered is read at once, and the next change is heard of by a notice."""
    taking, bell.simulator.postman = bell.simulator.postman, lambda _url, _body, _kind: Reply(503, b"", "")
    bell.room().create_event("Unheard", utc(10), utc(11))
    bell.pass_time(minutes=1)
    bell.simulator.postman = taking
    bell.simulator.lifecycle(event)
    heard(bell)
    assert "Unheard" in {booking.title for booking in standing(cast)}

    bell.pass_time(minutes=1)
    sweep.run_once()
    bell.work()
    bell.room().create_event("Heard", utc(12), utc(13))
    bell.pass_time(seconds=10)
    bell.work()
    assert {"Unheard", "Heard"} == {booking.title for booking in standing(cast)}
    assert len(bell.simulator.notices.subscriptions) == 1
    assert_at_rest(bell, cast)


@pytest.mark.museum("Z-W07")
@pytest.mark.invariant("I12")
def test_a_worker_that_died_between_making_and_storing_leaves_no_second_subscription(cast):
    """Z-W07, F58: Microsoft says that it exists already; the left-over is taken away, one remains, and it is ours."""
    from tests.mirror.harbour import Harbour
    from tests.mirror.test_doorbell import Door

    harbour = Harbour(cast, public_url=PUBLIC)
    harbour.simulator.postman = Door()
    try:
        harbour.map("Aquarium")

        def dies(name):
            if name == "answer" and harbour.simulator.notices.subscriptions:
                harbour.around_requests = None
                raise Killed

        harbour.around_requests = dies
        with pytest.raises(Killed):
            harbour.work()
        harbour.around_requests = None
        harbour.engine = harbour.new_engine()
        for _ in range(3):
            heard(harbour, seconds=100)

        assert list(harbour.simulator.notices.subscriptions) == [Mailbox.objects.get().subscription_id]
        harbour.room().create_event("Heard", utc(12), utc(13))
        harbour.pass_time(seconds=10)
        harbour.work()
        assert [booking.title for booking in standing(cast)] == ["Heard"]
    finally:
        harbour.close()


class Listing(Watched):
    """A listing that shows only subscriptions which ended long ago."""

    def handle_request(self, request):
        answer = super().handle_request(request)
        if request.method == "GET" and request.url.path.endswith("/subscriptions"):
            return httpx.Response(200, json={"value": []}, request=request)
        return answer


@pytest.mark.museum("Z-W08")
def test_a_listing_without_ours_ends_nothing(bell, cast):
    """Z-W08: our own note of its end is believed, not the list: the living one is neither doubled nor made anew."""
    before = Mailbox.objects.get().subscription_id
    transport = Listing(bell)
    bell.engine = Engine(transport_for=lambda _url: transport, public_url=PUBLIC)
    for _ in range(6):
        heard(bell, hours=12)
        bell.tend("Aquarium", forced=True)

    assert Mailbox.objects.get().subscription_id == before
    assert list(bell.simulator.notices.subscriptions) == [before]
    assert about(bell, "POST") == 1


@pytest.mark.museum("Z-W09")
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.UNAVAILABLE, Fault.GATEWAY_TIMEOUT, Fault.RESET_AFTER])
def test_a_renewal_that_could_not_be_done_now_is_tried_again_for_the_same_subscription(bell, fault):
    """Z-W09: gone means new, throttled means later; the subscription is kept."""
    row = Mailbox.objects.get()
    bell.simulator.weather.next(fault, path="/subscriptions", method="PATCH")
    heard(bell, days=5, hours=1)
    for _ in range(3):
        heard(bell, minutes=16)

    after = Mailbox.objects.get()
    assert after.subscription_id == row.subscription_id
    assert after.subscription_expires_at > row.subscription_expires_at + timedelta(days=4)
    assert about(bell, "POST") == 1


@pytest.mark.museum("Z-W10", "Z-W04")
def test_notices_lost_doubled_late_and_in_any_order_bring_one_booking_each(bell, cast):
    """Z-W10: what rings may ring ten times, in any order, with a wrong state between: it is only a ring."""
    for fault in (Fault.NOTICE_DOUBLED, Fault.NOTICE_SHUFFLED, Fault.NOTICE_LATE, Fault.NOTICE_WRONG_STATE,
                  Fault.NOTICE_UNKNOWN, Fault.NOTICE_LOST):  # fmt: skip
        bell.simulator.weather.add(fault, rate=0.4)
    for hour in range(8, 16):
        event = bell.room().create_event(f"Walk-in {hour}", utc(hour), utc(hour + 1))
        bell.room().edit_event(event, subject=f"Sit-in {hour}")
        heard(bell)
    settle(bell, minutes=6, rounds=3)

    assert [booking.title for booking in standing(cast)] == [f"Sit-in {hour}" for hour in range(8, 16)]
    assert_at_rest(bell, cast)


@pytest.mark.museum("Z-W12", "Z-W01")
def test_after_a_week_of_silence_everything_is_caught_up_once_and_nobody_gets_mail(bell, cast):
    """Z-W12: the host was off for nine days; the subscription is gone; both sides went on meanwhile."""
    booked = cast.book("Aquarium", at(9, day=20), title="Ours")
    theirs = bell.room().create_event("Theirs", utc(10, day=20), utc(11, day=20))
    heard(bell)
    bell.simulator.postman = lambda _url, _body, _kind: Reply(0)
    bell.waiting.clear()
    bell.pass_time(days=9)
    apply(cast.ben, [Edit(booking_id=booked.id, changes={"title": "Ours, later", "when": at(14, day=20)})])
    bell.room().move_event(theirs, utc(16, day=20))
    bell.room().create_event("New", utc(18, day=20), utc(19, day=20))
    bell.waiting.clear()

    bell.engine = bell.new_engine()
    bell.simulator.postman = bell.door
    for _ in range(4):
        heard(bell, minutes=1)

    assert [booking.title for booking in standing(cast)] == ["Ours, later", "Theirs", "New"]
    assert sorted(event["subject"] for event in bell.room().events()) == ["New", "Ours, later", "Theirs"]
    assert len(bookings(cast)) == 3
    assert list(bell.simulator.notices.subscriptions) == [Mailbox.objects.get().subscription_id]
    assert_at_rest(bell, cast)


@pytest.mark.museum("Z-W13")
def test_a_flood_of_reauthorisations_is_answered_once(bell):
    """Z-W13: forty notices within a minute lead to one request."""
    before = about(bell, "PATCH") + about(bell, "POST")
    for _ in range(40):
        bell.simulator.lifecycle("reauthorizationRequired")
        bell.pass_time(seconds=1)
        bell.work()
    bell.pass_time(seconds=10)
    bell.work()

    assert about(bell, "PATCH") + about(bell, "POST") - before <= 2
    assert Mailbox.objects.get().subscription_id
