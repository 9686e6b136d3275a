"""Which units a booking takes. Decides by the resource's kind of sharing; changes nothing.

Overlapping entries count like held ones: whoever came first and is still waiting has the older claim. Buffers widen the
end only, so two neighbours are kept apart once and not twice.
"""

from dataclasses import dataclass
from uuid import UUID

from holdfast.bookings.ground import Ground, Taken, microseconds
from holdfast.bookings.record import Record
from holdfast.bookings.scene import Facts
from holdfast.bookings.states import Origin
from holdfast.directory.kinds import Sharing

Slot = tuple[int, Taken]


@dataclass(frozen=True, slots=True)
class Seating:
    """The slots a booking would take, and what stands in the way. Without clashes every slot is held."""

    slots: list[Slot]
    clashes: list[Taken]


NO_TIME = Seating([], [])


def seat(record: Record, facts: Facts, ground: Ground, *, before: tuple[int, ...] = ()) -> Seating:
    """Where the booking would sit; it prefers the units it had `before`. Its own slots must be lifted already."""
    if not record.takes_time:
        return NO_TIME
    start = microseconds(record.starts_at)
    end = microseconds(record.ends_at + facts.buffer_after)
    soft = facts.sharing is Sharing.FREE and record.origin is Origin.OUTLOOK
    slots: list[Slot] = []
    in_the_way: dict[UUID, Taken] = {}
    for unit, clashes in _chosen(record, facts, ground, before=before, span=(start, end)):
        held = not clashes and not soft
        slots.append((unit, Taken(start, end, record.claim, record.id, held, record.resource_id, soft)))
        for clash in clashes:
            if not (soft and clash.soft):
                in_the_way.setdefault(clash.booking_id, clash)
    return Seating(slots, list(in_the_way.values()) if in_the_way else [])


def _chosen(
    record: Record, facts: Facts, ground: Ground, *, before: tuple[int, ...], span: tuple[int, int]
) -> list[tuple[int, list[Taken]]]:
    start, end = span
    if facts.sharing is not Sharing.COUNTED:
        return [(unit, ground.clashes(unit, start=start, end=end)) for unit in facts.units]
    ordered = [unit for unit in facts.units if unit in before] + [unit for unit in facts.units if unit not in before]
    free: list[tuple[int, list[Taken]]] = []
    full: list[tuple[int, list[Taken]]] = []
    for unit in ordered:
        clashes = ground.clashes(unit, start=start, end=end)
        (full if clashes else free).append((unit, clashes))
        if len(free) == record.quantity:
            return free
    return (free + full)[: record.quantity]


def promote(ground: Ground, facts: dict[UUID, Facts], freed: set[int]) -> list[UUID]:
    """Hold what overlapped and no longer does, the oldest claim first; answers the bookings whose slots changed.

    `freed` are the units on which something went away. An entry of a pool may also move to a freed unit of its pool.
    """
    waiting = sorted(ground.overlapping(), key=lambda slot: (slot[1].claim, slot[0]))
    changed: dict[UUID, None] = {}
    for unit, taken in waiting:
        target = _open_unit(ground, taken, candidates=_candidates(unit, taken, facts, freed))
        if target is not None:
            _reseat(ground, (unit, taken), target=target)
            changed[taken.booking_id] = None
    return list(changed)


def _candidates(unit: int, taken: Taken, facts: dict[UUID, Facts], freed: set[int]) -> list[int]:
    own = [unit] if unit in freed else []
    known = facts.get(taken.resource_id)
    if known is None or known.sharing is not Sharing.COUNTED:
        return own
    return own + [other for other in known.units if other in freed and other != unit]


def _open_unit(ground: Ground, taken: Taken, *, candidates: list[int]) -> int | None:
    for unit in candidates:
        clashes = ground.clashes(unit, start=taken.start, end=taken.end)
        if not any(clash != taken and (clash.held or clash.claim < taken.claim) for clash in clashes):
            return unit
    return None


def _reseat(ground: Ground, slot: Slot, *, target: int) -> None:
    lifted = ground.lift(slot[1].booking_id)
    for unit, taken in lifted:
        if (unit, taken) == slot:
            ground.put(target, taken._replace(held=True))
        else:
            ground.put(unit, taken)
