"""The journal's tables. The app role may add rows and erase payloads, and can change nothing else about a row.

The payload is text, not jsonb: the digest is over its exact bytes.
"""

from django.db import models


class Head(models.Model):
    """The last number and hash of a workspace's chain; locking it orders the writers."""

    workspace_id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "journal_head"


class Change(models.Model):
    """One thing that happened to one subject."""

    pk = models.CompositePrimaryKey("workspace_id", "number")
    workspace_id = models.UUIDField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    cause = models.CharField(max_length=64)
    verb = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    payload = models.TextField(null=True)
    salt = models.BinaryField(max_length=16, null=True)
    digest = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "journal_change"
        indexes = (models.Index(fields=["workspace_id", "subject_id", "number"], name="journal_change_subject"),)
