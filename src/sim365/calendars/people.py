"""Attendees and places of an event: reading them, showing them."""

import functools
from datetime import datetime, tzinfo
from typing import Any, Protocol

from sim365.calendars.json_types import (
    Json,
    as_list,
    as_member,
    as_object,
    as_optional_text,
    as_text,
    check_members,
)
from sim365.errors import failed_validation, unreadable_body
from sim365.state.events import EPOCH_NONE, NOWHERE, Attendee, Party, Place

ATTENDEE_KINDS = ("required", "optional", "resource")
PLACE_KINDS = (
    "default", "conferenceRoom", "homeAddress", "businessAddress", "geoCoordinates", "streetAddress", "hotel",
    "restaurant", "localBusiness", "postalAddress",
)  # fmt: skip
ID_KINDS = ("unknown", "locationStore", "directory", "private", "bing")
_ADDRESS_PARTS = ("street", "city", "state", "countryOrRegion", "postalCode")
_ATTENDEE_NAMES = frozenset({"type", "status", "emailAddress", "proposedNewTime"})
_PLACE_NAMES = frozenset(
    {"displayName", "locationEmailAddress", "locationUri", "locationType", "uniqueId", "uniqueIdType", "address",
     "coordinates"}
)  # fmt: skip
_COORDINATES = ("altitude", "latitude", "longitude", "accuracy", "altitudeAccuracy")


def read_attendees(value: object, *, most: int) -> tuple[Attendee, ...]:
    """The attendees of a body; one address counts once, answers are not believed (FACTS 3.3)."""
    entries = as_list(value, "attendees")
    if len(entries) > most:
        raise failed_validation(f"An event has at most {most} attendees.")
    found: dict[str, Attendee] = {}
    for entry in entries:
        body = as_object(entry, "attendees")
        check_members(body, _ATTENDEE_NAMES, "attendee")
        kind = as_member(body.get("type") or "required", "type", ATTENDEE_KINDS)
        party = read_party(body)
        found.setdefault(party.address.lower(), Attendee(party, kind))
    return tuple(found.values())


def read_party(body: Json) -> Party:
    """Whom a recipient names; without a name the address stands in its place."""
    who = as_object(body.get("emailAddress"), "emailAddress")
    check_members(who, {"name", "address"}, "emailAddress")
    address = as_text(who.get("address"), "address").strip()
    if "@" not in address:
        raise failed_validation(f"'{address}' is not an e-mail address.")
    return Party(as_optional_text(who.get("name"), "name") or address, address)


def joined(places: tuple[Place, ...]) -> Place:
    """Several places as one whose name lists them; a single one is itself."""
    return places[0] if len(places) == 1 else Place("; ".join(place.display_name for place in places))


def read_places(entries: list[Any]) -> tuple[Place, ...]:
    """The locations of a body; empty ones are dropped."""
    return tuple(place for entry in entries if (place := _read_place(as_object(entry, "location"))) != NOWHERE) or (
        (NOWHERE,) if entries else ()
    )


def attendee_json(attendee: Attendee, zone: "ReadersZone") -> Json:
    """One attendee as shown; another time that was asked for stands in the reader's zone."""
    shown: Json = {"type": attendee.kind, "status": status_json(attendee.response, attendee.time)}
    if attendee.proposed is not None:
        start, end = attendee.proposed
        shown["proposedNewTime"] = {"start": _moment(start, zone), "end": _moment(end, zone)}
    shown["emailAddress"] = {"name": attendee.party.name, "address": attendee.party.address}
    return shown


class ReadersZone(Protocol):
    """The zone in which times are shown."""

    @property
    def zone_name(self) -> str:
        """Its name as the reader wrote it."""
        ...

    @property
    def where(self) -> tzinfo:
        """The zone itself."""
        ...


def _moment(moment: datetime, zone: ReadersZone) -> Json:
    return {"dateTime": stamp(moment.astimezone(zone.where))[:-1], "timeZone": zone.zone_name}


def status_json(response: str, time: datetime | None) -> Json:
    """A `responseStatus`."""
    return {"response": response, "time": EPOCH_NONE if time is None else stamp(time)}


_TO_MICROSECONDS = len("2026-03-02T07:00:00.000000")


def stamp(moment: datetime) -> str:
    """An instant with the seven fractional digits of Exchange."""
    return f"{moment.isoformat(timespec='microseconds')[:_TO_MICROSECONDS]}0Z"


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
    check_members(body, _PLACE_NAMES, "location")
    uri = as_optional_text(body.get("locationUri"), "locationUri")
    email = as_optional_text(body.get("locationEmailAddress"), "locationEmailAddress")
    if body.get("uniqueIdType") is not None:
        as_member(body["uniqueIdType"], "uniqueIdType", ID_KINDS)
    return Place(
        display_name=(as_optional_text(body.get("displayName"), "displayName") or "").strip(),
        kind=as_member(body.get("locationType") or "default", "locationType", PLACE_KINDS),
        email=email,
        uri=uri or email,
        unique_id=as_optional_text(body.get("uniqueId"), "uniqueId") or uri or email,
        unique_id_kind="directory" if email or uri else None,
        address=_read_address(body) or None,
        coordinates=_read_coordinates(body) or None,
    )


def _read_address(body: Json) -> dict[str, str]:
    raw = as_object(body.get("address") or {}, "address")
    check_members(raw, _ADDRESS_PARTS, "physicalAddress")
    return {key: as_text(raw[key], key) for key in _ADDRESS_PARTS if raw.get(key)}


def _read_coordinates(body: Json) -> dict[str, float]:
    raw = as_object(body.get("coordinates") or {}, "coordinates")
    check_members(raw, _COORDINATES, "outlookGeoCoordinates")
    return {key: _number(raw[key], key) for key in _COORDINATES if raw.get(key) is not None}


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        message = f"Cannot convert the value of property '{name}' to the expected type 'Edm.Double'."
        raise unreadable_body(message)
    return float(value)
