"""What the mirror remembers: where bookings and events are kept in step, and what was observed of each pair.

This module decides which facts are stored and where the wall between workspaces stands. It holds no outstanding work:
a link says what each side was seen to say, and `reconcile.plan` derives the next step from that. A mailbox, its lease
and its doorbell stand outside of workspaces, because Microsoft's limits and notices know nothing of our customers.
"""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from holdfast.ports import ids

NAME_CHARS_MAX = 256
GRAPH_ID_CHARS_MAX = 2048


class MailboxState(models.TextChoices):
    """How we stand with one mailbox; anything but `WORKING` is shown with its sentence and re-checked slowly."""

    WORKING = "working"
    WAITING = "waiting"  # Microsoft could not be asked, or asked us to wait: it passes by itself
    SIGNED_OUT = "signed_out"  # the application may not sign in: secret, consent or tenant
    NO_ACCESS = "no_access"  # 401 or 403 for this mailbox
    UNUSABLE = "unusable"  # no such mailbox, no licence, on-premises
    PUZZLED = "puzzled"  # an answer the model does not know: counts as unread
    STOPPED = "stopped"  # another instance, or an older copy of this one: a person must say which writes


class Mailbox(models.Model):
    """A mailbox at Microsoft as one application may reach it: its pace, its doorbell, its state."""

    id = models.BigAutoField(primary_key=True)
    app_id = models.CharField(max_length=NAME_CHARS_MAX)
    tenant = models.CharField(max_length=NAME_CHARS_MAX)
    key = models.CharField(max_length=NAME_CHARS_MAX)  # the directory object id: it survives a renamed address
    address = models.CharField(max_length=NAME_CHARS_MAX)
    workspaces = ArrayField(models.UUIDField(), default=list)  # whose calendars hang on it; nearly always one

    state = models.CharField(max_length=16, choices=MailboxState, default=MailboxState.WORKING)
    words = models.TextField(default="")  # the state in a sentence, with the remedy
    failures = models.IntegerField(default=0)  # in a row
    not_before = models.DateTimeField(null=True)  # Microsoft's Retry-After, or our own back-off
    due_at = models.DateTimeField(null=True)  # when it is to be tended though nobody rings

    rung_count = models.BigIntegerField(default=0)  # something may have changed in Outlook
    rung_at = models.DateTimeField(null=True)
    heard_count = models.BigIntegerField(default=0)  # the rung count that the last complete look began with
    stirred_count = models.BigIntegerField(default=0)  # something became unsettled here
    settled_count = models.BigIntegerField(default=0)  # the stirred count that the last settling began with

    subscription_id = models.CharField(max_length=NAME_CHARS_MAX, default="")
    client_state_hash = models.CharField(max_length=64, default="")
    subscription_expires_at = models.DateTimeField(null=True)
    subscription_checked_at = models.DateTimeField(null=True)  # a lifecycle notice causes at most one look a minute
    subscription_due_at = models.DateTimeField(null=True)  # when it is next renewed, made or looked at
    notice_at = models.DateTimeField(null=True)
    notice_count = models.BigIntegerField(default=0)
    wrote_at = models.DateTimeField(null=True)  # our last write that a notice should follow
    unproven_since = models.DateTimeField(null=True)  # the first own write that no notice has followed yet
    is_push_measured = models.BooleanField(default=False)  # a notice did follow a write of ours

    class Meta:
        constraints = (models.UniqueConstraint(fields=["app_id", "tenant", "key"], name="mirror_mailbox_once"),)
        indexes = (
            models.Index(fields=["due_at"], name="mirror_mailbox_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["subscription_id"], name="mirror_mailbox_bell", condition=~Q(subscription_id="")),
            models.Index(
                fields=["id"],
                name="mirror_mailbox_rung",
                condition=Q(rung_count__gt=models.F("heard_count")) | Q(stirred_count__gt=models.F("settled_count")),
            ),
        )


class Lease(models.Model):
    """Who tends a mailbox. A row of its own, so that the doorbell never waits for a worker's transaction."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, primary_key=True)
    mailbox_id: int
    epoch = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=NAME_CHARS_MAX, default="")
    until = models.DateTimeField(null=True)


class Handshake(models.Model):
    """An address that answers Microsoft's validation once, while a subscription is being made or renewed."""

    path = models.CharField(max_length=64, primary_key=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE)
    mailbox_id: int
    until = models.DateTimeField()
    answers_left = models.IntegerField(default=2)  # the notice address and the lifecycle address


class Refusal(models.Model):
    """Notices that were not believed, counted by the minute so that a flood stays one row."""

    minute = models.DateTimeField(primary_key=True)
    count = models.BigIntegerField(default=0)


class Instance(models.Model):
    """Who we are towards a calendar: one row, made once for a database."""

    one = models.IntegerField(primary_key=True, default=1)
    instance_id = models.UUIDField(default=ids.new)


class ConnectionState(models.TextChoices):
    WORKING = "working"
    FAILED = "failed"
    ENDED = "ended"


class Connection(models.Model):
    """An authorisation at Microsoft: the application of an organisation. Its secret is sealed."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    workspace_id = models.UUIDField()
    kind = models.CharField(max_length=16, default="organisation")
    name = models.CharField(max_length=NAME_CHARS_MAX)
    tenant = models.CharField(max_length=NAME_CHARS_MAX)
    app_id = models.CharField(max_length=NAME_CHARS_MAX)
    sealed_secret = models.BinaryField()
    root_url = models.CharField(max_length=NAME_CHARS_MAX)
    authority_url = models.CharField(max_length=NAME_CHARS_MAX)
    state = models.CharField(max_length=16, choices=ConnectionState, default=ConnectionState.WORKING)
    words = models.TextField(default="")
    created_at = models.DateTimeField()
    probed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace_id", "id", name="mirror_connection_key"),
            models.UniqueConstraint(
                fields=["workspace_id", "tenant", "app_id"], name="mirror_connection_once", condition=~Q(state="ended")
            ),
        )


class Calendar(models.Model):
    """A calendar we watch: its delta state and the instance marker seen on it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    workspace_id = models.UUIDField()
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_constraint=False)
    connection_id: UUID
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE)
    mailbox_id: int
    graph_id = models.CharField(max_length=GRAPH_ID_CHARS_MAX)
    name = models.CharField(max_length=NAME_CHARS_MAX)
    is_default = models.BooleanField(default=True)

    round = models.IntegerField(default=0)  # the full round whose pages the links carry
    is_round_open = models.BooleanField(default=False)
    asked_round = models.IntegerField(default=0)  # the last full round whose absences were asked about
    cursor = models.TextField(default="")  # the next page of an open round, else the delta link
    window_from = models.DateTimeField(null=True)
    window_to = models.DateTimeField(null=True)
    observed_at = models.DateTimeField(null=True)  # the last complete observation
    verified_at = models.DateTimeField(null=True)  # the last full comparison
    differences = models.IntegerField(null=True)  # what it found
    rounds_failed = models.IntegerField(default=0)  # 410 again right after a full round, endless pages

    marker_checked_at = models.DateTimeField(null=True)
    marker_instance = models.CharField(max_length=64, default="")
    marker_epoch = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace_id", "id", name="mirror_calendar_key"),
            models.UniqueConstraint(fields=["workspace_id", "mailbox", "graph_id"], name="mirror_calendar_once"),
        )
        indexes = (models.Index(fields=["mailbox"], name="mirror_calendar_mailbox"),)


