"""The suite against sim365: every behaviour is found as it is modelled, and afterwards nothing is there."""

from __future__ import annotations

import pytest

from sim365.contract.checks import every_check
from sim365.contract.findings import Outcome
from sim365.contract.pace import REQUESTS_MAX
from tests.contract.harbour import calendars


@pytest.mark.parametrize("check", [check.name for check in every_check()])
def test_sim365_behaves_as_it_says(whole_run, check):
    result = whole_run.of(check)

    assert result.outcome is not Outcome.DIFFERS, result.saw


def test_the_calendars_are_as_before(whole_run):
    assert calendars(whole_run.sim) == whole_run.before


def test_the_last_words_are_the_counts(whole_run):
    removal = whole_run.removal

    assert removal.created == removal.removed > 0
    assert str(removal) == f"created {removal.created}, removed {removal.removed}, left 0"


def test_the_run_stays_within_its_requests(whole_run):
    assert 0 < whole_run.sim.conduct.requests <= REQUESTS_MAX


@pytest.mark.parametrize("check", every_check(), ids=lambda check: check.name)
def test_no_check_costs_more_than_it_says(whole_run, check):
    assert whole_run.of(check.name).requests <= check.cost.requests
