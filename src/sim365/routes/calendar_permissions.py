"""`calendarPermissions`: with whom a calendar is shared, and as what (FACTS 3.1).

"My Organization" is always there: it says what everybody inside may see. Delegates exist for the default calendar only;
people outside can be given no more than reading.
"""

import base64
from typing import Any

from sim365.calendars.json_types import as_flag, as_member, as_object, as_optional_text, as_text
from sim365.errors import failed_validation, invalid_request, item_not_found, unreadable_body
from sim365.http.odata import page_of, read_arguments, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.paths import BASES, READ, WRITE, calendar_of
from sim365.sharing.hanging import share, unshare
from sim365.state import Calendar, CalendarRole, CalendarShare

PAGE = 100
ORGANIZATION = "My Organization"
_ORGANIZATION_ID = base64.b64encode(b"Default").decode()
_READING = (CalendarRole.FREE_BUSY_READ, CalendarRole.LIMITED_READ, CalendarRole.READ)
_DELEGATES = (CalendarRole.DELEGATE_WITHOUT_PRIVATE, CalendarRole.DELEGATE_WITH_PRIVATE)
_PROPERTIES = frozenset({"id", "emailAddress", "isInsideOrganization", "isRemovable", "role", "allowedRoles"})


def bind(routes: Routes) -> None:
    """Under every alias of a calendar; the owner alone sees and changes them."""
    for base in BASES[1:]:
        many, one = f"{base}/calendarPermissions", f"{base}/calendarPermissions/{{permission}}"
        routes.add("GET", many, Route("calendarPermissions list", list_permissions, READ, reach=Reach.OWNER))
        routes.add("POST", many, Route("calendarPermission create", create_permission, WRITE, reach=Reach.OWNER))
        routes.add("GET", one, Route("calendarPermission get", get_permission, READ, reach=Reach.OWNER))
        routes.add("PATCH", one, Route("calendarPermission update", update_permission, WRITE, reach=Reach.OWNER))
        routes.add("DELETE", one, Route("calendarPermission delete", delete_permission, WRITE, reach=Reach.OWNER))
        allowed = Route("allowedCalendarSharingRoles", allowed_roles, READ, reach=Reach.OWNER)
        routes.add("GET", f"{base}/allowedCalendarSharingRoles/{{arguments}}", allowed)


def list_permissions(call: Call) -> Answer:
    """The organisation, then people in the order in which they were added."""
    calendar = _own(call)
    options = read_options(call.request, top=PAGE)
    shown = [_organization(calendar), *(_person(calendar, each) for each in calendar.shares.values())]
    return Answer(200, page_of(call.request, shown, options, context=_context(call)))


def create_permission(call: Call) -> Answer:
    """Share with one more person, or make a delegate."""
    calendar, body = _own(call), call.request.json_object()
    _check_names(body)
    who = as_object(body.get("emailAddress"), "emailAddress")
    address = as_text(who.get("address"), "address").strip()
    if "@" not in address:
        raise failed_validation(f"'{address}' is not an e-mail address.")
    sharee = call.tenant.find(address)
    if sharee is call.mailbox:
        text = "A calendar cannot be shared with its owner."
        raise invalid_request(text)
    if as_flag(body.get("isInsideOrganization", sharee is not None), "isInsideOrganization") != (sharee is not None):
        raise invalid_request(f"'{address}' is {'inside' if sharee else 'outside'} the organization.")
    primary = address if sharee is None else sharee.address
    if primary.lower() in calendar.shares:
        raise invalid_request(f"The calendar is already shared with '{primary}'.")
    allowed = _allowed(calendar, is_inside=sharee is not None)
    name = sharee.display_name if sharee else as_optional_text(who.get("name"), "name") or address
    given = CalendarShare(primary, name, _role(body, allowed), sharee.oid if sharee else "")
    share(call.world, call.tenant, call.mailbox, calendar, given)
    return _one(call, _person(calendar, given), 201)


def get_permission(call: Call) -> Answer:
    """One of them."""
    calendar = _own(call)
    held = _named(call, calendar)
    return _one(call, _organization(calendar) if held is None else _person(calendar, held), 200)


