"""When the next request to one mailbox may start."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.graph import errors, events, limits
from holdfast.graph.pace import Pace, PaceKey, Paces, retry_after_s
from holdfast.graph.wire import EventId
from tests.graph.conversation import MONDAY, Microsoft, StillClock, event, line_to, no_jitter, says

STANDUP = EventId("e1")


def pace_of(clock: StillClock, jitter=no_jitter, wait=None) -> Pace:
    return Pace(clock=clock, jitter=jitter, **({"wait": wait} if wait else {}))


def soon(clock: StillClock) -> float:
    return clock.monotonic_s() + 30


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("2.128", 2.128),
        ("1000000000", limits.RETRY_AFTER_S_MAX),
        ("Mon, 02 Mar 2026 08:00:20 GMT", 20),
        ("Mon, 02 Mar 2026 08:00:20", 20),
        ("Mon, 02 Mar 2026 07:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", limits.RETRY_AFTER_S_MAX),
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("soon", None),
        ("99 Foo 2026 99:99:99 GMT", None),
        (None, None),
    ],
)
def test_a_retry_after_is_read_in_every_form_and_nonsense_is_none(value, seconds):
    assert retry_after_s(value, now=MONDAY) == seconds


def test_a_date_is_measured_by_the_answerers_own_clock():
    """Our clock may be wrong; the answer's Date and its Retry-After come from the same one."""
    clock = StillClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    microsoft = Microsoft(says(429, retry_after="Mon, 02 Mar 2026 08:00:20 GMT", date="Mon, 02 Mar 2026 08:00:00 GMT"))

    with pytest.raises(errors.Throttled) as caught:
        events.create(line_to(microsoft, clock=clock), b"{}", calendar=None)

    assert caught.value.retry_after_s == 20
    assert caught.value.not_before == clock.now() + timedelta(seconds=20)


@pytest.mark.museum("Z-K01")
def test_a_throttled_read_waits_to_the_second_and_goes_on():
    """Z-K01: a request over the mailbox's concurrency limit aborted a whole import."""
    clock = StillClock()
    microsoft = Microsoft(says(429, retry_after="7"), says(200, event()))

    assert events.get(line_to(microsoft, clock=clock), STANDUP, calendar=None).id == STANDUP
    assert clock.now() == MONDAY + timedelta(seconds=7)


@pytest.mark.museum("Z-K03")
def test_a_503_with_retry_after_is_a_throttle_too():
    """Z-K03."""
    clock = StillClock()
    microsoft = Microsoft(says(503, retry_after="7"), says(200, event()))
    line = line_to(microsoft, clock=clock)

    events.get(line, STANDUP, calendar=None)

    assert clock.now() == MONDAY + timedelta(seconds=7)


def test_nobody_sends_before_the_wait_is_over_whoever_was_told():
    clock = StillClock()
    microsoft = Microsoft(
        says(429, retry_after="20"), lambda _request: sent_at.append(clock.now()) or says(200, event())
    )
    sent_at: list[datetime] = []
    line = line_to(microsoft, clock=clock)

    with pytest.raises(errors.Throttled):
        events.create(line, b"{}", calendar=None)
    events.get(line, STANDUP, calendar=None)

    assert sent_at == [MONDAY + timedelta(seconds=20)]


def test_a_wait_beyond_the_deadline_is_handed_back_at_once():
    """The row remembers it; no thread sleeps through it."""
    clock = StillClock()
    microsoft = Microsoft(says(429, retry_after="600"))

    with pytest.raises(errors.Throttled) as caught:
        events.get(line_to(microsoft, clock=clock), STANDUP, calendar=None)

    assert caught.value.not_before == MONDAY + timedelta(seconds=600)
    assert clock.slept == []
    assert len(microsoft.asked) == 1


def test_a_wait_that_was_stored_is_kept_after_a_restart():
    clock = StillClock()
    microsoft = Microsoft(says(200, event()))
    line = line_to(microsoft, clock=clock)
    line.pace.hold_until(MONDAY + timedelta(seconds=12))

    events.get(line, STANDUP, calendar=None)

    assert clock.now() == MONDAY + timedelta(seconds=12)
    assert line.pace.not_before is None


def test_a_stored_wait_that_is_absurd_is_cut():
    clock = StillClock()
    pace = pace_of(clock)

    pace.hold_until(MONDAY + timedelta(days=900))

    assert pace.not_before == MONDAY + timedelta(seconds=limits.RETRY_AFTER_S_MAX)


@pytest.mark.museum("Z-K04")
def test_without_a_retry_after_the_wait_doubles_up_to_a_limit():
    """Z-K04: Retry-After missing."""
    clock = StillClock()
    pace = pace_of(clock, jitter=lambda seconds: seconds)

    waits = []
    for _ in range(10):
        waits.append((pace.throttled(None) - clock.now()).total_seconds())
        clock.pass_(waits[-1])

    assert waits == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]


