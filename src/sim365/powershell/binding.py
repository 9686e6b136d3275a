"""Arguments to parameters: names shortened as PowerShell allows, values turned into what each parameter takes.

Decides in PowerShell's own order: named arguments first, then the others by position. Common parameters that every
cmdlet has are taken off here.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from typing import Any, cast

from sim365.powershell.errors import (
    ambiguous_parameter,
    missing_argument,
    missing_parameter,
    unknown_parameter,
    unknown_position,
    wrong_value,
)
from sim365.powershell.parsing import Given, Invocation


class Takes(enum.Enum):
    """What a parameter takes."""

    TEXT = "text"
    TEXTS = "several texts, or @{Add=…; Remove=…}"
    FLAG = "$true or $false"
    SWITCH = "nothing"
    NUMBER = "a whole number"
    CLOCK = "a time of day"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a cmdlet."""

    name: str
    takes: Takes = Takes.TEXT
    is_needed: bool = False
    position: int | None = None
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a multivalued property: `@{Add="x"; Remove="y"}`."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def applied_to(self, held: Iterable[str]) -> tuple[str, ...]:
        """The list after the change; additions that stand there already are not doubled."""
        gone = {text.lower() for text in self.remove}
        kept = [text for text in held if text.lower() not in gone]
        known = {text.lower() for text in kept}
        return (*kept, *(text for text in self.add if text.lower() not in known))


@dataclass(slots=True)
class Bound:
    """The arguments of one call, by the parameters' own names."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    what_if: bool = False
    is_silent: bool = False
    """-ErrorAction SilentlyContinue or Ignore."""

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str, otherwise: Any = None) -> Any:
        """A value that may be missing."""
        return self.values.get(name, otherwise)

    def text(self, name: str) -> str:
        """A text that was given, or an empty one."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def texts(self, name: str, held: Iterable[str] = ()) -> tuple[str, ...]:
        """A list as it is after the call."""
        value = self.values.get(name)
        if isinstance(value, Edit):
            return value.applied_to(held)
        return tuple(value or ())


COMMON = (
    Parameter("Confirm", Takes.SWITCH),
    Parameter("WhatIf", Takes.SWITCH),
    Parameter("Verbose", Takes.SWITCH),
    Parameter("Debug", Takes.SWITCH),
    Parameter("ErrorAction", choices=("Continue", "Stop", "SilentlyContinue", "Ignore", "Inquire")),
    Parameter("WarningAction", choices=("Continue", "Stop", "SilentlyContinue", "Ignore", "Inquire")),
)


def bind(call: Invocation, parameters: tuple[Parameter, ...], *, has_input: bool) -> Bound:
    """The call's arguments by parameter; an Identity may come through the pipe instead."""
    known = (*parameters, *COMMON)
    found: dict[str, Any] = {}
    loose: list[Any] = []
    for argument in call.arguments:
        if argument.name is None:
            loose.append(argument.value)
            continue
        parameter = _named(argument.name, known)
        found[parameter.name] = _of_named(parameter, argument, loose)
    _by_position(loose, parameters, found)
    missing = [each.name for each in parameters if each.is_needed and each.name not in found]
    if has_input and missing and missing[0] in {"Identity", "Name"}:
        missing = missing[1:]
    if missing:
        raise missing_parameter(missing)
    action = str(found.pop("ErrorAction", "")).lower()
    what_if = bool(found.pop("WhatIf", False))
    for name in ("Confirm", "Verbose", "Debug", "WarningAction"):
        found.pop(name, None)
    return Bound(found, what_if=what_if, is_silent=action in {"silentlycontinue", "ignore"})


def _named(name: str, known: tuple[Parameter, ...]) -> Parameter:
    wanted = name.lower()
    exact = [each for each in known if each.name.lower() == wanted]
    matches = exact or [each for each in known if each.name.lower().startswith(wanted)]
    if not matches:
        raise unknown_parameter(name)
    if len(matches) > 1:
        raise ambiguous_parameter(name, [each.name for each in matches])
    return matches[0]


