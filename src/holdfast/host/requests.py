"""The outermost ring of a request: its id, its line in the log, its count.

Decides the correlation id (a caller's own one is taken only if it is harmless) and counts what was answered. A request
is logged by its route, never by its address: addresses hold tokens and names.
"""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from holdfast.host import logs
from holdfast.host.counters import REQUEST_SECONDS, REQUESTS
from holdfast.ports import clock, ids

Answer = Callable[[HttpRequest], HttpResponse]

_HARMLESS = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET_ROUTES = frozenset({"healthz", "readyz", "metrics"})
_LOG = logs.get("holdfast.request")


def accompany(answer: Answer) -> Answer:
    """Give the request an id, answer it, and say in one line how it went."""

    def ring(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _HARMLESS.fullmatch(given) else str(ids.new())
        started = clock.monotonic_s()
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = answer(request)
            _note(request, response, seconds=clock.monotonic_s() - started)
        response["X-Request-Id"] = request_id
        return response

    return ring


def _note(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    route = request.resolver_match.route if request.resolver_match else "(none)"
    method = (
        request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
    )
    REQUESTS.labels(method=method, route=route, status=str(response.status_code)).inc()
    REQUEST_SECONDS.labels(route=route).observe(seconds)
    if route not in _QUIET_ROUTES:
        say = _LOG.error if response.status_code >= 500 else _LOG.info
        say("answered", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
