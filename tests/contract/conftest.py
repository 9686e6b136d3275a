"""One run of the whole suite for all tests that only look at how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sim365.contract.cleaning import Removal
from sim365.contract.report import Report, Result
from sim365.contract.running import run
from sim365.ledger import Mail
from sim365.simulator import Simulator
from tests.contract.harbour import calendars, harbour, plan_of, target_of


@dataclass
class WholeRun:
    """What came of it."""

    sim: Simulator
    report: Report
    removal: Removal
    before: dict
    mails: list[Mail]
    folder: Path
    told: list[str] = field(default_factory=list)

    def of(self, check: str) -> Result:
        return next(each for each in self.report.results if each.check == check)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory) -> WholeRun:
    folder = tmp_path_factory.mktemp("contract")
    sim = harbour()
    before, told = calendars(sim), []
    report, removal = run(target_of(sim), plan_of(folder), tell=told.append)
    report.write(folder)
    assert sim.bugs == []
    return WholeRun(sim, report, removal, before, list(sim.ledger.mails), folder, told)
