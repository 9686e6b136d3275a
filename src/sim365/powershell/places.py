"""Get- and Set-Place: what `/places` will say of a room or workspace (FACTS 2.1)."""

from collections.abc import Callable
from typing import Any

from sim365.powershell.binding import Bound, Parameter, Takes
from sim365.powershell.cmdlets import IDENTITY, RESULT_SIZE, Call, Cmdlet, flag, number, texts
from sim365.powershell.errors import PowerShellError, not_found, wrong_value
from sim365.powershell.records import Record
from sim365.state import Mailbox, Place, PlaceKind

CAPACITY_MAX = 100_000

_TEXTS = {
    "AudioDeviceName": "audio_device",
    "VideoDeviceName": "video_device",
    "DisplayDeviceName": "display_device",
    "Building": "building",
    "FloorLabel": "floor_label",
    "Label": "label",
    "Street": "street",
    "City": "city",
    "State": "state",
    "CountryOrRegion": "country",
    "PostalCode": "postal_code",
}
"""`Set-Place`'s texts and our names; an empty one or $null clears."""


def cmdlets() -> tuple[Cmdlet, ...]:
    """The two of them."""
    kinds = Parameter("Type", choices=("Room", "Space", "RoomList"))
    return (
        Cmdlet("Get-Place", get_place, (Parameter("Identity", position=1), kinds, RESULT_SIZE), changes=False),
        Cmdlet(
            "Set-Place",
            set_place,
            (
                IDENTITY,
                *(Parameter(name) for name in _TEXTS),
                Parameter("Phone"),
                Parameter("GeoCoordinates"),
                number("Capacity", 0, CAPACITY_MAX),
                Parameter("Floor", Takes.NUMBER, low=-1000, high=1000),
                flag("IsWheelChairAccessible"),
                flag("MTREnabled"),
                texts("Tags"),
            ),
        ),
    )


def get_place(call: Call) -> list[Record]:
    """One place, or all rooms and workspaces."""
    office = call.office
    if "Identity" in call.bound or call.piped is not None:
        mailbox = office.mailbox(call.identity)
        return [_record(mailbox, _place(mailbox, call))]
    wanted = {"Room": PlaceKind.ROOM, "Space": PlaceKind.WORKSPACE}.get(call.bound.text("Type"))
    if call.bound.text("Type") == "RoomList":
        lists = office.tenant.room_lists.values()
        return [
            Record("Place", one.address, {"Identity": one.address, "DisplayName": one.display_name}) for one in lists
        ]
    return [
        _record(mailbox, mailbox.place)
        for mailbox in office.tenant.mailboxes.values()
        if mailbox.place is not None and wanted in {None, mailbox.place.kind}
    ]


def set_place(call: Call) -> list[Record]:
    """Change what is said of a room."""
    mailbox = call.office.mailbox(call.identity)
    place, bound = _place(mailbox, call), call.bound
    for name, attribute in _TEXTS.items():
        if name in bound:
            setattr(place, attribute, bound.text(name) or None)
    for name, write in _OTHERS.items():
        if name in bound:
            write(place, bound)
    return []


def _set_coordinates(place: Place, bound: Bound) -> None:
    """`latitude;longitude` with an optional altitude, as Set-Place takes it."""
    text = bound.text("GeoCoordinates")
    if not text:
        place.latitude = place.longitude = None
        return
    try:
        latitude, longitude = (float(part) for part in text.split(";")[:2])
    except ValueError:
        raise wrong_value("GeoCoordinates", "Write latitude;longitude, such as 42.69;23.32.") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise wrong_value("GeoCoordinates", "A latitude lies within 90 degrees, a longitude within 180.")
    place.latitude, place.longitude = latitude, longitude


def _set_capacity(place: Place, bound: Bound) -> None:
    place.capacity = bound.get("Capacity")


def _set_floor(place: Place, bound: Bound) -> None:
    place.floor_number = bound.get("Floor")


def _set_phone(place: Place, bound: Bound) -> None:
    place.phone = bound.text("Phone")


def _set_wheelchair(place: Place, bound: Bound) -> None:
    place.is_wheelchair_accessible = bound.get("IsWheelChairAccessible")


def _set_teams(place: Place, bound: Bound) -> None:
    place.teams_enabled_state = "enabled" if bound.get("MTREnabled") else "disabled"


def _set_tags(place: Place, bound: Bound) -> None:
    place.tags = bound.texts("Tags", place.tags)


_OTHERS: dict[str, Callable[[Place, Bound], None]] = {
    "Capacity": _set_capacity,
    "Floor": _set_floor,
    "Phone": _set_phone,
    "IsWheelChairAccessible": _set_wheelchair,
    "MTREnabled": _set_teams,
    "GeoCoordinates": _set_coordinates,
    "Tags": _set_tags,
}


def _place(mailbox: Mailbox, call: Call) -> Place:
    if mailbox.place is None:
        if mailbox.processing is None:
            raise not_found(call.identity, call.office.server)
        message = f"'{mailbox.display_name}' is an equipment mailbox; equipment is no place."
        raise PowerShellError(message, category="InvalidArgument")
    return mailbox.place


def _record(mailbox: Mailbox, place: Place) -> Record:
    properties: dict[str, Any] = {
        "Identity": mailbox.address,
        "DisplayName": mailbox.display_name,
        "Type": "Space" if place.kind is PlaceKind.WORKSPACE else "Room",
        "Capacity": place.capacity,
        "Floor": place.floor_number,
        "Phone": place.phone or None,
        "IsWheelChairAccessible": place.is_wheelchair_accessible,
        "MTREnabled": place.teams_enabled_state == "enabled",
        "Tags": place.tags,
        "GeoCoordinates": None if place.latitude is None else f"{place.latitude};{place.longitude}",
    }
    properties |= {name: getattr(place, attribute) for name, attribute in _TEXTS.items()}
    return Record("Place", mailbox.address, properties)
