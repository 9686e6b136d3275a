"""Running one piece of due work: which module each kind of task belongs to, and whether it may hold the lock."""

from typing import Protocol

from sim365.http.door import Door, LateRequest
from sim365.http.routing import Outside
from sim365.meetings.attendant import attendant_decides, attendant_rewrites
from sim365.meetings.hand import AttendantDecides, AttendantRewrites, MeetingMessage, ReplyArrives
from sim365.meetings.messages import message_arrives, reply_arrives
from sim365.notices.book import ExpiryCheck, Notice
from sim365.notices.delivery import check_expiry, deliver
from sim365.state.world import World


class Runner(Outside, Protocol):
    """What running a task needs."""

    @property
    def world(self) -> World:
        """The state."""
        ...

    @property
    def door(self) -> Door:
        """The Graph side's entrance."""
        ...

    def announce(self) -> None:
        """Hand changes on to the notices."""
        ...


def run_task(runner: Runner, task: object) -> None:
    """Do one task; those that talk to the outside take the lock themselves."""
    match task:
        case Notice():
            deliver(runner.notices, runner.world, runner, task)
        case LateRequest(request):
            runner.door.exchange(request, late=True)
        case _:
            with runner.lock:
                _run_inside(runner, task)
                runner.announce()


def _run_inside(runner: Runner, task: object) -> None:
    match task:
        case MeetingMessage():
            message_arrives(runner.world, task)
        case ReplyArrives():
            reply_arrives(runner.world, task)
        case AttendantDecides():
            attendant_decides(runner.world, task)
        case AttendantRewrites():
            attendant_rewrites(runner.world, task)
        case ExpiryCheck():
            check_expiry(runner.notices, runner.world, task)
        case _:
            message = f"nobody knows how to do {task!r}"
            raise AssertionError(message)
