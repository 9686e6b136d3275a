"""Series, their occurrences and exceptions (FACTS 3.6, 3.7, 3.8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sim365.contract.findings import Finding, Shows, check
from sim365.contract.ground import Ground, Made, times
from sim365.contract.marks import user
from sim365.contract.wire import inside, listed

COUNT = 3


@check(
    "Lists show a series by its master alone, views by its occurrences alone.",
    section="3.7",
    keys=("list-shows-masters",),
    requests=3,
    creates=1,
)
def masters_in_lists_occurrences_in_views(ground: Ground) -> Finding:
    series, first = _daily(ground, "Listed")
    listed = [each.get("type") for each in ground.find(ground.host, f"iCalUId eq '{series.json['iCalUId']}'").items]
    shown = [each.get("type") for each in ground.view(ground.host, first, first + timedelta(days=COUNT)).items]
    return Finding(
        listed == ["seriesMaster"] and shown == ["occurrence"] * COUNT, f"the list {listed}, the view {shown}"
    )


@check(
    "Every occurrence has the iCalUId of its series.",
    section="3.8",
    keys=("ical-uid-per-occurrence",),
    requests=2,
    creates=1,
    switch="uid_per_occurrence",
)
def uids_of_occurrences(ground: Ground) -> Shows:
    series, first = _daily(ground, "Uids")
    uids = {each.json["iCalUId"] for each in _occurrences(ground, series, first)}
    if len(uids) not in {1, COUNT}:
        raise ValueError(len(uids))
    return Shows(len(uids) == COUNT, f"{COUNT} occurrences have {len(uids)} iCalUIds")


@check(
    "An occurrence that is changed becomes an exception with the same id.",
    section="3.7",
    keys=("occurrence-patched",),
    requests=4,
    creates=1,
)
def exceptions_keep_their_id(ground: Ground) -> Finding:
    series, first = _daily(ground, "Exception")
    second = _occurrences(ground, series, first)[1]
    changed = ground.change(second, {"importance": "high"})
    shown = ground.read(second).body
    told = (changed.body.get("type"), shown.get("id") == second.id, shown.get("seriesMasterId") == series.id)
    return Finding(told == ("exception", True, True), f"answered {changed}, now {told[0]}, the same id {told[1]}")


@check(
    "A deleted occurrence is answered 404 and gives its series a new change key.",
    section="3.7",
    keys=("occurrence-deleted",),
    requests=5,
    creates=1,
)
def deleted_occurrences_are_gone(ground: Ground) -> Finding:
    series, first = _daily(ground, "Shorter")
    second = _occurrences(ground, series, first)[1]
    deleted, gone = ground.drop(second), ground.read(second)
    changed = ground.read(series).body["changeKey"] != series.json["changeKey"]
    return Finding((deleted.status, gone.status, changed) == (204, 404, True), f"{deleted}, reading it {gone}")


@check(
    "$select=cancelledOccurrences names the deleted dates of a series.",
    section="3.2",
    keys=("cancelled-dates",),
    requests=4,
    creates=1,
)
def cancelled_occurrences_when_asked(ground: Ground) -> Finding:
    series, first = _daily(ground, "Cancelled dates")
    ground.drop(_occurrences(ground, series, first)[1])
    told = listed(ground.read(series, _select="cancelledOccurrences").body, "cancelledOccurrences")
    day = (first + timedelta(days=1)).isoformat()
    dates = [str(each)[-len(day) :] for each in told]
    return Finding(dates == [day], f"{day} was deleted, named {dates}")


@check(
    "cancelledOccurrences is returned only where it is selected.",
    section="3.2",
    keys=("cancelled-dates",),
    requests=4,
    creates=1,
    switch="cancelled_occurrences_returned",
)
def cancelled_occurrences_unasked(ground: Ground) -> Shows:
    series, first = _daily(ground, "Cancelled dates unasked")
    ground.drop(_occurrences(ground, series, first)[1])
    shown = ground.read(series).body
    there = bool(shown.get("cancelledOccurrences")) and shown["type"] == "seriesMaster"
    return Shows(there, f"without $select it was {'returned' if there else 'left out'}")


@check(
    "$expand=exceptionOccurrences on a master gives its exceptions.",
    section="3.2",
    keys=("exceptions-expanded",),
    requests=4,
    creates=1,
)
def exceptions_expanded(ground: Ground) -> Finding:
    series, first = _daily(ground, "Expanded")
    second = _occurrences(ground, series, first)[1]
    ground.change(second, {"importance": "high"})
    shown = listed(ground.read(series, _expand="exceptionOccurrences").body, "exceptionOccurrences")
    return Finding([inside(each, "id") for each in shown] == [second.id], f"{len(shown)} exceptions")


@check(
    "Lists do not show exceptions.",
    section="3.7",
    keys=("list-shows-masters",),
    requests=4,
    creates=1,
    switch="exceptions_in_list",
)
def exceptions_in_lists(ground: Ground) -> Shows:
    series, first = _daily(ground, "Exception in a list")
    ground.change(_occurrences(ground, series, first)[1], {"importance": "high"})
    listed = ground.get(f"{user(ground.host)}/events?$top=999&$select=id,type,seriesMasterId,subject")
    kinds = [each["type"] for each in listed.items if series.id in {each.get("id"), each.get("seriesMasterId")}]
    if "seriesMaster" not in kinds:
        raise ValueError(kinds)
    return Shows("exception" in kinds, f"the list shows {kinds}")


@check(
    "originalStart is in UTC, whatever zone is preferred.",
    section="3.7",
    keys=("original-start",),
    requests=4,
    creates=1,
    switch="original_start_with_offset",
)
def original_start_in_utc(ground: Ground) -> Shows:
    series, first = _daily(ground, "Original start")
    second = _occurrences(ground, series, first)[1]
    ground.change(second, {"importance": "high"})
    told = str(ground.read(second, prefer='outlook.timezone="Tokyo Standard Time"').body["originalStart"])
    if "T" not in told:
        raise ValueError(told)
    return Shows(not told.endswith("Z"), f"with Tokyo preferred it reads {told}")


@check(
    "A pattern reads back whole, with fillers for what its type does not use.",
    section="3.6",
    keys=("irrelevant-pattern-fields",),
    requests=2,
    creates=1,
)
def patterns_read_back_whole(ground: Ground) -> Finding:
    series, _first = _daily(ground, "Fillers")
    pattern = ground.read(series).body["recurrence"]["pattern"]
    told = {name: pattern.get(name) for name in ("month", "dayOfMonth", "firstDayOfWeek", "index")}
    fillers = {"month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first"}
    return Finding(told == fillers, f"the fillers are {told}")


@check(
    "A series without recurrenceTimeZone takes the zone of its start.",
    section="3.6",
    keys=("series-in-start-zone",),
    requests=1,
    creates=1,
)
def series_take_the_zone_of_their_start(ground: Ground) -> Finding:
    first = ground.days(COUNT + 1)
    zone = "FLE Standard Time"
    series = ground.make(ground.host, "Zone", {**times(first, zone=zone), **_repeated(first)})
    told = series.json["recurrence"]["range"]["recurrenceTimeZone"]
    return Finding(told == zone, f"the start is in {zone}, the series in {told!r}")


@check(
    "A counted series reads back with the end date 0001-01-01.",
    section="3.2",
    keys=("no-end-date",),
    requests=1,
    creates=1,
)
def counted_series_have_no_end_date(ground: Ground) -> Finding:
    series, _first = _daily(ground, "Counted")
    span = series.json["recurrence"]["range"]
    told = (span["type"], span["numberOfOccurrences"], span["endDate"])
    return Finding(told == ("numbered", COUNT, "0001-01-01"), f"reads {told}")


@check(
    "A series of more than 999 occurrences is refused.",
    section="3.6",
    keys=("occurrence-limit",),
    requests=1,
    creates=1,
)
def series_have_a_limit(ground: Ground) -> Finding:
    first = ground.day()
    reply = ground.try_make(ground.host, "A thousand", {**times(first), **_repeated(first, count=1000)})
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "Every hundredth week is refused.",
    section="3.6",
    keys=("interval-limits",),
    requests=1,
    creates=1,
    switch="strict_intervals",
)
def intervals_have_limits(ground: Ground) -> Shows:
    first = ground.monday(1)
    fields = _repeated(first, count=2, type="weekly", interval=100, daysOfWeek=["monday"])
    reply = ground.try_make(ground.host, "Every hundredth week", {**times(first), **fields})
    if reply.status != 201 and not reply.code:
        raise ValueError(reply.status)
    return Shows(reply.status != 201, f"answered {reply}")


@check(
    "An occurrence cannot be moved to its neighbour's day: 400 ErrorOccurrenceCrossingBoundary.",
    section="0.2",
    keys=("occurrence-crossing",),
    requests=3,
    creates=1,
)
def occurrences_do_not_pass_each_other(ground: Ground) -> Finding:
    series, first = _daily(ground, "Crossing")
    second = _occurrences(ground, series, first)[1]
    reply = ground.change(second, times(first + timedelta(days=2), "15:00", "16:00"))
    return Finding((reply.status, reply.code) == (400, "ErrorOccurrenceCrossingBoundary"), f"answered {reply}")


@check(
    "A new title of a series leaves its exceptions.",
    section="3.7",
    keys=("master-change-drops-exceptions",),
    requests=5,
    creates=1,
)
def titles_keep_exceptions(ground: Ground) -> Finding:
    kinds = _after_change(ground, "Title", {"importance": "low"})
    return Finding(sorted(kinds) == ["exception", "occurrence", "occurrence"], f"afterwards {kinds}")


@check(
    "A new time of a series drops its exceptions.",
    section="3.7",
    keys=("master-change-drops-exceptions",),
    requests=5,
    creates=1,
    switch="master_change_keeps_exceptions",
)
def times_drop_exceptions(ground: Ground) -> Shows:
    kinds = _after_change(ground, "Time", None)
    if not set(kinds) <= {"occurrence", "exception"}:
        raise ValueError(kinds)
    return Shows("exception" in kinds, f"afterwards {kinds}")


@check(
    "A series whose start does not fit its pattern begins at the first day that does.",
    section="3.6",
    keys=("first-occurrence-moves",),
    requests=1,
    creates=1,
)
def series_begin_where_they_fit(ground: Ground) -> Finding:
    monday = ground.monday()
    wednesday = monday + timedelta(days=2)
    fields = _repeated(monday, count=1, type="weekly", daysOfWeek=["wednesday"])
    reply = ground.try_make(ground.host, "Wednesdays", {**times(monday), **fields})
    told = str(inside(reply.body, "start", "dateTime"))[:10]
    return Finding(reply.status == 201 and told == wednesday.isoformat(), f"answered {reply}, begins on {told}")


@check(
    "A page of a window holds ten events unless $top says otherwise, and leads to the next.",
    section="0",
    keys=("pages-of-ten",),
    requests=3,
    creates=1,
)
def pages_hold_ten(ground: Ground) -> Finding:
    first = ground.days(13)
    ground.make(ground.host, "Twelve", {**times(first), **_repeated(first, count=12)})
    span = f"startDateTime={first}T00:00:00Z&endDateTime={first + timedelta(days=13)}T00:00:00Z"
    page = ground.get(f"{user(ground.host)}/calendarView?{span}")
    rest = ground.get(str(page.body["@odata.nextLink"]))
    ids = {each["id"] for each in (*page.items, *rest.items)}
    holds = (len(page.items), len(rest.items), len(ids)) == (10, 2, 12)
    return Finding(holds, f"pages of {len(page.items)} and {len(rest.items)}, {len(ids)} different events")


def _daily(ground: Ground, words: str) -> tuple[Made, date]:
    first = ground.days(COUNT + 1)
    return ground.make(ground.host, words, {**times(first), **_repeated(first)}), first


def _repeated(first: date, *, count: int = COUNT, **pattern: Any) -> dict[str, Any]:
    rule = {"type": "daily", "interval": 1, **pattern}
    return {
        "recurrence": {
            "pattern": rule,
            "range": {"type": "numbered", "startDate": first.isoformat(), "numberOfOccurrences": count},
        }
    }


def _occurrences(ground: Ground, series: Made, first: date) -> list[Made]:
    found = ground.occurrences(series, first, first + timedelta(days=COUNT))
    if len(found) != COUNT:
        message = f"{len(found)} occurrences instead of {COUNT}"
        raise ValueError(message)
    return found


def _after_change(ground: Ground, words: str, change: dict[str, Any] | None) -> list[str]:
    """The kinds of a series' occurrences after an exception was made and the master changed."""
    series, first = _daily(ground, words)
    ground.change(_occurrences(ground, series, first)[1], {"importance": "high"})
    reply = ground.change(series, change or times(first, "13:00", "14:00"))
    if reply.status != 200:
        message = f"changing the master was answered {reply}"
        raise ValueError(message)
    return [str(each.json["type"]) for each in _occurrences(ground, series, first)]
