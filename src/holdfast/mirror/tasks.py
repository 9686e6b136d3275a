"""The jobs: one tends one mailbox. Procrastinate carries the id; everything else stands in our rows.

Decides how a wake-up is queued: at most one waits for each mailbox (`queueing_lock`), in a savepoint, because a refusal
of the queue must not end the caller's transaction; never a retry, which would stick for ever beside a queued sibling;
never a `lock`, which lets one job through per polling interval.
"""

import gc
import threading

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from holdfast.graph.network import over_network
from holdfast.mirror.engine import Engine
from holdfast.mirror.tend import tend
from holdfast.ports import clock

QUEUE = "mirror"
_making = threading.Lock()
_engine: Engine | None = None


def install(engine: Engine) -> None:
    """Work with this engine from now on, instead of one made from the settings."""
    global _engine  # noqa: PLW0603  one process works with one engine
    _engine = engine


def engine() -> Engine:
    """The engine of this process, over the network; made when it is first needed."""
    global _engine  # noqa: PLW0603  one process works with one engine
    with _making:
        if _engine is None:
            ca_file: str | None = getattr(settings, "HOLDFAST_CA_FILE", "") or None
            transport = over_network(monotonic_s=clock.monotonic_s, ca_file=ca_file)
            # What a worker has imported lives as long as it does: the collector need not walk it for every page.
            gc.collect()
            gc.freeze()
            _engine = Engine(transport_for=lambda _url: transport, public_url=settings.HOLDFAST_PUBLIC_URL)
        return _engine


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
    tend(engine(), mailbox_id)
