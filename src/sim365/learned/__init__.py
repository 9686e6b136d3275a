"""What has been checked on Microsoft's own service: dated answers, which are the switches' defaults.

The data lies beside this module and is written by `sim365 learn` alone. As long as nobody has run the contract suite
on a tenant it is empty, and every switch is as Microsoft documents it, or as is assumed.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from importlib.resources import files
from typing import Any, TypeVar, cast

FILE = "checked.json"
Held = TypeVar("Held")
Value = bool | float

DOCUMENTED: dict[str, Value] = {}
"""The switches' defaults as they stand in the code, before anything was checked."""


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """When, by which check, and what was seen."""

    date: str
    run: str
    check: str
    outcome: str
    saw: str

    def __str__(self) -> str:
        return f"checked on {self.date}"


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """Everything that was checked."""

    date: str | None = None
    """Of the last run that was learned."""
    switches: dict[str, tuple[Value, Evidence]] = dataclasses.field(default_factory=dict[str, tuple[Value, Evidence]])
    checks: dict[str, Evidence] = dataclasses.field(default_factory=dict[str, Evidence])
    """By the check's name."""
    behaviours: dict[str, Evidence] = dataclasses.field(default_factory=dict[str, Evidence])
    """By the behaviour's key; where several checks are about one, the least favourable."""

    def sentence(self) -> str:
        """What stands in the README."""
        if self.date is None:
            return "Last checked against Microsoft: never."
        counts = {name: sum(each.outcome == name for each in self.checks.values()) for name in ("holds", "differs")}
        told = f"{counts['holds']} checks hold and {counts['differs']} differ"
        return f"Last checked against Microsoft: {self.date}, {told}."


@functools.lru_cache(maxsize=1)
def learned() -> Learned:
    """What this installation has learned."""
    return read_learned(files("sim365.learned").joinpath(FILE).read_text(encoding="utf-8"))


def read_learned(text: str) -> Learned:
    """The data file's content."""
    held = cast("dict[str, Any]", json.loads(text))
    return Learned(
        date=held["date"],
        switches={name: (each["value"], Evidence(**each["evidence"])) for name, each in held["switches"].items()},
        checks={name: Evidence(**each) for name, each in held["checks"].items()},
        behaviours={key: Evidence(**each) for key, each in held["behaviours"].items()},
    )


def write_learned(held: Learned) -> str:
    """The data file's content, the same for the same knowledge."""
    shown = {
        "date": held.date,
        "switches": {
            name: {"value": value, "evidence": dataclasses.asdict(evidence)}
            for name, (value, evidence) in sorted(held.switches.items())
        },
        "checks": {name: dataclasses.asdict(each) for name, each in sorted(held.checks.items())},
        "behaviours": {key: dataclasses.asdict(each) for key, each in sorted(held.behaviours.items())},
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def checked_defaults(cls: type[Held]) -> type[Held]:
    """Put learned values in the place of a settings class's defaults; `DOCUMENTED` keeps what stood there.

    Stands under `@dataclass`, which then takes the learned values for the defaults.
    """
    DOCUMENTED.update({name: cls.__dict__[name] for name in cls.__annotations__ if name in cls.__dict__})
    for name, (value, _evidence) in learned().switches.items():
        if name in DOCUMENTED:
            setattr(cls, name, value)
    return cls
