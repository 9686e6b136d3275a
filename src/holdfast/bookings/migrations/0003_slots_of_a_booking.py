"""The slots of one booking are found by workspace and booking.

With the booking alone a planner without statistics took the primary key's index instead, and read all of it for each
booking of a timeline.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_walls")]

    operations = [
        migrations.AddIndex(
            "slot", models.Index(fields=["workspace_id", "booking_id"], name="bookings_slot_of_booking")
        ),
        migrations.RemoveIndex("slot", "bookings_slot_booking"),
    ]
