"""Composite foreign keys, as migration operations. Django writes single-column keys only.

Foreign keys are checked behind row security: a key of one column would let a row of one workspace point at another's.
"""

from django.db import migrations


def composite_key(table: str, column: str, target: str, *, on_delete: str = "NO ACTION") -> migrations.RunSQL:
    """A foreign key (workspace_id, column) to `target` (workspace_id, id), checked at the end of each statement."""
    name = f"{table}_{column}_fk"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (workspace_id, {column}) "
        f"REFERENCES {target} (workspace_id, id) ON DELETE {on_delete}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
