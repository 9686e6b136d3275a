"""Events: list, create, read, change, delete (FACTS 3.3 to 3.10)."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sim365.calendars.fields import read_event
from sim365.calendars.properties import property_id
from sim365.calendars.render import Json, Shelf, Wishes, event_json, instance_json
from sim365.calendars.series import exception_of
from sim365.conduct import Misconduct
from sim365.errors import GraphError, bad_request, item_not_found, stale_change_key
from sim365.http.filters import (
    AnyOf,
    Both,
    Compare,
    Either,
    Filter,
    Lookup,
    Matches,
    Not,
    OneOf,
    Value,
    check_names,
    names_in,
    satisfies,
)
from sim365.http.odata import Options, page_of, property_tests, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import Hand, change, change_occurrence, create, remove, remove_occurrence
from sim365.routes.paths import (
    BASES,
    READ_BASIC,
    WRITE,
    calendar_of,
    check_if_match,
    event_of,
    instance_on,
    shelf_of,
    wishes_of,
)
from sim365.state import Event
from sim365.weather import Fault

EVENTS_PAGE = 10
STALE_S = 60.0
READ_LAG_S = 30.0
_SPAN_FIELDS = frozenset({"start/dateTime", "end/dateTime", "createdDateTime", "lastModifiedDateTime"})
_FILTERABLE = _SPAN_FIELDS | {
    "subject", "iCalUId", "isAllDay", "isCancelled", "isOrganizer", "showAs", "sensitivity", "importance", "type",
    "seriesMasterId", "organizer/emailAddress/address", "singleValueExtendedProperties", "categories", "transactionId",
    "isOnlineMeeting", "id",
}  # fmt: skip


def bind(routes: Routes) -> None:
    """`…/events` and `…/events/{id}` under every alias."""
    for base in BASES:
        routes.add("GET", f"{base}/events", Route("events list", list_events, READ_BASIC))
        routes.add("POST", f"{base}/events", Route("event create", create_event, WRITE))
        routes.add("GET", f"{base}/events/{{event}}", Route("event get", get_event, READ_BASIC))
        routes.add("PATCH", f"{base}/events/{{event}}", Route("event update", update_event, WRITE))
        routes.add("DELETE", f"{base}/events/{{event}}", Route("event delete", delete_event, WRITE))


def list_events(call: Call) -> Answer:
    """Single events and series masters of one calendar; paged by `$skip`."""
    options = read_options(call.request, top=EVENTS_PAGE)
    wishes = wishes_of(call, options)
    calendar = calendar_of(call)
    shelf = shelf_of(call, calendar)
    found = [shown for event in calendar.events.values() if (shown := current(call, event)) is not None]
    if options.filter is not None:
        check_filter(call, options.filter)
        found = [event for event in found if keeps(options.filter, shelf, event)]
    found = ordered(found, options)
    if Fault.EMPTY_LIST in call.faults:
        found = []
    shown = page_of(call.request, found, options, context=f"users('{call.mailbox.oid}')/events")
    shown["value"] = [event_json(shelf, event, wishes) for event in shown["value"]]
    return Answer(200, shown)


def create_event(call: Call) -> Answer:
    """Create an event; the same transactionId again gives the first one back (FACTS 3.5)."""
    wishes = wishes_of(call)
    calendar = calendar_of(call)
    body = call.request.json_object()
    fields = read_event(body)
    transaction = fields.get("transaction_id")
    digest = hashlib.blake2b(msgspec.json.encode(body, order="sorted"), digest_size=16).hexdigest()
    if transaction is not None:
        repeated = _repeated(call, transaction, digest)
        if repeated is not None:
            return _entity(call, 201, repeated)
    hand = Hand(call.world, call.mailbox, f"app:{call.principal.app_id}")
    event = create(hand, calendar, fields)
    if Fault.READ_LAGS in call.faults:
        _show_later(call, event.serial, None, seconds=_seconds(call, Fault.READ_LAGS, READ_LAG_S))
    if transaction is not None:
        call.mailbox.transactions[transaction] = (event.serial, digest, event, calendar.serial)
    return _entity(call, 201, event_json(shelf_of(call, calendar), event, wishes))


def get_event(call: Call) -> Answer:
    """One event, master, occurrence or exception."""
    options = read_options(call.request, top=1)
    wishes = wishes_of(call, options)
    calendar, event, day = event_of(call)
    event = readable(call, event)
    shelf = shelf_of(call, calendar)
    if day is None:
        return _entity(call, 200, event_json(shelf, event, wishes))
    return _entity(call, 200, instance_json(shelf, instance_on(event, day), wishes))


def update_event(call: Call) -> Answer:
    """Write the given fields; 412 on a stale If-Match."""
    wishes = wishes_of(call)
    calendar, event, day = event_of(call)
    target = event if day is None else exception_of(event, day)
    _guard(call, target)
    fields = read_event(call.request.json_object(), old=target)
    fields.pop("transaction_id", None)
    if day is not None and "recurrence" in fields:
        raise bad_request("An occurrence cannot have a recurrence of its own.")
    if "body" in fields and target.join_url is not None:
        _note(call, Misconduct.BODY_PATCH_ON_ONLINE_MEETING)
    hand = Hand(call.world, call.mailbox, f"app:{call.principal.app_id}")
    _remember_stale(call, event)
    shelf = shelf_of(call, calendar)
    if day is None:
        changed = change(hand, calendar, event, fields)
        return _entity(call, 200, event_json(shelf, current(call, changed) or changed, wishes))
    change_occurrence(hand, calendar, event, day=day, fields=fields)
    changed = calendar.events[event.serial]
    master = current(call, changed) or changed
    return _entity(call, 200, instance_json(shelf, instance_on(master, day), wishes))


def delete_event(call: Call) -> Answer:
    """Delete an event or one occurrence; an organiser's meeting is thereby cancelled."""
    calendar, event, day = event_of(call)
    _guard(call, event if day is None else exception_of(event, day))
    hand = Hand(call.world, call.mailbox, f"app:{call.principal.app_id}")
    _remember_stale(call, event)
    if day is None:
        remove(hand, calendar, event)
    else:
        remove_occurrence(hand, calendar, event, day=day)
    return Answer(204)


