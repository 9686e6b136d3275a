"""Bodies and extended properties: how Exchange rewrites what it is given.

A body becomes a whole HTML document on read, whatever was sent; extended property ids are compared without regard to
case in type and GUID, but with regard to it in the name (FACTS 3.2, 3.10).
"""

import html
import re
from typing import Any

from sim365.calendars.json_types import as_list, as_object, as_text
from sim365.errors import invalid_request

PREVIEW_LENGTH = 255

_HEAD = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(head|style|script)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_UNSAFE = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(
    r"(?P<kind>\w+)\s+(?:(?P<guid>\{[0-9a-fA-F-]{36}\})\s+(?P<by>Name|Id)\s+(?P<name>.+)|(?P<tag>0x[0-9a-fA-F]{1,8}))"
)
_PROPERTY_KINDS = {
    name.lower(): name
    for name in ("String", "Integer", "Boolean", "SystemTime", "Binary", "CLSID", "Double", "Float", "Long", "Short")
}


def document(content: str, kind: str) -> str:
    """The HTML document that Exchange makes of a body; empty stays empty."""
    if not content.strip():
        return ""
    if kind == "text":
        lines = html.escape(content, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
        inner = f'<div class="PlainText">{lines}</div>'
    else:
        found = _BODY.search(content)
        inner = _UNSAFE.sub("", found.group(1) if found else content).strip("\r\n")
    return f"<html>\r\n<head>\r\n{_HEAD}\r\n</head>\r\n<body>\r\n{inner}\r\n</body>\r\n</html>\r\n"


def plain(body: str) -> str:
    """The text of an HTML document."""
    shown = _BREAK.sub("\n", _HIDDEN.sub("", body).replace("\r\n", ""))
    return html.unescape(_TAG.sub("", shown)).strip()


def preview(body: str) -> str:
    """`bodyPreview`."""
    return plain(body).replace("\n", "\r\n")[:PREVIEW_LENGTH] if body else ""


def property_id(text: str) -> str:
    """An extended property's id in the one spelling under which it is stored."""
    match = _PROPERTY.fullmatch(text.strip())
    kind = _PROPERTY_KINDS.get(match.group("kind").lower()) if match else None
    if match is None or kind is None:
        message = f"The specified extended property id '{text}' is not valid."
        raise invalid_request(message)
    if match.group("tag"):
        return f"{kind} {match.group('tag').lower()}"
    name = match.group("name")
    return f"{kind} {match.group('guid').lower()} {match.group('by')} {name}"


def read_properties(value: object) -> dict[str, str]:
    """`singleValueExtendedProperties` of a body, by normalised id."""
    found: dict[str, str] = {}
    for entry in as_list(value, "singleValueExtendedProperties"):
        item = as_object(entry, "singleValueExtendedProperties")
        name = property_id(as_text(item.get("id"), "id"))
        found[name] = as_text(item.get("value"), "value")
    return found


def properties_json(stored: dict[str, str] | None, wanted: frozenset[str]) -> list[dict[str, Any]]:
    """The wanted ones among an item's properties; there is no way to ask for all."""
    held = stored or {}
    return [{"id": name, "value": held[name]} for name in sorted(wanted) if name in held]
