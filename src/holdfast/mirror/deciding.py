"""What is done for links once their observations are in: plan, do what can be done here, and say what must be sent.

This module decides nothing about links itself: `reconcile.plan` does. It carries the steps out that need no answer from
Microsoft, within the caller's transaction: verbs of `bookings` in one batch for each mapping, agreements, parkings; and
it saves the offers of what is to be written. It must not send anything.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from holdfast.bookings.orders import Cancel, Edit, Make, Order, Restore
from holdfast.bookings.outcomes import Code, Done, Outcome
from holdfast.bookings.outcomes import Refused as BookingRefused
from holdfast.bookings.states import BookingKind
from holdfast.bookings.verbs import apply_within
from holdfast.directory.roles import outlook
from holdfast.mirror import clashes, keeping, translate
from holdfast.mirror.desk import Desk
from holdfast.mirror.errands import Errand, Read, Search, Write
from holdfast.mirror.links import Row
from holdfast.mirror.ours import changes_of, fields_of, said_by
from holdfast.ports import clock, ids
from holdfast.reconcile import offers
from holdfast.reconcile.doing import done
from holdfast.reconcile.link import Offer, Reason
from holdfast.reconcile.plan import plan
from holdfast.reconcile.resting import holds
from holdfast.reconcile.snapshot import Field, Snapshot
from holdfast.reconcile.steps import (
    Agree,
    Close,
    Conflict,
    Create,
    Decline,
    Delete,
    Find,
    Look,
    Nothing,
    Park,
    Patch,
    Pull,
    PullGone,
    PullNew,
    Repeat,
    Step,
    Taking,
)
from holdfast.reconcile.verdict import Refused, Verdict

ROUNDS_MAX = 6
"""How often one link is planned anew within one transaction. Each plan either rests or moves; more is a mistake."""

ORDERS_MAX = 1000
"""Orders of one call: half of what `bookings` takes at once."""


@dataclass(slots=True)
class _Pending:
    row: Row
    verdict: Verdict = None


def decide(desk: Desk, rows: Sequence[Row]) -> list[Errand]:
    """Bring each link as far as it comes without Microsoft; answers what is to be asked or sent for the others."""
    errands: list[Errand] = []
    pending = [_Pending(row) for row in rows]
    for _ in range(ROUNDS_MAX):
        takings: list[tuple[_Pending, Taking]] = []
        again: list[_Pending] = []
        for each in pending:
            match _planned(desk, each, errands):
                case True:
                    again.append(each)
                case False:
                    pass
                case step:
                    takings.append((each, step))
        again.extend(_take(desk, takings))
        if not again:
            return errands
        pending = again
    for each in pending:
        _park(desk, each.row, Reason.FAILED, "the plan for this booking goes round in circles")
    return errands


def _planned(desk: Desk, each: _Pending, errands: list[Errand]) -> bool | Taking:
    """One step of one link: True to plan again, False when it rests or waits, or the verb that is to be called."""
    row, now = each.row, clock.now()
    rules = desk.rules(row)
    if rules is None:
        row.is_unsettled = False
        return False
    step = plan(row.state, rules, now=now, verdict=each.verdict)
    keeping.keep(desk, row, _conflicts(step))
    match step:
        case Nothing():
            question = _question(row)
            if question is None:
                _rest(row, now)
                return False
            errands.append(question)
        case PullNew() | Pull() | PullGone():
            return step
        case Agree() | Close():
            row.state = done(row.state, step, now=now)
            each.verdict = None
            return True
        case Park():
            row.state = done(row.state, step, now=now)
            desk.tally.parked += 1
            return True
        case Look(event_id):
            errands.append(Read(row.id, event_id))
        case Find(offer, transaction_id):
            errands.append(Search(row.id, offer, transaction_id))
        case Create() | Repeat() | Patch() | Delete() | Decline():
            errands.append(_offered(desk, row, step, now))
        case _ as never:
            assert_never(never)
    row.is_unsettled = True
    return False


def _question(row: Row) -> Errand | None:
    """A parked link whose event moved is read, though nothing is planned: only so can its parking end.

    What the brake stopped is not asked about: that is what a brake is for.
    """
    parked, sight = row.state.parked, row.state.theirs
    if parked is None or parked.reason is Reason.BRAKE or row.state.closed is not None:
        return None
    return Read(row.id, sight.event_id) if row.state.must_look and sight is not None else None


def _conflicts(step: Step) -> tuple[Conflict, ...]:
    match step:
        case Agree() | Patch() | Delete() | Pull() | Decline() | Park():
            return step.conflicts
        case _:
            return ()


def _rest(row: Row, now: datetime) -> None:
    """The link is settled, parked or closed; a parking with an end is looked at again then."""
    parked = row.state.parked
    is_parked = parked is not None and holds(row.state, now=now)
    if parked is not None and not is_parked:
        row.state = replace(row.state, parked=None)
    row.due_at = parked.until if parked is not None and is_parked else None
    row.is_unsettled = row.due_at is not None
    row.failures = 0
    if not is_parked and row.state.closed is None:
        row.confirmed_at = now


def _park(desk: Desk, row: Row, reason: Reason, detail: str) -> None:
    now = clock.now()
    row.state = done(row.state, Park(reason, detail=detail), now=now)
    desk.tally.parked += 1
    _rest(row, now)


def _offered(desk: Desk, row: Row, step: Create | Repeat | Patch | Delete | Decline, now: datetime) -> Errand:
    """Save the offer with its body, so that a crash after the sending finds it again."""
    row.state, offer = offers.send(row.state, step, now=now)
    body = _body(desk, row, step, offer)
    if body != offer.body:
        row.state = offers.with_body(row.state, offer, body)
        offer = replace(offer, body=body)
    if isinstance(step, Decline):
        return Read(row.id, step.event_id, decline=offer)
    return Write(row.id, offer)


def _body(desk: Desk, row: Row, step: Create | Repeat | Patch | Delete | Decline, offer: Offer) -> str:
    match step:
        case Create(body, transaction_id=transaction_id):
            return translate.create_body(body, transaction_id=transaction_id, mark=_mark(desk, row, offer)).decode()
        case Patch(fields=changed, after=after):
            return translate.patch_body(after, changed, mark=_mark(desk, row, offer)).decode()
        case Repeat():
            return offer.body
        case Delete():
            return ""
        case Decline(reason=reason):
            return _SENTENCES.get(reason, "The room is not free at this time.")
        case _ as never:
            assert_never(never)


_SENTENCES = {
    "cancelled": "The booking was cancelled in Holdfast.",
    Code.NOT_BOOKABLE.value: "This room cannot be booked.",
    Code.INVALID.value: "This time cannot be booked.",
}


def _mark(desk: Desk, row: Row, offer: Offer) -> translate.Mark:
    instance = desk.engine.instance()
    return translate.Mark(instance, desk.workspace_id, row.booking_id or row.id, row.id, offer.number)


def _take(desk: Desk, takings: Sequence[tuple[_Pending, Taking]]) -> list[_Pending]:
    """Call the verbs, one batch for each mapping; answers the links that are to be planned again."""
    by_mapping: dict[UUID, list[tuple[_Pending, Taking, Order]]] = defaultdict(list)
    again: list[_Pending] = []
    for each, step in takings:
        order = _order(desk, each.row, step)
        if order is None:
            each.row.state = done(each.row.state, step, now=clock.now())
            again.append(each)
        else:
            by_mapping[each.row.mapping_id].append((each, step, order))
    for mapping_id, batch in by_mapping.items():
        actor = outlook(desk.workspace_id, mapping_id=mapping_id)
        found: list[clashes.Clash] = []
        for first in range(0, len(batch), ORDERS_MAX):
            chunk = batch[first : first + ORDERS_MAX]
            outcomes = apply_within(actor, [order for _, _, order in chunk])
            for (each, step, _), outcome in zip(chunk, outcomes, strict=True):
                _taken(desk, each, step, outcome)
                again.append(each)
                if isinstance(outcome, Done) and outcome.overlaps and not _is_first_sync(desk, each.row):
                    found.append(clashes.Clash(each.row, outcome))
        if found:
            clashes.resolve(desk, found)
    return again


def _order(desk: Desk, row: Row, step: Taking) -> Order | None:
    """The verb that carries the step out; None where there is no booking to change."""
    match step:
        case PullNew(after):
            return Restore(booking_id=row.booking_id) if row.booking_id else _make(desk, row, after)
        case Pull(changed, after):
            changes = changes_of(after, changed)
            return Edit(booking_id=_booking_of(row), changes=changes) if changes else None
        case PullGone():
            return Cancel(booking_id=row.booking_id, reason="deleted in Outlook") if row.booking_id else None
        case _ as never:
            assert_never(never)


def _booking_of(row: Row) -> UUID:
    assert row.booking_id is not None, "a link with a booking's snapshot has a booking"
    return row.booking_id


def _make(desk: Desk, row: Row, after: Snapshot) -> Make:
    mapping = desk.mapping(row.mapping_id)
    assert mapping is not None, "a link without a mapping is not planned"
    name, address = desk.organisers.get(row.id, ("", ""))
    return Make(
        id=ids.new(),
        resource_id=mapping.resource_id,
        when=after.when,
        title=after.title,
        note=after.note,
        show_as=after.show_as,
        sensitivity=after.sensitivity,
        place=after.place,
        people=after.people,
        kind=BookingKind.BLOCKER if _only_blocks(row) else BookingKind.BOOKING,
        organiser_name=name,
        organiser_address=address,
    )


def _taken(desk: Desk, each: _Pending, step: Taking, outcome: Outcome) -> None:
    row = each.row
    match outcome:
        case Done(booking=booking):
            said = said_by(booking, adopted=row.is_adopted)
            result = said if isinstance(said, Snapshot) else None
            row.booking_id = booking.id
            row.state = done(row.state, step, now=clock.now(), result=result)
            row.changed_at = clock.now()
            each.verdict = None
            _count(desk, row, step, outcome)
            keeping.note_outcome(desk, row, outcome)
        case BookingRefused(code=Code.OVER) if isinstance(step, PullGone):
            # Cancelled here meanwhile: both sides say the same.
            row.state = done(row.state, step, now=clock.now())
        case BookingRefused(code=Code.NOT_FOUND):
            row.state = done(row.state, Close("the booking is gone"), now=clock.now())
        case BookingRefused():
            desk.tally.refused += 1
            if isinstance(step, PullNew) and _is_first_sync(desk, row):
                # What was there before us is never deleted or declined for our rules' sake (Z-M01).
                row.state = done(row.state, Park(Reason.REFUSED, detail=outcome.code.value), now=clock.now())
                return
            each.verdict = Refused(_refused_fields(step, outcome), outcome.code.value)
        case _ as never:
            assert_never(never)


def _is_first_sync(desk: Desk, row: Row) -> bool:
    mapping = desk.mapping(row.mapping_id)
    return mapping is not None and mapping.synced_at is None


def _refused_fields(step: Taking, outcome: BookingRefused) -> tuple[Field, ...]:
    named = fields_of(outcome.fields)
    if isinstance(step, Pull):
        return tuple(name for name in step.fields if name in named) or step.fields
    return named


def _count(desk: Desk, row: Row, step: Taking, outcome: Done) -> None:
    desk.tally.overlapping += bool(outcome.overlaps)
    match step:
        case PullNew():
            desk.tally.made += 1
            desk.tally.blocked += _only_blocks(row)
        case Pull():
            desk.tally.changed += 1
        case PullGone():
            desk.tally.cancelled += 1
        case _ as never:
            assert_never(never)


def _only_blocks(row: Row) -> bool:
    """An occurrence of a series, or another mapping's event: it takes its time and cannot be changed here."""
    return row.is_shadow or bool(row.series_id)
