"""What a cmdlet is, and where all of them are listed.

A cmdlet takes the office, its bound arguments and one object that came through the pipe, and gives records.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim365.powershell.binding import Bound, Parameter, Takes
from sim365.powershell.errors import missing_parameter
from sim365.powershell.office import Office
from sim365.powershell.records import Record


@dataclass(frozen=True, slots=True)
class Call:
    """One cmdlet at work on one object."""

    office: Office
    bound: Bound
    piped: Record | None = None

    @property
    def identity(self) -> str:
        """What it works on: said with -Identity, or come through the pipe."""
        if "Identity" in self.bound:
            return self.bound.text("Identity")
        if self.piped is None:
            raise missing_parameter(["Identity"])
        return self.piped.identity


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """One command an administrator can type."""

    name: str
    run: Callable[[Call], list[Record]]
    parameters: tuple[Parameter, ...] = ()
    changes: bool = True
    """It changes something: -WhatIf keeps it from that."""


IDENTITY = Parameter("Identity", is_needed=True, position=1)
RESULT_SIZE = Parameter("ResultSize")


def flag(name: str) -> Parameter:
    """A parameter that takes $true or $false."""
    return Parameter(name, Takes.FLAG)


def texts(name: str) -> Parameter:
    """A parameter that takes several texts."""
    return Parameter(name, Takes.TEXTS)


def number(name: str, low: int = 0, high: int = 2_147_483_647) -> Parameter:
    """A parameter that takes a whole number."""
    return Parameter(name, Takes.NUMBER, low=low, high=high)
