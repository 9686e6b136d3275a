"""Attachments of events: list, add, get, the raw bytes, remove (FACTS 3.3).

Files of 3 MB and more need an upload session. What hangs on an occurrence makes it an exception.
"""

import re
from datetime import date

from sim365 import ids
from sim365.calendars.attachments import attachment_json
from sim365.calendars.items import new_attachment
from sim365.calendars.json_types import Json
from sim365.calendars.series import exception_of
from sim365.errors import GraphError, NotModelledError, bad_request, item_not_found, malformed_id
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import change, change_occurrence
from sim365.routes.events import hand_of, readable
from sim365.routes.paths import BASES, READ, WRITE, event_of, shelf_of, wishes_of
from sim365.state import Calendar, Event
from sim365.state.events import Attachment

ATTACHMENTS_PAGE = 100
ATTACHMENTS_MAX = 250
"""What one event takes."""

_ITEM = re.compile(r"(?:microsoft\.graph\.itemattachment/)?item", re.IGNORECASE)


def bind(routes: Routes) -> None:
    """`…/events/{id}/attachments` under every alias."""
    for base in BASES:
        path = f"{base}/events/{{event}}/attachments"
        routes.add("GET", path, Route("attachments list", list_attachments, READ))
        routes.add("POST", path, Route("attachment add", add_attachment, WRITE))
        routes.add("GET", f"{path}/{{attachment}}", Route("attachment get", get_attachment, READ))
        routes.add("GET", f"{path}/{{attachment}}/$value", Route("attachment value", get_value, READ))
        routes.add("DELETE", f"{path}/{{attachment}}", Route("attachment remove", remove_attachment, WRITE))


def list_attachments(call: Call) -> Answer:
    """What hangs on an event, files with their bytes."""
    options = read_options(call.request, top=ATTACHMENTS_PAGE)
    calendar, event, day = event_of(call)
    target = _target(readable(call, event), day)
    context = f"users('{call.mailbox.oid}')/events('{call.params['event']}')/attachments"
    shown = page_of(call.request, list(target.attachments), options, context=context)
    shown["value"] = [_shown(call, calendar, each, options) for each in shown["value"]]
    return Answer(200, shown)


def add_attachment(call: Call) -> Answer:
    """Hang something on an event."""
    calendar, event, day = event_of(call)
    target = _target(event, day)
    if len(target.attachments) >= ATTACHMENTS_MAX:
        text = f"An item takes at most {ATTACHMENTS_MAX} attachments."
        raise GraphError(400, "ErrorInvalidRequest", text)
    made = new_attachment(call.world, shelf_of(call, calendar), call.request.json_object())
    _write(call, calendar, event, day, (*target.attachments, made))
    return _one(call, calendar, made, Options(top=1), 201)


def get_attachment(call: Call) -> Answer:
    """One attachment; the item inside one where it is expanded."""
    options = read_options(call.request, top=1)
    calendar, _, _, found = _found(call)
    return _one(call, calendar, found, options, 200)


def get_value(call: Call) -> Answer:
    """The bytes of a file."""
    _, _, _, found = _found(call)
    match found.kind:
        case "file":
            return Answer(200, raw=found.content, content_type=found.content_type or "application/octet-stream")
        case "item":
            gap = "the raw content of attached items"
            raise NotModelledError(gap)
        case "reference":
            text = "The raw content of a reference attachment cannot be read."
            raise GraphError(405, "ErrorInvalidRequest", text)


def remove_attachment(call: Call) -> Answer:
    """Take an attachment off."""
    calendar, event, day, found = _found(call)
    left = tuple(each for each in _target(event, day).attachments if each.serial != found.serial)
    _write(call, calendar, event, day, left)
    return Answer(204)


def _target(event: Event, day: date | None) -> Event:
    return event if day is None else exception_of(event, day)


def _found(call: Call) -> tuple[Calendar, Event, date | None, Attachment]:
    calendar, event, day = event_of(call)
    key = ids.read_attachment_id(call.params["attachment"])
    if key is None:
        raise malformed_id()
    if key.mailbox != call.mailbox.tag:
        raise item_not_found()
    for each in _target(event, day).attachments:
        if each.serial == key.serial:
            return calendar, event, day, each
    raise item_not_found()


def _write(call: Call, calendar: Calendar, event: Event, day: date | None, left: tuple[Attachment, ...]) -> None:
    if day is None:
        change(hand_of(call), calendar, event, {"attachments": left})
    else:
        change_occurrence(hand_of(call), calendar, event, day=day, fields={"attachments": left})


def _one(call: Call, calendar: Calendar, attachment: Attachment, options: Options, status: int) -> Answer:
    where = f"users('{call.mailbox.oid}')/events('{call.params['event']}')/attachments/$entity"
    context = f"{call.request.origin}/v1.0/$metadata#{where}"
    return Answer(status, {"@odata.context": context, **_shown(call, calendar, attachment, options)})


def _shown(call: Call, calendar: Calendar, attachment: Attachment, options: Options) -> Json:
    with_item = False
    for name in options.expand:
        if not _ITEM.fullmatch(name):
            raise bad_request(f"The expand '{name}' is not supported on attachments.")
        with_item = True
    item_id = shelf_of(call, calendar).attachment_id(attachment.serial, wishes_of(call))
    shown = attachment_json(attachment, item_id, with_item=with_item)
    if not options.select:
        return shown
    kept = options.select | {"id", "@odata.type", "item"}
    return {name: value for name, value in shown.items() if name in kept}
