"""A person's word that this installation is the right one to keep a calendar.

This module decides nothing by itself: it writes our marker over the other one's, under the mailbox's lease, and lets
the mailbox be tended again. The other installation sees it within the hour and stops.
"""

from uuid import UUID

from django.db import connection

from holdfast.database.transactions import outside_workspaces
from holdfast.directory.roles import Actor, Permission
from holdfast.graph.errors import GraphError
from holdfast.mirror import connections, follow, instance, lease, standing
from holdfast.mirror.desk import Desk
from holdfast.mirror.engine import Engine
from holdfast.mirror.errors import NotReachable, Refused
from holdfast.mirror.lease import Report

_FREE = "UPDATE mirror_mailbox SET not_before = NULL, rung_count = rung_count + 1 WHERE id = %s"


def take_over(actor: Actor, mapping_id: UUID, *, engine: Engine) -> None:
    """Claim the calendar of a mapping. Raises Refused where a worker is busy with it, NotReachable."""
    actor.require(Permission.MANAGE_SYNC)
    found = standing.calendars(actor.workspace_id, mapping_id)
    if not found:
        raise Refused("There is no such mapping.")
    mailbox, calendar = found[0]
    held = lease.take(mailbox.id, holder=engine.holder)
    if held is None:
        raise Refused("A worker is busy with this mailbox; please try again in a moment.")
    # Not `engine.line`: the mailbox's own wait is the very stop that this ends.
    line = engine.graph(calendar.connection).mailbox(mailbox.key, before_send=held.check)
    try:
        instance.take_over(Desk(engine, held, calendar, line))
    except GraphError as error:
        raise NotReachable(connections.in_words(error, address=mailbox.address)) from error
    finally:
        with outside_workspaces():
            held.rest(Report(heard=0, settled=0))
    with outside_workspaces():
        with connection.cursor() as cursor:
            cursor.execute(_FREE, [mailbox.id])
        follow.stir([mailbox.id])
