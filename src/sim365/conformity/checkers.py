"""One compiled check for each type: a value, its place in the answer, and the list that takes the complaints.

Compiled when a type is first met. A structure complains of properties that it does not declare, also where the schema
calls the type open: nothing that this service shows may be its own invention (extensions excepted: they hold what their
maker likes).
"""

import functools
import re
from collections.abc import Callable
from typing import Any, cast

from sim365.conformity.formats import FORMATS
from sim365.conformity.schema import Use, schema

Checker = Callable[[object, str, list[str]], None]

SHOWN_MAX = 60
"""How much of a wrong value a complaint repeats."""

_NAMESPACE = "#microsoft.graph."
_ETAG = re.compile(r'(?:W/)?"[^"]+"')
_OF_PROPERTY = frozenset(
    {"context", "type", "count", "nextLink", "navigationLink", "associationLink", "mediaContentType", "mediaEditLink",
     "mediaReadLink"}
)  # fmt: skip
_OF_ENTITY = frozenset(
    {"@odata.id", "@odata.editLink", "@odata.readLink", "@odata.mediaContentType", "@odata.mediaReadLink",
     "@odata.mediaEditLink"}
)  # fmt: skip


@functools.cache
def checker_of(use: Use) -> Checker:
    """The check of a type where it is used."""
    single = _single(use.type)
    if use.is_many:
        return functools.partial(_check_many, single)
    if use.may_be_null:
        return functools.partial(_check_unless_null, single)
    return single


def shown(value: object) -> str:
    """A wrong value, cut to a length that can be read."""
    text = repr(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def _check_many(single: Checker, value: object, place: str, found: list[str]) -> None:
    if not isinstance(value, list):
        found.append(f"{place}: a collection was expected, not {shown(value)}")
        return
    for number, entry in enumerate(cast("list[object]", value)):
        single(entry, f"{place}[{number}]", found)


def _check_unless_null(single: Checker, value: object, place: str, found: list[str]) -> None:
    if value is not None:
        single(value, place, found)


def _single(name: str) -> Checker:
    if name in FORMATS:
        return _primitive(name)
    if name in schema().enumerations:
        return _member(name)

    def check(value: object, place: str, found: list[str]) -> None:
        # A structure may contain itself: its check is compiled when it is first used.
        _structure(name)(value, place, found)

    return check


def _primitive(name: str) -> Checker:
    fits = FORMATS[name]

    def check(value: object, place: str, found: list[str]) -> None:
        if not fits(value):
            found.append(f"{place}: {name} was expected, not {shown(value)}")

    return check


def _member(name: str) -> Checker:
    enumeration = schema().enumerations[name]

    def check(value: object, place: str, found: list[str]) -> None:
        parts = value.split(",") if enumeration.joins and isinstance(value, str) else [value]
        if any(part not in enumeration.members for part in parts if isinstance(part, str)) or not all(
            isinstance(part, str) for part in parts
        ):
            found.append(f"{place}: {shown(value)} is no member of {name}")

    return check


@functools.cache
def _structure(name: str) -> Checker:
    """The check of a structure, or of the derived one that the value says it is."""
    own = _exactly(name)
    declared = schema().structures[name]

    def check(value: object, place: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            found.append(f"{place}: {name} was expected, not {shown(value)}")
            return
        entries = cast("dict[str, Any]", value)
        says = entries.get("@odata.type")
        if says is None:
            if declared.is_abstract:
                found.append(f"{place}: {name} is abstract, and no @odata.type says which of its kinds this is")
            own(entries, place, found)
            return
        actual = says.removeprefix(_NAMESPACE) if isinstance(says, str) else ""
        if not schema().derives(actual, name):
            found.append(f"{place}: @odata.type {shown(says)} is no {name}")
            return
        _exactly(actual)(entries, place, found)

    return check


@functools.cache
def _exactly(name: str) -> Callable[[dict[str, Any], str, list[str]], None]:
    known = schema()
    checks = {
        key: checker_of(use) for key, use in {**known.properties(name), **known.navigations(name)}.items()
    }  # fmt: skip
    line = known.line_of(name)
    is_entity, is_open = line[0].is_entity, any(each.is_open for each in line)

    def check(entries: dict[str, Any], place: str, found: list[str]) -> None:
        for key, value in entries.items():
            held = checks.get(key)
            if held is not None:
                held(value, f"{place}.{key}", found)
            elif "@" in key:
                _check_annotation(key, value, place, found, known=checks, is_entity=is_entity)
            elif not is_open:
                found.append(f"{place}: {name} has no property {key}")

    return check


def _check_annotation(
    key: str, value: object, place: str, found: list[str], *, known: dict[str, Checker], is_entity: bool
) -> None:
    of, _, term = key.partition("@odata.")
    if key == "@odata.type":
        return
    if key == "@odata.etag" and is_entity:
        if not isinstance(value, str) or _ETAG.fullmatch(value) is None:
            found.append(f"{place}: {shown(value)} is no etag")
    elif key in _OF_ENTITY and is_entity:
        if not isinstance(value, str):
            found.append(f"{place}.{key}: a string was expected, not {shown(value)}")
    elif not (of and of in known and term in _OF_PROPERTY):
        found.append(f"{place}: the annotation {key} does not belong here")
