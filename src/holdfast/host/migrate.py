"""Brings the database to this version's tables. Decides who may: the owner, one process at a time."""

import zlib

import psycopg
from django.core.management import call_command
from django.db import connections

from holdfast.host.config import Config
from holdfast.host.errors import DatabaseUnavailable
from holdfast.host.health import pending_migrations
from holdfast.host.roles import refuse_mighty_app

_LOCK = zlib.crc32(b"holdfast migrations")
CONNECT_TIMEOUT_S = 10


def migrate(config: Config) -> list[str]:
    """Apply what is missing; answers its names. Several hosts may start at once: one does it, the others wait."""
    if not config.database.owner_url:
        return _refuse_without_owner()
    try:
        with psycopg.connect(config.database.owner_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S) as guard:
            guard.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                return _apply()
            finally:
                connections["owner"].close()
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"the database does not let the owner in: {error}") from error


def _apply() -> list[str]:
    pending = pending_migrations("owner")
    if pending:
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    return pending


def _refuse_without_owner() -> list[str]:
    """A host without the owner's address may run, once another one has migrated."""
    pending = pending_migrations()
    if pending:
        raise DatabaseUnavailable(
            f"{len(pending)} migrations are missing and database.owner_url is not set: set it, or run "
            "`holdfast database migrate` where it is"
        )
    return []


def check_app_role(config: Config) -> None:
    """Raises RoleTooMighty or DatabaseUnavailable."""
    try:
        with psycopg.connect(config.database.url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            refuse_mighty_app(connection)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"the database does not let the app in: {error}") from error
