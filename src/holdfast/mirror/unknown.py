"""Which resources' time is unknown: a calendar behind them was not read for twice its promised interval.

Unknown is busy: searches leave these resources out. One statement for the whole workspace, however many there are;
for one resource before a yes there is `looks`.
"""

from uuid import UUID

from holdfast.mirror import push, standing
from holdfast.ports import clock


def resources(workspace_id: UUID) -> set[UUID]:
    """Opens a transaction of its own."""
    now = clock.now()
    found: set[UUID] = set()
    for mailbox, calendar in standing.calendars(workspace_id, states=("working",)):
        promised = push.SAFETY_POLL if push.is_healthy(mailbox, now=now) else push.POLL
        if calendar.observed_at is None or now - calendar.observed_at > 2 * promised:
            found.update(mapping.resource_id for mapping in calendar.mappings)
    return found
