"""What makes a double booking impossible, what keeps reads of a span fast, and the walls between workspaces.

`long` marks what lasts more than 26 hours (an all-day entry on the day clocks go back, and its buffer, stay short). A
read of a span looks for short rows only 26 hours back, and for long ones in a small index of their own.
"""

from django.db import migrations

from holdfast.database.grants import ROWS, grant, grant_sequence
from holdfast.database.isolation import isolate
from holdfast.database.keys import composite_key

_GUARD = """
ALTER TABLE bookings_slot ADD CONSTRAINT bookings_slot_no_double_booking
    EXCLUDE USING gist (int8range(unit_id, unit_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) WHERE (held)
"""
_LONG = "ALTER TABLE {table} ADD COLUMN long boolean NOT NULL GENERATED ALWAYS AS (ends_at - starts_at > interval '26 hours') STORED"
_INDEXES = """
CREATE INDEX bookings_slot_long ON bookings_slot (workspace_id, unit_id, starts_at) INCLUDE (ends_at, held) WHERE long;
CREATE INDEX bookings_slot_overlapping ON bookings_slot (workspace_id, unit_id, starts_at) WHERE NOT held;
CREATE INDEX bookings_booking_long ON bookings_booking (workspace_id, resource_id, starts_at) WHERE long;
"""
_NO_INDEXES = """
DROP INDEX bookings_slot_long, bookings_slot_overlapping, bookings_booking_long
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_tables"), ("directory", "0002_walls")]

    operations = [
        migrations.RunSQL(_GUARD, "ALTER TABLE bookings_slot DROP CONSTRAINT bookings_slot_no_double_booking"),
        *[
            migrations.RunSQL(_LONG.format(table=table), f"ALTER TABLE {table} DROP COLUMN long")
            for table in ("bookings_slot", "bookings_booking")
        ],
        migrations.RunSQL(_INDEXES, _NO_INDEXES),
        migrations.RunSQL(
            # Each batch of orders draws once and numbers its claims from there (see verbs).
            "CREATE SEQUENCE bookings_claim INCREMENT BY 10000",
            "DROP SEQUENCE bookings_claim",
        ),
        composite_key("bookings_booking", "resource_id", "directory_resource"),
        composite_key("bookings_booking", "owner_id", "directory_person"),
        composite_key("bookings_slot", "booking_id", "bookings_booking", on_delete="CASCADE"),
        composite_key("bookings_slot", "unit_id", "directory_unit"),
        composite_key("bookings_conflict", "booking_id", "bookings_booking", on_delete="CASCADE"),
        composite_key("bookings_conflict", "other_id", "bookings_booking", on_delete="CASCADE"),
        *isolate("bookings_booking", "bookings_slot", "bookings_conflict", "bookings_idempotencykey"),
        *grant(ROWS, "bookings_booking", "bookings_slot", "bookings_conflict", "bookings_idempotencykey"),
        *grant_sequence("bookings_claim"),
    ]
