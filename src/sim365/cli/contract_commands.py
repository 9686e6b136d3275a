"""What can be typed about Microsoft's own service: `sim365 contract`, `sim365 contract-clean`, `sim365 learn`.

Says first what is going to happen, with counts, and asks. Exit codes: 0 done, nothing left; 1 something was left, with
the command that removes it; 2 refused before anything was written.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx

from sim365.contract import runbook
from sim365.contract.access import read_cast, read_credentials
from sim365.contract.checks import every_check
from sim365.contract.errors import ContractError, RefusedError
from sim365.contract.findings import Check
from sim365.contract.marks import RUN
from sim365.contract.pace import REQUESTS_MAX
from sim365.contract.running import Plan, Target, clean, forgotten, run
from sim365.contract.target import microsoft, served
from sim365.learned.learning import UnusableResultError, read_lesson, teach

FOLDER = Path(".contract")
_CHECKOUT = Path(__file__).resolve().parents[3]


class _Refused(click.ClickException):
    exit_code = 2


_TENANT = click.option(
    "--tenant",
    help="The tenant's id or domain. Credentials come from SIM365_CONTRACT_APP and …_SECRET or …_SECRET_FILE.",
)
_BOARD = click.option(
    "--sim365",
    "board",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Instead of a tenant: the file with the line that `sim365 serve --clock virtual --json` printed.",
)
_MAILBOXES = click.option(
    "--mailboxes",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A file with two to six lines: 'person ADDRESS' or 'room ADDRESS'. No other mailbox is touched.",
)
_FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where runs are written down: what was made, and the results.",
)


@click.command()
@_TENANT
@_BOARD
@_MAILBOXES
@_FOLDER
@click.option(
    "--webhook", help="A public https address that answers Microsoft's validation, for questions about notices."
)
@click.option("--only", multiple=True, help="Ask only this check; may be given several times.")
@click.option("--yes", is_flag=True, help="Do not ask before the run.")
def contract(
    *,
    tenant: str | None,
    board: Path | None,
    mailboxes: Path,
    folder: Path,
    webhook: str | None,
    only: tuple[str, ...],
    yes: bool,
) -> None:
    """Ask a Microsoft 365 tenant how it behaves, with test mailboxes, and remove everything again."""
    with _refusals(), _terminable():
        target = _target(tenant, board)
        cast, _listed = read_cast(_text_of(mailboxes), webhook=webhook)
        plan = Plan(_chosen(only), cast, cast.mailboxes(), folder, secrets.token_hex(4))
        click.echo(announcement(target, plan))
        if not yes and not _agreed():
            click.echo("Nothing was done.")
            raise SystemExit(2)
        with _alone(folder):
            report, removal = run(target, plan, tell=click.echo)
            path = report.write(folder)
        click.echo(f"{report.sentence()}. Results: {path}")
        if target.service == "Microsoft":
            click.echo(f"To make them the simulator's defaults: sim365 learn {path}")
        if removal.left:
            click.echo("Something is left. Remove it with: sim365 contract-clean, and the same options.")
        click.echo(str(removal))
        raise SystemExit(1 if removal.left else 0)


@click.command("contract-clean")
@_TENANT
@_BOARD
@_MAILBOXES
@_FOLDER
@click.option("--run", "number", help="A run whose file is lost, by the number in its titles.")
def contract_clean(
    *, tenant: str | None, board: Path | None, mailboxes: Path, folder: Path, number: str | None
) -> None:
    """Remove what runs that were stopped left behind."""
    with _refusals(), _terminable():
        target = _target(tenant, board)
        cast, listed = read_cast(_text_of(mailboxes))
        with _alone(folder):
            if number is not None:
                _check_number(number)
                forgotten(target, folder, number, listed)
            removal = clean(target, folder, tell=click.echo)
        del cast
        click.echo(str(removal))


@click.command()
@click.argument("result", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkout",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=_CHECKOUT,
    help="The source tree whose data and pages are changed; usually the one that this program runs from.",
)
def learn(*, result: Path, checkout: Path) -> None:
    """Make the results of a run on a tenant the defaults of the switches, with their date."""
    try:
        lesson = read_lesson(_text_of(result))
        changed = teach(lesson, checkout)
    except (UnusableResultError, OSError) as error:
        message = f"{result}: {error} Nothing was changed."
        raise _Refused(message) from error
    click.echo(f"Learned {len(lesson.checks)} results, checked on {lesson.date}; {lesson.untried} were not tried.")
    click.echo(f"Changed: {', '.join(changed)}. Write the reference page anew with: make docs")


def announcement(target: Target, plan: Plan) -> str:
    """What is going to happen, before anything does."""
    cost = plan.cost()
    most = min(REQUESTS_MAX, cost.requests)
    asked = sum(not plan.lacks(check) for check in plan.checks)
    where = f"tenant {target.tenant} at {httpx.URL(target.root).host}"
    mailboxes = "\n".join(f"    {name}" for name in plan.mailboxes)
    return (
        f"The contract suite asks {asked} of {len(plan.checks)} questions of {where}.\n"
        f"  It writes into these mailboxes and no others, and refuses them if anything is ahead in their calendars:\n"
        f"{mailboxes}\n"
        f"  It makes up to {cost.creates} items, each titled [sim365 {plan.run}] …: events two weeks ahead and later,\n"
        f"  a few calendars and a category, and subscriptions where --webhook is given.\n"
        f"  It causes up to {cost.mails} mails, all between these mailboxes; the mails stay in their folders.\n"
        f"  It sends up to {most} requests ({REQUESTS_MAX} with removal at most), two per second; the whole takes\n"
        f"  about twenty minutes.\n"
        f"  Everything made is removed at the end, or by Ctrl-C. If even that is cut off: sim365 contract-clean\n"
        f"  What is made is written down in {plan.folder / plan.run}{runbook.SUFFIX}"
    )


def _agreed() -> bool:
    """A yes at the keyboard; an end of input or Ctrl-C is a no."""
    try:
        return click.confirm("Go ahead?", default=False)
    except click.Abort:
        click.echo()
        return False


def _target(tenant: str | None, board: Path | None) -> Target:
    if (tenant is None) == (board is None):
        message = "Name a tenant with --tenant, or a served simulator with --sim365."
        raise RefusedError(message)
    if board is not None:
        return served(board)
    return microsoft(str(tenant), read_credentials(os.environ))


def _chosen(only: tuple[str, ...]) -> tuple[Check, ...]:
    checks = {check.name: check for check in every_check()}
    unknown = [name for name in only if name not in checks]
    if unknown:
        message = f"There is no check called {unknown[0]}."
        raise RefusedError(message)
    return tuple(checks[name] for name in only) if only else tuple(checks.values())


def _check_number(number: str) -> None:
    if not RUN.fullmatch(number):
        message = "A run's number has eight hexadecimal digits; it stands in the titles as [sim365 …]."
        raise RefusedError(message)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read ({type(error).__name__})."
        raise _Refused(message) from error


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ContractError as error:
        raise _Refused(str(error)) from error


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM, and the closing of the terminal, are taken like Ctrl-C: removal comes next."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run at a time: another's removal would take this one's things away."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"Another run is using {folder}. Wait for it, or stop it with Ctrl-C."
            raise RefusedError(message) from error
        yield
