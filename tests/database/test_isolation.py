"""The wall between workspaces, read from PostgreSQL's own catalogue, so that a new table cannot be forgotten."""

import pytest
from django.db import connection

OUTSIDE = {
    "directory_membership": "read before a workspace is known: it says which workspaces an account may enter",
}
_WALLS = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
       (SELECT bool_and(p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL) FROM pg_policy p WHERE p.polrelid = c.oid)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p')
"""


@pytest.mark.database
@pytest.mark.invariant("I20")
def test_every_table_with_a_workspace_stands_behind_the_wall(database):
    """I20: row security, forced on the owner too, with a policy for reading and one for writing."""
    with connection.cursor() as cursor:
        cursor.execute(_WALLS)
        tables = cursor.fetchall()

    open_tables = {name for name, forced, policies in tables if not (forced and policies)}

    assert len(tables) > 8
    assert open_tables == set(OUTSIDE)
