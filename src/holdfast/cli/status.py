"""`holdfast status`: how this installation is, in a few lines."""

from dataclasses import asdict

import click

from holdfast.cli import ground, telling
from holdfast.cli.frame import WithDatabase
from holdfast.host import lock, places
from holdfast.host.release import VERSION


@click.command(cls=WithDatabase)
@telling.json_option
def status(*, as_json: bool) -> None:
    """Say in a few lines how this installation is. `holdfast doctor` looks deeper."""
    from holdfast.host import health, overview  # noqa: PLC0415  needs Django to be ready

    config = ground.config()
    running = lock.holder(places.lock_file(config.state))
    ready = health.readiness()
    facts = {
        "version": VERSION,
        "state_directory": config.state,
        "address": config.web.public_url or config.web.address,
        "running": ready["worker"] == "ok" and running is not None,
        "database": "embedded" if config.database.is_embedded else "yours",
        "mailboxes": overview.mailboxes(),
    }
    found = [asdict(figure) for figure in overview.figures()]
    if as_json:
        telling.facts({**facts, "workspaces": found}, as_json=True)
        return
    telling.facts({**facts, "mailboxes": _mailboxes(overview.mailboxes())}, as_json=False)
    click.echo()
    for figure in found:
        telling.facts(figure, as_json=False)
        click.echo()
    if not found:
        telling.say("There is no workspace yet: holdfast admin create")


def _mailboxes(counted: dict[str, int]) -> str:
    return ", ".join(f"{many} {state.replace('_', ' ')}" for state, many in counted.items()) or "none"
