"""What the process before us had in hand when it ended: the leases of mailboxes.

A worker that was killed cannot give a lease back, and others may not take it before it has run out: it might only be
slow. Its successor knows better. A supervisor holds the lock of its state directory and starts a process in a slot only
after the one before it has ended, so a lease under the slot's own name belongs to a dead one. Should two installations
share host name and path against all advice, nothing breaks: the epoch lets the older holder commit nothing.
"""

import os

from holdfast.database.transactions import outside_workspaces
from holdfast.host.config import Config
from holdfast.mirror import wakeups
from holdfast.mirror.models import NAME_CHARS_MAX, Lease


def name(config: Config, slot: str) -> str:
    """The name under which the worker of a slot holds leases, whichever process it is."""
    return f"{os.uname().nodename} {config.state} {slot}"[-NAME_CHARS_MAX:]


def let_go(holder: str) -> int:
    """Free the leases that were held under this name and wake their mailboxes; answers how many."""
    with outside_workspaces():
        left = Lease.objects.select_for_update().filter(holder=holder, until__isnull=False)
        mailboxes = sorted(left.values_list("mailbox_id", flat=True))
        Lease.objects.filter(mailbox_id__in=mailboxes).update(holder="", until=None)
        for mailbox_id in mailboxes:
            wakeups.wake(mailbox_id)
    return len(mailboxes)
