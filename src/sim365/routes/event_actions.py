"""Actions on one event: answering, cancelling, forwarding, reminders, permanent deletion, instances, its calendar.

FACTS 3.3 and 3.7. Names of parameters are taken in either case, at every depth, and a Boolean as text, too, because
Microsoft's own examples write them so.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sim365.calendars.json_types import Json, as_flag, as_list, as_object, as_optional_text
from sim365.calendars.people import read_party
from sim365.calendars.render import instance_json
from sim365.calendars.series import exception_of, instance_of, instances
from sim365.calendars.times import read_moment
from sim365.errors import GraphError, bad_request, failed_validation, invalid_request, unreadable_body
from sim365.http.odata import page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import answer, change, change_occurrence, remove, remove_occurrence
from sim365.meetings.answers import Answer as Response
from sim365.meetings.answers import Proposal
from sim365.meetings.forwarding import forward
from sim365.routes.calendars import calendar_json
from sim365.routes.choosing import chosen, ordered
from sim365.routes.events import EVENTS_PAGE, delete_event, hand_of, readable
from sim365.routes.paths import BASES, READ, READ_BASIC, WRITE, event_of, shelf_of, wishes_of
from sim365.routes.spans import read_span
from sim365.state import Event

_VERBS: dict[Response, str] = {"accepted": "Accept", "tentativelyAccepted": "Tentative", "declined": "Decline"}


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
        routes.add("POST", f"{event}/forward", Route("event forward", forward_event, READ))
        routes.add("POST", f"{event}/snoozeReminder", Route("event snoozeReminder", snooze_reminder, WRITE))
        routes.add("POST", f"{event}/dismissReminder", Route("event dismissReminder", dismiss_reminder, WRITE))
        routes.add("POST", f"{event}/permanentDelete", Route("event permanentDelete", purge_event, WRITE))
        routes.add("GET", f"{event}/instances", Route("event instances", list_instances, READ_BASIC))
        routes.add("GET", f"{event}/calendar", Route("event calendar", get_calendar, READ_BASIC))


def cancel_event(call: Call) -> Answer:
    """Cancel a meeting: only its organiser can."""
    calendar, event, day = event_of(call)
    body = _parameters(call)
    if event.organizer is not None:
        text = "Your request can't be completed. You need to be an organizer to cancel a meeting."
        raise _wrong_side(call, "ErrorCalendarIsNotOrganizer", text)
    comment = as_optional_text(body.get("comment"), "comment") or ""
    if day is None:
        remove(hand_of(call), calendar, event, comment=comment)
    else:
        remove_occurrence(hand_of(call), calendar, event, day=day, comment=comment)
    return Answer(202)


def forward_event(call: Call) -> Answer:
    """Send the invitation to others."""
    calendar, event, day = event_of(call)
    body = _parameters(call)
    entries = as_list(body.get("torecipients") or [], "toRecipients")
    if not entries:
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    recipients = [read_party(_as_written(as_object(entry, "toRecipients"))) for entry in entries]
    comment = as_optional_text(body.get("comment"), "comment") or ""
    forward(hand_of(call), calendar, event, recipients, comment=comment, day=day)
    return Answer(202)


def snooze_reminder(call: Call) -> Answer:
    """Put the reminder off until another time."""
    body = _parameters(call)
    if body.get("newremindertime") is None:
        raise unreadable_body("The parameter 'NewReminderTime' is required.")
    moment, _ = read_moment(_as_time(body["newremindertime"]), "newReminderTime", call.world.switches)
    return _remind(call, {"reminder_at": moment.astimezone(UTC), "is_reminder_on": True})


def dismiss_reminder(call: Call) -> Answer:
    """Turn the reminder off; of a series only as far as it has come."""
    _, event, day = event_of(call)
    if event.recurrence is None:
        return _remind(call, {"reminder_at": None, "is_reminder_on": False})
    found = None if day is None else instance_of(event, day)
    done = call.world.now() if found is None else found.start
    return _remind(call, {"reminder_at": None, "reminders_done": done})


def purge_event(call: Call) -> Answer:
    """Delete, and leave nothing in Deleted Items."""
    _, event, day = event_of(call)
    gone = delete_event(call)
    if day is None:
        call.mailbox.deleted.pop(event.serial, None)
    return gone


def list_instances(call: Call) -> Answer:
    """The occurrences and exceptions of a series in a span."""
    options = read_options(call.request, top=EVENTS_PAGE)
    wishes = wishes_of(call, options)
    start, end = read_span(options)
    calendar, event, day = event_of(call)
    if event.recurrence is None or day is not None:
        text = "Your request can't be completed. The event is not a recurring master."
        raise invalid_request(text)
    shelf = shelf_of(call, calendar)
    found = list(instances(readable(call, event), start, end))
    found = ordered(chosen(call, shelf, found, options), options, by_start=True)
    master = shelf.id_of(event.serial, wishes)
    names = f"({','.join(sorted(options.select))})" if options.select else ""
    context = f"users('{call.mailbox.oid}')/events('{master}')/instances{names}"
    shown = page_of(call.request, found, options, context=context)
    shown["value"] = [instance_json(shelf, instance, wishes) for instance in shown["value"]]
    return Answer(200, shown)


def get_calendar(call: Call) -> Answer:
    """The calendar that holds an event."""
    calendar, _, _ = event_of(call)
    context = f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/calendars/$entity"
    return Answer(200, {"@odata.context": context, **calendar_json(call, calendar)})


def _answering(response: Response) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        calendar, event, day = event_of(call)
        body = _parameters(call)
        tells = True if body.get("sendresponse") is None else _flag(body["sendresponse"], "sendResponse")
        if event.organizer is None:
            text = (
                "Your request can't be completed. You can't respond to this meeting because you're the meeting "
                "organizer."
            )
            raise _wrong_side(call, f"ErrorCalendarIsOrganizerFor{_VERBS[response]}", text)
        target = event if day is None else exception_of(event, day)
        proposed = None
        if body.get("proposednewtime") is not None:
            _check_proposal(response, target, tells=tells)
            proposed = _proposal(call, body["proposednewtime"])
        answer(
            hand_of(call),
            calendar,
            event,
            response=response,
            comment=as_optional_text(body.get("comment"), "comment") or "",
            tells=tells,
            day=day,
            proposed=proposed,
        )
        return Answer(202)

    return handler


def _wrong_side(call: Call, code: str, text: str) -> GraphError:
    """The organiser's actions are not the attendees', nor theirs his; by which code is not established (FACTS 13)."""
    return GraphError(400, code if call.world.switches.organizer_errors_by_name else "ErrorInvalidRequest", text)


def _check_proposal(response: Response, event: Event, *, tells: bool) -> None:
    if response == "accepted":
        text = "The parameter 'proposedNewTime' is not valid for this action."
        raise bad_request(text)
    if not tells or not event.allow_new_time:
        text = "Your request can't be completed. A new time can only be proposed with a response, where it is allowed."
        raise invalid_request(text)


def _proposal(call: Call, value: object) -> Proposal:
    slot = {name.lower(): part for name, part in as_object(value, "proposedNewTime").items()}
    start, _ = read_moment(_as_time(slot.get("start")), "start", call.world.switches)
    end, _ = read_moment(_as_time(slot.get("end")), "end", call.world.switches)
    if end <= start:
        raise failed_validation("The proposed end does not lie after the proposed start.")
    return start.astimezone(UTC), end.astimezone(UTC)


def _remind(call: Call, fields: dict[str, datetime | bool | None]) -> Answer:
    """Write what is known of reminders; a series keeps it in its master, so that no occurrence becomes an exception."""
    calendar, event, day = event_of(call)
    hand = hand_of(call)
    if day is not None and day in (event.exceptions or {}):
        change_occurrence(hand, calendar, event, day=day, fields=fields)
    else:
        change(hand, calendar, event, fields)
    return Answer(202 if call.world.switches.reminder_actions_accepted else 200)


def _as_time(value: object) -> Json:
    """A `dateTimeTimeZone` by the names that the types give it."""
    names = {"datetime": "dateTime", "timezone": "timeZone"}
    return {names.get(name.lower(), name): part for name, part in as_object(value, "dateTimeTimeZone").items()}


def _as_written(entry: Json) -> Json:
    """A recipient by the names that the types give it."""
    whole = {name.lower(): part for name, part in entry.items()}
    who = as_object(whole.get("emailaddress"), "emailAddress")
    return {"emailAddress": {name.lower(): part for name, part in who.items()}}


def _flag(value: object, name: str) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return as_flag(value, name)


def _parameters(call: Call) -> dict[str, Any]:
    """Action parameters, by lower-case name: either case is accepted (FACTS 0)."""
    if not call.request.body.strip():
        return {}
    return {name.lower(): value for name, value in call.request.json_object().items()}
