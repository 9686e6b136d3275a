"""Who acts, on which mailbox; and the tasks that one act leaves for later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from sim365.ledger import Mail, MailKind
from sim365.meetings.membership import expanded
from sim365.state import Attendee, Event, Mailbox, Party
from sim365.state.world import World


@dataclass(frozen=True, slots=True)
class Hand:
    """One actor at one mailbox; `cause` goes into the ledger."""

    world: World
    mailbox: Mailbox
    cause: str

    @property
    def party(self) -> Party:
        """The mailbox's owner as a sender."""
        return Party(self.mailbox.display_name, self.mailbox.address)

    def writes(
        self,
        kind: MailKind,
        event: Event,
        recipient: str,
        *,
        day: date | None = None,
        comment: str = "",
        response: str = "",
        text: str = "",
    ) -> None:
        """Enter a mail of this mailbox into the ledger."""
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
                day=day,
                comment=comment,
                response=response,
                text=text,
            )
        )


@dataclass(frozen=True, slots=True)
class MeetingMessage:
    """A request or cancellation on its way to one attendee, with the meeting as it was when it was sent."""

    is_exchange: ClassVar[bool] = True

    kind: Literal["request", "cancel"]
    organizer: Party
    recipient: str
    source: Event
    day: date | None = None
    """The occurrence that it is about."""


@dataclass(frozen=True, slots=True)
class AttendantDecides:
    """The room's attendant judges a request that lies in its Inbox."""

    is_exchange: ClassVar[bool] = True

    mailbox: str
    uid: str
    item: int
    """Number of the Inbox item; where a newer one took its place, that has a decision of its own coming."""


@dataclass(frozen=True, slots=True)
class AttendantRewrites:
    """Seconds after accepting, the attendant replaces title and body."""

    is_exchange: ClassVar[bool] = True

    mailbox: str
    serial: int


@dataclass(frozen=True, slots=True)
class ClaimRunsOut:
    """Nobody checked in to a reservation in time: the attendant gives the room free."""

    mailbox: str
    serial: int
    due: datetime
    """Where another instant is watched for by now, this one is void."""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ReplyArrives:
    """An attendee's answer on its way to the organiser."""

    is_exchange: ClassVar[bool] = True

    organizer: str
    attendee: Party
    uid: str
    response: Literal["accepted", "tentativelyAccepted", "declined"]
    at: datetime
    """When it was given: a later answer counts, even where it arrives first."""
    asking: int = 0
    """Which asking of the organiser's it answers."""
    days: tuple[date, ...] = ()
    """The occurrences that it is about; none: the whole meeting."""
    proposed: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class ForwardNoticeArrives:
    """The organiser is told that an attendee passed the invitation on."""

    is_exchange: ClassVar[bool] = True

    organizer: str
    by: Party
    uid: str
    invited: tuple[Party, ...]


def addressees(hand: Hand, attendees: Iterable[Attendee]) -> list[str]:
    """Whom a mail to these attendees reaches: groups opened, nobody twice, the mailbox itself left out."""
    own = hand.mailbox.names()
    found: dict[str, str] = {}
    for attendee in attendees:
        for address in expanded(hand.world, attendee.party.address):
            if address.lower() not in own:
                found.setdefault(address.lower(), address)
    return list(found.values())


def send(hand: Hand, message: MeetingMessage) -> None:
    """Put a message on its way, if the recipient has a mailbox in this world."""
    recipient = hand.world.find(message.recipient)
    if recipient is None or not recipient.has_mailbox or recipient is hand.mailbox:
        return
    deliver(hand.world, recipient, message)


def deliver(world: World, recipient: Mailbox, message: MeetingMessage) -> None:
    """Let a message arrive after the time that it takes."""
    switches = world.switches
    if recipient.processing is not None:
        low, high = switches.room_delay_min_s, switches.room_delay_max_s
    else:
        low, high = 0.0, switches.message_delay_max_s
    world.later(message, after_s=world.chance.uniform(low, high))