def update_permission(call: Call) -> Answer:
    """Another role; nothing else of a permission can be changed."""
    calendar, body = _own(call), call.request.json_object()
    _check_names(body)
    held = _named(call, calendar)
    if held is None:
        calendar.organization_role = _role(body, (CalendarRole.NONE, *_READING, CalendarRole.WRITE))
        return _one(call, _organization(calendar), 200)
    held.role = _role(body, _allowed(calendar, is_inside=bool(held.oid)))
    return _one(call, _person(calendar, held), 200)


def delete_permission(call: Call) -> Answer:
    """End the share; the organisation's permission cannot be removed."""
    calendar = _own(call)
    held = _named(call, calendar)
    if held is None:
        text = f"The permission of '{ORGANIZATION}' cannot be removed; set its role to 'none'."
        raise invalid_request(text)
    unshare(call.tenant, call.mailbox, calendar, held.address)
    return Answer(204)


def allowed_roles(call: Call) -> Answer:
    """What a person could be given."""
    calendar = _own(call)
    address = read_arguments(call.params["arguments"]).get("user", "")
    if "@" not in address:
        raise invalid_request("allowedCalendarSharingRoles needs the address of a 'User'.")
    roles = _allowed(calendar, is_inside=call.tenant.find(address) is not None)
    context = f"{call.request.origin}/v1.0/$metadata#Collection(microsoft.graph.calendarRoleType)"
    return Answer(200, {"@odata.context": context, "value": [role.value for role in roles]})


def _own(call: Call) -> Calendar:
    """A calendar that only hangs here is shared by its owner, not from here."""
    if call.share is not None:
        raise item_not_found()
    return calendar_of(call)


def _named(call: Call, calendar: Calendar) -> CalendarShare | None:
    """The share that the path names; None is the organisation's permission."""
    name = call.params["permission"]
    if name == _ORGANIZATION_ID:
        return None
    found = next((each for each in calendar.shares.values() if _id_of(each) == name), None)
    if found is None:
        raise item_not_found()
    return found


def _allowed(calendar: Calendar, *, is_inside: bool) -> tuple[CalendarRole, ...]:
    if not is_inside:
        return _READING
    return (*_READING, CalendarRole.WRITE, *(_DELEGATES if calendar.is_default else ()))


def _role(body: dict[str, Any], allowed: tuple[CalendarRole, ...]) -> CalendarRole:
    role = as_member(body.get("role"), "role", [*(each.value for each in CalendarRole), "custom"])
    if role not in allowed:
        raise invalid_request(f"The role '{role}' is not allowed here; allowed are {', '.join(allowed)}.")
    return CalendarRole(role)


def _organization(calendar: Calendar) -> dict[str, Any]:
    return {
        "id": _ORGANIZATION_ID,
        "isRemovable": False,
        "isInsideOrganization": True,
        "role": calendar.organization_role.value,
        "allowedRoles": [role.value for role in (CalendarRole.NONE, *_READING, CalendarRole.WRITE)],
        "emailAddress": {"name": ORGANIZATION, "address": None},
    }


def _person(calendar: Calendar, held: CalendarShare) -> dict[str, Any]:
    return {
        "id": _id_of(held),
        "isRemovable": True,
        "isInsideOrganization": bool(held.oid),
        "role": held.role.value,
        "allowedRoles": [role.value for role in _allowed(calendar, is_inside=bool(held.oid))],
        "emailAddress": {"name": held.name, "address": held.address},
    }


def _id_of(held: CalendarShare) -> str:
    """In the way of Exchange, which encodes the legacy name of somebody inside and the address of somebody outside."""
    inside = f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={held.oid}"
    return base64.urlsafe_b64encode((inside if held.oid else held.address.lower()).encode()).decode()


def _check_names(body: dict[str, Any]) -> None:
    for name in body:
        if name not in _PROPERTIES and not name.startswith("@"):
            raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.calendarPermission'.")


def _one(call: Call, shown: dict[str, Any], status: int) -> Answer:
    context = f"{call.request.origin}/v1.0/$metadata#{_context(call)}/$entity"
    return Answer(status, {"@odata.context": context, **shown})


def _context(call: Call) -> str:
    return f"users('{call.mailbox.oid}')/calendar/calendarPermissions"
