"""The day or the week of many resources, read in three statements whatever their number.

Decides what is read for a grid and in what order it stands; must not decide what a reader may see (`shown` does).
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from holdfast.bookings.models import Booking, Slot
from holdfast.bookings.states import OVER
from holdfast.directory.models import Location, Person, Resource
from holdfast.directory.roles import Actor
from holdfast.mirror.models import Mapping, MappingState
from holdfast.ports import clock
from holdfast.timetable import zones
from holdfast.web import shown, signs
from holdfast.web.shown import Row, Shown

SHORT = timedelta(hours=26)  # what lasts longer is marked `long` in the table and has an index of its own
BOOKINGS_MAX = 5_000  # of one grid; beyond that a picture tells nothing
OPENS, CLOSES = 7, 20  # hours shown when nothing lies outside of them
WORK_FROM, WORK_TO = time(8), time(18)
WORKDAYS = range(5)


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Resources and their bookings between two instants."""

    zone: str
    first: date
    days: int
    rows: tuple[Row, ...]
    bookings: tuple[Shown, ...]

    @property
    def rooms(self) -> int:
        return len(self.rows)

    @property
    def places(self) -> list[Place]:
        grouped: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            grouped.setdefault((row.place_id, row.place), []).append(row)
        return [Place(key or "none", title or "Elsewhere", tuple(rows)) for (key, title), rows in grouped.items()]

    @property
    def by_time(self) -> list[Shown]:
        """All bookings by their start, with the place of now marked."""
        now = clock.now()
        ordered = sorted(self.bookings, key=lambda one: (one.starts_at, one.resource_name))
        later = [one.starts_at > now for one in ordered]
        is_present = self.first <= shown.day_of(now, self.zone) < self.first + timedelta(days=self.days)
        first_later = later.index(True) if is_present and True in later else -1
        return [shown.at(one, now, now_before=place == first_later) for place, one in enumerate(ordered)]


def day_span(first: date, days: int, zone: str) -> tuple[datetime, datetime]:
    """The instants between which whole days of a zone lie."""
    start = datetime.combine(first, time.min)
    return zones.instant(start, zone), zones.instant(start + timedelta(days=days), zone)


def read(actor: Actor, *, zone: str, first: date, days: int = 1, only: UUID | None = None) -> Board:
    """The board as this actor may see it; inside the caller's transaction."""
    rows = read_rows(only)
    start, end = day_span(first, days, zone)
    found = list(between(start, end, resource_ids=[row.id for row in rows])[:BOOKINGS_MAX])
    return Board(zone, first, days, tuple(rows), tuple(show_all(actor, found, rows=rows)))


def read_rows(only: UUID | None = None, *, is_active: bool | None = True) -> list[Row]:
    """Resources in the order of their places, one statement."""
    places = Location.objects.filter(id=OuterRef("location_id"))
    mapped = Mapping.objects.filter(resource_id=OuterRef("id"), state=MappingState.WORKING)
    query = Resource.objects.annotate(
        place=Coalesce(Subquery(places.values("name")[:1]), "kind", output_field=CharField()),
        place_order=Coalesce(Subquery(places.values("position")[:1]), 1_000_000, output_field=IntegerField()),
        mapped=Exists(mapped),
    ).order_by("place_order", "place", "position", "name")
    if only is not None:
        query = query.filter(id=only)
    elif is_active is not None:
        query = query.filter(active=is_active)
    names = ("id", "name", "zone", "kind", "sharing", "place", "location_id", "seats", "mapped")
    return [
        Row(
            *values[:5],
            place=_place_words(values[5], has_place=bool(values[6])),
            place_id=str(values[6] or values[3]),
            seats=values[7],
            is_mapped=values[8],
        )
        for values in query.values_list(*names)
    ]


def _place_words(name: str, *, has_place: bool) -> str:
    if has_place:
        return name
    return {"person": "People", "desk": "Desks", "room": "Rooms", "vehicle": "Vehicles", "equipment": "Equipment"}.get(
        name, "Elsewhere"
    )


def between(start: datetime, end: datetime, *, resource_ids: Sequence[UUID]) -> QuerySet[Booking]:
    """Living bookings that touch a span, each with its owner's name and whether some of its time is not its own."""
    return with_marks(
        Booking.objects.filter(resource_id__in=resource_ids, starts_at__lt=end, ends_at__gt=start)
        .exclude(state__in=[state.value for state in OVER])
        .extra(where=["(bookings_booking.starts_at > %s OR bookings_booking.long)"], params=[start - SHORT])
    ).order_by("starts_at", "id")


def with_marks(query: QuerySet[Booking]) -> QuerySet[Booking]:
    """Each booking with `is_overlapping` and `owner`."""
    losers = Slot.objects.filter(booking_id=OuterRef("id"), held=False)
    owner = Person.objects.filter(id=OuterRef("owner_id")).values("name")[:1]
    return query.annotate(
        is_overlapping=Exists(losers), owner=Coalesce(Subquery(owner), Cast("organiser_name", CharField()))
    )


