"""The door: every request to the Graph host comes through here, once.

In order: weather that ends it, the token, the route, the permissions, the mailbox, the limits, the handler under the
lock, the notices it causes, weather that spoils the answer, the record. Nothing a client sends may end in a traceback;
if it does, the answer is 500 and the traceback is kept as a bug of the simulator.
"""

import contextlib
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from sim365 import ids
from sim365.conduct import Conduct, Entry, Misconduct
from sim365.errors import GraphError, NotModelledError, access_denied, bad_request, directory_denied
from sim365.http.naming import operation_of
from sim365.http.reach import check_profile, check_reach, held_permissions, needed_scopes
from sim365.http.requests import Answer, Broken, Outcome, Request, error_answer
from sim365.http.routing import Call, Outside, Route, Routes
from sim365.http.storms import after, before, mailbox_not_enabled, token_refused
from sim365.http.userinfo import PATH as USERINFO
from sim365.http.userinfo import userinfo
from sim365.limits import CONCURRENT_MAX, Caller, Limits
from sim365.routes.upload_sessions import HOST, receive, session_of
from sim365.sharing.entering import entered
from sim365.state import IdentityDoor, Mailbox, Principal, TokenRefused
from sim365.state.world import World
from sim365.weather import Fault, Weather
from sim365.weather.faults import AFTER, BEFORE
from sim365.weather.retention import USUAL_DAYS, purge
from sim365.weather.rules import Struck

DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"004",'
    '"RoleInstance":"AM1PEPF00000001"}}'
)
LATE_COMMIT_S = 30.0
UPLOADING = frozenset({"POST", "PATCH", "PUT"})
RETRY_AFTER_MAX_S = 10**9


@dataclass(frozen=True, slots=True)
class LateRequest:
    """A request whose client gave up waiting, carried out after all."""

    request: Request


