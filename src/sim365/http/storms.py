"""What each fault does to a request or its answer (see `sim365.weather.faults`)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import msgspec

from sim365.errors import GraphError, access_denied
from sim365.http.requests import Answer, Broken, Outcome
from sim365.limits import throttled, too_many
from sim365.weather.faults import Fault

Json = dict[str, Any]
Parameter = float | str | None
SLOW_ANSWER_S = 30.0
SLOW_BODY_S = 1.0
OPTIONAL = frozenset(
    {"categories", "transactionId", "originalStartTimeZone", "originalEndTimeZone", "iCalUId", "isReminderOn",
     "reminderMinutesBeforeStart", "subject", "bodyPreview", "importance", "sensitivity", "responseRequested", "showAs",
     "webLink", "onlineMeetingProvider", "allowNewTimeProposals", "hideAttendees", "responseStatus", "body", "location",
     "locations", "recurrence", "attendees", "organizer", "onlineMeeting"}
)  # fmt: skip
"""What an event has but its type does not promise: every one of them is nullable."""

_HTML = (
    b"<!DOCTYPE html><html><head><title>Sign in to the network</title></head>"
    b"<body>Please accept the terms.</body></html>"
)


def before(fault: Fault, parameter: Parameter) -> GraphError | Broken:
    """The end of a request that was never carried out."""
    match fault:
        case Fault.CONNECT_REFUSED:
            return Broken("connect")
        case Fault.RESET_BEFORE:
            return Broken("read")
        case Fault.TIMEOUT_BEFORE | Fault.TIMEOUT_LATE:
            return Broken("timeout")
        case _:
            return _refusal(fault, parameter)


def after(fault: Fault, answer: Answer, parameter: Parameter = None) -> Outcome:
    """What reaches the client of an answer that was given."""
    match fault:
        case Fault.BAD_GATEWAY:
            return _empty_error(502, "BadGateway")
        case Fault.GATEWAY_TIMEOUT:
            return _empty_error(504, "UnknownError")
        case Fault.RESET_AFTER:
            return Broken("read")
        case Fault.TIMEOUT_AFTER:
            return Broken("timeout")
        case Fault.TRUNCATED:
            return Broken("protocol", answer)
        case _:
            return _spoilt(fault, answer, parameter)


def _spoilt(fault: Fault, answer: Answer, parameter: Parameter) -> Answer:
    match fault:
        case Fault.CUT_JSON:
            content = answer.content()
            return replace(answer, raw=content[: max(1, len(content) // 2)])
        case Fault.HTML_PAGE:
            return Answer(200, raw=_HTML, content_type="text/html; charset=utf-8")
        case Fault.OTHER_SHAPE:
            return Answer(200, {"status": "ok", "message": ["welcome"]}, answer.headers)
        case Fault.SLOW_ANSWER:
            return replace(answer, delay_s=SLOW_ANSWER_S if parameter is None else float(parameter))
        case Fault.SLOW_BODY:
            return replace(answer, gap_s=SLOW_BODY_S if parameter is None else float(parameter))
        case _:
            return replace(answer, body=_changed(answer.body, _CHANGES[fault]))


def _refusal(fault: Fault, parameter: Parameter) -> GraphError:  # noqa: PLR0911  one return per fault
    match fault:
        case Fault.THROTTLED:
            return throttled(retry_after_s=10.0 if parameter is None else float(parameter))
        case Fault.THROTTLED_BARE:
            return throttled(retry_after_s=None)
        case Fault.THROTTLED_ODD:
            odd = throttled(retry_after_s=None)
            odd.headers["Retry-After"] = str(parameter)
            return odd
        case Fault.GATEWAY_THROTTLED:
            seconds = 10.0 if parameter is None else float(parameter)
            return too_many(retry_after_s=seconds)
        case Fault.UNAVAILABLE:
            seconds = 5.0 if parameter is None else float(parameter)
            return GraphError(503, "ServiceUnavailable", "", headers={"Retry-After": f"{seconds:g}"})
        case Fault.UNAVAILABLE_BARE:
            return GraphError(503, "ServiceUnavailable", "")
        case Fault.MAILBOX_MISSING:
            return mailbox_not_enabled()
        case Fault.ACCESS_WITHDRAWN:
            return access_denied()
        case Fault.TOKEN_REFUSED:
            return token_refused("Lifetime validation failed, the token is expired.")
        case _:
            return GraphError(
                500, "ErrorInternalServerError", "An internal server error occurred. The operation failed."
            )


def mailbox_not_enabled() -> GraphError:
    """The user has no mailbox that the service can reach."""
    text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
    return GraphError(404, "MailboxNotEnabledForRESTAPI", text)


def token_refused(message: str, claims: str | None = None) -> GraphError:
    """401 with its challenge (FACTS 0.2, 1.8)."""
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    challenge += f'error="insufficient_claims", claims="{claims}"' if claims else 'error="invalid_token"'
    return GraphError(401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge})


def _empty_error(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "", "innerError": {}}})


def _changed(body: Json | None, change: Callable[[Json], None]) -> Json | None:
    """A copy of the body with something done to each of its items."""
    if body is None or "error" in body:
        return body
    changed = cast("Json", msgspec.json.decode(msgspec.json.encode(body)))
    listed = changed.get("value")
    for item in cast("list[Any]", listed) if isinstance(listed, list) else [changed]:
        if isinstance(item, dict):
            change(cast("Json", item))
    return changed


def _strange(item: Json) -> None:
    """Things that no client has seen yet."""
    item["holographicPresence"] = {"mode": "full"}
    if "showAs" in item:
        item["showAs"] = "hibernating"


def _without_optional(item: Json) -> None:
    for name in item.keys() & OPTIONAL:
        del item[name]


def _with_nulls(item: Json) -> None:
    for name in item.keys() & OPTIONAL:
        item[name] = None


_CHANGES: dict[Fault, Callable[[Json], None]] = {
    Fault.UNKNOWN_SHAPE: _strange,
    Fault.FIELDS_MISSING: _without_optional,
    Fault.FIELDS_NULL: _with_nulls,
}
