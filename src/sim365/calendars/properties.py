"""Extended properties, the named MAPI values that a client hangs on an event: which ids and values are taken.

The type and the GUID of an id are compared without regard to case, the name with it. Values travel as text and are
checked against the type that the id names; a filter compares them by that type (FACTS 3.10).
"""

import base64
import binascii
import re
import uuid
from typing import Any

from sim365.calendars.json_types import as_list, as_object, as_text
from sim365.errors import failed_validation, invalid_request
from sim365.zones import query_instant

_PROPERTY = re.compile(
    r"(?P<kind>\w+)\s+(?:(?P<guid>\{[0-9a-fA-F-]{36}\})\s+(?P<by>Name|Id)\s+(?P<name>.+)|(?P<tag>0x[0-9a-fA-F]{1,8}))"
)
_HEX_ID = re.compile(r"0x[0-9a-fA-F]{1,4}")
_KINDS = {
    name.lower(): name
    for name in (
        "String", "Integer", "Boolean", "SystemTime", "Binary", "CLSID", "Double", "Float", "Long", "Short",
        "Currency", "ApplicationTime",
    )
}  # fmt: skip
_LIST_KINDS = {f"{name}array": f"{kind}Array" for name, kind in _KINDS.items() if kind != "Boolean"}
_WHOLE = frozenset({"Integer", "Long", "Short"})
_BROKEN = frozenset({"Double", "Float", "Currency", "ApplicationTime"})

Typed = str | int | float | bool


def property_id(text: str) -> str:
    """A single-value property's id in the one spelling under which it is stored."""
    return _normal(text, _KINDS)


def list_id(text: str) -> str:
    """A multi-value property's id in the one spelling under which it is stored."""
    return _normal(text, _LIST_KINDS)


def read_properties(value: object) -> dict[str, str]:
    """`singleValueExtendedProperties` of a body, by normalised id; null does not delete."""
    found: dict[str, str] = {}
    for entry in as_list(value, "singleValueExtendedProperties"):
        item = as_object(entry, "singleValueExtendedProperties")
        name = property_id(as_text(item.get("id"), "id"))
        found[name] = _checked(name, as_text(item.get("value"), "value"))
    return found


def read_lists(value: object) -> dict[str, tuple[str, ...]]:
    """`multiValueExtendedProperties` of a body, by normalised id."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in as_list(value, "multiValueExtendedProperties"):
        item = as_object(entry, "multiValueExtendedProperties")
        name = list_id(as_text(item.get("id"), "id"))
        texts = [as_text(each, "value") for each in as_list(item.get("value"), "value")]
        found[name] = tuple(_checked(name, text) for text in texts)
    return found


def properties_json(stored: dict[str, str] | None, wanted: frozenset[str]) -> list[dict[str, Any]]:
    """The wanted ones among an item's properties; there is no way to ask for all."""
    held = stored or {}
    return [{"id": name, "value": held[name]} for name in sorted(wanted) if name in held]


def lists_json(stored: dict[str, tuple[str, ...]] | None, wanted: frozenset[str]) -> list[dict[str, Any]]:
    """The wanted ones among an item's multi-value properties."""
    held = stored or {}
    return [{"id": name, "value": list(held[name])} for name in sorted(wanted) if name in held]


def typed(name: str, text: str) -> Typed:
    """A stored value as a filter compares it."""
    kind = name.partition(" ")[0]
    if kind in _WHOLE:
        return int(text)
    if kind in _BROKEN:
        return float(text)
    return text.lower() == "true" if kind == "Boolean" else text


def _normal(text: str, kinds: dict[str, str]) -> str:
    match = _PROPERTY.fullmatch(text.strip())
    kind = kinds.get(match.group("kind").lower()) if match else None
    if match is None or kind is None or (match.group("by") == "Id" and not _HEX_ID.fullmatch(match.group("name"))):
        message = f"The specified extended property id '{text}' is not valid."
        raise invalid_request(message)
    if match.group("tag"):
        return f"{kind} {match.group('tag').lower()}"
    by, name = match.group("by"), match.group("name")
    return f"{kind} {match.group('guid').lower()} {by} {name.lower() if by == 'Id' else name}"


def _checked(name: str, text: str) -> str:
    kind = name.partition(" ")[0].removesuffix("Array")
    if not _fits(kind, text):
        raise failed_validation(f"'{text}' is no value of the extended property '{name}'.")
    return text


def _fits(kind: str, text: str) -> bool:
    try:
        match kind:
            case "Integer" | "Long" | "Short":
                bits = {"Short": 15, "Integer": 31, "Long": 63}[kind]
                return len(text) <= _DIGITS_MAX and -(2**bits) <= int(text) < 2**bits
            case "Double" | "Float" | "Currency" | "ApplicationTime":
                float(text)
            case "Boolean":
                return text.lower() in {"true", "false"}
            case "SystemTime":
                return query_instant(text) is not None
            case "Binary":
                base64.b64decode(text, validate=True)
            case "CLSID":
                uuid.UUID(text)
            case _:
                pass
    except (ValueError, binascii.Error):
        return False
    return True


_DIGITS_MAX = 20
"""Longer than any 64-bit number with its sign."""
