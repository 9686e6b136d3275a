"""How a worker is woken for a mailbox: a job that carries an id and no work.

This module decides nothing about what is due; losing or doubling a wake-up costs nothing, because the sweep finds
what the rows say. `wake` is called inside a transaction and is part of it. In production procrastinate stands behind
the door (`holdfast.mirror.apps` installs it); a simulated world installs a queue of its own.
"""

from collections.abc import Callable

from django.db import transaction

Wake = Callable[[int], None]


def _nobody(_mailbox_id: int) -> None:
    """Without a queue the sweep finds the mailbox by its rung or stirred mark."""


_installed: Wake = _nobody


def install(wake: Wake) -> Wake:
    """Put a queue behind the door; answers what stood there."""
    global _installed
    before, _installed = _installed, wake
    return before


def wake(mailbox_id: int) -> None:
    """Ask for a tending of this mailbox once the current transaction is committed."""
    _installed(mailbox_id)


class Waiting:
    """A queue in memory with procrastinate's promise: a mailbox waits once at most, and only what was committed."""

    def __init__(self) -> None:
        self._mailboxes: dict[int, None] = {}

    def __call__(self, mailbox_id: int) -> None:
        transaction.on_commit(lambda: self._mailboxes.__setitem__(mailbox_id, None))

    def __len__(self) -> int:
        return len(self._mailboxes)

    def next(self) -> int | None:
        """The mailbox that waited longest, which then no longer waits."""
        for mailbox_id in self._mailboxes:
            del self._mailboxes[mailbox_id]
            return mailbox_id
        return None

    def clear(self) -> None:
        self._mailboxes.clear()
