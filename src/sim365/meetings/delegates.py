"""A person's delegates: they get the invitations, beside the person or in its place (FACTS 2.3, 3.1).

Who is a delegate is said by the calendar's permissions, and where invitations go by the mailbox setting
`delegateMeetingMessageDeliveryOptions`.
"""

from sim365.ledger import MailKind
from sim365.meetings import inbox
from sim365.meetings.hand import Hand, MeetingMessage
from sim365.state import CalendarRole, Mailbox
from sim365.state.world import World

DELEGATES = frozenset({CalendarRole.DELEGATE_WITHOUT_PRIVATE, CalendarRole.DELEGATE_WITH_PRIVATE})


def delegates_of(world: World, mailbox: Mailbox) -> list[Mailbox]:
    """The delegates of a person's own calendar who have a mailbox here."""
    calendar = mailbox.calendars.get(mailbox.default_calendar)
    if calendar is None or mailbox.processing is not None:
        return []
    named = (world.find(share.address) for share in calendar.shares.values() if share.role in DELEGATES)
    return [found for found in named if found is not None and found.has_mailbox]


def pass_to_delegates(hand: Hand, message: MeetingMessage) -> bool:
    """Put an invitation into the delegates' Inboxes; whether the person gets it too."""
    mailbox = hand.mailbox
    found = delegates_of(hand.world, mailbox)
    for delegate in found:
        hand.writes(MailKind.APPROVAL, message.source, delegate.address, day=message.day)
        inbox.keep(
            hand.world, delegate, "approval", sender=message.organizer, event=message.source, room=mailbox.address
        )
    return not found or mailbox.delegate_delivery != "sendToDelegateOnly"
