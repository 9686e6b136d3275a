"""On what a yes to a program rests. Decides the basis stored with a booking made over the interface."""

from typing import assert_never

from holdfast.api.problems import Problem
from holdfast.bookings.states import Basis
from holdfast.directory.models import Resource
from holdfast.directory.roles import Actor
from holdfast.mirror import looks, tasks
from holdfast.mirror.manners import WhenUnread
from holdfast.timetable.spans import Span
from holdfast.timetable.when import When


def basis(who: Actor, row: Resource, when: When, *, accept_unread: bool) -> Basis:
    """Look before yes, where the resource wants it. Raises Problem. Call it with no transaction open."""
    if not row.live_look:
        return Basis.READING
    match looks.look(who.workspace_id, row.id, when.instants(), engine=tasks.engine()):
        case looks.NotTied():
            return Basis.RECORD
        case looks.Fresh():
            return Basis.READING
        case looks.Looked(busy=()):
            return Basis.LOOKED
        case looks.Looked(busy=busy):
            raise Problem(
                "taken", "Outlook has something at this time that is only just arriving here.", busy=_told(busy)
            )
        case looks.Unread(when_unread=rule, words=words):
            return _unread(rule, words, accept_unread=accept_unread)
        case _ as never:
            assert_never(never)


def _unread(rule: WhenUnread, words: str, *, accept_unread: bool) -> Basis:
    if rule is WhenUnread.ACCEPT or (rule is WhenUnread.ASK and accept_unread):
        return Basis.UNREAD
    if rule is WhenUnread.REFUSE:
        raise Problem("unread", f"Outlook could not be asked: {words}.", remedy="Try again when Outlook can be read.")
    raise Problem("unread", f"Outlook could not be asked: {words}.")


def _told(busy: tuple[Span, ...]) -> list[dict[str, str]]:
    return [{"start": span.start.isoformat(), "end": span.end.isoformat()} for span in busy]
