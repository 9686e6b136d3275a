"""Open extensions: named bags of JSON that an app hangs on an event (FACTS 3.10).

Stored by the short name; shown with an id that carries Outlook's prefix. A path or a filter may use either.
"""

from typing import Any, cast

from sim365.calendars.json_types import Json, as_list, as_object, as_text
from sim365.errors import GraphError, failed_validation, item_not_found, unreadable_body

PREFIX = "Microsoft.OutlookServices.OpenTypeExtension."
TYPE = "microsoft.graph.openTypeExtension"
_PREFIXES = (PREFIX, f"{TYPE}.")
_RESERVED = frozenset({"id", "extensionName"})
NAME_MAX = 128

Extensions = dict[str, dict[str, Any]]


def short_name(text: str) -> str:
    """The name under which an extension is stored, from its name or its id."""
    for prefix in _PREFIXES:
        if text.lower().startswith(prefix.lower()):
            return text[len(prefix) :]
    return text


def read_extensions(value: object) -> Extensions:
    """`extensions` of a new event."""
    found: Extensions = {}
    for entry in as_list(value, "extensions"):
        name, values = read_extension(entry)
        if name in found:
            raise already_there(name)
        found[name] = values
    return found


def read_extension(value: object) -> tuple[str, Json]:
    """One new extension: its short name and its values."""
    body = as_object(value, "extensions")
    kind = body.get("@odata.type")
    if kind is not None and as_text(kind, "@odata.type").lstrip("#").lower() != TYPE.lower():
        message = f"A type named '{kind}' could not be resolved by the model or is no '{TYPE}'."
        raise unreadable_body(message)
    name = short_name(as_text(body.get("extensionName") or body.get("id"), "extensionName"))
    if not name.strip() or len(name) > NAME_MAX:
        raise failed_validation(f"An extension needs a name of at most {NAME_MAX} characters.")
    return name, {key: each for key, each in _values(body).items() if each is not None}


def patched(held: Json, body: Json) -> Json:
    """An extension after a change: what is named is replaced, null takes a value away."""
    merged = {**held, **_values(body)}
    return {key: value for key, value in merged.items() if value is not None}


def extension_of(stored: Extensions | None, name: str) -> Json:
    """The values of one extension, which must be there."""
    found = (stored or {}).get(short_name(name))
    if found is None:
        raise item_not_found()
    return found


def extension_json(name: str, values: Json) -> Json:
    """One extension as shown."""
    return {"@odata.type": f"#{TYPE}", "id": f"{PREFIX}{name}", "extensionName": name, **values}


def already_there(name: str) -> GraphError:
    """A second extension of one name."""
    return GraphError(409, "NameAlreadyExists", f"An extension named '{name}' already exists on this item.")


def _values(body: Json) -> Json:
    values = {key: value for key, value in body.items() if key not in _RESERVED and "@" not in key}
    _check_numbers(values)
    return values


def _check_numbers(values: Json) -> None:
    """A number must fit what a store can hold: 64 bits."""
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(cast("Json", value).values())
        elif isinstance(value, list):
            waiting.extend(cast("list[Any]", value))
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise unreadable_body("Cannot convert a number of the extension to the expected type 'Edm.Int64'.")
