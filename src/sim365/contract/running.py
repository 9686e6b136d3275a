"""One run: remove what earlier runs left, look whether the mailboxes are free, ask every question, remove everything.

Whatever ends it (a check, the network, Ctrl-C), removal comes next; a second Ctrl-C during removal leaves the rest to
the next start or to `contract-clean`, and the last line says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from sim365.contract import runbook
from sim365.contract.cleaning import Removal, remove_all
from sim365.contract.errors import BudgetSpentError, ContractError, RefusedError, UntriedError
from sim365.contract.findings import Check, Cost, Finding, Need, Outcome, Shows
from sim365.contract.ground import DAYS_AHEAD, DAYS_MAX, Cast, Ground
from sim365.contract.inspection import inspect
from sim365.contract.pace import Pace, Watch
from sim365.contract.report import Report, Result, line_of
from sim365.contract.runbook import Header, RunBook
from sim365.contract.wire import Wire
from sim365.learned import DOCUMENTED

MAILBOXES_MIN, MAILBOXES_MAX = 2, 6
_SURPRISES = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What a check raises where an answer does not have the form that every documented answer has."""


@dataclass(frozen=True, slots=True)
class Target:
    """The service that is asked, and how one gets in."""

    service: str
    """`Microsoft` or `sim365`."""
    root: str
    """Ends in /v1.0."""
    tenant: str
    client: httpx.Client
    bearer: Callable[[], str]
    watch: Watch

    def wire(self, run: str) -> Wire:
        """A paced way to it, with the requests of one run to spend."""
        return Wire(self.client, self.root, self.bearer, Pace(self.watch), run=run)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be done."""

    checks: tuple[Check, ...]
    cast: Cast
    mailboxes: tuple[str, ...]
    folder: Path
    run: str

    def cost(self) -> Cost:
        """The most that it takes, removal not counted."""
        chosen = [check.cost for check in self.checks if not self.lacks(check)]
        return Cost(
            sum(cost.requests for cost in chosen),
            sum(cost.creates for cost in chosen),
            sum(cost.mails for cost in chosen),
        )

    def lacks(self, check: Check) -> list[Need]:
        """What a check needs and this run does not have."""
        there = {Need.GUEST: self.cast.guest, Need.ROOM: self.cast.room, Need.WEBHOOK: self.cast.webhook}
        return [need for need in Need if need in check.needs and there[need] is None]


def run(target: Target, plan: Plan, *, tell: Callable[[str], None]) -> tuple[Report, Removal]:
    """The whole run; raises `RefusedError` where it may not begin."""
    _check_count(plan.mailboxes)
    clean(target, plan.folder, tell=tell)
    wire = target.wire(plan.run)
    now = target.watch.now()
    inspect(wire, plan.mailboxes, now)
    first_day = (now + timedelta(days=DAYS_AHEAD)).date()
    last_day = first_day + timedelta(days=DAYS_MAX)
    header = Header(plan.run, target.tenant, target.root, now.isoformat(), plan.mailboxes, first_day, last_day)
    book = runbook.begin(plan.folder, header)
    results: list[Result] = []
    try:
        for result in _asked(Ground(wire, book, plan.cast), plan):
            results.append(result)
            tell(line_of(result))
    except KeyboardInterrupt:
        tell("Stopped. Removing what was made; this takes up to a few minutes.")
    except ContractError as error:
        tell(f"Stopped: {error} Removing what was made.")
    except BaseException:
        _removed(wire, book, tell)
        raise
    removal = _removed(wire, book, tell)
    report = Report(
        target.service, httpx.URL(target.root).host, plan.run, now.date(), tuple(results), removal=str(removal)
    )
    return report, removal


def clean(target: Target, folder: Path, *, tell: Callable[[str], None]) -> Removal:
    """Remove what earlier runs against the same service and tenant left; other tenants' runs are named."""
    total = Removal(0, 0, 0)
    for book in list(runbook.open_runs(folder)):
        header = book.header
        if (header.tenant, header.root) != (target.tenant, target.root):
            tell(f"Run {header.run} was made in another tenant ({header.tenant}); its items are not touched here.")
            continue
        tell(f"Removing what run {header.run} of {header.began[:10]} left.")
        ended = _removed(target.wire(header.run), book, tell)
        if ended.left:
            message = f"Run {header.run} could not be removed: {ended}. Its file is {book.path}."
            raise RefusedError(message)
        total = Removal(total.created + ended.created, total.removed + ended.removed, 0)
    return total


def forgotten(target: Target, folder: Path, number: str, mailboxes: tuple[str, ...]) -> None:
    """Write a lost run's file anew, so that `clean` searches for everything that carries its mark."""
    if (folder / f"{number}{runbook.SUFFIX}").exists():
        return
    now = target.watch.now()
    last_day = (now + timedelta(days=DAYS_AHEAD + DAYS_MAX)).date()
    header = Header(number, target.tenant, target.root, now.isoformat(), mailboxes, now.date(), last_day)
    book = runbook.begin(folder, header)
    for mailbox in mailboxes:
        for kind in ("event", "calendar", "category"):
            book.intend(kind, mailbox, "whatever carries the mark", mailboxes)
    book.intend("subscription", mailboxes[0], "whatever carries the mark")


def _removed(wire: Wire, book: RunBook, tell: Callable[[str], None]) -> Removal:
    try:
        removal = remove_all(wire, book)
    except KeyboardInterrupt:
        left = max(1, len(book.live) + len(book.intents))
        removal = Removal(book.created, book.removed, left, ("Removal was stopped before its end.",))
    for problem in removal.problems:
        tell(problem)
    return removal


def _check_count(mailboxes: tuple[str, ...]) -> None:
    if not MAILBOXES_MIN <= len(mailboxes) <= MAILBOXES_MAX:
        message = f"Name two to six test mailboxes; these are {len(mailboxes)}."
        raise RefusedError(message)


def _asked(ground: Ground, plan: Plan) -> Iterable[Result]:
    spent_out = ""
    for check in plan.checks:
        before = ground.wire.pace.spent
        lacking = plan.lacks(check)
        if lacking:
            finding: Finding | Shows | str = "it needs " + " and ".join(need.value for need in lacking)
        elif spent_out:
            finding = spent_out
        else:
            try:
                finding = _answer(check, ground)
            except BudgetSpentError as error:
                spent_out = str(error)
                finding = spent_out
        now = ground.wire.pace.watch.now()
        yield _result(check, finding, date=now.date().isoformat(), requests=ground.wire.pace.spent - before)


def _answer(check: Check, ground: Ground) -> Finding | Shows | str:
    try:
        return check.ask(ground)
    except UntriedError as error:
        return str(error)
    except _SURPRISES as error:
        return f"an answer did not have the documented form ({type(error).__name__}: {error})"


def _result(check: Check, finding: Finding | Shows | str, *, date: str, requests: int) -> Result:
    value: bool | float | None = None
    match finding:
        case Finding(holds, saw):
            outcome = Outcome.HOLDS if holds else Outcome.DIFFERS
        case Shows(value, saw):
            outcome = Outcome.HOLDS if value == DOCUMENTED[check.switch] else Outcome.DIFFERS
        case str() as saw:
            outcome = Outcome.NOT_TRIED
    return Result(check.name, check.says, check.section, check.keys, outcome, saw, check.switch, value, date, requests)
