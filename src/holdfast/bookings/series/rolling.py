"""A series goes on behind its horizon: its dates become rows as the horizon moves with time.

That is an endless series, and one that was cut behind its horizon, up to where it ends.

Nobody is refused here. The series was agreed on before whoever took one of its later times; such a date is kept,
overlaps and stands in the queue of conflicts as any entry from Outlook does. Each series is a transaction of its own,
and each call does a bounded number of series with a bounded number of dates: what is left over is due at once again.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from holdfast.bookings import scene
from holdfast.bookings.outcomes import Done
from holdfast.bookings.series import planning, store, verbs
from holdfast.bookings.series.master import Master
from holdfast.bookings.series.orders import Policy
from holdfast.bookings.series.planning import AHEAD, Plan
from holdfast.bookings.verbs import answers
from holdfast.database.transactions import in_workspace, repeated
from holdfast.directory.roles import Actor
from holdfast.timetable import recurrence

SERIES_MAX = 50
DATES_MAX = 1_000
SLACK = timedelta(days=31)
"""A series is rolled on when its horizon is this much behind, not daily by one date."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """How far one series reaches now; `dates` are its new bookings, each naming what it overlaps."""

    series_id: UUID
    horizon: date
    dates: tuple[Done, ...] = ()


def roll(actor: Actor, now: datetime, *, most: int = SERIES_MAX) -> list[Rolled]:
    """Roll on what is due in the actor's workspace, `most` series at once; an empty answer means nothing is due."""
    with in_workspace(actor.workspace_id):
        due = store.due(actor.workspace_id, before=_due_before(now), most=most)
    found = [repeated(actor.workspace_id, lambda one=one: _roll_one(actor, one, now=now)) for one in due]
    return [each for each in found if each is not None]


def _due_before(now: datetime) -> date:
    return now.astimezone(UTC).date() + AHEAD - SLACK


def _roll_one(actor: Actor, series_id: UUID, *, now: datetime) -> Rolled | None:
    before = store.masters(actor.workspace_id, [series_id], lock=True).get(series_id)
    if before is None or before.is_over or not before.rolls or before.horizon >= _due_before(now):
        return None  # somebody was faster
    plan = _further(before, now=now)
    facts, units = scene.lock_units(actor.workspace_id, [before.resource_id], bookings=[])
    judgement = verbs.judged(actor, plan, facts, units, at=now, policy=Policy.KEEP)
    done = tuple(outcome for outcome in answers(judgement) if isinstance(outcome, Done))
    verbs.written(actor, plan, judgement, verb="rolled")
    return Rolled(series_id, plan.series.horizon, done)


def _further(before: Master, *, now: datetime) -> Plan:
    """The dates behind the horizon, as many as one transaction should carry."""
    horizon = planning.next_horizon(before, at=now, most=DATES_MAX)
    after = msgspec.structs.replace(before, horizon=horizon)
    days = recurrence.dates(before.pattern, before.horizon + timedelta(days=1), horizon)
    return Plan(series=after, before=before, dates=planning.made(after, days, at=now))
