"""Many requests in one: each with its own outcome."""

import base64
import json

import httpx
import pytest

from holdfast.graph import batch, errors, events, mailboxes
from holdfast.graph.answers import Answer
from holdfast.graph.wire import Etag, Event, EventId, MailboxSettings
from tests.graph.conversation import MONDAY, Microsoft, StillClock, event, graph_to, line_to, refuses, says


def item(number: int, status: int, body: object = None, **headers: str) -> dict[str, object]:
    return {
        "id": str(number),
        "status": status,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "body": body,
    }


def answers(*items: object) -> httpx.Response:
    return says(200, {"responses": list(items)})


def items_of(request: httpx.Request) -> list[dict[str, object]]:
    return json.loads(request.content)["requests"]


def ids(count: int) -> list[EventId]:
    return [EventId(f"e{number}") for number in range(1, count + 1)]


def found(request: httpx.Request) -> httpx.Response:
    """Every event asked for exists; answered in the reverse order."""
    asked = items_of(request)
    return answers(
        *[
            item(int(str(each["id"])), 200, event(str(each["url"]).split("/events/")[1].split("?")[0]))
            for each in reversed(asked)
        ]
    )


def test_outcomes_stand_in_the_order_of_the_questions_whatever_order_the_answers_have():
    line = line_to(Microsoft(found))

    got = events.get_many(line, ids(5), calendar=None)

    assert [each.id for each in got if isinstance(each, Event)] == ids(5)


def test_more_than_twenty_go_in_several_batches():
    microsoft = Microsoft(found, found, found)

    got = events.get_many(line_to(microsoft), ids(45), calendar=None)

    assert [len(items_of(request)) for request in microsoft.asked] == [20, 20, 5]
    assert len(got) == 45


def test_each_item_asks_for_immutable_ids_and_carries_its_own_etag():
    microsoft = Microsoft(answers(item(1, 200, event()), item(2, 204)))
    line = line_to(microsoft)
    change = events.asking_to_patch(line, EventId("e1"), b'{"subject":"Later"}', calendar=None, if_match=Etag('W/"1"'))
    end = events.asking_to_delete(line, EventId("e2"), calendar=None, if_match=Etag('W/"2"'))

    outcomes = batch.send(line, [change, end])

    first, second = items_of(microsoft.asked[0])
    assert all(isinstance(outcome, Answer) for outcome in outcomes)
    assert first["body"] == {"subject": "Later"}
    assert first["headers"] == {
        "Prefer": 'IdType="ImmutableId", outlook.timezone="UTC"',
        "Content-Type": "application/json",
        "If-Match": 'W/"1"',
    }
    assert second["headers"]["If-Match"] == 'W/"2"'
    assert "body" not in second
    assert second["url"] == "/users/aquarium@wharf.example/calendar/events/e2"


def test_each_item_fails_alone():
    microsoft = Microsoft(
        answers(
            item(1, 200, event("e1")),
            item(2, 404, {"error": {"code": "ErrorItemNotFound"}}),
            item(3, 412, {"error": {"code": "ErrorIrresolvableConflict"}}),
            item(4, 504, None),
            item(5, 424, None),
            item(6, 200, {"subject": "no id"}),
        )
    )

    got = events.get_many(line_to(microsoft), ids(7), calendar=None)

    assert [type(each) for each in got] == [
        Event,
        errors.ItemNotFound,
        errors.PreconditionFailed,
        errors.Unavailable,
        errors.NotSent,
        errors.Unreadable,
        errors.NoAnswer,
    ]


def test_an_item_without_an_answer_may_have_landed():
    line = line_to(Microsoft(answers()))
    (outcome,) = batch.send(line, [events.asking_to_create(line, b"{}", calendar=None)])

    assert isinstance(outcome, errors.NoAnswer)
    assert outcome.may_have_landed


