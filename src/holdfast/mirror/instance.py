"""Who writes a calendar: one instance of Holdfast, and not an older copy of it.

This module decides whether we may write. Our id and a rising epoch stand on the calendar itself, outside of our
database: a staging copy has another id, a restored backup an older epoch, and both stop writing and ask. The epoch is
stored here before it is written there, so a crash between the two never makes us look older than we are.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from msgspec.structs import replace

from holdfast.graph import calendars
from holdfast.mirror.desk import Desk
from holdfast.mirror.lease import CalendarFacts
from holdfast.mirror.manners import rules_of
from holdfast.ports import clock
from holdfast.reconcile.rules import Direction

CHECKED_FOR = timedelta(hours=1)
WORDS = (
    "Another installation of Holdfast, or an older copy of this one, also keeps this calendar. Nothing is written "
    "until somebody says which may: `holdfast doctor` says what was found, `holdfast takeover` chooses this one."
)
_SAVE = "UPDATE mirror_calendar SET marker_checked_at = %s, marker_instance = %s, marker_epoch = %s WHERE id = %s"


def is_foreign(desk: Desk, *, writing: bool) -> bool:
    """True where somebody else tends this calendar. Asks Microsoft only before writes, and once an hour at most."""
    calendar, now = desk.calendar, clock.now()
    ours = desk.engine.instance()
    is_known = calendar.marker_checked_at is not None and now - calendar.marker_checked_at < CHECKED_FOR
    if not calendar.marker_instance and not _writes(calendar):
        return False  # who only reads a calendar claims nothing there, and needs no right to (S014, S047)
    if is_known or not writing:
        return calendar.marker_instance not in ("", ours.hex)
    found = parsed(calendars.mark(desk.line, desk.graph_id))
    if found is None or (found[0] == ours and found[1] <= _epoch(desk)):
        _claim(desk, ours)
        return False
    foreign = found[0].hex if found[0] != ours else f"{ours.hex} at a later epoch"
    _save(desk, foreign, calendar.marker_epoch)
    return True


def take_over(desk: Desk) -> None:
    """A person said that this instance is the right one: from now on the other one stops."""
    found = parsed(calendars.mark(desk.line, desk.graph_id))
    ours = desk.engine.instance()
    seen = 0 if found is None else found[1]
    desk.held.marker_epochs[desk.calendar.graph_id] = max(_epoch(desk), seen)
    _claim(desk, ours)


def parsed(text: str | None) -> tuple[UUID, int] | None:
    """The instance and epoch that a calendar's marker names; what cannot be read counts as another instance."""
    if not text:
        return None
    name, _, number = text.partition("/")
    try:
        return UUID(hex=name), int(number)
    except ValueError:
        return UUID(int=0), 0


def _writes(calendar: CalendarFacts) -> bool:
    return any(rules_of(mapping).direction in (Direction.BOTH, Direction.UP) for mapping in calendar.mappings)


def _epoch(desk: Desk) -> int:
    return max(desk.calendar.marker_epoch, desk.held.marker_epochs.get(desk.calendar.graph_id, 0))


def _claim(desk: Desk, ours: UUID) -> None:
    epoch = _epoch(desk) + 1
    _save(desk, ours.hex, epoch)
    calendars.set_mark(desk.line, desk.graph_id, f"{ours.hex}/{epoch}")


def _save(desk: Desk, instance: str, epoch: int) -> None:
    now = clock.now()
    with desk.transaction(), connection.cursor() as cursor:
        cursor.execute(_SAVE, [now, instance, epoch, desk.calendar.id])
    desk.held.marker_epochs[desk.calendar.graph_id] = epoch
    desk.calendar = replace(desk.calendar, marker_checked_at=now, marker_instance=instance, marker_epoch=epoch)
