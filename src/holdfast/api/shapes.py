"""What goes over the wire: one shape for each thing, with examples; a field that is not named here is refused."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

_ID = "0199d3a2-7c1e-7d3a-9a55-2f6f0a5b8c11"
KIND = Literal["room", "desk", "equipment", "vehicle", "person", "other"]
SHARING = Literal["exclusive", "counted", "free"]


class In(Schema):
    """What comes in: nothing unknown, no silent conversions."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class Page(Schema):
    next: str | None = Field(None, description="The cursor of the next page, or null at the end.")


class Person(In):
    """One of the people of a booking."""

    address: str = Field(max_length=320, examples=["ada@example.org"])
    name: str = Field("", max_length=255, examples=["Ada"])
    role: Literal["required", "optional", "resource"] = "required"


class NewBooking(In):
    resource_id: UUID = Field(examples=[_ID])
    start: str = Field(
        description="A wall time in `zone`, or an instant with an offset.", examples=["2026-03-03T09:00:00"]
    )
    end: str = Field(description="The same, after the start.", examples=["2026-03-03T10:00:00"])
    zone: str | None = Field(
        None, max_length=64, description="An IANA name; the resource's own zone without it.", examples=["Europe/Berlin"]
    )
    all_day: bool = Field(default=False, description="From midnight to midnight.")
    title: str = Field("", examples=["Stand-up"])
    note: str = Field("", examples=["Bring the model."])
    show_as: Literal["free", "tentative", "busy", "oof", "workingElsewhere"] = "busy"
    sensitivity: Literal["normal", "personal", "private", "confidential"] = "normal"
    people: list[Person] = Field(default_factory=list[Person], max_length=500)
    quantity: int = Field(1, ge=1, le=1000, description="How many of a pool.")
    accept_unread: bool = Field(default=False, description="Book unconfirmed where Outlook cannot be asked.")


class BookingChanges(In):
    """What is to be different; fields that are left out stay as they are."""

    resource_id: UUID | None = Field(None, examples=[_ID])
    start: str | None = Field(None, examples=["2026-03-03T11:00:00"])
    end: str | None = Field(None, examples=["2026-03-03T12:00:00"])
    zone: str | None = Field(None, max_length=64)
    all_day: bool | None = None
    title: str | None = None
    note: str | None = None
    show_as: Literal["free", "tentative", "busy", "oof", "workingElsewhere"] | None = None
    sensitivity: Literal["normal", "personal", "private", "confidential"] | None = None
    people: list[Person] | None = Field(None, max_length=500)
    quantity: int | None = Field(None, ge=1, le=1000)


class Cancellation(In):
    reason: str = Field("", max_length=255, examples=["The guests are ill."])


class SyncSign(Schema):
    """How a booking and its event stand."""

    state: Literal["only_here", "in_step", "under_way", "asks"] = Field(examples=["in_step"])
    since: datetime | None = Field(None, description="When both sides last agreed.")
    reason: str = Field("", description="Why a person is asked.", examples=[""])
    event_id: str = Field("", description="Microsoft's id of the event.")


class Booking(Schema):
    id: UUID = Field(examples=[_ID])
    resource_id: UUID
    start: datetime | str = Field(description="Wall time in `zone`.", examples=["2026-03-03T09:00:00"])
    end: datetime | str = Field(examples=["2026-03-03T10:00:00"])
    zone: str = Field(examples=["Europe/Berlin"])
    all_day: bool
    starts_at: datetime = Field(examples=["2026-03-03T08:00:00Z"])
    ends_at: datetime = Field(examples=["2026-03-03T09:00:00Z"])
    title: str = Field(examples=["Stand-up"])
    note: str
    show_as: str
    sensitivity: str
    people: list[Person]
    quantity: int
    kind: str = Field(description="`booking`, or `blocker`, which only takes time.")
    state: str = Field(examples=["confirmed"])
    origin: str = Field(description="`here` or `outlook`: where it was made.")
    basis: str = Field(description="On what its yes rests: `record`, `looked`, `reading`, or `unread` (unconfirmed).")
    overlaps: bool = Field(description="Some of its time is also another booking's.")
    owner_id: UUID | None
    organiser_name: str
    organiser_address: str
    version: int
    created_at: datetime
    updated_at: datetime
    sync: SyncSign


