"""Many requests in one: `POST /$batch`, twenty at most, each with its own outcome.

Outcomes stand in the order of what was asked: an Answer or the error of that item alone. An item whose answer is
missing from the batch's is NoAnswer, one that was not sent because its chunk could not be is that chunk's error.
Items that were throttled are handed back with their Retry-After, and the pace learns of it; sending them again is the
caller's decision. A batch is repeated as a whole only where all of it merely reads.
"""

import base64
from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from holdfast.graph import answers, errors, limits
from holdfast.graph.answers import UNDECODABLE, Answer
from holdfast.graph.client import PREFERENCES, SUCCESSES, Ask, Line
from holdfast.graph.errors import GraphError

Outcome = Answer | GraphError


class _Item(Struct, omit_defaults=True):
    id: str
    method: str
    url: str
    headers: dict[str, str]
    body: Raw | None = None


class _Envelope(Struct):
    requests: list[_Item]


class _ItemAnswer(Struct):
    id: str
    status: int
    headers: dict[str, str] | None = None
    body: Raw = Raw(b"")


class _EnvelopeAnswer(Struct):
    responses: list[_ItemAnswer]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_EnvelopeAnswer)
_text = msgspec.json.Decoder(str)


def send(line: Line, asks: Sequence[Ask]) -> list[Outcome]:
    """All requests, in batches of twenty; raises only what `before_send` raises."""
    outcomes: list[Outcome] = []
    for first in range(0, len(asks), limits.BATCH_ITEMS_MAX):
        chunk = asks[first : first + limits.BATCH_ITEMS_MAX]
        try:
            outcomes.extend(_chunk(line, chunk))
        except errors.Throttled as error:
            # The rest would be refused too: nothing more is sent to this mailbox now.
            left = len(asks) - first
            return [*outcomes, *([error] * left)]
        except GraphError as error:
            outcomes.extend([error] * len(chunk))
    return outcomes


def _chunk(line: Line, asks: Sequence[Ask]) -> list[Outcome]:
    envelope = _envelope(asks)
    found = line.read(envelope, _decoder).responses
    by_id = {each.id: each for each in found}
    outcomes = [_outcome(by_id.get(str(number)), ask, line) for number, ask in enumerate(asks, start=1)]
    _tell_pace(line, outcomes)
    return outcomes


def _envelope(asks: Sequence[Ask]) -> Ask:
    items = [_item(number, ask) for number, ask in enumerate(asks, start=1)]
    return Ask(
        method="POST",
        path="/$batch",
        body=_encoder.encode(_Envelope(items)),
        repeatable=all(ask.may_repeat for ask in asks),
        # The service runs up to four items of a batch at once, and each counts.
        weight=min(len(asks), limits.MAILBOX_IN_FLIGHT_MAX),
        is_batch=True,
    )


def _item(number: int, ask: Ask) -> _Item:
    headers = {"Prefer": PREFERENCES}
    if ask.body is not None:
        headers["Content-Type"] = "application/json"
    if ask.if_match is not None:
        headers["If-Match"] = ask.if_match
    body = None if ask.body is None else Raw(ask.body)
    return _Item(str(number), ask.method, ask.path, headers, body)


def _outcome(found: _ItemAnswer | None, ask: Ask, line: Line) -> Outcome:
    if found is None:
        return errors.NoAnswer("The batch was answered, but not this request in it.", at=ask.at)
    answer = _answer(found)
    if answer.status in SUCCESSES:
        return answer
    throttle = None
    if answers.asks_to_wait(answer):
        throttle = errors.Throttled(retry_after_s=line.graph.told_to_wait_s(answer))
    return answers.failure(answer, noun=ask.noun, at=ask.at, throttle=throttle)


def _tell_pace(line: Line, outcomes: Sequence[Outcome]) -> None:
    throttles = [each for each in outcomes if isinstance(each, errors.Throttled)]
    if not throttles:
        line.pace.succeeded()
        return
    # The longest wait counts for the mailbox (learn: wait for the largest Retry-After of the failed items).
    not_before = line.pace.throttled(
        max((each.retry_after_s for each in throttles if each.retry_after_s), default=None)
    )
    for each in throttles:
        each.not_before = not_before


def _answer(found: _ItemAnswer) -> Answer:
    headers = {name.casefold(): value for name, value in (found.headers or {}).items()}
    return Answer(status=found.status, headers=headers, body=_body(bytes(found.body)))


def _body(raw: bytes) -> bytes:
    """JSON as it stands; what is not JSON comes as base64 in a JSON text."""
    if not raw.startswith(b'"'):
        return raw
    try:
        return base64.b64decode(_text.decode(raw), validate=True)
    except (*UNDECODABLE, ValueError):
        return raw
