"""Places without a mailbox: buildings, floors, sections and desks (FACTS 2.1).

They stand in a tree: a floor in a building, a section on a floor, a desk, a room or a workspace in a section.
"""

import enum
from dataclasses import dataclass, field


class SpaceKind(enum.StrEnum):
    """The kinds of place that are no mailbox."""

    BUILDING = "building"
    FLOOR = "floor"
    SECTION = "section"
    DESK = "desk"


class DeskMode(enum.StrEnum):
    """How a desk or workspace is used: the derived types of `placeMode`."""

    RESERVABLE = "reservable"
    DROP_IN = "dropIn"
    ASSIGNED = "assigned"
    UNAVAILABLE = "unavailable"


@dataclass(slots=True)
class Mode:
    """A `placeMode` with what its kind carries."""

    kind: DeskMode = DeskMode.RESERVABLE
    user_id: str | None = None
    user_address: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class Address:
    """A `physicalAddress`."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    postal_code: str | None = None


@dataclass(slots=True)
class Space:
    """One building, floor, section or desk."""

    id: str
    kind: SpaceKind
    display_name: str
    parent_id: str | None = None
    label: str | None = None
    phone: str | None = None
    tags: tuple[str, ...] = ()
    is_wheelchair_accessible: bool | None = None
    address: Address | None = None
    latitude: float | None = None
    longitude: float | None = None
    sort_order: int | None = None
    wifi_state: str = "unknown"
    links: tuple[tuple[str, str], ...] = ()
    """Of a building: names and addresses of pages about it."""
    display_device: str | None = None
    height_adjustable: str = "unknown"
    mailbox: str = ""
    """Of a desk: object id of the mailbox through which it is booked; empty for one that cannot be."""
    mode: Mode = field(default_factory=Mode)
