"""What people did and were told had succeeded: the oracle of "no lost write" (I3).

A deed is one value that one person gave one field of a booking (here) or an event (in Outlook). At the end of a run
every deed must be explained: it stands on both sides, or a later deed of a person concerns the same field of the same
thing, or its value lies in the conflict list, or the thing is parked and a person is being asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"
"""Where everybody of the world lives."""


class Side(StrEnum):
    HERE = "here"
    OUTLOOK = "outlook"


GONE = "gone"
"""The field of a deed that ends the thing: cancelled here, deleted in Outlook."""


@dataclass(frozen=True, slots=True)
class Deed:
    """`subject` is a booking's id (here) or an event's immutable id (Outlook)."""

    order: int
    side: Side
    subject: str
    field: str
    value: Any


@dataclass(slots=True)
class History:
    deeds: list[Deed] = field(default_factory=list)

    def add(self, side: Side, subject: str, **values: Any) -> None:
        """One deed for each field a person gave a value, once the person was told that it worked."""
        for name, value in values.items():
            self.deeds.append(Deed(len(self.deeds), side, subject, name, value))


@dataclass(frozen=True, slots=True)
class Ending:
    """One thing as it ended: the ids it has on both sides, its values there, and what lies in its conflicts."""

    subjects: frozenset[str]
    here: dict[str, Any] | None  # None: cancelled or never made
    outlook: dict[str, Any] | None  # None: not there
    is_asked: bool  # parked by name, or held open by an unanswered conflict
    kept: str = ""  # everything its conflicts keep, as text


def unexplained(history: History, endings: Iterable[Ending]) -> list[Deed]:
    """The deeds that were lost."""
    by_subject = {subject: ending for ending in endings for subject in ending.subjects}
    last: dict[tuple[int, str], int] = {}
    for deed in history.deeds:
        ending = by_subject.get(deed.subject)
        if ending is not None:
            last[id(ending), deed.field] = deed.order
    ended = {deed.subject for deed in history.deeds if deed.field == GONE}
    return [
        deed
        for deed in history.deeds
        # What was made and deleted before anybody looked never reaches the other side, and need not.
        if not (deed.subject not in by_subject and deed.subject in ended)
        and not _is_explained(deed, by_subject.get(deed.subject), last)
    ]


def _is_explained(deed: Deed, ending: Ending | None, last: dict[tuple[int, str], int]) -> bool:
    if ending is None:
        return False
    if ending.is_asked or last[id(ending), deed.field] > deed.order or last.get((id(ending), GONE), -1) > deed.order:
        return True
    if deed.field == GONE:
        return (ending.here is None and ending.outlook is None) or _was_revived(deed, ending, last)
    if ending.here is None and ending.outlook is None:
        return (id(ending), GONE) in last or _is_kept(deed, ending)
    stands = _value(ending.here, deed.field) == deed.value == _value(ending.outlook, deed.field)
    return stands or _is_kept(deed, ending)


def _was_revived(deed: Deed, ending: Ending, last: dict[tuple[int, str], int]) -> bool:
    """A later deed about a thing that was ended brings it back, or asks; either way the end was seen."""
    return any(order > deed.order for (thing, _), order in last.items() if thing == id(ending))


def _is_kept(deed: Deed, ending: Ending) -> bool:
    """A conflict keeps a text as it was, and a time in the zone it was meant in."""
    if isinstance(deed.value, tuple):
        return any(all(text in ending.kept for text in form) for form in (deed.value, _in_zone(deed.value)))
    return str(deed.value) in ending.kept


def _in_zone(span: tuple[str, ...]) -> tuple[str, ...]:
    times = (datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)) for text in span)
    return tuple(time.replace(tzinfo=None).isoformat() for time in times)


def _value(side: dict[str, Any] | None, name: str) -> Any:
    return None if side is None else side.get(name)
