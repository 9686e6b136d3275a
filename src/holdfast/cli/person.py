"""`holdfast admin` and `holdfast person`: who may come in."""

import click

from holdfast.cli import telling
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option

ROLES = ("admin", "manager", "member", "auditor")
_PASSWORD = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for where it is not given; what stands on a command line is seen by others on this machine.",
)


@click.group()
def admin() -> None:
    """Make the first administrator. There is no account until this is done, and no default password ever."""


@admin.command(cls=WithDatabase)
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", default="", help="How the person is called; the address where it is not given.")
@click.option("--workspace-name", default="Our house", show_default=True, help="What the first workspace is called.")
@click.option("--zone", default="UTC", show_default=True, help="Its time zone, such as Europe/Oslo.")
@_PASSWORD
@workspace_option
def create(*, email: str, name: str, workspace_name: str, zone: str, password: str, slug: str) -> None:
    """Make an administrator who can sign in; the first one's workspace is made too."""
    from holdfast.directory.roles import Role  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.workspaces import open_workspace, workspaces  # noqa: PLC0415  the same

    _check_password(password, email)
    if not slug and not workspaces():
        slug = open_workspace(workspace_name, zone=zone).slug
    _admit(slug, name=name or email, email=email, role=Role.ADMIN.value, password=password)
    telling.say(f"{email} is an administrator of {chosen(slug).name} and may sign in.")


@click.group()
def person() -> None:
    """Add people."""


@person.command(cls=WithDatabase)
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="How the person is called.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True, help="What the person may do.")
@_PASSWORD
@workspace_option
def add(*, email: str, name: str, role: str, password: str, slug: str) -> None:
    """Add a person who can sign in with a password."""
    _check_password(password, email)
    _admit(slug, name=name, email=email, role=role, password=password)
    telling.say(f"{name} ({role}) may sign in with {email}.")


@person.command(name="list", cls=WithDatabase)
@telling.json_option
@workspace_option
def list_people(*, as_json: bool, slug: str) -> None:
    """List the people of a workspace."""
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.people import people  # noqa: PLC0415  the same

    workspace = chosen(slug)
    with in_workspace(workspace.id):
        found = people(workspace.id)
    rows = [
        {"name": item.name, "email": item.email, "role": item.role, "active": item.active, "id": item.id}
        for item in found
    ]
    telling.rows(rows, as_json=as_json, empty="There is nobody yet: holdfast person add")


def _admit(slug: str, *, name: str, email: str, role: str, password: str) -> None:
    from holdfast.directory.people import add_person, admit, make_account  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.roles import Role  # noqa: PLC0415  the same

    workspace = chosen(slug)
    by = actor(workspace)
    added = add_person(by, name=name, email=email, role=Role(role))
    admit(by, added.id, account=make_account(email, password=password))


def _check_password(password: str, email: str) -> None:
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415  needs Django to be ready
    from django.core.exceptions import ValidationError  # noqa: PLC0415  the same

    from holdfast.directory.models import Account  # noqa: PLC0415  the same

    try:
        validate_password(password, Account(email=email))
    except ValidationError as error:
        raise click.UsageError("this password will not do: " + " ".join(error.messages)) from error