@pytest.mark.museum("Z-K04")
def test_a_retry_after_of_one_second_for_ever_is_not_followed_in_step():
    """Z-K04: "Retry-After: 1" again and again; jitter grows on top, and nobody goes below what was said."""
    clock = StillClock()
    pace = pace_of(clock, jitter=lambda seconds: seconds / 2)

    waits = []
    for _ in range(5):
        waits.append((pace.throttled(1) - clock.now()).total_seconds())
        clock.pass_(waits[-1])

    assert waits == [1, 2, 3, 5, 9]


def test_a_success_ends_the_growth():
    clock = StillClock()
    pace = pace_of(clock, jitter=lambda seconds: seconds)
    clock.pass_((pace.throttled(None) - clock.now()).total_seconds())
    clock.pass_((pace.throttled(None) - clock.now()).total_seconds())
    pace.succeeded()

    assert (pace.throttled(None) - clock.now()).total_seconds() == 1


def test_a_throttle_halves_and_answers_raise_it_again_slowly():
    pace = pace_of(StillClock())
    allowed = [pace.allowed]

    pace.throttled(1)
    allowed.append(pace.allowed)
    pace.throttled(1)
    pace.throttled(1)
    allowed.append(pace.allowed)
    answers_until_full = 0
    while pace.allowed < limits.MAILBOX_IN_FLIGHT_MAX:
        pace.succeeded()
        answers_until_full += 1

    assert allowed == [4, 2, 1]
    assert 6 <= answers_until_full <= 12


@pytest.mark.museum("Z-K01")
def test_a_fifth_request_to_one_mailbox_waits_for_one_of_the_four():
    """Z-K01: at most four at once per mailbox."""
    clock = StillClock()
    waiting = threading.Event()

    def wait(changed: threading.Condition, _seconds: float) -> None:
        waiting.set()
        changed.wait(10)

    pace = pace_of(clock, wait=wait)
    slots = [pace.slot(deadline_s=soon(clock)) for _ in range(4)]
    for slot in slots:
        slot.__enter__()
    got_in = threading.Event()

    def fifth() -> None:
        with pace.slot(deadline_s=soon(clock)):
            got_in.set()

    thread = threading.Thread(target=fifth)
    thread.start()
    assert waiting.wait(10)
    assert pace.in_flight == 4
    assert not got_in.is_set()
    slots[0].__exit__(None, None, None)
    thread.join(10)

    assert got_in.is_set()
    assert pace.in_flight == 3


@pytest.mark.museum("Z-K01")
def test_four_requests_run_at_once_and_never_five():
    """Z-K01: as many as the service takes, so that a burst is not slower than it must be, and not one more."""
    four = threading.Barrier(limits.MAILBOX_IN_FLIGHT_MAX)
    lock = threading.Lock()
    in_flight, most = [0], [0]

    def together(_request):
        with lock:
            in_flight[0] += 1
            most[0] = max(most[0], in_flight[0])
        four.wait(10)
        with lock:
            in_flight[0] -= 1
        return says(200, event())

    line = line_to(Microsoft(*[together] * 12))
    threads = [threading.Thread(target=lambda: events.get(line, STANDUP, calendar=None)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert most[0] == limits.MAILBOX_IN_FLIGHT_MAX
    assert line.pace.in_flight == 0


def test_who_finds_no_slot_in_time_knows_that_nothing_was_sent():
    clock = StillClock()
    pace = pace_of(clock, wait=lambda _changed, seconds: clock.pass_(seconds))

    with pace.slot(deadline_s=soon(clock), weight=4), pytest.raises(errors.NotSent), pace.slot(deadline_s=soon(clock)):
        pass

    assert pace.in_flight == 0


def test_a_batch_takes_as_many_slots_as_are_allowed():
    clock = StillClock()
    pace = pace_of(clock)
    pace.throttled(1)
    clock.pass_(1)

    with pace.slot(deadline_s=soon(clock), weight=4):
        assert pace.in_flight == pace.allowed == 2


def test_one_throttled_mailbox_does_not_slow_another():
    clock = StillClock()
    paces = Paces(clock=clock, jitter=no_jitter)
    aquarium = paces.of(PaceKey("app", "tenant", "aquarium@wharf.example"))
    boathouse = paces.of(PaceKey("app", "tenant", "boathouse@wharf.example"))

    aquarium.throttled(600)

    assert aquarium.not_before is not None
    assert boathouse.not_before is None


def test_a_crash_in_a_slot_gives_the_slot_back():
    class Crash(BaseException):
        pass

    clock = StillClock()
    pace = pace_of(clock)
    with pytest.raises(Crash), pace.slot(deadline_s=soon(clock)):
        raise Crash

    assert pace.in_flight == 0
