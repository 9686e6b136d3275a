"""The sweep: finds what nobody woke for. A plain loop in every worker, of which one runs at a time.

This module decides which mailboxes want a tending by what their rows say: rung, stirred, due, or holding a lease that
ran out. It only wakes; losing every job there is loses nothing. It must not tend.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from holdfast.database.transactions import outside_workspaces
from holdfast.mirror import wakeups
from holdfast.ports import clock

PERIOD_S = 20.0
"""How often a worker sweeps; a lost wake-up is found after so long at most."""

AT_ONCE_MAX = 500
KEEP_REFUSALS = timedelta(days=7)
_LOCK = 7_203_651  # the advisory lock's number: any constant that nothing else uses
_LOCKED = "SELECT pg_try_advisory_xact_lock(%s)"
_WANTING = (
    "SELECT m.id FROM mirror_mailbox m JOIN mirror_lease l ON l.mailbox_id = m.id "
    "WHERE (m.rung_count > m.heard_count OR m.stirred_count > m.settled_count OR m.due_at <= %(now)s) "
    "AND (m.not_before IS NULL OR m.not_before <= %(now)s) AND (l.until IS NULL OR l.until <= %(now)s) "
    "AND m.workspaces <> '{}' ORDER BY coalesce(m.rung_at, m.due_at) NULLS FIRST, m.id LIMIT %(most)s"
)
_FORGET = "DELETE FROM mirror_refusal WHERE minute < %s"
_SHUT = "DELETE FROM mirror_handshake WHERE until < %s"


@dataclass(frozen=True, slots=True)
class Swept:
    """Which mailboxes were woken; None where another worker was sweeping."""

    woken: tuple[int, ...] | None


def run_once(now: datetime | None = None) -> Swept:
    """Wake every mailbox that wants it."""
    moment = now or clock.now()
    with outside_workspaces(), connection.cursor() as cursor:
        cursor.execute(_LOCKED, [_LOCK])
        locked: Any = cursor.fetchone()
        if not locked[0]:
            return Swept(None)
        cursor.execute(_WANTING, {"now": moment, "most": AT_ONCE_MAX})
        woken = tuple(mailbox_id for (mailbox_id,) in cursor.fetchall())
        for mailbox_id in woken:
            wakeups.wake(mailbox_id)
        cursor.execute(_SHUT, [moment])
        cursor.execute(_FORGET, [moment - KEEP_REFUSALS])
    return Swept(woken)


def next_due() -> datetime | None:
    """When a mailbox is next due by itself, for a worker that would rather sleep; and for a simulated world."""
    with outside_workspaces(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(greatest(due_at, coalesce(not_before, due_at))) FROM mirror_mailbox WHERE due_at IS NOT NULL"
        )
        found: Any = cursor.fetchone()
    due: datetime | None = found[0]
    return due
