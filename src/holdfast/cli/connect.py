"""`holdfast connect`: an organisation's Microsoft 365 is tied to a workspace.

Decides how an administrator hands the secret over (never on the command line, where others would see it) and what is
shown before anything is asked. Whether the connection works is found out by the verb, before it is stored.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import ground, telling
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option
from holdfast.host.config import Config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.mirror.connections import Consent
    from holdfast.mirror.engine import Engine
    from holdfast.mirror.models import Connection

SECRET_CHARACTERS_MAX = 4096
_STDIN = "-"


@click.command(cls=WithDatabase)
@click.option("--tenant", required=True, help="The directory (tenant) id, or its domain.")
@click.option("--app", "app_id", required=True, help="The application (client) id.")
@click.option(
    "--secret-file", default=_STDIN, show_default=True, help="A file with the client secret; - asks, or reads a pipe."
)
@click.option("--name", default="Microsoft 365", show_default=True, help="What the connection is called here.")
@click.option("--root", "root_url", default="", help="Another Graph root: a national cloud, or sim365.")
@click.option("--authority", "authority_url", default="", help="Another sign-in host, without the tenant.")
@click.option(
    "--ca",
    "ca_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Authorities to trust besides the public ones, for this attempt; workers take them from the settings.",
)
@telling.json_option
@workspace_option
def connect(
    *,
    tenant: str,
    app_id: str,
    secret_file: str,
    name: str,
    root_url: str,
    authority_url: str,
    ca_file: Path | None,
    as_json: bool,
    slug: str,
) -> None:
    """Connect an organisation's Microsoft 365, after it was shown that it works.

    The application needs these permissions (application permissions, with an administrator's consent):

    \b
      Calendars.ReadWrite   read the calendars of mapped rooms, write bookings into them
      Place.Read.All        find rooms and desks with building, floor and seats
      User.Read.All         find the mailboxes of equipment
      MailboxSettings.Read  tell rooms from people's mailboxes, learn their time zone

    The secret is stored sealed, and only where Microsoft let the application in. Connecting again replaces it.

    \b
    holdfast connect --tenant contoso.example --app 5ca1ab1e-… --secret-file secret.txt
    holdfast connect --tenant … --app … < secret.txt

    Exit code 6 where Microsoft refused or could not be reached.
    """
    from holdfast.mirror import connections  # noqa: PLC0415  needs Django to be ready

    if not as_json:
        _tell_permissions(connections.PERMISSIONS)
    secret = _secret(secret_file)
    given = {"root_url": root_url.rstrip("/"), "authority_url": authority_url.rstrip("/")}
    elsewhere = {key: value for key, value in given.items() if value}
    new = connections.NewConnection(tenant=tenant.strip(), app_id=app_id.strip(), secret=secret, name=name, **elsewhere)
    if not as_json:
        telling.say(f"Trying to sign in as {new.app_id} in {new.tenant} …")
    config = ground.config()
    made = connections.connect(actor(chosen(slug)), new, engine=_engine(config, ca_file))
    _tell(made, as_json=as_json)
    if ca_file is not None and not _is_trusted(config, ca_file):
        telling.warn(
            f"Workers do not trust {ca_file} yet: set HOLDFAST_OUTGOING_CA_FILE={ca_file.absolute()} (or "
            "outgoing.ca_file in holdfast.toml) and restart `holdfast up`."
        )


def _tell(made: "Connection", *, as_json: bool) -> None:
    if as_json:
        facts = {"id": made.id, "name": made.name, "tenant": made.tenant, "app": made.app_id, "state": made.state}
        telling.facts(facts, as_json=True)
        return
    telling.say(f"Connected: “{made.name}” works, and its secret is stored sealed.")
    telling.say("Next: holdfast map discover")


def _tell_permissions(permissions: "Sequence[Consent]") -> None:
    telling.say("Holdfast asks Microsoft 365 for these application permissions, and for no other:")
    for one in permissions:
        telling.say(f"  {one.scope} (“{one.name}”)\n      {one.why}")


def _secret(source: str) -> str:
    """From a file, a pipe or a prompt without echo; never from an argument."""
    if source == _STDIN and sys.stdin.isatty():
        return str(click.prompt("Client secret (its value, not its id)", hide_input=True)).strip()
    try:
        with click.open_file(source) as file:
            text = file.read(SECRET_CHARACTERS_MAX + 1).strip()
    except OSError as error:
        raise click.UsageError(f"the secret cannot be read from {source}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{source} holds no text: give the file with the secret's value") from error
    if not text or len(text) > SECRET_CHARACTERS_MAX or len(text.split()) > 1:
        raise click.UsageError(f"{source} holds no secret: one line with the secret's value is expected")
    return text


def _engine(config: Config, ca_file: Path | None) -> "Engine":
    from holdfast.host import outward  # noqa: PLC0415  needs Django to be ready

    if ca_file is None:
        return outward.engine(config)
    return outward.engine(replace(config, outgoing=replace(config.outgoing, ca_file=ca_file.absolute())))


def _is_trusted(config: Config, ca_file: Path) -> bool:
    known = config.outgoing.ca_file
    return known is not None and known.read_bytes() == ca_file.read_bytes()
