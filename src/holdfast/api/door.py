"""The door of the REST interface: who asks, and how every error of the lower packages is told.

Decides that a bearer token is the only way in: a session's cookie means nothing here, so no other site can use one.
Catches what is expected by its type, and everything else once, here, where the log learns what the answer must not
say.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from holdfast.api import problems
from holdfast.api.bodies import StrictParser
from holdfast.api.problems import Problem
from holdfast.bookings import errors as bookings_errors
from holdfast.database.errors import Busy
from holdfast.directory import errors as directory_errors
from holdfast.directory.roles import Actor
from holdfast.directory.tokens import actor_for
from holdfast.mirror import errors as mirror_errors

log = logging.getLogger(__name__)
ERRORS_MAX = 20
READ_ONLY = "25006"  # PostgreSQL's word for a server that takes no writes

DESCRIPTION = """
Book rooms, desks, vehicles and people; every booking is kept in step with its event in Microsoft 365, both ways.

Send a bearer token (`holdfast token create`). Times are wall times with a zone, or instants with an offset. Lists are
cut into pages by an opaque cursor. A POST with an `Idempotency-Key` is done once, however often it is sent in 24 h.
A change names the version it means with `If-Match`. Errors are problem details (RFC 9457) with a stable `code`.
"""


class Bearer(HttpBearer):
    """A token of the Authorization header; nothing else lets anybody in."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002  ninja's signature
        try:
            return actor_for(token)
        except directory_errors.TokenRefused:
            return None


api = NinjaAPI(
    title="Holdfast",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=Bearer(),
    parser=StrictParser(),
    docs_url=None,
    openapi_url="/openapi.json",
)


def actor(request: HttpRequest) -> Actor:
    """Who is asking, after the door let them in."""
    found: Any = request
    who = found.auth
    assert isinstance(who, Actor)
    return who


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.answer(request, error)


@api.exception_handler(AuthenticationError)
def _unauthorised(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001  ninja's signature
    return problems.answer(request, Problem("unauthorised"))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: Any) -> HttpResponse:
    """Ninja wraps what its parser raised; the problem is inside."""
    if isinstance(error.__cause__, Problem):
        return problems.answer(request, error.__cause__)
    return problems.answer(
        request, Problem("broken_json" if error.status_code == 400 else "invalid", str(error.message))
    )


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """The first wrong field leads; all of them are listed."""
    found: Sequence[dict[str, Any]] = error.errors
    listed = [{"field": _field(one["loc"]), "detail": one["msg"]} for one in found[:ERRORS_MAX]]
    first = found[0]
    code = "unknown_field" if first["type"] == "extra_forbidden" else "invalid"
    field = _field(first["loc"])
    sentence = f"“{field}” is not known here." if code == "unknown_field" else f"{field}: {first['msg']}."
    return problems.answer(request, Problem(code, sentence, field=field, errors=listed))


@api.exception_handler(Http404)
@api.exception_handler(directory_errors.NotFound)
@api.exception_handler(bookings_errors.NotFound)
def _not_found(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001  the same for all
    return problems.answer(request, Problem("not_found"))


@api.exception_handler(directory_errors.NotAllowed)
def _not_allowed(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.answer(request, Problem("not_allowed", str(error), scope=error.permission))


@api.exception_handler(directory_errors.Invalid)
def _refused_field(request: HttpRequest, error: Any) -> HttpResponse:
    code = "changed_meanwhile" if error.code == "changed_meanwhile" else "invalid"
    return problems.answer(request, Problem(code, error.sentence, field=error.field))


@api.exception_handler(bookings_errors.KeyReused)
def _key_reused(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
    return problems.answer(request, Problem("key_reused"))


@api.exception_handler(bookings_errors.CursorInvalid)
def _cursor(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
    return problems.answer(request, Problem("cursor_invalid"))


@api.exception_handler(Busy)
def _busy(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
    return problems.answer(request, Problem("busy"))


@api.exception_handler(mirror_errors.AnswerOutdated)
def _outdated(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.answer(request, Problem("outdated", str(error)))


@api.exception_handler(mirror_errors.Refused)
def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.answer(request, Problem("refused", str(error)))


@api.exception_handler(DatabaseError)
@api.exception_handler(InterfaceError)
def _database(request: HttpRequest, error: Any) -> HttpResponse:
    """A server that is gone, full, or takes no writes is nobody's fault who asks, and passes."""
    is_away = isinstance(error, (OperationalError, InterfaceError))
    if not is_away and getattr(error.__cause__, "sqlstate", None) != READ_ONLY:
        return _failed(request, error)
    log.error("the database cannot be used", exc_info=error)
    return problems.answer(request, Problem("unavailable"))


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Any) -> HttpResponse:
    """The request's door: what nobody foresaw is logged in full and told in one sentence."""
    log.error("an API request failed", exc_info=error)
    return problems.answer(request, Problem("failed"))


def _field(location: Sequence[Any]) -> str:
    """`("body", "payload", "title")` as `title`: the first parts are ninja's own."""
    parts = [str(part) for part in location]
    if parts and parts[0] in {"body", "query", "path", "header"}:
        parts = parts[2:] if parts[0] == "body" and len(parts) > 2 else parts[1:]
    return ".".join(parts) or "body"


Handler = Callable[..., Any]
