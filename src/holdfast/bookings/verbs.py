"""The only way in: orders are judged and done here, many in one transaction.

`apply` is a durable transaction of its own; `apply_within` joins one that is open (mirror stores link state in it).
Order of work: lock bookings, the series they are dates of, and units; read what is taken; judge in memory; write
bookings and slots, conflicts; tell followers. The journal follows at the transaction's end, because its head is the one
row all writers share.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from holdfast.bookings import acceptance, followers, scene, writing
from holdfast.bookings.errors import Raced, TooMany
from holdfast.bookings.followers import BookingChanged
from holdfast.bookings.judging import Judgement, Step
from holdfast.bookings.orders import Edit, Make, Order
from holdfast.bookings.outcomes import Clash, Outcome, Refused
from holdfast.bookings.privacy import masked
from holdfast.bookings.record import Record
from holdfast.bookings.series import store
from holdfast.database.transactions import repeated
from holdfast.directory.roles import Actor
from holdfast.journal.writing import Entry, write
from holdfast.ports import clock
from holdfast.timetable.when import When

BATCH_MAX = 2_000  # claims are numbered inside one draw of 10,000; and a transaction should stay short
_MARGIN = timedelta(days=1)


def apply(actor: Actor, orders: Sequence[Order]) -> list[Outcome]:
    """Do what can be done in one durable transaction; one outcome for each order, in their order.

    Raises TooMany, and Busy where PostgreSQL asked for a repetition too often.
    """
    return repeated(actor.workspace_id, lambda: apply_within(actor, orders))


def apply_within(actor: Actor, orders: Sequence[Order]) -> list[Outcome]:
    """The same, inside the caller's `in_workspace` transaction (`database.transactions.repeated` makes one)."""
    if len(orders) > BATCH_MAX:
        raise TooMany
    if not orders:
        return []
    judgement = _prepare(actor, orders, at=clock.now())
    judgement.judge(orders)
    write_judgement(judgement)
    return answers(judgement)


def _prepare(actor: Actor, orders: Sequence[Order], *, at: datetime) -> Judgement:
    named = {order.booking_id for order in orders if not isinstance(order, Make)}
    records = scene.records(actor.workspace_id, sorted(named), lock=True) if named else {}
    held = store.held(actor.workspace_id, records.values())
    resources = {record.resource_id for record in records.values()}
    resources.update(order.resource_id for order in orders if isinstance(order, Make))
    moved_to = (order.changes.get("resource_id") for order in orders if isinstance(order, Edit))
    resources.update(resource for resource in moved_to if resource is not None)
    facts, units = scene.lock_units(actor.workspace_id, resources, bookings=records)
    start, end = _reach(orders, records, facts, at=at)
    claim, ground = scene.ground(actor.workspace_id, units, start=start, end=end)
    return Judgement(actor, at, facts, ground, records, claim, units, held=held)


def _reach(
    orders: Sequence[Order], records: dict[UUID, Record], facts: dict[UUID, scene.Facts], *, at: datetime
) -> tuple[datetime, datetime]:
    """The span that holds everything the orders may touch. Wall times are widened by a day instead of converted."""
    buffer = max((known.buffer_after for known in facts.values()), default=timedelta())
    starts = [record.starts_at for record in records.values()]
    ends = [record.ends_at for record in records.values()]
    for order in orders:
        when = order.when if isinstance(order, Make) else order.changes.get("when") if isinstance(order, Edit) else None
        if isinstance(when, When) and _is_sound(when):
            starts.append(when.start.replace(tzinfo=at.tzinfo) - _MARGIN)
            ends.append(when.end.replace(tzinfo=at.tzinfo) + _MARGIN)
    if not starts:
        return at, at
    return min(starts), max(ends) + buffer


def _is_sound(when: When) -> bool:
    return when.start.tzinfo is None and when.end.tzinfo is None and acceptance.is_in_years(when)


