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
from sim365.tracking.delta import (
    Page,
    Round,
    first_token,
    opened_round,
    page_of_round,
    removed_json,
    window_of,
    with_latest_held_back,
)
from sim365.tracking.tokens import DeltaToken, open_delta, seal
from sim365.weather import Fault

PAGE_MAX = 1000
LATEST = "latest"
"""Where honoured, a `$deltatoken` that asks for a link to the present without the items."""
NOT_FOUND = "SyncStateNotFound"
SAME_LINK = "same"
"""The parameter of `endless_pages` that makes a nextLink lead to itself."""


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
    _note_edited_link(call, options)
    select = options.select if call.world.switches.delta_select_honoured else frozenset[str]()
    wishes = _replace(wishes_of(call), select=select)
    switches, sequence = call.world.switches, call.world.sequence
    round_ = Round(shelf_of(call, calendar), calendar, wishes, switches.removed_never_seen, sequence)
    token = _token(call, round_, options)
    _strike_token(call, calendar, token, options)
    _note_restart(call, calendar, token, options)
    if token.page == 0 and call.outside.conduct.polled(call.principal.app_id, calendar.serial, now=call.world.now()):
        _note(call, Misconduct.POLLING_TOO_FAST, "delta rounds")
    if options.delta_token == LATEST:
        now = msgspec.structs.replace(token, since=token.until, is_delta=True)
        return _answer(call, calendar, Page([], now, is_last=True))
    if Fault.EMPTY_PAGE in call.faults:
        following = msgspec.structs.replace(token, page=token.page + 1)
        return _answer(call, calendar, Page([], following, is_last=False))
    if Fault.CHANGE_LATE in call.faults:
        token = with_latest_held_back(round_, token)
    page = page_of_round(round_, token, size=_size(call))
    return _answer(call, calendar, _spoilt(call, round_, token, page))


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
    if text is None or (text == LATEST and call.world.switches.delta_latest_token):
        return first_token(round_, *read_span(options), sequence=sequence)
    token = open_delta(text)
    if token is None:
        _note(call, Misconduct.HANDMADE_LINK, "a token that the service never gave out")
    fits = token is not None and (token.mailbox, token.calendar) == (call.mailbox.tag, round_.calendar.serial)
    if token is None or not fits or token.is_delta == (options.delta_token is None):
        raise _bad_token()
    if token.generation != round_.calendar.generation or _is_evicted(call, round_.calendar, token):
        call.outside.conduct.habits.had_cause(call.principal.app_id, round_.calendar.serial)
        raise _gone(call, round_.calendar, token, has_location=call.world.switches.gone_with_location)
    return opened_round(token, sequence=sequence)


def _strike_token(call: Call, calendar: Calendar, token: DeltaToken, options: Options) -> None:
    if options.skip_token is None and options.delta_token is None:
        return
    if call.faults:
        call.outside.conduct.habits.had_cause(call.principal.app_id, calendar.serial)
    if Fault.TOKEN_INVALID in call.faults:
        raise _bad_token(_code(call, Fault.TOKEN_INVALID, "InvalidDeltaToken"))
    for fault in (Fault.GONE_WITH_LOCATION, Fault.GONE):
        if fault in call.faults:
            has_location = fault is Fault.GONE_WITH_LOCATION or call.world.switches.gone_with_location
            raise _gone(call, calendar, token, has_location=has_location, code=_code(call, fault, NOT_FOUND))


def _code(call: Call, fault: Fault, usual: str) -> str:
    """The same trouble has gone by several names (FACTS 4); the fault's parameter may say another."""
    parameter = call.faults[fault]
    return usual if parameter is None else str(parameter)


def _is_evicted(call: Call, calendar: Calendar, token: DeltaToken) -> bool:
    """Microsoft keeps sync states in a cache of unknown size, and the oldest go first (FACTS 4, token expiry)."""
    kept = call.world.switches.delta_tokens_kept
    return bool(kept) and call.world.sync_states.get(calendar.serial, 0) - token.number >= kept


