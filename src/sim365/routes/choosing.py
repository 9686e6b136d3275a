"""Which events a list or a view shows, and in which order: `$filter` and `$orderby` over events and occurrences.

Decides what the store can filter and sort by, and that nobody filters or sorts by what the reader may not see. Open
extensions can be asked for by presence only, multi-value properties not at all, single values by the type that their id
names (FACTS 3.10).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from sim365 import ids
from sim365.calendars.attachments import counts
from sim365.calendars.extensions import short_name
from sim365.calendars.properties import property_id, typed
from sim365.calendars.render import Shelf, Wishes
from sim365.calendars.series import Instance
from sim365.errors import GraphError, bad_request
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
from sim365.http.odata import Options
from sim365.http.routing import Call
from sim365.sharing.sight import Sight, veiled
from sim365.state import Event

SINGLE, SEVERAL, BAGS, CATEGORIES = (
    "singleValueExtendedProperties",
    "multiValueExtendedProperties",
    "extensions",
    "categories",
)
_COLLECTIONS = {name.lower(): name for name in (SINGLE, SEVERAL, BAGS, CATEGORIES)}


def chosen(call: Call, shelf: Shelf, found: list[Instance], options: Options) -> list[Instance]:
    """Those that satisfy the filter, if there is one: as this reader sees them, lest a filter tell what is hidden."""
    if options.search is not None:
        raise bad_request("The query parameter '$search' is not supported on events.")
    found = _as_seen(found, call.sight)
    if options.filter is None:
        return found
    wanted = _normalised(options.filter)
    check_names(wanted, _FILTERABLE, kind="event")
    _check(call, wanted)
    return [
        shown
        for shown in found
        if satisfies(
            wanted,
            lambda path, shown=shown: _value(call, shelf, shown, path),
            lambda name, shown=shown: _members(shown.event, name),
        )
    ]


def asks_for_extensions(wanted: Filter | None) -> bool:
    """Whether a filter looks into extended properties or open extensions."""
    if wanted is None:
        return False
    return bool({name.lower() for name in names_in(wanted)} & {SINGLE.lower(), SEVERAL.lower(), BAGS})


def ordered(found: list[Instance], options: Options, *, by_start: bool = False) -> list[Instance]:
    """By `$orderby`; else by start, or by creation."""
    if options.order is None:
        return sorted(found, key=_by_start if by_start else _by_creation)
    name, descending = options.order
    key = _ORDERS.get(name)
    if key is None:
        raise bad_request(f"Sorting by '{name}' is not supported.")
    return sorted(sorted(found, key=_by_start), key=key, reverse=descending)


def kind_of(shown: Instance) -> str:
    """`type`."""
    if shown.master is not None:
        return "occurrence" if shown.is_occurrence else "exception"
    return "singleInstance" if shown.event.recurrence is None else "seriesMaster"


def _as_seen(found: list[Instance], sight: Sight) -> list[Instance]:
    """The events with what this reader may not see taken out, each once: an occurrence shares its master's."""
    if sight is Sight.FULL:
        return found
    events = {id(shown.event): shown.event for shown in found} | {
        id(shown.master): shown.master for shown in found if shown.master is not None
    }
    seen = {key: veiled(event, sight) for key, event in events.items()}
    return [
        msgspec.structs.replace(
            shown, event=seen[id(shown.event)], master=None if shown.master is None else seen[id(shown.master)]
        )
        for shown in found
    ]


def _check(call: Call, wanted: Filter) -> None:
    names = names_in(wanted)
    if "transactionId" in names and not call.world.switches.transaction_filter:
        text = "The property 'transactionId' does not support filtering."
        raise GraphError(400, "ErrorInvalidProperty", text)
    if SEVERAL in names:
        raise bad_request("Multi-value extended properties do not support filtering.")
    for each in _lambdas(wanted):
        allowed = {SINGLE: {"id", "value"}, BAGS: {"id"}}.get(each.collection, {""})
        if not names_in(each.inner) <= allowed:
            raise bad_request("Invalid filter clause")


def _lambdas(wanted: Filter) -> list[AnyOf]:
    match wanted:
        case AnyOf():
            return [wanted]
        case Both(left, right) | Either(left, right):
            return _lambdas(left) + _lambdas(right)
        case Not(inner):
            return _lambdas(inner)
        case Compare() | OneOf() | Matches():
            return []


def _normalised(wanted: Filter) -> Filter:
    """Collections by their own names, and inside them ids in the spelling under which they are stored."""
    match wanted:
        case Both(left, right):
            return Both(_normalised(left), _normalised(right))
        case Either(left, right):
            return Either(_normalised(left), _normalised(right))
        case Not(inner):
            return Not(_normalised(inner))
        case AnyOf(collection, inner):
            name = _COLLECTIONS.get(collection.lower(), collection)
            return AnyOf(name, _inside(name, inner))
        case Compare() | OneOf() | Matches():
            return wanted


