"""The questions, by subject; importing this package enters all of them into `findings.CHECKS`."""

from sim365.contract.checks import identity, series, times, tracking, writing
from sim365.contract.findings import CHECKS, Check

MODULES = (identity, writing, times, series, tracking)


def every_check() -> tuple[Check, ...]:
    """All of them, in the order of their modules."""
    return tuple(CHECKS.values())
