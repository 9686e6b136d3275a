"""Every error a program can get, in one table: RFC 9457 problem details with stable codes.

Decides status, title and remedy by code; the reference page is written from this table. A code never changes its
meaning.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem. `remedy` is what to do where the problem itself does not say it better."""

    code: str
    status: int
    title: str
    remedy: str


_KINDS = (
    Kind("not_json", 415, "The body is not JSON", "Send Content-Type: application/json."),
    Kind("not_utf8", 400, "The body is not UTF-8", "Encode the body as UTF-8; JSON allows nothing else (RFC 8259)."),
    Kind("broken_json", 400, "The body cannot be read", "Send one JSON value without anything behind it."),
    Kind("duplicate_key", 400, "A key stands twice in one object", "Name each key once."),
    Kind(
        "not_a_number",
        400,
        "A number is not finite",
        "NaN and infinities are not JSON; leave the field out or send null.",
    ),
    Kind("number_too_long", 400, "A number has too many digits", "Numbers here have at most 18 digits."),
    Kind("too_deep", 400, "The body is nested too deeply", "Nothing here is nested more than a few levels."),
    Kind("unknown_field", 422, "A field is not known here", "Remove the field, or look its name up in the reference."),
    Kind("invalid", 422, "A value cannot be accepted", "Correct the field that is named."),
    Kind(
        "doubtful_time",
        422,
        "The clocks change at this time",
        "Send the time with its offset; the choices are in the answer.",
    ),
    Kind(
        "unauthorised",
        401,
        "This needs a token",
        "Send Authorization: Bearer with a token from “holdfast token create”.",
    ),
    Kind("not_allowed", 403, "The token may not do this", "Use a token that has the scope named in the answer."),
    Kind(
        "not_found",
        404,
        "There is nothing at this address",
        "Check the id; ids of another workspace are not found here.",
    ),
    Kind(
        "method_not_allowed", 405, "This cannot be done here", "Look the methods of this address up in the reference."
    ),
    Kind("taken", 409, "The time is taken", "Choose one of the free times, or another resource."),
    Kind("over", 409, "It is over already", "Read it again; what is over cannot be changed."),
    Kind("not_bookable", 409, "It cannot be booked", "Choose another resource, or bring this one back into use."),
    Kind(
        "unread",
        409,
        "Outlook could not be asked",
        "Repeat it with “accept_unread”: true to book unconfirmed, or try later.",
    ),
    Kind(
        "in_progress", 409, "The same request is still being done", "Wait a moment and send it again with the same key."
    ),
    Kind("outdated", 409, "What you answer has changed meanwhile", "Read it again and answer what it says now."),
    Kind("refused", 409, "This cannot be done as asked", "The sentence says what to change."),
    Kind(
        "changed_meanwhile", 412, "Somebody changed it meanwhile", "Read it again, and send its new ETag in If-Match."
    ),
    Kind("if_match_missing", 428, "Say which version you mean", "Send the ETag you read in If-Match."),
    Kind(
        "key_reused", 422, "This Idempotency-Key was used for another request", "Take a fresh key for each new request."
    ),
    Kind("key_too_long", 400, "The Idempotency-Key cannot be used", "Use 1 to 255 printable characters."),
    Kind(
        "cursor_invalid",
        400,
        "The cursor cannot be read",
        "Use the cursor of an answer as it is, or start without one.",
    ),
    Kind("busy", 503, "Too many are booking this at the same moment", "Send it again in a moment."),
    Kind(
        "unavailable",
        503,
        "The database cannot be used just now",
        "Nothing was half done; send it again in a minute, and tell whoever runs Holdfast if it stays.",
    ),
    Kind(
        "failed",
        500,
        "Something went wrong on our side",
        "Nothing was half done; try again, and tell the request id if it stays.",
    ),
)
KINDS = {kind.code: kind for kind in _KINDS}


class Problem(Exception):
    """An answer that says what is wrong. `more` are members of this problem alone, such as the free alternatives."""

    def __init__(self, code: str, detail: str = "", *, field: str = "", remedy: str = "", **more: Any) -> None:
        super().__init__(detail or KINDS[code].title)
        self.kind = KINDS[code]
        self.detail = detail or KINDS[code].title + "."
        self.field = field
        self.remedy = remedy or KINDS[code].remedy
        self.more = more


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:  # noqa: ARG001  the handler's signature
    """The problem on the wire."""
    kind = problem.kind
    body: dict[str, Any] = {
        "type": f"urn:holdfast:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "code": kind.code,
        "remedy": problem.remedy,
    }
    if problem.field:
        body["field"] = problem.field
    response = JsonResponse(body | problem.more, status=kind.status, content_type=CONTENT_TYPE)
    if kind.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="holdfast"'
    if kind.status == 503:
        response["Retry-After"] = "1"
    return response
