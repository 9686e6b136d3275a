"""The lease of a mailbox as two functions, so that a tending that finds nothing costs two statements."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "lease.sql"


class Migration(migrations.Migration):
    dependencies = [("mirror", "0002_wall")]
    operations = [
        migrations.RunSQL(
            _SQL.read_text(),
            "DROP FUNCTION mirror_take_lease(bigint, text, timestamptz, timestamptz);"
            "DROP FUNCTION mirror_rest(bigint, bigint, timestamptz, jsonb);",
        )
    ]
