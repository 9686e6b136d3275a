"""The two database roles: the owner, who migrates, and the app, whom row security binds.

Decides what each may do and refuses an app role that could step over the wall between workspaces. It makes roles only
with an administrator's connection that was given for it.
"""

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from holdfast.host.errors import RoleTooMighty

OWNER = "holdfast_owner"
APP = "holdfast_app"
DATABASE = "holdfast"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    password: str = field(default="", repr=False)


def prepare(admin: Connection, *, owner: Role = Role(OWNER), app: Role = Role(APP), database: str = DATABASE) -> None:
    """Make both roles and the database where they are missing; `admin` must be allowed to, and in autocommit."""
    for role in (owner, app):
        _make_role(admin, role)
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
        # Only the owner may own it: PostgreSQL wants the maker to be a member of that role for a moment.
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner.name)))
        make = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
        admin.execute(sql.SQL(make).format(sql.Identifier(database), sql.Identifier(owner.name)))
    connect = "GRANT CONNECT ON DATABASE {} TO {}"
    admin.execute(sql.SQL(connect).format(sql.Identifier(database), sql.Identifier(app.name)))


def _make_role(admin: Connection, role: Role) -> None:
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name]).fetchone()
    name = sql.Identifier(role.name)
    if not known:
        make = "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        admin.execute(sql.SQL(make).format(name))
    if role.password:
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(role.password)))


_POWERS = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = current_user
"""


def refuse_mighty_app(connection: Connection) -> None:
    """Raises RoleTooMighty where this connection's role is one that row security does not hold."""
    row = connection.execute(_POWERS).fetchone()
    assert row is not None
    name, is_superuser, bypasses, owns = row
    why = [
        word
        for word, applies in (
            ("is a superuser", is_superuser),
            ("has BYPASSRLS", bypasses),
            ("owns the tables or is a member of their owner", owns),
        )
        if applies
    ]
    if why:
        raise RoleTooMighty(
            f"the app's role {name} {' and '.join(why)}: nothing would keep workspaces apart. Let database.url name an "
            f"ordinary role; `holdfast database prepare --admin-url …` makes one."
        )
