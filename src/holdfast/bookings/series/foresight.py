"""An order about a series before it is given: each date with what stands in its way and what is free instead.

Reads without a lock and writes nothing, so it is no promise; `verbs` judges again by the same rules. Who asks sees of
each clash what he may see of that booking. Needs `in_workspace`.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from holdfast.bookings import scene
from holdfast.bookings.candidates import Candidate
from holdfast.bookings.ground import Ground
from holdfast.bookings.judging import Judgement
from holdfast.bookings.outcomes import Clash, Done, Outcome, Refused
from holdfast.bookings.privacy import masked
from holdfast.bookings.record import Record
from holdfast.bookings.scene import Facts
from holdfast.bookings.seating import seat
from holdfast.bookings.series import verbs
from holdfast.bookings.series.orders import SeriesOrder
from holdfast.bookings.series.outcomes import Alternative, Foreseen, Foresight
from holdfast.bookings.series.planning import Plan
from holdfast.bookings.verbs import answers
from holdfast.directory.roles import Actor
from holdfast.ports import clock

ALTERNATIVES_MAX = 20

# The place of a resource is its location, and what it is part of.
_ALIKE = """
SELECT other.id FROM directory_resource own
JOIN directory_resource other ON other.workspace_id = own.workspace_id AND other.kind = own.kind AND other.active
  AND other.id <> own.id AND other.parent_id IS NOT DISTINCT FROM own.parent_id
  AND other.location_id IS NOT DISTINCT FROM own.location_id
WHERE own.workspace_id = %s AND own.id = %s ORDER BY other.position, other.name, other.id LIMIT %s
"""
NOTHING_TO_LEAVE_OUT: frozenset[UUID] = frozenset()


def foresee(
    actor: Actor, order: SeriesOrder, *, unknown: frozenset[UUID] = NOTHING_TO_LEAVE_OUT
) -> Foresight | Refused:
    """How an order would go. `unknown` are resources whose calendar is not known just now: they are not offered."""
    at = clock.now()
    plan = verbs.planned(actor, order, at=at, lock=False)
    if isinstance(plan, Refused):
        return plan
    changing = [each.before.id for each in plan.dates if each.before is not None]
    facts, units = scene.units_of(actor.workspace_id, verbs.resources_of(plan), bookings=changing)
    claim, ground = scene.ground_at(actor.workspace_id, units, verbs.spans(plan.dates, facts), claims=False)
    records = {each.before.id: each.before for each in plan.dates if each.before is not None}
    judgement = Judgement(actor, at, facts, ground, records, claim, units)
    judgement.judge_each(plan.dates)
    outcomes = answers(judgement)
    lasting = next((one for one in outcomes if isinstance(one, Refused) and not one.clashes), None)
    if lasting is not None:
        return lasting
    clashes = _clashes(actor, plan, outcomes)
    free = _alternatives(actor, plan, clashes, unknown=unknown)
    dates = [_foreseen(each, clashes, free) for each in plan.dates if each.after.original_day is not None]
    return Foresight(
        tuple(sorted(dates, key=lambda each: each.day)),
        plan.dropped,
        horizon=plan.target.horizon,
        is_endless=plan.target.pattern.is_endless,
    )


def _clashes(actor: Actor, plan: Plan, outcomes: Sequence[Outcome]) -> dict[UUID, tuple[Clash, ...]]:
    """What stands in the way of each date; what Outlook says is not refused for it, and would overlap."""
    others = {other for one in outcomes if isinstance(one, Done) for other in one.overlaps}
    known = scene.records(actor.workspace_id, others) if others else {}
    found: dict[UUID, tuple[Clash, ...]] = {}
    for candidate, outcome in zip(plan.dates, outcomes, strict=True):
        match outcome:
            case Refused():
                found[candidate.after.id] = outcome.clashes
            case Done():
                met = [known[other] for other in outcome.overlaps if other in known]
                found[candidate.after.id] = tuple(_clash(actor, record) for record in met)
    return found


def _clash(actor: Actor, record: Record) -> Clash:
    title = masked(actor, record).title
    return Clash(record.id, record.resource_id, record.starts_at, record.ends_at, title)


def _alternatives(
    actor: Actor, plan: Plan, clashes: Mapping[UUID, tuple[Clash, ...]], *, unknown: frozenset[UUID]
) -> dict[UUID, tuple[Alternative, ...]]:
    """For each date that clashes, what like its resource is free; one reading for all of them."""
    clashing = [each for each in plan.dates if clashes[each.after.id]]
    if not clashing:
        return {}
    alike = [one for one in _alike(actor.workspace_id, plan.target.resource_id) if one not in unknown]
    facts, units = scene.units_of(actor.workspace_id, alike)
    _, ground = scene.ground_at(actor.workspace_id, units, verbs.spans(clashing, facts), claims=False)
    ordered = [facts[one] for one in alike if one in facts]
    return {each.after.id: tuple(_free(each, ordered, ground)) for each in clashing}


def _free(candidate: Candidate, alike: Iterable[Facts], ground: Ground) -> Iterable[Alternative]:
    for facts in alike:
        room_enough = facts.active and len(facts.units) >= candidate.after.quantity
        if room_enough and not seat(candidate.after, facts, ground).clashes:
            yield Alternative(facts.id, facts.name)


def _alike(workspace_id: UUID, resource_id: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [workspace_id, resource_id, ALTERNATIVES_MAX])
        return [row[0] for row in cursor.fetchall()]


def _foreseen(
    candidate: Candidate, clashes: Mapping[UUID, tuple[Clash, ...]], free: Mapping[UUID, tuple[Alternative, ...]]
) -> Foreseen:
    after = candidate.after
    assert after.original_day is not None, "only dates of the series are foreseen"
    return Foreseen(after.original_day, after.when, clashes[after.id], free.get(after.id, ()))
