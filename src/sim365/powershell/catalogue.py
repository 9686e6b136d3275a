"""Every cmdlet that works here."""

from collections.abc import Iterator

from sim365.powershell import calendar_processing
from sim365.powershell.cmdlets import Cmdlet


def all_cmdlets() -> Iterator[Cmdlet]:
    """All of them, by subject."""
    yield from calendar_processing.cmdlets()
