"""Calendars of a mailbox: list, get, create, rename, delete, and their extended properties (FACTS 3.1).

Other people's calendars that hang in the mailbox are listed with its own. Changing one of those changes how it hangs
here, not what its owner has; deleting it takes it off this mailbox's list.
"""

from datetime import timedelta
from typing import Any

from sim365 import ids
from sim365.calendars.json_types import as_member, as_text
from sim365.calendars.properties import properties_json, read_properties
from sim365.errors import GraphError, access_denied, bad_request, failed_validation, unparsable_query, unreadable_body
from sim365.http.filters import check_names, satisfies
from sim365.http.odata import Options, expanded_properties, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.calendar_groups import named_group
from sim365.routes.paths import BASES, READ_BASIC, WRITE, calendar_of
from sim365.sharing.access import OWNER, access_to
from sim365.sharing.hanging import group_of, unshare_all
from sim365.state import Calendar, CalendarColor, CalendarGroup, Mailbox, SharedCalendar, UserPurpose

CALENDARS_PAGE = 10
NAME_MAX = 255
SETTLES_AFTER = timedelta(minutes=1)
"""How long a new calendar answers to the id that its creation gave, where ids settle late."""
PROPERTIES = frozenset(
    {"id", "name", "color", "hexColor", "isDefaultCalendar", "changeKey", "canShare", "canViewPrivateItems", "canEdit",
     "allowedOnlineMeetingProviders", "defaultOnlineMeetingProvider", "isTallyingResponses", "isRemovable", "owner"}
)  # fmt: skip


def bind(routes: Routes) -> None:
    """`/users/{u}/calendars`, `/users/{u}/calendarGroups/{g}/calendars`, and one calendar under every alias."""
    for many in ("users/{user}/calendars", "users/{user}/calendarGroups/{group}/calendars"):
        routes.add("GET", many, Route("calendars list", list_calendars, READ_BASIC))
        routes.add("POST", many, Route("calendar create", create_calendar, WRITE))
    for pattern in BASES[1:]:
        routes.add("GET", pattern, Route("calendar get", get_calendar, READ_BASIC))
        routes.add("PATCH", pattern, Route("calendar update", update_calendar, WRITE, reach=Reach.HANGING))
        routes.add("DELETE", pattern, Route("calendar delete", delete_calendar, WRITE, reach=Reach.HANGING))
        purge = Route("calendar permanentDelete", delete_calendar, WRITE, reach=Reach.HANGING)
        routes.add("POST", f"{pattern}/permanentDelete", purge)


def list_calendars(call: Call) -> Answer:
    """The calendars of a mailbox, the default one first, then the others that hang there."""
    options = read_options(call.request, top=CALENDARS_PAGE)
    call.world.default_calendar(call.mailbox)
    own = call.mailbox.calendars.values()
    shown = [_shown(call, calendar, options) for calendar in own if _is_listed(call, calendar)]
    if _is_own(call):
        hanging = (hung for hung in call.mailbox.shared.values() if _is_listed(call, hung))
        shown += [each for hung in hanging if (each := _hung_json(call, call.mailbox, hung)) is not None]
    if options.filter is not None:
        wanted = options.filter
        check_names(wanted, PROPERTIES, kind="calendar")
        shown = [calendar for calendar in shown if satisfies(wanted, calendar.get)]
    if options.order is not None:
        name, descending = options.order
        if name not in {"name", "color", "isDefaultCalendar"}:
            raise bad_request(f"Sorting by '{name}' is not supported.")
        shown.sort(key=lambda calendar: str(calendar[name]).lower(), reverse=descending)
    chosen = [_chosen(calendar, options) for calendar in shown]
    return Answer(200, page_of(call.request, chosen, options, context=f"users('{call.mailbox.oid}')/calendars"))


def get_calendar(call: Call) -> Answer:
    """One calendar."""
    return _one(call, calendar_of(call), read_options(call.request, top=1), 200)


