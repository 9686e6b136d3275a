"""`holdfast demo-tour`: the main job by itself, on both sides, with the time and the Graph requests of every step.

Decides where the tour plays (a directory and ports of its own, gone afterwards; never the demonstration's data), in
which order, and how it is told. What each act does and checks stands in `acts`. It uses real processes: PostgreSQL,
web, a worker and sim365, which speak HTTP over loopback.
"""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.cli import demo, telling
from holdfast.cli.exits import Exit
from holdfast.cli.outlook import Outlook
from holdfast.cli.wire import Wire
from holdfast.host import places
from holdfast.host.postgres import EmbeddedPostgres
from holdfast.host.supervise import Supervisor
from holdfast.ports import clock

if TYPE_CHECKING:
    from holdfast.cli.play import Act, Line, Play
    from holdfast.directory.roles import Actor

NOTICE_S_MAX = 1.0
PORT_TRIES_MAX = 50
WIDTH_MAX = 110
_WHOLE = "the whole step, until both sides are quiet"
_NUMBERS = 22
"""Columns kept free at the right for time and requests."""


@click.command(name="demo-tour")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same company."
)
@telling.json_option
def demo_tour(*, seed: int, as_json: bool) -> int:
    """Show the main job by itself: what is booked on either side holds on both, whatever goes wrong.

    It starts Holdfast and a simulated Microsoft 365 with a sample company, in a directory of its own, on free ports;
    then the dry run, the first sync, changes from both sides, two people at once, a lost notice, a killed worker. Every
    step says what happened, how long it took and how many Graph requests it cost. In the end all of it is gone again.

    \b
    Exit code 0  every step came about, and `holdfast verify` found 0 differences
              1  something did not; it says what
    """
    os.environ.setdefault("HOLDFAST_LOG_LEVEL", "error")  # that a worker dies is part of the tour
    report = _Report(quiet=as_json)
    with _stage() as here:
        demo.play(here, seed=seed, when_ready=lambda board, running: _perform(here, board, running, report))
    report.end()
    return Exit.NOT_IN_ORDER if report.failure else Exit.DONE


def _perform(here: demo.Stage, board: demo.Board, running: Supervisor, report: "_Report") -> None:
    """All acts, until one fails; then the processes are told to end."""
    outlook = Outlook(board["control"])
    wire = Wire(here.port)
    try:
        from holdfast.cli.play import Differs  # noqa: PLC0415  needs Django to be ready

        try:
            _acts(here, board, running, report, outlook=outlook, wire=wire)
        except Differs as differs:
            report.fail(str(differs))
    finally:
        outlook.close()
        running.stop()
        wire.close()


def _acts(
    here: demo.Stage, board: demo.Board, running: Supervisor, report: "_Report", *, outlook: Outlook, wire: Wire
) -> None:
    from holdfast.cli import acts  # noqa: PLC0415  needs Django to be ready
    from holdfast.cli.play import Play  # noqa: PLC0415  the same

    outlook.deliver_notices_within(NOTICE_S_MAX)
    root = urlsplit(str(board["graph_root"]))
    wired: dict[str, Any] = {**board, "graph_root": f"{root.scheme}://127.0.0.1:{wire.port}{root.path}"}
    workspace = demo.set_up(here, wired, starting=False)
    play = Play(_ada(workspace.id), workspace.zone, outlook, wire, running, report.line)
    acts.before_the_first_sync(play)
    counted: dict[str, int] = {}
    for title, act in (
        ("Dry run of the first sync", lambda: counted.update(acts.dry_run(play))),
        ("First sync", lambda: acts.first_sync(play, counted)),
        ("A booking made, moved and cancelled here", lambda: acts.from_here(play)),
        ("An event made, moved and deleted in Outlook", lambda: acts.from_outlook(play)),
        ("Two people take one slot on both sides at once", lambda: acts.at_once(play)),
        ("A notice is lost, and found", lambda: acts.lost_notice(play)),
        ("A worker is killed in the middle of a write", lambda: acts.killed(play)),
        ("Mails", lambda: acts.mails(play)),
        ("Verify", lambda: acts.verified(play)),
    ):
        _perform_one(play, title, act, report)


