"""When a resource's units change, what is booked ahead sits anew on the units it has now.

A parent that gets a child takes the child's time too; a pool that shrinks moves what sat on the desk that went. Nobody
is refused here: what no longer fits overlaps and opens a conflict. The past keeps the slots it had. Runs inside the
transaction that changes the units: nobody ever sees a booking that sits on the wrong ones.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from holdfast.bookings import scene
from holdfast.bookings.judging import Judgement
from holdfast.bookings.verbs import write_judgement
from holdfast.directory.roles import Actor
from holdfast.ports import clock

_AHEAD = """
SELECT id FROM bookings_booking WHERE workspace_id = %s AND resource_id = ANY(%s) AND ends_at > %s
AND state IN ('holding', 'confirmed', 'checked_in')
"""


def rehang(actor: Actor, resources: Sequence[UUID]) -> None:
    """Seat all bookings ahead of these resources anew, the oldest claim first."""
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, [actor.workspace_id, list(resources), at])
        ahead = [row[0] for row in cursor.fetchall()]
    if not ahead:
        return
    records = scene.records(actor.workspace_id, ahead, lock=True)
    named = {record.resource_id for record in records.values()} | set(resources)
    facts, units = scene.lock_units(actor.workspace_id, named, bookings=records)
    buffer = max(known.buffer_after for known in facts.values())
    start = min(record.starts_at for record in records.values())
    end = max(record.ends_at for record in records.values()) + buffer
    claim, ground = scene.ground(actor.workspace_id, units, start=start, end=end)
    judgement = Judgement(actor, at, facts, ground, records, claim, units)
    judgement.rehang(sorted(records.values(), key=lambda record: record.claim))
    write_judgement(judgement)
