"""What the settings of a mapping mean to the plan.

This module decides which settings the pure core knows. It must not read configuration: the shell builds a `Rules`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way changes flow. Up: ours to Outlook only. Down: from Outlook only."""

    BOTH = "both"
    UP = "up"
    DOWN = "down"
    NONE = "none"


class InboundEdit(StrEnum):
    """What happens to an edit here of a booking that came from Outlook."""

    PROPAGATE = "propagate"  # where it is ours to write there, else locked
    LOCAL_ONLY = "local_only"  # kept here, never told
    LOCKED = "locked"  # parked, shown


class Winner(StrEnum):
    """Who wins where both sides edited one field."""

    TABLE = "table"  # as the field table says
    OURS = "ours"
    OUTLOOK = "outlook"
    ASK = "ask"


class ClashWinner(StrEnum):
    """Whose claim stands where both sides took one slot."""

    FIRST_HERE = "first_here"
    OUTLOOK = "outlook"
    ASK = "ask"


class OnRemoteDelete(StrEnum):
    """What a deletion in Outlook leaves of our booking; both are None to the link."""

    KEEP_CANCELLED = "keep_cancelled"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings of one mapping, as far as the plan needs them."""

    zone: str = "UTC"  # the resource's own zone, whose name is used for times that come in
    direction: Direction = Direction.BOTH
    may_create: bool = True  # a sink exists and the scope to write into it is held
    attendant_keeps: bool = False  # the room's attendant leaves title, note and sensitivity alone: believe them
    inbound_edit: InboundEdit = InboundEdit.PROPAGATE
    both_edited: Winner = Winner.TABLE
    clash_winner: ClashWinner = ClashWinner.FIRST_HERE
    on_remote_delete: OnRemoteDelete = OnRemoteDelete.KEEP_CANCELLED


DEFAULT = Rules()
