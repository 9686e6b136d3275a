"""`holdfast demo`: everything beside a simulated Microsoft 365, with a sample company.

Decides where the demonstration keeps its data: a directory of its own below the state directory, so that it can be
forgotten without touching an installation that matters.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from holdfast.cli import ground, telling
from holdfast.host import lock, places, up
from holdfast.host.config import load
from holdfast.host.errors import AlreadyRunning, GaveUp
from holdfast.host.supervise import Program, Supervisor
from holdfast.ports import chance, clock

PORT = 8365
SIMULATOR_READY_WITHIN_S = 30
PASSWORD_BYTES = 9
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a demonstration plays."""

    state: Path
    port: int
    web_port: int

    @property
    def simulator(self) -> Path:
        return places.simulator_directory(self.state)

    @property
    def board_file(self) -> Path:
        return self.state / "sim365.json"

    @property
    def web_address(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"


Board = dict[str, Any]
Ready = Callable[[Board, Supervisor], None]
"""Called once everything answers: with what sim365 says about itself, and the processes that run."""


@click.command()
@click.option("--port", type=click.IntRange(1024, 65534), default=PORT, show_default=True, help="sim365's port.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same company."
)
def demo(*, port: int, seed: int) -> None:
    """Run Holdfast beside a simulated Microsoft 365 with a sample company, until Ctrl-C.

    Nothing leaves this machine. The first start makes the company and syncs it; later ones keep what you did.
    `holdfast demo-reset` starts afresh.
    """
    here = stage(port)
    play(here, seed=seed, when_ready=lambda board, _running: _open(here, board))


@click.command(name="demo-reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
def demo_reset(*, yes: bool) -> None:
    """Forget the demonstration's data: its bookings, its company, its keys. Nothing else is touched."""
    here = stage(PORT)
    if lock.holder(places.lock_file(here.state)) is not None:
        raise AlreadyRunning("The demonstration is running: stop it with Ctrl-C first.")
    if not here.state.exists():
        telling.say("There is nothing to forget.")
        return
    if not yes:
        click.confirm(f"Forget everything in {here.state}?", abort=True)
    ground.stop_leftover(places.database_directory(here.state))
    shutil.rmtree(here.state)
    telling.say("Forgotten. The next `holdfast demo` starts afresh.")


def stage(port: int) -> Stage:
    """The demonstration of this state directory. Its settings are made here and do not come from a file."""
    base = Path(os.environ.get("HOLDFAST_STATE") or ".holdfast").absolute()
    return Stage(base / "demo", port, int(os.environ.get("HOLDFAST_WEB_PORT") or 8000))


def play(here: Stage, *, seed: int, when_ready: Ready) -> None:
    """Run both until a signal, or until `when_ready` ends it."""
    here.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    here.board_file.unlink(missing_ok=True)
    with lock.only_one(here.state / "demo.lock"):
        for port in (here.port, here.port + 1):
            up.refuse_taken_port("127.0.0.1", port, remedy="choose another --port")
        up.refuse_taken_port("127.0.0.1", here.web_port, remedy="set HOLDFAST_WEB_PORT")
        simulator = Supervisor([_simulator(here, seed)])
        try:
            board = _await_board(here, simulator)
            _settle_environment(here, board)
            extra = up.Extra(tended=(simulator,), when_ready=lambda running: when_ready(board, running))
            up.run(load(), say=telling.say, extra=extra)
        finally:
            simulator.stop()
            simulator.drain()


def _simulator(here: Stage, seed: int) -> Program:
    command = (
        sys.executable,
        "-c",
        "from sim365.cli import main; main()",
        "serve",
        f"--port={here.port}",
        "--company=sample",
        f"--seed={seed}",
        f"--state={here.simulator}",
        "--loopback-webhooks",
        "--json",
    )
    return Program("sim365", command, output=here.board_file, drain_s=15)


def _await_board(here: Stage, simulator: Supervisor) -> dict[str, Any]:
    """What sim365 says about itself, once it answers."""
    deadline = clock.monotonic_s() + SIMULATOR_READY_WITHIN_S
    while clock.monotonic_s() < deadline:
        simulator.tend()
        line = here.board_file.read_text() if here.board_file.exists() else ""
        if line.endswith("\n"):
            return cast("dict[str, Any]", json.loads(line.splitlines()[0]))
        clock.sleep(_POLL_S)
    raise GaveUp(f"sim365 did not start within {SIMULATOR_READY_WITHIN_S} s; its words stand above")


def _settle_environment(here: Stage, board: dict[str, Any]) -> None:
    """The settings of this process and its children, as if they stood in the environment."""
    for name in [name for name in os.environ if name.startswith(("HOLDFAST_", "DATABASE_"))]:
        if name not in {"HOLDFAST_LOG_LEVEL", "HOLDFAST_LOG_FORMAT"}:
            del os.environ[name]
    os.environ.setdefault("HOLDFAST_LOG_LEVEL", "warning")  # a person watches: each request is no news
    os.environ["HOLDFAST_STATE"] = str(here.state)
    os.environ["HOLDFAST_WEB_PORT"] = str(here.web_port)
    os.environ["HOLDFAST_WEB_NOTICES_URL"] = here.web_address
    os.environ["HOLDFAST_OUTGOING_CA_FILE"] = board["ca_file"]


def _open(here: Stage, board: Board) -> None:
    set_up(here, board, starting=True)
    _invite(here)


def set_up(here: Stage, board: Board, *, starting: bool) -> Any:
    """The sample company here, connected and mapped; answers its workspace. Without `starting` nothing syncs yet."""
    from holdfast.host import demonstration, outward  # noqa: PLC0415  needs Django to be ready

    config = load()
    outward.attach(config)
    engine = outward.engine(config)
    return demonstration.set_up(board, engine=engine, password=password(here), say=telling.say, starting=starting)


def password(here: Stage) -> str:
    """The demonstration's password: drawn once, kept beside its data, shown at each start."""
    file = here.state / "password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(chance.secret(PASSWORD_BYTES) + "\n")
    return file.read_text().strip()


def _invite(here: Stage) -> None:
    click.echo(
        f"\n  Holdfast          {here.web_address}/\n"
        f"    sign in with    ada@fjord.example (admin), dora@fjord.example (manager) or chidi@fjord.example (member)\n"
        f"    password        {password(here)}\n\n"
        f"  Outlook's side    http://127.0.0.1:{here.port}/  (sim365, a simulator: nothing reaches Microsoft)\n\n"
        "  Book a room on either side and watch it appear on the other. Ctrl-C stops everything and keeps your data.\n"
    )
