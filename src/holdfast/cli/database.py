"""`holdfast database`: a PostgreSQL of your own, and its tables."""

from typing import Any

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict

from holdfast.cli import ground, telling
from holdfast.host import roles
from holdfast.host.errors import DatabaseUnavailable

CONNECT_TIMEOUT_S = 10


@click.group()
def database() -> None:
    """Prepare roles on a server of yours; bring tables up to date."""


@database.command()
@click.option("--admin-url", required=True, help="The server as somebody who may make roles and databases.")
def prepare(*, admin_url: str) -> None:
    """Make the owner, the app's role and the database that DATABASE_OWNER_URL and DATABASE_URL name.

    Run once, with both variables set; their passwords are given to the roles. The app's role can read and write rows
    and nothing else: row security binds it, and Holdfast refuses to start with a mightier one.
    """
    config = ground.config()
    if config.database.is_embedded:
        raise click.UsageError("set DATABASE_URL and DATABASE_OWNER_URL first; the embedded database prepares itself")
    if not config.database.owner_url:
        raise click.UsageError("set DATABASE_OWNER_URL too: the role that will own the tables")
    owner, app = _parts(config.database.owner_url), _parts(config.database.url)
    if owner["dbname"] != app["dbname"]:
        raise click.UsageError("DATABASE_URL and DATABASE_OWNER_URL name two different databases")
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S) as admin:
            roles.prepare(admin, owner=_role(owner), app=_role(app), database=owner["dbname"])
    except psycopg.Error as error:
        raise DatabaseUnavailable(f"the roles could not be made: {error}") from error
    telling.say(f"Ready: {owner['user']} owns {owner['dbname']}, {app['user']} uses it. Next: holdfast up")


@database.command()
def migrate() -> None:
    """Apply what is missing to the tables, as their owner. `holdfast up` does the same when it starts."""
    with ground.database():
        telling.say("The database is up to date.")


def _parts(url: str) -> dict[str, str]:
    found: dict[str, Any] = dict(conninfo_to_dict(url))
    return {name: str(found.get(name) or "") for name in ("user", "password", "dbname")}


def _role(parts: dict[str, str]) -> roles.Role:
    return roles.Role(parts["user"], parts["password"])
