"""`getSchedule` (FACTS 6): reading the request, with the limits that Exchange sets, and answering."""

from datetime import datetime, timedelta
from typing import Any

from sim365.availability.schedule import Question, schedule_of
from sim365.calendars.json_types import as_list, as_object, as_text
from sim365.errors import GraphError, unreadable_body
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.paths import BASES, READ_BASIC
from sim365.routes.preferences import preferred_zone
from sim365.zones import instant, zone

SCOPES = ("Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite")
"""The documented delegated permissions: on anybody's path, and those for shared calendars are not among them
(FACTS 1.9)."""
SCHEDULES_MAX = 100
"""Documented are 20; 100 is what is enforced."""
INTERVAL_MINUTES = (5, 1440)
INTERVAL_DEFAULT = 30
WINDOW_DAYS_DOCUMENTED, WINDOW_DAYS_CLASSIC = 42, 62


def bind(routes: Routes) -> None:
    """`…/calendar/getSchedule` under every alias of a calendar; whose it is makes no difference to the answer."""
    for base in BASES[1:]:
        route = Route("getSchedule", get_schedule, READ_BASIC, scopes=SCOPES, reach=Reach.ANYONE)
        routes.add("POST", f"{base}/getSchedule", route)


def get_schedule(call: Call) -> Answer:
    """Free/busy of up to a hundred addresses."""
    body = {name.lower(): value for name, value in call.request.json_object().items()}
    addresses = _addresses(body)
    start, end = _moment(body, "startTime"), _moment(body, "endTime")
    interval = _interval(body, end - start)
    _check_window(call, start, end)
    question = Question(
        addresses, start, end, interval, preferred_zone(call), call.principal.user_oid,
        tells_group_entries=call.world.switches.group_entries_told,
    )  # fmt: skip
    context = f"{call.request.origin}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"
    found = [schedule_of(call.tenant, address, question) for address in addresses]
    return Answer(200, {"@odata.context": context, "value": found})


def _addresses(body: dict[str, Any]) -> tuple[str, ...]:
    found = tuple(as_text(each, "schedules").strip() for each in as_list(body.get("schedules"), "schedules"))
    if not found:
        text = "The collection 'schedules' must name at least one address."
        raise GraphError(400, "ErrorInvalidRequest", text)
    if len(found) > SCHEDULES_MAX:
        text = (
            f"There are too many target users in the EmailAddress array. The allowed size = {SCHEDULES_MAX}; "
            f"the actual size = {len(found)}."
        )
        raise GraphError(400, "ErrorMailboxDataArrayTooBig", text)
    return found


def _moment(body: dict[str, Any], name: str) -> datetime:
    value = as_object(body.get(name.lower()), name)
    zone_name = as_text(value.get("timeZone") or "UTC", "timeZone")
    zone(zone_name)
    return instant(as_text(value.get("dateTime"), "dateTime"), zone_name)


def _interval(body: dict[str, Any], window: timedelta) -> timedelta:
    name = "availabilityviewinterval"
    value = body.get(name, INTERVAL_DEFAULT)
    if value is None:
        # An explicit null fails inside Exchange; only leaving it out gives the default.
        raise GraphError(500, "ErrorInternalServerError", "An internal server error occurred. The operation failed.")
    minutes = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(minutes, bool) or not isinstance(minutes, int):
        text = "Cannot convert the value of 'availabilityViewInterval' to the expected type 'Edm.Int32'."
        raise unreadable_body(text)
    low, high = INTERVAL_MINUTES
    if not low <= minutes <= high or timedelta(0) < window < timedelta(minutes=minutes):
        text = (
            "The specified merged free/busy interval is not valid. Specify an interval that is less than the "
            f"free/busy time window and between {low} and {high} minutes."
        )
        raise GraphError(400, "ErrorInvalidMergedFreeBusyInterval", text)
    return timedelta(minutes=minutes)


def _check_window(call: Call, start: datetime, end: datetime) -> None:
    days = WINDOW_DAYS_CLASSIC if call.world.switches.schedule_window_classic else WINDOW_DAYS_DOCUMENTED
    if not timedelta(0) < end - start <= timedelta(days=days):
        text = "The time duration specified for FreeBusyViewOptions.TimeWindow is invalid."
        raise GraphError(400, "ErrorInvalidTimeInterval", text)
