"""calendarView: what happens in a span, series expanded (FACTS 3.7)."""

from dataclasses import replace
from datetime import datetime

from sim365.calendars.render import Wishes, instance_json
from sim365.calendars.series import Instance, instances
from sim365.errors import GraphError
from sim365.http.odata import page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.routes.choosing import asks_for_extensions, chosen, ordered
from sim365.routes.events import EVENTS_PAGE, current, with_calendar
from sim365.routes.paths import BASES, READ_BASIC, calendar_of, shelf_of, wishes_of
from sim365.routes.spans import read_span
from sim365.state import Calendar, Event
from sim365.weather import Fault

_STAMPS = frozenset({"createdDateTime", "lastModifiedDateTime"})


def bind(routes: Routes) -> None:
    """`…/calendarView` under every alias."""
    for base in BASES:
        routes.add("GET", f"{base}/calendarView", Route("calendarView", view, READ_BASIC))


def view(call: Call) -> Answer:
    """Single events, occurrences and exceptions that intersect the window, by start."""
    options = read_options(call.request, top=EVENTS_PAGE)
    wishes = _stamped(call, wishes_of(call, options))
    start, end = read_span(options)
    calendar = calendar_of(call)
    shelf = shelf_of(call, calendar)
    if asks_for_extensions(options.filter) and not call.world.switches.extension_filter_on_view:
        text = "An internal server error occurred. The operation failed."
        raise GraphError(500, "ErrorInternalServerError", text)
    found = ordered(chosen(call, shelf, _between(call, calendar, start, end), options), options, by_start=True)
    if Fault.EMPTY_LIST in call.faults:
        found = []
    names = f"({','.join(sorted(options.select))})" if options.select else ""
    shown = page_of(call.request, found, options, context=f"users('{call.mailbox.oid}')/calendarView{names}")
    shown["value"] = [
        with_calendar(call, options, calendar, instance_json(shelf, instance, wishes)) for instance in shown["value"]
    ]
    return Answer(200, shown)


def _stamped(call: Call, wishes: Wishes) -> Wishes:
    """The documentation has these two properties come without `$select` only (FACTS 3.2)."""
    if call.world.switches.view_selects_stamps or not wishes.select & _STAMPS:
        return wishes
    return replace(wishes, select=wishes.select - _STAMPS | {"id"})


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
