"""One served simulator: its company, its ports, its state directory, and the thread that lets its time happen.

Decides what stands where: Graph, control and pages on a plain loopback port, the login host over TLS on the port above,
and Graph there too.
It does not decide how long it runs; its owner starts and stops it.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from sim365.clock import wall_clock
from sim365.company import CompanyFile, together
from sim365.http.later import Later
from sim365.http.visitors import FromOutside, refuse_outsiders
from sim365.identity import Identity, key_kept_in
from sim365.serving.certificates import certificates_in
from sim365.serving.errors import StateUnusable
from sim365.serving.keeping import STATE_FILE, StateDirectory
from sim365.serving.listener import LOOPBACK, Listener, refuse_taken_port
from sim365.serving.moving_in import move_in
from sim365.serving.state_file import bring_back, kept_bytes
from sim365.simulator import DEFAULT_START, Simulator
from sim365.state.principals import WsgiApp

#: How often due work is looked for; the simulator's own delays are counted in seconds.
TICK_S = 0.1

#: How often the state is written while the server runs; a crash loses at most this much.
KEEP_EVERY_S = 10.0

LOGIN_NAME = "localhost"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a server is asked to be."""

    companies: tuple[CompanyFile, ...]
    """Each file is one tenant."""
    port: int
    seed: int = 1
    follows_wall_clock: bool = True
    state: Path | None = None
    loopback_webhooks: bool = False
    checks_types: bool = False
    """Whether each answer is checked against Microsoft's types; what does not fit stands among the simulator's bugs."""


class Station:
    """A simulator that is being served, from construction until `stop`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        for port in (plan.port, plan.port + 1):
            refuse_taken_port(port)
        self._directory = None if plan.state is None else StateDirectory(plan.state)
        self._scratch = None if plan.state else Path(tempfile.mkdtemp(prefix="sim365-"))
        self._stopping = threading.Event()
        self._listeners: list[Listener] = []
        try:
            self._build(plan.state or self._scratch or Path())
        except BaseException:
            self._stopping.set()
            for listener in self._listeners:
                listener.stop()
            self._let_go()
            raise

    @property
    def continues(self) -> bool:
        """Whether a kept company goes on, so that the company file and the seed were not read."""
        return self._continues

    @property
    def graph_root(self) -> str:
        return f"http://{LOOPBACK}:{self.plan.port}"

    @property
    def login_root(self) -> str:
        return f"https://{LOGIN_NAME}:{self.plan.port + 1}"

    def stop(self) -> None:
        """Answer what is under way, keep the state, close everything."""
        self._stopping.set()
        for listener in self._listeners:
            listener.stop()
        self._ticker.join()
        self.simulator.close_couriers()
        self._keep()
        self._let_go()

    def _build(self, place: Path) -> None:
        self._continues = self._directory is not None and self._directory.read() is not None
        self.simulator = _simulator(self.plan, self._directory)
        certificates = certificates_in(place / "tls")
        self.ca_file = certificates.ca_file
        identity = Identity(
            self.simulator,
            login_root=self.login_root,
            graph_root=self.graph_root,
            key=key_kept_in(place / "tokens.key"),
        )
        self.simulator.attach_identity(identity)
        self._keep()
        self.simulator.open_control()
        front = front_of(self.simulator.wsgi, Later(self._pages))
        self._listeners.append(Listener(front, port=self.plan.port))
        secure = secure_front_of(identity.wsgi, self.simulator.wsgi)
        self._listeners.append(Listener(secure, port=self.plan.port + 1, tls=certificates.server))
        self.simulator.open_couriers()
        self._ticker = threading.Thread(target=self._tick, name="sim365-time")
        self._ticker.start()

    def _pages(self) -> WsgiApp:
        from sim365.pages import Pages  # noqa: PLC0415  most tests never open a page

        return Pages(self.simulator).wsgi

    def _tick(self) -> None:
        """Let due work happen as time passes, and keep the state now and then."""
        rounds_between = int(KEEP_EVERY_S / TICK_S)
        round_number = 0
        while not self._stopping.wait(TICK_S):
            round_number += 1
            try:
                if self.simulator.clock.follows:
                    self.simulator.deliver_due()
                if round_number % rounds_between == 0:
                    self._keep()
            except Exception:  # noqa: BLE001  the task door: time must go on, and the operator's page shows it
                self.simulator.bugs.append(traceback.format_exc())

    def _keep(self) -> None:
        if self._directory is None:
            return
        try:
            self._directory.write(kept_bytes(self.simulator))
        except OSError as error:
            # The service goes on: the last kept state is whole, and the next round tries again.
            print(f"The state could not be kept in {self._directory.path}: {error.strerror}.", file=sys.stderr)  # noqa: T201  the only way to be heard

    def _let_go(self) -> None:
        if self._directory is not None:
            self._directory.close()
        if self._scratch is not None:
            with suppress(OSError):
                shutil.rmtree(self._scratch)


def _simulator(plan: Plan, directory: StateDirectory | None) -> Simulator:
    """The kept simulator, or a new one with its calendars filled."""
    start = wall_clock() if plan.follows_wall_clock else DEFAULT_START
    simulator = Simulator(
        together(plan.companies),
        seed=plan.seed,
        start=start,
        follow_wall_clock=plan.follows_wall_clock,
        loopback_webhooks=plan.loopback_webhooks,
        check_types=plan.checks_types or None,
    )
    saved = None if directory is None else directory.read()
    if directory is None or saved is None:
        for described in plan.companies:
            move_in(simulator, described)
        return simulator
    bring_back(saved, simulator, name=str(directory.path / STATE_FILE))
    _refuse_another_company(simulator, plan.companies, directory)
    if plan.follows_wall_clock:
        # Time went on while nobody served; what fell due meanwhile happens at once.
        simulator.clock.set_to(max(simulator.clock.now(), wall_clock()))
    return simulator


def _refuse_another_company(
    simulator: Simulator, companies: tuple[CompanyFile, ...], directory: StateDirectory
) -> None:
    """A kept company is continued as it was left; another one must not silently take its place, nor be ignored."""
    kept, asked = simulator.company.tenants, together(companies).tenants
    if [tenant.tenant_id for tenant in kept] != [tenant.tenant_id for tenant in asked]:
        names = ", ".join(tenant.name for tenant in kept)
        message = f"{directory.path} keeps another company: {names}. Choose another --state for this one."
        raise StateUnusable(message)


def front_of(graph: WsgiApp, pages: WsgiApp) -> WsgiApp:
    """One application for both: the pages have a few paths, everything else is Graph's or the control's."""

    def front(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/"))
        first = path.strip("/").partition("/")[0]
        if first == "_sim":
            try:
                refuse_outsiders(Request(environ))
            except FromOutside as error:
                return Response(json.dumps({"error": str(error)}), 403, mimetype="application/json")(
                    environ, start_response
                )
        chosen = pages if first in {"", "calendar", "operator", "pages"} else graph
        return chosen(environ, start_response)

    return front


def secure_front_of(login: WsgiApp, graph: WsgiApp) -> WsgiApp:
    """The login host, and Graph once more: some clients send their token over TLS only."""

    def front(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        first = str(environ.get("PATH_INFO", "/")).strip("/").partition("/")[0]
        return (graph if first in {"v1.0", "beta", "api"} else login)(environ, start_response)

    return front
