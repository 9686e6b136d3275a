"""Actions on one event: cancel, accept, tentativelyAccept, decline, permanentDelete, instances (FACTS 3.3, 3.7)."""

from collections.abc import Callable
from typing import Any

from sim365.calendars.json_types import as_flag, as_optional_text
from sim365.calendars.render import instance_json
from sim365.calendars.series import instances
from sim365.errors import bad_request, invalid_request
from sim365.http.odata import page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import Hand, answer, remove, remove_occurrence
from sim365.meetings.answers import Answer as Response
from sim365.routes.events import EVENTS_PAGE, delete_event, readable
from sim365.routes.paths import BASES, READ_BASIC, WRITE, event_of, shelf_of, wishes_of
from sim365.routes.spans import read_span


def bind(routes: Routes) -> None:
    """`…/events/{id}/<action>` under every alias."""
    answers: dict[str, Response] = {
        "accept": "accepted",
        "tentativelyAccept": "tentativelyAccepted",
        "decline": "declined",
    }
    for base in BASES:
        event = f"{base}/events/{{event}}"
        for name, response in answers.items():
            routes.add("POST", f"{event}/{name}", Route(f"event {name}", _answering(response), WRITE))
        routes.add("POST", f"{event}/cancel", Route("event cancel", cancel_event, WRITE))
        routes.add("POST", f"{event}/permanentDelete", Route("event permanentDelete", delete_event, WRITE))
        routes.add("GET", f"{event}/instances", Route("event instances", list_instances, READ_BASIC))


def cancel_event(call: Call) -> Answer:
    """Cancel a meeting: only its organiser can."""
    calendar, event, day = event_of(call)
    body = _parameters(call)
    if event.organizer is not None:
        text = "Your request can't be completed. You need to be an organizer to cancel a meeting."
        raise invalid_request(text)
    hand = Hand(call.world, call.mailbox, f"app:{call.principal.app_id}")
    comment = as_optional_text(body.get("comment"), "comment") or ""
    if day is None:
        remove(hand, calendar, event, comment=comment)
    else:
        remove_occurrence(hand, calendar, event, day=day, comment=comment)
    return Answer(202)


def list_instances(call: Call) -> Answer:
    """The occurrences and exceptions of a series in a span."""
    options = read_options(call.request, top=EVENTS_PAGE)
    wishes = wishes_of(call, options)
    start, end = read_span(options)
    calendar, event, _ = event_of(call)
    if event.recurrence is None:
        text = "Your request can't be completed. The event is not a recurring master."
        raise invalid_request(text)
    found = list(instances(readable(call, event), start, end))
    shown = page_of(call.request, found, options, context=f"users('{call.mailbox.oid}')/events")
    shelf = shelf_of(call, calendar)
    shown["value"] = [instance_json(shelf, instance, wishes) for instance in shown["value"]]
    return Answer(200, shown)


def _answering(response: Response) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        calendar, event, day = event_of(call)
        body = _parameters(call)
        tells = True if body.get("sendresponse") is None else as_flag(body["sendresponse"], "sendResponse")
        if body.get("proposednewtime") is not None:
            _check_proposal(response, tells=tells, allowed=event.allow_new_time)
        answer(
            Hand(call.world, call.mailbox, f"app:{call.principal.app_id}"),
            calendar,
            event,
            response=response,
            comment=as_optional_text(body.get("comment"), "comment") or "",
            tells=tells,
            day=day,
        )
        return Answer(202)

    return handler


def _check_proposal(response: Response, *, tells: bool, allowed: bool) -> None:
    if response == "accepted":
        text = "The parameter 'proposedNewTime' is not valid for this action."
        raise bad_request(text)
    if not tells or not allowed:
        text = "Your request can't be completed. A new time can only be proposed with a response, where it is allowed."
        raise invalid_request(text)


def _parameters(call: Call) -> dict[str, Any]:
    """Action parameters, by lower-case name: either case is accepted (FACTS 0)."""
    if not call.request.body.strip():
        return {}
    return {name.lower(): value for name, value in call.request.json_object().items()}
