"""Two requests in a second, 600 in a run, and no mail that was not announced."""

from __future__ import annotations

from itertools import pairwise

import httpx
import pytest

from sim365.contract.checks import every_check
from sim365.contract.errors import BudgetSpentError
from sim365.contract.findings import CHECKS, Outcome
from sim365.contract.pace import INTERVAL, KEPT_FOR_REMOVAL, KEPT_PER_ITEM, REQUESTS_MAX, Pace
from sim365.contract.running import run
from sim365.transport import SimTransport
from sim365.weather import Fault
from tests.contract.harbour import MAILBOXES, START, SimWatch, calendars, harbour, plan_of, target_of


def test_requests_are_half_a_second_apart(tmp_path):
    sim, moments = harbour(), []

    class Watched(httpx.BaseTransport):
        def handle_request(self, request):
            moments.append(sim.clock.now())
            return SimTransport(sim).handle_request(request)

    checks = [check for check in every_check() if "asking" in check.ask.__module__]
    run(target_of(sim, transport=Watched()), plan_of(tmp_path, checks=checks), tell=lambda _: None)

    assert len(moments) > len(checks)
    assert min(later - earlier for earlier, later in pairwise(moments)) >= INTERVAL


def test_the_items_of_a_batch_count_as_requests(tmp_path):
    sim = harbour()
    check = CHECKS["batches-have-a-limit"]

    report, _ = run(target_of(sim), plan_of(tmp_path, checks=[check]), tell=lambda _: None)

    assert report.results[0].requests == 21


def test_what_removal_needs_is_set_aside():
    sim = harbour()
    pace = Pace(SimWatch(sim), requests_max=100)
    pace.keep_for(30)
    for _ in range(100 - KEPT_FOR_REMOVAL - 30 * KEPT_PER_ITEM):
        pace.admit(1)

    with pytest.raises(BudgetSpentError):
        pace.admit(1)
    pace.begin_removal()
    pace.admit(1)


def test_a_run_that_spends_everything_still_removes_everything(tmp_path):
    """Five times the checks: the later ones are not tried, and nothing is left."""
    import dataclasses

    sim = harbour()
    before = calendars(sim)
    many = [dataclasses.replace(check, name=f"{check.name}-{turn}") for turn in range(5) for check in every_check()]

    report, removal = run(target_of(sim), plan_of(tmp_path, checks=many), tell=lambda _: None)

    assert "used up" in report.results[-1].saw
    assert report.results[-1].outcome is Outcome.NOT_TRIED
    assert removal.left == 0
    assert sim.conduct.requests <= REQUESTS_MAX
    assert calendars(sim) == before


def test_all_checks_fit_into_one_run():
    cost = plan_of(None).cost()

    assert cost.requests + cost.creates * KEPT_PER_ITEM + KEPT_FOR_REMOVAL <= REQUESTS_MAX


def test_the_announced_mails_are_the_mails_sent(whole_run):
    """All of them between the listed mailboxes."""
    assert len(whole_run.mails) == plan_of(None).cost().mails
    assert {mail.recipient for mail in whole_run.mails} | {mail.sender for mail in whole_run.mails} == set(MAILBOXES)


def test_a_busy_service_is_waited_for(tmp_path):
    sim = harbour()
    sim.weather.next(Fault.THROTTLED, times=3, parameter=7)
    check = CHECKS["etag-is-the-change-key"]

    report, removal = run(target_of(sim), plan_of(tmp_path, checks=[check]), tell=lambda _: None)

    assert report.results[0].outcome is Outcome.HOLDS
    assert removal.left == 0
    assert (sim.clock.now() - START).total_seconds() >= 3 * 7


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.TIMEOUT_LATE, Fault.RESET_AFTER, Fault.GATEWAY_TIMEOUT])
def test_a_lost_answer_leaves_nothing(fault, tmp_path):
    """The create is carried out, its answer never comes: the run finds the event by its mark."""
    sim = harbour()
    before = calendars(sim)
    sim.weather.next(fault, method="POST", times=2)
    checks = [CHECKS[name] for name in ("etag-is-the-change-key", "change-key-changes", "events-are-found-by-uid")]

    report, removal = run(target_of(sim), plan_of(tmp_path, checks=checks), tell=lambda _: None)

    assert [each.outcome for each in report.results] == [Outcome.NOT_TRIED, Outcome.NOT_TRIED, Outcome.HOLDS]
    assert (removal.created, removal.removed, removal.left) == (3, 3, 0)
    assert calendars(sim) == before
