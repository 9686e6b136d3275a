"""Random lives of a few series and the bookings between them, checked after each order."""

import random
from datetime import timedelta
from itertools import combinations

import pytest

from holdfast.bookings import scene
from holdfast.bookings.history import replay, replay_series
from holdfast.bookings.models import Booking, Conflict, Series, Slot
from holdfast.bookings.orders import Cancel, Edit, Restore
from holdfast.bookings.outcomes import Refused
from holdfast.bookings.series import foresight, rolling, store, verbs
from holdfast.bookings.series.master import MASTERED, on_day
from holdfast.bookings.series.orders import All, BookSeries, CancelSeries, EditSeries, Policy, ThisAndFollowing
from holdfast.bookings.states import OVER
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.journal import reading
from holdfast.ports import clock
from holdfast.timetable import recurrence
from tests.bookings.series_cast import TUESDAY, endless, weekly
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.invariant("I1", "I2", "I27")]

ORDERS = 28
ROOMS = ("Aquarium", "Aquarium", "Boathouse", "Desks")


def any_time(chance, day=0):
    return at(chance.choice((9, 9.5)), hours=chance.choice((0.5, 1)), day=day)


def any_pattern(chance, first):
    days = tuple({first.weekday(), chance.choice((1, 3))})
    return weekly(first, days=days, count=chance.randrange(2, 7), interval=chance.choice((1, 2)))


def any_policy(chance, actor):
    return Policy.KEEP if actor.is_outlook else chance.choice((Policy.REFUSE, Policy.SKIP))


def new_series(cast, chance, actor):
    day = chance.randrange(3)
    first = TUESDAY + timedelta(days=day)
    pattern = endless(first, interval=9) if chance.random() < 0.1 else any_pattern(chance, first)
    made = cast.make(chance.choice(ROOMS), any_time(chance, day), title="made")
    return BookSeries(first=made, pattern=pattern, policy=any_policy(chance, actor))


def change_of_series(cast, chance, actor, series):
    days = list(recurrence.dates(series.pattern, None, series.horizon))
    scope = All() if chance.random() < 0.4 or not days else ThisAndFollowing(chance.choice(days))
    if chance.random() < 0.2:
        return CancelSeries(series_id=series.id, scope=scope)
    first = series.pattern.first if isinstance(scope, All) else scope.day
    offset = (first - TUESDAY).days
    changes = {}
    if chance.random() < 0.4:
        changes["title"] = chance.choice("abc")
    if chance.random() < 0.3:
        changes["resource_id"] = cast.resource(chance.choice(ROOMS))
    if chance.random() < 0.3:
        first += timedelta(days=chance.choice((0, 1, 2)))
        changes["pattern"] = any_pattern(chance, first)
        offset = (first - TUESDAY).days
    if chance.random() < 0.4:
        changes["when"] = any_time(chance, offset)
    return EditSeries(series_id=series.id, changes=changes, scope=scope, policy=any_policy(chance, actor))


def change_of_one(cast, chance, record):
    offset = (record.starts_at.date() - TUESDAY).days
    match chance.randrange(4):
        case 0:
            return Edit(booking_id=record.id, changes={"title": chance.choice("abc")})
        case 1:
            moved = any_time(chance, offset + chance.choice((-7, -1, 0, 1, 3, 8)))
            return Edit(booking_id=record.id, changes={"when": moved})
        case 2:
            return Cancel(booking_id=record.id)
        case _:
            return Restore(booking_id=record.id)


def step(cast, chance):
    actor = chance.choice((cast.ada, cast.ada, cast.outlook))
    with in_workspace(cast.workspace_id):
        known = store.masters(cast.workspace_id, list(Series.objects.order_by("id").values_list("id", flat=True)))
        rows = list(Booking.objects.order_by("starts_at", "claim").values_list("id", flat=True))
        records = scene.records(cast.workspace_id, rows)
    kind = chance.random()
    if not known or kind < 0.2:
        one = new_series(cast, chance, actor)
    elif kind < 0.55:
        one = change_of_series(cast, chance, actor, known[chance.choice(sorted(known))])
    elif kind < 0.65:
        apply(actor, [cast.make(chance.choice(ROOMS), any_time(chance, 7 * chance.randrange(5) + chance.randrange(3)))])
        return
    else:
        picked = chance.choice(rows) if rows else None
        if picked is not None:
            apply(actor, [change_of_one(cast, chance, records[picked])])
        return
    with in_workspace(cast.workspace_id):
        seen = foresight.foresee(actor, one)
    done = verbs.apply(actor, [one])[0]
    clashes = isinstance(seen, Refused) or (seen.clashing and getattr(one, "policy", None) is Policy.REFUSE)
    assert isinstance(done, Refused) or not clashes or actor.is_outlook


def overlap(one, other):
    return one.unit_id == other.unit_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def check_time(cast):
    """Slots are the live bookings' times; no two held ones overlap; exactly the overlapping pairs are open conflicts."""
    with in_workspace(cast.workspace_id):
        slots = list(Slot.objects.all())
        records = scene.records(cast.workspace_id, list(Booking.objects.values_list("id", flat=True)))
        found = Conflict.objects.filter(closed_at=None, kind="overlap").values_list("booking_id", "other_id")
        open_pairs = {frozenset(pair) for pair in found}
    assert {slot.booking_id for slot in slots} == {record.id for record in records.values() if record.takes_time}
    for slot in slots:
        record = records[slot.booking_id]
        assert (slot.starts_at, slot.ends_at) == (record.starts_at, record.ends_at)
    clashing = [(a, b) for a, b in combinations(slots, 2) if overlap(a, b)]
    assert not [pair for pair in clashing if pair[0].held and pair[1].held]
    assert {frozenset((a.booking_id, b.booking_id)) for a, b in clashing} == open_pairs


def check_series(cast):
    """Every row's day is in the pattern, every day of the pattern is a row, and what is not its own follows."""
    with in_workspace(cast.workspace_id):
        known = list(Series.objects.values_list("id", flat=True))
        masters, dates = store.with_dates(cast.workspace_id, known, lock=False)
    for master in masters.values():
        rows = dates.get(master.id, {})
        days = set(recurrence.dates(master.pattern, None, master.horizon))
        assert set(rows) == days or (master.is_over and set(rows) < days)
        live = [record for _, record in sorted(rows.items()) if record.state not in OVER]
        sits = [record.when.start.date() for record in live]
        assert sits == sorted(set(sits)), "two dates share a day, or passed each other"
        for record in live:
            own = {name for name in MASTERED if getattr(record, name) != getattr(master, name)}
            own |= {"when"} if record.when != on_day(master.when, record.original_day) else set()
            assert own == set(record.own)
        assert not (master.is_over and live)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_series_their_dates_slots_and_conflicts_stay_true(cast, spring, seed):
    """I1, I2, I27: over any orders about series and single dates the record stays whole, and the journal tells it."""
    chance = random.Random(seed)
    for _ in range(ORDERS):
        step(cast, chance)
        spring.pass_by(days=chance.choice((0, 0, 0, 1, 3)))
        check_time(cast)
        check_series(cast)
    rolling.roll(cast.system, clock.now() + timedelta(days=200))
    check_time(cast)
    check_series(cast)
    with in_workspace(cast.workspace_id):
        kept = scene.records(cast.workspace_id, list(Booking.objects.values_list("id", flat=True)))
        told = reading.changes(cast.workspace_id, limit=10_000)
        assert replay(told) == kept
        known = list(Series.objects.values_list("id", flat=True))
        assert replay_series(told) == store.masters(cast.workspace_id, known)
        assert reading.verify(cast.workspace_id) == []
