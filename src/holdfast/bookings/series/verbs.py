"""The only way in for series: orders are judged and done here, all their dates together.

Each date is judged as any booking is (units, buffers, claims), on one reading of what is taken around all of them. An
order is done whole or not at all. Several orders of one call lock everything they may touch first, in the one order of
locks, and are then done one after the other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from holdfast.bookings import followers, scene
from holdfast.bookings.candidates import Candidate
from holdfast.bookings.errors import TooMany
from holdfast.bookings.followers import SeriesChanged
from holdfast.bookings.judging import Judgement
from holdfast.bookings.outcomes import Clash, Code, Done, Outcome, Refused
from holdfast.bookings.scene import Facts
from holdfast.bookings.series import planning, store
from holdfast.bookings.series.master import Master
from holdfast.bookings.series.orders import BookSeries, CancelSeries, EditSeries, Policy, SeriesOrder
from holdfast.bookings.series.outcomes import SeriesDone, SeriesOutcome, Skipped
from holdfast.bookings.series.planning import Plan
from holdfast.bookings.verbs import answers, write_judgement
from holdfast.database.transactions import repeated
from holdfast.directory.roles import Actor
from holdfast.journal.writing import Entry, write
from holdfast.ports import clock

ORDERS_MAX = 20


def apply(actor: Actor, orders: Sequence[SeriesOrder]) -> list[SeriesOutcome]:
    """Do what can be done in one durable transaction; one outcome for each order, in their order.

    Raises TooMany, and Busy where PostgreSQL asked for a repetition too often.
    """
    return repeated(actor.workspace_id, lambda: apply_within(actor, orders))


def apply_within(actor: Actor, orders: Sequence[SeriesOrder]) -> list[SeriesOutcome]:
    """The same, inside the caller's `in_workspace` transaction."""
    if len(orders) > ORDERS_MAX:
        raise TooMany
    at = clock.now()
    if len(orders) > 1:
        _lock_all(actor, orders, at=at)
    return [_do(actor, order, at=at) for order in orders]


def planned(actor: Actor, order: SeriesOrder, *, at: datetime, lock: bool) -> Plan | Refused:
    """What the order would make of its series; locked for who means to do it."""
    if isinstance(order, BookSeries):
        return planning.book(actor, order, at=at)
    series, dates = store.with_dates(actor.workspace_id, [order.series_id], lock=lock)
    before, own = series.get(order.series_id), dates.get(order.series_id, {})
    match order:
        case EditSeries():
            return planning.edit(actor, order, before, own, at=at)
        case CancelSeries():
            return planning.cancel(actor, order, before, own, at=at)
        case _:
            assert_never(order)


def judged(
    actor: Actor, plan: Plan, facts: dict[UUID, Facts], units: list[int], *, at: datetime, policy: Policy
) -> Judgement:
    """All dates of a plan judged together on one reading of what is taken; for this package only."""
    claim, ground = scene.ground_at(actor.workspace_id, units, spans(plan.dates, facts))
    records = {each.before.id: each.before for each in plan.dates if each.before is not None}
    judgement = Judgement(actor, at, facts, ground, records, claim, units, keeps=policy is Policy.KEEP)

    def left_out() -> Iterable[Candidate]:
        if policy is not Policy.SKIP:
            return ()
        return [planning.left_out(plan, plan.dates[position], at=at) for position in _taken(judgement.outcomes)]

    judgement.judge_each(plan.dates, instead=left_out)
    return judgement


def spans(dates: Iterable[Candidate], facts: dict[UUID, Facts]) -> list[tuple[datetime, datetime]]:
    """Where dates were and shall be, with the longest buffer of their resources."""
    buffer = max((known.buffer_after for known in facts.values()), default=timedelta())
    sides = [side for each in dates for side in (each.before, each.after) if side is not None]
    return [(side.starts_at, side.ends_at + buffer) for side in sides]


def written(actor: Actor, plan: Plan, judgement: Judgement, *, verb: str) -> None:
    """The series, then its dates, then what they entail; for this package only."""
    made = [each for each in (plan.begun, plan.series if plan.before is None else None) if each is not None]
    changed = [plan.series] if plan.before is not None and plan.series != plan.before else []
    if made or changed:
        store.write(actor.workspace_id, made=made, changed=changed)
        followers.tell_series(actor, _told(plan, made, changed))
    write(actor.workspace_id, actor.by, _entries(plan, made, changed, verb=verb), at=judgement.at)
    write_judgement(judgement)


def _told(plan: Plan, made: Sequence[Master], changed: Sequence[Master]) -> list[SeriesChanged]:
    origin = plan.series.id if plan.begun is not None else None
    return [SeriesChanged(each, plan.before) for each in changed] + [
        SeriesChanged(each, None, begun_from=origin) for each in made
    ]


