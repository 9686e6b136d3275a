"""Bookings: reading them, and the verbs that change them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from holdfast.api import etags, once, paging, resting, shapes, telling, times
from holdfast.api.availability import instead
from holdfast.api.door import actor
from holdfast.api.problems import Problem
from holdfast.api.telling import answers
from holdfast.bookings import reading, verbs
from holdfast.bookings.idempotency import Answer
from holdfast.bookings.models import Slot
from holdfast.bookings.orders import Cancel, Edit, Make, Order, Restore
from holdfast.bookings.outcomes import Done, Refused
from holdfast.bookings.states import State
from holdfast.database.transactions import in_workspace
from holdfast.directory import resources as directory
from holdfast.directory.roles import Actor, Permission
from holdfast.reconcile.snapshot import Person, Role, Sensitivity, ShowAs

router = Router(tags=["bookings"])
STATE = Literal[
    "pending",
    "holding",
    "offered",
    "waitlisted",
    "confirmed",
    "checked_in",
    "cancelled",
    "declined",
    "expired",
    "released",
]
_WRITES = (400, 404, 409, 415, 422)


class _No(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence)
        self.refused = refused


class Wanted(Schema):
    """Which bookings a page is about."""

    resource_id: UUID | None = None
    owner_id: UUID | None = None
    state: STATE | None = None
    start: str | None = None
    end: str | None = None
    cursor: str | None = None
    limit: int | None = None


@router.get("", response=answers(shapes.Bookings, problems=(400, 422)), summary="Bookings by their start")
def listed(request: HttpRequest, wanted: Query[Wanted]) -> telling.Json:
    who = actor(request)
    which = reading.Wanted(
        resource_id=wanted.resource_id,
        owner_id=wanted.owner_id,
        state=State(wanted.state) if wanted.state else None,
        start=_instant(wanted.start, "start"),
        end=_instant(wanted.end, "end"),
    )
    with in_workspace(who.workspace_id):
        found, following = reading.page(who, which, cursor=wanted.cursor or None, limit=paging.size(wanted.limit))
        return {"items": telling.bookings(found), "next": following}


@router.post("", response=answers(shapes.Booking, status=201, problems=_WRITES), summary="Make a booking")
def make(request: HttpRequest, payload: shapes.NewBooking) -> HttpResponse:
    """The slot is taken from the moment this answers, before it is seen in Outlook (S064)."""
    who = actor(request)
    with in_workspace(who.workspace_id):
        row = directory.resource(who.workspace_id, payload.resource_id)
    when = times.when(payload.start, payload.end, zone=payload.zone or row.zone, all_day=payload.all_day)
    basis = resting.basis(who, row, when, accept_unread=payload.accept_unread)
    order = Make(
        resource_id=row.id,
        when=when,
        title=payload.title,
        note=payload.note,
        show_as=ShowAs(payload.show_as),
        sensitivity=Sensitivity(payload.sensitivity),
        people=_people(payload.people),
        quantity=payload.quantity,
        owner_id=who.person_id,
        basis=basis,
    )
    return _do(request, order, status=201)


@router.get("/{booking_id}", response=answers(shapes.Booking, problems=(404,)), summary="One booking")
def one(request: HttpRequest, booking_id: UUID, response: HttpResponse) -> telling.Json:
    told = _read(actor(request), booking_id)
    response["ETag"] = etags.of_version(told["version"])
    return told


@router.patch(
    "/{booking_id}", response=answers(shapes.Booking, problems=(*_WRITES, 412, 428)), summary="Change a booking"
)
def change(
    request: HttpRequest, booking_id: UUID, payload: shapes.BookingChanges, response: HttpResponse
) -> telling.Json:
    """Only the fields that are sent change, so that nobody else's edit is undone."""
    who = actor(request)
    with in_workspace(who.workspace_id):
        record = reading.booking(who, booking_id)
    version = etags.version(request, record.version)
    sent = payload.dict(exclude_unset=True)
    order = Edit(booking_id=booking_id, changes=_changes(who, record, sent, payload), version=version)
    outcome = verbs.apply(who, [order])[0]
    if isinstance(outcome, Refused):
        raise telling.refusal(outcome)
    told = _read(who, booking_id)
    response["ETag"] = etags.of_version(told["version"])
    return told


