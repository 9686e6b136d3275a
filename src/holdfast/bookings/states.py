"""The closed sets of a booking: where it stands, where it came from, on what its yes rests, what a conflict is."""

from enum import StrEnum


class State(StrEnum):
    """Where a booking stands. DESIGN, "What a booking says to Outlook", reads this."""

    PENDING = "pending"  # asked for, takes no time yet
    HOLDING = "holding"  # asked for, and its time is kept meanwhile
    OFFERED = "offered"
    WAITLISTED = "waitlisted"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    RELEASED = "released"  # nobody came


TAKES_TIME = frozenset({State.HOLDING, State.CONFIRMED, State.CHECKED_IN})
OVER = frozenset({State.CANCELLED, State.DECLINED, State.EXPIRED, State.RELEASED})


class BookingKind(StrEnum):
    BOOKING = "booking"
    BLOCKER = "blocker"  # only takes time; nobody here owns it


class Origin(StrEnum):
    HERE = "here"
    OUTLOOK = "outlook"


class Basis(StrEnum):
    """On what the yes rests. UNREAD is an unconfirmed yes: the calendar could not be asked."""

    RECORD = "record"  # no calendar is tied to the resource: our record is the whole truth
    LOOKED = "looked"  # Microsoft was asked right before
    READING = "reading"  # the last reading was recent enough
    UNREAD = "unread"


class ConflictKind(StrEnum):
    OVERLAP = "overlap"
    OVERWRITTEN = "overwritten"
    REFUSED = "refused"
    CAME_BACK = "came_back"
    CUT = "cut"  # a text from Outlook was longer than we keep
    CHOICE = "choice"  # both sides changed what cannot be merged; a person must choose
