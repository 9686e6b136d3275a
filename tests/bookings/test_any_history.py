"""Random days of a busy house, checked after each batch against what slots and conflicts must always look like."""

import random
from itertools import combinations

import pytest

from holdfast.bookings import scene
from holdfast.bookings.history import replay
from holdfast.bookings.models import Booking, Conflict, Slot
from holdfast.bookings.orders import Advance, Cancel, Edit, Restore
from holdfast.bookings.outcomes import Done
from holdfast.bookings.states import State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory import resources
from holdfast.directory.kinds import Kind, Sharing
from holdfast.journal import reading
from holdfast.reconcile.snapshot import ShowAs
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.invariant("I1", "I2", "I27")]

BATCHES = 25
ROOMS = ("Aquarium", "Galley", "Desks", "Hall", "Hall North", "Hall South", "Nurse Joy")


def any_order(cast, chance, known):
    room = chance.choice(ROOMS)
    when = at(chance.randrange(8, 12) + chance.choice((0, 0.5)), hours=chance.choice((0.5, 1, 3)), day=900)
    if not known or chance.random() < 0.45:
        free = {"show_as": ShowAs.FREE} if chance.random() < 0.1 else {}
        return cast.make(room, when, quantity=chance.choice((1, 1, 2)) if room == "Desks" else 1, **free)
    booking_id = chance.choice(known)
    match chance.randrange(6):
        case 0 | 1:
            return Edit(booking_id=booking_id, changes={"when": when})
        case 2:
            return Edit(booking_id=booking_id, changes={"resource_id": cast.resource(room)})
        case 3:
            return Cancel(booking_id=booking_id)
        case 4:
            return Restore(booking_id=booking_id)
        case _:
            return Advance(booking_id=booking_id, state=chance.choice((State.DECLINED, State.CHECKED_IN)))


def overlap(one, other):
    return one.unit_id == other.unit_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def check(cast):
    with in_workspace(cast.workspace_id):
        slots = list(Slot.objects.all())
        open_pairs = [
            frozenset(pair)
            for pair in Conflict.objects.filter(closed_at=None, kind="overlap").values_list("booking_id", "other_id")
        ]
    clashing = [(a, b) for a, b in combinations(slots, 2) if overlap(a, b)]
    assert not [pair for pair in clashing if pair[0].held and pair[1].held]
    pairs = {frozenset((a.booking_id, b.booking_id)) for a, b in clashing if not (a.soft and b.soft)}
    assert sorted(map(sorted, open_pairs)) == sorted(map(sorted, pairs))
    for slot in slots:
        if not slot.held and not slot.soft:
            others = [b if a is slot else a for a, b in clashing if slot in (a, b)]
            assert any(other.held or other.claim < slot.claim for other in others), "it could have been promoted"


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_slots_and_conflicts_stay_true(cast, seed):
    """I1, I2, I27: no held slots overlap; exactly the overlapping pairs are in the queue; the journal tells it all."""
    chance = random.Random(seed)
    cast.add("Galley", buffer_after_s=1800)
    cast.add("Hall", units=0)
    cast.add("Hall North", parent="Hall")
    cast.add("Hall South", parent="Hall")
    cast.add("Nurse Joy", Kind.PERSON, sharing=Sharing.FREE)
    known = []
    for batch in range(BATCHES):
        actor = chance.choice((cast.ada, cast.outlook))
        outcomes = apply(actor, [any_order(cast, chance, known) for _ in range(chance.choice((1, 1, 2, 6)))])
        known += [done.booking.id for done in outcomes if isinstance(done, Done) and done.before is None]
        if batch % 10 == 9:
            resources.change_resource(cast.ada, cast.resource("Desks"), {}, units=chance.choice((1, 2, 4)))
        check(cast)
    with in_workspace(cast.workspace_id):
        kept = scene.records(cast.workspace_id, list(Booking.objects.values_list("id", flat=True)))
        assert replay(reading.changes(cast.workspace_id, limit=10_000)) == kept
        assert reading.verify(cast.workspace_id) == []
