"""The questions, by subject; importing this package enters all of them into `findings.CHECKS`."""

from sim365.contract.checks import (
    asking,
    identity,
    meeting,
    notices,
    properties,
    rooms,
    series,
    times,
    tracking,
    writing,
)
from sim365.contract.findings import CHECKS, Check

MODULES = (asking, identity, writing, properties, times, series, tracking, meeting, rooms, notices)
"""In the order in which they are asked: what needs least comes first."""


def every_check() -> tuple[Check, ...]:
    """All of them, what causes no mail before what does."""
    order = [module.__name__ for module in MODULES]
    return tuple(sorted(CHECKS.values(), key=lambda check: order.index(check.ask.__module__)))
