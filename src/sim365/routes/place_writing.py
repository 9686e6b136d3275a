"""Writing places: create, change, delete (FACTS 2.1).

The body names its type. A room or workspace that is created gets a mailbox and shows in the lists a day later; the name
of one is its mailbox's and cannot be changed here.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sim365 import ids
from sim365.calendars.json_types import (
    Json,
    as_flag,
    as_list,
    as_member,
    as_number,
    as_object,
    as_optional_text,
    as_text,
)
from sim365.directory.places import PROPERTIES
from sim365.errors import GraphError, bad_request, failed_validation, unreadable_body
from sim365.http.odata import Options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.routes.places import Found, children_of, kind_of, named_place, typed
from sim365.state import (
    Address,
    DeskMode,
    Mailbox,
    Mode,
    Place,
    PlaceKind,
    RoomList,
    Space,
    SpaceKind,
    UserPurpose,
)

ROLES = ("Place.ReadWrite.All",)
NAME_MAX, TAGS_MAX, CAPACITY_MAX = 255, 100, 100_000
PARENTS = {
    "building": (),
    "floor": ("building",),
    "section": ("floor",),
    "desk": ("floor", "section"),
    "room": ("building", "floor", "section"),
    "workspace": ("building", "floor", "section"),
}
"""In what each kind may stand."""
_STATES = ("unknown", "enabled", "disabled")
_FIXED = frozenset(
    {"id", "placeId", "emailAddress", "bookingType", "teamsEnabledState", "servicePlans", "mailboxDetails"}
)
_TEXTS = {
    "phone": "phone", "label": "label", "nickname": "nickname", "building": "building", "floorLabel": "floor_label",
    "audioDeviceName": "audio_device", "videoDeviceName": "video_device", "displayDeviceName": "display_device",
}  # fmt: skip
_NUMBERS = {"capacity": "capacity", "floorNumber": "floor_number", "sortOrder": "sort_order"}
_CHOICES = {"wifiState": "wifi_state", "heightAdjustableState": "height_adjustable"}
_ADDRESS = {
    "street": "street", "city": "city", "state": "state", "countryOrRegion": "country", "postalCode": "postal_code",
}  # fmt: skip
_MODES = {f"{kind.value}placemode".lower(): kind for kind in DeskMode}

Changes = dict[str, Any]


def bind(routes: Routes) -> None:
    """`POST /places`, `PATCH` and `DELETE /places/{id}`."""
    routes.add("POST", "places", Route("place create", create_place, ROLES, is_directory=True))
    routes.add("PATCH", "places/{place}", Route("place update", update_place, ROLES, is_directory=True))
    routes.add("DELETE", "places/{place}", Route("place delete", delete_place, ROLES, is_directory=True))


def create_place(call: Call) -> Answer:
    """A new place of the type that the body names."""
    body = call.request.json_object()
    kind = _kind(body)
    if kind not in PARENTS:
        raise bad_request(f"A place of the type 'microsoft.graph.{kind}' cannot be created.")
    name = _display_name(body.pop("displayName", None))
    changes = _changes(call, kind, body)
    if kind != "building" and not changes.get("parent_id"):
        raise failed_validation(f"A {kind} needs the 'parentId' of what it stands in.")
    found = _new_mailbox(call, kind, name) if kind in {"room", "workspace"} else _new_space(call, kind, name)
    _apply(found, changes)
    return _one(call, found, 201)


def update_place(call: Call) -> Answer:
    """Write what is named."""
    found = named_place(call, call.params["place"])
    body = call.request.json_object()
    kind = _kind(body)
    if kind != kind_of(found):
        raise bad_request(f"The place is a {kind_of(found)}, not a {kind}.")
    changes: Changes = {}
    if "displayName" in body and not isinstance(found, Mailbox):
        changes["display_name"] = _display_name(body.pop("displayName"))
    _apply(found, changes | _changes(call, kind, body))
    return _one(call, found, 200)


def delete_place(call: Call) -> Answer:
    """Buildings, floors, sections and desks, once nothing stands in them; mailboxes are deleted elsewhere."""
    found = named_place(call, call.params["place"])
    if not isinstance(found, Space):
        raise bad_request(f"A place of the type 'microsoft.graph.{kind_of(found)}' cannot be deleted here.")
    if next(children_of(call, found.id), None) is not None:
        raise bad_request(f"The {found.kind.value} still holds other places; delete or move them first.")
    del call.tenant.spaces[found.id]
    return Answer(204)


def _kind(body: Json) -> str:
    text = as_text(body.get("@odata.type"), "@odata.type").removeprefix("#").removeprefix("microsoft.graph.")
    kind = next((each for each in PROPERTIES if each.lower() == text.lower()), None)
    if kind is None:
        raise bad_request(f"'{text}' is no type of place.")
    return kind


def _display_name(value: object) -> str:
    name = as_text(value, "displayName").strip()
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise failed_validation(f"A place needs a displayName of 1 to {NAME_MAX} characters.")
    return name


def _changes(call: Call, kind: str, body: Json) -> Changes:
    """Attributes to write, all checked before the first is written."""
    found: Changes = {}
    for name, value in body.items():
        if name.startswith("@"):
            continue
        if name not in PROPERTIES[kind]:
            raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'.")
        if name in _FIXED or name == "displayName":
            raise bad_request(f"The property '{name}' of a {kind} cannot be written.")
        found |= _READERS[name](call, kind, value) if name in _READERS else _simple(name, value)
    return found


def _simple(name: str, value: object) -> Changes:
    if name in _TEXTS:
        text = as_optional_text(value, name)
        if text is not None and (len(text) > NAME_MAX or not text.isprintable()):
            raise failed_validation(f"'{name}' takes at most {NAME_MAX} characters.")
        return {_TEXTS[name]: "" if text is None and name == "phone" else text}
    if name in _NUMBERS:
        number = None if value is None else as_number(value, name, low=-CAPACITY_MAX, high=CAPACITY_MAX)
        if name == "capacity" and number is not None and number < 0:
            raise failed_validation("A capacity cannot be negative.")
        return {_NUMBERS[name]: number}
    return {_CHOICES[name]: as_member(value, name, _STATES)}


def _read_address(_: Call, kind: str, value: object) -> Changes:
    body = {} if value is None else as_object(value, "address")
    parts = {_ADDRESS[name]: as_optional_text(part, name) for name, part in body.items() if name in _ADDRESS}
    if kind in {"room", "workspace", "roomList"}:
        return dict.fromkeys(_ADDRESS.values()) | parts
    return {"address": Address(**parts) if parts else None}


def _read_spot(_: Call, __: str, value: object) -> Changes:
    body = {} if value is None else as_object(value, "geoCoordinates")
    found: Changes = {"latitude": None, "longitude": None}
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        number = body.get(name)
        if number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int | float) or not -most <= number <= most:
            raise failed_validation(f"'{name}' must lie between -{most:g} and {most:g}.")
        found[name] = float(number)
    return found


def _read_tags(_: Call, __: str, value: object) -> Changes:
    tags = tuple(as_text(each, "tags") for each in as_list(value, "tags"))
    if len(tags) > TAGS_MAX:
        raise failed_validation(f"A place has at most {TAGS_MAX} tags.")
    return {"tags": tags}


def _read_wheelchair(_: Call, __: str, value: object) -> Changes:
    return {"is_wheelchair_accessible": None if value is None else as_flag(value, "isWheelChairAccessible")}


def _read_parent(call: Call, kind: str, value: object) -> Changes:
    allowed = PARENTS.get(kind, ())
    text = as_optional_text(value, "parentId")
    parent = None if text is None else call.tenant.spaces.get(text.lower())
    if text is not None and (parent is None or parent.kind.value not in allowed):
        stands_in = " or ".join(allowed) or "nothing else"
        raise bad_request(f"A {kind} stands in {stands_in}; '{text}' is none of these.")
    return {"parent_id": None if parent is None else parent.id}


def _read_mode(call: Call, _: str, value: object) -> Changes:
    body = as_object(value, "mode")
    text = as_text(body.get("@odata.type"), "@odata.type").removeprefix("#").removeprefix("microsoft.graph.")
    kind = _MODES.get(text.lower())
    if kind is None:
        raise bad_request(f"'{text}' is no mode of a place.")
    mode = Mode(kind)
    if kind is DeskMode.UNAVAILABLE:
        mode.reason = as_optional_text(body.get("reason"), "reason")
    if kind is DeskMode.ASSIGNED:
        name = body.get("assignedUserId") or body.get("assignedUserEmailAddress")
        user = call.tenant.find(as_text(name, "assignedUserId"))
        if user is None:
            raise bad_request(f"Nobody here is called '{name}'.")
        mode.user_id, mode.user_address = user.oid, user.address
    return {"mode": mode}


def _read_links(_: Call, __: str, value: object) -> Changes:
    found: list[tuple[str, str]] = []
    for entry in as_list(value, "resourceLinks"):
        body = as_object(entry, "resourceLinks")
        found.append((as_text(body.get("name"), "name"), as_text(body.get("value"), "value")))
    return {"links": tuple(found)}


_READERS: dict[str, Callable[[Call, str, object], Changes]] = {
    "address": _read_address,
    "geoCoordinates": _read_spot,
    "tags": _read_tags,
    "isWheelChairAccessible": _read_wheelchair,
    "parentId": _read_parent,
    "mode": _read_mode,
    "resourceLinks": _read_links,
}


def _new_space(call: Call, kind: str, name: str) -> Space:
    space = Space(ids.guid("place", call.tenant.tenant_id, call.world.next_serial()), SpaceKind(kind), name)
    call.tenant.spaces[space.id] = space
    return space


def _new_mailbox(call: Call, kind: str, name: str) -> Mailbox:
    local = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or kind
    address = f"{local}@{call.tenant.domains[0]}"
    if call.tenant.find(address) is not None or address in call.tenant.room_lists:
        raise GraphError(409, "ErrorDuplicatePlace", f"The address '{address}' is taken; choose another displayName.")
    oid = ids.guid("room", call.tenant.tenant_id, call.world.next_serial())
    mailbox = Mailbox(oid, address, name, UserPurpose.ROOM, place=Place(kind=PlaceKind(kind)))
    mailbox.created = call.world.now()
    mailbox.listed_from = call.world.now() + timedelta(hours=call.world.switches.places_lag_hours)
    return call.tenant.add_mailbox(mailbox)


def _apply(found: Found, changes: Changes) -> None:
    target: object = found.place if isinstance(found, Mailbox) else found
    for name, value in changes.items():
        owner = found.place if isinstance(found, RoomList) and name != "display_name" else target
        setattr(owner, name, value)


def _one(call: Call, found: Found, status: int) -> Answer:
    context = f"{call.request.origin}/v1.0/$metadata#places/$entity"
    return Answer(status, {"@odata.context": context, **typed(call, found, Options(top=1))})
