"""`findMeetingTimes` (FACTS 6): reading the request and showing what was found. For people only, never for apps."""

import re
from datetime import datetime, timedelta
from typing import Any

from sim365.availability.meeting_times import Found, Invited, Spot, Suggestion, Wanted, find
from sim365.availability.schedule import moment_json
from sim365.calendars.json_types import as_flag, as_list, as_member, as_number, as_object, as_optional_text, as_text
from sim365.errors import access_denied, failed_validation, invalid_request, unreadable_body
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.preferences import preferred_zone
from sim365.zones import instant, zone

SCOPES = ("Calendars.Read.Shared", "Calendars.ReadWrite.Shared")
LENGTH_DEFAULT = timedelta(minutes=30)
LENGTH_MAX = timedelta(days=1)
CANDIDATES_DEFAULT, CANDIDATES_MAX = 20, 1000
WINDOW_MAX = timedelta(days=62)
ATTENDEES_MAX = 100
LEAST_DEFAULT = 50.0
DOMAINS = ("unknown", "work", "personal", "unrestricted")
KINDS = ("required", "optional", "resource")
_LENGTH = re.compile(
    r"P(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?"
)
_KNOWN = frozenset(
    {"attendees", "locationconstraint", "timeconstraint", "meetingduration", "maxcandidates", "isorganizeroptional",
     "returnsuggestionreasons", "minimumattendeepercentage"}
)  # fmt: skip
Json = dict[str, Any]


def bind(routes: Routes) -> None:
    """`POST /users/{u}/findMeetingTimes`."""
    route = Route("findMeetingTimes", find_meeting_times, (), scopes=SCOPES, reach=Reach.OWNER)
    routes.add("POST", "users/{user}/findMeetingTimes", route)


def find_meeting_times(call: Call) -> Answer:
    """The best times, or the reason for having none."""
    if call.principal.user_oid is None:
        raise access_denied()
    body = _parameters(call)
    found = find(call.tenant, _wanted(call, body))
    gives_reasons = _flag(body, "returnSuggestionReasons")
    zone_name = preferred_zone(call)
    context = f"{call.request.origin}/v1.0/$metadata#microsoft.graph.meetingTimeSuggestionsResult"
    return Answer(200, {"@odata.context": context, **_found_json(found, zone_name, gives_reasons=gives_reasons)})


def _parameters(call: Call) -> Json:
    """By name in small letters; a request without a body asks for nothing in particular."""
    if not call.request.body.strip():
        return {}
    body = call.request.json_object()
    for name in body:
        if name.lower() not in _KNOWN and not name.startswith("@"):
            raise unreadable_body(f"The parameter '{name}' in the request payload is not a valid parameter.")
    return {name.lower(): value for name, value in body.items() if value is not None}


def _wanted(call: Call, body: Json) -> Wanted:
    place = as_object(body.get("locationconstraint", {}), "locationConstraint")
    times = as_object(body.get("timeconstraint", {}), "timeConstraint")
    domain = as_member(times.get("activityDomain") or "work", "activityDomain", DOMAINS)
    return Wanted(
        organizer=call.mailbox,
        invited=_invited(body),
        slots=_slots(call, times),
        length=_length(body.get("meetingduration")),
        domain="work" if domain == "unknown" else domain,
        candidates=_candidates(body),
        is_organizer_optional=_flag(body, "isOrganizerOptional"),
        least=_least(body.get("minimumattendeepercentage", LEAST_DEFAULT)),
        spots=_spots(place),
        needs_place=as_flag(place.get("isRequired") or False, "isRequired"),
        suggests_place=as_flag(place.get("suggestLocation") or False, "suggestLocation"),
    )


def _invited(body: Json) -> tuple[Invited, ...]:
    entries = as_list(body.get("attendees", []), "attendees")
    if len(entries) > ATTENDEES_MAX:
        raise invalid_request(f"At most {ATTENDEES_MAX} attendees can be looked up.")
    found: list[Invited] = []
    for entry in entries:
        attendee = as_object(entry, "attendees")
        who = as_object(attendee.get("emailAddress"), "emailAddress")
        kind = as_member(attendee.get("type") or "required", "type", KINDS)
        name = as_optional_text(who.get("name"), "name")
        found.append(Invited(as_text(who.get("address"), "address").strip(), name, kind))
    return tuple(found)


