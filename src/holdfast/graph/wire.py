"""What Microsoft Graph says and hears, as types: just the fields Holdfast uses.

Unknown fields are skipped and unknown enum values stay plain text, so a new value of Microsoft's never breaks a read.
`UNSET` (a field that did not come: thin occurrences, `$select`) is kept apart from `None` (a field that came as null):
unknown is never taken for empty. Nothing here judges what a value means.
"""

from datetime import datetime
from typing import Annotated, NewType

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

EventId = NewType("EventId", str)
CalendarId = NewType("CalendarId", str)
UserId = NewType("UserId", str)
SubscriptionId = NewType("SubscriptionId", str)
Etag = NewType("Etag", str)
ICalUid = NewType("ICalUid", str)

Instant = Annotated[datetime, Meta(tz=True)]

SINGLE = "singleInstance"
OCCURRENCE = "occurrence"
EXCEPTION = "exception"
SERIES_MASTER = "seriesMaster"


class Read(Struct, rename="camel", gc=False):
    """What is only read."""


class WallTime(Struct, rename="camel", frozen=True, gc=False):
    """A local time as text, without offset, and the zone it is meant in (dateTimeTimeZone)."""

    date_time: str
    time_zone: str = "UTC"


class EmailAddress(Struct, frozen=True, gc=False, omit_defaults=True):
    address: str | None = None
    name: str | None = None


class Recipient(Struct, rename="camel", frozen=True, gc=False):
    email_address: EmailAddress = EmailAddress()


class ReplyStatus(Struct, frozen=True, gc=False):
    """`response`: none, organizer, tentativelyAccepted, accepted, declined, notResponded."""

    response: str | None = None
    time: str | None = None


class Attendee(Struct, rename="camel", frozen=True, gc=False):
    """`type`: required, optional, resource."""

    email_address: EmailAddress = EmailAddress()
    type: str = "required"
    status: ReplyStatus | UnsetType | None = UNSET


class Body(Struct, rename="camel", frozen=True, gc=False):
    """`content_type`: text or html."""

    content: str = ""
    content_type: str = "text"


class Location(Struct, rename="camel", frozen=True, gc=False, omit_defaults=True):
    display_name: str | None = None
    location_type: str | None = None
    location_uri: str | None = None
    location_email_address: str | None = None
    unique_id: str | None = None
    unique_id_type: str | None = None


class RecurrencePattern(Struct, rename="camel", frozen=True, gc=False, omit_defaults=True):
    """`type`: daily, weekly, absoluteMonthly, relativeMonthly, absoluteYearly, relativeYearly."""

    type: str
    interval: int
    days_of_week: tuple[str, ...] = ()
    day_of_month: int = 0
    month: int = 0
    first_day_of_week: str | None = None
    index: str | None = None


class RecurrenceRange(Struct, rename="camel", frozen=True, gc=False, omit_defaults=True):
    """`type`: endDate, noEnd, numbered. Dates are texts `yyyy-mm-dd`; an end of year 1 means none."""

    type: str
    start_date: str
    end_date: str | None = None
    number_of_occurrences: int = 0
    recurrence_time_zone: str | None = None


class Recurrence(Struct, frozen=True, gc=False):
    pattern: RecurrencePattern
    range: RecurrenceRange


class ExtendedProperty(Struct, frozen=True, gc=False):
    """A single-value extended property; `id` is `String {guid} Name <name>`."""

    id: str
    value: str | None = None


class Removal(Struct, frozen=True, gc=False):
    reason: str | None = None


class Event(Read, kw_only=True):
    """An event as any read delivers it: whole, thin (an occurrence in a delta), selected, or merely removed."""

    id: EventId
    etag: Etag | UnsetType = field(default=UNSET, name="@odata.etag")
    removed: Removal | UnsetType = field(default=UNSET, name="@removed")
    type: str | UnsetType = UNSET
    series_master_id: EventId | UnsetType | None = UNSET
    start: WallTime | UnsetType | None = UNSET
    end: WallTime | UnsetType | None = UNSET
    is_all_day: bool | UnsetType = UNSET
    is_cancelled: bool | UnsetType = UNSET
    is_organizer: bool | UnsetType = UNSET
    is_draft: bool | UnsetType = UNSET
    is_online_meeting: bool | UnsetType = UNSET
    subject: str | UnsetType | None = UNSET
    body: Body | UnsetType | None = UNSET
    show_as: str | UnsetType = UNSET
    sensitivity: str | UnsetType = UNSET
    location: Location | UnsetType | None = UNSET
    locations: tuple[Location, ...] | UnsetType = UNSET
    attendees: tuple[Attendee, ...] | UnsetType = UNSET
    organizer: Recipient | UnsetType | None = UNSET
    response_status: ReplyStatus | UnsetType | None = UNSET
    categories: tuple[str, ...] | UnsetType = UNSET
    recurrence: Recurrence | UnsetType | None = UNSET
    transaction_id: str | UnsetType | None = UNSET
    ical_uid: ICalUid | UnsetType | None = field(default=UNSET, name="iCalUId")
    original_start: Instant | UnsetType | None = UNSET
    original_start_time_zone: str | UnsetType | None = UNSET
    original_end_time_zone: str | UnsetType | None = UNSET
    created_date_time: Instant | UnsetType | None = UNSET
    last_modified_date_time: Instant | UnsetType | None = UNSET
    web_link: str | UnsetType | None = UNSET
    cancelled_occurrences: tuple[str, ...] | UnsetType | None = UNSET
    extended_properties: tuple[ExtendedProperty, ...] | UnsetType = field(
        default=UNSET, name="singleValueExtendedProperties"
    )

    def __repr__(self) -> str:
        # Titles and people may be private; what is logged by accident names the event and nothing else.
        return f"<event {self.id} {'' if self.etag is UNSET else self.etag}>"

    @property
    def is_removed(self) -> bool:
        """In a delta: gone *or* out of the window; a question, never an answer."""
        return self.removed is not UNSET

    @property
    def is_thin(self) -> bool:
        """An occurrence as a delta delivers it: only its span and its master; the rest stands on the master."""
        return self.removed is UNSET and self.type == OCCURRENCE and self.last_modified_date_time is UNSET

    def extended(self, property_id: str) -> str | None:
        """The value of one of our properties, None where the answer carries none. Names keep their case."""
        if self.extended_properties is UNSET:
            return None
        wanted = property_id.casefold()
        return next((each.value for each in self.extended_properties if each.id.casefold() == wanted), None)