def _entries(plan: Plan, made: Sequence[Master], changed: Sequence[Master], *, verb: str) -> Iterable[Entry]:
    """The full texts that were cut stand with the series that has them shortened."""
    cut = {"cut": plan.cut} if plan.cut else {}
    for each in changed:
        assert plan.before is not None, "what is changed was there before"
        was, now = store.changes(plan.before, each)
        yield Entry(verb, "series", each.id, was, now | (cut if plan.begun is None else {}), plan.cause)
    for each in made:
        origin = {"from": plan.series.id} if plan.begun is not None else None
        yield Entry("made", "series", each.id, origin, store.told(each) | cut)


def resources_of(plan: Plan) -> set[UUID]:
    sides = [side for each in plan.dates for side in (each.before, each.after) if side is not None]
    return {side.resource_id for side in sides} | {plan.target.resource_id}


def _do(actor: Actor, order: SeriesOrder, *, at: datetime) -> SeriesOutcome:
    plan = planned(actor, order, at=at, lock=True)
    if isinstance(plan, Refused):
        return plan
    changing = [each.before.id for each in plan.dates if each.before is not None]
    facts, units = scene.lock_units(actor.workspace_id, resources_of(plan), bookings=changing)
    policy = Policy.REFUSE if isinstance(order, CancelSeries) else order.policy
    judgement = judged(actor, plan, facts, units, at=at, policy=policy)
    outcomes = answers(judgement)
    refused = _refused(plan, outcomes, policy=policy)
    if refused is not None:
        return refused
    written(actor, plan, judgement, verb="cancelled" if isinstance(order, CancelSeries) else "edited")
    return _done(plan, outcomes)


def _refused(plan: Plan, outcomes: Sequence[Outcome], *, policy: Policy) -> Refused | None:
    """Why nothing is done at all: the first refusal, told for all dates that met it.

    A new series of which no date is free is none, even where taken dates may be left out.
    """
    met = [(plan.dates[n].after.original_day, one) for n, one in enumerate(outcomes) if isinstance(one, Refused)]
    if policy is Policy.SKIP and (plan.before is not None or len(_taken(outcomes)) < len(plan.dates)):
        met = [(day, one) for day, one in met if one.code is not Code.TAKEN]
    if not met:
        return None
    first = met[0][1]
    alike = [(day, one) for day, one in met if one.code is first.code]
    clashes: dict[UUID, Clash] = {clash.booking_id: clash for _, one in alike for clash in one.clashes}
    sentence = first.sentence
    if first.code is Code.TAKEN:
        sentence = f"{len(alike)} of {len(plan.dates)} dates cannot be had: {first.sentence}"
    return Refused(
        first.code,
        first.fields,
        sentence,
        "Leave these dates out, or choose another time or resource." if first.code is Code.TAKEN else first.remedy,
        tuple(clashes.values()),
        dates=tuple(sorted(day for day, _ in alike if day is not None)),
    )


def _done(plan: Plan, outcomes: Sequence[Outcome]) -> SeriesDone:
    skipped: list[Skipped] = []
    for position in _taken(outcomes):
        day, outcome = plan.dates[position].after.original_day, outcomes[position]
        if isinstance(outcome, Refused) and day is not None:
            skipped.append(Skipped(day, outcome.clashes))
    return SeriesDone(
        series=plan.series,
        before=plan.before,
        begun=plan.begun,
        dates=tuple(sorted((one for one in outcomes if isinstance(one, Done)), key=lambda one: one.booking.starts_at)),
        skipped=tuple(sorted(skipped, key=lambda each: each.day)),
        dropped=plan.dropped,
        cut=tuple(plan.cut),
    )


def _taken(outcomes: Sequence[Outcome | None]) -> list[int]:
    return [n for n, one in enumerate(outcomes) if isinstance(one, Refused) and one.code is Code.TAKEN]


def _lock_all(actor: Actor, orders: Sequence[SeriesOrder], *, at: datetime) -> None:
    """Everything several orders may touch, in the order of locks, before the first of them is done."""
    named = sorted({order.series_id for order in orders if not isinstance(order, BookSeries)})
    if named:
        store.with_dates(actor.workspace_id, named, lock=True)
    plans = [planned(actor, order, at=at, lock=False) for order in orders]
    sound = [plan for plan in plans if isinstance(plan, Plan)]
    resources = {resource for plan in sound for resource in resources_of(plan)}
    changing = [each.before.id for plan in sound for each in plan.dates if each.before is not None]
    scene.lock_units(actor.workspace_id, resources, bookings=changing)
