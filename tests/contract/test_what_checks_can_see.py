"""A check is worth something only if it can say no: it follows the switch that it asks about, and believes no nonsense."""

from __future__ import annotations

import json

import httpx
import pytest

from sim365.contract.checks import every_check
from sim365.contract.findings import Outcome
from sim365.contract.running import run
from sim365.learned import DOCUMENTED
from sim365.switches import Switches
from tests.contract.harbour import harbour, plan_of, target_of

ASKING = [check for check in every_check() if check.switch]
BY_NAME = {check.name: check for check in every_check()}


def asked(check, tmp_path, *, switches=None, transport=None):
    sim = harbour(switches=switches)
    report, removal = run(target_of(sim, transport=transport), plan_of(tmp_path, checks=[check]), tell=lambda _: None)
    assert removal.left == 0
    assert sim.bugs == []
    (result,) = report.results
    return result


@pytest.mark.parametrize("check", ASKING, ids=lambda check: check.name)
def test_a_check_sees_how_its_switch_stands(check, tmp_path):
    """Both behaviours exist in the simulator; the check tells them apart and names the value."""
    for value in (True, False):
        switches = Switches()
        switches.set(check.switch, value=value)
        (tmp_path / str(value)).mkdir()

        result = asked(check, tmp_path / str(value), switches=switches)

        assert (result.value, result.outcome is Outcome.HOLDS) == (value, value == DOCUMENTED[check.switch]), result.saw


class Nonsense(httpx.BaseTransport):
    """A service that lets the run begin, and then answers everything with the same words."""

    def __init__(self, status: int, body: object):
        self._status, self._body, self._looked = status, json.dumps(body).encode(), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        looks = request.method == "GET" and "calendarView?" in str(request.url) and "isAllDay" in str(request.url)
        looks = looks or "start%2FdateTime%20ge" in str(request.url)
        if looks or request.method == "DELETE" or "$select=id,subject" in str(request.url).replace("%2C", ","):
            return httpx.Response(200 if request.method == "GET" else 204, json={"value": []}, request=request)
        headers = {"Content-Type": "application/json"}
        return httpx.Response(self._status, content=self._body, headers=headers, request=request)


@pytest.mark.parametrize("check", every_check(), ids=lambda check: check.name)
def test_no_check_believes_nonsense(check, tmp_path):
    """Neither an empty success nor an empty refusal makes anything hold, and no switch is read from them."""
    for number, (status, body) in enumerate([(200, {}), (200, {"value": []}), (400, {}), (404, {})]):
        (tmp_path / str(number)).mkdir()

        result = asked(check, tmp_path / str(number), transport=Nonsense(status, body))

        assert (result.outcome is Outcome.HOLDS, result.value) == (False, None), f"{status} {body}: {result.saw}"


def test_every_switch_that_is_asked_about_is_asked_about_once():
    switches = [check.switch for check in ASKING]

    assert sorted(switches) == sorted(set(switches))
    assert len(switches) >= 20


def test_every_check_names_what_it_is_about():
    for check in every_check():
        assert check.says.endswith(".")
        assert check.section.split(".")[0].isdigit()
        assert check.cost.requests > 0
