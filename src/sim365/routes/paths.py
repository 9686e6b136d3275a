"""The path aliases of calendars and events, the permissions of each kind of operation, and what a reader wishes.

Everything under a mailbox can be reached as `/users/{u}`, `/users/{u}/calendar` and `/users/{u}/calendars/{id}`
(FACTS 0); which calendar is meant is decided here.
"""

from datetime import date

from sim365 import ids
from sim365.calendars.render import EVENT_PROPERTIES, Shelf, Wishes
from sim365.calendars.series import Instance, instance_of
from sim365.errors import NotModelledError, item_not_found, malformed_id, stale_change_key, unparsable_query
from sim365.http.odata import Options, expanded_properties
from sim365.http.routing import Call
from sim365.state import Calendar, Event
from sim365.zones import is_zone, zone

BASES = ("users/{user}", "users/{user}/calendar", "users/{user}/calendars/{calendar}")

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
    return calendar


def event_of(call: Call) -> tuple[Calendar, Event, date | None]:
    """The event that the path names: its calendar, the single event or master, and the date of an occurrence."""
    key = ids.read_id(call.params["event"])
    if key is None:
        raise malformed_id()
    mailbox = call.mailbox
    home = mailbox.homes.get(key.serial)
    if home is None or key.mailbox != mailbox.tag or (not key.immutable and key.folder != home):
        raise item_not_found()
    calendar = mailbox.calendars[home]
    if "calendar" in call.params and calendar_of(call) is not calendar:
        raise item_not_found()
    event = calendar.events[key.serial]
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
    preferences = call.request.preferences()
    zone_name, immutable, text_body = "UTC", False, False
    if (wanted := preferences.get("outlook.timezone")) is not None and is_zone(wanted):
        zone_name = wanted
        call.applied.append(f'outlook.timezone="{wanted}"')
    if preferences.get("idtype", "").lower() == "immutableid":
        immutable = True
        call.applied.append('IdType="ImmutableId"')
    if (kind := preferences.get("outlook.body-content-type", "").lower()) in {"text", "html"}:
        text_body = kind == "text"
        call.applied.append(f'outlook.body-content-type="{kind}"')
    expand = {} if options is None else options.expand
    inner = expand.get("singleValueExtendedProperties")
    _check_expand(expand)
    _check_select(options)
    is_basic = bool(call.held) and all("ReadBasic" in role for role in call.held)
    return Wishes(
        zone_name=zone_name,
        immutable=immutable,
        text_body=text_body,
        basic=is_basic,
        select=frozenset() if options is None else options.select,
        properties=frozenset() if inner is None or is_basic else expanded_properties(inner),
        expand_exceptions="exceptionOccurrences" in expand,
        uid_per_occurrence=call.world.switches.uid_per_occurrence,
        cancelled_always=call.world.switches.cancelled_occurrences_returned,
        where=zone(zone_name),
    )


def shelf_of(call: Call, calendar: Calendar) -> Shelf:
    """Where events of this calendar lie."""
    return Shelf(call.mailbox, calendar.serial)


def _check_select(options: Options | None) -> None:
    unknown = frozenset[str]() if options is None else options.select - EVENT_PROPERTIES
    for name in sorted(unknown):
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.event'.")


def _check_expand(expand: dict[str, str]) -> None:
    for name in expand:
        if name not in {"singleValueExtendedProperties", "exceptionOccurrences", "calendar"}:
            raise NotModelledError(f"$expand={name}")
