"""What an answer means: turns status, headers and body into a value or into one class of the error tree.

The status is judged first and the body only refines it, so a gateway's HTML page or a body that broke off never hides
what happened. Nothing is sent, waited for or repeated here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import msgspec

from holdfast.graph import errors, limits
from holdfast.graph.errors import Circumstances, GraphError
from holdfast.graph.wire import ErrorAnswer, ErrorDetail

T = TypeVar("T")

UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for bytes that are not what they should be: broken, of another shape, not UTF-8, bottomless."""


class Noun(Enum):
    """What a request is about: the same status means different things for different nouns."""

    MAILBOX = "mailbox"
    DIRECTORY = "directory"
    DELTA_LINK = "delta link"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def failure(answer: Answer, *, noun: Noun, at: Circumstances, throttle: errors.Throttled | None = None) -> GraphError:
    """The error that an answer means which is not one of the expected successes.

    `at` brings method, path and client-request-id; `throttle` is what the pace made of a request to wait.
    """
    detail = _detail(answer.body) if answer.status >= 400 else ErrorDetail()
    at = Circumstances(
        method=at.method,
        path=at.path,
        status=answer.status,
        code=_plain(detail.code) or None,
        message=_plain(detail.message),
        request_id=answer.headers.get("request-id"),
        client_request_id=at.client_request_id,
    )
    if throttle is not None:
        return errors.Throttled(at=at, retry_after_s=throttle.retry_after_s, not_before=throttle.not_before)
    return _by_status(at, noun=noun, codes=_codes(detail))


def asks_to_wait(answer: Answer) -> bool:
    """429 always; a 503 that says how long is the same request in other words; 509 is an old name for it."""
    return answer.status in (429, 509) or (answer.status == 503 and "retry-after" in answer.headers)


def decoded(answer: Answer, decoder: msgspec.json.Decoder[T], *, at: Circumstances) -> T:
    """The body as its type. A 200 that is not the JSON it should be is a puzzle, never an empty value."""
    try:
        return decode(answer.body, decoder)
    except UNDECODABLE as error:
        raise unreadable(answer, str(error), at=at) from None


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as its type; raises one of UNDECODABLE.

    A text that was cut in the middle of a sign (a title, a preview) ends in half a surrogate pair. The decoder takes
    that for broken JSON wherever it stands, so such halves are replaced and the body is read again.
    """
    try:
        return decoder.decode(body)
    except msgspec.DecodeError:
        mended = _ESCAPES.sub(_whole_sign, body)
        if mended == body:
            raise
    return decoder.decode(mended)


def unreadable(answer: Answer, why: str, *, at: Circumstances) -> errors.Unreadable:
    return errors.Unreadable(
        f"Microsoft's answer cannot be read: {why}",
        at=Circumstances(
            method=at.method,
            path=at.path,
            status=answer.status,
            request_id=answer.headers.get("request-id"),
            client_request_id=at.client_request_id,
        ),
    )


_ESCAPES = re.compile(
    rb"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
    rb"|(?P<other>\\.)"
)


def _whole_sign(escape: re.Match[bytes]) -> bytes:
    is_half = escape.lastgroup is None
    return rb"\ufffd" if is_half else escape[0]


_MAILBOX_UNUSABLE = frozenset(
    {
        "errorinvaliduser",
        "resourcenotfound",
        "request_resourcenotfound",
        "mailboxnotenabledforrestapi",
        "mailboxnotsupportedforrestapi",
        "errornonexistentmailbox",
        "errormailboxstoreunavailable",
    }
)
_TOKEN_EXPIRED = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "invaliddeltatoken"})
_ITEM_NOT_FOUND = "erroritemnotfound"
_DUPLICATE_TRANSACTION = "errorduplicatetransactionid"
_CROSSING = "erroroccurrencecrossingboundary"
_CONCURRENCY = "errortoomanyobjectsopened"
_RAOP = "[raop]"


def _by_status(at: Circumstances, *, noun: Noun, codes: frozenset[str]) -> GraphError:
    status = at.status or 0
    if status in (404, 410):
        return _absent(at, noun=noun, codes=codes)
    if noun is Noun.DELTA_LINK and status == 400:
        # The link is Microsoft's own text: if it is malformed now, the token in it has stopped to be one.
        return errors.TokenExpired(at=at)
    return _class_of(status, message=at.message.casefold(), codes=codes)(at=at)


def _class_of(status: int, *, message: str, codes: frozenset[str]) -> type[GraphError]:
    if status == 403 and _RAOP in message:
        return errors.BlockedByPolicy
    if _DUPLICATE_TRANSACTION in codes:
        return errors.DuplicateTransaction
    if _CROSSING in codes:
        return errors.CrossesNeighbour
    if _CONCURRENCY in codes:
        return errors.Throttled
    other = errors.Unavailable if status >= 500 else errors.Puzzling
    return _ONE_CLASS.get(status, other)


_ONE_CLASS: dict[int, type[GraphError]] = {
    400: errors.Refused,
    401: errors.Unauthorized,
    403: errors.Denied,
    405: errors.Refused,
    406: errors.Refused,
    # The service gave up waiting for our bytes: what it made of them is as unknown as after a 504.
    408: errors.Unavailable,
    409: errors.Conflict,
    411: errors.Refused,
    412: errors.PreconditionFailed,
    413: errors.Refused,
    414: errors.Refused,
    415: errors.Refused,
    422: errors.Refused,
    423: errors.Unavailable,
    # An item of a batch that was not tried, because the one it depends on failed.
    424: errors.NotSent,
    431: errors.Refused,
    # sim365 names so what it does not model; from Microsoft it would be as new to us.
    501: errors.Puzzling,
    # A mailbox that is full stays full until somebody empties it.
    507: errors.Refused,
}


def _absent(at: Circumstances, *, noun: Noun, codes: frozenset[str]) -> GraphError:
    if noun is not Noun.DIRECTORY and codes & _MAILBOX_UNUSABLE:
        return errors.MailboxUnusable(at=at)
    if noun is Noun.DELTA_LINK or codes & _TOKEN_EXPIRED:
        return errors.TokenExpired(at=at)
    if at.status == 410:
        return errors.Gone(at=at)
    if _ITEM_NOT_FOUND in codes:
        return errors.ItemNotFound(at=at)
    return errors.NotFound(at=at)


_error_decoder = msgspec.json.Decoder(ErrorAnswer)


def _detail(body: bytes) -> ErrorDetail:
    try:
        return _error_decoder.decode(body).error
    except UNDECODABLE:
        return ErrorDetail()


_NESTING_MAX = 5


def _codes(detail: ErrorDetail) -> frozenset[str]:
    """The code and the more specific ones nested below it, in one case."""
    found: set[str] = set()
    inner: ErrorDetail | None = detail
    for _ in range(_NESTING_MAX):
        if inner is None:
            break
        if inner.code:
            found.add(inner.code.casefold())
        inner = inner.inner_error
    return frozenset(found)


def _plain(text: str | None) -> str:
    """Microsoft's words, cut, and without what could forge lines in a log."""
    if not text:
        return ""
    return "".join(char if char.isprintable() else " " for char in text[: limits.MESSAGE_CHARS_MAX])