def create_calendar(call: Call) -> Answer:
    """A new calendar; its name must be free."""
    if not _is_own(call):
        raise access_denied()
    group = named_group(call) if "group" in call.params else None
    body = call.request.json_object()
    _check_names(body)
    call.world.default_calendar(call.mailbox)
    name = _name(call, body.get("name"), None)
    color, properties = _color(body), _properties(body)
    calendar = call.world.add_calendar(call.mailbox, name=name)
    calendar.color, calendar.properties = color or CalendarColor.AUTO, properties
    calendar.group = 0 if group is None else group.serial
    answer = _one(call, calendar, Options(top=1), 201)
    if call.world.switches.calendar_ids_settle and answer.body is not None:
        calendar.settles = call.world.now() + SETTLES_AFTER
        answer.body["id"] = ids.unsettled_calendar_id(call.mailbox.tag, calendar.serial)
    return answer


def update_calendar(call: Call) -> Answer:
    """Rename, recolour, or write extended properties."""
    if call.share is not None:
        return _update_hung(call, call.share)
    calendar = calendar_of(call)
    body = call.request.json_object()
    _check_names(body)
    color, properties = _color(body), _properties(body)
    if "name" in body:
        calendar.name = _name(call, body["name"], calendar)
    calendar.color = color or calendar.color
    calendar.properties = {**calendar.properties, **properties}
    calendar.sequence = call.world.next_sequence()
    return _one(call, calendar, Options(top=1), 200)


