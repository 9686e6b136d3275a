"""The tables of the record, for reading. Rows are written by `verbs` alone.

What Django cannot say stands as SQL in the migrations: composite foreign keys, the exclusion constraint that makes a
double booking impossible, the `long` columns and their partial indexes, which keep reads of a span off the far past.
"""

from typing import Any

from django.db import models

from holdfast.bookings.states import Basis, BookingKind, ConflictKind, Origin, State
from holdfast.database.columns import WallTimeField
from holdfast.ports import clock, ids

TITLE_LENGTH_MAX = 255


class Booking(models.Model):
    """One booking or blocker. The wall time is what was agreed on; the instants follow from it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    resource_id = models.UUIDField()
    wall_start = WallTimeField()
    wall_end = WallTimeField()
    zone = models.CharField(max_length=64)
    all_day = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    title = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True, default="")
    note = models.TextField(blank=True, default="")
    show_as = models.CharField(max_length=24, default="busy")
    sensitivity = models.CharField(max_length=16, default="normal")
    place = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True, default="")
    people: "models.JSONField[Any]" = models.JSONField(default=list)
    kind = models.CharField(max_length=16, default=BookingKind.BOOKING.value)
    state = models.CharField(max_length=16, default=State.CONFIRMED.value)
    quantity = models.PositiveIntegerField(default=1)
    owner_id = models.UUIDField(null=True)
    organiser_name = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True, default="")
    organiser_address = models.CharField(max_length=320, blank=True, default="")
    origin = models.CharField(max_length=16, default=Origin.HERE.value)
    basis = models.CharField(max_length=16, default=Basis.RECORD.value)
    version = models.PositiveIntegerField(default=1)
    claim = models.BigIntegerField()
    claimed_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True)
    series_id = models.UUIDField(null=True)
    original_day = models.DateField(null=True)
    own: "models.JSONField[Any]" = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace_id", "id", name="bookings_booking_key"),
            # Also the index by which the dates of a series are found; the many bookings without one stay out of it.
            models.UniqueConstraint(
                fields=["workspace_id", "series_id", "original_day"],
                condition=models.Q(series_id__isnull=False),
                name="bookings_booking_date",
            ),
            models.CheckConstraint(
                condition=models.Q(series_id__isnull=True, original_day__isnull=True, own__isnull=True)
                | models.Q(series_id__isnull=False, original_day__isnull=False),
                name="bookings_booking_of_series",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="bookings_booking_span"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]), name="bookings_booking_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in BookingKind]), name="bookings_booking_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=[o.value for o in Origin]), name="bookings_booking_origin"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=[b.value for b in Basis]), name="bookings_booking_basis"
            ),
        )
        indexes = (
            models.Index(fields=["workspace_id", "resource_id", "starts_at"], name="bookings_booking_timeline"),
            models.Index(fields=["workspace_id", "owner_id", "starts_at"], name="bookings_booking_owner"),
            models.Index(fields=["workspace_id", "starts_at", "id"], name="bookings_booking_list"),
        )


class Series(models.Model):
    """What repeats: its first occurrence, the pattern, and the day up to which its dates are rows of their own."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    resource_id = models.UUIDField()
    wall_start = WallTimeField()
    wall_end = WallTimeField()
    zone = models.CharField(max_length=64)
    all_day = models.BooleanField(default=False)
    pattern: "models.JSONField[Any]" = models.JSONField()
    horizon = models.DateField()
    rolls = models.BooleanField(default=False)  # some of its dates lie behind the horizon and are no rows yet
    title = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True, default="")
    note = models.TextField(blank=True, default="")
    show_as = models.CharField(max_length=24, default="busy")
    sensitivity = models.CharField(max_length=16, default="normal")
    place = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True, default="")
    people: "models.JSONField[Any]" = models.JSONField(default=list)
    kind = models.CharField(max_length=16, default=BookingKind.BOOKING.value)
    state = models.CharField(max_length=16, default=State.CONFIRMED.value)
    quantity = models.PositiveIntegerField(default=1)
    owner_id = models.UUIDField(null=True)
    organiser_name = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True, default="")
    organiser_address = models.CharField(max_length=320, blank=True, default="")
    origin = models.CharField(max_length=16, default=Origin.HERE.value)
    basis = models.CharField(max_length=16, default=Basis.RECORD.value)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace_id", "id", name="bookings_series_key"),
            models.CheckConstraint(
                condition=models.Q(wall_end__gte=models.F("wall_start")), name="bookings_series_span"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]), name="bookings_series_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in BookingKind]), name="bookings_series_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=[o.value for o in Origin]), name="bookings_series_origin"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=[b.value for b in Basis]), name="bookings_series_basis"
            ),
        )
        indexes = (
            models.Index(fields=["workspace_id", "resource_id"], name="bookings_series_resource"),
            models.Index(fields=["workspace_id", "owner_id"], name="bookings_series_owner"),
            models.Index(
                fields=["workspace_id", "horizon", "id"],
                condition=models.Q(rolls=True, cancelled_at__isnull=True),
                name="bookings_series_due",
            ),
        )


class Slot(models.Model):
    """The time one booking takes on one unit, buffer included. Slots have no identity: a move deletes and inserts.

    What judging asks of a slot stands in its row, so that no read of taken time joins: on a fresh database, without
    statistics yet, such a join was planned quadratically. The primary key is the index of those reads.
    """

    pk = models.CompositePrimaryKey("workspace_id", "unit_id", "starts_at", "booking_id")
    workspace_id = models.UUIDField()
    unit_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booking_id = models.UUIDField()
    resource_id = models.UUIDField()
    claim = models.BigIntegerField()
    held = models.BooleanField()
    soft = models.BooleanField(default=False)

    class Meta:
        constraints = (
            # An empty range overlaps nothing, so the exclusion constraint would let it pass.
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="bookings_slot_not_empty"
            ),
        )
        indexes = (models.Index(fields=["workspace_id", "booking_id"], name="bookings_slot_of_booking"),)


class Conflict(models.Model):
    """The one queue of what a person should look at. `content` keeps what was overwritten or refused, in full."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    booking_id = models.UUIDField()
    other_id = models.UUIDField(null=True)
    link_id = models.UUIDField(null=True)
    content: "models.JSONField[Any]" = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=64, blank=True, default="")
    closed_by = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in ConflictKind]), name="bookings_conflict_kind"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "booking_id", "other_id"],
                condition=models.Q(closed_at__isnull=True, kind=ConflictKind.OVERLAP.value),
                name="bookings_conflict_open_pair",
            ),
        )
        indexes = (
            models.Index(
                fields=["workspace_id", "opened_at", "id"],
                condition=models.Q(closed_at__isnull=True),
                name="bookings_conflict_queue",
            ),
            models.Index(fields=["workspace_id", "booking_id"], name="bookings_conflict_booking"),
            models.Index(fields=["workspace_id", "other_id"], name="bookings_conflict_other"),
        )


class IdempotencyKey(models.Model):
    """An answer given before, so that a repeated request gets it again and does nothing twice."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    actor = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveIntegerField(null=True)
    answer = models.TextField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace_id", "actor", "key"], name="bookings_idempotency_key"),
        )
        indexes = (models.Index(fields=["workspace_id", "created_at"], name="bookings_idempotency_age"),)
