"""Which type a path answers with, found by walking the path along the types: independent of the simulator's own routes.

users/{u}/calendars/{c}/events        Many(event)
users/{u}/mailboxSettings/timeZone    Value(String)
users/{u}/events/{e}/accept           Nothing()
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, assert_never

from sim365.conformity.schema import Use, schema

Found = TypeVar("Found")

_NAMESPACE = "microsoft.graph."


@dataclass(frozen=True, slots=True)
class One:
    """One entity or complex value, its properties at the top of the answer."""

    type: str
    use: Use
    is_operation: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A collection under `value`, which may be paged."""

    type: str
    is_delta: bool = False
    is_operation: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One primitive property under `value`."""

    use: Use


@dataclass(frozen=True, slots=True)
class Nothing:
    """An operation that returns nothing."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Text or bytes: `$count`, `$value`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The envelope of a batch."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No type says what stands here."""

    segment: str


Shape = One | Many | Value | Nothing | Raw | Batch | Unknown


def shape_of(segments: list[str]) -> Shape:
    """What stands at a path, which comes in parts and without the version."""
    if not segments:
        return Unknown("")
    first, *rest = segments
    if first.lower() == "$batch":
        return Batch()
    root = _by_name(schema().roots, first)
    if root is None:
        return Unknown(first)
    shape = _shape(root)
    for segment in rest:
        shape = _step(shape, segment)
    return shape


def _step(shape: Shape, segment: str) -> Shape:
    if segment.startswith("("):
        return shape  # the arguments of the function that stands before
    match shape:
        case Many():
            return _into_many(shape, segment)
        case One():
            return _into_one(shape, segment)
        case Value():
            return Raw() if segment.lower() == "$value" else Unknown(segment)
        case Unknown():
            return shape
        case Nothing() | Raw() | Batch():
            return Unknown(segment)
        case _:
            assert_never(shape)


def _into_many(shape: Many, segment: str) -> Shape:
    if shape.is_operation:
        # The arguments of a function are a part of the path of their own; what it returns has no keys.
        return shape
    name = segment.lower()
    if name == "$count":
        return Raw()
    returns = schema().operations.get((f"{shape.type}*", name.removeprefix(_NAMESPACE)))
    if returns is not None:
        return _shape(returns, is_operation=True)
    if name.removeprefix(_NAMESPACE) == "delta":
        return Many(shape.type, is_delta=True)
    if name.startswith(_NAMESPACE):
        cast = _by_name(schema().structures, name.removeprefix(_NAMESPACE))
        return Unknown(segment) if cast is None else Many(cast.name)
    return One(shape.type, Use(shape.type))


def _into_one(shape: One, segment: str) -> Shape:
    name = segment.partition("(")[0]
    short = name.lower().removeprefix(_NAMESPACE)
    if name == "$value":
        return Raw()
    known = schema()
    if name.lower() != short and (cast := _by_name(known.structures, short)) is not None:
        return One(cast.name, Use(cast.name))
    for each in known.line_of(shape.type):
        if (each.name, short) in known.operations:
            returns = known.operations[each.name, short]
            return Nothing() if returns is None else _shape(returns, is_operation=True)
    use = _by_name(known.navigations(shape.type), short) or _by_name(known.properties(shape.type), short)
    return Unknown(segment) if use is None else _shape(use)


def _shape(use: Use, *, is_operation: bool = False) -> Shape:
    if use.is_many:
        return Many(use.type, is_operation=is_operation)
    return One(use.type, use, is_operation) if use.type in schema().structures else Value(use)


def _by_name(named: Mapping[str, Found], name: str) -> Found | None:
    wanted = name.lower()
    return next((value for key, value in named.items() if key.lower() == wanted), None)
