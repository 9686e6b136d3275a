"""The wall between workspaces, and a journal that the app role can add to and erase payloads of, but not rewrite."""

from django.db import migrations

from holdfast.database.grants import READ_AND_ADD, grant, grant_columns
from holdfast.database.isolation import isolate


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_tables"), ("directory", "0002_walls")]

    operations = [
        *isolate("journal_head", "journal_change"),
        *grant("SELECT, INSERT, UPDATE", "journal_head"),
        *grant(READ_AND_ADD, "journal_change"),
        *grant_columns("journal_change", ["payload", "salt", "erased_at"]),
    ]
