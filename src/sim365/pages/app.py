"""The pages as a WSGI application: who may ask, which page answers, and what every answer carries.

Only a browser on this machine may use them: the name it asked for must be a loopback name, and a change must come from
a page of this simulator. Markup never contains script or style; the content policy would refuse them.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sim365.errors import GraphError, SimulatorError
from sim365.http.visitors import FromOutside, refuse_outsiders
from sim365.pages.errors import NoSuchPage
from sim365.pages.grid import rows_stylesheet
from sim365.pages.mailbox_page import MailboxPage
from sim365.pages.operator_page import OperatorPage
from sim365.simulator import Simulator
from sim365.state.principals import WsgiApp

#: A note of 20,000 characters, form-encoded, with room to spare.
FORM_BYTES_MAX = 512 * 1024

STATIC_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

ROUTES = Map(
    [
        Rule("/", endpoint="home", methods=["GET"]),
        Rule("/calendar/<mailbox>", endpoint="calendar", methods=["GET"]),
        Rule("/calendar/<mailbox>/calendars", endpoint="calendars", methods=["POST"]),
        Rule("/calendar/<mailbox>/deleted/<event>/restoration", endpoint="restore_entry", methods=["POST"]),
        Rule("/calendar/<mailbox>/reminders/<event>", endpoint="remind", methods=["POST"]),
        Rule("/calendar/<mailbox>/guests", endpoint="guests", methods=["POST"]),
        Rule("/calendar/<mailbox>/events", endpoint="create", methods=["POST"]),
        Rule("/calendar/<mailbox>/events/<event>", endpoint="change", methods=["POST"]),
        Rule("/calendar/<mailbox>/events/<event>/time", endpoint="move", methods=["POST"]),
        Rule("/calendar/<mailbox>/events/<event>/deletion", endpoint="delete", methods=["POST"]),
        Rule("/operator", endpoint="operator", methods=["GET"]),
        Rule("/operator/clock", endpoint="advance", methods=["POST"]),
        Rule("/operator/weather", endpoint="add_weather", methods=["POST"]),
        Rule("/operator/weather/clearing", endpoint="clear_weather", methods=["POST"]),
        Rule("/operator/weather/<int:number>/removal", endpoint="end_weather", methods=["POST"]),
        Rule("/operator/run", endpoint="run", methods=["POST"]),
        Rule("/operator/switches/<name>", endpoint="turn", methods=["POST"]),
        Rule("/operator/lifecycle", endpoint="lifecycle", methods=["POST"]),
        Rule("/operator/sync-states", endpoint="forget", methods=["POST"]),
        Rule("/operator/snapshots", endpoint="snapshot", methods=["POST"]),
        Rule("/operator/snapshots/<int:number>/restoration", endpoint="restore", methods=["POST"]),
        Rule("/operator/powershell", endpoint="powershell", methods=["POST"]),
        Rule("/pages/<name>", endpoint="static", methods=["GET"]),
    ],
    strict_slashes=False,
)

TEMPLATES = Environment(
    loader=PackageLoader("sim365.pages", "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Pages:
    """The mailbox page and the operator's page of one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        mailboxes = MailboxPage(simulator, TEMPLATES)
        operator = OperatorPage(simulator, TEMPLATES)
        self._simulator = simulator
        self._answers: dict[str, Callable[..., Response]] = {
            "home": mailboxes.home,
            "calendar": mailboxes.show,
            "calendars": mailboxes.calendars,
            "restore_entry": mailboxes.restore,
            "remind": mailboxes.remind,
            "guests": mailboxes.guests,
            "create": mailboxes.create,
            "change": mailboxes.change,
            "move": mailboxes.move,
            "delete": mailboxes.delete,
            "operator": operator.show,
            "advance": operator.advance,
            "add_weather": operator.add_weather,
            "clear_weather": operator.clear_weather,
            "end_weather": operator.end_weather,
            "run": operator.run,
            "turn": operator.turn,
            "lifecycle": operator.lifecycle,
            "forget": operator.forget,
            "snapshot": operator.snapshot,
            "restore": operator.restore,
            "powershell": operator.powershell,
            "static": _static,
        }

    @property
    def wsgi(self) -> WsgiApp:
        return self._respond

    def _respond(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        request.max_content_length = FORM_BYTES_MAX
        request.max_form_memory_size = FORM_BYTES_MAX
        response = self._answer(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "GET" and response.status_code == 200:
            response.set_etag(hashlib.blake2b(response.get_data(), digest_size=12).hexdigest())
            response.make_conditional(request)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            refuse_outsiders(request)
            endpoint, places = ROUTES.bind_to_environ(request.environ).match()
            return self._answers[endpoint](request, **places)
        except (NoSuchPage, FromOutside, GraphError, SimulatorError, HTTPException) as error:
            return self._refused(*_refusal_of(error))
        except Exception:  # noqa: BLE001  the request door: whatever goes wrong is answered and kept
            self._simulator.bugs.append(traceback.format_exc())
            return self._refused(500, "The simulator itself failed", "The operator's page shows what went wrong.")

    def _refused(self, status: int, heading: str, sentence: str) -> Response:
        company = ", ".join(tenant.name for tenant in self._simulator.company.tenants)
        page = TEMPLATES.get_template("refused.html")
        text = page.render(heading=heading, sentence=sentence, company=company, here="")
        return Response(text, status, mimetype="text/html")


def _refusal_of(error: Exception) -> tuple[int, str, str]:
    """Status, heading and sentence."""
    match error:
        case NoSuchPage():
            return 404, "There is nothing here", str(error)
        case FromOutside():
            return 403, "Not from here", str(error)
        case GraphError():
            return error.status, "The calendar refused", error.message
        case HTTPException():
            return error.code or 500, "That did not work", error.description or error.name
        case _:
            return 400, "That did not work", str(error)


def _static(_: Request, *, name: str) -> Response:
    if name == "rows.css":
        return Response(rows_stylesheet(), mimetype="text/css", headers={"Cache-Control": "no-cache"})
    kind = STATIC_TYPES.get(name.rpartition(".")[2])
    found = files("sim365.pages").joinpath("static", name)
    if kind is None or "/" in name or not found.is_file():
        raise NoSuchPage(f"There is no file {name}.")
    return Response(found.read_bytes(), mimetype=kind, headers={"Cache-Control": "no-cache"})
