"""Events: list, create, read, change, delete (FACTS 3.3 to 3.10)."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import msgspec

from sim365.calendars.fields import Fields, read_event
from sim365.calendars.items import hang
from sim365.calendars.online import hosts
from sim365.calendars.render import Json, Shelf, event_json, instance_json
from sim365.calendars.series import Instance, exception_of
from sim365.conduct import Misconduct
from sim365.errors import GraphError, invalid_request, item_not_found, stale_change_key
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import Hand, change, change_occurrence, create, remove, remove_occurrence
from sim365.routes.calendars import calendar_json
from sim365.routes.choosing import chosen, ordered
from sim365.routes.paths import (
    BASES,
    READ_BASIC,
    WRITE,
    calendar_of,
    check_if_match,
    event_of,
    instance_on,
    shelf_of,
    wishes_of,
)
from sim365.state import Calendar, Event
from sim365.weather import Fault

EVENTS_PAGE = 10
STALE_S = 60.0
READ_LAG_S = 30.0
TWINS_WITHIN_S = 2.0
"""Equal creates within this time may be answered with one id (FACTS 11, quirk 34)."""


def bind(routes: Routes) -> None:
    """`…/events` and `…/events/{id}` under every alias."""
    for base in BASES:
        routes.add("GET", f"{base}/events", Route("events list", list_events, READ_BASIC))
        routes.add("POST", f"{base}/events", Route("event create", create_event, WRITE))
        routes.add("GET", f"{base}/events/{{event}}", Route("event get", get_event, READ_BASIC))
        routes.add("PATCH", f"{base}/events/{{event}}", Route("event update", update_event, WRITE))
        routes.add("DELETE", f"{base}/events/{{event}}", Route("event delete", delete_event, WRITE))


def list_events(call: Call) -> Answer:
    """Single events and series masters of one calendar; paged by `$skip`."""
    options = read_options(call.request, top=EVENTS_PAGE)
    wishes = wishes_of(call, options)
    if call.world.switches.list_bodies_html:
        wishes = replace(wishes, text_body=False)
    calendar = calendar_of(call)
    shelf = shelf_of(call, calendar)
    found = [shown for event in calendar.events.values() for shown in _listed(call, event)]
    found = ordered(chosen(call, shelf, found, options), options)
    if Fault.EMPTY_LIST in call.faults:
        found = []
    shown = page_of(call.request, found, options, context=_context(call, "events", options))
    shown["value"] = [
        with_calendar(call, options, calendar, instance_json(shelf, each, wishes)) for each in shown["value"]
    ]
    return Answer(200, shown)


def create_event(call: Call) -> Answer:
    """Create an event; the same transactionId again gives the first one back (FACTS 3.5)."""
    wishes = wishes_of(call)
    calendar = calendar_of(call)
    shelf = shelf_of(call, calendar)
    body = call.request.json_object()
    fields = read_event(body, switches=call.world.switches)
    transaction = fields.get("transaction_id")
    digest = hashlib.blake2b(msgspec.json.encode(body, order="sorted"), digest_size=16).hexdigest()
    if transaction is not None:
        repeated = _repeated(call, transaction, digest)
        if repeated is not None:
            return entity(call, 201, repeated)
    _settle_provider(call, fields)
    if fields.get("attendees") and call.world.switches.invitations_held_back:
        fields["is_draft"] = True
    event = create(hand_of(call), calendar, hang(call.world, shelf, fields))
    if Fault.READ_LAGS in call.faults:
        _show_later(call, event.serial, None, seconds=_seconds(call, Fault.READ_LAGS, READ_LAG_S))
    if transaction is not None:
        call.mailbox.transactions[transaction] = (event.serial, digest, event, calendar.serial)
    shown = event_json(shelf, event, wishes)
    if event.join_url is not None and call.world.switches.join_url_late:
        shown["onlineMeeting"] = {**shown["onlineMeeting"], "joinUrl": None}
    shown["id"] = shelf.id_of(_twin_of(call, event, digest), wishes)
    return entity(call, 201, shown)


def get_event(call: Call) -> Answer:
    """One event, master, occurrence or exception."""
    options = read_options(call.request, top=1)
    wishes = wishes_of(call, options)
    calendar, event, day = event_of(call)
    event = readable(call, event)
    shelf = shelf_of(call, calendar)
    shown = event_json(shelf, event, wishes) if day is None else instance_json(shelf, instance_on(event, day), wishes)
    return entity(call, 200, with_calendar(call, options, calendar, shown), options)


def update_event(call: Call) -> Answer:
    """Write the given fields; 412 on a stale If-Match."""
    wishes = wishes_of(call)
    calendar, event, day = event_of(call)
    target = event if day is None else exception_of(event, day)
    guard(call, target)
    fields = read_event(call.request.json_object(), old=target, switches=call.world.switches)
    fields.pop("transaction_id", None)
    if day is not None and fields.get("recurrence") is not None:
        raise invalid_request("Your request can't be completed. An occurrence cannot have a recurrence of its own.")
    if "body" in fields and target.join_url is not None:
        _note(call, Misconduct.BODY_PATCH_ON_ONLINE_MEETING)
    _settle_provider(call, fields)
    remember_stale(call, event)
    shelf = shelf_of(call, calendar)
    if day is None:
        changed = change(hand_of(call), calendar, event, fields)
        return entity(call, 200, event_json(shelf, current(call, changed) or changed, wishes))
    change_occurrence(hand_of(call), calendar, event, day=day, fields=fields)
    changed = calendar.events[event.serial]
    master = current(call, changed) or changed
    return entity(call, 200, instance_json(shelf, instance_on(master, day), wishes))


def delete_event(call: Call) -> Answer:
    """Delete an event or one occurrence; an organiser's meeting is thereby cancelled."""
    calendar, event, day = event_of(call)
    guard(call, event if day is None else exception_of(event, day))
    hand = hand_of(call)
    remember_stale(call, event)
    if day is None:
        remove(hand, calendar, event)
    else:
        remove_occurrence(hand, calendar, event, day=day)
    return Answer(204)


