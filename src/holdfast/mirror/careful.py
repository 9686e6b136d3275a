"""When a batch fails as a whole: its links are taken one by one, and only the one that fails is set aside.

This module decides how a poison booking or event is found and quarantined alone (Z-K08, Z-A07). It catches what the
database and the parsers raise for a value they cannot take, never what says that the lease or the server is gone.
"""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError

from holdfast.mirror import links
from holdfast.mirror.deciding import decide
from holdfast.mirror.desk import Desk
from holdfast.mirror.errands import Errand
from holdfast.mirror.retrying import retried
from holdfast.ports import clock
from holdfast.reconcile.doing import done
from holdfast.reconcile.link import Reason
from holdfast.reconcile.steps import Park

_log = logging.getLogger(__name__)
AT_ONCE_MAX = 500


def say(desk: Desk, error: Exception) -> None:
    """Raises again what no quarantine can help."""
    if isinstance(error, (OperationalError, InterfaceError)):
        raise error
    _log.warning("A batch of calendar %s is taken one by one: %s", desk.calendar.id, type(error).__name__)


def one_by_one(desk: Desk) -> list[Errand]:
    """Decide each unsettled link in a transaction of its own."""
    with desk.transaction():
        mailbox, now = desk.held.mailbox.id, clock.now()
        rows = links.unsettled(mailbox_id=mailbox, calendar_id=desk.calendar.id, now=now, most=AT_ONCE_MAX)
    work: list[Errand] = []
    for row in rows:
        try:
            work.extend(retried(lambda row=row: _alone(desk, row)))
        except (DatabaseError, ValueError) as error:
            say(desk, error)
            retried(lambda row=row, error=error: _set_aside(desk, row, type(error).__name__))
    return work


def _alone(desk: Desk, row: links.Row) -> list[Errand]:
    with desk.transaction():
        fresh = links.of_ids([row.id])
        work = decide(desk, fresh)
        links.store(desk.workspace_id, fresh)
        return work


def _set_aside(desk: Desk, row: links.Row, why: str) -> None:
    with desk.transaction():
        for each in links.of_ids([row.id]):
            each.state = done(each.state, Park(Reason.QUARANTINE, detail=why), now=clock.now())
            each.is_unsettled, each.due_at = False, None
            links.store(desk.workspace_id, [each])
            desk.tally.quarantined += 1
