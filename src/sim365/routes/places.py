"""Places: rooms, workspaces and room lists (FACTS 2.1)."""

from collections.abc import Callable
from typing import Any

from sim365.errors import GraphError, bad_request
from sim365.http.filters import check_names, satisfies
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.state import Mailbox, Place, PlaceKind, RoomList

PLACES_TOP_MAX = 100
ROLES = ("Place.Read.All", "Place.ReadWrite.All")


def bind(routes: Routes) -> None:
    """`/places/microsoft.graph.room` and its kin."""
    for kind in PlaceKind:
        pattern = f"places/microsoft.graph.{kind.value}"
        routes.add("GET", pattern, Route(f"places {kind.value}", _lister(kind), ROLES, is_directory=True))
        inner = f"places/{{place}}/microsoft.graph.roomList/{kind.value}s"
        routes.add("GET", inner, Route(f"roomList {kind.value}s", _members(kind), ROLES, is_directory=True))
    routes.add(
        "GET", "places/microsoft.graph.roomList", Route("places roomList", list_room_lists, ROLES, is_directory=True)
    )
    routes.add("GET", "places", Route("places", refuse_bare, ROLES, is_directory=True))
    routes.add("GET", "places/{place}", Route("place get", get_place, ROLES, is_directory=True))
    for kind in ("desk", "section", "floor", "building"):
        routes.add_gap(f"places/microsoft.graph.{kind}", f"places of the {kind} kind")
    routes.add_gap("places/{place}/descendants", "the descendants of a place")
    routes.add_gap("places/{place}/checkIns", "check-ins at places")


def list_room_lists(call: Call) -> Answer:
    """The room lists of the tenant."""
    options = _options(call)
    shown = [room_list_json(found) for found in call.tenant.room_lists.values()]
    return _listed(call, options, shown, "roomList")


def get_place(call: Call) -> Answer:
    """A place by id, placeId or address."""
    options = _options(call)
    name = call.params["place"]
    room_list = call.tenant.room_lists.get(name.lower())
    context = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#places/$entity"}
    if room_list is not None:
        shown = {"@odata.type": "#microsoft.graph.roomList", **room_list_json(room_list)}
        return Answer(200, context | _chosen(shown, options))
    for mailbox in call.tenant.mailboxes.values():
        if mailbox.place is not None and name.lower() in {mailbox.place_id.lower(), *mailbox.names()}:
            kind = f"#microsoft.graph.{mailbox.place.kind.value}"
            return Answer(200, context | _chosen({"@odata.type": kind, **place_json(mailbox, mailbox.place)}, options))
    raise _no_place(name)


def refuse_bare(call: Call) -> Answer:
    """Without a type cast there is no listing (FACTS 2.1)."""
    del call
    text = "The resource 'places' must be cast to a type such as microsoft.graph.room."
    raise bad_request(text)


def place_json(mailbox: Mailbox, place: Place) -> dict[str, Any]:
    """A room or workspace as shown."""
    spot = {"latitude": place.latitude, "longitude": place.longitude}
    has_spot = place.latitude is not None
    shown: dict[str, Any] = {
        "id": mailbox.place_id,
        "placeId": mailbox.place_id,
        "displayName": mailbox.display_name,
        "address": {
            "street": place.street,
            "city": place.city,
            "state": place.state,
            "countryOrRegion": place.country,
            "postalCode": place.postal_code,
        },
        "geoCoordinates": {**spot, "accuracy": None, "altitude": None, "altitudeAccuracy": None} if has_spot else None,
        "phone": place.phone,
        "nickname": place.nickname or mailbox.display_name,
        "label": place.label,
        "capacity": place.capacity,
        "building": place.building,
        "floorNumber": place.floor_number,
        "floorLabel": place.floor_label,
        "isWheelChairAccessible": place.is_wheelchair_accessible,
        "tags": list(place.tags),
        "emailAddress": mailbox.address,
        "parentId": None,
        "displayDeviceName": place.display_device,
    }
    if place.kind is PlaceKind.WORKSPACE:
        for name in ("building", "floorNumber", "floorLabel"):
            del shown[name]
        return shown | {"mode": {"@odata.type": "#microsoft.graph.reservablePlaceMode"}}
    return shown | {
        "bookingType": place.booking_type,
        "audioDeviceName": place.audio_device,
        "videoDeviceName": place.video_device,
        "teamsEnabledState": place.teams_enabled_state,
    }


def room_list_json(room_list: RoomList) -> dict[str, Any]:
    """A room list as shown."""
    return {
        "id": room_list.oid,
        "placeId": room_list.oid,
        "displayName": room_list.display_name,
        "emailAddress": room_list.address,
        "address": None,
        "geoCoordinates": None,
        "phone": "",
        "label": None,
        "isWheelChairAccessible": None,
        "tags": [],
        "parentId": None,
    }


def _lister(kind: PlaceKind) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        shown = [
            place_json(mailbox, mailbox.place)
            for mailbox in call.tenant.mailboxes.values()
            if mailbox.place is not None and mailbox.place.kind is kind and not mailbox.is_hidden
        ]
        return _listed(call, _options(call), shown, kind.value)

    return handler


def _members(kind: PlaceKind) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        name = call.params["place"]
        room_list = call.tenant.room_lists.get(name.lower())
        if room_list is None:
            raise _no_place(name)
        members = [call.tenant.find(address) for address in room_list.members]
        shown = [
            place_json(mailbox, mailbox.place)
            for mailbox in members
            if mailbox is not None and mailbox.place is not None and mailbox.place.kind is kind
        ]
        return _listed(call, _options(call), shown, kind.value)

    return handler


def _listed(call: Call, options: Options, shown: list[dict[str, Any]], kind: str) -> Answer:
    if options.filter is not None:
        wanted = options.filter
        known = frozenset(shown[0]) if shown else frozenset[str]()
        if shown:
            check_names(wanted, known, kind=kind)
        shown = [place for place in shown if satisfies(wanted, place.get)]
    if options.order is not None:
        name, descending = options.order
        shown.sort(key=lambda place: str(place.get(name) or "").lower(), reverse=descending)
    chosen = [_chosen(place, options) for place in shown]
    return Answer(200, page_of(call.request, chosen, options, context=f"places/microsoft.graph.{kind}"))


def _options(call: Call) -> Options:
    return read_options(call.request, top=PLACES_TOP_MAX, top_max=PLACES_TOP_MAX)


def _chosen(shown: dict[str, Any], options: Options) -> dict[str, Any]:
    if not options.select:
        return shown
    return {name: value for name, value in shown.items() if name in options.select or name in {"id", "@odata.type"}}


def _no_place(name: str) -> GraphError:
    return GraphError(404, "ErrorItemNotFound", f"The place '{name}' was not found.")
