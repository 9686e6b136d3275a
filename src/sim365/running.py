"""Running one piece of due work: which module each kind of task belongs to, and whether it may hold the lock."""

from typing import Protocol

from sim365.http.door import Door, LateRequest
from sim365.http.routing import Outside
from sim365.meetings.attendant import attendant_decides, attendant_rewrites, claim_runs_out
from sim365.meetings.hand import (
    AttendantDecides,
    AttendantRewrites,
    ClaimRunsOut,
    ForwardNoticeArrives,
    MeetingMessage,
    ReplyArrives,
)
from sim365.meetings.messages import forward_notice_arrives, message_arrives, reply_arrives
from sim365.notices.book import Departure, DropEnds, ExpiryCheck, Notice
from sim365.notices.couriers import Couriers
from sim365.notices.delivery import deliver, depart
from sim365.notices.lifecycle import check_expiry, end_drop
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

    @property
    def couriers(self) -> Couriers | None:
        """Who delivers, where many may at once."""
        ...

    def announce(self) -> None:
        """Hand changes on to the notices."""
        ...


def run_task(runner: Runner, task: object) -> None:
    """Do one task; those that talk to the outside take the lock themselves."""
    match task:
        case Notice():
            _send(runner, task)
        case Departure():
            notice = depart(runner.notices, runner.world, runner, task)
            if notice is not None:
                _send(runner, notice)
        case LateRequest(request):
            runner.door.exchange(request, late=True)
        case _:
            with runner.lock:
                _run_inside(runner, task)
                runner.announce()


def _send(runner: Runner, notice: Notice) -> None:
    if runner.couriers is None:
        deliver(runner.notices, runner.world, runner, notice)
    else:
        runner.couriers.send(notice)


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
        case ClaimRunsOut():
            claim_runs_out(runner.world, task)
        case ForwardNoticeArrives():
            forward_notice_arrives(runner.world, task)
        case ExpiryCheck():
            check_expiry(runner.notices, runner.world, task)
        case DropEnds():
            end_drop(runner.notices, runner.world, task)
        case _:
            message = f"nobody knows how to do {task!r}"
            raise AssertionError(message)
