"""Keys inside a workspace, the walls between workspaces, and what the app role may do."""

from django.db import migrations

from holdfast.database.grants import ROWS, grant
from holdfast.database.isolation import isolate
from holdfast.database.keys import composite_key


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_tables"), ("sessions", "0001_initial")]

    operations = [
        composite_key("directory_membership", "person_id", "directory_person"),
        composite_key("directory_location", "parent_id", "directory_location"),
        composite_key("directory_resource", "parent_id", "directory_resource"),
        composite_key("directory_resource", "location_id", "directory_location"),
        composite_key("directory_unit", "resource_id", "directory_resource"),
        composite_key("directory_token", "person_id", "directory_person"),
        *isolate("directory_person", "directory_location", "directory_resource", "directory_unit", "directory_token"),
        *grant("SELECT, INSERT, UPDATE", "directory_workspace", "directory_account", "directory_person"),
        *grant("SELECT, INSERT, UPDATE", "directory_resource", "directory_unit", "directory_token"),
        *grant(ROWS, "directory_location", "directory_membership", "django_session"),
        *grant("SELECT", "django_content_type", "django_migrations"),
    ]
