"""The suite against sim365: every behaviour is found as it is modelled, and afterwards nothing is there."""

from __future__ import annotations

import pytest

from sim365.contract.checks import every_check
from sim365.contract.findings import Outcome
from sim365.contract.pace import REQUESTS_MAX
from sim365.modelled import behaviours
from tests.contract.harbour import APP, TENANT, calendars


@pytest.mark.fact(
    "error-envelope",
    "request-ids",
    "no-me-for-applications",
    "lists-counted",
    "pages-of-ten",
    "times-in-utc",
    "token-refused",
    "nobody-not-found",
    "query-refused",
    "malformed-id-refused",
    "gone-not-found",
    "room-as-place",
    "places-by-type",
    "calendar-own-events",
    "new-change-key",
    "short-preview",
    "zone-as-sent",
    "seven-digits",
    "no-end-date",
    "cancelled-dates",
    "exceptions-expanded",
    "answer-is-the-event",
    "change-as-named",
    "answers-arrive",
    "declined-vanishes",
    "unsent-answer-unknown",
    "organiser-no-answer",
    "guest-no-cancel",
    "moved-asks-anew",
    "left-out-cancelled",
    "guest-deletes-silently",
    "etag-is-change-key",
    "transaction-id-shown",
    "series-in-start-zone",
    "view-overlap",
    "view-bounds",
    "copy-shares-uid",
    "copy-own-id",
    "container-ids-stay",
    "properties-in-view",
    "properties-merged",
    "copy-without-marks",
    "cancelled-copy-free",
    "create-before-room",
    "room-changes-mind",
    "ghost-booking",
)
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


def test_the_result_file_can_be_shown_to_others(whole_run):
    """It names no mailbox, no person, no tenant, and nothing that could be used to get in."""
    (path,) = whole_run.folder.glob("*.result.json")
    text = path.read_text()

    assert "etag-is-the-change-key" in text
    for word in ("harbour", "Ada Lind", TENANT, APP, "Bearer", "secret", "AAMk"):
        assert word not in text


def test_every_check_names_behaviours_that_are_listed():
    listed = {each.key for each in behaviours()}

    assert sorted({key for check in every_check() for key in check.keys} - listed) == []
    assert [check.name for check in every_check() if not check.keys] == []


def test_a_check_that_asks_about_a_switch_names_that_switchs_behaviour():
    switched = {each.key: each.switch for each in behaviours()}

    for check in every_check():
        if check.switch and check.switch in switched.values():
            assert check.switch in {switched[key] for key in check.keys}, check.name
