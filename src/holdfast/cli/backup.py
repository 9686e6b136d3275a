"""`holdfast backup` and `holdfast restore`."""

from pathlib import Path

import click

from holdfast.cli import ground, telling
from holdfast.host import archive, lock, places, up
from holdfast.host.migrate import migrate
from holdfast.ports import clock

_ADMIN_URL = click.option(
    "--admin-url",
    default="",
    help="Only with DATABASE_URL: the same database as a role that row security does not bind.",
)


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@_ADMIN_URL
def backup(*, target: Path | None, admin_url: str) -> None:
    """Write everything into one archive, TARGET (a dated name here where none is given).

    Works while Holdfast runs; the archive is one moment of the database. The keys are not in it: keep a copy of the
    state directory's keys/ in another place. Without them a backup opens no connection to Microsoft.
    """
    target = target or Path(f"holdfast-{clock.now():%Y%m%d-%H%M%S}.backup")
    if target.exists():
        raise click.UsageError(f"{target} exists already; nothing is ever replaced")
    with ground.database() as config:
        manifest = archive.backup(config, target.absolute(), admin_url=admin_url)
    telling.say(f"{target}: {target.stat().st_size / 1_000_000:.1f} MB, PostgreSQL {manifest.server}")
    telling.say(f"Keep the keys as well, elsewhere: {config.state / 'keys'}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_ADMIN_URL
def restore(*, source: Path, admin_url: str) -> None:
    """Read an archive into an empty database.

    Holdfast must not be running here. What happened in Outlook since the backup is found by the next sync; before it
    writes to a calendar it compares the marker there, and asks where a newer copy of this installation wrote.
    """
    config = ground.config()
    archive.check(source)
    with lock.only_one(places.lock_file(config.state)), up.database(config, say=telling.say):
        manifest = archive.restore(config, source, admin_url=admin_url)
        _bring_up_to_date(config)
    telling.say(f"Restored what was saved on {manifest.made:%Y-%m-%d %H:%M} UTC by Holdfast {manifest.holdfast}.")
    if missing := archive.missing_keys(config, manifest):
        telling.warn(
            f"Master keys {', '.join(missing)} are not here: put their lines back into "
            f"{config.state / 'keys' / 'master.keys'} (behind the first), or connect to Microsoft again."
        )
    telling.say("Next: holdfast up")


def _bring_up_to_date(config: ground.Config) -> None:
    import django  # noqa: PLC0415  settings are read here for the first time
    from django.db import connections  # noqa: PLC0415  the same

    django.setup()
    migrate(config)
    from holdfast.host.restored import mark_restored  # noqa: PLC0415  needs Django to be ready

    mark_restored()
    connections.close_all()
