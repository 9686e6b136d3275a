"""What each fault does to a request or its answer (see `sim365.weather.faults`)."""

from typing import Any, cast

import msgspec

from sim365.errors import GraphError, access_denied
from sim365.http.requests import Answer, Broken, Outcome
from sim365.limits import throttled
from sim365.weather.faults import Fault

Parameter = float | str | None

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


def after(fault: Fault, answer: Answer) -> Outcome:  # noqa: PLR0911  one return per fault
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
        case Fault.CUT_JSON:
            content = answer.content()
            return Answer(answer.status, headers=answer.headers, raw=content[: max(1, len(content) // 2)])
        case Fault.HTML_PAGE:
            return Answer(200, raw=_HTML, content_type="text/html; charset=utf-8")
        case _:
            return Answer(answer.status, _strange(answer.body), answer.headers, answer.raw, answer.content_type)


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
            return GraphError(
                429, "TooManyRequests", "Please retry again later.", headers={"Retry-After": f"{seconds:g}"}
            )
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


def _strange(body: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same body with things that no client has seen yet."""
    if body is None:
        return None
    changed = cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(body)))
    listed = changed.get("value")
    items = cast("list[Any]", listed) if isinstance(listed, list) else [changed]
    for item in items:
        if isinstance(item, dict):
            strange = cast("dict[str, Any]", item)
            strange["holographicPresence"] = {"mode": "full"}
            if "showAs" in strange:
                strange["showAs"] = "hibernating"
    return changed
