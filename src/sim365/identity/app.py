"""The login host as a WSGI application, and the identity side as the Graph side sees it.

Routes requests to the modules that decide, and writes their answers in the documented shapes. What is not modelled
answers 501 and names itself; nothing here invents a success.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from typing import Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sim365.conduct import Misconduct
from sim365.identity.admin import IdentityAdmin
from sim365.identity.asking import read_asking, read_return
from sim365.identity.catalogue import NO_TENANT_NAMED, POST_ONLY
from sim365.identity.consenting import ConsentPages
from sim365.identity.devices import asking_of, device_answer, waiting_device
from sim365.identity.directory import TENANTLESS, tenant_called
from sim365.identity.discovery import discovery_document, instance_document, key_set, realm_document
from sim365.identity.errors import NotModelled, SignInRefused
from sim365.identity.issuing import Issuer
from sim365.identity.keys import SigningKey, key_from_seed
from sim365.identity.outages import outage
from sim365.identity.rendering import SECURITY_HEADERS, page
from sim365.identity.revocation import challenge_to
from sim365.identity.sealing import Seal
from sim365.identity.sign_in_pages import SignInPages, guid
from sim365.identity.signing_out import sign_out
from sim365.identity.token_endpoint import CLIENT_CREDENTIALS, TokenDesk, TokenRequest
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
    "/oauth2/authorize": "the version 1 authorize page",
    "/oauth2/token": "the version 1 token endpoint",
    "/oauth2/logout": "the version 1 sign-out",
    "/.well-known/openid-configuration": "version 1 discovery",
}
_TENANTLESS_PATHS = ("/oauth2/v2.0/token", "/oauth2/v2.0/authorize", "/oauth2/v2.0/devicecode", "/v2.0/adminconsent")

_ROUTES = Map(
    [
        Rule("/<tenant>/v2.0/.well-known/openid-configuration", endpoint="discovery"),
        Rule("/<tenant>/discovery/v2.0/keys", endpoint="keys"),
        Rule("/<tenant>/discovery/instance", endpoint="instance"),
        Rule("/<tenant>/oauth2/v2.0/authorize", endpoint="authorize"),
        Rule("/<tenant>/oauth2/v2.0/token", endpoint="token"),
        Rule("/<tenant>/oauth2/v2.0/devicecode", endpoint="devicecode"),
        Rule("/<tenant>/oauth2/deviceauth", endpoint="deviceauth"),
        Rule("/<tenant>/oauth2/v2.0/logout", endpoint="logout"),
        Rule("/<tenant>/v2.0/adminconsent", endpoint="consent_with_scope"),
        Rule("/<tenant>/adminconsent", endpoint="consent_to_all"),
        Rule("/<tenant>/userrealm/<path:user>", endpoint="realm"),
        Rule("/consent.css", endpoint="style"),
        *(Rule(path, endpoint="no_tenant") for path in _TENANTLESS_PATHS),
        *(Rule(f"/<tenant>{path}", endpoint="gap", defaults={"gap": gap}) for path, gap in _GAPS.items()),
    ],
    merge_slashes=False,
)


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
        self._chance = random.Random(f"sim365 identity {simulator.seed}")  # noqa: S311  reproducible, not secret
        self.admin = IdentityAdmin(simulator)
        """What administrators and operators do: situations of accounts, apps and policies."""

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
        return self._reader.principal_of(authorization, now)

    @cached_property
    def _reader(self) -> TokenReader:
        def is_revoked(principal: Principal, issued: int) -> str | None:
            return challenge_to(self._simulator.company, principal, issued=issued)

        return TokenReader(key=self.key, audiences=self._audiences, is_revoked=is_revoked)

    @cached_property
    def _issuer(self) -> Issuer:
        return Issuer(self._simulator, self.key, Seal(self.key), self._chance, self.login_root, self._audiences)

    @cached_property
    def _pages(self) -> SignInPages:
        return SignInPages(self._issuer)

    @property
    def _audiences(self) -> frozenset[str]:
        return GRAPH_AUDIENCES | {self.graph_root}

    def _respond(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        request.max_content_length = FORM_BYTES_MAX
        request.max_form_memory_size = FORM_BYTES_MAX
        response = self._answer(request)
        for name, value in SECURITY_HEADERS.items():
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
        if endpoint == "gap":
            raise NotModelled(places["gap"])
        if endpoint == "no_tenant":
            raise SignInRefused(NO_TENANT_NAMED)
        if endpoint == "style":
            return self._style()
        if endpoint == "realm":
            return _json(realm_document(self._simulator.company, places["user"], root=self.login_root), 200)
        return self._of_tenant(endpoint, places["tenant"], request)

    def _of_tenant(self, endpoint: str, tenant: str, request: Request) -> Response:
        match endpoint:
            case "discovery" | "instance":
                return self._discovery(tenant, instance=endpoint == "instance")
            case "keys":
                return self._keys(tenant)
            case "token":
                return self._token(tenant, request)
            case "devicecode":
                return self._device_code(tenant, request)
            case _:
                with self._simulator.lock:
                    return self._in_browser(endpoint, tenant, request)

    def _in_browser(self, endpoint: str, tenant: str, request: Request) -> Response:
        """What a person meets; under the lock, because answers change accounts and consents."""
        match endpoint:
            case "authorize":
                return self._authorize(tenant, request)
            case "deviceauth":
                return self._device_page(request)
            case "logout":
                return sign_out(self._issuer, self._pages, request)
            case _:
                pages = ConsentPages(self._issuer, self._pages)
                return pages.visit(request, tenant, with_scope=endpoint == "consent_with_scope")

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
        names = {self._canonical(tenant), tenant}
        asked = TokenRequest(
            tenant=tenant,
            form=_single_values(request),
            authorization=request.headers.get("Authorization"),
            endpoints=frozenset(f"{self.login_root}/{name}/oauth2/v2.0/token" for name in names),
        )
        with self._simulator.lock:
            body = TokenDesk(self._issuer).answer(asked)
            self._note_token(asked, request.path)
        response = _json(body, 200)
        # A single-page app redeems its code from another origin.
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def _note_token(self, asked: TokenRequest, path: str) -> None:
        """An app that signs in by itself keeps its token until it runs out (FACTS 1.8)."""
        if asked.form.get("grant_type") != CLIENT_CREDENTIALS:
            return
        conduct, now = self._simulator.conduct, self._simulator.clock.now()
        app_id = asked.form.get("client_id", "")
        if conduct.habits.fetched_token(app_id, asked.tenant.lower(), now=now):
            conduct.note(Misconduct.TOKENS_TOO_OFTEN, at=now, app_id=app_id, method="POST", path=path)

    def _device_code(self, tenant: str, request: Request) -> Response:
        if request.method != "POST":
            raise SignInRefused(POST_ONLY, method=request.method)
        with self._simulator.lock:
            return _json(device_answer(self._issuer, _single_values(request), authority=tenant), 200)

    def _authorize(self, tenant: str, request: Request) -> Response:
        parameters = request.args.to_dict()
        if request.method == "POST" and "progress" not in request.form:
            # OpenID Connect Core 3.1.2.1: the request itself may be a form.
            parameters |= request.form.to_dict()
        found = read_return(parameters, authority=tenant, company=self._simulator.company)
        try:
            asking = read_asking(parameters, authority=tenant, found=found, graph_roots=self._issuer.graph_roots)
        except SignInRefused as refusal:
            return self._pages.refused_to(request, found[1], refusal)
        return self._pages.visit(request, asking, parameters)

    def _device_page(self, request: Request) -> Response:
        typed = request.args.get("otc", "")
        found = waiting_device(self._issuer, typed)
        if found is None:
            return page("device.html", 200, typed=typed[:20], wrong=bool(typed))
        return self._pages.visit(request, asking_of(self._issuer, *found), {"otc": typed})

    def _style(self) -> Response:
        source = files("sim365.identity").joinpath("pages/consent.css").read_bytes()
        return Response(source, mimetype="text/css", headers={"Cache-Control": "max-age=3600"})

    def _refuse(self, refusal: SignInRefused, request: Request) -> Response:
        situation = refusal.refusal
        number = situation.older if situation.older and self._simulator.switches.older_aadsts_numbers else 0
        number = number or situation.number
        trace, correlation = guid(self._issuer), request.headers.get("client-request-id") or guid(self._issuer)
        stamp = self._simulator.clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        if _wants_page(request):
            return page("refused.html", situation.status, refusal=refusal, correlation=correlation, stamp=stamp)
        words = f"AADSTS{number}: {refusal.sentence}"
        body: dict[str, object] = {
            "error": situation.error,
            "error_description": f"{words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}",
            "error_codes": [number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{self.login_root}/error?code={number}",
        }
        body |= {"suberror": situation.suberror} if situation.suberror else {}
        body |= {"claims": refusal.claims} if refusal.claims else {}
        return _json(body, situation.status)

    def _not_modelled(self, gap: str, request: Request) -> Response:
        sentence = f"sim365 does not model {gap}. No answer is made up for it."
        if _wants_page(request):
            return page("gap.html", 501, sentence=sentence)
        return _json({"error": "not_modelled", "error_description": sentence}, 501)


def _wants_page(request: Request) -> bool:
    """A browser asks; a client that names no preference gets JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _single_values(request: Request) -> Mapping[str, str]:
    """The form with one value per name: OAuth forbids repeating a parameter (RFC 6749 3.2); the first one counts."""
    return request.form.to_dict()


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
