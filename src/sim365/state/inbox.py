"""What lies in a mailbox's Inbox: meeting messages that nobody has answered yet, notifications, other mail.

Only what the calendar side acts on is kept; mail as such is not modelled. Items of one meeting lie together, so that
one answer, or a newer message, takes the older ones away at once.
"""

from datetime import datetime
from typing import Literal

import msgspec

from sim365.state.events import Event, Party

ItemKind = Literal["request", "cancellation", "approval", "forwarded", "mail"]
ITEMS_PER_MEETING_MAX = 50
"""Where old messages are not removed, the oldest go beyond this number."""


class InboxItem(msgspec.Struct, frozen=True):
    """One message in the Inbox."""

    number: int
    at: datetime
    kind: ItemKind
    sender: Party
    subject: str
    uid: str = ""
    """iCalUId of the meeting; empty for mail about no meeting."""
    sequence: int = 0
    """The organiser's count of changes that the message tells of."""
    source: Event | None = None
    """The meeting as the sender described it, where it is still needed: undecided, or not put on the calendar."""
    room: str = ""
    """Of a request for approval: the resource that it is about."""
    awaits_attendant: bool = False


Inbox = dict[str, tuple[InboxItem, ...]]
"""Items by the meeting's iCalUId, oldest first."""
