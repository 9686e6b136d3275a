"""The directory's tables: facts about one row only. Changes are made by the verb modules beside this one.

Foreign keys inside a workspace are composite, (workspace_id, id), and written in the migrations as SQL, because Django
knows single-column keys only and a foreign key is checked behind row security: a single-column key would let one
workspace point at another's row.
"""

from typing import ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from holdfast.directory.accounts import AccountManager
from holdfast.directory.kinds import Kind, Sharing
from holdfast.directory.roles import Role
from holdfast.directory.texts import ADDRESS_LENGTH_MAX, NAME_LENGTH_MAX
from holdfast.ports import clock, ids


def _choices(closed: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in closed]  # type: ignore[attr-defined]


class Workspace(models.Model):
    """One customer. Outside row security: it must be found before a workspace can be named, and holds only names."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    slug = models.SlugField(max_length=80, unique=True)
    zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=clock.now)


class Account(AbstractBaseUser):
    """A login, global to the installation; what it may do in a workspace hangs on the person its membership names."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(max_length=ADDRESS_LENGTH_MAX)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []  # noqa: RUF012  Django's base class declares it as an instance's

    objects: ClassVar[AccountManager] = AccountManager()  # pyright: ignore[reportIncompatibleVariableOverride]

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="directory_account_email"),)


class Membership(models.Model):
    """Which person an account is in a workspace. Outside row security: it is read before a workspace is known."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    account_id: UUID
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    workspace_id: UUID
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    person_id = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "workspace"], name="directory_membership_account"),
            models.UniqueConstraint(fields=["workspace", "person_id"], name="directory_membership_person"),
        )


class Person(models.Model):
    """Somebody who books, or is booked for, in one workspace."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id: UUID
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    email = models.EmailField(max_length=ADDRESS_LENGTH_MAX)
    role = models.CharField(max_length=16, choices=_choices(Role), default=Role.MEMBER.value)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace", "id", name="directory_person_key"),
            models.UniqueConstraint("workspace", Lower("email"), name="directory_person_email"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="directory_person_role"
            ),
        )


class Location(models.Model):
    """A place that holds resources: a site, a building, a floor."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id: UUID
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    parent_id = models.UUIDField(null=True)
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    zone = models.CharField(max_length=64)
    position = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint("workspace", "id", name="directory_location_key"),)


class Resource(models.Model):
    """What can be booked. Its units are its own and those of everything below it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id: UUID
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    parent_id = models.UUIDField(null=True)
    location_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=16, choices=_choices(Kind))
    sharing = models.CharField(max_length=16, choices=_choices(Sharing))
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    address = models.CharField(max_length=ADDRESS_LENGTH_MAX, blank=True, default="")
    zone = models.CharField(max_length=64)
    seats = models.PositiveIntegerField(null=True)
    buffer_after_s = models.PositiveIntegerField(default=0)
    live_look = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    colour = models.CharField(max_length=16, blank=True, default="")
    position = models.IntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace", "id", name="directory_resource_key"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]), name="directory_resource_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(sharing__in=[sharing.value for sharing in Sharing]),
                name="directory_resource_sharing",
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "parent_id"], name="directory_resource_parent"),
            models.Index(fields=["workspace", "position", "name"], name="directory_resource_order"),
        )


class Unit(models.Model):
    """One thing that can be taken by one booking at a time. Its number orders the locks, so it is never reused."""

    id = models.BigAutoField(primary_key=True)
    workspace_id: UUID
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    resource_id = models.UUIDField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint("workspace", "id", name="directory_unit_key"),)
        indexes = (models.Index(fields=["workspace", "resource_id"], name="directory_unit_resource"),)


class Token(models.Model):
    """A bearer token of the API: only its SHA-256 is kept, the text is shown once."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id: UUID
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    person_id = models.UUIDField(null=True)
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    digest = models.BinaryField(max_length=32)
    hint = models.CharField(max_length=8)
    scopes = ArrayField(models.CharField(max_length=32))
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint("workspace", "digest", name="directory_token_digest"),)
