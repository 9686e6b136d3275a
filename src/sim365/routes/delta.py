"""calendarView/delta: rounds, tokens, and everything that is known to go wrong with them (FACTS 4)."""

from dataclasses import replace as _replace
from typing import Any

import msgspec

from sim365 import ids
from sim365.conduct import Misconduct
from sim365.errors import GraphError, NotModelledError
from sim365.http.odata import Options, link_to, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.routes.paths import BASES, READ, READ_BASIC, calendar_of, shelf_of, wishes_of
from sim365.routes.spans import read_span
from sim365.state import Calendar
from sim365.tracking.delta import Page, Round, first_token, opened_round, page_of_round, removed_json
from sim365.tracking.tokens import DeltaToken, open_delta, seal
from sim365.weather import Fault

PAGE_MAX = 1000


def bind(routes: Routes) -> None:
    """`…/calendarView/delta` under every alias; `…/events/delta` is not in v1.0's documents."""
    for base in BASES:
        route = Route("calendarView delta", delta, (*READ, *READ_BASIC))
        routes.add("GET", f"{base}/calendarView/delta", route)
        routes.add("GET", f"{base}/calendarView/microsoft.graph.delta", route)
        routes.add("GET", f"{base}/events/delta", Route("events delta", refuse_unbounded, READ))


def refuse_unbounded(call: Call) -> Answer:
    """Documented for beta only."""
    del call
    gap = "events/delta without a window, which v1.0 does not document"
    raise NotModelledError(gap)


def delta(call: Call) -> Answer:
    """One page of a round."""
    options = read_options(call.request, top=PAGE_MAX)
    _check_options(options)
    calendar = calendar_of(call)
    select = options.select if call.world.switches.delta_select_honoured else frozenset[str]()
    wishes = _replace(wishes_of(call), select=select)
    round_ = Round(shelf_of(call, calendar), calendar, wishes, call.world.switches.removed_never_seen)
    token = _token(call, round_, options)
    _strike_token(call, calendar, token, options)
    if token.page == 0 and call.outside.conduct.polled(call.principal.app_id, calendar.serial, now=call.world.now()):
        call.outside.conduct.note(
            Misconduct.POLLING_TOO_FAST,
            at=call.world.now(),
            app_id=call.principal.app_id,
            method=call.request.method,
            path=call.request.path,
        )
    if Fault.EMPTY_PAGE in call.faults:
        return _answer(call, Page([], token, is_last=False))
    page = page_of_round(round_, token, size=_size(call))
    return _answer(call, _spoilt(call, round_, token, page))


def _check_options(options: Options) -> None:
    if options.expand:
        text = "Value cannot be null. Parameter name: type"
        raise GraphError(500, "InternalServerError", text)
    if options.filter is not None or options.order is not None or options.search is not None:
        text = (
            "The following parameters are not supported with change tracking over the 'CalendarView' resource: "
            "'$orderby, $filter, $search'."
        )
        raise GraphError(400, "ErrorInvalidUrlQuery", text)


def _token(call: Call, round_: Round, options: Options) -> DeltaToken:
    sequence = call.world.sequence
    text = options.skip_token or options.delta_token
    if text is None:
        return first_token(round_, *read_span(options), sequence=sequence)
    token = open_delta(text)
    fits = token is not None and (token.mailbox, token.calendar) == (call.mailbox.tag, round_.calendar.serial)
    if token is None or not fits or token.is_delta == (options.delta_token is None):
        raise _bad_token()
    if token.generation != round_.calendar.generation:
        raise _gone(call, round_.calendar, token, has_location=call.world.switches.gone_with_location)
    return opened_round(token, sequence=sequence)


def _strike_token(call: Call, calendar: Calendar, token: DeltaToken, options: Options) -> None:
    if options.skip_token is None and options.delta_token is None:
        return
    if Fault.TOKEN_INVALID in call.faults:
        raise _bad_token()
    if Fault.GONE in call.faults or Fault.GONE_WITH_LOCATION in call.faults:
        has_location = Fault.GONE_WITH_LOCATION in call.faults or call.world.switches.gone_with_location
        raise _gone(call, calendar, token, has_location=has_location)


def _bad_token() -> GraphError:
    text = "The delta token is not valid for this resource."
    return GraphError(400, "InvalidDeltaToken", text)


def _gone(call: Call, calendar: Calendar, token: DeltaToken, *, has_location: bool) -> GraphError:
    text = f"The sync state generation is not found; generation={token.generation}/{calendar.generation}."
    if not has_location:
        return GraphError(410, "SyncStateNotFound", text)
    fresh = msgspec.structs.replace(
        token, generation=calendar.generation, since=-1, until=call.world.sequence, cursor=0, is_delta=False, page=0
    )
    location = link_to(call.request, call.request.path, {"$skiptoken": seal(fresh)})
    return GraphError(410, "SyncStateNotFound", text, headers={"Location": location})


def _size(call: Call) -> int:
    wanted = call.request.preferences().get("odata.maxpagesize", "")
    if wanted.isdigit() and 0 < int(wanted) <= PAGE_MAX:
        call.applied.append(f"odata.maxpagesize={wanted}")
        return int(wanted)
    return call.world.switches.delta_page_size


def _answer(call: Call, page: Page) -> Answer:
    body: dict[str, Any] = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#Collection(event)"}
    token = seal(page.following)
    if page.is_last:
        body["@odata.deltaLink"] = link_to(call.request, call.request.path, {"$deltatoken": token})
    else:
        body["@odata.nextLink"] = link_to(call.request, call.request.path, {"$skiptoken": token})
    body["value"] = page.items
    return Answer(200, body)


def _spoilt(call: Call, round_: Round, token: DeltaToken, page: Page) -> Page:
    """A page after the weather has been at it."""
    items = list(page.items)
    if Fault.ENDLESS_PAGES in call.faults:
        again = msgspec.structs.replace(token, page=token.page + 1)
        return Page(items, again, is_last=False)
    if Fault.PAGE_LOST in call.faults:
        items = []
    if Fault.PAGE_REPEATED in call.faults:
        items = items + items
    if Fault.UNKNOWN_REMOVED in call.faults:
        reason = call.faults[Fault.UNKNOWN_REMOVED]
        stranger = ids.item_id(call.mailbox.tag, folder=round_.calendar.serial, serial=call.world.next_serial())
        items.append(removed_json(stranger, "deleted" if reason is None else str(reason)))
    if Fault.PAGE_SHUFFLED in call.faults:
        call.world.chance.shuffle(items)
    return Page(items, page.following, page.is_last)
