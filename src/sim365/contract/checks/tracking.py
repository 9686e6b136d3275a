"""calendarView/delta: rounds, removals, series, and what it refuses (FACTS 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sim365.contract.errors import UntriedError
from sim365.contract.findings import Finding, Shows, check
from sim365.contract.ground import Ground, span_of, times
from sim365.contract.marks import query, user
from sim365.contract.wire import Json, Reply

PAGES_MAX = 5
THIN = {"@odata.type", "@odata.etag", "id", "seriesMasterId", "type", "start", "end"}


@dataclass(frozen=True, slots=True)
class _Round:
    items: list[Json]
    link: str

    def of(self, item_id: str) -> list[Json]:
        return [each for each in self.items if each.get("id") == item_id]


@check(
    "A round ends with a deltaLink; the next one without a change is empty.",
    section="4",
    keys=("delta-changes",),
    requests=3,
    creates=1,
)
def rounds_without_change_are_empty(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "Round", times(day))
    first = _first_round(ground, day)
    second = _next_round(ground, first)
    told = (len(first.of(event.id)), len(second.items))
    return Finding(told == (1, 0), f"the first round tells {told[0]}, the second {told[1]} events")


@check(
    "A round tells single events in full, with @odata.type and etag.",
    section="4",
    keys=("delta-initial-round",),
    requests=2,
    creates=1,
)
def rounds_tell_events_in_full(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "In full", times(day))
    (told,) = _first_round(ground, day).of(event.id)
    missing = sorted({"subject", "body", "iCalUId", "attendees", "@odata.etag", "showAs"} - told.keys())
    holds = told.get("@odata.type") == "#microsoft.graph.event" and not missing
    return Finding(holds, f"of type {told.get('@odata.type')}, missing {missing}")


@check(
    "An event created in the window is told by the next round.",
    section="4",
    keys=("delta-changes",),
    requests=3,
    creates=1,
)
def rounds_tell_what_is_new(ground: Ground) -> Finding:
    day = ground.day()
    first = _first_round(ground, day)
    event = ground.make(ground.host, "New", times(day))
    told = [each.get("subject") for each in _next_round(ground, first).of(event.id)]
    return Finding(told == [event.json["subject"]], f"told {len(told)} times")


@check(
    "A deleted event is told as @removed with the reason deleted and its id alone.",
    section="4",
    keys=("delta-removal",),
    requests=4,
    creates=1,
)
def rounds_tell_deletions(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "Removed", times(day))
    first = _first_round(ground, day)
    ground.drop(event)
    told = _next_round(ground, first).of(event.id)
    holds = len(told) == 1 and told[0].get("@removed") == {"reason": "deleted"} and "subject" not in told[0]
    return Finding(holds, f"told {len(told)} times, with {sorted(told[0]) if told else []}")


@check(
    "An event that leaves the window is told as @removed although it still exists.",
    section="4",
    keys=("delta-leaves-window",),
    requests=5,
    creates=1,
)
def rounds_tell_what_leaves(ground: Ground) -> Finding:
    day = ground.days(2)
    event = ground.make(ground.host, "Leaving", times(day))
    first = _first_round(ground, day)
    ground.change(event, times(day + timedelta(days=1)))
    told, still = _next_round(ground, first).of(event.id), ground.read(event)
    return Finding(
        len(told) == 1 and "@removed" in told[0] and still.status == 200, f"told {len(told)} times, reading {still}"
    )


@check(
    "An event that never was in the window is told as @removed, too.",
    section="4",
    keys=("delta-removed-never-seen",),
    requests=3,
    creates=1,
    switch="removed_never_seen",
)
def rounds_tell_what_never_was_there(ground: Ground) -> Shows:
    day = ground.days(2)
    first = _first_round(ground, day)
    event = ground.make(ground.host, "Outside", times(day + timedelta(days=1)))
    told = _next_round(ground, first).of(event.id)
    removed = bool(told) and "@removed" in told[0]
    return Shows(removed, f"an event made outside the window was told {len(told)} times")


@check(
    "A series is told by its master in full and its occurrences thin.",
    section="4",
    keys=("delta-thin-occurrence",),
    requests=2,
    creates=1,
)
def rounds_tell_series_whole(ground: Ground) -> Finding:
    first_day = ground.days(4)
    series = ground.make(ground.host, "Whole", {**times(first_day), **_three_days(first_day)})
    told = _first_round(ground, first_day, first_day + timedelta(days=3))
    masters, thin = told.of(series.id), [each for each in told.items if each.get("seriesMasterId") == series.id]
    more = sorted({name for each in thin for name in each} - THIN)
    holds = len(masters) == 1 and "subject" in masters[0] and len(thin) == 3 and not more
    return Finding(holds, f"{len(masters)} master, {len(thin)} occurrences, which also have {more}")


@check(
    "A deleted occurrence is not told itself: the series is told again without it.",
    section="4",
    keys=("delta-deleted-occurrence",),
    requests=5,
    creates=1,
)
def rounds_tell_deleted_occurrences_by_absence(ground: Ground) -> Finding:
    day = ground.days(4)
    series = ground.make(ground.host, "Without one", {**times(day), **_three_days(day)})
    first = _first_round(ground, day, day + timedelta(days=3))
    second = ground.occurrences(series, day, day + timedelta(days=3))[1]
    ground.drop(second)
    told = _next_round(ground, first)
    left = [each for each in told.items if each.get("seriesMasterId") == series.id]
    holds = len(told.of(series.id)) == 1 and len(left) == 2 and not told.of(second.id)
    return Finding(
        holds, f"the master {len(told.of(series.id))} times, {len(left)} occurrences, itself {len(told.of(second.id))}"
    )


@check(
    "$select on delta is passed over.",
    section="4",
    keys=("delta-select",),
    requests=2,
    creates=1,
    switch="delta_select_honoured",
)
def rounds_with_select(ground: Ground) -> Shows:
    day = ground.day()
    event = ground.make(ground.host, "Selected in a round", times(day))
    (told,) = _first_round(ground, day, _select="subject").of(event.id)
    if "subject" not in told:
        raise ValueError(sorted(told))
    return Shows("body" not in told, f"$select=subject gave {len(told)} properties")


@check("$expand on delta is an error.", section="4", keys=("delta-unsupported-options",), requests=1)
def rounds_with_expand(ground: Ground) -> Finding:
    reply = _ask(ground, ground.day(), _expand="attachments")
    return Finding(reply.status >= 400 and bool(reply.code), f"answered {reply}")


@check("$filter on delta is refused with 400.", section="4", keys=("delta-unsupported-options",), requests=1)
def rounds_with_filter(ground: Ground) -> Finding:
    reply = _ask(ground, ground.day(), _filter="subject eq 'sim365'")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check("A made-up delta token is refused.", section="0.2", keys=("delta-token-bad",), requests=1)
def made_up_tokens(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/calendarView/delta{query(_deltatoken='sim365')}")
    return Finding(reply.status in {400, 410} and bool(reply.code), f"answered {reply}")


@check("$deltatoken=latest is refused.", section="4", keys=("delta-latest",), requests=1, switch="delta_latest_token")
def latest_tokens(ground: Ground) -> Shows:
    reply = _ask(ground, ground.day(), _deltatoken="latest")
    if reply.status == 200 and "@odata.deltaLink" not in reply.body:
        raise ValueError(sorted(reply.body))
    if reply.status != 200 and not reply.code:
        raise ValueError(reply.status)
    return Shows(reply.status == 200, f"answered {reply}")


@check(
    "Prefer: odata.maxpagesize is echoed, and cuts the pages of a round.",
    section="4",
    keys=("delta-page-size",),
    requests=3,
    creates=2,
)
def page_sizes(ground: Ground) -> Finding:
    day = ground.day()
    for words in ("First", "Second"):
        ground.make(ground.host, words, times(day))
    reply = _ask(ground, day, prefer="odata.maxpagesize=1")
    applied = "odata.maxpagesize=1" in reply.headers.get("preference-applied", "")
    return Finding(
        applied and len(reply.items) == 1 and "@odata.nextLink" in reply.body, f"{len(reply.items)} on the first page"
    )


def _ask(ground: Ground, first: date, last: date | None = None, *, prefer: str | None = None, **options: str) -> Reply:
    path = f"{user(ground.host)}/calendarView/delta{query(**span_of(first, last or first), **options)}"
    return ground.get(path, prefer=prefer)


def _first_round(ground: Ground, first: date, last: date | None = None, **options: str) -> _Round:
    return _walked(ground, _ask(ground, first, last, **options))


def _next_round(ground: Ground, before: _Round) -> _Round:
    return _walked(ground, ground.get(before.link))


def _walked(ground: Ground, reply: Reply) -> _Round:
    items: list[Json] = []
    for _ in range(PAGES_MAX):
        if reply.status != 200:
            break
        items += reply.items
        link = reply.body.get("@odata.deltaLink")
        if isinstance(link, str):
            return _Round(items, link)
        reply = ground.get(str(reply.body["@odata.nextLink"]))
    message = f"a round did not end within {PAGES_MAX} pages (last answer {reply})"
    raise UntriedError(message)


def _three_days(first: date) -> dict[str, Any]:
    return {
        "recurrence": {
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": first.isoformat(), "numberOfOccurrences": 3},
        }
    }
