"""The meeting messages of one mailbox: what Exchange would have put into its Inbox and its Sent Items.

Reads the mail ledger; nothing is delivered, and reading changes nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime

from sim365 import ids
from sim365.ledger import Mail, MailKind
from sim365.pages.forms import Json
from sim365.simulator import Simulator
from sim365.state import Mailbox
from sim365.zones import zone

ROWS_MAX = 100

ANSWERED = {"accepted": "Accepted", "tentativelyAccepted": "Tentative", "declined": "Declined"}
KINDS = {
    MailKind.INVITATION: "Invitation",
    MailKind.UPDATE: "Update",
    MailKind.CANCELLATION: "Cancelled",
    MailKind.RESPONSE: "Answer",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One row of the list."""

    at: datetime
    is_received: bool
    kind: str
    other: str
    """Whom it is from, or to."""
    title: str
    about: str
    """Which day of a series it is about."""
    comment: str
    event: str
    """The id of the entry it is about, where that still stands in the calendar."""
    is_waiting: bool
    """It asks for an answer that was not given yet."""


def messages_of(simulator: Simulator, box: Mailbox, *, zone_name: str) -> Json:
    """The list, newest first, and how many there are in all."""
    names = box.names()
    with simulator.lock:
        mails = [
            mail for mail in simulator.ledger.mails if mail.recipient.lower() in names or mail.sender.lower() in names
        ]
        latest = itertools.islice(reversed(mails), ROWS_MAX)
        rows = [_message(simulator, box, mail, zone_name) for mail in latest]
    return {"view": "messages", "content": "messages.html", "messages": rows, "total": len(mails)}


def _message(simulator: Simulator, box: Mailbox, mail: Mail, zone_name: str) -> Message:
    is_received = mail.recipient.lower() in box.names()
    other = mail.sender if is_received else mail.recipient
    found = simulator.world.find(other)
    serial = box.by_uid.get(mail.uid)
    event, is_waiting = "", False
    if serial is not None:
        folder = box.homes[serial]
        held = box.calendars[folder].events[serial]
        event = ids.item_id(box.tag, folder=folder, serial=serial)
        asks = mail.kind in {MailKind.INVITATION, MailKind.UPDATE}
        is_waiting = is_received and asks and held.response == "notResponded" and not held.is_cancelled
    kind = KINDS.get(mail.kind, str(mail.kind))
    return Message(
        at=mail.at.astimezone(zone(zone_name)),
        is_received=is_received,
        kind=ANSWERED.get(mail.response, kind),
        other=other if found is None else found.display_name,
        title=mail.subject or "(no title)",
        about="" if mail.day is None else f"{mail.day:%a} {mail.day.day} {mail.day:%b}",
        comment=mail.comment,
        event=event,
        is_waiting=is_waiting,
    )
