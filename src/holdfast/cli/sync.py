"""`holdfast sync`: read and settle now, and wait until all of it is in step.

Decides who does the work: the workers of a running Holdfast, else this process itself. And when it is over: every
calendar was read after it was asked for, and nothing is on its way. What waits for a person or for Microsoft is named.
"""

import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click
from django.db import close_old_connections, connections
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from holdfast.cli import mapped, microsoft, telling
from holdfast.cli.exits import Exit
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option
from holdfast.ports import clock

if TYPE_CHECKING:
    from holdfast.directory.roles import Actor
    from holdfast.mirror.status import Status

WAIT_S = 300
WAIT_S_MAX = 86_400
POLL_S = 0.1
HANDS = 8
ROUNDS_MAX = 200
"""Tendings of one mailbox in one command: a huge first read takes one for fifty pages."""

Watch = Callable[["list[Status]", int], None]


@dataclass(frozen=True, slots=True)
class Rested:
    """How the mappings stand in the end; `moving` are those that did not come to rest in time."""

    statuses: "list[Status]"
    moving: "list[Status]"


@click.command(cls=WithDatabase)
@click.option("--resource", "names", multiple=True, help="Only this one, by name; may be given several times.")
@click.option(
    "--wait",
    "wait_s",
    type=click.IntRange(1, WAIT_S_MAX),
    default=WAIT_S,
    show_default=True,
    help="How many seconds to wait at most; the sync goes on by itself afterwards.",
)
@telling.json_option
@workspace_option
def sync(*, names: tuple[str, ...], wait_s: int, as_json: bool, slug: str) -> int:
    """Sync now, and wait until everything is in step, or say what waits.

    Holdfast syncs by itself as long as `holdfast up` runs; this is for the impatient and for scripts. Where it does not
    run, this command does the work itself.

    \b
    holdfast sync
    holdfast sync --resource Aquarium --resource Heron

    \b
    Exit code 0  in step
              1  something waits for a person, for Microsoft, or was not done in time; its line says what
    """
    workspace = chosen(slug)
    by = actor(workspace)
    todo = _started(mapped.named(workspace, names))
    if not todo:
        telling.rows([], as_json=as_json, empty="Nothing is started yet: holdfast map start --all")
        return Exit.DONE
    titles = {item.mapping.id: item.resource for item in todo}
    with _shown(len(todo), quiet=as_json) as watch:
        rested = settle(by, [item.mapping.id for item in todo], seconds=wait_s, watch=watch)
    rows = [_row(titles[status.mapping_id], status, rested) for status in rested.statuses]
    telling.rows(sorted(rows, key=lambda row: str(row["resource"]).casefold()), as_json=as_json, empty="")
    if rested.moving:
        telling.say(f"{len(rested.moving)} are not at rest after {wait_s} s; it goes on by itself: holdfast status")
    return Exit.DONE if all(row["in_step"] for row in rows) else Exit.NOT_IN_ORDER


def settle(by: "Actor", mapping_ids: list[UUID], *, seconds: float, watch: Watch) -> Rested:
    """Ask for a reading of these mappings and wait for their rest."""
    from holdfast.host import health  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror import mappings  # noqa: PLC0415  the same

    since = clock.now()
    mailboxes = sorted({mappings.ring(by.workspace_id, mapping_id) for mapping_id in mapping_ids})
    if health.readiness()["worker"] == "ok":
        return await_rest(by, mapping_ids, since=since, seconds=seconds, watch=watch)
    deadline = clock.monotonic_s() + seconds
    with ThreadPoolExecutor(min(HANDS, len(mailboxes)), thread_name_prefix="tend") as hands:
        done = [hands.submit(_tend, mailbox_id, deadline) for mailbox_id in mailboxes]
        rested = await_rest(
            by, mapping_ids, since=since, seconds=seconds, watch=watch, over=lambda: all(d.done() for d in done)
        )
        for each in done:
            each.result()
    return rested


def await_rest(
    by: "Actor",
    mapping_ids: list[UUID],
    *,
    since: datetime,
    seconds: float,
    watch: Watch,
    over: Callable[[], bool] = lambda: False,
) -> Rested:
    """Look until nothing moves, the time is over, or nobody works any more. `watch` is told at every look."""
    from holdfast.mirror.status import statuses  # noqa: PLC0415  needs Django to be ready

    deadline = clock.monotonic_s() + seconds
    while True:
        is_last = over() or clock.monotonic_s() >= deadline
        found = [status for status in statuses(by) if status.mapping_id in mapping_ids]
        moving = [status for status in found if is_moving(status, since=since)]
        watch(found, len(moving))
        if not moving or is_last:
            return Rested(found, moving)
        clock.sleep(POLL_S)


def is_moving(status: "Status", *, since: datetime) -> bool:
    """Is it still to be waited for? Trouble with the mailbox, a pause, a question are not: they last."""
    from holdfast.mirror.models import MailboxState  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror.status import Stand  # noqa: PLC0415  the same

    if status.stand in {Stand.PAUSED, Stand.PLANNED} or status.mailbox_state != MailboxState.WORKING:
        return False
    return status.stand is Stand.ON_ITS_WAY or status.observed_at is None or status.observed_at < since


def _tend(mailbox_id: int, deadline: float) -> None:
    """What a worker would do, until the mailbox wants nothing more for now."""
    from holdfast.mirror.tend import tend  # noqa: PLC0415  needs Django to be ready

    engine = microsoft.engine()
    try:
        for _ in range(ROUNDS_MAX):
            close_old_connections()
            tended = tend(engine, mailbox_id)
            is_due = tended.due_at is not None and tended.due_at <= clock.now()
            if not (tended.again or is_due) or clock.monotonic_s() >= deadline:
                return
    finally:
        connections.close_all()


def _started(found: list[mapped.Mapped]) -> list[mapped.Mapped]:
    from holdfast.mirror.models import MappingState  # noqa: PLC0415  needs Django to be ready

    return [item for item in found if item.mapping.state == MappingState.WORKING]


def _row(name: str, status: "Status", rested: Rested) -> dict[str, object]:
    from holdfast.mirror.status import Stand  # noqa: PLC0415  needs Django to be ready

    moves = status in rested.moving
    return {
        "resource": name,
        "in_step": status.stand is Stand.IN_STEP and not moves,
        "links": status.links,
        "on_the_way": status.unsettled,
        "asks": status.parked,
        "in_words": "Not at rest yet." if moves and status.stand is Stand.IN_STEP else status.words,
    }


@contextmanager
def _shown(many: int, *, quiet: bool) -> Generator[Watch]:
    """A bar over the mappings with counts, where somebody is watching."""
    if quiet or not sys.stderr.isatty():
        yield lambda _found, _moving: None
        return
    columns = (TextColumn("Syncing"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=many)

        def watch(found: "list[Status]", moving: int) -> None:
            links, unsettled = sum(one.links for one in found), sum(one.unsettled for one in found)
            words = f"{many - moving} of {many} in step · {links} bookings · {unsettled} on the way"
            bar.update(task, completed=many - moving, description=words)

        yield watch
