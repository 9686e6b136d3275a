"""Put what belongs to a customer behind the wall; mailboxes, leases and handshakes belong to none."""

from django.db import migrations

from holdfast.database.grants import ROWS, grant, grant_sequence
from holdfast.database.isolation import isolate
from holdfast.database.keys import composite_key

_INSIDE = (
    "mirror_connection",
    "mirror_calendar",
    "mirror_mapping",
    "mirror_link",
    "mirror_absence",
    "mirror_exchange",
    "mirror_quarantine",
    "mirror_run",
)
_OUTSIDE = ("mirror_mailbox", "mirror_lease", "mirror_handshake", "mirror_refusal", "mirror_instance")
_NUMBERED = ("mirror_mailbox", "mirror_absence", "mirror_exchange", "mirror_quarantine")


class Migration(migrations.Migration):
    dependencies = [("mirror", "0001_tables"), ("directory", "0002_walls")]
    operations = [
        composite_key("mirror_calendar", "connection_id", "mirror_connection", on_delete="CASCADE"),
        composite_key("mirror_mapping", "calendar_id", "mirror_calendar", on_delete="CASCADE"),
        composite_key("mirror_mapping", "resource_id", "directory_resource"),
        composite_key("mirror_link", "mapping_id", "mirror_mapping", on_delete="CASCADE"),
        composite_key("mirror_link", "calendar_id", "mirror_calendar", on_delete="CASCADE"),
        composite_key("mirror_absence", "calendar_id", "mirror_calendar", on_delete="CASCADE"),
        composite_key("mirror_quarantine", "calendar_id", "mirror_calendar", on_delete="CASCADE"),
        *isolate(*_INSIDE),
        *grant(ROWS, *_INSIDE, *_OUTSIDE),
        *grant_sequence(*(f"{table}_id_seq" for table in _NUMBERED)),
    ]