class MappingState(models.TextChoices):
    PLANNED = "planned"  # previewed, nothing synced yet
    WORKING = "working"
    PAUSED = "paused"
    ENDED = "ended"


class Mapping(models.Model):
    """A resource tied to a calendar, with its settings."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    workspace_id = models.UUIDField()
    resource_id = models.UUIDField()
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, db_constraint=False)
    calendar_id: UUID
    state = models.CharField(max_length=16, choices=MappingState, default=MappingState.PLANNED)
    settings = models.JSONField(default=dict)  # pyright: ignore[reportUnknownVariableType]  Django's own default
    created_at = models.DateTimeField()
    first_round = models.IntegerField(null=True)  # the full round that its first sync reads
    synced_at = models.DateTimeField(null=True)  # the first sync was confirmed and ran to its end
    pushes_from = models.DateTimeField(null=True)  # bookings that end before are never written (Z-M01)
    brake_since = models.DateTimeField(null=True)  # when deletions were stopped
    brake_waiting = models.IntegerField(default=0)  # how many wait for a person's word
    brake_released_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace_id", "id", name="mirror_mapping_key"),
            models.UniqueConstraint(
                fields=["resource_id", "calendar"], name="mirror_mapping_once", condition=~Q(state="ended")
            ),
        )
        indexes = (
            models.Index(fields=["resource_id"], name="mirror_mapping_resource"),
            models.Index(fields=["calendar"], name="mirror_mapping_calendar"),
        )


class Link(models.Model):
    """The tie of one booking to one event. `state` is reconcile's; the columns beside it are for finding it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    workspace_id = models.UUIDField()
    mapping = models.ForeignKey(Mapping, on_delete=models.CASCADE, db_constraint=False)
    mapping_id: UUID
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, db_constraint=False)
    calendar_id: UUID
    mailbox_id = models.BigIntegerField()
    booking_id = models.UUIDField(null=True)
    event_id = models.CharField(max_length=GRAPH_ID_CHARS_MAX, default="")
    series_id = models.CharField(max_length=GRAPH_ID_CHARS_MAX, default="")  # the master of an occurrence
    state = models.TextField()
    is_shadow = models.BooleanField(default=False)  # another mapping's event on a shared calendar: it only takes time
    is_unsettled = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)  # not to be settled before
    parked = models.CharField(max_length=32, default="")
    closed_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # the last known end: what left by the past edge is not asked
    round = models.IntegerField(default=0)  # the last full round that delivered the event
    version = models.IntegerField(default=1)
    failures = models.IntegerField(default=0)
    gone_at = models.DateTimeField(null=True)  # when its event was confirmed absent; the brake counts these
    changed_at = models.DateTimeField()  # when either side was last seen to change
    confirmed_at = models.DateTimeField(null=True)  # when both sides last agreed

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["mapping", "event_id"], name="mirror_link_event_once", condition=~Q(event_id="")
            ),
            models.UniqueConstraint(
                fields=["mapping", "booking_id"],
                name="mirror_link_booking_once",
                condition=Q(booking_id__isnull=False, closed_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(fields=["calendar", "event_id"], name="mirror_link_event"),
            models.Index(fields=["calendar", "series_id"], name="mirror_link_series", condition=~Q(series_id="")),
            models.Index(fields=["booking_id"], name="mirror_link_booking", condition=Q(booking_id__isnull=False)),
            models.Index(fields=["mailbox_id", "due_at"], name="mirror_link_unsettled", condition=Q(is_unsettled=True)),
            models.Index(fields=["mapping", "parked"], name="mirror_link_parked", condition=~Q(parked="")),
        )


class Absence(models.Model):
    """A removal of an event that no link knows; later pages of it are believed only from a GET."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.UUIDField()
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, db_constraint=False)
    calendar_id: UUID
    event_id = models.CharField(max_length=GRAPH_ID_CHARS_MAX)
    at = models.DateTimeField()
    round = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["calendar", "event_id"], name="mirror_absence_once"),)


class Exchange(models.Model):
    """One write to Microsoft and what was answered: the middle of a booking's story. Append only."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.UUIDField()
    link_id = models.UUIDField()
    booking_id = models.UUIDField(null=True)
    number = models.IntegerField()  # of the offer within the link
    kind = models.CharField(max_length=16)
    fields = models.CharField(max_length=128, default="")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16)
    detail = models.TextField(default="")  # status, code and Microsoft's request id; never a title

    class Meta:
        indexes = (models.Index(fields=["booking_id"], name="mirror_exchange_booking"),)


class Quarantine(models.Model):
    """An event that could not be understood. It stands alone; the rest of its calendar goes on."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.UUIDField()
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, db_constraint=False)
    calendar_id: UUID
    event_id = models.CharField(max_length=GRAPH_ID_CHARS_MAX)
    why = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["calendar", "event_id"], name="mirror_quarantine_once"),)


class Run(models.Model):
    """Something a person started: a preview, a first sync, a sync, a verify, a recovery; with what it counted."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    workspace_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=NAME_CHARS_MAX)
    counts = models.JSONField(default=dict)  # pyright: ignore[reportUnknownVariableType]  Django's own default
