"""Everything of one installation under one command: database, web, workers.

Decides the order: the lock, the port, the database, migrations as owner, the check of the app's role, static files;
then the processes. "Listening" is said only when a request was answered and a worker's heartbeat was seen. On the way
down the web stops first, workers finish their lease, the database ends last.
"""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import django
from django.db import connection, connections

from holdfast.host import places, static
from holdfast.host.config import Config
from holdfast.host.errors import GaveUp, HostError
from holdfast.host.lock import only_one
from holdfast.host.migrate import check_app_role, migrate
from holdfast.host.postgres import EmbeddedPostgres
from holdfast.host.supervise import Program, Supervisor
from holdfast.host.web_process import DRAIN_S as WEB_DRAIN_S
from holdfast.host.worker import DRAIN_S as WORKER_DRAIN_S
from holdfast.ports import clock

READY_WITHIN_S = 60
PROBE_TIMEOUT_S = 5
DATABASE_LOOK_EVERY_S = 1.0
_POLL_S = 0.1
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Extra:
    """What runs beside ours (a simulator) and is tended with it, and what to do once everything answers."""

    tended: Sequence[Supervisor] = ()
    when_ready: Callable[[Supervisor], None] | None = None


def run(config: Config, *, say: Say, extra: Extra | None = None) -> None:
    """Run until a signal. Raises HostError where it cannot."""
    extra = extra or Extra()
    supervisor = Supervisor(programs(config))
    with only_one(places.lock_file(config.state)), _signals_to(supervisor):
        refuse_taken_port(config.web.host.strip("[]"), config.web.port, remedy="set HOLDFAST_WEB_PORT")
        with database(config, say=say) as server:
            prepare(config, say=say)
            try:
                _run(supervisor, config, server=server, say=say, extra=extra)
            finally:
                say("Stopping: web first, then workers, the database last. Ctrl-C again hurries.")
                if not supervisor.is_stopping:
                    supervisor.stop()
                supervisor.drain()


def _run(supervisor: Supervisor, config: Config, *, server: EmbeddedPostgres | None, say: Say, extra: Extra) -> None:
    watch = _DatabaseWatch(server)

    def each() -> None:
        watch.look()
        for other in extra.tended:
            other.tend()

    supervisor.tend()
    _await_ready(supervisor, config, each=each)
    if supervisor.is_stopping:
        return
    say(f"Holdfast is listening on {config.web.public_url or config.web.address}")
    if extra.when_ready:
        extra.when_ready(supervisor)
    supervisor.run(each=each)


@contextmanager
def database(config: Config, *, say: Say) -> Generator[EmbeddedPostgres | None]:
    """The embedded server for the length of the block; nothing where `database.url` names another one."""
    if not config.database.is_embedded:
        yield None
        return
    server = EmbeddedPostgres(places.database_directory(config.state))
    if not server.data.exists():
        say("Making a database (once; a few seconds)")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def prepare(config: Config, *, say: Say) -> None:
    """Everything that must hold before a process may serve. Safe to repeat."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.host.settings")
    django.setup()
    applied = migrate(config)
    if applied:
        say(f"Brought the database up to date ({len(applied)} migrations)")
    check_app_role(config)
    static.collect(config.state)
    shutil.rmtree(places.counters_directory(config.state), ignore_errors=True)
    places.counters_directory(config.state).mkdir(parents=True)
    if config.database.is_embedded:
        _forget_workers()
    connections.close_all()


def programs(config: Config) -> list[Program]:
    """Web and workers of this host."""
    environment = {
        "HOLDFAST_STATE": str(config.state),
        "PROMETHEUS_MULTIPROC_DIR": str(places.counters_directory(config.state)),
    }
    web = Program("web", _python("holdfast.host.web_process"), environment, drain_s=WEB_DRAIN_S + 5, order=0)
    workers = [
        Program(name, _python("holdfast.host.worker_process", name), environment, drain_s=WORKER_DRAIN_S + 5, order=1)
        for name in (f"worker {number}" for number in range(1, config.worker.processes + 1))
    ]
    return [web, *workers]


def answers(address: str) -> bool:
    """True where a GET is answered with 200. No proxy of the environment stands between us and ourselves."""
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=PROBE_TIMEOUT_S) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _await_ready(supervisor: Supervisor, config: Config, *, each: Callable[[], None]) -> None:
    deadline = clock.monotonic_s() + READY_WITHIN_S
    while not supervisor.is_stopping and not answers(f"{config.web.address}/readyz"):
        if clock.monotonic_s() > deadline:
            raise GaveUp(
                f"after {READY_WITHIN_S} s it was still not ready; {config.web.address}/readyz says what is missing"
            )
        supervisor.tend()
        each()
        clock.sleep(_POLL_S)


class _DatabaseWatch:
    """Starts the embedded server again when it died; it recovers what was committed."""

    def __init__(self, server: EmbeddedPostgres | None) -> None:
        self._server = server
        self._next_look = 0.0

    def look(self) -> None:
        if self._server is None or clock.monotonic_s() < self._next_look:
            return
        self._next_look = clock.monotonic_s() + DATABASE_LOOK_EVERY_S
        if self._server.is_ended():
            self._server.start()


def _forget_workers() -> None:
    """Nobody else can work on an embedded database: who is registered died without saying so."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")


def refuse_taken_port(host: str, port: int, *, remedy: str) -> None:
    """Raises HostError before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise HostError(
                f"{host}:{port} cannot be used ({error.strerror}). Stop what uses it, or {remedy}."
            ) from error


@contextmanager
def _signals_to(supervisor: Supervisor) -> Generator[None]:
    """SIGTERM and Ctrl-C stop; a second one hurries. Restored afterwards: a caller may go on."""
    before = {
        number: signal.signal(number, lambda _number, _frame: supervisor.stop())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
