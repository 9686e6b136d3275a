"""The record, rebuilt from nothing but the journal: the proof that each change was written down whole (I27)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from holdfast.bookings.record import Record
from holdfast.journal.reading import Told

_CHANGES = frozenset({"edited", "cancelled", "restored", "advanced"})


def replay(told: Iterable[Told]) -> dict[UUID, Record]:
    """The bookings as the journal tells them. A row whose payload was erased cannot be replayed: ValueError."""
    states: dict[UUID, dict[str, Any]] = {}
    for each in told:
        if each.subject_kind != "booking":
            continue
        if each.is_erased:
            raise ValueError(f"change {each.number} has lost its payload")
        if each.verb == "made":
            states[each.subject_id] = dict(each.after.get("booking", each.after))
        elif each.verb in _CHANGES:
            states[each.subject_id].update({name: value for name, value in each.after.items() if name != "cut"})
    return {booking_id: msgspec.convert(state, Record, strict=False) for booking_id, state in states.items()}
