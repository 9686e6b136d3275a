"""A mailbox and what Exchange knows about it: its purpose, its place in the building, how its attendant behaves.

Calendars are made when first asked for, so that a directory of a thousand mailboxes costs little until it is used.
"""

import enum
from dataclasses import dataclass, field
from datetime import datetime

from sim365.ids import ItemKey
from sim365.state.calendars import Calendar, CalendarGroup, CalendarRole, SharedCalendar
from sim365.state.events import Event
from sim365.state.inbox import InboxItem
from sim365.state.processing import CalendarProcessing
from sim365.state.spaces import Mode


class UserPurpose(enum.StrEnum):
    """`mailboxSettings.userPurpose` (FACTS 2.2)."""

    USER = "user"
    LINKED = "linked"
    SHARED = "shared"
    ROOM = "room"
    EQUIPMENT = "equipment"
    OTHERS = "others"


class PlaceKind(enum.StrEnum):
    """The kinds of place that carry a mailbox in this model."""

    ROOM = "room"
    WORKSPACE = "workspace"


@dataclass(slots=True)
class Place:
    """What `/places` says of a room or workspace (FACTS 2.1); None means the property is null."""

    kind: PlaceKind = PlaceKind.ROOM
    capacity: int | None = None
    building: str | None = None
    floor_number: int | None = None
    floor_label: str | None = None
    label: str | None = None
    phone: str = ""
    nickname: str | None = None
    tags: tuple[str, ...] = ()
    street: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_wheelchair_accessible: bool | None = None
    booking_type: str = "standard"
    audio_device: str | None = None
    video_device: str | None = None
    display_device: str | None = None
    teams_enabled_state: str = "unknown"
    parent_id: str | None = None
    """The floor or section in which it stands."""
    mode: Mode = field(default_factory=Mode)
    """Of a workspace."""
    generation: int = 0
    """Raised when the place's id changes; `placeId` never does (FACTS 2.1)."""


@dataclass(slots=True)
class Category:
    """A master category (FACTS 3.11): its name never changes."""

    id: str
    name: str
    color: str


@dataclass(slots=True)
class AutomaticReplies:
    """`automaticRepliesSetting`; the times are those of a planned absence, written as UTC."""

    status: str = "disabled"
    audience: str = "all"
    internal: str = ""
    external: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(slots=True)
class Card:
    """What the directory says of a user besides the names that a mailbox needs."""

    given_name: str | None = None
    surname: str | None = None
    company_name: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    business_phones: tuple[str, ...] = ()
    mobile_phone: str | None = None
    other_mails: tuple[str, ...] = ()
    preferred_language: str | None = None
    user_type: str = "Member"
    show_in_address_list: bool | None = None


