"""Calendar groups: list, create, read, rename, delete (FACTS 3.1); the calendars in them are in `calendars`."""

from typing import Any

from sim365 import ids
from sim365.calendars.json_types import as_text
from sim365.errors import (
    GraphError,
    failed_validation,
    item_not_found,
    malformed_id,
    unparsable_query,
    unreadable_body,
)
from sim365.http.filters import check_names, satisfies
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.paths import READ_BASIC, WRITE
from sim365.sharing.hanging import add_group, group_of, groups_of
from sim365.state import CalendarGroup

PAGE = 10
NAME_MAX = 255
PROPERTIES = frozenset({"id", "name", "classId", "changeKey"})


def bind(routes: Routes) -> None:
    """`/users/{u}/calendarGroups`, `/users/{u}/calendarGroups/{id}`."""
    base = "users/{user}/calendarGroups"
    one = f"{base}/{{group}}"
    routes.add("GET", base, Route("calendarGroups list", list_groups, READ_BASIC, reach=Reach.OWNER))
    routes.add("POST", base, Route("calendarGroup create", create_group, WRITE, reach=Reach.OWNER))
    routes.add("GET", one, Route("calendarGroup get", get_group, READ_BASIC, reach=Reach.OWNER))
    routes.add("PATCH", one, Route("calendarGroup update", update_group, WRITE, reach=Reach.OWNER))
    routes.add("DELETE", one, Route("calendarGroup delete", delete_group, WRITE, reach=Reach.OWNER))


def list_groups(call: Call) -> Answer:
    """The groups, the built-in ones first."""
    options = read_options(call.request, top=PAGE)
    shown = [_shown(call, group) for group in groups_of(call.world, call.mailbox).values()]
    if options.filter is not None:
        wanted = options.filter
        check_names(wanted, PROPERTIES, kind="calendarGroup")
        shown = [each for each in shown if satisfies(wanted, each.get)]
    chosen = [_chosen(each, options) for each in shown]
    return Answer(200, page_of(call.request, chosen, options, context=_context(call)))


def create_group(call: Call) -> Answer:
    """A new, empty group."""
    body = call.request.json_object()
    name = _name(call, body, None)
    return _one(call, add_group(call.world, call.mailbox, name=name), 201)


def get_group(call: Call) -> Answer:
    """One group."""
    return _one(call, named_group(call), 200)


def update_group(call: Call) -> Answer:
    """Rename."""
    group = named_group(call)
    body = call.request.json_object()
    if "name" in body:
        group.name = _name(call, body, group)
        group.sequence = call.world.next_sequence()
    else:
        _check_names(body)
    return _one(call, group, 200)


def delete_group(call: Call) -> Answer:
    """Delete a group that is not built in; whether one that holds calendars is, a switch says."""
    group, mailbox = named_group(call), call.mailbox
    if group.is_built_in:
        raise GraphError(400, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
    entries = (*mailbox.calendars.values(), *mailbox.shared.values())
    is_kept = not call.world.switches.full_group_deletable
    if is_kept and any(group_of(call.world, mailbox, entry) is group for entry in entries):
        text = "The calendar group still holds calendars; delete them first."
        raise GraphError(400, "ErrorInvalidRequest", text)
    del mailbox.groups[group.serial]
    return Answer(204)


def named_group(call: Call) -> CalendarGroup:
    """The group that the path names."""
    key = ids.read_id(call.params["group"])
    if key is None:
        raise malformed_id()
    mailbox = call.visitor or call.mailbox
    group = groups_of(call.world, mailbox).get(key.serial)
    if group is None or key.mailbox != mailbox.tag or key.folder != ids.GROUP_FOLDER:
        raise item_not_found()
    return group


def _name(call: Call, body: dict[str, Any], itself: CalendarGroup | None) -> str:
    _check_names(body)
    name = as_text(body.get("name"), "name").strip()
    if not 0 < len(name) <= NAME_MAX:
        raise failed_validation(f"A calendar group needs a name of at most {NAME_MAX} characters.")
    for other in groups_of(call.world, call.mailbox).values():
        if other is not itself and other.name.lower() == name.lower():
            raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    return name


def _check_names(body: dict[str, Any]) -> None:
    for name in body:
        if name not in PROPERTIES and not name.startswith("@"):
            raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.calendarGroup'.")


def _shown(call: Call, group: CalendarGroup) -> dict[str, Any]:
    tag = call.mailbox.tag
    return {
        "id": ids.group_id(tag, group.serial),
        "name": group.name,
        "classId": group.class_id,
        "changeKey": ids.change_key(tag, group.sequence),
    }


def _one(call: Call, group: CalendarGroup, status: int) -> Answer:
    options = read_options(call.request, top=1)
    context = f"{call.request.origin}/v1.0/$metadata#{_context(call)}/$entity"
    return Answer(status, {"@odata.context": context, **_chosen(_shown(call, group), options)})


def _chosen(shown: dict[str, Any], options: Options) -> dict[str, Any]:
    for name in options.select - PROPERTIES - {"*"}:
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.calendarGroup'.")
    if not options.select or "*" in options.select:
        return shown
    return {name: value for name, value in shown.items() if name in options.select or name == "id"}


def _context(call: Call) -> str:
    return f"users('{call.mailbox.oid}')/calendarGroups"
