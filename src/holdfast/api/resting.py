"""On what a yes to a program rests. Decides the basis stored with a booking made over the interface."""

from datetime import timedelta

from holdfast.api.problems import Problem
from holdfast.bookings.states import Basis
from holdfast.database.transactions import in_workspace
from holdfast.directory.models import Resource
from holdfast.directory.roles import Actor
from holdfast.mirror.models import Calendar
from holdfast.ports import clock
from holdfast.timetable.when import When

READING_MAX = timedelta(seconds=30)


def basis(who: Actor, row: Resource, when: When, *, accept_unread: bool) -> Basis:  # noqa: ARG001
    """Raises Problem where the calendar is unknown and the program did not say that it accepts that."""
    with in_workspace(who.workspace_id):
        watched = Calendar.objects.filter(mapping__resource_id=row.id, mapping__state="working")
        read = list(watched.values_list("observed_at", flat=True))
    if not read:
        return Basis.RECORD
    if all(at is not None and clock.now() - at <= READING_MAX for at in read):
        return Basis.READING
    if not accept_unread:
        raise Problem("unread")
    return Basis.UNREAD
