"""The wall between workspaces, as migration operations. Decides the one policy every customer table carries.

The policy binds the table's owner too (FORCE), and its setting is read without `missing_ok`: a statement that names no
workspace fails instead of finding nothing. The scalar sub-select is evaluated once per statement, not per row.
"""

from django.db import migrations

_POLICY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_workspace ON {table}
    USING ({column} = (SELECT current_setting('app.workspace')::uuid))
    WITH CHECK ({column} = (SELECT current_setting('app.workspace')::uuid));
"""
_UNDO = """
DROP POLICY {table}_workspace ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def isolate(*tables: str, column: str = "workspace_id") -> list[migrations.RunSQL]:
    """Operations that put each table behind the wall."""
    return [
        migrations.RunSQL(_POLICY.format(table=table, column=column), _UNDO.format(table=table, column=column))
        for table in tables
    ]
