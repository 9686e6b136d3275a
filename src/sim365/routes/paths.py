"""The path aliases of calendars and events, the permissions of each kind of operation, and what a reader wishes.

Everything under a mailbox can be reached as `/users/{u}`, `/users/{u}/calendar`, `/users/{u}/calendars/{id}` and under
the calendar's group (FACTS 0); which calendar is meant is decided here.
"""

from datetime import date

from sim365 import ids
from sim365.calendars.extensions import short_name
from sim365.calendars.properties import list_id
from sim365.calendars.render import EVENT_PROPERTIES, Shelf, Wishes
from sim365.calendars.series import Instance, instance_of
from sim365.errors import (
    access_denied,
    bad_request,
    item_not_found,
    malformed_id,
    stale_change_key,
    unknown_zone,
    unparsable_query,
)
from sim365.http.filters import Compare, Either, Filter, parse_filter
from sim365.http.odata import Options, expanded_properties
from sim365.http.routing import Call
from sim365.sharing.hanging import group_of
from sim365.sharing.sight import is_hidden
from sim365.state import Calendar, Event
from sim365.zones import is_zone, zone

BASES = (
    "users/{user}",
    "users/{user}/calendar",
    "users/{user}/calendars/{calendar}",
    "users/{user}/calendarGroups/{group}/calendars/{calendar}",
)

READ_BASIC = (
    "Calendars.ReadBasic",
    "Calendars.ReadBasic.All",
    "Calendars.Read",
    "Calendars.Read.Shared",
    "Calendars.ReadWrite",
    "Calendars.ReadWrite.Shared",
)
READ = ("Calendars.Read", "Calendars.Read.Shared", "Calendars.ReadWrite", "Calendars.ReadWrite.Shared")
WRITE = ("Calendars.ReadWrite", "Calendars.ReadWrite.Shared")


def calendar_of(call: Call) -> Calendar:
    """The calendar that the path names; without one, the default calendar."""
    text = call.params.get("calendar")
    if text is None:
        return call.world.default_calendar(call.mailbox)
    call.world.default_calendar(call.mailbox)
    key = ids.read_id(text)
    if key is None:
        raise malformed_id()
    calendar = call.mailbox.calendars.get(key.serial)
    if calendar is None or key.mailbox != call.mailbox.tag or key.folder != ids.CALENDAR_FOLDER:
        raise item_not_found()
    if key.day and (calendar.settles is None or call.world.now() >= calendar.settles):
        raise item_not_found()
    if "group" in call.params:
        _check_group(call, calendar)
    return calendar


def _check_group(call: Call, calendar: Calendar) -> None:
    """A calendar is found under its own group alone."""
    key = ids.read_id(call.params["group"])
    mailbox = call.visitor or call.mailbox
    group = group_of(call.world, mailbox, call.share or calendar)
    if key is None or (key.mailbox, key.folder, key.serial) != (mailbox.tag, ids.GROUP_FOLDER, group.serial):
        raise item_not_found()


def event_of(call: Call) -> tuple[Calendar, Event, date | None]:
    """The event that the path names: its calendar, the single event or master, and the date of an occurrence."""
    key = ids.read_id(call.params["event"])
    if key is None:
        raise malformed_id()
    mailbox = call.mailbox
    serial = mailbox.named(key)
    home = mailbox.homes.get(serial)
    if home is None or key.mailbox != mailbox.tag or (not key.immutable and key.folder != home):
        raise item_not_found()
    calendar = mailbox.calendars[home]
    if "calendar" in call.params and calendar_of(call) is not calendar:
        raise item_not_found()
    event = calendar.events[serial]
    if call.request.method != "GET" and is_hidden(event, call.sight):
        raise access_denied()
    if not key.day:
        return calendar, event, None
    day = date.fromordinal(key.day)
    if event.recurrence is None or instance_of(event, day) is None:
        raise item_not_found()
    return calendar, event, day


def instance_on(master: Event, day: date) -> Instance:
    """The occurrence of a date, which must exist."""
    found = instance_of(master, day)
    if found is None:
        raise item_not_found()
    return found


def check_if_match(call: Call, sequence: int) -> bool:
    """Compare If-Match with the current version; says whether the client sent one."""
    sent = call.request.headers.get("if-match")
    if sent is None:
        return False
    if sent.strip() == "*":
        return True
    current = ids.change_key(call.mailbox.tag, sequence)
    if all(tag.strip().removeprefix("W/").strip('"') != current for tag in sent.split(",")):
        raise stale_change_key()
    return True


