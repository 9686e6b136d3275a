"""A person's Inbox, as far as it holds what must be decided: invitations, and requests for a room's approval (FACTS 9).

A delegate decides here with the own hand; the answer is given in the resource's name.
"""

from dataclasses import dataclass
from typing import Any

from sim365.errors import SimulatorError
from sim365.meetings import Hand, answer, inbox
from sim365.meetings.answers import Answer
from sim365.meetings.copies import copy_of, home_of, new_copy
from sim365.meetings.hand import MeetingMessage
from sim365.outlook import Desk
from sim365.state import Event, InboxItem, Mailbox

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InboxOwner:
    """Whose Inbox it is."""

    desk: Desk
    oid: str

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox as it is now."""
        found = self.desk.world.find(self.oid)
        if found is None:
            message = f"there is no mailbox {self.oid} (any more)"
            raise SimulatorError(message)
        return found

    def items(self) -> list[InboxItem]:
        """Everything that lies there, oldest first."""
        with self.desk.lock:
            held = (item for items in self.mailbox.inbox.values() for item in items)
            return sorted(held, key=lambda item: item.number)

    def answers(self, number: int, response: Answer, *, comment: str = "") -> None:
        """Answer an invitation, or decide for a resource whose request was passed on."""
        with self.desk.lock:
            item = next((one for one in self.items() if one.number == number), None)
            if item is None or item.kind not in {"request", "approval"}:
                message = f"{self.mailbox.address} has no request {number} to answer (any more)"
                raise SimulatorError(message)
            if item.kind == "approval":
                self._decide(item, response, comment)
            else:
                self._answer(item, response, comment)
            self.desk.announce()

    def _decide(self, item: InboxItem, response: Answer, comment: str) -> None:
        room = self.desk.world.find(item.room)
        copy = None if room is None else copy_of(room, item.uid)
        if room is None or copy is None:
            inbox.consume(self.mailbox, item.uid)
            message = "the request is gone: the organiser called it off"
            raise SimulatorError(message)
        hand = Hand(self.desk.world, room, f"person:{self.mailbox.address}")
        days = [] if copy.awaits_delegate else _days_awaiting(copy)
        for day in days or [None]:
            held = copy_of(room, item.uid)
            if held is not None:
                answer(hand, home_of(room, held), held, response=response, comment=comment, day=day)

    def _answer(self, item: InboxItem, response: Answer, comment: str) -> None:
        """From the Inbox itself; what was never put on the calendar comes to lie there with the answer."""
        world, mailbox = self.desk.world, self.mailbox
        hand = Hand(world, mailbox, f"person:{mailbox.address}")
        held = copy_of(mailbox, item.uid)
        if held is None:
            if item.source is None:
                message = "the invitation was answered or deleted already"
                raise SimulatorError(message)
            held = new_copy(hand, MeetingMessage("request", item.sender, mailbox.address, item.source))
            world.put(mailbox, world.default_calendar(mailbox), held, kind="created")
        answer(hand, home_of(mailbox, held), held, response=response, comment=comment)


def _days_awaiting(copy: Event) -> list[Any]:
    return sorted(day for day, other in (copy.exceptions or {}).items() if other.awaits_delegate)
