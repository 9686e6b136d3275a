"""What the app role may do, as migration operations. Decides nothing about rows: `isolation` does.

The role that serves people and Outlook owns nothing: it reads and writes rows and cannot TRUNCATE (which steps over row
security), REFERENCE (which asks about rows behind the wall), or change a table. Its name comes from a setting because a
database may be shared with other products.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

APP_ROLE_DEFAULT = "holdfast_app"
ROWS = "SELECT, INSERT, UPDATE, DELETE"
READ_AND_ADD = "SELECT, INSERT"


def grant(privileges: str, *tables: str) -> list[migrations.RunPython]:
    """Operations that give the app role `privileges` on each table, and take them back when the migration is undone."""
    return [_operation(privileges, f"TABLE {table}") for table in tables]


def grant_sequence(*sequences: str) -> list[migrations.RunPython]:
    return [_operation("USAGE", f"SEQUENCE {sequence}") for sequence in sequences]


def grant_columns(table: str, columns: Sequence[str]) -> list[migrations.RunPython]:
    """UPDATE of these columns only."""
    return [_operation(f"UPDATE ({', '.join(columns)})", f"TABLE {table}")]


def app_role() -> str:
    return getattr(settings, "HOLDFAST_APP_ROLE", APP_ROLE_DEFAULT)


def _operation(privileges: str, target: str) -> migrations.RunPython:
    def give(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        editor.execute(f"GRANT {privileges} ON {target} TO {editor.quote_name(app_role())}")

    def take(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        editor.execute(f"REVOKE {privileges} ON {target} FROM {editor.quote_name(app_role())}")

    return migrations.RunPython(give, take)
