"""What a booking says to Outlook, by its state.

This module decides whether a booking has an event at all, and how firm that event looks. It must not know how states
change: `bookings` does.
"""

from enum import Enum
from typing import assert_never

from msgspec.structs import replace

from holdfast.reconcile.link import Absence, Ours
from holdfast.reconcile.snapshot import ShowAs, Snapshot


class Standing(Enum):
    """How a booking stands, as far as Outlook is concerned."""

    PENDING = "pending"  # waits for a person's yes, and holds no time
    HOLDING = "holding"  # waits for a person's yes, and holds its time meanwhile
    OFFERED = "offered"
    WAITLISTED = "waitlisted"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    NO_SHOW = "no_show"  # nobody came, and the time was released
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    NOT_WATCHED = "not_watched"  # outside the window


def says(booking: Snapshot, standing: Standing, *, no_show_stays: bool = False) -> Ours:
    """Our side of the link. None is what makes an event go away; not watched touches nothing."""
    match standing:
        case Standing.CONFIRMED | Standing.CHECKED_IN:
            return booking
        case Standing.HOLDING:
            return replace(booking, show_as=ShowAs.TENTATIVE, people=())
        case Standing.NO_SHOW:
            return booking if no_show_stays else None
        case Standing.PENDING | Standing.OFFERED | Standing.WAITLISTED:
            return None
        case Standing.CANCELLED | Standing.DECLINED | Standing.EXPIRED:
            return None
        case Standing.NOT_WATCHED:
            return Absence.NOT_WATCHED
        case _ as never:
            assert_never(never)
