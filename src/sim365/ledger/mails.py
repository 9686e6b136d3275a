"""Every mail that Exchange would send: invitation, update, cancellation, response; with who caused it and why.

Nothing is ever delivered to a person. The ledger is the referee for "at most one mail per attendee and meaningful
change".
"""

import enum
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime


class MailKind(enum.StrEnum):
    """What a mail is about."""

    INVITATION = "invitation"
    UPDATE = "update"
    CANCELLATION = "cancellation"
    RESPONSE = "response"
    FORWARD = "forward"
    """An invitation that an attendee passed on."""
    FORWARD_NOTICE = "forwardNotice"
    """Tells the organiser of it."""
    APPROVAL = "approval"
    """Asks a delegate to decide, for a resource or for a person."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient."""

    number: int
    at: datetime
    kind: MailKind
    cause: str
    """`app:<id>`, `person:<address>` or `attendant`."""
    sender: str
    recipient: str
    subject: str
    uid: str
    """iCalUId of the meeting."""
    sequence: int
    """The organiser's count of changes that this mail tells of."""
    day: date | None = None
    """The original date, where the mail is about one occurrence."""
    comment: str = ""
    response: str = ""
    text: str = ""
    """What the attendant wrote."""


@dataclass(slots=True)
class Ledger:
    """All mails of a run, oldest first."""

    mails: list[Mail] = field(default_factory=list[Mail])

    def __len__(self) -> int:
        return len(self.mails)

    def add(self, mail: Mail) -> None:
        """Write a mail down."""
        self.mails.append(mail)

    def to(self, recipient: str) -> list[Mail]:
        """The mails of one recipient."""
        return [mail for mail in self.mails if mail.recipient.lower() == recipient.lower()]

    def about(self, uid: str) -> list[Mail]:
        """The mails about one meeting."""
        return [mail for mail in self.mails if mail.uid == uid]

    def counted(self) -> Counter[MailKind]:
        """How many mails of each kind."""
        return Counter(mail.kind for mail in self.mails)

    def repeated(self) -> list[Mail]:
        """Mails that tell a recipient of a change for the second time; a correct run has none."""
        seen: set[tuple[object, ...]] = set()
        found: list[Mail] = []
        for mail in self.mails:
            if mail.kind is MailKind.RESPONSE:
                continue
            mark = (mail.recipient.lower(), mail.uid, mail.sequence, mail.day, mail.kind)
            if mark in seen:
                found.append(mail)
            seen.add(mark)
        return found
