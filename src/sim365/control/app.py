"""The control API as a WSGI application: routing, and the forms of its answers."""

from collections.abc import Callable, Iterable
from typing import Any, cast

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sim365.control import exchange
from sim365.control.dumps import conduct_json, ledger_json, requests_json, state_json, subscriptions_json, weather_json
from sim365.control.identity_orders import identity_order
from sim365.control.orders import Orders
from sim365.errors import GraphError, SimulatorError
from sim365.simulator import Simulator

Json = dict[str, Any]
BODY_BYTES_MAX = 4 * 1024 * 1024

_ROUTES = Map(
    [
        Rule("/_sim/", methods=["GET"], endpoint="index"),
        Rule("/_sim/clock", methods=["GET"], endpoint="clock"),
        Rule("/_sim/clock/advance", methods=["POST"], endpoint="advance"),
        Rule("/_sim/deliver", methods=["POST"], endpoint="deliver"),
        Rule("/_sim/settle", methods=["POST"], endpoint="settle"),
        Rule("/_sim/weather", methods=["GET"], endpoint="weather"),
        Rule("/_sim/weather", methods=["POST"], endpoint="add_weather"),
        Rule("/_sim/weather", methods=["DELETE"], endpoint="clear_weather"),
        Rule("/_sim/switches", methods=["GET"], endpoint="switches"),
        Rule("/_sim/switches", methods=["POST"], endpoint="set_switches"),
        Rule("/_sim/conduct", methods=["GET"], endpoint="conduct"),
        Rule("/_sim/conduct", methods=["DELETE"], endpoint="forget_conduct"),
        Rule("/_sim/requests", methods=["GET"], endpoint="requests"),
        Rule("/_sim/ledger", methods=["GET"], endpoint="ledger"),
        Rule("/_sim/subscriptions", methods=["GET"], endpoint="subscriptions"),
        Rule("/_sim/lifecycle", methods=["POST"], endpoint="lifecycle"),
        Rule("/_sim/forget-sync-states", methods=["POST"], endpoint="forget"),
        Rule("/_sim/state", methods=["GET"], endpoint="state"),
        Rule("/_sim/snapshots", methods=["POST"], endpoint="snapshot"),
        Rule("/_sim/snapshots/<name>/restore", methods=["POST"], endpoint="restore"),
        Rule("/_sim/people/<address>/events", methods=["GET"], endpoint="events"),
        Rule("/_sim/people/<address>/events", methods=["POST"], endpoint="create"),
        Rule("/_sim/people/<address>/events", methods=["DELETE"], endpoint="empty"),
        Rule("/_sim/people/<address>/events/<event>", methods=["PATCH"], endpoint="edit"),
        Rule("/_sim/people/<address>/events/<event>", methods=["DELETE"], endpoint="delete"),
        Rule("/_sim/people/<address>/events/<event>/move", methods=["POST"], endpoint="move"),
        Rule("/_sim/people/<address>/events/<event>/respond", methods=["POST"], endpoint="respond"),
        *exchange.ROUTES,
        Rule("/_sim/identity/<order>", methods=["POST"], endpoint="identity"),
    ],
    strict_slashes=False,
)


class ControlApp:
    """`/_sim` of one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._orders = Orders(simulator)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = BODY_BYTES_MAX
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            endpoint, places = _ROUTES.bind_to_environ(request.environ).match()
            return _json(self._do(endpoint, dict(places), request))
        except (NotFound, MethodNotAllowed) as error:
            return _json({"error": f"the control API has no {request.method} {request.path}"}, error.code or 404)
        except HTTPException as error:
            return _json({"error": str(error)}, error.code or 400)
        except SimulatorError as error:
            return _json({"error": str(error)}, 404)
        except GraphError as error:
            return _json({"error": error.message, "code": error.code}, error.status)
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, OverflowError) as error:
            return _json({"error": f"the body does not fit: {error}"}, 400)

    def _do(self, endpoint: str, places: dict[str, str], request: Request) -> Json:
        reading = self._read(endpoint, request)
        if reading is not None:
            return reading
        body = _body(request)
        if endpoint == "identity":
            return identity_order(self._simulator, places["order"], body)
        if endpoint in exchange.ENDPOINTS:
            return exchange.do(self._simulator, endpoint, places, body)
        return self._orders.do(endpoint, places, body=body, arguments=dict(request.args.items()))

    def _read(self, endpoint: str, request: Request) -> Json | None:  # noqa: PLR0911  one return per page
        simulator = self._simulator
        with simulator.lock:
            match endpoint:
                case "weather":
                    return weather_json(simulator)
                case "conduct":
                    return conduct_json(simulator)
                case "requests":
                    return requests_json(simulator, last=int(request.args.get("last", "100")))
                case "ledger":
                    return ledger_json(simulator, recipient=request.args.get("to"))
                case "subscriptions":
                    return subscriptions_json(simulator)
                case "state":
                    return state_json(simulator, with_events=request.args.get("events") == "true")
                case "index":
                    return {
                        "routes": sorted(
                            {f"{'/'.join(sorted(_methods(rule)))} {rule.rule}" for rule in _ROUTES.iter_rules()}
                        )
                    }
                case _:
                    return None


def _methods(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def _body(request: Request) -> Json:
    raw = request.get_data()
    if not raw.strip():
        return {}
    body = msgspec.json.decode(raw)
    if not isinstance(body, dict):
        message = "a JSON object was expected"
        raise TypeError(message)
    return cast("Json", body)


def _json(body: Json, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")
