"""What can be typed: `sim365 serve`, `sim365 check`.

Reads options, calls the parts, prints sentences. Exit codes: 0 done, 1 the server could not start, 2 wrong use or a
company file with problems.
"""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import click

from sim365.cli.lazy import LazyGroup
from sim365.cli.notice_board import board_of, lines_of
from sim365.company import CompanyFile, CompanyFileError, read_company, sample_company
from sim365.serving import Plan, ServingError, Station, free_port_pair

SAMPLE = "sample"
PORT_USUAL = 8365
SEED_MAX = 2**31 - 1
LOOK_UP_EVERY_S = 0.5


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A simulated Microsoft 365 calendar service, on this machine alone."""


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65534),
    default=PORT_USUAL,
    show_default=True,
    help="Plain port for Graph and the pages; the login host takes the next one over TLS. 0 chooses.",
)
@click.option(
    "--company",
    "companies",
    multiple=True,
    default=[SAMPLE],
    show_default=True,
    help="A company file, or the word sample; several are several tenants.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, SEED_MAX),
    default=1,
    show_default=True,
    help="The same seed gives the same company and the same chance.",
)
@click.option(
    "--clock",
    type=click.Choice(["wall", "virtual"]),
    default="wall",
    show_default=True,
    help="Follow the wall clock, or stand still until told on the operator's page or by /_sim.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Keep calendars, certificates and keys in this directory across restarts.",
)
@click.option(
    "--loopback-webhooks",
    is_flag=True,
    help="Deliver notices to plain http addresses of this machine, too. Microsoft takes https only.",
)
@click.option(
    "--check-types",
    is_flag=True,
    help="Check every answer against Microsoft's published types; what does not fit is shown as a bug.",
)
@click.option("--json", "as_json", is_flag=True, help="Print where everything stands as one line of JSON.")
def serve(
    *,
    port: int,
    companies: tuple[str, ...],
    seed: int,
    clock: str,
    state: Path | None,
    loopback_webhooks: bool,
    check_types: bool,
    as_json: bool,
) -> None:
    """Serve a company until Ctrl-C."""
    stopping = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    plan = Plan(
        companies=tuple(_described(company, seed) for company in companies),
        port=port or free_port_pair(),
        seed=seed,
        follows_wall_clock=clock == "wall",
        state=state,
        loopback_webhooks=loopback_webhooks,
        checks_types=check_types,
    )
    try:
        station = Station(plan)
    except CompanyFileError as error:
        raise _Unusable(str(error)) from error
    except ServingError as error:
        raise click.ClickException(str(error)) from error
    board = board_of(station)
    click.echo(json.dumps(board) if as_json else "\n".join(lines_of(board)))
    try:
        # The server's own threads may be the ones that a signal reaches; its handler runs when this thread looks up.
        while not stopping.wait(LOOK_UP_EVERY_S):
            pass
    finally:
        if not as_json:
            click.echo("Stopping: answering what is under way, keeping the state." if state else "Stopping.")
        station.stop()


@main.command()
@click.argument("company", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(*, company: Path, as_json: bool) -> None:
    """Read a company file and say what is wrong with it."""
    try:
        described = read_company(_text_of(company), name=str(company))
    except CompanyFileError as error:
        if not as_json:
            raise _Unusable(str(error)) from error
        problems = [{"line": one.line, "field": one.field, "sentence": one.sentence} for one in error.problems]
        click.echo(json.dumps({"problems": problems}))
        raise SystemExit(2) from error
    (tenant,) = described.company.tenants
    counts = {"mailboxes": len(tenant.mailboxes), "apps": len(tenant.apps), "planned entries": len(described.events)}
    if as_json:
        click.echo(json.dumps({"company": tenant.name, **counts, "problems": []}))
    else:
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"{tenant.name}: {told}. Nothing is wrong.")


class _Unusable(click.ClickException):
    exit_code = 2


def _described(company: str, seed: int) -> CompanyFile:
    if company == SAMPLE:
        return sample_company(seed)
    try:
        return read_company(_text_of(Path(company)), name=company)
    except CompanyFileError as error:
        raise _Unusable(str(error)) from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _Unusable(f"{path} cannot be read: {error.strerror}. Give a company file, or the word sample.") from error
    except UnicodeDecodeError as error:
        raise _Unusable(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
