"""Making and changing a booking through the form: the equal of the drag, in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from holdfast.bookings import verbs
from holdfast.bookings.models import TITLE_LENGTH_MAX
from holdfast.bookings.orders import Edit, Make
from holdfast.bookings.outcomes import Done, Refused
from holdfast.bookings.states import Basis
from holdfast.database.transactions import in_workspace
from holdfast.directory.errors import Invalid
from holdfast.directory.roles import Permission
from holdfast.ports import clock
from holdfast.reconcile.snapshot import Sensitivity
from holdfast.timetable import zones
from holdfast.timetable.when import When
from holdfast.web import asking, board, finding, frames, free, saying, times
from holdfast.web.door import Visit, page
from holdfast.web.saying import Told
from holdfast.web.shown import Row
from holdfast.web.views.booking import CHANGED, details, version_of

NOTE_CHARACTERS_MAX = 20_000
QUANTITY_MAX = 1_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it stands: what was typed, or what is suggested."""

    resource: str = ""
    title: str = ""
    start: str = ""
    end: str = ""
    first: str = ""
    last: str = ""
    all_day: bool = False
    private: bool = False
    note: str = ""
    quantity: str = "1"
    version: str = ""


@page("GET", "HEAD", permission=Permission.BOOK)
def new(visit: Visit) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
    filled = _suggested(visit, rows)
    return _form(visit, rows, filled, title="Book")


@page("POST", permission=Permission.BOOK)
def create(visit: Visit) -> HttpResponse:
    """Judge the form, look at Outlook where that is wanted, and book."""
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
    filled = _typed(visit.request.POST)
    try:
        row, when = _read(filled, rows)
    except Invalid as error:
        return _form(
            visit, rows, filled, title="Book", refused=Told(error.sentence, "", error.code, (error.field,)), status=422
        )
    match asking.look(visit, row, when):
        case asking.Yes(basis):
            pass
        case asking.Ask(question):
            if not visit.request.POST.get("anyway"):
                return _form(visit, rows, filled, title="Book", question=question, status=409)
            basis = Basis.UNREAD
        case asking.No(sentence, remedy):
            instead = free.instead(visit, free.Wanted(row.id, when, int(filled.quantity)))
            told = Told(sentence, remedy, "taken_in_outlook")
            return _form(visit, rows, filled, title="Book", refused=told, status=409, instead=instead)
    order = Make(
        resource_id=row.id,
        when=when,
        title=filled.title,
        note=filled.note,
        sensitivity=Sensitivity.PRIVATE if filled.private else Sensitivity.NORMAL,
        quantity=int(filled.quantity),
        owner_id=visit.person_id,
        basis=basis,
    )
    outcome = verbs.apply(visit.actor, [order])[0]
    match outcome:
        case Done():
            return _booked(visit, outcome)
        case Refused():
            wanted = free.Wanted(row.id, when, order.quantity)
            return _refused(visit, rows, filled, outcome, wanted=wanted, title="Book")


def _booked(visit: Visit, done: Done) -> HttpResponse:
    if not visit.is_part:
        return HttpResponseRedirect(reverse("web:booking", args=[done.booking.id]))
    return details(visit, done.booking.id, said=saying.yes(done))