def delete_calendar(call: Call) -> Answer:
    """Delete a calendar with all its events; never the default one."""
    if call.share is not None and call.visitor is not None:
        del call.visitor.shared[call.share.serial]
        return Answer(204)
    calendar = calendar_of(call)
    if not _is_own(call):
        raise access_denied()
    if calendar.is_default:
        raise GraphError(400, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
    for event in list(calendar.events.values()):
        call.world.remove(call.mailbox, calendar, event)
    unshare_all(call.tenant, call.mailbox, calendar)
    del call.mailbox.calendars[calendar.serial]
    return Answer(204)


def calendar_json(call: Call, calendar: Calendar) -> dict[str, Any]:
    """A calendar as its owner, an app, or a visitor to the owner's mailbox sees it."""
    mailbox = call.mailbox
    access = OWNER if _is_own(call) else access_to(calendar, mailbox, call.principal.user_oid)
    return {
        "id": ids.calendar_id(mailbox.tag, calendar.serial),
        "name": calendar.name,
        "color": calendar.color.value,
        "hexColor": "",
        "isDefaultCalendar": calendar.is_default,
        "changeKey": ids.change_key(mailbox.tag, calendar.sequence),
        "canShare": access.is_owner,
        "canViewPrivateItems": access.sees_private,
        "canEdit": access.may_write,
        **_providers(mailbox),
        "isTallyingResponses": calendar.is_default,
        "isRemovable": not calendar.is_default,
        "owner": {"name": mailbox.display_name, "address": mailbox.address},
    }


def _hung_json(call: Call, visitor: Mailbox, hung: SharedCalendar) -> dict[str, Any] | None:
    """Somebody else's calendar as it hangs here; None where it is no longer there."""
    owner = call.tenant.mailboxes.get(hung.owner)
    calendar = None if owner is None else owner.calendars.get(hung.calendar)
    if owner is None or calendar is None:
        return None
    access = access_to(calendar, owner, visitor.oid)
    return {
        "id": ids.calendar_id(visitor.tag, hung.serial),
        "name": hung.name,
        "color": hung.color.value,
        "hexColor": "",
        "isDefaultCalendar": False,
        "changeKey": ids.change_key(visitor.tag, hung.sequence),
        "canShare": False,
        "canViewPrivateItems": access.sees_private,
        "canEdit": access.may_write,
        **_providers(owner),
        "isTallyingResponses": False,
        "isRemovable": True,
        "owner": {"name": owner.display_name, "address": owner.address},
    }


def _providers(mailbox: Mailbox) -> dict[str, Any]:
    """A resource has no licence for Teams and hosts no meetings (FACTS 3.13)."""
    is_person = mailbox.purpose is UserPurpose.USER
    return {
        "allowedOnlineMeetingProviders": ["teamsForBusiness"] if is_person else [],
        "defaultOnlineMeetingProvider": "teamsForBusiness" if is_person else "unknown",
    }


def _update_hung(call: Call, hung: SharedCalendar) -> Answer:
    """The sharee's own name and colour for it."""
    body = call.request.json_object()
    _check_names(body)
    color = _color(body)
    if "name" in body:
        name = as_text(body["name"], "name").strip()
        if not 0 < len(name) <= NAME_MAX:
            raise failed_validation(f"A calendar needs a name of at most {NAME_MAX} characters.")
        hung.name = name
    hung.color = color or hung.color
    hung.sequence = call.world.next_sequence()
    return _one(call, calendar_of(call), Options(top=1), 200)


def _is_own(call: Call) -> bool:
    return call.principal.user_oid in {None, call.mailbox.oid}


def _is_listed(call: Call, entry: Calendar | SharedCalendar) -> bool:
    """In the group that the path names, and for visitors only what they may open."""
    group: CalendarGroup | None = named_group(call) if "group" in call.params else None
    if group is not None and group_of(call.world, call.mailbox, entry) is not group:
        return False
    if isinstance(entry, SharedCalendar) or _is_own(call):
        return True
    return access_to(entry, call.mailbox, call.principal.user_oid).may_open


def _shown(call: Call, calendar: Calendar, options: Options) -> dict[str, Any]:
    hung = None if call.share is None or call.visitor is None else _hung_json(call, call.visitor, call.share)
    shown = calendar_json(call, calendar) if hung is None else hung
    for name, inner in options.expand.items():
        if name != "singleValueExtendedProperties":
            raise bad_request(f"The expand '{name}' is not supported on calendars.")
        if held := properties_json(calendar.properties, expanded_properties(inner)):
            shown[name] = held
    return shown


def _one(call: Call, calendar: Calendar, options: Options, status: int) -> Answer:
    owner = call.visitor or call.mailbox
    context = f"{call.request.origin}/v1.0/$metadata#users('{owner.oid}')/calendars/$entity"
    return Answer(status, {"@odata.context": context, **_chosen(_shown(call, calendar, options), options)})


def _chosen(shown: dict[str, Any], options: Options) -> dict[str, Any]:
    for name in options.select - PROPERTIES - {"*"}:
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.calendar'.")
    if not options.select or "*" in options.select:
        return shown
    always = {"id", "singleValueExtendedProperties"}
    return {name: value for name, value in shown.items() if name in options.select or name in always}


def _name(call: Call, value: object, itself: Calendar | None) -> str:
    name = as_text(value, "name").strip()
    if not 0 < len(name) <= NAME_MAX:
        raise failed_validation(f"A calendar needs a name of at most {NAME_MAX} characters.")
    for other in call.mailbox.calendars.values():
        if other is not itself and other.name.lower() == name.lower():
            raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    return name


def _color(body: dict[str, Any]) -> CalendarColor | None:
    if "color" not in body:
        return None
    return CalendarColor(as_member(body["color"], "color", [color.value for color in CalendarColor]))


def _properties(body: dict[str, Any]) -> dict[str, str]:
    value = body.get("singleValueExtendedProperties")
    return {} if value is None else read_properties(value)


def _check_names(body: dict[str, Any]) -> None:
    """Read-only properties are passed over; unknown ones are refused."""
    known = PROPERTIES | {"singleValueExtendedProperties"}
    for name in body:
        if name not in known and not name.startswith("@"):
            raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.calendar'.")
