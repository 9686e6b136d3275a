"""Attendees and places of an event: reading them, showing them."""

import functools
from datetime import datetime
from typing import Any

from sim365.calendars.json_types import Json, as_list, as_member, as_object, as_optional_text, as_text
from sim365.errors import failed_validation
from sim365.state.events import EPOCH_NONE, NOWHERE, Attendee, Party, Place

ATTENDEES_MAX = 500
ATTENDEE_KINDS = ("required", "optional", "resource")
PLACE_KINDS = (
    "default", "conferenceRoom", "homeAddress", "businessAddress", "geoCoordinates", "streetAddress", "hotel",
    "restaurant", "localBusiness", "postalAddress",
)  # fmt: skip
ID_KINDS = ("unknown", "locationStore", "directory", "private", "bing")
_ADDRESS_PARTS = ("street", "city", "state", "countryOrRegion", "postalCode")
_COORDINATES = ("altitude", "latitude", "longitude", "accuracy", "altitudeAccuracy")


def read_attendees(value: object) -> tuple[Attendee, ...]:
    """The attendees of a body; one address counts once, answers are not believed (FACTS 3.3)."""
    entries = as_list(value, "attendees")
    if len(entries) > ATTENDEES_MAX:
        raise failed_validation(f"An event has at most {ATTENDEES_MAX} attendees.")
    found: dict[str, Attendee] = {}
    for entry in entries:
        body = as_object(entry, "attendees")
        who = as_object(body.get("emailAddress"), "emailAddress")
        address = as_text(who.get("address"), "address").strip()
        if "@" not in address:
            raise failed_validation(f"'{address}' is not an e-mail address.")
        kind = as_member(body.get("type") or "required", "type", ATTENDEE_KINDS)
        name = as_optional_text(who.get("name"), "name") or address
        found.setdefault(address.lower(), Attendee(Party(name, address), kind))
    return tuple(found.values())


def read_places(entries: list[Any]) -> tuple[Place, ...]:
    """The locations of a body; empty ones are dropped."""
    return tuple(place for entry in entries if (place := _read_place(as_object(entry, "location"))) != NOWHERE) or (
        (NOWHERE,) if entries else ()
    )


def attendee_json(attendee: Attendee) -> Json:
    """One attendee as shown."""
    return {
        "type": attendee.kind,
        "status": status_json(attendee.response, attendee.time),
        "emailAddress": {"name": attendee.party.name, "address": attendee.party.address},
    }


def status_json(response: str, time: datetime | None) -> Json:
    """A `responseStatus`."""
    return {"response": response, "time": EPOCH_NONE if time is None else stamp(time)}


def stamp(moment: datetime) -> str:
    """An instant with the seven fractional digits of Exchange."""
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond:06d}0Z"


def place_json(place: Place, *, main: bool) -> Json:
    """A location; the main one always shows its address and coordinates, even when empty."""
    if place == NOWHERE:
        return _nowhere()
    shown: Json = {"displayName": place.display_name}
    if place.email:
        shown["locationEmailAddress"] = place.email
    if place.uri:
        shown["locationUri"] = place.uri
    shown["locationType"] = place.kind
    shown["uniqueId"] = place.unique_id or place.display_name
    shown["uniqueIdType"] = place.unique_id_kind or "private"
    if main or place.address:
        shown["address"] = place.address or {}
    if main or place.coordinates:
        shown["coordinates"] = place.coordinates or {}
    return shown


@functools.lru_cache(maxsize=1)
def _nowhere() -> Json:
    return {
        "displayName": "",
        "locationType": "default",
        "uniqueIdType": "unknown",
        "address": {},
        "coordinates": {},
    }


def _read_place(body: Json) -> Place:
    uri = as_optional_text(body.get("locationUri"), "locationUri")
    email = as_optional_text(body.get("locationEmailAddress"), "locationEmailAddress")
    raw_address = as_object(body.get("address") or {}, "address")
    address = {key: as_text(raw_address[key], key) for key in _ADDRESS_PARTS if raw_address.get(key)}
    raw_spot = as_object(body.get("coordinates") or {}, "coordinates")
    spot = {key: float(raw_spot[key]) for key in _COORDINATES if isinstance(raw_spot.get(key), (int, float))}
    return Place(
        display_name=(as_optional_text(body.get("displayName"), "displayName") or "").strip(),
        kind=as_member(body.get("locationType") or "default", "locationType", PLACE_KINDS),
        email=email,
        uri=uri or email,
        unique_id=as_optional_text(body.get("uniqueId"), "uniqueId") or uri or email,
        unique_id_kind="directory" if email or uri else None,
        address=address or None,
        coordinates=spot or None,
    )
