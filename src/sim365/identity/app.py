"""The login host as a WSGI application, and the identity side as the Graph side sees it.

Routes requests to the modules that decide, and writes their answers in the documented shapes. What is not modelled
answers 501 and names itself; nothing here invents a success.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sim365.identity import consent
from sim365.identity.directory import TENANTLESS, tenant_called
from sim365.identity.discovery import discovery_document, instance_document, key_set
from sim365.identity.errors import MISSING_PARAMETER, POST_ONLY, NotModelled, SignInRefused
from sim365.identity.keys import SigningKey, key_from_seed
from sim365.identity.outages import outage
from sim365.identity.token_endpoint import TokenDesk, TokenRequest
from sim365.identity.tokens import GRAPH_AUDIENCES, TokenReader
from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.state.principals import WsgiApp

LOGIN_ROOT = "https://login.microsoftonline.com"
GRAPH_ROOT = "https://graph.microsoft.com"

#: A token request with a certificate assertion is about 2 KB.
FORM_BYTES_MAX = 64 * 1024

#: What the key is made from where none was given: known to everybody, good for simulators inside one process.
SHARED_KEY_SEED = 365

_GAPS = {
    "/oauth2/v2.0/authorize": "signing a person in (the authorize page)",
    "/oauth2/authorize": "signing a person in (the version 1 authorize page)",
    "/oauth2/v2.0/devicecode": "the device code endpoint",
    "/oauth2/v2.0/logout": "signing out",
    "/oauth2/token": "the version 1 token endpoint",
    "/.well-known/openid-configuration": "version 1 discovery",
}

_ROUTES = Map(
    [
        Rule("/<tenant>/v2.0/.well-known/openid-configuration", endpoint="discovery"),
        Rule("/<tenant>/discovery/v2.0/keys", endpoint="keys"),
        Rule("/<tenant>/discovery/instance", endpoint="instance"),
        Rule("/<tenant>/oauth2/v2.0/token", endpoint="token"),
        Rule("/<tenant>/v2.0/adminconsent", endpoint="consent_with_scope"),
        Rule("/<tenant>/adminconsent", endpoint="consent_to_all"),
        Rule("/consent.css", endpoint="style"),
        *(Rule(f"/<tenant>{path}", endpoint="gap", defaults={"gap": gap}) for path, gap in _GAPS.items()),
    ],
    merge_slashes=False,
)

_PAGES = Environment(
    loader=PackageLoader("sim365.identity", "pages"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
)

_SECURITY_HEADERS = {
    "Cache-Control": "no-store, no-cache",
    "Pragma": "no-cache",
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser would send the form with the origin "null", which cannot be told from a stranger.
    "Referrer-Policy": "same-origin",
    # No form-action: browsers would apply it to the redirect to the app that follows the answer.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
}


class Identity:
    """Microsoft's identity platform for one simulator: issues tokens, and tells Graph who bears one."""

    def __init__(
        self,
        simulator: Simulator,
        *,
        login_root: str = LOGIN_ROOT,
        graph_root: str = GRAPH_ROOT,
        key: SigningKey | None = None,
    ) -> None:
        self.login_root = login_root.rstrip("/")
        self.graph_root = graph_root.rstrip("/")
        self._simulator = simulator
        self._given_key = key
        self._desk: TokenDesk | None = None
        self._reader: TokenReader | None = None
        self._chance = random.Random(f"sim365 identity {simulator.seed}")  # noqa: S311  reproducible, not secret

    @property
    def wsgi(self) -> WsgiApp:
        """The application that answers for the login host."""
        return self._respond

    @property
    def key(self) -> SigningKey:
        """The signing key. Unless one was given it is the same for every company and seed, as Microsoft's is for all
        tenants; and it is made when first needed, because that takes a moment.
        """
        if self._given_key is None:
            self._given_key = key_from_seed(SHARED_KEY_SEED)
        return self._given_key

    def authority(self, tenant_id: str) -> str:
        """The address that a client of this tenant is configured with."""
        return f"{self.login_root}/{tenant_id}"

    def principal_of(self, authorization: str | None, now: datetime) -> Principal:
        """The caller behind the `Authorization` header, or TokenRefused in Graph's words."""
        if self._reader is None:
            self._reader = TokenReader(key=self.key, audiences=self._audiences())
        return self._reader.principal_of(authorization, now)

    def _audiences(self) -> frozenset[str]:
        return GRAPH_AUDIENCES | {self.graph_root}

    def _respond(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        request.max_content_length = FORM_BYTES_MAX
        request.max_form_memory_size = FORM_BYTES_MAX
        response = self._answer(request)
        for name, value in _SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        struck = outage(self._simulator, request)
        if struck is not None:
            return struck
        try:
            endpoint, places = _ROUTES.bind_to_environ(request.environ).match()
            return self._dispatch(endpoint, dict(places), request)
        except SignInRefused as refusal:
            return self._refuse(refusal, request)
        except NotModelled as gap:
            return self._not_modelled(str(gap), request)
        except RequestEntityTooLarge:
            return _json({"error": "invalid_request", "error_description": "The request body is too large."}, 413)
        except HTTPException as wrong:
            return _json({"error": "invalid_request", "error_description": wrong.description or ""}, wrong.code or 404)

    def _dispatch(self, endpoint: str, places: dict[str, Any], request: Request) -> Response:
        match endpoint:
            case "discovery" | "instance":
                return self._discovery(places["tenant"], instance=endpoint == "instance")
            case "keys":
                return self._keys(places["tenant"])
            case "token":
                return self._token(places["tenant"], request)
            case "consent_with_scope":
                return self._consent(places["tenant"], request, with_scope=True)
            case "consent_to_all":
                return self._consent(places["tenant"], request, with_scope=False)
            case "style":
                return self._style()
            case _:
                raise NotModelled(places["gap"])

    def _discovery(self, tenant: str, *, instance: bool) -> Response:
        name = self._canonical(tenant)
        if instance:
            return _json(instance_document(root=self.login_root, tenant=name), 200)
        return _json(discovery_document(root=self.login_root, tenant=name, graph_root=self.graph_root), 200)

    def _keys(self, tenant: str) -> Response:
        name = self._canonical(tenant)
        placed = "{tenantid}" if name in TENANTLESS else name
        return _json(key_set(self.key, issuer=f"{self.login_root}/{placed}/v2.0"), 200)

    def _canonical(self, tenant: str) -> str:
        """The tenant's id for any of its names; a tenantless name stays as it is."""
        if tenant.lower() in TENANTLESS:
            return tenant.lower()
        return tenant_called(self._simulator.company, tenant).tenant_id

    def _token(self, tenant: str, request: Request) -> Response:
        if request.method != "POST":
            raise SignInRefused(POST_ONLY, method=request.method)
        asked = TokenRequest(
            tenant=tenant,
            form=_single_values(request),
            authorization=request.headers.get("Authorization"),
            endpoint=f"{self.login_root}/{self._canonical(tenant)}/oauth2/v2.0/token",
        )
        with self._simulator.lock:
            if self._desk is None:
                self._desk = TokenDesk(self.key, self._audiences(), self._chance)
            body = self._desk.answer(asked, company=self._simulator.company, now=self._simulator.clock.now())
        return _json(body, 200)

    def _consent(self, tenant: str, request: Request, *, with_scope: bool) -> Response:
        question = consent.question_in(
            request.args.to_dict(), tenant=tenant, with_scope=with_scope, company=self._simulator.company
        )
        if request.method != "POST":
            return self._page("consent.html", 200, question=question, action=request.full_path)
        if request.headers.get("Origin", request.host_url.rstrip("/")) != request.host_url.rstrip("/"):
            return _json({"error": "invalid_request", "error_description": "Answered from another site's page."}, 403)
        decision = request.form.get("decision", "")
        if decision not in {"accept", "cancel"}:
            raise SignInRefused(MISSING_PARAMETER, parameter="decision")
        with self._simulator.lock:
            address = consent.accept(question) if decision == "accept" else consent.decline(question)
        return Response(status=303, headers={"Location": address})

    def _style(self) -> Response:
        source = files("sim365.identity").joinpath("pages/consent.css").read_bytes()
        return Response(source, mimetype="text/css", headers={"Cache-Control": "max-age=3600"})

    def _refuse(self, refusal: SignInRefused, request: Request) -> Response:
        situation = refusal.refusal
        trace, correlation = self._guid(), request.headers.get("client-request-id") or self._guid()
        stamp = self._simulator.clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        if _wants_page(request):
            return self._page("refused.html", situation.status, refusal=refusal, correlation=correlation, stamp=stamp)
        body = {
            "error": situation.error,
            "error_description": f"{refusal} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}",
            "error_codes": [situation.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{self.login_root}/error?code={situation.number}",
        }
        return _json(body, situation.status)

    def _not_modelled(self, gap: str, request: Request) -> Response:
        sentence = f"sim365 does not model {gap}. No answer is made up for it."
        if _wants_page(request):
            return self._page("gap.html", 501, sentence=sentence)
        return _json({"error": "not_modelled", "error_description": sentence}, 501)

    def _page(self, template: str, status: int, **places: object) -> Response:
        return Response(_PAGES.get_template(template).render(places), status, mimetype="text/html")

    def _guid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def _wants_page(request: Request) -> bool:
    """A browser asks; a client that names no preference gets JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _single_values(request: Request) -> Mapping[str, str]:
    """The form with one value per name: OAuth forbids repeating a parameter (RFC 6749 3.2); the first one counts."""
    return request.form.to_dict()


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
