"""What is kept in an Inbox, and when it goes: an answer takes the request away, a newer message the older ones.

Decides by the settings RemoveOldMeetingMessages, RemoveForwardedMeetingNotifications and DeleteNonCalendarItems of
FACTS 9; whoever has no such settings is a person, for whom Exchange tidies up too.
"""

from sim365.state import Event, InboxItem, Mailbox, Party
from sim365.state.inbox import ITEMS_PER_MEETING_MAX, ItemKind
from sim365.state.world import World


def keep(
    world: World,
    mailbox: Mailbox,
    kind: ItemKind,
    *,
    sender: Party,
    event: Event,
    source: Event | None = None,
    room: str = "",
    awaits_attendant: bool = False,
) -> InboxItem:
    """A message about a meeting comes to lie in the Inbox."""
    item = InboxItem(
        number=world.next_serial(),
        at=world.now(),
        kind=kind,
        sender=sender,
        subject=event.subject,
        uid=event.uid,
        sequence=event.meeting_sequence,
        source=source,
        room=room,
        awaits_attendant=awaits_attendant,
    )
    older = () if _removes_old(mailbox) else mailbox.inbox.get(event.uid, ())
    mailbox.inbox[event.uid] = (*(_done(old) for old in older), item)[-ITEMS_PER_MEETING_MAX:]
    return item


def keep_mail(world: World, mailbox: Mailbox, *, sender: Party, subject: str) -> InboxItem | None:
    """Mail about no meeting arrives; None where the attendant deletes it."""
    if _is_processed(mailbox) and mailbox.processing is not None and mailbox.processing.delete_non_calendar_items:
        return None
    item = InboxItem(number=world.next_serial(), at=world.now(), kind="mail", sender=sender, subject=subject)
    mailbox.inbox[""] = (*mailbox.inbox.get("", ()), item)[-ITEMS_PER_MEETING_MAX:]
    return item


def keeps_notices(mailbox: Mailbox) -> bool:
    """Whether notifications of forwarded meetings stay in the Inbox."""
    processing = mailbox.processing
    return processing is None or not processing.remove_forwarded_meeting_notifications


def waiting(mailbox: Mailbox, uid: str) -> InboxItem | None:
    """The request that the attendant has still to decide."""
    return next((item for item in mailbox.inbox.get(uid, ()) if item.awaits_attendant), None)


def consume(mailbox: Mailbox, uid: str) -> None:
    """The meeting was answered: its requests go (FACTS 3.3), or stay as read where old messages are kept."""
    held = mailbox.inbox.pop(uid, ())
    left = tuple(item for item in held if item.kind == "forwarded")
    if not _removes_old(mailbox):
        left = tuple(_done(item) for item in held)
    if left:
        mailbox.inbox[uid] = left


def _done(item: InboxItem) -> InboxItem:
    return InboxItem(
        item.number, item.at, item.kind, item.sender, item.subject, item.uid, item.sequence, room=item.room
    )


def _removes_old(mailbox: Mailbox) -> bool:
    return mailbox.processing is None or mailbox.processing.remove_old_meeting_messages


def _is_processed(mailbox: Mailbox) -> bool:
    return mailbox.processing is not None and mailbox.processing.automate_processing != "None"