def current(call: Call, event: Event) -> Event | None:
    """The version that reads show: an older one while stale reads last, none while a create has not spread."""
    held = call.mailbox.stale.get(event.serial)
    if held is None:
        return event
    until, old = held
    if call.world.now().timestamp() < until:
        return old
    del call.mailbox.stale[event.serial]
    return event


def readable(call: Call, event: Event) -> Event:
    """The version that reads show, which must be there."""
    shown = current(call, event)
    if shown is None:
        raise item_not_found()
    return shown


def _repeated(call: Call, transaction: str, digest: str) -> Json | None:
    """What a repeated create answers; None where the id is free."""
    used = call.mailbox.transactions.get(transaction)
    if used is None:
        return None
    serial, first_digest, first, folder = used
    home = call.mailbox.homes.get(serial)
    if home is None and not call.world.switches.transaction_survives_deletion:
        return None
    if first_digest != digest:
        text = (
            "Your request can't be completed. The TransactionId specified in the request has already been used to "
            "create a different event."
        )
        raise GraphError(409, "ErrorDuplicateTransactionId", text)
    shelf = Shelf(call.mailbox, folder if home is None else home)
    event = first if home is None else call.mailbox.calendars[home].events[serial]
    return event_json(shelf, event, wishes_of(call))


def entity(call: Call, status: int, shown: Json, options: Options | None = None) -> Answer:
    """One event with its context."""
    context = f"{call.request.origin}/v1.0/$metadata#{_context(call, 'events', options)}/$entity"
    return Answer(status, {"@odata.context": context, **shown})


def with_calendar(call: Call, options: Options, calendar: Calendar, shown: Json) -> Json:
    """An event with the calendar that holds it, where that was asked for."""
    if any(name.lower() == "calendar" for name in options.expand):
        shown["calendar"] = calendar_json(call, calendar)
    return shown


def hand_of(call: Call) -> Hand:
    """The app as it acts on the mailbox of the path."""
    return Hand(call.world, call.mailbox, f"app:{call.principal.app_id}")


def guard(call: Call, target: Event) -> None:
    """If-Match, and the races that Exchange has with itself (FACTS 3.4)."""
    if not check_if_match(call, target.sequence):
        _note(call, Misconduct.MISSING_IF_MATCH)
    if Fault.CHANGE_KEY_RACE in call.faults:
        raise stale_change_key()


def remember_stale(call: Call, event: Event) -> None:
    """Keep the version from before a write for reads that lag behind."""
    if Fault.STALE_READ in call.faults:
        _show_later(call, event.serial, event, seconds=_seconds(call, Fault.STALE_READ, STALE_S))


def _context(call: Call, collection: str, options: Options | None) -> str:
    chosen_names = "" if options is None or not options.select else f"({','.join(sorted(options.select))})"
    return f"users('{call.mailbox.oid}')/{collection}{chosen_names}"


def _listed(call: Call, held: Event) -> list[Instance]:
    """Documented are masters and single events; some have seen exceptions beside their master (FACTS 3.7)."""
    event = current(call, held)
    if event is None:
        return []
    found = [Instance(event, event.start, event.end)]
    if event.exceptions and call.world.switches.exceptions_in_list:
        found += [
            Instance(other, other.start, other.end, master=event, day=day) for day, other in event.exceptions.items()
        ]
    return found


def _settle_provider(call: Call, fields: Fields) -> None:
    """Only what the calendar's owner is licensed for can host a meeting (FACTS 3.13)."""
    wanted = fields.get("online_provider")
    if wanted is None or wanted in hosts(call.mailbox):
        return
    if call.world.switches.online_provider_refused:
        raise invalid_request(f"Your request can't be completed. The calendar does not allow the provider '{wanted}'.")
    del fields["online_provider"]


def _twin_of(call: Call, event: Event, digest: str) -> int:
    """Equal creates in quick succession may all be answered with the first one's id (FACTS 11, quirk 34)."""
    if not call.world.switches.rapid_twins_share_id:
        return event.serial
    before, now = call.mailbox.latest_create, call.world.now().timestamp()
    if before is not None and before[0] == digest and now - before[1] <= TWINS_WITHIN_S:
        return before[2]
    call.mailbox.latest_create = (digest, now, event.serial)
    return event.serial


def _note(call: Call, kind: Misconduct) -> None:
    call.outside.conduct.note(
        kind, at=call.world.now(), app_id=call.principal.app_id, method=call.request.method, path=call.request.path
    )


def _show_later(call: Call, serial: int, shown: Event | None, *, seconds: float) -> None:
    until = call.world.now() + timedelta(seconds=seconds)
    call.mailbox.stale[serial] = (until.timestamp(), shown)


def _seconds(call: Call, fault: Fault, default: float) -> float:
    parameter = call.faults[fault]
    return default if parameter is None else float(parameter)