def _inside(collection: str, wanted: Filter) -> Filter:
    match wanted:
        case Both(left, right):
            return Both(_inside(collection, left), _inside(collection, right))
        case Either(left, right):
            return Either(_inside(collection, left), _inside(collection, right))
        case Not(inner):
            return Not(_inside(collection, inner))
        case Compare(path, operator, value):
            is_id = path.lower() == "id" and isinstance(value, str)
            return Compare(path.lower(), operator, _stored_id(collection, str(value)) if is_id else value)
        case Matches(function, path, value):
            return Matches(function, path.lower(), value)
        case OneOf() | AnyOf():
            return wanted


def _stored_id(collection: str, text: str) -> str:
    match collection:
        case "singleValueExtendedProperties":
            return property_id(text)
        case "extensions":
            return short_name(text)
        case _:
            return text


def _members(event: Event, collection: str) -> list[Lookup]:
    match collection:
        case "categories":
            return [lambda path, name=name: name if path == "" else None for name in event.categories]
        case "extensions":
            return [lambda path, name=name: name if path == "id" else None for name in event.extensions or {}]
        case _:
            return [_pair(name, value) for name, value in (event.properties or {}).items()]


def _pair(name: str, value: str) -> Lookup:
    def lookup(path: str) -> Value:
        return name if path == "id" else typed(name, value) if path == "value" else None

    return lookup


def _value(call: Call, shelf: Shelf, shown: Instance, path: str) -> Value:
    if path == "iCalUId" and shown.day is not None and call.world.switches.uid_per_occurrence:
        return None if shown.event.shown_uid is None else ids.uid_of_day(shown.event.uid, shown.day)
    of_event, of_instance = _DIRECT.get(path), _OF_INSTANCE.get(path)
    if of_event is not None:
        return of_event(shown.event)
    return None if of_instance is None else of_instance(shelf, shown)


def _id(shelf: Shelf, shown: Instance) -> str:
    return shelf.id_of(shown.event.serial, Wishes(), day=0 if shown.day is None else shown.day.toordinal())


def _master_id(shelf: Shelf, shown: Instance) -> str | None:
    return None if shown.master is None else shelf.id_of(shown.master.serial, Wishes())


def _organizer(shelf: Shelf, shown: Instance) -> str:
    return shelf.mailbox.address if shown.event.organizer is None else shown.event.organizer.address


_OF_INSTANCE: dict[str, Callable[[Shelf, Instance], Value]] = {
    "start/dateTime": lambda _, shown: shown.start,
    "end/dateTime": lambda _, shown: shown.end,
    "type": lambda _, shown: kind_of(shown),
    "id": _id,
    "seriesMasterId": _master_id,
    "organizer/emailAddress/address": _organizer,
}
_DIRECT: dict[str, Callable[[Event], str | bool | datetime | None]] = {
    "createdDateTime": lambda event: event.created,
    "lastModifiedDateTime": lambda event: event.modified,
    "subject": lambda event: event.subject,
    "iCalUId": lambda event: event.shown_uid,
    "transactionId": lambda event: event.transaction_id,
    "isAllDay": lambda event: event.is_all_day,
    "isCancelled": lambda event: event.is_cancelled,
    "isOrganizer": lambda event: event.is_organizer,
    "isOnlineMeeting": lambda event: event.online_provider is not None,
    "isReminderOn": lambda event: event.is_reminder_on,
    "hasAttachments": lambda event: counts(event.attachments),
    "showAs": lambda event: event.show_as,
    "sensitivity": lambda event: event.sensitivity,
    "importance": lambda event: event.importance,
    "responseStatus/response": lambda event: event.response,
    "location/displayName": lambda event: event.place.display_name,
}
_FILTERABLE = frozenset(_DIRECT) | frozenset(_OF_INSTANCE) | {SINGLE, SEVERAL, BAGS, CATEGORIES}


def _by_start(shown: Instance) -> tuple[datetime, int]:
    return (shown.start, shown.event.serial)


def _by_creation(shown: Instance) -> tuple[int, datetime]:
    return (shown.event.serial, shown.start)


_ORDERS: dict[str, Callable[[Instance], Any]] = {
    "start/dateTime": lambda shown: shown.start,
    "end/dateTime": lambda shown: shown.end,
    "subject": lambda shown: shown.event.subject.lower(),
    "createdDateTime": lambda shown: shown.event.created,
    "lastModifiedDateTime": lambda shown: shown.event.modified,
}