def test_throttled_items_come_back_with_their_wait_and_the_mailbox_keeps_the_longest():
    clock = StillClock()
    microsoft = Microsoft(
        answers(item(1, 429, None, Retry_After="3"), item(2, 200, event()), item(3, 429, None, retry_after="9"))
    )
    line = line_to(microsoft, clock=clock)

    got = events.get_many(line, ids(3), calendar=None)

    assert [each.retry_after_s for each in got if isinstance(each, errors.Throttled)] == [3, 9]
    assert line.pace.not_before is not None
    assert (line.pace.not_before - MONDAY).total_seconds() == 9
    assert len(microsoft.asked) == 1


def test_a_batch_that_writes_is_not_repeated_and_all_of_it_is_unknown():
    microsoft = Microsoft(httpx.ReadError("reset"))
    line = line_to(microsoft)
    asks = [events.asking_to_create(line, b"{}", calendar=None)] * 3

    outcomes = batch.send(line, asks)

    assert [type(outcome) for outcome in outcomes] == [errors.NoAnswer] * 3
    assert len(microsoft.asked) == 1


def test_a_batch_that_only_reads_is_repeated_as_a_whole():
    microsoft = Microsoft(says(503), found)

    got = events.get_many(line_to(microsoft), ids(2), calendar=None)

    assert all(isinstance(each, Event) for each in got)


def test_after_a_throttled_batch_nothing_more_is_sent_to_the_mailbox():
    microsoft = Microsoft(says(429, retry_after="600"))

    got = events.get_many(line_to(microsoft), ids(45), calendar=None)

    assert [type(each) for each in got] == [errors.Throttled] * 45
    assert len(microsoft.asked) == 1


def test_an_unreadable_batch_answer_spoils_its_items_and_not_the_next_batch():
    microsoft = Microsoft(says(200, b"<html>"), found)

    got = events.get_many(line_to(microsoft), ids(21), calendar=None)

    assert [type(each) for each in got] == [errors.Unreadable] * 20 + [Event]


def test_a_body_that_is_packed_in_base64_is_unpacked():
    packed = base64.b64encode(json.dumps(event("e1")).encode()).decode()

    (got,) = events.get_many(line_to(Microsoft(answers(item(1, 200, packed)))), ids(1), calendar=None)

    assert isinstance(got, Event)


def test_an_answer_to_a_question_that_was_not_asked_is_not_taken():
    (got,) = events.get_many(line_to(Microsoft(answers(item(7, 200, event())))), ids(1), calendar=None)

    assert isinstance(got, errors.NoAnswer)


def test_an_empty_batch_asks_nothing():
    microsoft = Microsoft()

    assert batch.send(line_to(microsoft), []) == []
    assert microsoft.asked == []


@pytest.mark.museum("Z-K10")
def test_a_lost_lease_ends_the_batches():
    """Z-K10."""

    class LostLease(Exception):
        pass

    checks = iter([None, LostLease()])

    def before_send():
        lost = next(checks)
        if lost:
            raise lost

    microsoft = Microsoft(found, found)
    with pytest.raises(LostLease):
        events.get_many(line_to(microsoft, before_send=before_send), ids(25), calendar=None)

    assert len(microsoft.asked) == 1


def test_purposes_of_mailboxes_come_by_name_with_a_reason_where_there_is_none():
    microsoft = Microsoft(
        answers(
            item(1, 200, {"userPurpose": "room"}),
            item(2, 404, {"error": {"code": "MailboxNotEnabledForRESTAPI"}}),
            item(3, 200, {"userPurpose": 7}),
        )
    )
    directory = graph_to(microsoft, clock=StillClock()).directory()

    got = mailboxes.settings_of(directory, ["aquarium@wharf.example", "old@wharf.example", "heron@wharf.example"])

    room = got["aquarium@wharf.example"]
    assert isinstance(room, MailboxSettings)
    assert room.user_purpose == "room"
    assert isinstance(got["old@wharf.example"], errors.MailboxUnusable)
    assert isinstance(got["heron@wharf.example"], errors.Unreadable)


def test_a_refused_batch_is_each_items_refusal():
    got = events.get_many(line_to(Microsoft(refuses(400, "BadRequest"))), ids(2), calendar=None)

    assert [type(each) for each in got] == [errors.Refused] * 2
