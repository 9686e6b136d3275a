"""On what a yes rests: what is known about Outlook's side before a person is told that a time is theirs.

Decides the basis that is stored with a booking and the question that is asked where the calendar is unknown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.bookings.states import Basis
from holdfast.database.transactions import in_workspace
from holdfast.mirror.models import Calendar
from holdfast.ports import clock
from holdfast.timetable.when import When
from holdfast.web.door import Visit
from holdfast.web.shown import Row

READING_MAX = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of the calendar behind a resource."""

    is_mapped: bool
    read_at: datetime | None
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """The basis of a yes; `question` is not empty where a person should say yes to an unread calendar first."""

    basis: Basis
    question: str = ""


def known(visit: Visit, row: Row) -> Known:
    """What the form can say before anybody asks Microsoft."""
    if not row.is_mapped:
        return Known(is_mapped=False, read_at=None, is_fresh=False)
    with in_workspace(visit.workspace.id):
        at = (
            Calendar.objects.filter(mapping__resource_id=row.id, mapping__state="working")
            .order_by("observed_at")
            .values_list("observed_at", flat=True)
            .first()
        )
    return Known(is_mapped=True, read_at=at, is_fresh=at is not None and clock.now() - at <= READING_MAX)


def look(visit: Visit, row: Row, when: When) -> Looked:  # noqa: ARG001  the look is at this very time
    """What a yes to this wish would rest on."""
    found = known(visit, row)
    if not found.is_mapped:
        return Looked(Basis.RECORD)
    if found.is_fresh:
        return Looked(Basis.READING)
    return Looked(Basis.UNREAD)
