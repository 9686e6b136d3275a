"""Transactions. Decides in whose workspace a statement runs; must not be nested and must not stay open during HTTP.

`in_workspace` is the only way to customer data: it opens a transaction and names the workspace for its length
(`set_config(…, true)`), so a pooled connection can never carry one customer's context to the next. A statement outside
of it fails: the policies read the setting in its strict form (SECURITY: unknown is an error, never "no rows").
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar, cast
from uuid import UUID

from django.db import OperationalError, connection, transaction

from holdfast.database.errors import Busy, Repeat
from holdfast.ports import chance, clock, points

ATTEMPTS_MAX = 6
PAUSE_S = 0.05

_NAME_WORKSPACE = "SELECT set_config('app.workspace', %s, true)"
_AGAIN = frozenset({"40001", "40P01"})  # serialization failure, deadlock detected
_Answer = TypeVar("_Answer")


class Ending(Protocol):
    """Something that is written as the last act of a transaction."""

    def finish(self) -> None: ...


_Ending = TypeVar("_Ending", bound=Ending)


class _Open(threading.local):
    """What the transaction of this thread still has to write; None where none is open."""

    endings: dict[type, Ending] | None = None


_open = _Open()


@contextmanager
def in_workspace(workspace_id: UUID) -> Iterator[None]:
    """One durable transaction inside one workspace.

    Raises RuntimeError where a transaction is open already (Django's durable check): a verb is never half of another.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_NAME_WORKSPACE, [str(workspace_id)])
        endings = _open.endings = {}
        try:
            yield
            for ending in endings.values():
                ending.finish()
        finally:
            _open.endings = None
        points.passed(points.BEFORE_COMMIT)
    points.passed(points.AFTER_COMMIT)


def at_the_end(kind: type[_Ending], make: Callable[[], _Ending]) -> _Ending:
    """The one `kind` of this transaction, made on first demand and finished right before the commit.

    What all writers of a workspace share (the journal's head) is locked there and nowhere else: last, by construction.
    """
    if _open.endings is None:
        raise RuntimeError("this needs an open in_workspace transaction")
    ending = _open.endings.get(kind)
    if ending is None:
        ending = _open.endings[kind] = make()
    return cast("_Ending", ending)


@contextmanager
def outside_workspaces() -> Iterator[None]:
    """One durable transaction over what belongs to no customer: mailboxes, leases, accounts."""
    with transaction.atomic(durable=True):
        yield
        points.passed(points.BEFORE_COMMIT)
    points.passed(points.AFTER_COMMIT)


def repeated(workspace_id: UUID, work: Callable[[], _Answer]) -> _Answer:
    """Run `work` in one transaction of the workspace; repeat it where PostgreSQL asks for that.

    A deadlock or a serialization failure is the database's way of saying "once more"; nobody is shown one. `work` must
    do nothing but statements, because it may run several times. Raises Busy after ATTEMPTS_MAX.
    """
    for attempt in range(ATTEMPTS_MAX):
        if attempt:
            clock.sleep(chance.jitter(PAUSE_S * attempt))
        try:
            with in_workspace(workspace_id):
                return work()
        except Repeat:
            continue
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", None) not in _AGAIN:
                raise
    raise Busy
