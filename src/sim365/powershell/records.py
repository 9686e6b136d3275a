"""What cmdlets give: objects with named properties, shown as `Format-List` shows them.

Pure. The width of a list is that of its longest name; lists stand in braces, as Exchange's own output has them.
"""

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LISTED_MAX = 16
"""Longer lists are cut, with three dots; `$FormatEnumerationLimit` of Exchange's session."""


@dataclass(frozen=True, slots=True)
class Record:
    """One object: what it is, by which identity a cmdlet behind the pipe finds it, and its properties."""

    kind: str
    identity: str
    properties: dict[str, Any]
    shown: tuple[str, ...] = ()
    """The properties shown unless others are asked for; none: all."""


def chosen(record: Record, wanted: tuple[str, ...]) -> Record:
    """The record with the properties that fit the patterns, in the order in which they were asked for."""
    found: dict[str, Any] = {}
    for pattern in wanted:
        for name, value in record.properties.items():
            if fnmatch.fnmatchcase(name.lower(), pattern.lower()):
                found.setdefault(name, value)
    return Record(record.kind, record.identity, found)


def shown(records: Iterable[Record]) -> str:
    """The records as a list, with a blank line between two."""
    return "\n\n".join(block for record in records if (block := _block(record)))


def _block(record: Record) -> str:
    names = [name for name in record.shown if name in record.properties] or list(record.properties)
    width = max((len(name) for name in names), default=0)
    return "\n".join(f"{name:<{width}} : {_text(record.properties[name])}".rstrip() for name in names)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case tuple() | list() | frozenset() | set():
            items = [str(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            more = ["..."] if len(items) > LISTED_MAX else []
            return "{" + ", ".join(items[:LISTED_MAX] + more) + "}"
        case _:
            return str(value)
