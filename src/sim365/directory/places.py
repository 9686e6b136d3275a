"""Places as Graph shows them: rooms, workspaces, room lists, buildings, floors, sections and desks (FACTS 2.1).

Of each kind, the properties of its published type and no others. The `id` of a mailbox's place may change with the
mailbox's configuration; `placeId` never does.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sim365 import ids
from sim365.state import Address, DeskMode, Mailbox, Mode, Place, PlaceKind, RoomList, Space, SpaceKind, Tenant

Json = dict[str, Any]

COMMON = frozenset(
    {"id", "placeId", "displayName", "address", "geoCoordinates", "phone", "label", "isWheelChairAccessible", "tags",
     "parentId"}
)  # fmt: skip
PROPERTIES = {
    "room": COMMON
    | {"emailAddress", "nickname", "capacity", "building", "floorNumber", "floorLabel", "audioDeviceName",
       "videoDeviceName", "displayDeviceName", "bookingType", "teamsEnabledState"},
    "workspace": COMMON | {"emailAddress", "nickname", "capacity", "displayDeviceName", "mode"},
    "roomList": COMMON | {"emailAddress"},
    "building": COMMON | {"resourceLinks", "wifiState"},
    "floor": COMMON | {"sortOrder"},
    "section": COMMON,
    "desk": COMMON | {"displayDeviceName", "heightAdjustableState", "mailboxDetails", "mode", "servicePlans"},
}  # fmt: skip
"""By kind, as the schema has them."""


def is_listed(mailbox: Mailbox, now: datetime) -> bool:
    """Whether a room or workspace shows in places yet: new ones take a day or two (FACTS 2.1)."""
    return not mailbox.is_hidden and (mailbox.listed_from is None or now >= mailbox.listed_from)


def mailbox_places(tenant: Tenant, kind: PlaceKind, now: datetime) -> Iterator[tuple[Mailbox, Place]]:
    """The rooms or workspaces that show."""
    for mailbox in tenant.mailboxes.values():
        if mailbox.place is not None and mailbox.place.kind is kind and is_listed(mailbox, now):
            yield mailbox, mailbox.place


def id_of(mailbox: Mailbox, place: Place) -> str:
    """The id that is not immutable: another one after each change of the mailbox's configuration."""
    return ids.guid("place", mailbox.place_id, place.generation) if place.generation else mailbox.place_id


def place_json(mailbox: Mailbox, place: Place) -> Json:
    """A room or workspace."""
    shown: Json = {
        "id": id_of(mailbox, place),
        "placeId": mailbox.place_id,
        "displayName": mailbox.display_name,
        "address": _address_json(Address(place.street, place.city, place.state, place.country, place.postal_code)),
        "geoCoordinates": _spot_json(place.latitude, place.longitude),
        "phone": place.phone,
        "nickname": place.nickname or mailbox.display_name,
        "label": place.label,
        "capacity": place.capacity,
        "isWheelChairAccessible": place.is_wheelchair_accessible,
        "tags": list(place.tags),
        "emailAddress": mailbox.address,
        "parentId": place.parent_id,
        "displayDeviceName": place.display_device,
    }
    if place.kind is PlaceKind.WORKSPACE:
        return shown | {"mode": mode_json(place.mode)}
    return shown | {
        "building": place.building,
        "floorNumber": place.floor_number,
        "floorLabel": place.floor_label,
        "bookingType": place.booking_type,
        "audioDeviceName": place.audio_device,
        "videoDeviceName": place.video_device,
        "teamsEnabledState": place.teams_enabled_state,
    }


def room_list_json(room_list: RoomList) -> Json:
    """A room list; it can have an address and a telephone of its own."""
    place = room_list.place
    has_address = any((place.street, place.city, place.state, place.country, place.postal_code))
    address = Address(place.street, place.city, place.state, place.country, place.postal_code)
    return {
        "id": room_list.oid,
        "placeId": room_list.oid,
        "displayName": room_list.display_name,
        "emailAddress": room_list.address,
        "address": _address_json(address) if has_address else None,
        "geoCoordinates": _spot_json(place.latitude, place.longitude),
        "phone": place.phone,
        "label": place.label,
        "isWheelChairAccessible": place.is_wheelchair_accessible,
        "tags": list(place.tags),
        "parentId": None,
    }


def space_json(tenant: Tenant, space: Space) -> Json:
    """A building, floor, section or desk."""
    shown: Json = {
        "id": space.id,
        "placeId": space.id,
        "displayName": space.display_name,
        "address": None if space.address is None else _address_json(space.address),
        "geoCoordinates": _spot_json(space.latitude, space.longitude),
        "phone": space.phone,
        "label": space.label,
        "isWheelChairAccessible": space.is_wheelchair_accessible,
        "tags": list(space.tags),
        "parentId": space.parent_id,
    }
    match space.kind:
        case SpaceKind.BUILDING:
            links = [{"name": name, "value": value, "linkType": "url"} for name, value in space.links]
            return shown | {"wifiState": space.wifi_state, "resourceLinks": links}
        case SpaceKind.FLOOR:
            return shown | {"sortOrder": space.sort_order}
        case SpaceKind.SECTION:
            return shown
        case SpaceKind.DESK:
            return shown | {
                "displayDeviceName": space.display_device,
                "heightAdjustableState": space.height_adjustable,
                "mailboxDetails": _mailbox_details(tenant, space),
                "mode": mode_json(space.mode),
                "servicePlans": [],
            }


def mode_json(mode: Mode) -> Json:
    """A `placeMode` of the kind that it is."""
    shown: Json = {"@odata.type": f"#microsoft.graph.{mode.kind.value}PlaceMode"}
    match mode.kind:
        case DeskMode.ASSIGNED:
            return shown | {"assignedUserId": mode.user_id, "assignedUserEmailAddress": mode.user_address}
        case DeskMode.UNAVAILABLE:
            return shown | {"reason": mode.reason}
        case DeskMode.RESERVABLE | DeskMode.DROP_IN:
            return shown


def _mailbox_details(tenant: Tenant, desk: Space) -> Json | None:
    mailbox = tenant.mailboxes.get(desk.mailbox)
    if mailbox is None:
        return None
    return {"emailAddress": mailbox.address, "externalDirectoryObjectId": mailbox.oid}


def _address_json(address: Address) -> Json:
    return {
        "street": address.street,
        "city": address.city,
        "state": address.state,
        "countryOrRegion": address.country,
        "postalCode": address.postal_code,
    }


def _spot_json(latitude: float | None, longitude: float | None) -> Json | None:
    if latitude is None:
        return None
    spot = {"latitude": latitude, "longitude": longitude}
    return {**spot, "accuracy": None, "altitude": None, "altitudeAccuracy": None}
