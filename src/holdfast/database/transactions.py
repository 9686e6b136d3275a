"""Transactions. Decides in whose workspace a statement runs; must not be nested and must not stay open during HTTP.

`in_workspace` is the only way to customer data: it opens a transaction and names the workspace for its length
(`set_config(…, true)`), so a pooled connection can never carry one customer's context to the next. A statement outside
of it fails: the policies read the setting in its strict form (SECURITY: unknown is an error, never "no rows").
"""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from holdfast.ports import points

_NAME_WORKSPACE = "SELECT set_config('app.workspace', %s, true)"


@contextmanager
def in_workspace(workspace_id: UUID) -> Generator[None]:
    """One durable transaction inside one workspace.

    Raises RuntimeError where a transaction is open already (Django's durable check): a verb is never half of another.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_NAME_WORKSPACE, [str(workspace_id)])
        yield
        points.passed(points.BEFORE_COMMIT)
    points.passed(points.AFTER_COMMIT)


@contextmanager
def outside_workspaces() -> Generator[None]:
    """One durable transaction over what belongs to no customer: mailboxes, leases, accounts."""
    with transaction.atomic(durable=True):
        yield
        points.passed(points.BEFORE_COMMIT)
    points.passed(points.AFTER_COMMIT)
