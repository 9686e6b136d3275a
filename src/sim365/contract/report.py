"""The dated results of a run: one line per check, and a file that `sim365 learn` reads.

The file names no mailbox, no person and no tenant: it can be shown to others.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sim365.contract.findings import Outcome

FORMAT = "sim365 contract result 1"
SUFFIX = ".result.json"


@dataclass(frozen=True, slots=True)
class Result:
    """What one check said."""

    check: str
    says: str
    section: str
    keys: tuple[str, ...]
    outcome: Outcome
    saw: str
    """What was seen; for a check that was not tried, why."""
    switch: str
    value: bool | float | None
    """What the switch must be to behave as seen."""
    date: str
    requests: int


@dataclass(frozen=True, slots=True)
class Report:
    """A run's results."""

    service: str
    """`Microsoft` or `sim365`."""
    host: str
    run: str
    date: date
    results: tuple[Result, ...]
    removal: str = ""

    def counted(self) -> dict[Outcome, int]:
        """How many checks ended how."""
        return {outcome: sum(each.outcome is outcome for each in self.results) for outcome in Outcome}

    def sentence(self) -> str:
        """The counts in words."""
        counts = self.counted()
        return f"{counts[Outcome.HOLDS]} hold, {counts[Outcome.DIFFERS]} differ, {counts[Outcome.NOT_TRIED]} not tried"

    def write(self, folder: Path) -> Path:
        """Put it into a file of its own."""
        path = folder / f"{self.run}{SUFFIX}"
        held: dict[str, Any] = {
            "format": FORMAT,
            "service": self.service,
            "host": self.host,
            "run": self.run,
            "date": self.date.isoformat(),
            "removal": self.removal,
            "results": [asdict(each) for each in self.results],
        }
        path.write_text(json.dumps(held, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def line_of(result: Result) -> str:
    """One check's line on the terminal."""
    return f"{result.outcome.value:<9}  {result.check}: {result.saw}"