def _bad_token(code: str = "InvalidDeltaToken") -> GraphError:
    text = "The delta token is not valid for this resource."
    return GraphError(400, code, text)


def _gone(
    call: Call, calendar: Calendar, token: DeltaToken, *, has_location: bool, code: str = NOT_FOUND
) -> GraphError:
    text = f"The sync state generation is not found; generation={token.generation}/{calendar.generation}."
    if not has_location:
        return GraphError(410, code, text)
    fresh = msgspec.structs.replace(
        token, generation=calendar.generation, since=-1, until=call.world.sequence, cursor=0, is_delta=False, page=0
    )
    location = link_to(call.request, call.request.path, {"$skiptoken": _given_out(call, calendar, fresh)})
    return GraphError(410, code, text, headers={"Location": location})


def _size(call: Call) -> int:
    wanted = call.request.preferences().get("odata.maxpagesize", "")
    if wanted.isdigit() and 0 < int(wanted) <= PAGE_MAX:
        call.applied.append(f"odata.maxpagesize={wanted}")
        return int(wanted)
    return call.world.switches.delta_page_size


def _given_out(call: Call, calendar: Calendar, token: DeltaToken) -> str:
    """The token, numbered, as the client sees it."""
    states = call.world.sync_states
    states[calendar.serial] = states.get(calendar.serial, 0) + 1
    return seal(msgspec.structs.replace(token, number=states[calendar.serial]))


def _answer(call: Call, calendar: Calendar, page: Page) -> Answer:
    body: dict[str, Any] = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#Collection(event)"}
    if not page.is_last and call.faults.get(Fault.ENDLESS_PAGES) == SAME_LINK:
        body["@odata.nextLink"] = link_to(call.request, call.request.path, dict(call.request.options()))
        return Answer(200, body | {"value": page.items})
    token = _given_out(call, calendar, page.following)
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
    if Fault.REMOVALS_LOST in call.faults:
        items = [item for item in items if "@removed" not in item]
    if Fault.PAGE_REPEATED in call.faults:
        items = items + items
    if Fault.UNKNOWN_REMOVED in call.faults:
        reason = call.faults[Fault.UNKNOWN_REMOVED]
        stranger = ids.item_id(call.mailbox.tag, folder=round_.calendar.serial, serial=call.world.next_serial())
        items.append(removed_json(stranger, "deleted" if reason is None else str(reason)))
    if Fault.PAGE_SHUFFLED in call.faults:
        call.world.chance.shuffle(items)
    following = page.following
    if Fault.ITEM_AGAIN in call.faults:
        following = msgspec.structs.replace(following, again=page.last)
    return Page(items, following, page.is_last)


def _note_restart(call: Call, calendar: Calendar, token: DeltaToken, options: Options) -> None:
    habits, app_id, now = call.outside.conduct.habits, call.principal.app_id, call.world.now()
    if call.faults:
        habits.had_cause(app_id, calendar.serial)
    elif (
        options.skip_token is None
        and options.delta_token is None
        and habits.began_round(app_id, calendar.serial, now=now)
    ):
        _note(call, Misconduct.DELTA_RESTARTED, f"window from {window_of(token)[0]:%Y-%m-%d}")


def _note_edited_link(call: Call, options: Options) -> None:
    """A link is followed as it came: whoever adds to it does not treat it as opaque (FACTS 0, 4 rule 1)."""
    if options.skip_token is None and options.delta_token in {None, LATEST}:
        return
    added = [name for name, _ in call.request.options() if name.lower() not in {"$skiptoken", "$deltatoken"}]
    if added:
        _note(call, Misconduct.HANDMADE_LINK, f"added to a link: {', '.join(added)}")


def _note(call: Call, kind: Misconduct, detail: str) -> None:
    call.outside.conduct.note(
        kind,
        at=call.world.now(),
        app_id=call.principal.app_id,
        method=call.request.method,
        path=call.request.path,
        detail=detail,
    )
