"""Wall times that name no moment, or two: what a change of clocks does to a time somebody typed.

Decides whether a wall time is doubtful and which moments could be meant; must not choose. `zones` reads such times by
one rule, which is right for what arrives from calendars; a person or a program that types one can be asked instead.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from holdfast.timetable import zones


class Doubt(StrEnum):
    SKIPPED = "skipped"  # the clocks were put forward over it
    DOUBLED = "doubled"  # the clocks were put back over it: it happens twice


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A wall time and the moments (aware, in its zone) that could be meant by it."""

    doubt: Doubt
    wall: datetime
    zone: str
    choices: tuple[datetime, datetime]


def doubt(wall: datetime, zone: str) -> Doubtful | None:
    """What is doubtful about a naive wall time in a zone; None for nearly every one. Raises UnknownZone."""
    rules = zones.zone(zone)
    first, second = wall.replace(tzinfo=rules, fold=0), wall.replace(tzinfo=rules, fold=1)
    if first.utcoffset() == second.utcoffset():
        return None
    choices = (first.astimezone(UTC).astimezone(rules), second.astimezone(UTC).astimezone(rules))
    is_real = choices[0].replace(tzinfo=None) == wall.replace(fold=0)
    return Doubtful(Doubt.DOUBLED if is_real else Doubt.SKIPPED, wall, zone, choices)
