"""Three questions answered without a click: what is free now, what is on, is everything in step?

Decides the answers from a board that was read already; asks the database nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from holdfast.ports import clock
from holdfast.web import shown
from holdfast.web.board import Board, day_span
from holdfast.web.shown import Row, Shown
from holdfast.web.signs import Shape


@dataclass(frozen=True, slots=True)
class Free:
    """A resource that is free now, and until when."""

    id: str
    name: str
    zone: str
    until: datetime | None
    from_wall: str


@dataclass(frozen=True, slots=True)
class NextFree:
    name: str
    zone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Whether bookings and calendars agree, in words."""

    answer: str
    words: str
    asks: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    rooms: int
    free: tuple[Free, ...]
    next_free: NextFree | None
    on: tuple[Shown, ...]
    next: Shown | None
    step: Step


def summarise(board: Board, *, asks: int, looked_at: datetime | None) -> Summary:
    """The three answers for a board of one day."""
    now = clock.now()
    start, end = day_span(board.first, 1, board.zone)
    is_present = start <= now < end
    busy = _busy(board.bookings)
    bookable = [row for row in board.rows if row.kind != "person"]
    if is_present:
        free = [
            _free(row, busy.get(str(row.id), []), now) for row in bookable if not _taken(busy.get(str(row.id), []), now)
        ]
        on = [one for one in board.bookings if one.starts_at <= now < one.ends_at]
    else:
        free = [Free(str(row.id), row.name, row.zone, None, "") for row in bookable if not busy.get(str(row.id))]
        on = list(board.bookings)
    later = sorted((one for one in board.bookings if one.starts_at > now), key=lambda one: one.starts_at)
    return Summary(
        rooms=len(bookable),
        free=tuple(sorted(free, key=lambda one: (one.until is not None, -(one.until or now).timestamp()))),
        next_free=_next_free(bookable, busy, now) if is_present else None,
        on=tuple(on),
        next=later[0] if is_present and later else None,
        step=_step(board, asks=asks, looked_at=looked_at),
    )


def _busy(bookings: Iterable[Shown]) -> dict[str, list[tuple[datetime, datetime]]]:
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for one in bookings:
        if one.takes_time:
            found.setdefault(str(one.resource_id), []).append((one.starts_at, one.ends_at))
    return found


def _taken(spans: list[tuple[datetime, datetime]], now: datetime) -> bool:
    return any(start <= now < end for start, end in spans)


def _free(row: Row, spans: list[tuple[datetime, datetime]], now: datetime) -> Free:
    later = [start for start, _ in spans if start > now]
    wall = now.astimezone(shown.ZoneInfo(row.zone))
    from_wall = f"{wall.replace(minute=wall.minute // 15 * 15):%Y-%m-%dT%H:%M}"
    return Free(str(row.id), row.name, row.zone, min(later, default=None), from_wall)


def _next_free(rows: list[Row], busy: dict[str, list[tuple[datetime, datetime]]], now: datetime) -> NextFree | None:
    """The first resource whose present booking ends, and is followed by none at once."""
    ends = [(_end_of_run(busy.get(str(row.id), []), now), row) for row in rows]
    coming = [(at, row) for at, row in ends if at is not None and at > now]
    if not coming:
        return None
    at, row = min(coming, key=lambda pair: pair[0])
    return NextFree(row.name, row.zone, at)


def _end_of_run(spans: list[tuple[datetime, datetime]], now: datetime) -> datetime | None:
    at = now
    for start, end in sorted(spans):
        if start <= at < end:
            at = end
    return at if at > now else None


def _step(board: Board, *, asks: int, looked_at: datetime | None) -> Step:
    tied = [one for one in board.bookings if one.sign.shape is not Shape.ONLY_HERE]
    in_step = sum(one.sign.shape is Shape.IN_STEP for one in tied)
    mapped = sum(row.is_mapped for row in board.rows)
    if not mapped:
        words = "No resource is tied to a calendar yet."
        return Step("Not connected", f"{words} {_waiting(asks)}".strip(), asks, None)
    under_way = sum(one.sign.shape in {Shape.ON_ITS_WAY, Shape.WAITING} for one in tied)
    if in_step == len(tied) and not asks:
        return Step(
            "Everything", f"All {len(tied)} of this day’s bookings say the same on both sides.", asks, looked_at
        )
    answer = f"{in_step} of {len(tied)}"
    parts = [f"{under_way} on the way." if under_way else "", _waiting(asks)]
    return Step(answer if in_step < len(tied) else "Nearly", " ".join(part for part in parts if part), asks, looked_at)


def _waiting(asks: int) -> str:
    return f"{asks} {'thing waits' if asks == 1 else 'things wait'} for an answer." if asks else ""
