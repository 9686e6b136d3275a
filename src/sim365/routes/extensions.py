"""Open extensions of events: add, list, get by either name, change, remove (FACTS 3.10).

They exist in the mailbox where they were written and nowhere else. Writing one changes the event, and so is told to
subscribers and in delta. One on an occurrence makes it an exception.
"""

from datetime import date

from sim365.calendars.extensions import (
    Extensions,
    already_there,
    extension_json,
    extension_of,
    patched,
    read_extension,
    short_name,
)
from sim365.calendars.json_types import Json
from sim365.calendars.series import exception_of
from sim365.http.odata import page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import change, change_occurrence
from sim365.routes.events import hand_of, readable
from sim365.routes.paths import BASES, READ, WRITE, event_of
from sim365.state import Calendar, Event

EXTENSIONS_PAGE = 100


def bind(routes: Routes) -> None:
    """`…/events/{id}/extensions` under every alias."""
    for base in BASES:
        path = f"{base}/events/{{event}}/extensions"
        routes.add("GET", path, Route("extensions list", list_extensions, READ))
        routes.add("POST", path, Route("extension add", add_extension, WRITE))
        routes.add("GET", f"{path}/{{extension}}", Route("extension get", get_extension, READ))
        routes.add("PATCH", f"{path}/{{extension}}", Route("extension update", update_extension, WRITE))
        routes.add("DELETE", f"{path}/{{extension}}", Route("extension remove", remove_extension, WRITE))


def list_extensions(call: Call) -> Answer:
    """All extensions of an event."""
    options = read_options(call.request, top=EXTENSIONS_PAGE)
    _, event, day = event_of(call)
    held = _target(readable(call, event), day).extensions or {}
    shown = [extension_json(name, values) for name, values in held.items()]
    return Answer(200, page_of(call.request, shown, options, context=_context(call)))


def add_extension(call: Call) -> Answer:
    """A new extension; its name must be free."""
    calendar, event, day = event_of(call)
    name, values = read_extension(call.request.json_object())
    held = _target(event, day).extensions or {}
    if name in held:
        raise already_there(name)
    _write(call, calendar, event, day, {**held, name: values})
    return _one(call, name, values, 201)


def get_extension(call: Call) -> Answer:
    """One extension, by its name or its id."""
    _, event, day = event_of(call)
    name = short_name(call.params["extension"])
    return _one(call, name, extension_of(_target(readable(call, event), day).extensions, name), 200)


def update_extension(call: Call) -> Answer:
    """Replace values that are named, take away those that are null."""
    calendar, event, day = event_of(call)
    held = _target(event, day).extensions
    name = short_name(call.params["extension"])
    values = patched(extension_of(held, name), call.request.json_object())
    _write(call, calendar, event, day, {**(held or {}), name: values})
    return _one(call, name, values, 200)


def remove_extension(call: Call) -> Answer:
    """Take an extension away."""
    calendar, event, day = event_of(call)
    held = _target(event, day).extensions
    name = short_name(call.params["extension"])
    extension_of(held, name)
    _write(call, calendar, event, day, {each: values for each, values in (held or {}).items() if each != name})
    return Answer(204)


def _target(event: Event, day: date | None) -> Event:
    return event if day is None else exception_of(event, day)


def _write(call: Call, calendar: Calendar, event: Event, day: date | None, extensions: Extensions) -> None:
    if day is None:
        change(hand_of(call), calendar, event, {"extensions": extensions or None})
    else:
        change_occurrence(hand_of(call), calendar, event, day=day, fields={"extensions": extensions or None})


def _one(call: Call, name: str, values: Json, status: int) -> Answer:
    context = f"{call.request.origin}/v1.0/$metadata#{_context(call)}/$entity"
    return Answer(status, {"@odata.context": context, **extension_json(name, values)})


def _context(call: Call) -> str:
    return f"users('{call.mailbox.oid}')/events('{call.params['event']}')/extensions"
