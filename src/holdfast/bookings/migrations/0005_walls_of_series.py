"""The walls around series, and the ties of their dates to them. A step of its own: the keys need the tables' indexes."""

from django.db import migrations

from holdfast.database.grants import ROWS, grant
from holdfast.database.isolation import isolate
from holdfast.database.keys import composite_key

# PostgreSQL looks through the table when a key is added, and the wall would ask it for a workspace. The lock that the
# key takes keeps everybody else out until the wall stands again.
_OPEN = "ALTER TABLE bookings_booking NO FORCE ROW LEVEL SECURITY"
_SHUT = "ALTER TABLE bookings_booking FORCE ROW LEVEL SECURITY"


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_series"), ("directory", "0002_walls")]

    operations = [
        composite_key("bookings_series", "resource_id", "directory_resource"),
        composite_key("bookings_series", "owner_id", "directory_person"),
        migrations.RunSQL(_OPEN, _SHUT),
        composite_key("bookings_booking", "series_id", "bookings_series"),
        migrations.RunSQL(_SHUT, _OPEN),
        *isolate("bookings_series"),
        *grant(ROWS, "bookings_series"),
    ]