@dataclass(slots=True)
class Door:
    """The Graph side's only entrance."""

    world: World
    routes: Routes
    weather: Weather
    limits: Limits
    conduct: Conduct
    outside: Outside
    identity: Callable[[], IdentityDoor]
    announce: Callable[[], None]
    inspect: Callable[[Request, Answer], None] | None = None
    """Sees each answer as the service gave it, before weather spoils it on the way."""
    numbers: int = 0
    _envelope: threading.local = field(default_factory=threading.local)

    def exchange(self, request: Request, *, in_batch: bool = False, late: bool = False) -> Outcome:
        """The outcome of one request."""
        with self.outside.lock:
            self.numbers += 1
            number = self.numbers
        request_id = ids.guid("request", self.world.seed, number)
        if not in_batch:
            # The items of a batch arrive together, and what they are told is told by the one answer of the envelope.
            # A request that is carried out late left its client before anything it is told since.
            self._envelope.arrived, self._envelope.told = 0 if late else number, []
        seen = _Seen()
        try:
            outcome = self._weathered(request, seen, may_break=not in_batch, late=late)
        except GraphError as error:
            outcome = self._refused(error, request, request_id)
        except Exception:  # noqa: BLE001  the request door: whatever goes wrong is answered and kept
            self.conduct.bugs.append(traceback.format_exc())
            seen.operation = seen.operation or "failed"
            error = GraphError(500, "sim365Bug", "The simulator itself failed; see its record of bugs.")
            outcome = self._refused(error, request, request_id)
        self._complete(request, seen)
        answered = outcome.partial if isinstance(outcome, Broken) else outcome
        if self.weather.latency.spreads and isinstance(outcome, Answer):
            with self.outside.lock:
                outcome.delay_s += self.weather.latency.draw(seen.operation)
        if answered is not None:
            self._dress(answered, request, request_id)
        self._record(request, outcome, seen, in_batch=in_batch)
        return outcome

    def _complete(self, request: Request, seen: "_Seen") -> None:
        """Name the operation and the app of a request that ended before it came to them, for the record."""
        if seen.operation:
            return
        seen.operation = operation_of(self.routes, request)
        seen.app_id = seen.app_id or self._app_of(request)

    def _weathered(self, request: Request, seen: "_Seen", *, may_break: bool, late: bool) -> Outcome:
        with self.outside.lock:
            now = self.world.now()
            struck = {} if late else self._strikes(request, now)
        seen.faults = tuple(struck)
        for fault in struck:
            if fault in BEFORE:
                return self._ended(fault, request, struck, may_break=may_break)
        answer = self._carried_out(request, seen, struck)
        if self.inspect is not None:
            self.inspect(request, answer)
        for fault in struck:
            if fault in AFTER:
                outcome = after(fault, answer, struck[fault])
                return outcome if may_break or isinstance(outcome, Answer) else _lost()
        return answer

    def _strikes(self, request: Request, now: datetime) -> Struck:
        if not self.weather.rules:
            return {}
        names = _names_of(self.world, request)
        where = f"{request.path}?{urllib.parse.unquote(request.query)}" if request.query else request.path
        return self.weather.strikes(method=request.method, path=where, mailbox=names, now=now)

    def _ended(self, fault: Fault, request: Request, struck: Struck, *, may_break: bool) -> Outcome:
        parameter = struck[fault]
        if fault is Fault.TIMEOUT_LATE:
            wait = LATE_COMMIT_S if parameter is None else float(parameter)
            with self.outside.lock:
                self.world.later(LateRequest(request), after_s=wait)
        end = before(fault, parameter)
        if isinstance(end, GraphError):
            raise end
        return end if may_break else _lost()

    def _carried_out(self, request: Request, seen: "_Seen", struck: Struck) -> Answer:
        segments = request.segments()
        if segments[: len(HOST)] == HOST:
            return self._uploaded(request, segments, seen)
        principal = self._principal(request, seen)
        if segments == USERINFO:
            return userinfo(request, principal, self.world.tenant(principal.tenant_id))
        if not segments or segments[0] != "v1.0":
            if segments and segments[0] == "beta":
                gap = "the beta endpoint"
                raise NotModelledError(gap)
            text = "Invalid version: the path must begin with /v1.0."
            raise bad_request(text)
        if len(segments) > 1 and segments[1].lower() == "me":
            segments = _as_user(segments, principal)
        route, params = self.routes.find(request.method, segments[1:])
        seen.operation = route.name
        tenant = self.world.tenant(principal.tenant_id)
        if tenant is None:
            raise token_refused("The tenant of the token is unknown.")
        call = Call(self.world, request, principal, tenant, self.outside, params, struck)
        extra = self._admitted(call, route)
        call.held = self._permitted(call, route)
        if "user" in params:
            call.box = self._mailbox(call, route)
            if Fault.RETENTION in struck:
                days = struck[Fault.RETENTION]
                with self.outside.lock:
                    purge(self.world, call.box, days=USUAL_DAYS if days is None else float(days))
        with self._inside(call, route, seen):
            if not route.holds_lock:
                return _applied(route.handler(call), call, extra)
            with self.outside.lock:
                answer = _applied(route.handler(call), call, extra)
                self.announce()
                return answer

    def _uploaded(self, request: Request, segments: list[str], seen: "_Seen") -> Answer:
        """A range of a file, which comes without a token and counts for the app that opened the session."""
        seen.operation = "attachment upload range"
        with self.outside.lock:
            session = session_of(self.world, request, segments)
            seen.app_id, seen.mailbox = session.app_id, session.mailbox
            self.limits.enter(session.app_id, session.mailbox, self.world.now(), upload=len(request.body))
            try:
                answer = receive(self.world, session, request)
            finally:
                self.limits.leave(session.app_id, session.mailbox)
            self.announce()
            return answer

    def _admitted(self, call: Call, route: Route) -> dict[str, str]:
        """Count the request at the gateway (FACTS 8); answers the headers that its answer will carry."""
        caller = Caller(call.principal.app_id, call.principal.tenant_id, len(call.tenant.mailboxes))
        with self.outside.lock:
            now = self.world.now()
            self.limits.obey(self.world.switches)
            self.limits.gateway.admit(caller, now)
            if route.is_directory:
                return self.limits.gateway.admit_directory(caller, now, units=1 if call.params else 2)
            if route.name.startswith("subscription"):
                self.limits.gateway.admit_subscription(caller, now)
        return {}

    def _principal(self, request: Request, seen: "_Seen") -> Principal:
        try:
            principal = self.identity().principal_of(request.headers.get("authorization"), self.world.now())
        except TokenRefused as refusal:
            if refusal.handmade:
                self._note(Misconduct.HANDMADE_TOKEN, request, "", refusal.message)
            raise token_refused(refusal.message, refusal.claims) from refusal
        seen.app_id = principal.app_id
        return principal

    def _permitted(self, call: Call, route: Route) -> tuple[str, ...]:
        held = held_permissions(call, route)
        needed = route.roles if call.principal.user_oid is None else needed_scopes(route)
        if held:
            self.conduct.used[call.principal.app_id].add(held[0])
        elif route.roles or route.scopes:
            app_id = call.principal.app_id
            detail = f"{route.name} needs {needed[0]}" if needed else f"{route.name} is not for apps by themselves"
            self._note(Misconduct.UNKNOWN_PERMISSION_USE, call.request, app_id, detail)
            raise directory_denied() if route.is_directory else access_denied()
        return held

    def _mailbox(self, call: Call, route: Route) -> Mailbox:
        name = call.params["user"]
        mailbox = call.tenant.find(name)
        if route.is_directory and (mailbox is None or name.lower() not in {mailbox.oid, mailbox.upn.lower()}):
            # Other addresses lead to a mailbox, but the directory knows a user by id and UPN alone (FACTS 0).
            text = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
            raise GraphError(404, "Request_ResourceNotFound", text)
        if name.lower() in call.tenant.deleted_users:
            raise mailbox_not_enabled()
        if mailbox is None:
            raise GraphError(404, "ErrorInvalidUser", f"The requested user '{name}' is invalid.")
        if route.is_directory:
            check_profile(call, mailbox)
            return mailbox
        if not mailbox.has_mailbox:
            raise mailbox_not_enabled()
        with self.outside.lock:
            reached = entered(call, route, mailbox)
        for each in {mailbox.oid: mailbox, reached.oid: reached}.values():
            check_reach(call, each)
        return reached

    @contextlib.contextmanager
    def _inside(self, call: Call, route: Route, seen: "_Seen") -> Iterator[None]:
        """Count the request into its mailbox's limits while it lasts."""
        if call.box is None or route.is_directory:
            yield
            return
        app_id, mailbox = call.principal.app_id, call.box.oid
        seen.mailbox = mailbox
        with self.outside.lock:
            now = self.world.now()
            if self.conduct.must_wait(app_id, mailbox, now=now, arrived=self._envelope.arrived):
                self._note(Misconduct.RETRY_BEFORE_RETRY_AFTER, call.request, app_id)
        try:
            with self.outside.lock:
                try:
                    upload = len(call.request.body) if call.request.method in UPLOADING else 0
                    self.limits.enter(app_id, mailbox, now, upload=upload)
                except GraphError:
                    if self.limits.in_flight(app_id, mailbox) > CONCURRENT_MAX:
                        self._note(Misconduct.FIFTH_REQUEST_IN_FLIGHT, call.request, app_id)
                    raise
            yield
        finally:
            with self.outside.lock:
                self.limits.leave(app_id, mailbox)

    def _refused(self, error: GraphError, request: Request, request_id: str) -> Answer:
        date = self.world.now().strftime("%Y-%m-%dT%H:%M:%S")
        client_id = request.headers.get("client-request-id")
        answer = error_answer(error, date=date, request_id=request_id, client_id=client_id)
        if self.inspect is not None:
            self.inspect(request, answer)
        return answer

    def _dress(self, answer: Answer, request: Request, request_id: str) -> None:
        answer.headers["request-id"] = request_id
        answer.headers["client-request-id"] = request.headers.get("client-request-id", request_id)
        answer.headers["x-ms-ags-diagnostic"] = DIAGNOSTIC
        answer.headers["Date"] = format_datetime(self.world.now(), usegmt=True)

    def _record(self, request: Request, outcome: Outcome, seen: "_Seen", *, in_batch: bool) -> None:
        with self.outside.lock:
            now = self.world.now()
            status = 0 if isinstance(outcome, Broken) else outcome.status
            self.conduct.requests += 1
            self.conduct.counts[f"{request.method} {seen.operation}"] += 1
            self.conduct.entries.append(
                Entry(
                    self.conduct.requests, now, seen.app_id, request.method, request.path, request.query,
                    status, tuple(map(str, seen.faults)), in_batch,
                    0.0 if isinstance(outcome, Broken) else outcome.delay_s,
                )
            )  # fmt: skip
            if isinstance(outcome, Answer) and status in {429, 503}:
                self._remember_wait(request, outcome, seen, now)
            if not in_batch:
                self._tell(outcome, seen)

    def _remember_wait(self, request: Request, answer: Answer, seen: "_Seen", now: datetime) -> None:
        wait = _seconds(answer.headers.get("Retry-After"))
        if wait is None:
            return
        app_id, mailbox = seen.app_id, seen.mailbox
        if not mailbox:
            found = _mailbox_in(self.world, request)
            mailbox = found.oid if found else ""
            app_id = app_id or self._app_of(request)
        if mailbox and app_id:
            self._envelope.told.append((app_id, mailbox, now + timedelta(seconds=wait)))

    def _tell(self, outcome: Outcome, seen: "_Seen") -> None:
        """A client knows of a Retry-After only if the answer that carries it reached it whole."""
        if isinstance(outcome, Broken) or any(fault in AFTER or fault is Fault.ANSWER_MISSING for fault in seen.faults):
            return
        for app_id, mailbox, until in self._envelope.told:
            self.conduct.told_to_wait(app_id, mailbox, until=until, number=self.numbers)

    def _app_of(self, request: Request) -> str:
        try:
            return self.identity().principal_of(request.headers.get("authorization"), self.world.now()).app_id
        except TokenRefused:
            return ""

    def _note(self, kind: Misconduct, request: Request, app_id: str, detail: str = "") -> None:
        with self.outside.lock:
            self.conduct.note(
                kind, at=self.world.now(), app_id=app_id, method=request.method, path=request.path, detail=detail
            )


