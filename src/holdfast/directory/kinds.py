"""The closed sets of the directory: what a resource is, and how its time is shared."""

from enum import StrEnum


class Kind(StrEnum):
    ROOM = "room"
    DESK = "desk"
    EQUIPMENT = "equipment"
    VEHICLE = "vehicle"
    PERSON = "person"
    OTHER = "other"


class Sharing(StrEnum):
    """How bookings of one resource share its units.

    EXCLUSIVE: a booking takes all units. COUNTED: a booking takes as many free units as it asks for. FREE: calendars of
    people overlap by nature, so entries from Outlook never clash among themselves; bookings made here are checked.
    """

    EXCLUSIVE = "exclusive"
    COUNTED = "counted"
    FREE = "free"
