"""Reading typed values out of a JSON body, with the errors Graph gives for a value of the wrong type."""

from collections.abc import Iterable
from typing import Any, cast

from sim365.errors import unreadable_body

Json = dict[str, Any]

_FLAGS = {"true": True, "false": False}


def as_object(value: object, name: str) -> Json:
    """A JSON object."""
    if not isinstance(value, dict):
        raise _wrong(name, "an object")
    return cast("Json", value)


def as_list(value: object, name: str) -> list[Any]:
    """A JSON array."""
    if not isinstance(value, list):
        raise _wrong(name, "a collection")
    return cast("list[Any]", value)


def as_text(value: object, name: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise _wrong(name, "'Edm.String'")
    return value


def as_optional_text(value: object, name: str) -> str | None:
    """A string or null."""
    return None if value is None else as_text(value, name)


def as_flag(value: object, name: str) -> bool:
    """A Boolean; as text it is taken too, as Microsoft's pages and python-O365 send it (FACTS 3.7)."""
    read = _FLAGS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(read, bool):
        raise _wrong(name, "'Edm.Boolean'")
    return read


def as_number(value: object, name: str, *, low: int = -(2**31), high: int = 2**31 - 1) -> int:
    """An Int32."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(name, "'Edm.Int32'")
    return value


def as_member(value: object, name: str, members: Iterable[str]) -> str:
    """A member of an enumeration; case does not matter on the way in."""
    text = as_text(value, name)
    for member in members:
        if member.lower() == text.lower():
            return member
    message = f"Requested value '{text}' was not found."
    raise unreadable_body(message)


def check_members(body: Json, known: Iterable[str], kind: str) -> None:
    """Refuse a complex value that names what its type does not have."""
    for name in body.keys() - set(known):
        if "@" not in name:
            message = (
                f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'. "
                "Make sure to only use property names that are defined by the type."
            )
            raise unreadable_body(message)


def _wrong(name: str, expected: str) -> Exception:
    return unreadable_body(f"Cannot convert the value of property '{name}' to the expected type {expected}.")