@dataclass(slots=True)
class Mailbox:
    """One mailbox with its directory user.

    `oid` is the directory object id, `address` the primary SMTP address, `upn` the user principal name (the address
    when empty). `has_mailbox=False` is a directory user without one (FACTS 0.2 `MailboxNotEnabledForRESTAPI`).
    """

    oid: str
    address: str
    display_name: str
    purpose: UserPurpose = UserPurpose.USER
    upn: str = ""
    aliases: tuple[str, ...] = ()
    time_zone: str = "UTC"
    locale: str = "en-US"
    has_mailbox: bool = True
    is_hidden: bool = False
    """Not (yet) listed: new rooms take up to two days to appear (FACTS 2.1)."""
    listed_from: datetime | None = None
    """When a new room shows in places; None: it is shown."""
    account_enabled: bool | None = None
    job_title: str | None = None
    department: str | None = None
    office_location: str | None = None
    password: str = ""
    is_admin: bool = False
    place: Place | None = None
    place_id: str = ""
    processing: CalendarProcessing | None = None
    working_days: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    working_hours: tuple[str, str] = ("08:00", "17:00")
    tenant_id: str = ""
    tag: int = 0
    """A number that stands for this mailbox inside item ids; given by the simulator."""
    calendars: dict[int, Calendar] = field(default_factory=dict[int, Calendar])
    default_calendar: int = 0
    """The serial of the default calendar; 0 until the simulator has made it."""
    transactions: dict[str, tuple[int, str, Event, int]] = field(default_factory=dict[str, tuple[int, str, Event, int]])
    """transactionId to event serial, digest of the content, first version and calendar (FACTS 3.5)."""
    homes: dict[int, int] = field(default_factory=dict[int, int])
    """Event serial to the serial of the calendar that holds it."""
    by_uid: dict[str, int] = field(default_factory=dict[str, int])
    """iCalUId to the serial of this mailbox's copy."""
    card: Card | None = None
    """None: derived from the display name, nothing else known."""
    licences: tuple[str, ...] | None = None
    """SKU ids; None: what is usual, one for a person and none for a resource."""
    is_on_premises: bool = False
    """Hosted on the organisation's own servers: in the directory, but no mailbox that Graph reaches."""
    created: datetime | None = None
    deleted_at: datetime | None = None
    """When the user was deleted; for thirty days it can be restored."""
    without_licence_since: datetime | None = None
    date_format: str = "yyyy-MM-dd"
    time_format: str = "HH:mm"
    delegate_delivery: str = "sendToDelegateOnly"
    replies: AutomaticReplies | None = None
    shows: CalendarRole = CalendarRole.FREE_BUSY_READ
    """What everybody in the organisation may see of the default calendar when it is made."""
    hours_zone: str = ""
    """The zone of the working hours; empty: the mailbox's own."""
    categories: dict[str, Category] | None = None
    """By id; None: the six that a new mailbox has."""
    groups: dict[int, CalendarGroup] = field(default_factory=dict[int, CalendarGroup])
    """Calendar groups by serial; empty until first asked for."""
    shared: dict[int, SharedCalendar] = field(default_factory=dict[int, SharedCalendar])
    """Other people's calendars that hang here, by serial."""
    departed: dict[str, int] = field(default_factory=dict[str, int])
    """iCalUId of meetings that lay here and are gone, to the meeting's sequence then: older messages change nothing."""
    inbox: dict[str, tuple[InboxItem, ...]] = field(default_factory=dict[str, tuple[InboxItem, ...]])
    claims: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    """Check-ins: event serial and the ordinal of the occurrence's original date, 0 for a single event."""
    watched: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Event serial to the instant at which a reservation that nobody claimed is given free."""
    stale: dict[int, tuple[float, Event | None]] = field(default_factory=dict[int, tuple[float, Event | None]])
    """Events that reads show in an older version, or not yet at all, until the instant given (faults `stale_read` and
    `read_lags`)."""

    latest_create: tuple[str, float, int] | None = None
    """Digest, instant and serial of the create before, where equal ones may be answered with one id."""
    deleted: dict[int, tuple[Event, int]] = field(default_factory=dict[int, tuple[Event, int]])
    """Deleted Items: events by serial, oldest first, each with the serial of the calendar that it lay in."""

    origins: dict[int, int] = field(default_factory=dict[int, int])
    """Serial of an event that came back from Deleted Items to the serial it had at first: its immutable id stays."""
    returned: dict[int, int] = field(default_factory=dict[int, int])
    """And the other way, to the serial that it has now."""

    def __post_init__(self) -> None:
        self.upn = self.upn or self.address
        self.place_id = self.place_id or self.oid
        if self.account_enabled is None:
            self.account_enabled = self.purpose in {UserPurpose.USER, UserPurpose.LINKED}
        if self.processing is None and self.purpose in {UserPurpose.ROOM, UserPurpose.EQUIPMENT}:
            self.processing = CalendarProcessing()
        if self.place is None and self.purpose is UserPurpose.ROOM:
            self.place = Place()

    def comes_back(self, serial: int, anew: int) -> None:
        """Note that an event which was taken out is here again, under another serial."""
        first = self.origins.get(serial, serial)
        self.origins[anew] = first
        self.returned[first] = anew
        for transaction, (used, digest, first_version, folder) in list(self.transactions.items()):
            if used == serial:
                self.transactions[transaction] = (anew, digest, first_version, folder)

    def named(self, key: ItemKey) -> int:
        """The serial of the event that an id names: an immutable one outlives a return from Deleted Items."""
        return self.returned.get(key.serial, key.serial) if key.immutable else key.serial

    def names(self) -> set[str]:
        """Every name under which a request may address this mailbox, in lower case."""
        return {name.lower() for name in (self.oid, self.address, self.upn, *self.aliases)}
