"""What repeats, and what ties one date to it.

A date is a booking with two more columns; `own` stays NULL where it says nothing of its own, so no row of before is
rewritten. Its original day names it within its series, once for ever.
"""

from django.db import migrations, models

import holdfast.database.columns
import holdfast.ports.clock
import holdfast.ports.ids

_STATES = [
    "pending",
    "holding",
    "offered",
    "waitlisted",
    "confirmed",
    "checked_in",
    "cancelled",
    "declined",
    "expired",
    "released",
]
_NO_SERIES = models.Q(series_id__isnull=True, original_day__isnull=True, own__isnull=True)
_A_DATE = models.Q(series_id__isnull=False, original_day__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0003_slots_of_a_booking")]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.UUIDField(default=holdfast.ports.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("resource_id", models.UUIDField()),
                ("wall_start", holdfast.database.columns.WallTimeField()),
                ("wall_end", holdfast.database.columns.WallTimeField()),
                ("zone", models.CharField(max_length=64)),
                ("all_day", models.BooleanField(default=False)),
                ("pattern", models.JSONField()),
                ("horizon", models.DateField()),
                ("rolls", models.BooleanField(default=False)),
                ("title", models.CharField(blank=True, default="", max_length=255)),
                ("note", models.TextField(blank=True, default="")),
                ("show_as", models.CharField(default="busy", max_length=24)),
                ("sensitivity", models.CharField(default="normal", max_length=16)),
                ("place", models.CharField(blank=True, default="", max_length=255)),
                ("people", models.JSONField(default=list)),
                ("kind", models.CharField(default="booking", max_length=16)),
                ("state", models.CharField(default="confirmed", max_length=16)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("owner_id", models.UUIDField(null=True)),
                ("organiser_name", models.CharField(blank=True, default="", max_length=255)),
                ("organiser_address", models.CharField(blank=True, default="", max_length=320)),
                ("origin", models.CharField(default="here", max_length=16)),
                ("basis", models.CharField(default="record", max_length=16)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=holdfast.ports.clock.now)),
                ("updated_at", models.DateTimeField(default=holdfast.ports.clock.now)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "resource_id"], name="bookings_series_resource"),
                    models.Index(fields=["workspace_id", "owner_id"], name="bookings_series_owner"),
                    models.Index(
                        condition=models.Q(("cancelled_at__isnull", True), ("rolls", True)),
                        fields=["workspace_id", "horizon", "id"],
                        name="bookings_series_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("workspace_id"), models.F("id"), name="bookings_series_key"),
                    models.CheckConstraint(
                        condition=models.Q(("wall_end__gte", models.F("wall_start"))), name="bookings_series_span"
                    ),
                    models.CheckConstraint(condition=models.Q(("state__in", _STATES)), name="bookings_series_state"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["booking", "blocker"])), name="bookings_series_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["here", "outlook"])), name="bookings_series_origin"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["record", "looked", "reading", "unread"])),
                        name="bookings_series_basis",
                    ),
                ],
            },
        ),
        migrations.AddField("booking", "series_id", models.UUIDField(null=True)),
        migrations.AddField("booking", "original_day", models.DateField(null=True)),
        migrations.AddField("booking", "own", models.JSONField(null=True)),
        migrations.AddConstraint(
            "booking",
            models.UniqueConstraint(
                fields=["workspace_id", "series_id", "original_day"],
                condition=models.Q(series_id__isnull=False),
                name="bookings_booking_date",
            ),
        ),
        migrations.AddConstraint(
            "booking", models.CheckConstraint(condition=_NO_SERIES | _A_DATE, name="bookings_booking_of_series")
        ),
    ]