@router.post(
    "/{booking_id}/cancellation", response=answers(shapes.Booking, problems=_WRITES), summary="Cancel a booking"
)
def cancel(request: HttpRequest, booking_id: UUID, payload: shapes.Cancellation | None = None) -> HttpResponse:
    reason = payload.reason if payload else ""
    return _do(request, Cancel(booking_id=booking_id, reason=reason, version=_optional_version(request, booking_id)))


@router.post(
    "/{booking_id}/restoration", response=answers(shapes.Booking, problems=_WRITES), summary="Take a cancellation back"
)
def restore(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """If the time is still free; a restored booking is a new claim."""
    return _do(request, Restore(booking_id=booking_id, version=_optional_version(request, booking_id)))


@router.get(
    "/{booking_id}/story", response=answers(list[shapes.Change], problems=(404,)), summary="What happened to a booking"
)
def story(request: HttpRequest, booking_id: UUID) -> list[Any]:
    who = actor(request)
    with in_workspace(who.workspace_id):
        return [msgspec.to_builtins(told) for told in reading.story(who, booking_id)]


def _do(request: HttpRequest, order: Order, *, status: int = 200) -> HttpResponse:
    """One order, once, however often the request is sent. A refusal is not kept: the next try may succeed."""
    who = actor(request)

    def work() -> Answer:
        outcome = verbs.apply_within(who, [order])[0]
        match outcome:
            case Done():
                told = telling.booking(outcome.booking, overlaps=bool(outcome.overlaps), sync=_sync(outcome))
                return Answer(status, msgspec.json.encode(told).decode())
            case Refused():
                raise _No(outcome)

    try:
        answer = once.within(request, work)
    except _No as no:
        alternatives = instead(who, order) if isinstance(order, Make) and no.refused.clashes else None
        raise telling.refusal(no.refused, alternatives=alternatives) from None
    if status == 201:
        answer["Location"] = f"/api/v1/bookings/{msgspec.json.decode(answer.content)['id']}"
    return answer


def _sync(done: Done) -> telling.Json:
    return telling.signs([done.booking.id]).get(done.booking.id, telling.ONLY_HERE)


def _read(who: Actor, booking_id: UUID) -> telling.Json:
    who.require(Permission.VIEW)
    with in_workspace(who.workspace_id):
        record = reading.booking(who, booking_id)
        sync = telling.signs([booking_id]).get(booking_id, telling.ONLY_HERE)
        overlaps = Slot.objects.filter(workspace_id=who.workspace_id, booking_id=booking_id, held=False).exists()
    return telling.booking(record, overlaps=overlaps, sync=sync)


def _changes(who: Actor, record: Any, sent: dict[str, Any], payload: shapes.BookingChanges) -> dict[str, Any]:
    """The named fields as the record keeps them. Raises Problem."""
    for name, value in sent.items():
        if value is None and name != "zone":
            raise Problem("invalid", f"{name} cannot be null; leave it out to keep it as it is.", field=name)
    changes: dict[str, Any] = {
        name: sent[name] for name in ("title", "note", "quantity", "resource_id") if name in sent
    }
    if "resource_id" in sent:
        with in_workspace(who.workspace_id):
            directory.resource(who.workspace_id, sent["resource_id"])
    if "show_as" in sent:
        changes["show_as"] = ShowAs(sent["show_as"])
    if "sensitivity" in sent:
        changes["sensitivity"] = Sensitivity(sent["sensitivity"])
    if "people" in sent:
        changes["people"] = _people(payload.people or [])
    if {"start", "end", "zone", "all_day"} & set(sent):
        when = record.when
        start, end = sent.get("start", when.start.isoformat()), sent.get("end", when.end.isoformat())
        changes["when"] = times.when(
            start, end, zone=sent.get("zone") or when.zone, all_day=sent.get("all_day", when.all_day)
        )
    return changes


def _people(people: list[shapes.Person]) -> tuple[Person, ...]:
    return tuple(Person(one.address, one.name, Role(one.role)) for one in people)


def _optional_version(request: HttpRequest, booking_id: UUID) -> int | None:
    """A cancellation may name the version it means; it need not."""
    if not request.headers.get("If-Match"):
        return None
    who = actor(request)
    with in_workspace(who.workspace_id):
        current = reading.booking(who, booking_id).version
    return etags.version(request, current)


def _instant(text: str | None, field: str) -> datetime | None:
    return times.instant(text, field) if text else None
