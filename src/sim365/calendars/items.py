"""Outlook items that hang on an event, and how attachments of a new event come onto it.

An attached event is read by the rules of events and kept as it would be shown; of an attached message only what was
written is kept, checked against the properties that a message has.
"""

from typing import Any, Protocol

import msgspec

from sim365.calendars.attachments import read_attachment
from sim365.calendars.fields import Fields, read_event
from sim365.calendars.json_types import (
    Json,
    as_flag,
    as_list,
    as_member,
    as_object,
    as_optional_text,
    as_text,
    check_members,
)
from sim365.calendars.people import read_party
from sim365.calendars.render import PLAIN, Shelf, event_json
from sim365.errors import NotModelledError, unreadable_body
from sim365.state.events import Attachment, Event

_PEOPLE = frozenset({"toRecipients", "ccRecipients", "bccRecipients", "replyTo"})
_PERSON = frozenset({"sender", "from"})
_FLAGS = frozenset({"isRead", "isReadReceiptRequested", "isDeliveryReceiptRequested", "isDraft"})
_MESSAGE = frozenset({"subject", "body", "importance"}) | _PEOPLE | _PERSON | _FLAGS


class Numbers(Protocol):
    """What the world gives a new attachment."""

    def next_serial(self) -> int:
        """A number of its own."""
        ...

    def now(self) -> Any:
        """The present instant."""
        ...


def hang(world: Numbers, shelf: Shelf, fields: Fields) -> Fields:
    """The fields of a new event, its attachments among them."""
    raw = fields.pop("attachments_raw", None)
    if not raw:
        return fields
    return fields | {"attachments": tuple(new_attachment(world, shelf, each) for each in raw)}


def new_attachment(world: Numbers, shelf: Shelf, value: object) -> Attachment:
    """One attachment, read and numbered."""
    return read_attachment(
        value,
        serial=world.next_serial(),
        now=world.now(),
        item=lambda body: _item(world, shelf, body),
    )


def _item(world: Numbers, shelf: Shelf, body: Json) -> Json:
    kind = as_text(body.get("@odata.type"), "@odata.type").lstrip("#").lower()
    match kind.rpartition(".")[2]:
        case "event":
            return _event(world, shelf, body)
        case "message":
            return {"@odata.type": "#microsoft.graph.message", "id": "", **_message(body)}
        case "contact":
            gap = "attached contacts"
            raise NotModelledError(gap)
        case _:
            message = f"A type named '{kind}' could not be resolved by the model."
            raise unreadable_body(message)


def _event(world: Numbers, shelf: Shelf, body: Json) -> Json:
    fields = read_event(body)
    fields.pop("attachments_raw", None)
    now = world.now()
    shown = event_json(shelf, Event(serial=0, sequence=0, created=now, modified=now, uid="", **fields), PLAIN)
    hidden = {"@odata.etag", "changeKey", "iCalUId", "webLink"}
    kept = {name: value for name, value in shown.items() if name not in hidden}
    return {"@odata.type": "#microsoft.graph.event", **kept, "id": ""}


def _message(body: Json) -> Json:
    check_members(body, _MESSAGE, "message")
    return {name: _part(name, value) for name, value in body.items() if "@" not in name and value is not None}


def _part(name: str, value: object) -> Any:
    if name in _FLAGS:
        return as_flag(value, name)
    if name in _PEOPLE:
        return [_recipient(entry, name) for entry in as_list(value, name)]
    if name in _PERSON:
        return _recipient(value, name)
    if name == "importance":
        return as_member(value, name, ("low", "normal", "high"))
    if name == "subject":
        return as_text(value, name)
    written = as_object(value, name)
    check_members(written, {"contentType", "content"}, "itemBody")
    kind = as_member(written.get("contentType") or "text", "contentType", ("text", "html"))
    return {"contentType": kind, "content": as_optional_text(written.get("content"), "content") or ""}


def _recipient(value: object, name: str) -> Json:
    party = read_party(as_object(value, name))
    return {"emailAddress": msgspec.to_builtins(party)}