class Bookings(Page):
    items: list[Booking]


class NewResource(In):
    name: str = Field(examples=["Aquarium"])
    kind: KIND = Field(examples=["room"])
    sharing: SHARING = "exclusive"
    zone: str = Field("", max_length=64, examples=["Europe/Berlin"])
    address: str = Field("", examples=["aquarium@example.org"])
    seats: int | None = Field(None, ge=0, le=100_000, examples=[8])
    location_id: UUID | None = None
    parent_id: UUID | None = None
    buffer_after_s: int = Field(0, ge=0, le=86_400)
    live_look: bool = True
    units: int = Field(1, ge=0, le=1000, description="How many there are: 15 for a pool of fifteen desks.")


class ResourceChanges(In):
    name: str | None = None
    kind: KIND | None = None
    sharing: SHARING | None = None
    zone: str | None = Field(None, max_length=64)
    address: str | None = None
    seats: int | None = Field(None, ge=0, le=100_000)
    location_id: UUID | None = None
    parent_id: UUID | None = None
    buffer_after_s: int | None = Field(None, ge=0, le=86_400)
    live_look: bool | None = None
    active: bool | None = None
    units: int | None = Field(None, ge=0, le=1000)


class Resource(Schema):
    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Aquarium"])
    kind: str = Field(examples=["room"])
    sharing: str = Field(examples=["exclusive"])
    zone: str = Field(examples=["Europe/Berlin"])
    address: str
    seats: int | None = Field(examples=[8])
    location_id: UUID | None
    parent_id: UUID | None
    buffer_after_s: int
    live_look: bool
    active: bool
    version: int


class Resources(Page):
    items: list[Resource]


class Span(Schema):
    start: datetime
    end: datetime
    used: int = Field(description="How many units are taken.")


class Availability(Schema):
    resource_id: UUID
    capacity: int
    is_known: bool = Field(
        description="False where the calendar was not read for too long: unknown time is not offered."
    )
    busy: list[Span]


class Room(Schema):
    """A stretch of time in which the wished length fits."""

    resource_id: UUID
    start: datetime
    end: datetime


class AvailabilityAnswer(Schema):
    items: list[Availability]
    rooms: list[Room] = Field(description="Where a booking of `minutes` fits; empty without `minutes`.")


class Connection(Schema):
    id: UUID
    name: str = Field(examples=["Microsoft 365"])
    tenant: str
    app_id: str
    state: str = Field(examples=["working"])
    words: str
    created_at: datetime


class NewConnection(In):
    tenant: str = Field(max_length=256)
    app_id: str = Field(max_length=256)
    secret: str = Field(max_length=1024, description="The client secret's value; it is sealed and never told again.")
    name: str = Field("Microsoft 365", max_length=256)


class Connections(Page):
    items: list[Connection]


class Calendar(Schema):
    id: UUID
    connection_id: UUID
    address: str = Field(examples=["aquarium@example.org"])
    name: str = Field(examples=["Calendar"])
    observed_at: datetime | None = Field(description="When it was last read completely.")
    mailbox_state: str = Field(examples=["working"])
    words: str


class Calendars(Page):
    items: list[Calendar]


class Mapping(Schema):
    id: UUID
    resource_id: UUID
    calendar_id: UUID
    state: str = Field(examples=["working"])
    settings: dict[str, Any]
    synced_at: datetime | None
    brake_waiting: int = Field(description="Deletions in Outlook that wait for a person's word.")


