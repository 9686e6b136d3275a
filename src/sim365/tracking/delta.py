"""One page of a delta round: which serials it tells, and how each is told.

An initial round walks the calendar by serial, a later one the log by sequence number. A series is told whole: the
master in full, its exceptions in full, its occurrences thin; it is never split over pages (FACTS 4).
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from sim365.calendars.render import Json, Shelf, Wishes, event_json, instance_json, thin_json
from sim365.calendars.series import instances
from sim365.state import Calendar, Event
from sim365.tracking.tokens import DeltaToken

INITIAL = -1


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one page and the token that follows it."""

    items: list[Json]
    following: DeltaToken
    is_last: bool
    last: int = 0
    """The serial told last; 0 where the page is empty."""


@dataclass(frozen=True, slots=True)
class Round:
    """What every page of a round needs."""

    shelf: Shelf
    calendar: Calendar
    wishes: Wishes
    tells_unseen: bool
    """A change wholly outside the window is told as a removal."""
    sequence: int
    """How far the changes have come."""


def first_token(round_: Round, start: datetime, end: datetime, *, sequence: int) -> DeltaToken:
    """The token that a new round would begin with."""
    return DeltaToken(
        mailbox=round_.shelf.mailbox.tag,
        calendar=round_.calendar.serial,
        generation=round_.calendar.generation,
        start=start.timestamp(),
        end=end.timestamp(),
        since=INITIAL,
        until=sequence,
        cursor=0,
        is_delta=False,
    )


def opened_round(token: DeltaToken, *, sequence: int) -> DeltaToken:
    """A deltaLink's token starts a round that ends at the present."""
    if not token.is_delta:
        return token
    return msgspec.structs.replace(token, until=sequence, cursor=token.since, is_delta=False, page=0)


def page_of_round(round_: Round, token: DeltaToken, *, size: int) -> Page:
    """The page that a token stands for."""
    serials = _initial(round_.calendar, token) if token.since == INITIAL else _changed(round_.calendar, token)
    items = _told(round_, token, token.again) if token.again else list[Json]()
    cursor, last = token.cursor, 0
    for position, serial in serials:
        told = _told(round_, token, serial)
        if told and len(items) >= size:
            following = msgspec.structs.replace(token, cursor=cursor, page=token.page + 1, again=0)
            return Page(items, following, is_last=False, last=last)
        items += told
        cursor, last = position, serial if told else last
    following = msgspec.structs.replace(
        token, since=token.until, cursor=0, is_delta=True, again=0, read=round_.sequence
    )
    return Page(items, following, is_last=True, last=last)


def with_latest_held_back(round_: Round, token: DeltaToken) -> DeltaToken:
    """The same round without its last change, which the round after it will tell."""
    last = bisect.bisect_right(round_.calendar.log, (token.until, 1 << 62))
    latest = round_.calendar.log[last - 1][0] if last else 0
    if token.since == INITIAL or latest <= token.since:
        return token
    return msgspec.structs.replace(token, until=latest - 1)


def window_of(token: DeltaToken) -> tuple[datetime, datetime]:
    """The frozen window."""
    return datetime.fromtimestamp(token.start, UTC), datetime.fromtimestamp(token.end, UTC)


def removed_json(item: str, reason: str = "deleted") -> Json:
    """How a removal is told."""
    return {"@odata.type": "#microsoft.graph.event", "id": item, "@removed": {"reason": reason}}


def _initial(calendar: Calendar, token: DeltaToken) -> Iterator[tuple[int, int]]:
    serials = sorted(calendar.events)
    first = bisect.bisect_right(serials, token.cursor)
    return ((serial, serial) for serial in serials[first:])


def _changed(calendar: Calendar, token: DeltaToken) -> Iterator[tuple[int, int]]:
    """Position and serial of each change of the round; a serial that changed again later comes at its last place."""
    first = bisect.bisect_right(calendar.log, (token.cursor, 1 << 62))
    last = bisect.bisect_right(calendar.log, (token.until, 1 << 62))
    span = calendar.log[first:last]
    latest = {serial: sequence for sequence, serial in span}
    return ((sequence, serial) for sequence, serial in span if latest[serial] == sequence)


def _told(round_: Round, token: DeltaToken, serial: int) -> list[Json]:
    start, end = window_of(token)
    event = round_.calendar.events.get(serial)
    if event is not None and event.recurrence is not None:
        told = _series(round_, event, start, end)
    elif event is not None and _lies_in(event, start, end):
        told = [_whole(event_json(round_.shelf, event, round_.wishes))]
    else:
        told = []
    if told or token.since == INITIAL or (event is None and _is_back(round_, serial)):
        return told
    if not round_.tells_unseen and not _was_told(round_.calendar, token, serial):
        return []
    return [removed_json(round_.shelf.id_of(serial, round_.wishes))]


def _is_back(round_: Round, serial: int) -> bool:
    """Whether the id under which a removal would be told names an event that is here: one that left Deleted Items."""
    mailbox = round_.shelf.mailbox
    heir = mailbox.returned.get(mailbox.origins.get(serial, serial)) if round_.wishes.immutable else None
    return heir is not None and heir in round_.calendar.events


def _was_told(calendar: Calendar, token: DeltaToken, serial: int) -> bool:
    """Whether the rounds before told of an event: where it lay in the window at the end of the last of them, or while
    that was read. Who asks with a token older than what is remembered is told too much rather than too little.
    """
    if token.since < calendar.forgotten:
        return True
    start, end = window_of(token)
    read = max(token.read, token.since)
    return any(
        held.began <= read and held.ended > token.since and _lies_in(held.times, start, end)
        for held in calendar.former.get(serial, ())
    )


def _lies_in(event: Event, start: datetime, end: datetime) -> bool:
    if event.recurrence is not None:
        return any(True for _ in instances(event, start, end))
    return event.start < end and (event.end > start or event.start >= start)


def _series(round_: Round, master: Event, start: datetime, end: datetime) -> list[Json]:
    shown = list(instances(master, start, end))
    if not shown:
        return []
    told = [_whole(event_json(round_.shelf, master, round_.wishes))]
    for instance in shown:
        if instance.is_occurrence:
            told.append(thin_json(round_.shelf, instance, round_.wishes))
        else:
            told.append(_whole(instance_json(round_.shelf, instance, round_.wishes)))
    return told


def _whole(shown: Json) -> Json:
    return {"@odata.type": "#microsoft.graph.event", **shown}
