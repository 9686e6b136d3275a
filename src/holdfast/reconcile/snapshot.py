"""A snapshot: one side of a link reduced to the fields that both sides own.

This module decides the shape of what is compared and stored. It must not compare, normalise or judge: `fields` does.
Snapshots are frozen, equal by value, and stored as short JSON arrays, so new fields go to the end and have a default.
"""

from enum import StrEnum
from typing import Any

import msgspec

from holdfast.timetable.recurrence import Pattern
from holdfast.timetable.when import When

__all__ = [
    "NOTHING",
    "Field",
    "Pair",
    "Pattern",
    "Person",
    "Reply",
    "Role",
    "Sensitivity",
    "ShowAs",
    "Snapshot",
    "When",
    "decode_pair",
    "decode_snapshot",
    "encode",
]


class Field(StrEnum):
    """The names of the fields, in the order of the table in `fields`."""

    WHEN = "when"
    TITLE = "title"
    NOTE = "note"
    SHOW_AS = "show_as"
    SENSITIVITY = "sensitivity"
    PLACE = "place"
    PEOPLE = "people"
    CATEGORIES = "categories"
    REPLY = "reply"
    PATTERN = "pattern"


class ShowAs(StrEnum):
    """How the time looks to others; five values are kept apart, never folded into busy."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    AWAY = "oof"
    ELSEWHERE = "workingElsewhere"
    UNKNOWN = "unknown"


class Sensitivity(StrEnum):
    """Who may read more than the times."""

    NORMAL = "normal"
    PERSONAL = "personal"
    PRIVATE = "private"
    CONFIDENTIAL = "confidential"


class Reply(StrEnum):
    """What the owner of the copy answered; it flows in only."""

    NONE = "none"
    ORGANISER = "organizer"
    ACCEPTED = "accepted"
    TENTATIVE = "tentativelyAccepted"
    DECLINED = "declined"
    AWAITED = "notResponded"


class Role(StrEnum):
    """Why somebody is on the list of people."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    RESOURCE = "resource"


class Person(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One of the people of a booking; the address is the identity, the name is decoration."""

    address: str
    name: str = ""
    role: Role = Role.REQUIRED


class Snapshot(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What one side says about a booking or its event."""

    when: When
    title: str = ""
    note: str = ""
    show_as: ShowAs = ShowAs.BUSY
    sensitivity: Sensitivity = Sensitivity.NORMAL
    place: str = ""
    people: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    reply: Reply = Reply.NONE
    pattern: Pattern | None = None  # of a series; its `when` is then that of the first occurrence


class Pair(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What each side said when they last agreed, each in its own words; None: deleted, cancelled or never there."""

    ours: Snapshot | None = None
    theirs: Snapshot | None = None


NOTHING = Pair()
"""The agreement of two sides that never said anything, and of two sides that both said it is over."""

_encoder = msgspec.json.Encoder()
_snapshot = msgspec.json.Decoder(Snapshot)
_pair = msgspec.json.Decoder(Pair)


def encode(value: Any) -> bytes:
    """The stored form (JSON) of a snapshot, a pair, a link state or a part of one."""
    return _encoder.encode(value)


def decode_snapshot(stored: bytes | str) -> Snapshot:
    """The snapshot that `encode` wrote."""
    return _snapshot.decode(stored)


def decode_pair(stored: bytes | str) -> Pair:
    """The pair that `encode` wrote."""
    return _pair.decode(stored)
