"""The queue of what a person should look at, the answers, and requests that are sent twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from holdfast.bookings import conflicts, idempotency
from holdfast.bookings.conflicts import Choice, Found
from holdfast.bookings.errors import KeyReused
from holdfast.bookings.followers import follow, unfollow
from holdfast.bookings.idempotency import Answer, once
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Done, Refused
from holdfast.bookings.states import ConflictKind, State
from holdfast.bookings.verbs import apply, apply_within
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import NotAllowed
from holdfast.ports import clock
from tests.cast import at

pytestmark = pytest.mark.database


def queue(cast, **more):
    with in_workspace(cast.workspace_id):
        return conflicts.queue(cast.ada, **more)[0]


def overlap(cast):
    first = cast.book("Aquarium", at(9))
    (done,) = apply(cast.outlook, [cast.make("Aquarium", at(9))])
    return first, done.booking


def test_keeping_the_first_cancels_the_second_and_closes_the_conflict(cast):
    first, second = overlap(cast)
    (open_one,) = queue(cast)

    answer = conflicts.choose(cast.ada, open_one.id, Choice.KEEP_OTHER)

    assert isinstance(answer, Done)
    assert (answer.booking.id, answer.booking.state) == (second.id, State.CANCELLED)
    assert queue(cast) == []
    assert [row.other_id for row in queue(cast, closed=True)] == [first.id]


def test_keeping_the_second_promotes_it(cast):
    overlap(cast)
    (open_one,) = queue(cast)

    conflicts.choose(cast.ada, open_one.id, Choice.KEEP_THIS)

    assert queue(cast) == []


def test_a_question_that_was_answered_already_is_not_answered_again(cast):
    first, _ = overlap(cast)
    (open_one,) = queue(cast)
    apply(cast.ben, [Cancel(booking_id=first.id)])

    assert isinstance(conflicts.choose(cast.ada, open_one.id, Choice.KEEP_THIS), Refused)


def test_a_member_resolves_no_conflicts(cast):
    overlap(cast)
    (open_one,) = queue(cast)

    with pytest.raises(NotAllowed):
        conflicts.choose(cast.ben, open_one.id, Choice.KEEP_THIS)


def test_an_overwritten_value_waits_with_its_content_until_somebody_has_seen_it(cast):
    booked = cast.book("Aquarium", at(9))
    found = Found(kind=ConflictKind.OVERWRITTEN, booking_id=booked.id, content={"title": ["ours", "theirs"]})
    with in_workspace(cast.workspace_id):
        number = conflicts.open_within(cast.system, found)

    (row,) = queue(cast)
    assert row.content == {"title": ["ours", "theirs"]}
    with in_workspace(cast.workspace_id):
        assert conflicts.queue(cast.ben)[0][0].content == {}

    assert conflicts.choose(cast.ada, number, Choice.SEEN) is None
    assert queue(cast) == []


def test_an_overlap_that_moves_on_to_another_neighbour_says_so(cast):
    first, second = overlap(cast)
    third = cast.book("Aquarium", at(12))

    apply(cast.outlook, [Edit(booking_id=second.id, changes={"when": at(12)})])

    assert [(row.booking_id, row.other_id) for row in queue(cast)] == [(second.id, third.id)]
    assert first.id != third.id


@pytest.mark.invariant("I13")
def test_what_followers_refuse_is_not_booked(cast):
    """I13: booking, slots, journal and what hangs on them commit together or not at all."""

    class Storm(Exception):
        """The follower's own trouble."""

    def break_down(_actor, changed):
        assert changed[0].before is None
        raise Storm

    follow(break_down)
    try:
        with pytest.raises(Storm):
            apply(cast.ben, [cast.make("Aquarium", at(9))])
    finally:
        unfollow(break_down)

    with in_workspace(cast.workspace_id):
        assert Booking.objects.count() == 0
    cast.book("Aquarium", at(9))


def test_followers_hear_of_promotions(cast):
    first, second = overlap(cast)
    heard = []
    listener = follow(lambda _actor, changed: heard.extend((each.id, each.promoted) for each in changed))
    try:
        apply(cast.ben, [Cancel(booking_id=first.id)])
    finally:
        unfollow(listener)

    assert heard == [(first.id, False), (second.id, True)]


def book_once(cast, key, request=b"{}"):
    def do():
        (outcome,) = apply_within(cast.ben, [cast.make("Desks", at(9))])
        return Answer(201, str(outcome.booking.id))

    return once(cast.ben, key, request, do)


def test_a_repeated_request_gets_the_first_answer(cast):
    first = book_once(cast, "k1")
    again = book_once(cast, "k1")
    other = book_once(cast, "k2")

    assert again == Answer(first.status, first.text, is_repeated=True)
    assert other.text != first.text


def test_a_key_for_another_request_is_refused(cast):
    book_once(cast, "k1")

    with pytest.raises(KeyReused):
        book_once(cast, "k1", b"{other}")


@pytest.mark.invariant("I11")
def test_six_copies_of_one_request_at_once_book_once(cast):
    """I11: done one to n times, also at once, it is done once."""
    gate = threading.Barrier(6)

    def send(_n):
        try:
            gate.wait()
            return book_once(cast, "k1").text
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(send, range(6)))

    with in_workspace(cast.workspace_id):
        assert Booking.objects.count() == 1
    assert len(answers) == 1


def test_old_keys_are_forgotten(cast):
    book_once(cast, "k1")

    assert idempotency.forget(cast.system, until=clock.now() + timedelta(seconds=1)) == 1