def show_all(actor: Actor, found: Iterable[Booking], *, rows: Iterable[Row]) -> list[Shown]:
    """Bookings as this actor sees them, their signs read in one statement."""
    by_id = {row.id: row for row in rows}
    bookings = [booking for booking in found if booking.resource_id in by_id]
    ties = signs.ties(booking.id for booking in bookings) if bookings else {}
    return [_show(actor, booking, row=by_id[booking.resource_id], tie=ties.get(booking.id)) for booking in bookings]


def _show(actor: Actor, booking: Booking, *, row: Row, tie: signs.Tie | None) -> Shown:
    is_ours = booking.origin == "here"
    sign = signs.sign(tie, is_mapped=row.is_mapped, saved_at=booking.updated_at, is_ours=is_ours)
    marked: Any = booking
    return shown.show(
        booking, row=row, actor=actor, sign=sign, is_overlapping=marked.is_overlapping, owner=marked.owner or ""
    )


def as_grid(board: Board, *, may_book: bool) -> dict[str, Any]:
    """Plain JSON of spans for the calendar widget, in wall time of the board's zone."""
    opens, closes = hours(board)
    return {
        "zone": board.zone,
        "day": board.first.isoformat(),
        "opens": f"{opens:02d}:00",
        "closes": f"{closes:02d}:00",
        "may_book": may_book,
        "resource": str(board.rows[0].id) if len(board.rows) == 1 else "",
        "rows": [str(row.id) for row in board.rows],
        "places": [
            {"id": place.id, "title": place.title, "resources": [_grid_row(row) for row in place.rows]}
            for place in board.places
        ],
        "events": [*_nights(board), *(_grid_event(one, board.zone) for one in board.bookings)],
    }


def hours(board: Board) -> tuple[int, int]:
    """The hours to show: the working day, widened to what lies outside of it."""
    opens, closes = OPENS, CLOSES
    for one in board.bookings:
        start, end = (moment.astimezone(ZoneInfo(board.zone)) for moment in (one.starts_at, one.ends_at))
        if one.all_day or start.date() != (end - timedelta(microseconds=1)).date():
            continue
        opens = min(opens, start.hour)
        closes = max(closes, end.hour + (end.minute > 0) if end.date() == start.date() else 24)
    return opens, closes


def _grid_row(row: Row) -> dict[str, Any]:
    hint = f"{row.seats} {'seat' if row.seats == 1 else 'seats'}" if row.seats else ""
    return {"id": str(row.id), "title": row.name, "extendedProps": {"hint": hint}}


def _grid_event(one: Shown, zone: str) -> dict[str, Any]:
    title = one.title if not one.quantity > 1 else f"{one.title} × {one.quantity}"
    classes = [f"is-{one.look}", one.sign.shape.value]
    mark = "!" if one.look == "overlap" else "?" if one.sign.shape is signs.Shape.ASKS_YOU else ""
    return {
        "id": str(one.id),
        "resourceIds": [str(one.resource_id)],
        "start": _wall(one.starts_at, zone),
        "end": _wall(one.ends_at, zone),
        "allDay": False,
        "title": title,
        "editable": one.may_change and not one.all_day,
        "extendedProps": {"classes": classes, "mark": mark, "version": one.version, "sentence": _sentence(one)},
    }


def _sentence(one: Shown) -> str:
    """What a screen reader says and what a pointer shows: everything the colours say."""
    start, end = one.wall(one.starts_at), one.wall(one.ends_at)
    span = "all day" if one.all_day else f"{start:%H:%M} to {end:%H:%M}"
    who = f", {one.who}" if one.who else ""
    return f"{one.title}, {one.resource_name}, {span}{who}; {one.look_words.lstrip('! ')}, {one.sign.word}"


def _wall(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def _nights(board: Board) -> list[dict[str, Any]]:
    """The hours in which nobody works, as shadows behind the grid."""
    rows = [str(row.id) for row in board.rows]
    return [
        _shadow(f"night-{day.isoformat()}-{number}", rows, f"{day}T{start}", f"{day}T{end}")
        for day in (board.first + timedelta(days=number) for number in range(board.days))
        for number, (start, end) in enumerate(_closed(day))
    ]


def _closed(day: date) -> list[tuple[str, str]]:
    if day.weekday() not in WORKDAYS:
        return [("00:00", "23:59:59")]
    return [("00:00", f"{WORK_FROM:%H:%M}"), (f"{WORK_TO:%H:%M}", "23:59:59")]


def _shadow(name: str, rows: list[str], start: str, end: str) -> dict[str, Any]:
    return {
        "id": name,
        "resourceIds": rows,
        "start": start,
        "end": end,
        "display": "background",
        "extendedProps": {"classes": ["is-night"]},
    }


def tag(board_json: dict[str, Any]) -> str:
    """A short fingerprint of an answer, for If-None-Match."""
    text = json.dumps(board_json, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def today_in(zone: str) -> date:
    return clock.now().astimezone(ZoneInfo(zone)).date()
