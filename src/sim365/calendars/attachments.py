"""Attachments of an event: reading one from a body, showing it, its bytes (FACTS 3.3).

Files, Outlook items and links. An item is kept as the JSON that reading it gives; a link keeps its name only, which is
all that v1.0 shows of it.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import msgspec

from sim365.calendars.json_types import Json, as_flag, as_object, as_optional_text, as_text
from sim365.errors import GraphError, failed_validation, unreadable_body
from sim365.state.events import Attachment

FILE_BYTES_MAX = 3_000_000
"""A larger file needs an upload session."""
NAME_MAX = 255

Kind = Literal["file", "item", "reference"]
_KINDS: dict[str, Kind] = {"fileattachment": "file", "itemattachment": "item", "referenceattachment": "reference"}
_PREFIXES = ("microsoft.graph.", "microsoft.outlookservices.")
_FILE_NAMES = frozenset({"contentBytes", "contentId", "contentLocation"})
_LINK_NAMES = frozenset({"sourceUrl", "providerType", "permission", "isFolder", "thumbnailUrl", "previewUrl"})
_COMMON = frozenset({"id", "name", "contentType", "isInline", "size", "lastModifiedDateTime"})
_OWN: dict[Kind, frozenset[str]] = {"file": _FILE_NAMES, "item": frozenset({"item"}), "reference": _LINK_NAMES}

ShowsItem = Callable[[Json], Json]
"""Validates an attached item's body and gives what reading it shows."""


def read_attachment(value: object, *, serial: int, now: datetime, item: ShowsItem) -> Attachment:
    """One new attachment."""
    body = as_object(value, "attachments")
    kind = _kind(body)
    _check_names(body, kind)
    name = as_text(body.get("name"), "name").strip()
    if not name or len(name) > NAME_MAX:
        raise failed_validation(f"An attachment needs a name of at most {NAME_MAX} characters.")
    return Attachment(
        serial=serial,
        kind=kind,
        name=name,
        modified=now,
        content_type=as_optional_text(body.get("contentType"), "contentType") or _type_of(kind),
        content=_content(body, kind, item),
        is_inline=body.get("isInline") is not None and as_flag(body["isInline"], "isInline"),
        content_id=as_optional_text(body.get("contentId"), "contentId"),
        content_location=as_optional_text(body.get("contentLocation"), "contentLocation"),
    )


def attachment_json(attachment: Attachment, item_id: str, *, with_item: bool = False) -> Json:
    """One attachment as shown; an attached item only where it was asked for."""
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{attachment.kind}Attachment",
        "id": item_id,
        "lastModifiedDateTime": attachment.modified.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "name": attachment.name,
        "contentType": attachment.content_type,
        "size": len(attachment.content) or len(attachment.name),
        "isInline": attachment.is_inline,
    }
    if attachment.kind == "file":
        shown["@odata.mediaContentType"] = attachment.content_type
        shown["contentId"] = attachment.content_id
        shown["contentLocation"] = attachment.content_location
        shown["contentBytes"] = base64.b64encode(attachment.content).decode()
    if attachment.kind == "item" and with_item:
        shown["item"] = item_of(attachment)
    return shown


def item_of(attachment: Attachment) -> Json:
    """The item that is attached."""
    shown: Any = msgspec.json.decode(attachment.content)
    return as_object(shown, "item")


def counts(attachments: tuple[Attachment, ...]) -> bool:
    """`hasAttachments`: pictures inside the body do not count."""
    return any(not attachment.is_inline for attachment in attachments)


def _kind(body: Json) -> Kind:
    text = as_text(body.get("@odata.type"), "@odata.type")
    name = text.lstrip("#").lower()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    kind = _KINDS.get(name)
    if kind is None:
        message = f"A type named '{text}' could not be resolved by the model."
        raise unreadable_body(message)
    return kind


def _check_names(body: Json, kind: Kind) -> None:
    for name in body:
        if "@" not in name and name not in _COMMON and name not in _OWN[kind]:
            message = f"The property '{name}' does not exist on type 'microsoft.graph.{kind}Attachment'."
            raise unreadable_body(message)


def _type_of(kind: Kind) -> str | None:
    return "application/octet-stream" if kind == "file" else None


def _content(body: Json, kind: Kind, item: ShowsItem) -> bytes:
    if kind == "reference":
        return as_text(body.get("sourceUrl") or "", "sourceUrl").encode()
    if kind == "item":
        return msgspec.json.encode(item(as_object(body.get("item"), "item")))
    try:
        content = base64.b64decode(as_text(body.get("contentBytes"), "contentBytes"), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "Cannot convert the value of property 'contentBytes' to the expected type 'Edm.Binary'."
        raise unreadable_body(message) from error
    if len(content) >= FILE_BYTES_MAX:
        text = "The attachment is too large for one request; create an upload session for files from 3 MB on."
        raise GraphError(413, "RequestEntityTooLarge", text)
    return content
