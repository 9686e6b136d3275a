"""What of Microsoft's behaviour is modelled, on what evidence: the lines from which the reference page is written.

Each package that models something lists it in a `modelled.py` of its own, as `BEHAVIOURS`, and what it leaves out as
`GAPS`; `behaviours` and `gaps` gather them. A line is known by
its key: tests name the keys they show, and a check on a real tenant answers by key.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import sim365

EVIDENCE = {
    "C": "Microsoft's published schema",
    "D": "Microsoft's documentation",
    "D21": "Microsoft's documentation of 2021",
    "P": "Microsoft's catalogue of permissions",
    "I": "observed by users, in public issue threads",
    "K": "general knowledge, unverified",
}
"""What each evidence mark stands for."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour of the service as it is modelled here."""

    key: str
    """Kebab-case, unique in all of sim365."""
    section: str
    """The section of the collected facts, such as "4" or "3.5"."""
    evidence: str
    """Marks of `EVIDENCE`, separated by blanks."""
    says: str
    """One plain sentence."""
    switch: str = ""
    """The switch that chooses, where sources disagree."""

    def __post_init__(self) -> None:
        unknown = set(self.evidence.split()) - EVIDENCE.keys()
        if unknown or not self.evidence:
            message = f"{self.key}: evidence must be marks of {', '.join(EVIDENCE)}, not {self.evidence!r}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of Microsoft's surface that answers 501 here."""

    name: str
    """What is missing, as the answer names it."""
    why: str = ""
    """One sentence, where the reason helps."""


def behaviours() -> list[Behaviour]:
    """Everything modelled, by section, then in the order in which the packages list it."""
    listed = (each for module in _lists() for each in module.BEHAVIOURS)
    return sorted(listed, key=lambda each: [int(part) for part in each.section.split(".")])


def gaps() -> list[Gap]:
    """Every gap that a package lists beside its behaviours; those of whole paths are in the routes."""
    return [gap for module in _lists() for gap in getattr(module, "GAPS", ())]


def _lists() -> Iterator[ModuleType]:
    for package in pkgutil.walk_packages(sim365.__path__, "sim365."):
        if package.name.endswith(".modelled") and package.name != __name__:
            yield importlib.import_module(package.name)