def current(call: Call, event: Event) -> Event | None:
    """The version that reads show: an older one while stale reads last, none while a create has not spread."""
    held = call.mailbox.stale.get(event.serial)
    if held is None:
        return event
    until, old = held
    if call.world.now().timestamp() < until:
        return old
    del call.mailbox.stale[event.serial]
    return event


def readable(call: Call, event: Event) -> Event:
    """The version that reads show, which must be there."""
    shown = current(call, event)
    if shown is None:
        raise item_not_found()
    return shown


def check_filter(call: Call, wanted: Filter) -> None:
    """Refuse what the store cannot filter by."""
    check_names(wanted, _FILTERABLE, kind="event")
    if "transactionId" in names_in(wanted) and not call.world.switches.transaction_filter:
        text = "The property 'transactionId' does not support filtering."
        raise GraphError(400, "ErrorInvalidProperty", text)
    for each in property_tests(wanted):
        for name in names_in(each.inner):
            if name not in {"id", "value"}:
                raise bad_request("Invalid filter clause")


def keeps(wanted: Filter, shelf: Shelf, event: Event) -> bool:
    """Whether an event satisfies a filter."""
    return satisfies(_normalised(wanted), lambda path: _value(shelf, event, path), lambda name: _members(event, name))


def ordered(found: list[Event], options: Options) -> list[Event]:
    """By `$orderby`, else by creation."""
    if options.order is None:
        return sorted(found, key=lambda event: event.serial)
    name, descending = options.order
    keys: dict[str, Callable[[Event], Any]] = {
        "start/dateTime": lambda event: event.start,
        "end/dateTime": lambda event: event.end,
        "subject": lambda event: event.subject.lower(),
        "createdDateTime": lambda event: event.created,
        "lastModifiedDateTime": lambda event: event.modified,
    }
    if name not in keys:
        raise bad_request(f"Sorting by '{name}' is not supported.")
    return sorted(found, key=keys[name], reverse=descending)


