"""Who acts, on which mailbox; and the tasks that one act leaves for later."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from sim365.ledger import Mail, MailKind
from sim365.state import Attendee, Event, Mailbox
from sim365.state.world import World


@dataclass(frozen=True, slots=True)
class Hand:
    """One actor at one mailbox; `cause` goes into the ledger."""

    world: World
    mailbox: Mailbox
    cause: str

    def writes(self, kind: MailKind, event: Event, recipient: str, **more: object) -> None:
        """Enter a mail of this mailbox into the ledger."""
        day, comment, response = more.get("day"), more.get("comment", ""), more.get("response", "")
        self.world.ledger.add(
            Mail(
                number=len(self.world.ledger) + 1,
                at=self.world.now(),
                kind=kind,
                cause=self.cause,
                sender=self.mailbox.address,
                recipient=recipient,
                subject=event.subject,
                uid=event.uid,
                sequence=event.meeting_sequence,
                day=day if isinstance(day, date) else None,
                comment=str(comment),
                response=str(response),
            )
        )


@dataclass(frozen=True, slots=True)
class MeetingMessage:
    """A request or cancellation on its way from an organiser to an attendee in this world."""

    is_exchange: ClassVar[bool] = True

    kind: Literal["request", "cancel"]
    organizer: str
    recipient: str
    uid: str
    subject: str = ""
    is_material: bool = True
    """Time, place or pattern changed, or the meeting is new to the recipient: it must answer anew."""
    day: date | None = None
    anew: bool = False
    """The recipient was invited by this message."""


@dataclass(frozen=True, slots=True)
class AttendantDecides:
    """The room's attendant judges a request that lies tentatively in its calendar."""

    is_exchange: ClassVar[bool] = True

    mailbox: str
    serial: int
    sequence: int
    """The version of the copy it was asked about; a newer one has a decision of its own coming."""


@dataclass(frozen=True, slots=True)
class AttendantRewrites:
    """Seconds after accepting, the attendant replaces title and body."""

    is_exchange: ClassVar[bool] = True

    mailbox: str
    serial: int


@dataclass(frozen=True, slots=True)
class ReplyArrives:
    """An attendee's answer on its way to the organiser."""

    is_exchange: ClassVar[bool] = True

    organizer: str
    attendee: str
    uid: str
    response: Literal["accepted", "tentativelyAccepted", "declined"]
    day: date | None = None


def send(hand: Hand, event: Event, attendee: Attendee, message: MeetingMessage) -> None:
    """Put a message on its way, if the recipient lives in this world."""
    recipient = hand.world.find(attendee.party.address)
    if recipient is None or not recipient.has_mailbox or recipient is hand.mailbox:
        return
    del event
    switches = hand.world.switches
    if recipient.processing is not None:
        low, high = switches.room_delay_min_s, switches.room_delay_max_s
    else:
        low, high = 0.0, switches.message_delay_max_s
    hand.world.later(message, after_s=hand.world.chance.uniform(low, high))