class UnreadableItem(Struct, frozen=True, gc=False):
    """One item of a page that does not have the shape it should; the others of the page stand."""

    id: str | None
    why: str
    raw: bytes

    def __repr__(self) -> str:
        return f"<unreadable item {self.id}: {self.why}>"


class EventDraft(Struct, rename="camel", kw_only=True, frozen=True, omit_defaults=True):
    """What is written of an event. What is left out is not sent, so every field we do not own survives."""

    subject: str | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    start: WallTime | UnsetType = UNSET
    end: WallTime | UnsetType = UNSET
    is_all_day: bool | UnsetType = UNSET
    show_as: str | UnsetType = UNSET
    sensitivity: str | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    locations: tuple[Location, ...] | UnsetType = UNSET
    attendees: tuple[Attendee, ...] | UnsetType = UNSET
    categories: tuple[str, ...] | UnsetType = UNSET
    recurrence: Recurrence | UnsetType | None = UNSET
    is_reminder_on: bool | UnsetType = UNSET
    reminder_minutes_before_start: int | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    allow_new_time_proposals: bool | UnsetType = UNSET
    transaction_id: str | UnsetType = UNSET
    extended_properties: tuple[ExtendedProperty, ...] | UnsetType = field(
        default=UNSET, name="singleValueExtendedProperties"
    )


class Calendar(Read, kw_only=True):
    id: CalendarId
    name: str | None = None
    is_default_calendar: bool | UnsetType = UNSET
    can_edit: bool | UnsetType = UNSET
    can_view_private_items: bool | UnsetType = UNSET
    is_removable: bool | UnsetType = UNSET
    change_key: str | None = None
    hex_color: str | None = None
    owner: EmailAddress | None = None
    extended_properties: tuple[ExtendedProperty, ...] | UnsetType = field(
        default=UNSET, name="singleValueExtendedProperties"
    )


class User(Read, kw_only=True):
    id: UserId
    display_name: str | None = None
    mail: str | None = None
    user_principal_name: str | None = None
    proxy_addresses: tuple[str, ...] | None = None
    account_enabled: bool | None = None
    user_type: str | None = None
    job_title: str | None = None
    department: str | None = None
    office_location: str | None = None


class PhysicalAddress(Read):
    street: str | None = None
    city: str | None = None
    state: str | None = None
    country_or_region: str | None = None
    postal_code: str | None = None


class Place(Read, kw_only=True):
    """A room, room list or workspace. `id` may change with the tenant's configuration, `place_id` does not."""

    id: str
    place_id: str | None = None
    display_name: str | None = None
    email_address: str | None = None
    nickname: str | None = None
    label: str | None = None
    phone: str | None = None
    parent_id: str | None = None
    tags: tuple[str, ...] | None = None
    address: PhysicalAddress | None = None
    is_wheel_chair_accessible: bool | None = None
    capacity: int | None = None
    building: str | None = None
    floor_number: int | None = None
    floor_label: str | None = None
    booking_type: str | None = None
    audio_device_name: str | None = None
    video_device_name: str | None = None
    display_device_name: str | None = None


class WorkingZone(Read):
    name: str | None = None


class WorkingHours(Read, kw_only=True):
    days_of_week: tuple[str, ...] | None = None
    start_time: str | None = None
    end_time: str | None = None
    time_zone: WorkingZone | None = None


class MailboxSettings(Read, kw_only=True):
    """`user_purpose`: user, linked, shared, room, equipment, others; `time_zone` is a Windows name as a rule."""

    user_purpose: str | None = None
    time_zone: str | None = None
    working_hours: WorkingHours | None = None


class Subscription(Read, kw_only=True):
    id: SubscriptionId
    resource: str
    change_type: str | None = None
    notification_url: str | None = None
    lifecycle_notification_url: str | None = None
    expiration_date_time: Instant
    client_state: str | None = None
    application_id: str | None = None


class SubscriptionDraft(Struct, rename="camel", kw_only=True, frozen=True, omit_defaults=True):
    change_type: str
    notification_url: str
    resource: str
    expiration_date_time: datetime
    client_state: str
    lifecycle_notification_url: str | UnsetType = UNSET


class Collection(Struct, kw_only=True):
    """A page whose items are not looked at yet."""

    value: list[Raw]
    next_link: str | None = field(default=None, name="@odata.nextLink")
    delta_link: str | None = field(default=None, name="@odata.deltaLink")


class ErrorDetail(Read, kw_only=True):
    code: str | None = None
    message: str | None = None
    inner_error: "ErrorDetail | None" = None


class ErrorAnswer(Struct):
    error: ErrorDetail