def _of_named(parameter: Parameter, argument: Given, loose: list[Any]) -> Any:
    if parameter.takes is Takes.SWITCH:
        if not argument.has_value:
            return True
        if argument.is_attached:
            return _flag(parameter, argument.value)
        # What follows a switch without a colon belongs to the next position.
        loose.append(argument.value)
        return True
    if not argument.has_value:
        raise missing_argument(parameter.name)
    return converted(parameter, argument.value)


def _by_position(loose: list[Any], parameters: tuple[Parameter, ...], found: dict[str, Any]) -> None:
    places = sorted(
        (each for each in parameters if each.position is not None and each.name not in found),
        key=lambda each: each.position or 0,
    )
    for number, value in enumerate(loose):
        if number >= len(places):
            raise unknown_position(value)
        found[places[number].name] = converted(places[number], value)


def converted(parameter: Parameter, value: Any) -> Any:
    """A value as the parameter takes it."""
    match parameter.takes:
        case Takes.FLAG | Takes.SWITCH:
            return _flag(parameter, value)
        case Takes.NUMBER:
            return _number(parameter, value)
        case Takes.TEXTS:
            return _texts(parameter, value)
        case Takes.CLOCK:
            return _clock(parameter, value)
        case Takes.TEXT:
            return _text(parameter, value)


def _flag(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool | int):
        return bool(value)
    why = (
        f'Cannot convert value "{_shown(value)}" to type "System.Boolean". '
        "Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0."
    )
    raise wrong_value(parameter.name, why)


def _number(parameter: Parameter, value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.lstrip("-").isdigit() or not text.isascii() or len(text) > 12:
        why = f'Cannot convert value "{_shown(value)}" to type "System.Int32".'
        raise wrong_value(parameter.name, why)
    number = int(text)
    if not parameter.low <= number <= parameter.high:
        why = f'The value "{number}" is not within the range {parameter.low} to {parameter.high}.'
        raise wrong_value(parameter.name, why)
    return number


def _texts(parameter: Parameter, value: Any) -> tuple[str, ...] | Edit:
    if value is None:
        return ()
    if not isinstance(value, dict):
        items = cast("list[Any]", value) if isinstance(value, list) else [value]
        return tuple(text for item in items if (text := str(item)))
    table = {str(name).lower(): item for name, item in cast("dict[str, Any]", value).items()}
    unknown = [name for name in table if name not in {"add", "remove"}]
    if unknown:
        raise wrong_value(parameter.name, f"A table takes Add and Remove, not '{unknown[0]}'.")
    parts = {name: _texts(parameter, item) for name, item in table.items()}
    add, remove = parts.get("add", ()), parts.get("remove", ())
    if isinstance(add, Edit) or isinstance(remove, Edit):
        raise wrong_value(parameter.name, "A table stands inside a table.")
    return Edit(add, remove)


def _clock(parameter: Parameter, value: Any) -> str:
    try:
        return time.fromisoformat(str(value).zfill(5)).isoformat("minutes")
    except ValueError:
        why = f'Cannot convert value "{_shown(value)}" to type "System.TimeSpan".'
        raise wrong_value(parameter.name, why) from None


def _text(parameter: Parameter, value: Any) -> str:
    if isinstance(value, list | dict):
        why = f'Cannot convert value "{_shown(value)}" to type "System.String".'
        raise wrong_value(parameter.name, why)
    text = "" if value is None else str(value)
    if not parameter.choices or (not text and not parameter.is_needed):
        return text
    for choice in parameter.choices:
        if choice.lower() == text.lower():
            return choice
    why = (
        f'Cannot convert value "{text}" to the enumeration of {parameter.name}. '
        f"Specify one of the following names and try again: {', '.join(parameter.choices)}"
    )
    raise wrong_value(parameter.name, why)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "System.Object[]"
    return "System.Collections.Hashtable" if isinstance(value, dict) else str(value)