def wishes_of(call: Call, options: Options | None = None) -> Wishes:
    """What the reader asked for in `Prefer`, `$select` and `$expand`."""
    switches = call.world.switches
    zone_name = _zone_wanted(call)
    immutable, text_body, unsafe = _forms_wanted(call)
    expand = _expanded(options)
    _check_select(options)
    is_basic = bool(call.held) and all("ReadBasic" in role for role in call.held)
    if is_basic:
        expand = {name: inner for name, inner in expand.items() if name not in _PRIVATE}
    single, several = expand.get("singleValueExtendedProperties"), expand.get("multiValueExtendedProperties")
    bags = expand.get("extensions")
    return Wishes(
        zone_name=zone_name,
        immutable=immutable,
        text_body=text_body,
        basic=is_basic,
        select=frozenset() if options is None else options.select,
        properties=frozenset() if single is None else expanded_properties(single),
        lists=frozenset() if several is None else frozenset(map(list_id, _ids_in(several))),
        extensions=None if bags is None else frozenset(map(short_name, _ids_in(bags) if bags.strip() else [])),
        attachments="attachments" in expand,
        unsafe=unsafe,
        expand_exceptions="exceptionOccurrences" in expand,
        uid_per_occurrence=switches.uid_per_occurrence,
        cancelled_always=switches.cancelled_occurrences_returned,
        original_with_offset=switches.original_start_with_offset,
        sight=call.sight,
        where=zone(zone_name),
        root=f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/events",
    )


def shelf_of(call: Call, calendar: Calendar) -> Shelf:
    """Where events of this calendar lie."""
    return Shelf(call.mailbox, calendar.serial)


def _check_select(options: Options | None) -> None:
    unknown = frozenset[str]() if options is None else options.select - EVENT_PROPERTIES
    for name in sorted(unknown):
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.event'.")


def _zone_wanted(call: Call) -> str:
    wanted = call.request.preferences().get("outlook.timezone")
    if wanted is None:
        return "UTC"
    if not is_zone(wanted):
        if call.world.switches.unknown_preferred_zone_refused:
            raise unknown_zone(wanted)
        return "UTC"
    call.applied.append(f'outlook.timezone="{wanted}"')
    return wanted


def _forms_wanted(call: Call) -> tuple[bool, bool, bool]:
    """Ids immutable, bodies as text, bodies unsafe."""
    preferences = call.request.preferences()
    immutable = preferences.get("idtype", "").lower() == "immutableid"
    if immutable:
        call.applied.append('IdType="ImmutableId"')
    kind = preferences.get("outlook.body-content-type", "").lower()
    if kind in {"text", "html"}:
        call.applied.append(f'outlook.body-content-type="{kind}"')
    unsafe = "outlook.allow-unsafe-html" in preferences
    if unsafe:
        call.applied.append("outlook.allow-unsafe-html")
    return immutable, kind == "text", unsafe


_NAVIGATION = {
    name.lower(): name
    for name in (
        "singleValueExtendedProperties", "multiValueExtendedProperties", "extensions", "attachments",
        "exceptionOccurrences", "calendar",
    )
}  # fmt: skip
_PRIVATE = frozenset({"singleValueExtendedProperties", "multiValueExtendedProperties", "extensions", "attachments"})
"""What a token for the basics does not show (FACTS 1.9)."""


def _expanded(options: Options | None) -> dict[str, str]:
    """Navigation properties to what stands in their brackets; their names are taken in either case."""
    found: dict[str, str] = {}
    for raw, inner in ({} if options is None else options.expand).items():
        name = _NAVIGATION.get(raw.lower())
        if name is None:
            raise unparsable_query(f"Could not find a property named '{raw}' on type 'microsoft.graph.event'.")
        found[name] = inner
    return found


def _ids_in(inner: str) -> list[str]:
    """The ids that `$filter=id eq '…' or id eq '…'` names."""
    name, _, text = inner.strip().partition("=")
    if name.strip().lower() != "$filter":
        message = "Expanding extended properties needs a $filter on their id."
        raise bad_request(message)
    return _alternatives(parse_filter(text))


def _alternatives(expression: Filter) -> list[str]:
    match expression:
        case Compare(path, "eq", str() as value) if path.lower() == "id":
            return [value]
        case Either(left, right):
            return _alternatives(left) + _alternatives(right)
        case _:
            message = "What is expanded can only be chosen by id."
            raise bad_request(message)
