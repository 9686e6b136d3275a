"""What `holdfast doctor` looks at around the process: machine, settings, keys, database, processes.

Decides what is wrong and names the command that mends it. Each check answers by itself; one that fails never hides the
next. Checks of connections stand with the mirror and are handed in by the command line.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import cast

import psycopg
from django.db import DatabaseError

from holdfast.database.sealing import Ring
from holdfast.host import health, lock, places
from holdfast.host.config import Config
from holdfast.host.errors import HostError, RoleTooMighty
from holdfast.host.roles import refuse_mighty_app
from holdfast.ports import clock

FREE_BYTES_MIN = 1 << 30
CLOCK_DIFFERENCE_MAX = timedelta(seconds=5)
SERVER_VERSION_MIN = 150_000
CONNECT_TIMEOUT_S = 10


class State(StrEnum):
    """How one check went."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was seen, and what to do where it is not in order."""

    what: str
    state: State
    seen: str
    remedy: str = ""


Check = Callable[[Config], Iterator[Finding]]


def machine(config: Config) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(
        "Python", State.OK if sys.version_info >= (3, 11) else State.WRONG, version, "Use Python 3.11 or later."
    )
    free = shutil.disk_usage(_existing(config.state)).free
    enough = free >= FREE_BYTES_MIN
    seen = f"{free / 1e9:.1f} GB free in {config.state}"
    yield Finding(
        "Disk", State.OK if enough else State.WARNING, seen, "" if enough else "Make room: a full disk stops saving."
    )
    if config.database.is_embedded and os.geteuid() == 0:
        yield _user_namespace()


def settings_file(config: Config) -> Iterator[Finding]:
    named = [name for name, _, source in config.printable if source != "default"]
    yield Finding("Settings", State.OK, f"{len(named)} set, the rest as delivered" if named else "all as delivered")
    if not config.web.notices_url:
        remedy = "Set web.public_url to an https address that Microsoft reaches; until then changes are asked for."
        yield Finding("Public address", State.WARNING, "none: Outlook cannot tell us of changes", remedy)


def keys(config: Config) -> Iterator[Finding]:
    ring = Ring(config.master_keys)
    seen = f"{len(ring.key_ids)} master keys, {ring.writing} writes"
    yield Finding("Keys", State.OK, seen)
    for file in sorted((config.state / "keys").glob("*")):
        if file.stat().st_mode & 0o077:
            yield Finding(
                "Key file", State.WRONG, f"{file} may be read by others", f"chmod 600 '{file}'; rotate the key"
            )


def database(config: Config) -> Iterator[Finding]:
    """Needs a database that was started."""
    try:
        with psycopg.connect(config.database.url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            version = connection.info.server_version
            fits = version >= SERVER_VERSION_MIN
            where = "embedded" if config.database.is_embedded else "yours"
            seen = f"PostgreSQL {version // 10_000}.{version % 10_000} ({where})"
            yield Finding(
                "Database", State.OK if fits else State.WRONG, seen, "" if fits else "Use PostgreSQL 15 or later."
            )
            yield _clock(connection)
            refuse_mighty_app(connection)
            yield Finding("Roles", State.OK, "the app's role is bound by row security")
    except psycopg.OperationalError as error:
        yield Finding("Database", State.WRONG, str(error).strip(), "Start it, or mend DATABASE_URL.")
    except RoleTooMighty as error:
        yield Finding("Roles", State.WRONG, str(error), "holdfast database prepare --admin-url …")


def tables(config: Config) -> Iterator[Finding]:  # noqa: ARG001  every check is called alike
    """Needs Django to be ready."""
    try:
        pending = health.pending_migrations()
    except DatabaseError as error:
        yield Finding("Tables", State.WRONG, str(error).strip(), "holdfast database migrate")
        return
    if pending:
        yield Finding("Tables", State.WRONG, f"{len(pending)} migrations are missing", "holdfast database migrate")
    else:
        yield Finding("Tables", State.OK, "up to date")


def processes(config: Config) -> Iterator[Finding]:
    process_id = lock.holder(places.lock_file(config.state))
    if process_id is None or process_id == os.getpid():
        yield Finding("Running", State.WARNING, "not running", "holdfast up")
        return
    ready = health.readiness()
    worker = ready["worker"]
    yield Finding("Running", State.OK, f"yes, process {process_id}")
    remedy = "" if worker == "ok" else "See the log of `holdfast up`; restart it."
    yield Finding("Workers", State.OK if worker == "ok" else State.WRONG, f"heartbeat: {worker}", remedy)


CHECKS: tuple[Check, ...] = (machine, settings_file, keys, database, tables, processes)


def examine(config: Config, checks: tuple[Check, ...] = CHECKS) -> list[Finding]:
    """Every finding of every check; one that cannot be made is a finding too."""
    found: list[Finding] = []
    for check in checks:
        try:
            found.extend(check(config))
        except (HostError, OSError, DatabaseError, psycopg.Error) as error:
            found.append(Finding(check.__name__.replace("_", " ").capitalize(), State.WRONG, str(error)))
    return found


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def _user_namespace() -> Finding:
    allowed = subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False).returncode == 0  # noqa: S607  found on the path as at start
    remedy = "" if allowed else "Run Holdfast as an ordinary user, or set DATABASE_URL."
    seen = "root, in a user namespace" if allowed else "root, and user namespaces are not allowed here"
    return Finding("Embedded PostgreSQL", State.OK if allowed else State.WRONG, seen, remedy)


def _clock(connection: psycopg.Connection[tuple[object, ...]]) -> Finding:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    difference = abs(clock.now() - cast("datetime", row[0]))
    close = difference <= CLOCK_DIFFERENCE_MAX
    seen = f"{difference.total_seconds():.1f} s apart from the database's"
    return Finding(
        "Clock", State.OK if close else State.WARNING, seen, "" if close else "Let both follow one time server."
    )