class MappingSettings(In):
    """The settings that are to be different."""

    direction: Literal["both", "up", "down", "none"] | None = Field(None, examples=["both"])
    inbound_edit: Literal["propagate", "local_only", "locked"] | None = None
    both_edited: Literal["table", "ours", "outlook", "ask"] | None = None
    clash_winner: Literal["first_here", "outlook", "ask"] | None = None
    on_remote_delete: Literal["keep_cancelled", "remove"] | None = None
    when_unread: Literal["ask", "refuse", "accept"] | None = None
    attendant_keeps: bool | None = None
    no_show_stays: bool | None = None
    days_back: int | None = Field(None, ge=0, le=1825)
    days_ahead: int | None = Field(None, ge=1, le=1825)


class Mappings(Page):
    items: list[Mapping]


class Preview(Schema):
    """What the first sync of a mapping would do, in numbers."""

    mapping_id: UUID
    address: str
    events: int
    link: int = Field(description="A booking and an event that are the same.")
    create_here: int
    create_there: int
    block: int = Field(description="Events that only take time here.")
    refuse: int
    overlap: int
    unreadable: int
    mails: int = Field(description="Mails that people would get: none for a first sync.")


class SyncLine(Schema):
    mapping_id: UUID
    resource_id: UUID
    state: str
    mailbox_state: str
    words: str
    read_at: datetime | None
    in_step: int
    under_way: int
    asks: int


class SyncStatus(Schema):
    in_step: int
    under_way: int
    asks: int
    items: list[SyncLine]


class SyncRun(In):
    mapping_ids: list[UUID] | None = Field(None, max_length=1000, description="Which mappings; all without it.")


class SyncRunAnswer(Schema):
    started: int = Field(description="How many mappings were rung; poll /sync for what came of it.")


class Conflict(Schema):
    id: UUID
    kind: str = Field(examples=["overlap"])
    booking_id: UUID
    other_id: UUID | None
    content: dict[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    resolution: str
    choices: list[str] = Field(description="The answers that can be given.", examples=[["keep_this", "keep_other"]])


class Conflicts(Page):
    items: list[Conflict]


class ConflictAnswer(In):
    choice: Literal["keep_this", "keep_other", "seen"] = Field(examples=["keep_this"])


class Pair(Schema):
    """Fingerprints of both sides, as they were when the question was asked."""

    ours: str
    theirs: str


class Question(Schema):
    link_id: UUID
    mapping_id: UUID
    booking_id: UUID | None
    reason: str = Field(examples=["deleted_there"])
    detail: str
    since: datetime
    ours: Any = Field(None, description="Our side, where you may read it.")
    theirs: Any = Field(None, description="Outlook's side.")
    pair: Pair
    choices: list[str]


class Questions(Page):
    items: list[Question]


class QuestionAnswer(In):
    choice: Literal["ours", "theirs", "try_again", "leave"] = Field(examples=["theirs"])
    ours: str = Field("", max_length=128, description="`pair.ours` of the question.")
    theirs: str = Field("", max_length=128, description="`pair.theirs` of the question.")


class NewMapping(In):
    resource_id: UUID
    connection_id: UUID
    address: str = Field(max_length=320, examples=["aquarium@example.org"])
    calendar: str | None = Field(None, max_length=256, description="Its default calendar without it.")


class Change(Schema):
    number: int
    at: datetime
    actor_kind: str = Field(examples=["person"])
    by: str | None
    verb: str = Field(examples=["made"])
    cause: str
    subject_kind: str = Field(examples=["booking"])
    subject_id: UUID
    before: Any = Field(None, description="Only for tokens with the scope `audit`.")
    after: Any = None


class Changes(Schema):
    items: list[Change]
    next: str = Field(description="Send it as `after` to go on from here; it is there even where nothing is new.")


class ProblemBody(Schema):
    """Problem details, RFC 9457."""

    type: str = Field(examples=["urn:holdfast:problem:taken"])
    title: str = Field(examples=["The time is taken"])
    status: int = Field(examples=[409])
    detail: str
    code: str = Field(examples=["taken"])
    remedy: str
    field: str | None = None
