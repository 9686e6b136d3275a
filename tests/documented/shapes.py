"""The short notation of `exchanges.yaml` for what an answer holds, and the comparison with an answer.

`name` a property that is there and not null · `name?` one that may be null or absent · `name{…}` an object with these ·
`name[…]` a collection that is not empty, each entry with these. Types are not repeated here: every answer is checked
against Microsoft's by sim365.conformity while the test runs.
"""

import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"[\w.@\-]+\??|[{}\[\]]")


@dataclass(slots=True)
class Part:
    """One property and what it holds."""

    name: str
    may_lack: bool = False
    is_many: bool = False
    parts: list["Part"] = field(default_factory=list["Part"])


def read_shape(text: str) -> list[Part]:
    """The parts that a line of the notation names."""
    tokens = _TOKEN.findall(text)
    assert "".join(tokens) == re.sub(r"\s+", "", text), f"not a shape: {text}"
    parts, rest = _read(tokens)
    assert not rest, f"brackets do not match: {text}"
    return parts


def _read(tokens: list[str]) -> tuple[list[Part], list[str]]:
    parts: list[Part] = []
    while tokens:
        token, *tokens = tokens
        if token in "}]":
            return parts, tokens
        if token in "{[":
            parts[-1].is_many = token == "["
            parts[-1].parts, tokens = _read(tokens)
        else:
            parts.append(Part(token.removesuffix("?"), may_lack=token.endswith("?")))
    return parts, tokens


def lacking(parts: list[Part], value: Any, place: str = "") -> list[str]:
    """The places where an answer lacks what is documented."""
    found: list[str] = []
    for part in parts:
        where = f"{place}{part.name}"
        held = value.get(part.name) if isinstance(value, dict) else None
        if held is None:
            found += [] if part.may_lack else [where]
        elif part.is_many:
            found += [f"{where} (empty)"] if held == [] else []
            found += [lack for entry in held for lack in lacking(part.parts, entry, f"{where}.")]
        elif part.parts:
            found += lacking(part.parts, held, f"{where}.")
    return sorted(set(found))
