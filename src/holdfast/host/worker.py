"""One worker process: answers wake-up calls and sweeps.

Decides how many mailboxes are tended at a time and what happens to a job that failed: it is counted, logged and
forgotten, because a job carries no work. What is unsettled stands in the rows, and the sweep finds it. It is one of the
three doors at which any exception is caught.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import django
import structlog
from django.db import close_old_connections, connection, connections
from procrastinate import App
from procrastinate.tasks import Task

from holdfast.host import logs
from holdfast.host.config import load
from holdfast.host.counters import JOB_SECONDS, JOBS, SWEEPS
from holdfast.host.ties import end_with_parent
from holdfast.ports import clock

SWEEP_EVERY_S = 5
HOUSEKEEPING_EVERY_S = 60
FETCH_EVERY_S = 5  # besides LISTEN/NOTIFY, which may be lost with a connection
HEARTBEAT_EVERY_S = 10
DRAIN_S = 95  # one lease and its commit
DEAD_AFTER = timedelta(seconds=60)

_DELETE_FINISHED = "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')"
_DELETE_ORPHANED = """
DELETE FROM procrastinate_jobs WHERE status = 'doing' AND NOT EXISTS (
    SELECT 1 FROM procrastinate_workers w WHERE w.id = worker_id AND w.last_heartbeat > %s)
"""

Sweep = Callable[[], object]


def main() -> None:
    end_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.host.settings")
    django.setup()
    from holdfast.host import outward, predecessor  # noqa: PLC0415  models exist only after django.setup()
    from holdfast.mirror import sweep  # noqa: PLC0415  the same

    config = load()
    holder = predecessor.name(config, sys.argv[1]) if len(sys.argv) > 1 else ""
    outward.attach(config, holder=holder)
    if holder:
        predecessor.let_go(holder)
    run(threads=config.worker.threads, sweep=sweep.run_once)


def run(*, threads: int, sweep: Sweep) -> None:
    """Work until SIGTERM; what is in hand is finished first."""
    stopping = threading.Event()
    sweeper = threading.Thread(target=_sweep_until, args=(stopping, sweep), name="sweep")
    sweeper.start()
    try:
        asyncio.run(_answer_calls(threads))
    finally:
        stopping.set()
        sweeper.join(DRAIN_S)


def reading_app() -> App:
    """An app that fetches and runs jobs over a pool of its own, beside the one through which they are queued.

    Giving the one app another connector (`replace_connector`) would send every wake-up of this process through that
    pool: out of its transaction, so that a job could be seen before what it is about, and from threads that do not run
    the pool's event loop, which can stop the worker for good.
    """
    from procrastinate.contrib.django import app  # noqa: PLC0415  exists only after django.setup()

    connector: Any = app.connector
    made = App(connector=connector.get_worker_connector())
    made.tasks = cast("dict[str, Task[Any, Any, Any]]", cast("Any", app).tasks)
    return made


async def _answer_calls(threads: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="tend"))
    app = reading_app()
    async with app.open_async():
        await app.run_worker_async(
            name=f"{os.uname().nodename}-{os.getpid()}",
            concurrency=threads,
            delete_jobs="always",
            fetch_job_polling_interval=FETCH_EVERY_S,
            update_heartbeat_interval=HEARTBEAT_EVERY_S,
            stalled_worker_timeout=DEAD_AFTER.total_seconds(),
            shutdown_graceful_timeout=DRAIN_S,
            task_middleware=[accompany],
        )


def accompany(call: Callable[[], Any], context: Any, _worker: Any) -> Any:
    """The door of a job: an id for its log lines, a usable connection, a count, and no exception beyond."""
    log = logs.get("holdfast.job")
    task, started = str(context.job.task_name), clock.monotonic_s()
    outcome = "done"
    with structlog.contextvars.bound_contextvars(job=context.job.id, task=task):
        close_old_connections()
        try:
            return call()
        except Exception:
            outcome = "failed"
            log.exception("a wake-up call failed; the sweep will find what it was about")
            connections.close_all()
        finally:
            seconds = clock.monotonic_s() - started
            JOBS.labels(task=task, outcome=outcome).inc()
            JOB_SECONDS.labels(task=task).observe(seconds)
            log.debug("answered a wake-up call", outcome=outcome, ms=round(seconds * 1000, 1))


def _sweep_until(stopping: threading.Event, sweep: Sweep) -> None:
    """A plain loop: it works when the queue is broken, which is what it is for."""
    housekeeping_due = clock.monotonic_s()
    while not stopping.is_set():
        _once(sweep, name="sweep")
        if clock.monotonic_s() >= housekeeping_due:
            _once(keep_house, name="housekeeping")
            housekeeping_due = clock.monotonic_s() + HOUSEKEEPING_EVERY_S
        stopping.wait(SWEEP_EVERY_S)
    connections.close_all()


def _once(step: Sweep, *, name: str) -> None:
    try:
        close_old_connections()
        step()
    except Exception:  # noqa: BLE001  one of the three doors
        SWEEPS.labels(outcome="failed").inc()
        logs.get("holdfast.sweep").exception("a round failed; the next one begins anew", round=name)
        connections.close_all()
    else:
        SWEEPS.labels(outcome="done").inc()


def keep_house() -> None:
    """Forget jobs that are over, and those whose worker died with them in hand."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_FINISHED)
        cursor.execute(_DELETE_ORPHANED, [clock.now() - DEAD_AFTER])