def _slots(call: Call, times: Json) -> tuple[tuple[datetime, datetime], ...]:
    """Of each slot what lies ahead is not cut off: the past is searched too, if that was asked."""
    entries = as_list(times.get("timeSlots") or times.get("timeslots") or [], "timeSlots")
    if not entries:
        now = call.world.now()
        return ((now, now + timedelta(days=_days_ahead(call))),)
    found: list[tuple[datetime, datetime]] = []
    for entry in entries:
        slot = as_object(entry, "timeSlots")
        start, end = _moment(slot.get("start"), "start"), _moment(slot.get("end"), "end")
        if not timedelta(0) < end - start <= WINDOW_MAX:
            text = f"Each time slot needs an end after its start, at most {WINDOW_MAX.days} days later."
            raise invalid_request(text)
        found.append((start, end))
    return tuple(sorted(found))


def _days_ahead(call: Call) -> int:
    return min(max(call.world.switches.meeting_times_days, 1), WINDOW_MAX.days)


def _moment(value: object, name: str) -> datetime:
    body = as_object(value, name)
    zone_name = as_text(body.get("timeZone") or "UTC", "timeZone")
    zone(zone_name)
    return instant(as_text(body.get("dateTime"), "dateTime"), zone_name)


def _length(value: object) -> timedelta:
    if value is None:
        return LENGTH_DEFAULT
    text = as_text(value, "meetingDuration")
    match = _LENGTH.fullmatch(text)
    parts = {} if match is None else {name: int(part) for name, part in match.groupdict().items() if part}
    if not parts:
        raise unreadable_body(f"Cannot convert '{text}' of 'meetingDuration' to the expected type 'Edm.Duration'.")
    length = timedelta(**parts)
    if not timedelta(0) < length <= LENGTH_MAX:
        text = "A meetingDuration must be longer than nothing and at most a day."
        raise failed_validation(text)
    return length


def _candidates(body: Json) -> int:
    return as_number(body.get("maxcandidates", CANDIDATES_DEFAULT), "maxCandidates", low=1, high=CANDIDATES_MAX)


def _least(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        text = "Cannot convert the value of 'minimumAttendeePercentage': it must be a number from 0 to 100."
        raise unreadable_body(text)
    return float(value)


def _spots(place: Json) -> tuple[Spot, ...]:
    found: list[Spot] = []
    for entry in as_list(place.get("locations") or [], "locations"):
        body = as_object(entry, "locations")
        address = as_optional_text(body.get("locationEmailAddress"), "locationEmailAddress") or ""
        name = as_optional_text(body.get("displayName"), "displayName") or address
        resolves = as_flag(body.get("resolveAvailability") or False, "resolveAvailability")
        found.append(Spot(name, address, must_be_free=resolves))
    return tuple(found)


def _flag(body: Json, name: str) -> bool:
    return as_flag(body.get(name.lower(), False), name)


def _found_json(found: Found, zone_name: str, *, gives_reasons: bool) -> Json:
    shown = [
        _suggestion_json(each, order, zone_name, gives_reasons=gives_reasons)
        for order, each in enumerate(found.suggestions, start=1)
    ]
    return {"emptySuggestionsReason": found.empty_reason, "meetingTimeSuggestions": shown}


def _suggestion_json(each: Suggestion, order: int, zone_name: str, *, gives_reasons: bool) -> Json:
    reason = {"suggestionReason": each.reason} if gives_reasons else {}
    return {
        "confidence": each.confidence,
        "order": order,
        "organizerAvailability": each.organizer,
        **reason,
        "meetingTimeSlot": {"start": moment_json(each.start, zone_name), "end": moment_json(each.end, zone_name)},
        "attendeeAvailability": [_attendee_json(invited, status) for invited, status in each.attendees],
        "locations": [_spot_json(spot) for spot in each.spots],
    }


def _attendee_json(invited: Invited, status: str) -> Json:
    who: Json = (
        {"address": invited.address}
        if invited.name is None
        else {
            "name": invited.name,
            "address": invited.address,
        }
    )
    return {"availability": status, "attendee": {"type": invited.kind, "emailAddress": who}}


def _spot_json(spot: Spot) -> Json:
    return {"displayName": spot.name, **({"locationEmailAddress": spot.address} if spot.address else {})}