def _repeated(call: Call, transaction: str, digest: str) -> Json | None:
    """What a repeated create answers; None where the id is free."""
    used = call.mailbox.transactions.get(transaction)
    if used is None:
        return None
    serial, first_digest, first, folder = used
    home = call.mailbox.homes.get(serial)
    if home is None and not call.world.switches.transaction_survives_deletion:
        return None
    if first_digest != digest:
        text = (
            "Your request can't be completed. The TransactionId specified in the request has already been used to "
            "create a different event."
        )
        raise GraphError(409, "ErrorDuplicateTransactionId", text)
    shelf = Shelf(call.mailbox, folder if home is None else home)
    event = first if home is None else call.mailbox.calendars[home].events[serial]
    return event_json(shelf, event, wishes_of(call))


def _entity(call: Call, status: int, shown: Json) -> Answer:
    context = f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/events/$entity"
    return Answer(status, {"@odata.context": context, **shown})


def _guard(call: Call, target: Event) -> None:
    """If-Match, and the races that Exchange has with itself (FACTS 3.4)."""
    if not check_if_match(call, target.sequence):
        _note(call, Misconduct.MISSING_IF_MATCH)
    if Fault.CHANGE_KEY_RACE in call.faults:
        raise stale_change_key()


def _note(call: Call, kind: Misconduct) -> None:
    call.outside.conduct.note(
        kind, at=call.world.now(), app_id=call.principal.app_id, method=call.request.method, path=call.request.path
    )


def _remember_stale(call: Call, event: Event) -> None:
    if Fault.STALE_READ not in call.faults:
        return
    _show_later(call, event.serial, event, seconds=_seconds(call, Fault.STALE_READ, STALE_S))


def _show_later(call: Call, serial: int, shown: Event | None, *, seconds: float) -> None:
    until = call.world.now() + timedelta(seconds=seconds)
    call.mailbox.stale[serial] = (until.timestamp(), shown)


def _seconds(call: Call, fault: Fault, default: float) -> float:
    parameter = call.faults[fault]
    return default if parameter is None else float(parameter)


def _value(shelf: Shelf, event: Event, path: str) -> Value:
    direct = _DIRECT.get(path)
    if direct is not None:
        return direct(event)
    if path == "id":
        return shelf.id_of(event.serial, Wishes())
    if path == "organizer/emailAddress/address":
        return shelf.mailbox.address if event.organizer is None else event.organizer.address
    return None


_DIRECT: dict[str, Callable[[Event], str | bool | datetime | None]] = {
    "start/dateTime": lambda event: event.start,
    "end/dateTime": lambda event: event.end,
    "createdDateTime": lambda event: event.created,
    "lastModifiedDateTime": lambda event: event.modified,
    "subject": lambda event: event.subject,
    "iCalUId": lambda event: event.uid,
    "transactionId": lambda event: event.transaction_id,
    "isAllDay": lambda event: event.is_all_day,
    "isCancelled": lambda event: event.is_cancelled,
    "isOrganizer": lambda event: event.is_organizer,
    "isOnlineMeeting": lambda event: event.online_provider is not None,
    "showAs": lambda event: event.show_as,
    "sensitivity": lambda event: event.sensitivity,
    "importance": lambda event: event.importance,
    "type": lambda event: "singleInstance" if event.recurrence is None else "seriesMaster",
}


def _members(event: Event, collection: str) -> list[Lookup]:
    if collection == "categories":
        return [(lambda path, name=name: name if path == "" else None) for name in event.categories]
    held = event.properties or {}
    return [
        (lambda path, pair=pair: pair[0] if path == "id" else pair[1] if path == "value" else None)
        for pair in held.items()
    ]


def _normalised(wanted: Filter) -> Filter:
    """Ids of extended properties in the spelling under which they are stored; their names keep their case."""
    match wanted:
        case Compare("id", operator, str() as value) if " " in value:
            return Compare("id", operator, property_id(value))
        case Both(left, right):
            return Both(_normalised(left), _normalised(right))
        case Either(left, right):
            return Either(_normalised(left), _normalised(right))
        case Not(inner):
            return Not(_normalised(inner))
        case AnyOf(collection, inner):
            return AnyOf(collection, _normalised(inner))
        case Compare() | OneOf() | Matches():
            return wanted