def _ada(workspace_id: UUID) -> "Actor":
    """The administrator of the sample company, as herself."""
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory import people, roles  # noqa: PLC0415  the same

    with in_workspace(workspace_id):
        ada = next(person for person in people.people(workspace_id) if person.role == roles.Role.ADMIN)
    return roles.person(workspace_id, person_id=ada.id, name=ada.name, role=roles.Role.ADMIN)


def _perform_one(play: "Play", title: str, act: Callable[[], None], report: "_Report") -> None:
    """One act with its echoes: it ends when both sides are quiet, so that its requests are its own."""
    from holdfast.cli.play import Act  # noqa: PLC0415  needs Django to be ready

    play.act = Act(title)
    report.begin(play.act)
    started, before = clock.monotonic_s(), play.outlook.requests()
    try:
        act()
        play.rest()
    finally:
        play.act.took_s = clock.monotonic_s() - started
        play.act.requests = play.outlook.requests() - before
    report.finish(play.act)


@contextmanager
def _stage() -> Generator[demo.Stage]:
    """A directory and ports of its own, and nothing of them afterwards."""
    state = Path(tempfile.mkdtemp(prefix="holdfast-tour-"))
    try:
        port = _free_ports(2)
        yield demo.Stage(state, port, _free_ports(1))
    finally:
        server = EmbeddedPostgres(places.database_directory(state))
        server.stop()
        shutil.rmtree(server.socket_directory, ignore_errors=True)
        shutil.rmtree(state, ignore_errors=True)


def _free_ports(many: int) -> int:
    """The first of so many free ports in a row."""
    for _ in range(PORT_TRIES_MAX):
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            if all(_is_free(port + further) for further in range(1, many)):
                return port
    raise click.ClickException("no free ports were found on 127.0.0.1")


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError):
        return False
    return True


class _Report:
    """Tells the tour on standard output as it happens, and all of it in JSON at the end where that is asked for."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(highlight=False, quiet=quiet, soft_wrap=False)
        self._console.width = min(self._console.width, WIDTH_MAX) if sys.stdout.isatty() else WIDTH_MAX
        self._quiet = quiet
        self._acts: list[Act] = []
        self._started = clock.monotonic_s()
        self.failure = ""

    def begin(self, act: "Act") -> None:
        self._acts.append(act)
        self._console.print(f"\n[bold]{len(self._acts)}  {act.title}[/bold]")

    def line(self, line: "Line") -> None:
        self._row("   ✓ ", "green", line.words, _numbers(line.took_s, line.requests))

    def finish(self, act: "Act") -> None:
        self._row("     ", "", _WHOLE, _numbers(act.took_s, act.requests), style="bold")

    def fail(self, words: str) -> None:
        self.failure = words
        self._row("   ✗ ", "red", words, "")

    def end(self) -> None:
        """The sum, and the verdict."""
        took_s = clock.monotonic_s() - self._started
        if self._quiet:
            acts = [asdict(act) for act in self._acts]
            telling.facts({"acts": acts, "took_s": took_s, "differs": self.failure or None}, as_json=True)
            return
        requests = sum(act.requests for act in self._acts)
        self._console.print()
        if self.failure:
            self._console.print(Text(f"This differs: {self.failure}", style="bold red"))
        else:
            self._console.print("[bold green]A booking made on either side held on both: 0 differences.[/bold green]")
        self._console.print(f"{took_s:.0f} s in all, start and end included · {requests} Graph requests", style="dim")
        self._console.print("Try it yourself: holdfast demo", style="dim")

    def _row(self, sign: str, colour: str, words: str, numbers: str, *, style: str = "") -> None:
        table = Table.grid(expand=True)
        table.add_column(width=len(sign))
        table.add_column(ratio=1)
        cells = [Text(sign, style=colour), Text(words)]
        if numbers:
            table.add_column(width=_NUMBERS, justify="right")
            cells.append(Text(numbers, style=style or "dim"))
        table.add_row(*cells)
        self._console.print(table)


def _numbers(took_s: float | None, requests: int | None) -> str:
    if took_s is None or requests is None:
        return ""
    return f"{took_s:.2f} s · {requests:>3} requests" if requests != 1 else f"{took_s:.2f} s ·   1 request "
