"""On what a yes rests: Microsoft is asked before a person is told that a time is theirs.

Decides the basis that is stored with a booking, the question where the calendar could not be read, and the no where
Outlook has something that has not arrived here yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from holdfast.bookings.states import Basis
from holdfast.database.transactions import in_workspace
from holdfast.directory import resources
from holdfast.mirror import looks, tasks
from holdfast.mirror.manners import WhenUnread
from holdfast.mirror.models import Calendar
from holdfast.timetable import zones
from holdfast.timetable.when import When
from holdfast.web.door import Visit
from holdfast.web.shown import Row


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of the calendar behind a resource, before anybody asks Microsoft."""

    is_mapped: bool
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Yes:
    basis: Basis


@dataclass(frozen=True, slots=True)
class Ask:
    """A person must accept first that the booking will stand unconfirmed."""

    question: str


@dataclass(frozen=True, slots=True)
class No:
    sentence: str
    remedy: str


def known(visit: Visit, row: Row) -> Known:
    if not row.is_mapped:
        return Known(is_mapped=False, read_at=None)
    with in_workspace(visit.workspace.id):
        read = Calendar.objects.filter(mapping__resource_id=row.id, mapping__state="working").order_by("observed_at")
        return Known(is_mapped=True, read_at=read.values_list("observed_at", flat=True).first())


def look(visit: Visit, row: Row, when: When) -> Yes | Ask | No:
    """Look before yes, where the resource wants it. Call it with no transaction open."""
    if not row.is_mapped:
        return Yes(Basis.RECORD)
    with in_workspace(visit.workspace.id):
        wants = resources.resource(visit.workspace.id, row.id).live_look
    if not wants:
        return Yes(Basis.READING)
    return _told(looks.look(visit.workspace.id, row.id, when.instants(), engine=tasks.engine()), row)


def _told(seen: looks.Look, row: Row) -> Yes | Ask | No:
    match seen:
        case looks.NotTied():
            return Yes(Basis.RECORD)
        case looks.Fresh():
            return Yes(Basis.READING)
        case looks.Looked(busy=()):
            return Yes(Basis.LOOKED)
        case looks.Looked(busy=busy):
            spans = ", ".join(
                f"{zones.wall(one.start, row.zone):%H:%M}–{zones.wall(one.end, row.zone):%H:%M}" for one in busy
            )
            sentence = f"Outlook has something in {row.name} at {spans} that is only just arriving here."
            return No(sentence, "Choose another time or another resource.")
        case looks.Unread() as unread:
            return _unread(unread, row)
        case _ as never:
            assert_never(never)


def _unread(unread: looks.Unread, row: Row) -> Yes | Ask | No:
    age = (
        "has never been read"
        if unread.read_at is None
        else f"was last read at {zones.wall(unread.read_at, row.zone):%H:%M}"
    )
    match unread.when_unread:
        case WhenUnread.ACCEPT:
            return Yes(Basis.UNREAD)
        case WhenUnread.REFUSE:
            return No(f"Outlook could not be asked; the calendar of {row.name} {age}.", "Try again in a few minutes.")
        case WhenUnread.ASK:
            return Ask(
                f"Outlook could not be asked; the calendar of {row.name} {age}. "
                "The booking would stand unconfirmed until it is."
            )
        case _ as never:
            assert_never(never)