def write_judgement(judgement: Judgement) -> None:
    """Everything a judgement entails, in the order of locks; for this package only."""
    workspace = judgement.actor.workspace_id
    if not judgement.steps and not judgement.reseated:
        return
    _write_record(judgement, workspace)
    pairs_after = judgement.pairs_after()
    opened = _directed(judgement, pairs_after - judgement.pairs_before)
    closed = sorted(judgement.pairs_before - pairs_after)
    if opened:
        writing.open_overlaps(workspace, opened, at=judgement.at)
    if closed:
        writing.close_overlaps(workspace, closed, at=judgement.at, by=judgement.actor.name)
    followers.tell(judgement.actor, _changed(judgement))
    entries = [_entry(step) for step in judgement.steps]
    entries += [Entry("promoted", "booking", booking_id) for booking_id in judgement.promoted]
    entries += [Entry("overlapped", "booking", one, after={"with": other}) for one, other in opened]
    entries += [Entry("cleared", "booking", one, before={"with": other}) for one, other in closed]
    write(workspace, judgement.actor.by, entries, at=judgement.at)


def _write_record(judgement: Judgement, workspace: UUID) -> None:
    made: list[Record] = []
    changed: list[Record] = []
    for booking_id, original in judgement.originals.items():
        (made if original is None else changed).append(judgement.records[booking_id])
    new = {record.id for record in made}
    stale = [booking_id for booking_id in judgement.reseated if booking_id not in new]
    if stale:
        writing.lift_slots(workspace, stale, judgement.units)
    slots = writing.slot_rows(judgement.ground, judgement.reseated)
    if writing.write_bookings(workspace, made, changed, slots) != len(slots):
        # Only somebody who did not lock the units can get here first; the constraint held, and all of it is repeated.
        raise Raced


def _directed(judgement: Judgement, pairs: set[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """(younger claim, older claim): the younger one is the one to be answered."""

    def claim(booking_id: UUID) -> int:
        return max((taken.claim for _, taken in judgement.ground.of(booking_id)), default=0)

    return [(one, other) if claim(one) > claim(other) else (other, one) for one, other in sorted(pairs)]


def _changed(judgement: Judgement) -> list[BookingChanged]:
    told = [
        BookingChanged(judgement.records[booking_id], original)
        for booking_id, original in judgement.originals.items()
        if judgement.records[booking_id] != original
    ]
    others = [booking_id for booking_id in judgement.promoted if booking_id not in judgement.originals]
    if others:
        known = scene.records(judgement.actor.workspace_id, others)
        told += [BookingChanged(known[booking_id], known[booking_id], promoted=True) for booking_id in others]
    return told


def _entry(step: Step) -> Entry:
    if step.before is None:
        after: Any = step.after if not step.cut else {"cut": step.cut, "booking": step.after}
        return Entry(step.verb, "booking", step.after.id, after=after, cause=step.cause)
    names = [name for name in Record.__struct_fields__ if getattr(step.before, name) != getattr(step.after, name)]
    before = {name: getattr(step.before, name) for name in names}
    changes: dict[str, Any] = {name: getattr(step.after, name) for name in names}
    if step.cut:
        changes["cut"] = step.cut
    return Entry(step.verb, "booking", step.after.id, before, changes, step.cause)


def answers(judgement: Judgement) -> list[Outcome]:
    """The outcomes; what stands in the way is named as far as the asker may know. For this package only."""
    outcomes = [outcome for outcome in judgement.outcomes if outcome is not None]
    assert len(outcomes) == len(judgement.outcomes), "every order has an outcome"
    wanted = {clash.booking_id for outcome in outcomes if isinstance(outcome, Refused) for clash in outcome.clashes}
    if not wanted:
        return outcomes
    known = scene.records(judgement.actor.workspace_id, wanted) | {
        booking_id: judgement.records[booking_id] for booking_id in wanted & judgement.records.keys()
    }
    return [_named(judgement.actor, outcome, known) for outcome in outcomes]


def _named(actor: Actor, outcome: Outcome, known: dict[UUID, Record]) -> Outcome:
    if not isinstance(outcome, Refused) or not outcome.clashes:
        return outcome
    return replace(outcome, clashes=tuple(_introduced(actor, clash, known) for clash in outcome.clashes))


def _introduced(actor: Actor, clash: Clash, known: dict[UUID, Record]) -> Clash:
    record = known.get(clash.booking_id)
    if record is None:
        return clash
    return replace(clash, title=masked(actor, record).title, starts_at=record.starts_at, ends_at=record.ends_at)
