"""`holdfast config`: which settings are in force."""

import click

from holdfast.cli import ground, telling
from holdfast.host.declared import SETTINGS


@click.group()
def config() -> None:
    """Show the settings in force and where each comes from."""


@config.command()
@telling.json_option
def show(*, as_json: bool) -> None:
    """List every setting, its value (secrets are masked) and its source."""
    variables = {setting.name: setting.variable for setting in SETTINGS}
    found = [
        {"setting": name, "value": value, "source": source, "variable": variables[name]}
        for name, value, source in ground.config().printable
    ]
    telling.rows(found, as_json=as_json, empty="")
