"""A group of commands of which some are imported only when they are typed, so that `sim365 serve` starts at once."""

from __future__ import annotations

import importlib

import click

LATER = {
    "contract": "sim365.cli.contract_commands:contract",
    "contract-clean": "sim365.cli.contract_commands:contract_clean",
    "learn": "sim365.cli.contract_commands:learn",
    "powershell": "sim365.cli.powershell:powershell",
}


class LazyGroup(click.Group):
    """Click's group, with the commands of `LATER` beside those that are added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, sorted."""
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported by now."""
        place = LATER.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        return getattr(importlib.import_module(module), name)
