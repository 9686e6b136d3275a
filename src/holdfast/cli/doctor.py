"""`holdfast doctor`: everything at a glance, with the command that mends what is wrong."""

import importlib
from dataclasses import asdict

import click

from holdfast.cli import ground, telling
from holdfast.cli.exits import Exit
from holdfast.host import checks
from holdfast.host.checks import Finding, State
from holdfast.host.errors import HostError

FURTHER = ("holdfast.cli.outlook_checks:connected", "holdfast.cli.outlook_checks:notices")
"""Checks of other parts, as module:function; each takes the Config and yields Findings."""

_SIGNS = {State.OK: ("ok", "green"), State.WARNING: ("look", "yellow"), State.WRONG: ("WRONG", "red")}


@click.command()
@telling.json_option
def doctor(*, as_json: bool) -> int:
    """Check everything and name what is wrong with the command that mends it.

    Exit code 0 where nothing is wrong (warnings allowed), 1 otherwise.
    """
    found = _examine()
    if as_json:
        telling.rows([asdict(finding) for finding in found], as_json=True, empty="")
    else:
        _tell(found)
    return Exit.NOT_IN_ORDER if any(finding.state is State.WRONG for finding in found) else Exit.DONE


def _examine() -> list[Finding]:
    config = ground.config()
    try:
        with ground.database():
            further = tuple(_load(name) for name in FURTHER)
            return checks.examine(config, (*checks.CHECKS, *further))
    except HostError as error:
        before = checks.examine(config, (checks.machine, checks.settings_file, checks.keys))
        return [*before, Finding("Database", State.WRONG, str(error), "See docs/operate/database.md.")]


def _load(name: str) -> checks.Check:
    module, _, function = name.partition(":")
    check: checks.Check = getattr(importlib.import_module(module), function)
    return check


def _tell(found: list[Finding]) -> None:
    width = max(len(finding.what) for finding in found)
    for finding in found:
        word, colour = _SIGNS[finding.state]
        click.echo(f"{click.style(f'{word:<5}', fg=colour)}  {finding.what:<{width}}  {finding.seen}")
        if finding.remedy and finding.state is not State.OK:
            click.echo(f"{'':<{width + 9}}→ {finding.remedy}")
