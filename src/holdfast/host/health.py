"""Is it alive, is it ready: for load balancers, supervisors and people.

`/healthz` says that this process answers; `/readyz` that it can do its work: database, migrations, a worker's
heartbeat. Neither says anything about customers, so both are open; neither explains itself to strangers beyond a word.
"""

from datetime import timedelta

from django.db import OperationalError, ProgrammingError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from holdfast.ports import clock

HEARTBEAT_AGE_MAX = timedelta(seconds=45)
_HEARTBEAT = "SELECT max(last_heartbeat) FROM procrastinate_workers"
_ONE = "SELECT 1"


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


def readyz(_request: HttpRequest) -> HttpResponse:
    found = readiness()
    return JsonResponse(found, status=200 if all(said == "ok" for said in found.values()) else 503)


def readiness() -> dict[str, str]:
    """One word for each thing that must work; "ok" where it does."""
    database = _database()
    if database != "ok":
        return {"database": database, "migrations": "unknown", "worker": "unknown"}
    migrations = _migrations()
    return {"database": "ok", "migrations": migrations, "worker": _worker() if migrations == "ok" else "unknown"}


def pending_migrations(alias: str = "default") -> list[str]:
    """Migrations of this version that the database has not seen."""
    executor = MigrationExecutor(connections[alias])
    return [
        f"{migration.app_label}.{migration.name}"
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ONE)
    except OperationalError:
        connection.close()
        return "unreachable"
    return "ok"


_migrated = False


def _migrations() -> str:
    """Asked until it holds, then remembered: a running process cannot be un-migrated without being restarted."""
    global _migrated  # noqa: PLW0603  one answer for the process
    if not _migrated:
        _migrated = not pending_migrations()
    return "ok" if _migrated else "pending"


def _worker() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_HEARTBEAT)
            row = cursor.fetchone()
    except ProgrammingError:
        return "unknown"
    last = row[0] if row else None
    if last is None:
        return "none"
    return "ok" if clock.now() - last <= HEARTBEAT_AGE_MAX else "silent"
