"""What a booking would become if an order were done. Decides rights, versions and contents; knows no other booking."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, assert_never
from uuid import UUID

import msgspec

from holdfast.bookings import acceptance
from holdfast.bookings.orders import EDITABLE, Advance, Cancel, Edit, Make, Order, Restore
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.record import Record
from holdfast.bookings.series import exceptions, master
from holdfast.bookings.series.master import Held
from holdfast.bookings.states import OVER, BookingKind, Origin, State
from holdfast.directory.roles import Actor, Permission


@dataclass(frozen=True, slots=True)
class Candidate:
    """`moves`: its slots change. `claims`: it asks for time it did not have, so it queues behind whoever has it."""

    verb: str
    cause: str
    before: Record | None
    after: Record
    cut: dict[str, str]
    moves: bool
    claims: bool


NOTHING_CUT: dict[str, str] = {}


NO_SERIES: dict[UUID, Held] = {}


def candidate(
    actor: Actor,
    order: Order,
    records: dict[UUID, Record],
    *,
    at: datetime,
    held: Mapping[UUID, Held] = NO_SERIES,
) -> Candidate | Refused:
    """Judge one order by itself. `held` knows the series of every booking that is a date of one."""
    if isinstance(order, Make):
        return _made(actor, order, at=at)
    before = records.get(order.booking_id)
    refused = _untouchable(actor, order, before)
    if refused is not None or before is None:
        return refused or _not_found()
    series = held.get(before.series_id) if before.series_id is not None else None
    match order:
        case Edit():
            found = _edited(actor, order, before, at=at)
            return found if series is None or isinstance(found, Refused) else _of_series(found, series, records)
        case Cancel():
            changes = {} if before.state in OVER else {"state": State.CANCELLED, "cancelled_at": at}
            return changed("cancelled", order.reason, before, changes, at=at)
        case Restore():
            return _restored(before, at=at)
        case Advance():
            return _advanced(order, before, at=at)
        case _:
            assert_never(order)


def _made(actor: Actor, order: Make, *, at: datetime) -> Candidate | Refused:
    refused = _may_not_make(actor, order) or acceptance.accept_quantity(order.quantity)
    refused = refused or (acceptance.accept_people(order.people) if order.people else None)
    if refused is not None:
        return refused
    timed = acceptance.accept_when(order.when, from_outlook=actor.is_outlook)
    if isinstance(timed, Refused):
        return timed
    cut = acceptance.accept_texts(
        {field: getattr(order, field) for field in acceptance.TEXT_LENGTHS}, from_outlook=actor.is_outlook
    )
    if isinstance(cut, Refused):
        return cut
    when, span = timed
    mine = order.owner_id is None and order.kind is BookingKind.BOOKING and not actor.is_outlook
    after = Record(
        id=order.id,
        resource_id=order.resource_id,
        when=when,
        starts_at=span.start,
        ends_at=span.end,
        title=order.title,
        note=order.note,
        show_as=order.show_as,
        sensitivity=order.sensitivity,
        place=order.place,
        people=order.people,
        kind=order.kind,
        state=order.state,
        quantity=order.quantity,
        owner_id=actor.person_id if mine else order.owner_id,
        organiser_name=order.organiser_name,
        organiser_address=order.organiser_address,
        origin=Origin.OUTLOOK if actor.is_outlook else Origin.HERE,
        basis=order.basis,
        version=1,
        claim=0,
        claimed_at=at,
        created_at=at,
        updated_at=at,
        cancelled_at=None,
    )
    return Candidate("made", "", None, _shortened(after, cut), cut, moves=True, claims=True)


def _edited(actor: Actor, order: Edit, before: Record, *, at: datetime) -> Candidate | Refused:
    unknown = sorted(set(order.changes) - EDITABLE)
    if unknown:
        return Refused(Code.INVALID, tuple(unknown), f"A booking has no “{unknown[0]}” to change.", "Leave it out.")
    if before.state in OVER:
        return Refused(Code.OVER, (), "The booking is over.", "Restore it first, or make a new one.")
    changes = _typed(order.changes)
    refused = changes if isinstance(changes, Refused) else _contents_refused(actor, changes, before)
    if refused is not None or isinstance(changes, Refused):
        return refused or _not_found()
    texts = {field: changes[field] for field in acceptance.TEXT_LENGTHS if field in changes}
    cut = acceptance.accept_texts(texts, from_outlook=actor.is_outlook)
    if isinstance(cut, Refused):
        return cut
    changes |= {field: text[: acceptance.TEXT_LENGTHS[field]] for field, text in cut.items()}
    return _retimed(actor, changes, before, cut, at=at)


def _typed(changes: Mapping[str, Any]) -> dict[str, Any] | Refused:
    found: dict[str, Any] = {}
    for field, value in changes.items():
        try:
            found[field] = acceptance.typed(field, value)
        except (ValueError, TypeError):
            return acceptance.invalid(field, "It is not a value that this field can have.", "Choose one of the list.")
    return found


def _retimed(
    actor: Actor, changes: dict[str, Any], before: Record, cut: dict[str, str], *, at: datetime
) -> Candidate | Refused:
    if "when" in changes:
        timed = acceptance.accept_when(changes["when"], from_outlook=actor.is_outlook)
        if isinstance(timed, Refused):
            return timed
        when, span = timed
        changes |= {"when": when, "starts_at": span.start, "ends_at": span.end}
    return changed("edited", "", before, changes, at=at, cut=cut)


def _restored(before: Record, *, at: datetime) -> Candidate | Refused:
    if before.state in OVER and before.series_id is not None:
        return _lost_date()
    changes = {"state": State.CONFIRMED, "cancelled_at": None} if before.state in OVER else {}
    return changed("restored", "", before, changes, at=at)


def _advanced(order: Advance, before: Record, *, at: datetime) -> Candidate | Refused:
    changes: dict[str, Any] = {}
    if order.state is not None:
        changes["state"] = order.state
        if order.state in OVER and before.state not in OVER:
            changes["cancelled_at"] = at
    if order.basis is not None:
        changes["basis"] = order.basis
    if order.state is not None and before.state in OVER and order.state not in OVER:
        return Refused(Code.OVER, ("state",), "The booking is over.", "Restore it first, or make a new one.")
    return changed("advanced", "", before, changes, at=at)


def changed(
    verb: str, cause: str, before: Record, changes: dict[str, Any], *, at: datetime, cut: dict[str, str] = NOTHING_CUT
) -> Candidate:
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return Candidate(verb, cause, before, before, cut, moves=False, claims=False)
    after = msgspec.structs.replace(after, version=before.version + 1, updated_at=at)
    moves = _seat_of(before) != _seat_of(after)
    return Candidate(verb, cause, before, after, cut, moves=moves, claims=moves and _asks_for_more(before, after))


def _of_series(found: Candidate, series: Held, records: dict[UUID, Record]) -> Candidate | Refused:
    """One date by itself: it keeps its place among its neighbours, and names what is its own."""
    before, after = found.before, found.after
    if before is None or after == before or after.original_day is None:
        return found
    if after.when != before.when:
        day, to = after.original_day, master.day_of(series.master, after.starts_at)
        if exceptions.crosses(series.master.pattern, day, to, master.places_with(series, records)):
            return _crossing(day)
    return replace(found, after=master.with_own(series.master, after))


def _seat_of(record: Record) -> tuple[Any, ...] | None:
    if not record.takes_time:
        return None
    return (record.resource_id, record.starts_at, record.ends_at, record.quantity)


def _asks_for_more(before: Record, after: Record) -> bool:
    """A booking that only shrinks keeps its place in the queue."""
    if not after.takes_time:
        return False
    within = before.starts_at <= after.starts_at and after.ends_at <= before.ends_at
    same = before.resource_id == after.resource_id and after.quantity <= before.quantity
    return not (before.takes_time and same and within)


def _shortened(after: Record, cut: dict[str, str]) -> Record:
    if not cut:
        return after
    shorter = {field: text[: acceptance.TEXT_LENGTHS[field]] for field, text in cut.items()}
    return msgspec.structs.replace(after, **shorter)


def _may_not_make(actor: Actor, order: Make) -> Refused | None:
    for_others = order.owner_id not in {None, actor.person_id} or order.kind is BookingKind.BLOCKER
    needed = Permission.BOOK_FOR_OTHERS if for_others else Permission.BOOK
    if not actor.may(needed):
        return _not_allowed("owner_id" if for_others else "")
    if order.state in OVER:
        return acceptance.invalid("state", "A new booking cannot be over already.", "Leave the state out.")
    return None


def _contents_refused(actor: Actor, changes: dict[str, Any], before: Record) -> Refused | None:
    handed_over = "owner_id" in changes and changes["owner_id"] not in {actor.person_id, before.owner_id}
    blocks = changes.get("kind", before.kind) != before.kind
    if (handed_over or blocks) and not actor.may(Permission.BOOK_FOR_OTHERS):
        return _not_allowed("owner_id" if handed_over else "kind")
    refused = acceptance.accept_people(changes["people"]) if "people" in changes else None
    return refused or (acceptance.accept_quantity(changes["quantity"]) if "quantity" in changes else None)


def _untouchable(actor: Actor, order: Edit | Cancel | Restore | Advance, before: Record | None) -> Refused | None:
    if before is None:
        return _not_found()
    mine = before.owner_id is not None and before.owner_id == actor.person_id
    if not actor.may(Permission.BOOK if mine else Permission.BOOK_FOR_OTHERS):
        return _not_allowed("")
    if order.version is not None and order.version != before.version:
        sentence = "Somebody changed the booking while you were looking at it."
        return Refused(Code.CHANGED_MEANWHILE, ("version",), sentence, "Look at it again, then repeat your change.")
    return None


def _crossing(day: date) -> Refused:
    return Refused(
        Code.INVALID,
        ("when",),
        "The date would lie on the day of its neighbour in the series, or past it.",
        "Choose a day between its neighbours, or book it by itself.",
        name=exceptions.Why.CROSSES.value,
        dates=(day,),
    )


def _lost_date() -> Refused:
    """Outlook cannot bring one date of a series back, so neither side does."""
    sentence = "A date that was taken out of its series cannot come back into it."
    return Refused(Code.OVER, ("booking_id",), sentence, "Book that time by itself.", name="cancelled_date")


def _not_found() -> Refused:
    return Refused(Code.NOT_FOUND, ("booking_id",), "There is no such booking here.", "Look it up again.")


def _not_allowed(field: str) -> Refused:
    fields = (field,) if field else ()
    return Refused(Code.NOT_ALLOWED, fields, "You may not do this.", "Ask a manager of this workspace.")
