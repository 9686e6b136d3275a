"""The jobs: one tends one mailbox. Procrastinate carries the id; everything else stands in our rows.

Decides how a wake-up is queued: at most one waits for each mailbox (`queueing_lock`), in a savepoint, because a refusal
of the queue must not end the caller's transaction; never a retry, which would stick for ever beside a queued sibling;
never a `lock`, which lets one job through per polling interval.
"""

import logging
import threading
from collections.abc import Callable

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from holdfast.mirror import sweep, wakeups
from holdfast.mirror.engine import Engine
from holdfast.mirror.tend import tend

QUEUE = "mirror"
_log = logging.getLogger(__name__)
_engine: Engine | None = None


def install(engine: Engine | None = None) -> None:
    """Put procrastinate behind the wake-ups; a worker gives its engine, a web process none."""
    global _engine  # noqa: PLW0603  one process works with one engine
    _engine = engine
    wakeups.install(wake)


def wake(mailbox_id: int) -> None:
    """Queue a tending, part of the caller's transaction."""
    try:
        with transaction.atomic():
            tend_mailbox.configure(queueing_lock=f"mailbox {mailbox_id}").defer(mailbox_id=mailbox_id)
    except AlreadyEnqueued:
        return


@app.task(queue=QUEUE, name="holdfast.mirror.tend", retry=False, pass_context=False)
def tend_mailbox(mailbox_id: int) -> None:
    """Tend one mailbox once."""
    if _engine is None:
        raise RuntimeError("This process has no engine; start it with `holdfast up`.")
    try:
        tend(_engine, mailbox_id)
    except Exception:
        # The door of tasks: the mailbox stays due, and the sweep finds it when its lease runs out.
        _log.exception("Tending mailbox %s failed.", mailbox_id)
        raise


def sweep_until(stopped: threading.Event, *, wait: Callable[[float], object] | None = None) -> None:
    """The sweep's loop, for a thread of each worker; ends when told to."""
    pause = wait or stopped.wait
    while not stopped.is_set():
        try:
            sweep.run_once()
        except Exception:
            # The door of the sweep: a database that is gone now may be back at the next round.
            _log.exception("The sweep failed; it is tried again.")
        pause(sweep.PERIOD_S)
