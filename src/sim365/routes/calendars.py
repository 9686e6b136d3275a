"""Calendars of a mailbox: list, get, create, rename, delete, and their extended properties (FACTS 3.1)."""

from typing import Any

from sim365 import ids
from sim365.calendars.json_types import as_member, as_text
from sim365.calendars.properties import properties_json, read_properties
from sim365.errors import GraphError, bad_request, failed_validation, unreadable_body
from sim365.http.filters import check_names, satisfies
from sim365.http.odata import Options, expanded_properties, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.routes.paths import READ_BASIC, WRITE, calendar_of
from sim365.state import Calendar, CalendarColor, UserPurpose

CALENDARS_PAGE = 10
NAME_MAX = 255


def bind(routes: Routes) -> None:
    """`/users/{u}/calendars`, `/users/{u}/calendar`, `/users/{u}/calendars/{id}`."""
    routes.add("GET", "users/{user}/calendars", Route("calendars list", list_calendars, READ_BASIC))
    routes.add("POST", "users/{user}/calendars", Route("calendar create", create_calendar, WRITE))
    for pattern in ("users/{user}/calendar", "users/{user}/calendars/{calendar}"):
        routes.add("GET", pattern, Route("calendar get", get_calendar, READ_BASIC))
        routes.add("PATCH", pattern, Route("calendar update", update_calendar, WRITE))
        routes.add("DELETE", pattern, Route("calendar delete", delete_calendar, WRITE))


def list_calendars(call: Call) -> Answer:
    """The calendars of a mailbox, the default one first."""
    options = read_options(call.request, top=CALENDARS_PAGE)
    call.world.default_calendar(call.mailbox)
    shown = [_shown(call, calendar, options) for calendar in call.mailbox.calendars.values()]
    if options.filter is not None:
        wanted = options.filter
        check_names(wanted, frozenset({"name", "id", "color", "isDefaultCalendar"}), kind="calendar")
        shown = [calendar for calendar in shown if satisfies(wanted, calendar.get)]
    chosen = [_chosen(calendar, options) for calendar in shown]
    context = f"users('{call.mailbox.oid}')/calendars"
    return Answer(200, page_of(call.request, chosen, options, context=context))


def get_calendar(call: Call) -> Answer:
    """One calendar."""
    return _one(call, calendar_of(call), read_options(call.request, top=1), 200)


def create_calendar(call: Call) -> Answer:
    """A new calendar; its name must be free."""
    body = call.request.json_object()
    call.world.default_calendar(call.mailbox)
    name = _name(call, body.get("name"), None)
    calendar = call.world.add_calendar(call.mailbox, name=name)
    _write(calendar, {key: value for key, value in body.items() if key != "name"})
    return _one(call, calendar, Options(top=1), 201)


def update_calendar(call: Call) -> Answer:
    """Rename, recolour, or write extended properties."""
    calendar = calendar_of(call)
    body = call.request.json_object()
    if "name" in body:
        calendar.name = _name(call, body["name"], calendar)
    _write(calendar, {key: value for key, value in body.items() if key != "name"})
    calendar.sequence = call.world.next_sequence()
    return _one(call, calendar, Options(top=1), 200)


def delete_calendar(call: Call) -> Answer:
    """Delete a calendar with all its events; never the default one."""
    calendar = calendar_of(call)
    if calendar.is_default:
        raise GraphError(400, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
    for event in list(calendar.events.values()):
        call.world.remove(call.mailbox, calendar, event)
    del call.mailbox.calendars[calendar.serial]
    return Answer(204)


def calendar_json(call: Call, calendar: Calendar) -> dict[str, Any]:
    """A calendar as shown."""
    mailbox = call.mailbox
    is_person = mailbox.purpose is UserPurpose.USER
    return {
        "id": ids.calendar_id(mailbox.tag, calendar.serial),
        "name": calendar.name,
        "color": calendar.color.value,
        "hexColor": "",
        "isDefaultCalendar": calendar.is_default,
        "changeKey": ids.change_key(mailbox.tag, calendar.sequence),
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"] if is_person else [],
        "defaultOnlineMeetingProvider": "teamsForBusiness" if is_person else "unknown",
        "isTallyingResponses": calendar.is_default,
        "isRemovable": not calendar.is_default,
        "owner": {"name": mailbox.display_name, "address": mailbox.address},
    }


def _shown(call: Call, calendar: Calendar, options: Options) -> dict[str, Any]:
    shown = calendar_json(call, calendar)
    for name, inner in options.expand.items():
        if name != "singleValueExtendedProperties":
            raise bad_request(f"The expand '{name}' is not supported on calendars.")
        if held := properties_json(calendar.properties, expanded_properties(inner)):
            shown[name] = held
    return shown


def _one(call: Call, calendar: Calendar, options: Options, status: int) -> Answer:
    context = f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/calendars/$entity"
    return Answer(status, {"@odata.context": context, **_chosen(_shown(call, calendar, options), options)})


def _chosen(shown: dict[str, Any], options: Options) -> dict[str, Any]:
    if not options.select:
        return shown
    always = {"id", "singleValueExtendedProperties"}
    return {name: value for name, value in shown.items() if name in options.select or name in always}


def _name(call: Call, value: object, itself: Calendar | None) -> str:
    name = as_text(value, "name").strip()
    if not name or len(name) > NAME_MAX:
        raise failed_validation("A calendar needs a name of at most 255 characters.")
    for other in call.mailbox.calendars.values():
        if other is not itself and other.name.lower() == name.lower():
            text = "A folder with the specified name already exists."
            raise GraphError(409, "ErrorFolderExists", text)
    return name


def _write(calendar: Calendar, body: dict[str, Any]) -> None:
    for name, value in body.items():
        match name:
            case "color":
                calendar.color = CalendarColor(as_member(value, name, [color.value for color in CalendarColor]))
            case "singleValueExtendedProperties":
                calendar.properties = {**calendar.properties, **read_properties(value)}
            case "id" | "hexColor" | "changeKey" | "owner" | "canEdit" | "canShare" | "canViewPrivateItems":
                continue
            case "isDefaultCalendar" | "isRemovable" | "isTallyingResponses" | "allowedOnlineMeetingProviders":
                continue
            case "defaultOnlineMeetingProvider":
                continue
            case _ if name.startswith("@"):
                continue
            case _:
                raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.calendar'.")
