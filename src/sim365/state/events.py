"""An event as Exchange stores it: instants in UTC, the zones as sent, everything else as the client wrote it,
normalised.

Immutable: a change makes a new version with a higher sequence number, from which change key and etag are derived. The
defaults are those of FACTS 3.2 and cost nothing, because absent values are shared.
"""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

EPOCH_NONE = "0001-01-01T00:00:00Z"
"""How Exchange writes an empty time."""

Response = Literal["none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded"]


class Party(msgspec.Struct, frozen=True):
    """A name and an SMTP address."""

    name: str
    address: str


class Attendee(msgspec.Struct, frozen=True):
    """One attendee of a meeting with the answer known to this copy."""

    party: Party
    kind: str = "required"
    response: Response = "none"
    time: datetime | None = None
    proposed: tuple[datetime, datetime] | None = None
    """The other time that this attendee asked for."""


class Recurrence(msgspec.Struct, frozen=True):
    """A recurrence pattern with its range (FACTS 3.6), validated."""

    kind: str
    interval: int
    start: date
    zone: str
    days: tuple[str, ...] = ()
    day_of_month: int = 0
    month: int = 0
    first_day: str = "sunday"
    index: str = "first"
    range_kind: str = "noEnd"
    end: date | None = None
    count: int = 0


class Place(msgspec.Struct, frozen=True):
    """One location of an event, as the client described it."""

    display_name: str
    kind: str = "default"
    email: str | None = None
    uri: str | None = None
    unique_id: str | None = None
    unique_id_kind: str | None = None
    address: dict[str, str] | None = None
    coordinates: dict[str, float] | None = None


NOWHERE = Place(display_name="")


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file, an Outlook item or a link that hangs on an event."""

    serial: int
    kind: Literal["file", "item", "reference"]
    name: str
    modified: datetime
    content_type: str | None = None
    content: bytes = b""
    """Of a file its bytes; of an item its JSON as it is shown."""
    is_inline: bool = False
    content_id: str | None = None
    content_location: str | None = None


class Legacy(msgspec.Struct, frozen=True):
    """How an item that old software wrote differs from one written today (FACTS 3.6, 3.8, 11 quirks 31 and 38)."""

    has_uid: bool = True
    """Without one, iCalUId reads null; the event keeps a hidden one, by which its copies are matched."""
    zone: str | None = None
    """What the original zones read in place of the real ones, such as `tzone://Microsoft/Custom`."""
    recurrence_zone: str | None = None
    """What recurrenceTimeZone reads: empty, or `Customized Time Zone`."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one event in one calendar; a series master holds its exceptions and cancelled dates."""

    serial: int
    sequence: int
    created: datetime
    modified: datetime
    uid: str
    start: datetime
    """In UTC; of an all-day event the midnight of its zone."""
    end: datetime
    start_zone: str
    end_zone: str
    subject: str = ""
    body: str = ""
    """The whole HTML document, or empty."""
    importance: str = "normal"
    sensitivity: str = "normal"
    show_as: str = "busy"
    categories: tuple[str, ...] = ()
    is_all_day: bool = False
    is_cancelled: bool = False
    is_reminder_on: bool = True
    reminder_minutes: int = 15
    response_requested: bool = True
    allow_new_time: bool = True
    hide_attendees: bool = False
    transaction_id: str | None = None
    attendees: tuple[Attendee, ...] = ()
    organizer: Party | None = None
    """None: the owner of the mailbox."""
    response: Response = "organizer"
    response_time: datetime | None = None
    place: Place = NOWHERE
    places: tuple[Place, ...] = ()
    online_provider: str | None = None
    join_url: str | None = None
    properties: dict[str, str] | None = None
    lists: dict[str, tuple[str, ...]] | None = None
    """Multi-value extended properties, by normalised id."""
    extensions: dict[str, dict[str, Any]] | None = None
    """Open extensions by their short names."""
    attachments: tuple[Attachment, ...] = ()
    unsafe_body: str = ""
    """The body before it was made safe, where that took something away."""
    is_draft: bool = False
    """A meeting that was saved and not sent."""
    reminder_at: datetime | None = None
    """Until when the reminder was snoozed."""
    reminders_done: datetime | None = None
    """Of a series: reminders of occurrences that start up to this instant were dismissed."""
    legacy: Legacy | None = None
    recurrence: Recurrence | None = None
    exceptions: dict[date, "Event"] | None = None
    """By original date, in the recurrence zone."""
    cancelled: frozenset[date] = frozenset()
    original: date | None = None
    """Of an exception: the date that the pattern gave it."""
    original_start: datetime | None = None
    meeting_sequence: int = 0
    """Raised by each change that the organiser sends to attendees."""
    asking: int = 0
    """Raised by each change that asks all attendees anew; an answer counts only for the asking it was given to."""
    intended_show_as: str = "busy"
    """Of an attendee's copy: how the organiser wants it shown once accepted."""
    by_attendant: bool = False
    """The room's attendant has processed this copy."""
    awaits_delegate: bool = False
    """Of a resource's copy: a delegate must approve it."""

    @property
    def is_organizer(self) -> bool:
        """The owner of this mailbox organises it."""
        return self.organizer is None

    @property
    def shown_uid(self) -> str | None:
        """`iCalUId`."""
        return None if self.legacy is not None and not self.legacy.has_uid else self.uid