@dataclass(slots=True)
class _Seen:
    """What became known of a request on its way, for the record."""

    app_id: str = ""
    mailbox: str = ""
    operation: str = ""
    faults: tuple[Any, ...] = ()


def _applied(answer: Answer, call: Call, extra: dict[str, str]) -> Answer:
    answer.headers |= extra
    if call.applied:
        answer.headers["Preference-Applied"] = ", ".join(call.applied)
    return answer


def _lost() -> Answer:
    """Inside a batch a broken connection to the mailbox server shows as 504."""
    return Answer(504, {"error": {"code": "UnknownError", "message": "", "innerError": {}}})


def _as_user(segments: list[str], principal: Principal) -> list[str]:
    if principal.user_oid is None:
        text = "/me request is only valid with delegated authentication flow."
        raise bad_request(text)
    return [segments[0], "users", principal.user_oid, *segments[2:]]


def _mailbox_in(world: World, request: Request) -> Mailbox | None:
    segments = request.segments()
    if len(segments) < 3 or segments[1].lower() != "users":
        return None
    return world.find(segments[2])


def _names_of(world: World, request: Request) -> frozenset[str]:
    mailbox = _mailbox_in(world, request)
    return frozenset() if mailbox is None else frozenset(mailbox.names())


def _seconds(header: str | None) -> float | None:
    try:
        wait = float(header or "")
    except ValueError:
        return None
    return wait if 0 < wait < RETRY_AFTER_MAX_S else None
