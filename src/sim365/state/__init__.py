"""What the simulated service remembers: tenants, apps, mailboxes, calendars, events.

Pure data. Nothing here speaks HTTP, knows a client or reads a clock; the rules that change this data live beside it in
`calendars`, `meetings` and `tracking`.
"""

from sim365.state.calendars import (
    Calendar,
    CalendarColor,
    CalendarGroup,
    CalendarRole,
    CalendarShare,
    SharedCalendar,
)
from sim365.state.events import Attendee, Event, Party, Recurrence
from sim365.state.inbox import InboxItem
from sim365.state.mailboxes import (
    AutomaticReplies,
    Card,
    Category,
    Mailbox,
    Place,
    PlaceKind,
    UserPurpose,
)
from sim365.state.principals import IdentityDoor, Principal, TokenRefused
from sim365.state.processing import CalendarProcessing
from sim365.state.spaces import Address, DeskMode, Mode, Space, SpaceKind
from sim365.state.tenants import (
    AppRegistration,
    AppSecret,
    Company,
    DistributionGroup,
    OutsideMeeting,
    RoomList,
    Tenant,
)

__all__ = [
    "Address",
    "AppRegistration",
    "AppSecret",
    "Attendee",
    "AutomaticReplies",
    "Calendar",
    "CalendarColor",
    "CalendarGroup",
    "CalendarProcessing",
    "CalendarRole",
    "CalendarShare",
    "Card",
    "Category",
    "Company",
    "DeskMode",
    "DistributionGroup",
    "Event",
    "IdentityDoor",
    "InboxItem",
    "Mailbox",
    "Mode",
    "OutsideMeeting",
    "Party",
    "Place",
    "PlaceKind",
    "Principal",
    "Recurrence",
    "RoomList",
    "SharedCalendar",
    "Space",
    "SpaceKind",
    "Tenant",
    "TokenRefused",
    "UserPurpose",
]
