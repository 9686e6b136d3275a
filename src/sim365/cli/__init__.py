"""The command `sim365`."""

from sim365.cli.commands import main

__all__ = ["main"]
