"""calendarView: what happens in a span, series expanded (FACTS 3.7)."""

from datetime import datetime

from sim365.calendars.render import instance_json
from sim365.calendars.series import Instance, instances
from sim365.errors import GraphError
from sim365.http.odata import Options, page_of, property_tests, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.routes.events import EVENTS_PAGE, check_filter, current, keeps
from sim365.routes.paths import BASES, READ_BASIC, calendar_of, shelf_of, wishes_of
from sim365.routes.spans import read_span
from sim365.state import Calendar, Event
from sim365.weather import Fault


def bind(routes: Routes) -> None:
    """`…/calendarView` under every alias."""
    for base in BASES:
        routes.add("GET", f"{base}/calendarView", Route("calendarView", view, READ_BASIC))


def view(call: Call) -> Answer:
    """Single events, occurrences and exceptions that intersect the window, by start."""
    options = read_options(call.request, top=EVENTS_PAGE)
    wishes = wishes_of(call, options)
    start, end = read_span(options)
    calendar = calendar_of(call)
    found = _between(call, calendar, start, end)
    found = _filtered(call, calendar, found, options)
    found.sort(key=lambda shown: (shown.start, shown.event.serial), reverse=_is_descending(options))
    if Fault.EMPTY_LIST in call.faults:
        found = []
    shown = page_of(call.request, found, options, context=f"users('{call.mailbox.oid}')/calendarView")
    shelf = shelf_of(call, calendar)
    shown["value"] = [instance_json(shelf, instance, wishes) for instance in shown["value"]]
    return Answer(200, shown)


def _between(call: Call, calendar: Calendar, start: datetime, end: datetime) -> list[Instance]:
    if call.mailbox.stale:
        return [
            shown
            for held in calendar.events.values()
            if (event := current(call, held)) is not None
            for shown in _shown_of(event, start, end)
        ]
    found = [Instance(event, event.start, event.end) for event in calendar.singles_between(start, end)]
    for serial in calendar.masters:
        found.extend(instances(calendar.events[serial], start, end))
    return found


def _shown_of(event: Event, start: datetime, end: datetime) -> list[Instance]:
    if event.recurrence is not None:
        return list(instances(event, start, end))
    if event.start < end and (event.end > start or event.start >= start):
        return [Instance(event, event.start, event.end)]
    return []


def _filtered(call: Call, calendar: Calendar, found: list[Instance], options: Options) -> list[Instance]:
    if options.filter is None:
        return found
    if property_tests(options.filter) and not call.world.switches.extension_filter_on_view:
        text = "An internal server error occurred. The operation failed."
        raise GraphError(500, "ErrorInternalServerError", text)
    check_filter(call, options.filter)
    shelf, wanted = shelf_of(call, calendar), options.filter
    return [shown for shown in found if keeps(wanted, shelf, shown.event)]


def _is_descending(options: Options) -> bool:
    return options.order is not None and options.order[0] == "start/dateTime" and options.order[1]