@page("GET", "HEAD", permission=Permission.BOOK)
def edit(visit: Visit, booking_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
        found = finding.booking(visit.actor, booking_id)
    return _form(visit, rows, _of(found), title="Change", booking_id=booking_id)


@page("POST", permission=Permission.BOOK)
def update(visit: Visit, booking_id: UUID) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
        found = finding.booking(visit.actor, booking_id)
    filled, before = _typed(visit.request.POST), _of(found)
    try:
        row, when = _read(filled, rows)
    except Invalid as error:
        told = Told(error.sentence, "", error.code, (error.field,))
        return _form(visit, rows, filled, title="Change", booking_id=booking_id, refused=told, status=422)
    changes = _changes(filled, before, row=row, when=when, found=found)
    order = Edit(booking_id=booking_id, changes=changes, version=version_of(filled.version))
    outcome = verbs.apply(visit.actor, [order])[0]
    match outcome:
        case Done():
            return HttpResponseRedirect(reverse("web:booking", args=[booking_id]), headers=CHANGED)
        case Refused():
            wanted = free.Wanted(row.id, when, int(filled.quantity))
            return _refused(visit, rows, filled, outcome, wanted=wanted, title="Change", booking_id=booking_id)


@page("GET", "HEAD", permission=Permission.BOOK)
def check(visit: Visit) -> HttpResponse:
    """Whether what stands in the form would be free, before anybody says yes."""
    with in_workspace(visit.workspace.id):
        rows = board.read_rows()
    filled = _typed(visit.request.GET)
    try:
        row, when = _read(filled, rows)
    except Invalid as error:
        return render(visit.request, "web/check.html", {"wrong": error.sentence})
    wanted = free.Wanted(row.id, when, int(filled.quantity))
    clashes = free.in_the_way(visit, wanted, but=_uuid(visit.request.GET.get("but", "")))
    context = {
        "row": row,
        "clashes": clashes,
        "alternatives": free.instead(visit, wanted) if clashes else (),
        "known": asking.known(visit, row),
        "zone": row.zone,
    }
    return render(visit.request, "web/check.html", context)


def _suggested(visit: Visit, rows: list[Row]) -> Filled:
    """A form to begin with: the resource and the time of the address, or the next quarter of an hour."""
    asked = visit.request.GET
    row = next((one for one in rows if str(one.id) == asked.get("resource")), rows[0] if rows else None)
    zone = row.zone if row else visit.workspace.zone
    start, end = _suggested_times(asked, zone)
    day = f"{start:%Y-%m-%d}"
    return Filled(
        resource=str(row.id) if row else "",
        start=f"{start:%Y-%m-%dT%H:%M}",
        end=f"{end:%Y-%m-%dT%H:%M}",
        first=day,
        last=day,
    )


def _suggested_times(asked: QueryDict, zone: str) -> tuple[datetime, datetime]:
    start, end = times.suggestion(clock.now().astimezone(zones.zone(zone)), _day(asked.get("day", "")))
    told_in = asked.get("zone", zone)
    try:
        if asked.get("start"):
            start = times.moved(asked.get("start", ""), told_in, zone)
            end = start + HOUR
        if asked.get("end"):
            end = times.moved(asked.get("end", ""), told_in, zone)
    except Invalid:
        return start, start + HOUR
    return start, end if end > start else start + HOUR


def _typed(form: QueryDict) -> Filled:
    return Filled(
        resource=form.get("resource", "")[:64],
        title=form.get("title", "").strip(),
        start=form.get("start", ""),
        end=form.get("end", ""),
        first=form.get("first", ""),
        last=form.get("last", ""),
        all_day=bool(form.get("all_day")),
        private=bool(form.get("private")),
        note=form.get("note", "").replace("\r\n", "\n"),
        quantity=form.get("quantity") or "1",
        version=form.get("version", ""),
    )


def _of(found: finding.Found) -> Filled:
    booking, shown = found.booking, found.shown
    start = cast("datetime", booking.wall_start)  # pyright: ignore[reportUnknownMemberType]
    end = cast("datetime", booking.wall_end)  # pyright: ignore[reportUnknownMemberType]
    last = max(start, end - times.MICROSECOND)
    hidden = shown.is_hidden
    return Filled(
        resource=str(booking.resource_id),
        title="" if hidden else booking.title,
        start=f"{start:%Y-%m-%dT%H:%M}",
        end=f"{end:%Y-%m-%dT%H:%M}",
        first=f"{start:%Y-%m-%d}",
        last=f"{last:%Y-%m-%d}",
        all_day=booking.all_day,
        private=shown.is_private,
        note="" if hidden else booking.note,
        quantity=str(booking.quantity),
        version=str(booking.version),
    )


def _read(filled: Filled, rows: list[Row]) -> tuple[Row, When]:
    """The resource and the time that are meant. Raises Invalid."""
    row = next((one for one in rows if str(one.id) == filled.resource), None)
    if row is None:
        raise Invalid("resource", "Choose what to book.")
    if len(filled.title) > TITLE_LENGTH_MAX:
        raise Invalid("title", f"The title is longer than {TITLE_LENGTH_MAX} characters; shorten it.")
    if len(filled.note) > NOTE_CHARACTERS_MAX:
        raise Invalid("note", f"The note is longer than {NOTE_CHARACTERS_MAX} characters; shorten it.")
    if "\0" in filled.title + filled.note:
        raise Invalid("title", "A text holds a character that cannot be stored (NUL); remove it.")
    if not (filled.quantity.isascii() and filled.quantity.isdecimal() and 0 < int(filled.quantity[:9]) <= QUANTITY_MAX):
        raise Invalid("quantity", f"Say how many, from 1 to {QUANTITY_MAX}.")
    if filled.all_day:
        return row, times.days(filled.first, filled.last, zone=row.zone)
    when = times.when(filled.start, filled.end, zone=row.zone)
    times.refuse_doubtful(when)
    return row, when


def _changes(filled: Filled, before: Filled, *, row: Row, when: When, found: finding.Found) -> dict[str, Any]:
    """Only what was really changed: an untouched field must not overwrite what somebody else changed meanwhile."""
    changes: dict[str, Any] = {}
    timed = ("start", "end", "first", "last", "all_day", "resource")
    if any(getattr(filled, name) != getattr(before, name) for name in timed):
        changes["when"] = when
    if row.id != found.booking.resource_id:
        changes["resource_id"] = row.id
    for name in ("title", "note"):
        if getattr(filled, name) != getattr(before, name):
            changes[name] = getattr(filled, name)
    if filled.quantity != before.quantity:
        changes["quantity"] = int(filled.quantity)
    if filled.private != before.private:
        changes["sensitivity"] = Sensitivity.PRIVATE if filled.private else Sensitivity.NORMAL
    return changes


def _refused(
    visit: Visit,
    rows: list[Row],
    filled: Filled,
    refused: Refused,
    *,
    wanted: free.Wanted,
    title: str,
    booking_id: UUID | None = None,
) -> HttpResponse:
    instead = free.instead(visit, wanted) if refused.clashes else ()
    told, status = saying.refusal(refused), saying.status(refused)
    return _form(visit, rows, filled, title=title, booking_id=booking_id, refused=told, status=status, instead=instead)


def _form(
    visit: Visit,
    rows: list[Row],
    filled: Filled,
    *,
    title: str,
    booking_id: UUID | None = None,
    refused: Told | None = None,
    question: str = "",
    status: int = 200,
    instead: tuple[free.Alternative, ...] = (),
) -> HttpResponse:
    with in_workspace(visit.workspace.id):
        told = None if visit.is_part else frames.news()
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.place or "Elsewhere", []).append(row)
    row = next((one for one in rows if str(one.id) == filled.resource), None)
    context = {
        "heading": title,
        "groups": grouped.items(),
        "filled": filled,
        "row": row,
        "booking_id": booking_id,
        "refused": refused,
        "question": question,
        "alternatives": instead,
        "zone": row.zone if row else visit.workspace.zone,
    }
    return frames.show(visit, "web/booking_form.html", context, told=told, title=title, status=status)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
