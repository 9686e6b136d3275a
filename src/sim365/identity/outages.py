"""The weather of the login host: what an outage of the identity platform looks like to a client.

Only weather that names a part of a login path (such as `/oauth2/v2.0/token`) strikes here: weather without a path is
Graph's alone, so adding a rule for Graph changes nothing here. Broken connections show as a gateway's 504.
"""

from __future__ import annotations

import json

from werkzeug.wrappers import Request, Response

from sim365.simulator import Simulator
from sim365.weather import Fault, Weather
from sim365.weather.rules import Struck

#: AADSTS number, OAuth error word and HTTP status of outages that the platform itself reports (FACTS 1.7, transient).
_REPORTED = {
    Fault.UNAVAILABLE: (90033, "temporarily_unavailable", 503),
    Fault.UNAVAILABLE_BARE: (90033, "temporarily_unavailable", 503),
    Fault.INTERNAL_ERROR: (90006, "server_error", 500),
    Fault.THROTTLED: (90055, "temporarily_unavailable", 429),
    Fault.THROTTLED_BARE: (90055, "temporarily_unavailable", 429),
}
_GATEWAYS = {
    Fault.BAD_GATEWAY: 502,
    **dict.fromkeys((Fault.GATEWAY_TIMEOUT, Fault.CONNECT_REFUSED, Fault.RESET_BEFORE, Fault.RESET_AFTER), 504),
    **dict.fromkeys((Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER), 504),
    Fault.HTML_PAGE: 200,
}
_RETRY_AFTER_S = {Fault.UNAVAILABLE: 5, Fault.THROTTLED: 10}


def outage(simulator: Simulator, request: Request) -> Response | None:
    """What answers instead of the login host; None in fair weather."""
    with simulator.lock:
        named = [rule for rule in simulator.weather.rules if rule.path]
        if not named:
            return None
        # The same rules and the same chance: only those without a path are left out.
        local = Weather(simulator.weather.chance, rules=named, struck=simulator.weather.struck)
        struck = local.strikes(method=request.method, path=request.path, mailbox=frozenset(), now=simulator.clock.now())
    return _answer(struck)


def _answer(struck: Struck) -> Response | None:
    for fault, parameter in struck.items():
        if fault in _REPORTED:
            return _reported(fault, parameter)
        if fault in _GATEWAYS:
            page = "<html><body><h1>Our services aren't available right now</h1></body></html>"
            return Response(page, _GATEWAYS[fault], mimetype="text/html")
    return None


def _reported(fault: Fault, parameter: float | str | None) -> Response:
    number, error, status = _REPORTED[fault]
    sentence = f"AADSTS{number}: The service is temporarily unable to answer. Please retry later."
    response = Response(
        json.dumps({"error": error, "error_description": sentence, "error_codes": [number]}),
        status,
        mimetype="application/json",
    )
    if fault in _RETRY_AFTER_S:
        response.headers["Retry-After"] = str(parameter if parameter is not None else _RETRY_AFTER_S[fault])
    return response
