"""The types of `types.txt` as objects; the file says what its lines mean."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources


@dataclass(frozen=True, slots=True)
class Use:
    """A type where it is used: of a property, a navigation, an answer."""

    type: str
    is_many: bool = False
    may_be_null: bool = False


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The members of an enumeration; flags may be joined."""

    name: str
    members: frozenset[str]
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """An entity or complex type, without what its base declares."""

    name: str
    base: str | None
    is_entity: bool
    is_abstract: bool
    is_open: bool
    properties: dict[str, Use] = field(default_factory=dict[str, Use])
    navigations: dict[str, Use] = field(default_factory=dict[str, Use])


@dataclass(frozen=True, slots=True)
class Schema:
    """Every type, by name."""

    enumerations: Mapping[str, Enumeration]
    structures: Mapping[str, Structure]
    operations: Mapping[tuple[str, str], Use | None]
    """By bound type, a star behind it for a collection, and operation's name in lower case: what it returns, None for
    nothing."""
    roots: Mapping[str, Use]

    def line_of(self, name: str) -> list[Structure]:
        """A structure and everything it derives from, nearest first."""
        found: list[Structure] = []
        following: str | None = name
        while following is not None:
            found.append(self.structures[following])
            following = found[-1].base
        return found

    def properties(self, name: str) -> dict[str, Use]:
        """A structure's own and inherited properties."""
        return {key: use for each in reversed(self.line_of(name)) for key, use in each.properties.items()}

    def navigations(self, name: str) -> dict[str, Use]:
        """A structure's own and inherited navigations."""
        return {key: use for each in reversed(self.line_of(name)) for key, use in each.navigations.items()}

    def derives(self, name: str, base: str) -> bool:
        """Whether a structure is another one or derives from it."""
        return name in self.structures and any(each.name == base for each in self.line_of(name))


@functools.cache
def schema() -> Schema:
    """The types, read once."""
    text = resources.files("sim365.conformity").joinpath("types.txt").read_text(encoding="utf-8")
    return read_schema(text)


def read_schema(text: str) -> Schema:
    """The types that a text declares."""
    enumerations: dict[str, Enumeration] = {}
    structures: dict[str, Structure] = {}
    operations: dict[tuple[str, str], Use | None] = {}
    roots: dict[str, Use] = {}
    current: Structure | None = None
    for line in text.splitlines():
        words = line.replace(":", " ").split()
        match words:
            case [] | ["#", *_]:
                continue
            case [">", name, use] if current is not None:
                current.navigations[name] = _use(use)
            case ["enum" | "flags" as kind, name, *members]:
                enumerations[name] = Enumeration(name, frozenset(members), joins=kind == "flags")
            case ["operation", bound, name, returns]:
                operations[bound, name.lower()] = None if returns == "-" else _use(returns)
            case ["root", name, use]:
                roots[name] = _use(use)
            case [name, use] if line.startswith(" ") and current is not None:
                current.properties[name] = _use(use)
            case _:
                current = _structure(words)
                structures[current.name] = current
    return Schema(enumerations, structures, operations, roots)


def _structure(words: list[str]) -> Structure:
    head, _, base = " ".join(words).partition(" < ")
    *marks, kind, name = head.split()
    if kind not in {"entity", "complex"} or not set(marks) <= {"abstract", "open"}:
        message = f"no line of the types reads so: {head}"
        raise ValueError(message)
    return Structure(name, base or None, kind == "entity", "abstract" in marks, "open" in marks)


def _use(text: str) -> Use:
    return Use(text.rstrip("?*"), is_many=text.endswith("*"), may_be_null=text.endswith("?"))
