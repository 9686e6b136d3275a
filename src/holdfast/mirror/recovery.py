"""After a lost or restored database: events that carry our marker are recognised, not doubled.

This module decides which events of a calendar were ours by what stands on them. A delta never shows markers, so they
are asked for once, before a first sync. A marker whose booking we still have ties the two again; one whose booking is
lost makes the event a stranger, which is taken in like any other. Nothing is written or deleted here.
"""

from uuid import UUID

from holdfast.graph import events
from holdfast.graph.errors import Refused, Unavailable
from holdfast.mirror.desk import Desk
from holdfast.mirror.translate import mark_of

PAGES_MAX = 100


def read_marks(desk: Desk) -> None:
    """Learn which events carry the marker of one of our bookings; kept on the desk for the first sync."""
    found: dict[str, UUID] = {}
    try:
        for count, page in enumerate(events.marked_by(desk.line, "", calendar=desk.graph_id), start=1):
            for event in page.items:
                mark = mark_of(event)
                if mark is not None and mark.workspace == desk.workspace_id:
                    found[event.id] = mark.booking
            if count >= PAGES_MAX:
                break
    except (Refused, Unavailable):
        # Where the service does not filter by markers, transaction ids and equal times still tell.
        return
    desk.marked = found
